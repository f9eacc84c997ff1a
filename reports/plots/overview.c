/* The plots of the matrix, of failures by stage, and of the distributions of times. */
#include "harness/findings/positions.h"
#include "harness/findings/tally.h"
#include "reports/plots/plot.h"
#include "reports/plots/plots.h"
#include "reports/render/escape.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#define STEPS_MAX    400 /* points of a line: finer than the picture can show */
#define ROWS_MAX     75  /* handsets in one picture of the matrix; more make more pictures */
#define ROW_PIXELS   18
#define GAP_COLUMNS  1 /* between readers */
#define UPRIGHT_MOST 6 /* readers whose names stand side by side; more are turned */
#define COLUMNS_MAX                                                                                          \
    80 /* past it a column is as narrow as the line between two, so neighbours are drawn as one too */
#define RECTANGLES_MAX                                                                                       \
    6000 /* past it neighbours of one state are drawn as one: a browser has to hold them all */

/* ---- matrix ---- */

static const struct {
    enum position_state state;
    enum word name;
    const char *colour;
} states[] = {
    { POSITION_WORKS, WORD_V_COMPATIBLE, PALETTE_GOOD },
    { POSITION_FAILS, WORD_V_INCOMPATIBLE, PALETTE_BAD },
    { POSITION_OPEN, WORD_V_UNDECIDED, "#d4d4d4" },
    { POSITION_NOT_PURSUED, WORD_V_NOT_PURSUED, "#efefef" },
};
#define STATES (sizeof states / sizeof *states)

static double column_of(const struct survey *s, size_t reader, size_t condition)
{
    return (double)(reader * (s->condition_count + GAP_COLUMNS) + condition);
}

/* How many conditions from this one on have its state: a rectangle for all of them. */
static size_t run_of(const struct page *p, size_t pair, size_t reader, size_t condition,
                     enum position_state state, bool merge)
{
    size_t end = condition;
    while (end < p->f->survey->condition_count && (end == condition || merge) &&
           positions_state(p->f, pair, reader, end) == state)
        end++;
    return end - condition;
}

/* Rectangles of one state. */
static void add_rectangles(const struct page *p, struct buf *data, size_t first, size_t end,
                           enum position_state state)
{
    const struct survey *s = p->f->survey;
    bool merge = s->pair_count * s->reader_count * s->condition_count > RECTANGLES_MAX ||
                 s->reader_count * s->condition_count > COLUMNS_MAX;
    for (size_t pair = first; pair < end; pair++)
        for (size_t reader = 0; reader < s->reader_count; reader++)
            for (size_t condition = 0, run; condition < s->condition_count; condition += run ? run : 1) {
                double x = column_of(s, reader, condition), y = (double)(pair - first);
                run = run_of(p, pair, reader, condition, state, merge);
                if (run == 0)
                    continue;
                double far = x + (double)(run - 1);
                buf_add_format(data, "%.1f\t%.1f\t%.3f\t%.3f\t%.2f\t%.2f\n", (x + far) / 2, y, x - 0.46,
                               far + 0.46, y - 0.42, y + 0.42);
            }
}

static void matrix_axes(struct plot *o, size_t first, size_t end)
{
    const struct survey *s = o->p->f->survey;
    char label[PLOT_LABEL_BYTES];
    double width = (double)(s->condition_count - 1) / 2;
    buf_add_format(
        &o->script,
        "set tmargin %u\nset border 0\nunset grid\nset xrange [-0.8:%.1f]\nset yrange [%.1f:-0.7]\nset ytics "
        "scale 0\n"
        "set xtics scale 0\nset x2tics scale 0\nunset xtics\nset x2range [-0.8:%.1f]\nset key outside bottom "
        "center horizontal noenhanced samplen 1\nset ytics (",
        s->reader_count > UPRIGHT_MOST ? 5 : 4, column_of(s, s->reader_count, 0) - 0.8,
        (double)(end - first) - 0.3, column_of(s, s->reader_count, 0) - 0.8);
    for (size_t pair = first; pair < end; pair++) {
        plot_label(label, s->pairs[pair].unit);
        buf_add_text(&o->script, pair > first ? ", " : "");
        plot_tic(o, label);
        buf_add_format(&o->script, " %zu", pair - first);
    }
    buf_add_format(&o->script, ") font ',11'\nset x2tics (");
    for (size_t reader = 0; reader < s->reader_count; reader++) {
        plot_reader_label(o->p, reader, label);
        buf_add_text(&o->script, reader > 0 ? ", " : "");
        plot_tic(o, label);
        buf_add_format(&o->script, " %.2f", column_of(s, reader, 0) + width);
    }
    buf_add_format(&o->script, ") font ',11'%s\n",
                   s->reader_count > UPRIGHT_MOST ? " rotate by 30 left" : "");
}

static void matrix_part(struct page *p, size_t which, size_t first, size_t end)
{
    struct plot o;
    bool any = false;
    plot_begin(&o, p, PLOT_MATRIX, which, 110 + ROW_PIXELS * (unsigned)(end - first));
    plot_mark_above(&o);
    matrix_axes(&o, first, end);
    for (size_t i = 0; i < STATES; i++) {
        add_rectangles(p, plot_data(&o, "x\trow\tx_from\tx_to\trow_from\trow_to"), first, end,
                       states[i].state);
        if (!plot_has_data(&o))
            continue;
        plot_next(&o);
        plot_file(&o);
        buf_add_format(
            &o.script,
            " using 1:2:3:4:5:6 axes x2y1 with boxxyerror fill solid 1 noborder linecolor rgb '%s' title ",
            states[i].colour);
        plot_say(&o, states[i].name);
        if (states[i].state == POSITION_FAILS) { /* told apart without colour too */
            plot_next(&o);
            plot_file(&o);
            buf_add_text(
                &o.script,
                " using 1:2 axes x2y1 with points pointtype 2 pointsize 0.5 linewidth 1.4 linecolor rgb "
                "'#ffffff' notitle");
        }
        any = true;
    }
    buf_add_char(&o.script, '\n');
    if (any)
        plot_end(&o, word_text(WORD_MATRIX_PLOT, p->language));
    else
        plot_drop(&o);
}

void plot_matrix(struct page *p)
{
    size_t pairs = p->f->survey->pair_count;
    size_t parts = (pairs + ROWS_MAX - 1) / ROWS_MAX;
    for (size_t part = 0; part < parts; part++)
        matrix_part(p, part + 1, part * pairs / parts, (part + 1) * pairs / parts);
}

/* ---- distributions ---- */

static void add_steps(struct buf *data, const struct findings_reader_script *r)
{
    struct findings_step steps[STEPS_MAX];
    size_t count = findings_steps(r->first_us, r->first_count, steps, STEPS_MAX);
    buf_add_format(data, "%" PRIu64 "\t0\n", r->first_us[0]);
    for (size_t i = 0; i < count; i++)
        buf_add_format(data, "%" PRIu64 "\t%.6f\n", steps[i].value_us, steps[i].share);
}

static void add_line(struct plot *o, size_t reader)
{
    struct palette_reader look = palette_reader(reader);
    char label[PLOT_LABEL_BYTES];
    plot_reader_label(o->p, reader, label);
    plot_next(o);
    plot_file(o);
    buf_add_format(&o->script,
                   " using ($1/1000):2 with steps linewidth 1.8 linecolor rgb '%s' dashtype %u title ",
                   look.colour, look.dash);
    plot_text(o, label);
}

/* The time limit as a line from top to bottom; a data file, so that the axis reaches it. */
static void add_limit(struct plot *o, unsigned limit_ms)
{
    buf_add_format(plot_data(o, "time_limit_us\tshare"), "%u000\t0\n%u000\t1\n", limit_ms, limit_ms);
    plot_next(o);
    plot_file(o);
    buf_add_text(&o->script, " using ($1/1000):2 with lines linewidth 1 linecolor rgb '" PALETTE_FRAME
                             "' dashtype 3 title ");
    plot_say(o, WORD_ECDF_LIMIT);
    buf_add_char(&o->script, '\n');
}

void plot_times(struct page *p, size_t script)
{
    struct plot o;
    plot_begin(&o, p, PLOT_TIMES, script + 1, 380);
    plot_times_axis(&o, false);
    buf_add_text(&o.script, "set yrange [0:1]\nset ytics 0.25 format '%.2f'\nset xlabel ");
    plot_say(&o, WORD_ECDF_X);
    buf_add_text(&o.script, "\nset ylabel ");
    plot_say(&o, WORD_ECDF_Y);
    buf_add_text(&o.script, "\n");
    for (size_t reader = 0; reader < p->f->survey->reader_count; reader++) {
        const struct findings_reader_script *r = &p->f->readers[reader].scripts[script];
        if (r->first_count == 0)
            continue;
        add_steps(plot_data(&o, "time_us\tshare"), r);
        add_line(&o, reader);
    }
    if (o.files > 0) {
        add_limit(&o, p->f->survey->scripts[script].time_limit_ms);
        plot_end(&o, PHRASE_FILL(WORD_ECDF_TITLE, p->language, name_script(p->f, script, p->language)).text);
    } else {
        page_element(p, "p", "", WORD_NO_TIMES);
        plot_drop(&o);
    }
}

/* ---- failures ---- */

#define FAILURE_COLUMNS                                                                                      \
    "reader\tno_stage\tsetup\tdetect\tactivate\troute\texchange\tcheck" /* by enum stage */

void plot_failures(struct page *p)
{
    const struct findings *f = p->f;
    struct plot o;
    bool any = false;
    plot_begin(&o, p, PLOT_CAUSES, 1, f->survey->reader_count > UPRIGHT_MOST ? 380 : 320);
    struct buf *data = plot_data(&o, FAILURE_COLUMNS);
    for (size_t i = 0; i < f->survey->reader_count; i++) {
        char label[PLOT_LABEL_BYTES];
        plot_reader_label(p, i, label);
        escape_gnuplot_field(data, label);
        for (int stage = STAGE_NONE; stage < STAGE_COUNT; stage++)
            buf_add_format(data, "\t%" PRIu64, f->readers[i].failures_by_stage[stage]);
        buf_add_char(data, '\n');
    }
    plot_mark_above(&o);
    buf_add_text(&o.script,
                 "set style data histograms\nset style histogram rowstacked\nset boxwidth 0.6\n"
                 "set style fill solid 1 border rgb '#ffffff'\nset yrange [0:*]\nset key invert\n");
    if (f->survey->reader_count > UPRIGHT_MOST)
        buf_add_text(&o.script, "set xtics rotate by -30 left font ',11'\n");
    buf_add_text(&o.script, "set ylabel ");
    plot_say(&o, WORD_FAILURES_PLOT_X);
    buf_add_char(&o.script, '\n');
    for (int stage = STAGE_NONE; stage < STAGE_COUNT; stage++) {
        if (!tally_has_stage(f, (enum stage)stage))
            continue;
        plot_next(&o);
        plot_file(&o);
        buf_add_format(&o.script, " using %d:xtic(1) linecolor rgb '%s' title ", stage + 2,
                       palette_stage((enum stage)stage));
        plot_say(&o, word_stage((enum stage)stage));
        any = true;
    }
    buf_add_char(&o.script, '\n');
    if (any)
        plot_end(&o, word_text(WORD_FAILURES_PLOT, p->language));
    else
        plot_drop(&o);
}
