/*
 * Plots by gnuplot. Words reach it only in single quotes or in data files, and file names are our own. A run
 * that is simulated says so across every plot. Colours are Okabe and Ito's; dashes tell the lines apart
 * without them.
 */
#include "reports/escape.h"
#include "reports/gnuplot.h"
#include "reports/page.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#define STEPS_MAX  400        /* points of a line: finer than the picture can show */
#define SCRIPT_MAX (1u << 20) /* bytes of a gnuplot script */
#define DATA_MAX   (4u << 20)

static const char *const colours[] = { "#0072b2", "#d55e00", "#009e73", "#cc79a7", "#56b4e9", "#e69f00" };
#define COLOURS (sizeof colours / sizeof *colours)

static void quoted(struct buf *b, const char *text)
{
    escape_gnuplot(b, text);
}

static void begin_script(const struct page *p, struct buf *b, unsigned height)
{
    buf_init(b, SCRIPT_MAX);
    buf_add_format(
        b,
        "set encoding utf8\n"
        "set terminal svg size 900,%u dynamic noenhanced font 'Noto Sans CJK JP,13' name 'p%u' linewidth 1\n"
        "set output 'out.svg'\n"
        "set border 3 linecolor rgb '#808080'\n"
        "set tics nomirror out scale 0.6 textcolor rgb '#000000'\n"
        "set grid y linetype 1 linecolor rgb '#d9d9d9' linewidth 0.5\n"
        "set key outside right top vertical Left reverse noenhanced samplen 3 spacing 1.3\n"
        "set datafile separator '\\t'\n",
        height, p->plots);
    if (p->f->simulated) {
        buf_add_text(b, "set label 1 ");
        quoted(b, string_text(STR_SIMULATED, p->language));
        buf_add_text(
            b, " noenhanced at graph 0.5,0.5 center rotate by 12 font ',44' textcolor rgb '#e6dccb' back\n");
    }
}

/* The figure around a picture; a picture that could not be drawn leaves a warning and no figure. */
static void figure(struct page *p, const struct buf *script, const struct buf *data, size_t data_count,
                   const char *caption)
{
    struct buf svg;
    struct err e = { 0 };
    char prefix[16];
    size_t before = p->b.length;
    buf_init(&svg, GNUPLOT_OUTPUT_MAX);
    int code = gnuplot_draw(p->r->gnuplot ? p->r->gnuplot : "gnuplot", script, data, data_count, &svg, &e);
    if (code == 0) {
        snprintf(prefix, sizeof prefix, "p%u-", p->plots);
        page_put(p, "<figure>\n");
        page_put(p, "<figcaption>");
        page_text(p, caption);
        if (p->f->simulated) {
            page_put(p, " <span class=\"mark\">");
            page_say(p, STR_SIMULATED);
            page_put(p, "</span>");
        }
        page_put(p, "</figcaption>\n");
        if (!escape_svg(&p->b, svg.data, svg.length, prefix, caption)) {
            code = err_set(&e, ERR_ENVIRONMENT, "gnuplot", "drew something unexpected");
            p->b.length = before;
            p->b.data[before] = '\0';
        } else {
            page_put(p, "</figure>\n");
        }
    }
    if (code && p->r->warning[0] == '\0') {
        snprintf(p->r->warning, sizeof p->r->warning, "%.80s: %.160s", e.where, e.text);
        page_put(p, "<p class=\"notice\" role=\"note\">");
        PAGE_FILL(p, STR_WARNING_PLOTS, p->r->warning);
        page_put(p, "</p>\n");
    }
    buf_free(&svg);
}

static void add_steps(struct buf *data, const struct findings_reader_script *r)
{
    struct findings_step steps[STEPS_MAX];
    size_t count = findings_steps(r->first_us, r->first_count, steps, STEPS_MAX);
    buf_init(data, DATA_MAX);
    buf_add_format(data, "%" PRIu64 "\t0\n", r->first_us[0]);
    for (size_t i = 0; i < count; i++)
        buf_add_format(data, "%" PRIu64 "\t%.6f\n", steps[i].value_us, steps[i].share);
}

static void add_line(struct page *p, struct buf *script, size_t file, size_t reader)
{
    char title[PAGE_VALUE_BYTES + 64];
    const char *unit = p->f->survey->readers[reader].unit;
    struct page_value_text label = page_reader(p, reader);
    bool same = strcmp(unit, label.text) == 0;
    snprintf(title, sizeof title, "%.60s%s%.60s", unit, same ? "" : "  ", same ? "" : label.text);
    buf_add_format(
        script,
        "%s'data-%zu.txt' using ($1/1000):2 with steps linewidth 1.8 linecolor rgb '%s' dashtype %zu title ",
        file == 0 ? "plot " : ", ", file, colours[reader % COLOURS], reader % 5 + 1);
    quoted(script, title);
    buf_add_text(script, " noenhanced");
}

/* The time limit as a line from top to bottom; a data file, so that the axis reaches it. */
static void add_limit(struct page *p, struct buf *script, struct buf *data, size_t file, unsigned limit_ms)
{
    buf_init(data, DATA_MAX);
    buf_add_format(data, "%u000\t0\n%u000\t1\n", limit_ms, limit_ms);
    buf_add_format(script,
                   ", 'data-%zu.txt' using ($1/1000):2 with lines linewidth 1 linecolor rgb '#808080' "
                   "dashtype 3 title ",
                   file);
    quoted(script, string_text(STR_ECDF_LIMIT, p->language));
    buf_add_text(script, " noenhanced\n");
}

void plot_times(struct page *p, size_t script)
{
    struct buf commands, data[SURVEY_READERS_MAX + 1];
    size_t files = 0;
    p->plots++;
    begin_script(p, &commands, 380);
    buf_add_text(&commands, "set logscale x\nset yrange [0:1]\nset ytics 0.25 format '%.2f'\nset xlabel ");
    quoted(&commands, string_text(STR_ECDF_X, p->language));
    buf_add_text(&commands, " noenhanced\nset ylabel ");
    quoted(&commands, string_text(STR_ECDF_Y, p->language));
    buf_add_text(&commands, " noenhanced\n");
    for (size_t reader = 0; reader < p->f->survey->reader_count; reader++) {
        const struct findings_reader_script *r = &p->f->readers[reader].scripts[script];
        if (r->first_count == 0)
            continue;
        add_steps(&data[files], r);
        add_line(p, &commands, files, reader);
        files++;
    }
    if (files > 0) {
        add_limit(p, &commands, &data[files], files, p->f->survey->scripts[script].time_limit_ms);
        files++;
        figure(p, &commands, data, files, PAGE_PLAIN(p, STR_ECDF_TITLE, page_script(p, script)).text);
    } else {
        page_element(p, "p", "", STR_NO_TIMES);
    }
    for (size_t i = 0; i < files; i++)
        buf_free(&data[i]);
    buf_free(&commands);
}

/* A field of a data file: tabs and line ends can't get through, and a double quote would open a string. */
static void add_field(struct buf *b, const char *text)
{
    struct buf clean;
    buf_init(&clean, 4096);
    escape_gnuplot(&clean, text);
    for (size_t i = 1; i + 1 < clean.length; i++)
        buf_add_char(b, clean.data[i] == '"' ? ' ' : clean.data[i]);
    buf_free(&clean);
}

static bool has_stage(const struct findings *f, int stage)
{
    for (size_t i = 0; i < f->survey->reader_count; i++)
        if (f->readers[i].failures_by_stage[stage] > 0)
            return true;
    return false;
}

void plot_failures(struct page *p)
{
    const struct findings *f = p->f;
    struct buf commands, data;
    bool any = false;
    p->plots++;
    begin_script(p, &commands, 320);
    buf_init(&data, DATA_MAX);
    for (size_t i = 0; i < f->survey->reader_count; i++) {
        add_field(&data, f->survey->readers[i].unit);
        for (int stage = STAGE_NONE; stage < STAGE_COUNT; stage++)
            buf_add_format(&data, "\t%" PRIu64, f->readers[i].failures_by_stage[stage]);
        buf_add_char(&data, '\n');
    }
    if (f->simulated) { /* above the bars, which would cover it */
        buf_add_text(&commands, "set tmargin 4\nset label 1 ");
        quoted(&commands, string_text(STR_SIMULATED, p->language));
        buf_add_text(&commands, " noenhanced at graph 0.5,1.09 center rotate by 0 font ',20'\n");
    }
    buf_add_text(&commands, "set style data histograms\nset style histogram rowstacked\nset boxwidth 0.6\n"
                            "set style fill solid 1 border rgb '#ffffff'\nset yrange [0:*]\nset ylabel ");
    quoted(&commands, string_text(STR_FAILURES_PLOT_X, p->language));
    buf_add_text(&commands, " noenhanced\n");
    for (int stage = STAGE_NONE; stage < STAGE_COUNT; stage++) {
        if (!has_stage(f, stage))
            continue;
        buf_add_format(&commands, "%s'data-0.txt' using %d:xtic(1) linecolor rgb '%s' title ",
                       any ? ", " : "plot ", stage + 2, colours[(size_t)stage % COLOURS]);
        quoted(&commands, string_text(page_stage((enum stage)stage), p->language));
        buf_add_text(&commands, " noenhanced");
        any = true;
    }
    buf_add_char(&commands, '\n');
    if (any)
        figure(p, &commands, &data, 1, string_text(STR_FAILURES_PLOT, p->language));
    buf_free(&data);
    buf_free(&commands);
}
