#include "reports/plots/plot.h"

#include "harness/base/file.h"
#include "harness/base/text.h"
#include "reports/render/escape.h"

#include <stdio.h>
#include <string.h>

#define SCRIPT_MAX        (1u << 20) /* bytes of a gnuplot script */
#define DATA_MAX          (4u << 20)
#define FILE_MARK         '\x01' /* stands for a file's name; no text that gets into a script holds one */
#define PATH_SIZE         4096
#define MARK_DOWN         16.0 /* pixels from the top of a picture to the middle of the mark above its areas */
#define STEP_LABEL_MOST   56   /* columns: a Japanese character takes two */
#define TIMES_DECADE_MOST 100000 /* ms */
#define LABEL_MOST        30     /* columns */

static const char *const names[] = {
    [PLOT_MATRIX] = "matrix", [PLOT_CAUSES] = "causes",           [PLOT_TIMES] = "times",
    [PLOT_STEPS] = "steps",   [PLOT_STEP_CURVES] = "step-curves", [PLOT_BUDGET] = "where-time-goes",
    [PLOT_POINTS] = "points", [PLOT_HEIGHTS] = "heights",         [PLOT_DRIFT] = "drift",
    [PLOT_POOLED] = "pooled", [PLOT_MARKET] = "market",
};

void plot_begin(struct plot *o, struct page *p, enum plot_kind kind, size_t which, unsigned height)
{
    *o = (struct plot) { .p = p, .kind = kind, .which = which, .height = height };
    p->plots++;
    buf_init(&o->script, SCRIPT_MAX);
    buf_add_format(&o->script,
                   "set encoding utf8\n"
                   "set minussign\n"
                   "set terminal svg size %u,%u dynamic noenhanced font 'Noto Sans CJK JP,13' linewidth 1\n"
                   "set output '%c.'\n"
                   "set border 3 linecolor rgb '" PALETTE_FRAME "'\n"
                   "set tics nomirror out scale 0.6 textcolor rgb '#000000'\n"
                   "set grid y linetype 1 linecolor rgb '" PALETTE_GRID "' linewidth 0.5\n"
                   "set key outside right top vertical Left reverse noenhanced samplen 3 spacing 1.3\n"
                   "set datafile separator '\\t'\n",
                   PLOT_WIDTH, height, FILE_MARK);
    plot_mark(o, 0.5, 0.5, 44);
}

void plot_mark(struct plot *o, double at_x, double at_y, unsigned points)
{
    enum word mark = page_mark_word(o->p);
    if (mark == WORD_NONE)
        return;
    buf_add_text(&o->script, "set label 1 ");
    plot_say(o, mark);
    buf_add_format(
        &o->script,
        " noenhanced at graph %.2f,%.2f center rotate by 12 font ',%u' textcolor rgb '" PALETTE_WATER
        "' back\n",
        at_x, at_y, points);
}

void plot_mark_above(struct plot *o)
{
    enum word mark = page_mark_word(o->p);
    if (mark == WORD_NONE)
        return;
    buf_add_text(&o->script, "set tmargin 3\nset label 1 ");
    plot_say(o, mark);
    buf_add_format(&o->script,
                   " noenhanced at graph 0.5,screen %.4f center rotate by 0 font ',15' textcolor rgb "
                   "'" PALETTE_STRONG "'\n",
                   1 - MARK_DOWN / o->height);
}

struct buf *plot_data(struct plot *o, const char *columns)
{
    struct buf *b = &o->data[o->files < GNUPLOT_FILES_MAX ? o->files++ : GNUPLOT_FILES_MAX - 1];
    buf_init(b, DATA_MAX);
    enum word mark = page_mark_word(o->p);
    buf_add_format(b, "%s%s%s# %s\n", mark == WORD_NONE ? "" : "# ",
                   mark == WORD_NONE ? "" : word_text(mark, LANGUAGE_ENGLISH), mark == WORD_NONE ? "" : "\n",
                   columns);
    o->head = b->length;
    return b;
}

bool plot_has_data(struct plot *o)
{
    struct buf *last = &o->data[o->files - 1];
    if (last->length > o->head)
        return true;
    buf_free(last);
    o->files--;
    return false;
}

void plot_next(struct plot *o)
{
    buf_add_text(&o->script, o->drawing ? ", \\\n     " : "plot ");
    o->drawing = true;
}

void plot_close(struct plot *o)
{
    buf_add_char(&o->script, '\n');
    o->drawing = false;
}

void plot_file(struct plot *o)
{
    buf_add_format(&o->script, "'%c%zu'", FILE_MARK, o->files - 1);
}

void plot_text(struct plot *o, const char *text)
{
    escape_gnuplot(&o->script, text);
}

void plot_tic(struct plot *o, const char *text)
{
    char doubled[2 * PLOT_LABEL_BYTES * 3];
    size_t length = 0;
    for (; *text && length + 3 < sizeof doubled; text++) {
        doubled[length++] = *text;
        if (*text == '%')
            doubled[length++] = '%';
    }
    doubled[length] = '\0';
    plot_text(o, doubled);
}

void plot_say(struct plot *o, enum word id)
{
    plot_text(o, word_text(id, o->p->language));
}

void plot_label(char out[PLOT_LABEL_BYTES], const char *text)
{
    text_abridge(out, PLOT_LABEL_BYTES, LABEL_MOST, text);
}

void plot_step_label(char out[PLOT_LABEL_BYTES], const char *text)
{
    text_abridge(out, PLOT_LABEL_BYTES, STEP_LABEL_MOST, text);
}

/* Labels at 1, 2, 5 of each decade, or 1 and 3, so that a range of any width has some. */
void plot_times_axis(struct plot *o, bool narrow)
{
    static const unsigned wide_marks[] = { 1, 2, 5 }, narrow_marks[] = { 1, 3 };
    const unsigned *marks = narrow ? narrow_marks : wide_marks;
    size_t count =
        narrow ? sizeof narrow_marks / sizeof *narrow_marks : sizeof wide_marks / sizeof *wide_marks;
    const char *before = "set logscale x\nset autoscale xfix\nset xtics (0.1, 0.3";
    for (unsigned decade = 1; decade <= TIMES_DECADE_MOST; decade *= 10)
        for (size_t i = 0; i < count; i++, before = "")
            buf_add_format(&o->script, "%s, %u", before, marks[i] * decade);
    buf_add_text(&o->script, ")\n");
}

void plot_reader_label(const struct page *p, size_t reader, char out[PLOT_LABEL_BYTES])
{
    plot_label(out, p->f->survey->readers[reader].unit);
}

/* The script with its files' names: as gnuplot_draw() has them, or as they are kept. */
static void name_files(const struct plot *o, const char *stem, struct buf *out)
{
    buf_init(out, 2 * SCRIPT_MAX);
    for (size_t i = 0; i < o->script.length; i++) {
        char c = o->script.data[i];
        if (c != FILE_MARK) {
            buf_add_char(out, c);
            continue;
        }
        unsigned file = 0;
        bool picture = o->script.data[++i] == '.';
        for (; !picture && o->script.data[i] >= '0' && o->script.data[i] <= '9'; i++)
            file = file * 10 + (unsigned)(o->script.data[i] - '0');
        if (picture)
            buf_add_format(out, "%s.svg", stem ? stem : "out");
        else if (stem)
            buf_add_format(out, "%s-%u.dat", stem, file);
        else
            buf_add_format(out, "data-%u.txt", file);
        i -= picture ? 0 : 1;
    }
}

static int keep_file(const char *directory, const char *stem, const char *end, const struct buf *b,
                     struct err *e)
{
    char path[PATH_SIZE];
    if (snprintf(path, sizeof path, "%s/%s%s", directory, stem, end) >= (int)sizeof path)
        return err_set(e, ERR_INPUT, directory, "the path is too long");
    return file_replace(path, b->data ? b->data : "", b->length, e);
}

/* Script, data and picture, so that `gnuplot <stem>.gp` in that folder draws it anew. svg: NULL without
 * one. */
static int keep(const struct plot *o, const struct buf *svg, struct err *e)
{
    const char *directory = o->p->r->plots_directory;
    char stem[64], end[32];
    struct buf script;
    snprintf(stem, sizeof stem, "%02d-%s-%zu.%s", (int)o->kind, names[o->kind], o->which,
             o->p->language == LANGUAGE_JAPANESE ? "ja" : "en");
    name_files(o, stem, &script);
    int code = keep_file(directory, stem, ".gp", &script, e);
    for (size_t i = 0; i < o->files && code == 0; i++) {
        snprintf(end, sizeof end, "-%zu.dat", i);
        code = keep_file(directory, stem, end, &o->data[i], e);
    }
    if (code == 0 && svg)
        code = keep_file(directory, stem, ".svg", svg, e);
    buf_free(&script);
    return code;
}

static bool whole(const struct plot *o)
{
    bool good = !o->script.failed;
    for (size_t i = 0; i < o->files; i++)
        good = good && !o->data[i].failed;
    return good;
}

static int draw(struct plot *o, struct buf *svg, struct err *e)
{
    const char *program = o->p->r->gnuplot ? o->p->r->gnuplot : "gnuplot";
    struct buf script;
    if (!whole(o))
        return err_set(e, ERR_MEMORY, "plot", "out of memory for a plot");
    name_files(o, NULL, &script);
    int code = gnuplot_draw(program, &script, o->data, o->files, svg, e);
    buf_free(&script);
    if (o->p->r->plots_directory) {
        struct err other = { 0 };
        int kept = keep(o, code == 0 ? svg : NULL, code == 0 ? e : &other);
        code = code ? code : kept;
    }
    return code;
}

static void warn(struct page *p, const struct err *e)
{
    if (p->r->warning[0] != '\0')
        return;
    snprintf(p->r->warning, sizeof p->r->warning, "%.80s: %.160s", e->where, e->text);
    PAGE_FILLED(p, "p", "class=\"notice\" role=\"note\"", WORD_WARNING_PLOTS, p->r->warning);
}

static void figure(struct page *p, const struct buf *svg, const char *caption, struct err *e)
{
    char prefix[16];
    size_t before = p->b.length;
    snprintf(prefix, sizeof prefix, "p%u-", p->plots);
    page_put(p, "<figure>\n<figcaption>");
    page_text(p, caption);
    page_mark_behind(p);
    page_put(p, "</figcaption>\n");
    if (escape_svg(&p->b, svg->data ? svg->data : "", svg->length, prefix, caption)) {
        page_put(p, "</figure>\n");
        return;
    }
    p->b.length = before;
    p->b.data[before] = '\0';
    err_set(e, ERR_ENVIRONMENT, "gnuplot", "drew something unexpected");
    warn(p, e);
}

void plot_end(struct plot *o, const char *caption)
{
    struct buf svg;
    struct err e = { 0 };
    buf_init(&svg, GNUPLOT_OUTPUT_MAX);
    if (!o->p->tables && draw(o, &svg, &e) != 0)
        warn(o->p, &e);
    else if (!o->p->tables)
        figure(o->p, &svg, caption, &e);
    buf_free(&svg);
    plot_drop(o);
}

void plot_drop(struct plot *o)
{
    for (size_t i = 0; i < o->files; i++)
        buf_free(&o->data[i]);
    o->files = 0;
    buf_free(&o->script);
}
