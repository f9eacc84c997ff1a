/* The plots of positions: maps of the points at one height, and lines of heights over the centre. */
#include "harness/findings/positions.h"
#include "harness/base/text.h"
#include "reports/plots/plot.h"
#include "reports/plots/plots.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#define MAPS_ACROSS 3
#define ROW_PIXELS  18
#define ROWS_MAX    75

/* The power mode, and the case where there is one. */
static struct phrase offer_name(const struct page *p, const struct position_offer *o)
{
    const struct survey_condition *c = &p->f->survey->conditions[o->conditions[0]];
    struct phrase v = phrase_cut(word_text(word_power(c->power_mode), p->language));
    size_t length = strlen(v.text);
    if (strcmp(c->handset_case, "none") == 0)
        return v;
    length +=
        (size_t)snprintf(v.text + length, sizeof v.text - length, "%s", word_text(WORD_COMMA, p->language));
    text_shorten(v.text + length, sizeof v.text - length, c->handset_case);
    return v;
}

/* ---- points ---- */

static double reach_of(const struct survey *s, const struct position_offer *o)
{
    double reach = 5;
    for (size_t i = 0; i < o->count; i++) {
        const struct survey_condition *c = &s->conditions[o->conditions[i]];
        reach = fmax(reach, fmax(fabs(c->x_mm), fabs(c->y_mm)));
    }
    return reach * 1.7;
}

/* Points of a kind on a reader at one height: x, y, and how many handsets of how many work. */
static void add_points(struct plot *o, const struct position_offer *offer, size_t reader, double z_mm,
                       int kind)
{
    const struct page *p = o->p;
    struct buf *data = plot_data(o, "x_mm\ty_mm\tworks/tested");
    for (size_t i = 0; i < offer->count; i++) {
        const struct survey_condition *c = &p->f->survey->conditions[offer->conditions[i]];
        struct position_count n = positions_count(p->f, reader, offer->conditions[i]);
        int is = n.tested == 0            ? 4
                 : n.works == n.tested    ? 0
                 : 2 * n.fails > n.tested ? 1
                 : n.fails > 0            ? 2
                                          : 3;
        if (is == kind && fabs(c->z_mm - z_mm) < 0.01)
            buf_add_format(data, "%.2f\t%.2f\t%u/%u\n", c->x_mm, c->y_mm, n.works, n.tested);
    }
    (void)plot_has_data(o);
}

static void draw_map(struct plot *o, const struct position_offer *offer, size_t reader, double z_mm)
{
    static const char *const looks[] = { "pointtype 7 pointsize 2.6 linecolor rgb '" PALETTE_GOOD "'",
                                         "pointtype 5 pointsize 2.4 linecolor rgb '" PALETTE_BAD "'",
                                         "pointtype 6 pointsize 2.6 linewidth 2 linecolor rgb '" PALETTE_GOOD
                                         "'",
                                         "pointtype 6 pointsize 2.6 linecolor rgb '" PALETTE_OPEN "'" };
    char label[PLOT_LABEL_BYTES];
    bool any = false;
    plot_reader_label(o->p, reader, label);
    buf_add_text(&o->script, "set title ");
    plot_text(o, label);
    buf_add_text(&o->script, " noenhanced\n");
    for (int kind = 0; kind < (int)(sizeof looks / sizeof *looks); kind++) {
        size_t before = o->files;
        add_points(o, offer, reader, z_mm, kind);
        if (o->files == before)
            continue;
        plot_next(o);
        plot_file(o);
        buf_add_format(&o->script, " using 1:2 with points %s notitle", looks[kind]);
        plot_next(o);
        plot_file(o);
        buf_add_text(&o->script, " using 1:2:3 with labels noenhanced offset 0,-1.5 font ',11' notitle");
        any = true;
    }
    buf_add_text(&o->script, any ? "" : "plot 1/0 notitle");
    plot_close(o);
}

static void draw_points(struct page *p, const struct position_offer *offer, size_t first, double z_mm,
                        size_t which)
{
    const struct survey *s = p->f->survey;
    size_t readers = s->reader_count - first < MAPS_ACROSS * 3 ? s->reader_count - first : MAPS_ACROSS * 3;
    size_t across = readers < MAPS_ACROSS ? readers : MAPS_ACROSS, down = (readers + across - 1) / across;
    double reach = reach_of(s, offer), height = 40 + 290 * (double)down;
    struct plot o;
    char z[32];
    plot_begin(&o, p, PLOT_POINTS, which, (unsigned)height);
    plot_mark(&o, 0.5, 0.5, 20);
    buf_add_format(&o.script,
                   "unset key\nset tics font ',10'\nset xrange [%.1f:%.1f]\nset yrange [%.1f:%.1f]\nset size "
                   "ratio 1\nset grid "
                   "x\nset zeroaxis "
                   "linetype 1 linecolor rgb '" PALETTE_GRID
                   "'\nset xlabel 'x (mm)'\nset ylabel 'y (mm)'\nset multiplot layout "
                   "%zu,%zu\n",
                   -reach, reach, -reach, reach, down, across);
    for (size_t reader = first; reader < first + readers; reader++)
        draw_map(&o, offer, reader, z_mm);
    buf_add_text(&o.script, "unset multiplot\n");
    snprintf(z, sizeof z, "%g", z_mm);
    plot_end(&o, PHRASE_FILL(WORD_POINTS_PLOT, p->language, offer_name(p, offer).text, z).text);
}

void plot_points(struct page *p, const struct position_offer *offer)
{
    const struct survey *s = p->f->survey;
    size_t which = 1;
    for (size_t i = 0; i < offer->count; i++) {
        double z = s->conditions[offer->conditions[i]].z_mm;
        size_t level = 0;
        bool seen = false;
        for (size_t j = 0; j < offer->count; j++) {
            bool same = fabs(s->conditions[offer->conditions[j]].z_mm - z) < 0.01;
            level += same;
            seen = seen || (same && j < i);
        }
        for (size_t first = 0; !seen && level > 1 && first < s->reader_count; first += MAPS_ACROSS * 3)
            draw_points(p, offer, first, z, 100 * (offer->conditions[0] + 1) + which++);
    }
}

/* ---- heights ---- */

static void add_heights(const struct page *p, const struct position_offer *offer, size_t reader, size_t first,
                        size_t end, enum position_state state, struct buf *data)
{
    for (size_t pair = first; pair < end; pair++)
        for (size_t i = 0; i < offer->count; i++) {
            const struct survey_condition *c = &p->f->survey->conditions[offer->conditions[i]];
            if (!positions_over_centre(c) ||
                positions_state(p->f, pair, reader, offer->conditions[i]) != state)
                continue;
            buf_add_format(data, "%.2f\t%zu\n", c->z_mm, pair - first);
        }
}

static void add_silent(struct plot *o, const struct position_offer *offer, size_t reader, size_t first,
                       size_t end)
{
    struct buf *data = plot_data(o, "silent_from_mm\trow\tlength_mm\tzero");
    for (size_t pair = first; pair < end; pair++) {
        double from = 0, to = 0;
        if (positions_silent(o->p->f, offer, pair, reader, &from, &to) && to > from)
            buf_add_format(data, "%.2f\t%zu\t%.2f\t0\n", from, pair - first, to - from);
    }
    if (!plot_has_data(o))
        return;
    plot_next(o);
    plot_file(o);
    buf_add_text(&o->script, " using 1:2:3:4 with vectors nohead linewidth 7 linecolor rgb '#f6cbb0' title ");
    plot_say(o, WORD_DEAD_ZONE);
}

static void draw_heights(struct page *p, const struct position_offer *offer, size_t reader, size_t first,
                         size_t end, size_t which)
{
    static const struct {
        enum position_state state;
        enum word name;
        const char *look;
    } looks[] = {
        { POSITION_WORKS, WORD_V_COMPATIBLE, "pointtype 7 pointsize 0.9 linecolor rgb '" PALETTE_GOOD "'" },
        { POSITION_FAILS, WORD_V_INCOMPATIBLE,
          "pointtype 2 pointsize 0.9 linewidth 2 linecolor rgb '" PALETTE_BAD "'" },
        { POSITION_OPEN, WORD_V_UNDECIDED, "pointtype 6 pointsize 0.8 linecolor rgb '" PALETTE_OPEN "'" },
        { POSITION_NOT_PURSUED, WORD_V_NOT_PURSUED, "pointtype 0 linecolor rgb '" PALETTE_OPEN "'" },
    };
    struct plot o;
    char label[PLOT_LABEL_BYTES];
    plot_begin(&o, p, PLOT_HEIGHTS, which, 110 + ROW_PIXELS * (unsigned)(end - first));
    buf_add_format(&o.script, "set yrange [%.1f:-0.7]\nset offsets graph 0.03,graph 0.03,0,0\nset xlabel ",
                   (double)(end - first) - 0.3);
    plot_say(&o, WORD_HEIGHT_X);
    buf_add_text(&o.script, "\nset ytics scale 0 font ',11' (");
    for (size_t pair = first; pair < end; pair++) {
        plot_label(label, p->f->survey->pairs[pair].unit);
        buf_add_text(&o.script, pair > first ? ", " : "");
        plot_tic(&o, label);
        buf_add_format(&o.script, " %zu", pair - first);
    }
    buf_add_text(&o.script, ")\n");
    add_silent(&o, offer, reader, first, end);
    for (size_t i = 0; i < sizeof looks / sizeof *looks; i++) {
        add_heights(p, offer, reader, first, end, looks[i].state, plot_data(&o, "height_mm\trow"));
        if (!plot_has_data(&o))
            continue;
        plot_next(&o);
        plot_file(&o);
        buf_add_format(&o.script, " using 1:2 with points %s title ", looks[i].look);
        plot_say(&o, looks[i].name);
    }
    buf_add_char(&o.script, '\n');
    plot_reader_label(p, reader, label);
    if (o.files > 0)
        plot_end(&o, PHRASE_FILL(WORD_HEIGHTS_PLOT, p->language, label, offer_name(p, offer).text).text);
    else
        plot_drop(&o);
}

void plot_heights(struct page *p, const struct position_offer *offer, size_t reader)
{
    size_t pairs = p->f->survey->pair_count, parts = (pairs + ROWS_MAX - 1) / ROWS_MAX;
    for (size_t part = 0; part < parts; part++)
        draw_heights(p, offer, reader, part * pairs / parts, (part + 1) * pairs / parts,
                     10000 * (offer->conditions[0] + 1) + 100 * (reader + 1) + part + 1);
}
