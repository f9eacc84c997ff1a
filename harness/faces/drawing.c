#include "harness/faces/drawing.h"

#include <math.h>
#include <string.h>

/* A counter reader's plate and a phone as they are usual. */
#define READER_WIDTH_MM  130
#define READER_HEIGHT_MM 90
#define PHONE_WIDTH_MM   72
#define PHONE_HEIGHT_MM  150
#define REACH_MM         300 /* further out the drawing would show nothing */

static struct drawing_box box_around(double x, double y, double width, double height)
{
    return (struct drawing_box) { x - width / 2, y - height / 2, width, height };
}

static struct drawing_box both(const struct drawing_box *a, const struct drawing_box *b)
{
    double left = fmin(a->left, b->left), bottom = fmin(a->bottom, b->bottom);
    double right = fmax(a->left + a->width, b->left + b->width);
    double top = fmax(a->bottom + a->height, b->bottom + b->height);
    return (struct drawing_box) { left, bottom, right - left, top - bottom };
}

static double within_reach(double mm)
{
    return fmax(-REACH_MM, fmin(REACH_MM, mm));
}

struct drawing drawing_of(const struct survey_condition *c)
{
    struct drawing d = { .x_mm = c->x_mm, .y_mm = c->y_mm, .z_mm = c->z_mm };
    d.reader = box_around(0, 0, READER_WIDTH_MM, READER_HEIGHT_MM);
    d.phone = box_around(within_reach(c->x_mm), within_reach(c->y_mm), PHONE_WIDTH_MM, PHONE_HEIGHT_MM);
    d.around = both(&d.reader, &d.phone);
    return d;
}

/* ---- in characters ---- */

struct grid {
    char (*rows)[DRAWING_COLUMNS_MAX + 1];
    const struct drawing_box *around;
    double column_mm; /* a row is twice that */
    int width, height;
};

static int column_of(const struct grid *g, double x)
{
    return (int)lround((x - g->around->left) / g->column_mm);
}

static int row_of(const struct grid *g, double y)
{
    return (int)lround((g->around->bottom + g->around->height - y) / (2 * g->column_mm));
}

static void put(const struct grid *g, int column, int row, char c)
{
    if (column >= 0 && column < g->width && row >= 0 && row < g->height)
        g->rows[row][column] = c;
}

static void put_reader(const struct grid *g, const struct drawing_box *b)
{
    for (int row = row_of(g, b->bottom + b->height); row <= row_of(g, b->bottom); row++) {
        for (int column = column_of(g, b->left); column <= column_of(g, b->left + b->width); column++)
            put(g, column, row, '.');
    }
}

static void put_outline(const struct grid *g, const struct drawing_box *b)
{
    int left = column_of(g, b->left), right = column_of(g, b->left + b->width);
    int top = row_of(g, b->bottom + b->height), bottom = row_of(g, b->bottom);
    for (int column = left; column <= right; column++) {
        put(g, column, top, '-');
        put(g, column, bottom, '-');
    }
    for (int row = top; row <= bottom; row++) {
        bool corner = row == top || row == bottom;
        put(g, left, row, corner ? '+' : '|');
        put(g, right, row, corner ? '+' : '|');
    }
}

unsigned drawing_characters(const struct drawing *d, unsigned columns, unsigned rows,
                            char out[DRAWING_ROWS_MAX][DRAWING_COLUMNS_MAX + 1])
{
    unsigned width = columns < DRAWING_COLUMNS_MAX ? columns : DRAWING_COLUMNS_MAX;
    unsigned height = rows < DRAWING_ROWS_MAX ? rows : DRAWING_ROWS_MAX;
    if (width < 2 || height < 2)
        return 0;
    struct grid g = { .rows = out, .around = &d->around, .width = (int)width, .height = (int)height };
    g.column_mm = fmax(d->around.width / (width - 1), d->around.height / (2 * (height - 1)));
    for (unsigned row = 0; row < height; row++)
        memset(out[row], ' ', width);
    double x = d->phone.left + d->phone.width / 2, y = d->phone.bottom + d->phone.height / 2;
    bool same = column_of(&g, x) == column_of(&g, 0) && row_of(&g, y) == row_of(&g, 0);
    put_reader(&g, &d->reader);
    put_outline(&g, &d->phone);
    put(&g, column_of(&g, 0), row_of(&g, 0), '+');
    put(&g, column_of(&g, x), row_of(&g, y), same ? '*' : 'o');
    for (unsigned row = 0; row < height; row++) {
        size_t length = width;
        while (length > 0 && out[row][length - 1] == ' ')
            length--;
        out[row][length] = '\0';
    }
    unsigned used = (unsigned)row_of(&g, d->around.bottom) + 1;
    return used < height ? used : height;
}
