/* The plots of where the time goes: by step of the script, and by part of a transaction. */
#include "harness/findings/time_budget.h"
#include "reports/plots/plot.h"
#include "reports/plots/plots.h"

#include <inttypes.h>
#include <stdio.h>

#define PANELS_ACROSS 3
#define ROW_PIXELS    16
#define PANEL_PIXELS  240
#define KEY_ACROSS    6
#define KEY_PIXELS    20

static const struct budget_script *script_of(const struct page *p, size_t reader, size_t script)
{
    return &p->f->budget->readers[reader].scripts[script];
}

static const struct script *loaded(const struct page *p, size_t script)
{
    const struct survey *s = p->f->survey;
    return survey_script_loaded(s, script);
}

bool plot_has_steps(const struct page *p, size_t script)
{
    for (size_t reader = 0; reader < p->f->survey->reader_count; reader++)
        for (size_t step = 0; step < loaded(p, script)->step_count; step++)
            if (script_of(p, reader, script)->steps[step].times.n > 0)
                return true;
    return false;
}

/* ---- quantiles by step ---- */

/* y, then value and ends of the interval in ms; without an interval the ends are the value. */
static void add_quantile(struct buf *data, double y, const struct findings_quantile *q)
{
    uint64_t low = q->has_interval ? q->low_us : q->value_us,
             high = q->has_interval ? q->high_us : q->value_us;
    buf_add_format(data, "%.2f\t%.3f\t%.3f\t%.3f\n", y, (double)q->value_us / 1000, (double)low / 1000,
                   (double)high / 1000);
}

static void step_axis(struct plot *o, size_t script)
{
    const struct script *s = loaded(o->p, script);
    size_t rows = o->p->f->survey->reader_count + 1;
    char label[PLOT_LABEL_BYTES];
    plot_times_axis(o, false);
    buf_add_format(&o->script,
                   "set offsets graph 0.03,graph 0.03,0,0\nunset grid\nset grid x linetype 1 linecolor rgb "
                   "'" PALETTE_GRID "' linewidth 0.5\nset yrange [%zu:-1]\nset ytics scale 0 (",
                   s->step_count * rows);
    for (size_t step = 0; step < s->step_count; step++) {
        plot_step_label(label, name_step(o->p->f, script, step, o->p->language));
        buf_add_text(&o->script, step > 0 ? ", " : "");
        plot_tic(o, label);
        buf_add_format(&o->script, " %.2f", (double)(step * rows) + (double)(rows - 2) / 2);
    }
    buf_add_text(&o->script, ")\nset xlabel ");
    plot_say(o, WORD_ECDF_X);
    buf_add_char(&o->script, '\n');
}

static void add_reader_steps(struct plot *o, size_t reader, size_t script, bool far)
{
    const struct budget_script *m = script_of(o->p, reader, script);
    struct palette_reader look = palette_reader(reader);
    struct buf *data = plot_data(o, "row\tms\tlow\thigh");
    char label[PLOT_LABEL_BYTES];
    for (size_t step = 0; step < m->step_count; step++) {
        const struct budget_times *t = &m->steps[step].times;
        if (t->n > 0)
            add_quantile(data, (double)(step * (o->p->f->survey->reader_count + 1) + reader),
                         far ? &t->p90.at : &t->median.at);
    }
    if (!plot_has_data(o))
        return;
    plot_next(o);
    plot_file(o);
    buf_add_format(
        &o->script,
        " using 2:1:3:4 with xerrorbars pointtype %u pointsize %s linewidth 1.4 linecolor rgb '%s' ",
        far ? 1 : look.marker, far ? "0.6" : "0.9", look.colour);
    if (far) {
        buf_add_text(&o->script, "notitle");
        return;
    }
    plot_reader_label(o->p, reader, label);
    buf_add_text(&o->script, "title ");
    plot_text(o, label);
}

void plot_steps(struct page *p, size_t script)
{
    struct plot o;
    size_t readers = p->f->survey->reader_count, rows = loaded(p, script)->step_count * (readers + 1);
    plot_begin(&o, p, PLOT_STEPS, script + 1, 110 + ROW_PIXELS * (unsigned)rows);
    step_axis(&o, script);
    for (int far = 0; far <= 1; far++)
        for (size_t reader = 0; reader < readers && o.files < GNUPLOT_FILES_MAX; reader++)
            add_reader_steps(&o, reader, script, far);
    buf_add_char(&o.script, '\n');
    plot_end(&o, PHRASE_FILL(WORD_STEPS_PLOT, p->language, name_script(p->f, script, p->language)).text);
}

/* ---- distributions by step ---- */

/* One data file a reader: step, ms, share; a panel takes the rows of its step. */
static void add_curves(struct plot *o, size_t reader, size_t script)
{
    const struct budget_script *m = script_of(o->p, reader, script);
    struct buf *data = plot_data(o, "step\tms\tshare");
    for (size_t step = 0; step < m->step_count; step++)
        for (size_t i = 0; i < m->steps[step].curve_count; i++)
            buf_add_format(data, "%zu\t%.3f\t%.6f\n", step + 1,
                           (double)m->steps[step].curve[i].value_us / 1000, m->steps[step].curve[i].share);
}

static bool any_on_step(const struct page *p, size_t script, size_t step)
{
    for (size_t reader = 0; reader < p->f->survey->reader_count; reader++)
        if (script_of(p, reader, script)->steps[step].times.n > 0)
            return true;
    return false;
}

/* A key below all panels: gnuplot's own would take the width of one. Lines as in the panels, words in ink. */
static void add_key(struct plot *o, double height)
{
    char label[PLOT_LABEL_BYTES];
    size_t last = (o->p->f->survey->reader_count - 1) / KEY_ACROSS;
    for (size_t reader = 0; reader < o->p->f->survey->reader_count; reader++) {
        struct palette_reader look = palette_reader(reader);
        size_t column = reader % KEY_ACROSS, up = last - reader / KEY_ACROSS;
        double x = 0.04 + (double)column / KEY_ACROSS * 0.95, y = (KEY_PIXELS * (double)up + 12) / height;
        plot_reader_label(o->p, reader, label);
        buf_add_format(
            &o->script,
            "set arrow %zu from screen %.3f,screen %.4f to screen %.3f,screen %.4f nohead linewidth 1.8 "
            "linecolor rgb '%s' dashtype %u\nset label %zu ",
            reader + 10, x, y, x + 0.03, y, look.colour, look.dash, reader + 10);
        plot_text(o, label);
        buf_add_format(&o->script, " noenhanced at screen %.3f,screen %.4f left font ',11'\n", x + 0.036, y);
    }
}

/* Once is enough: what is set stays for the panels that follow. */
static void drop_key(struct plot *o)
{
    for (size_t reader = 0; reader < o->p->f->survey->reader_count; reader++)
        buf_add_format(&o->script, "unset label %zu\nunset arrow %zu\n", reader + 10, reader + 10);
}

/* A panel has room for three labels in each of two decades, and for two in each of more. */
static bool is_spread(const struct plot *o, size_t script, size_t step)
{
    uint64_t least = UINT64_MAX, most = 0;
    for (size_t reader = 0; reader < o->p->f->survey->reader_count; reader++) {
        const struct budget_step *m = &script_of(o->p, reader, script)->steps[step];
        if (m->curve_count == 0)
            continue;
        least = m->curve[0].value_us < least ? m->curve[0].value_us : least;
        most = m->curve[m->curve_count - 1].value_us > most ? m->curve[m->curve_count - 1].value_us : most;
    }
    return most / 100 > least;
}

static void panel(struct plot *o, size_t script, size_t step)
{
    size_t readers = o->p->f->survey->reader_count, files = o->files;
    char label[PLOT_LABEL_BYTES];
    plot_times_axis(o, is_spread(o, script, step));
    plot_step_label(label, name_step(o->p->f, script, step, o->p->language));
    buf_add_text(&o->script, "set title ");
    plot_text(o, label);
    buf_add_text(&o->script, " noenhanced font ',11'\n");
    for (size_t reader = 0; reader < readers; reader++) {
        struct palette_reader look = palette_reader(reader);
        if (script_of(o->p, reader, script)->steps[step].times.n == 0)
            continue;
        plot_next(o);
        o->files = reader + 1; /* plot_file() names the last one */
        plot_file(o);
        buf_add_format(&o->script,
                       " using ($1==%zu?$2:1/0):3 with steps linewidth 1.6 linecolor rgb '%s' dashtype %u ",
                       step + 1, look.colour, look.dash);
    }
    o->files = files;
    plot_close(o);
}

void plot_step_curves(struct page *p, size_t script)
{
    struct plot o;
    size_t panels = 0, steps = loaded(p, script)->step_count;
    for (size_t step = 0; step < steps; step++)
        panels += any_on_step(p, script, step);
    size_t down = (panels + PANELS_ACROSS - 1) / PANELS_ACROSS;
    size_t keys = (p->f->survey->reader_count + KEY_ACROSS - 1) / KEY_ACROSS;
    double below = 45 + KEY_PIXELS * (double)keys, height = 40 + below + PANEL_PIXELS * (double)down;
    plot_begin(&o, p, PLOT_STEP_CURVES, script + 1, (unsigned)height);
    plot_mark(&o, 0.5, 0.4, 20);
    for (size_t reader = 0; reader < p->f->survey->reader_count; reader++)
        add_curves(&o, reader, script);
    add_key(&o, height);
    buf_add_format(
        &o.script,
        "unset key\nset xtics font ',10'\nset yrange [0:1]\nset ytics "
        "0.25 "
        "format '%%.2f'\nset multiplot layout %zu,%d margins screen 0.07,0.97,%.4f,%.4f spacing screen "
        "0.06,%.4f\n",
        down, PANELS_ACROSS, below / height, 1 - 35 / height, 80 / height);
    for (size_t step = 0; step < steps; step++)
        if (any_on_step(p, script, step)) {
            panel(&o, script, step);
            drop_key(&o);
        }
    buf_add_text(&o.script, "unset multiplot\n");
    plot_end(&o,
             PHRASE_FILL(WORD_STEP_CURVES_PLOT, p->language, name_script(p->f, script, p->language)).text);
}

/* ---- parts of a transaction ---- */

static const struct {
    enum word name;
    const char *colour;
} parts[] = {
    { WORD_PART_ACTIVATE, PALETTE_ORDER_1 },
    { WORD_PART_HOST, PALETTE_ORDER_3 },
    { WORD_PART_EXCHANGES, PALETTE_ORDER_5 },
    { WORD_PART_BETWEEN, PALETTE_OPEN },
};
#define PARTS (sizeof parts / sizeof *parts)

/* Where a part's bar begins and ends: means add up to the mean of the whole. */
static void add_bars(struct buf *data, const struct budget_script *m, double y, size_t part)
{
    const double widths[PARTS] = { m->parts[BUDGET_ACTIVATE].mean_us, m->host_us, m->card_us,
                                   m->parts[BUDGET_BETWEEN].mean_us };
    double begin = 0;
    for (size_t i = 0; i < part; i++)
        begin += widths[i];
    if (widths[part] > 0)
        buf_add_format(data, "%.3f\t%.1f\t%.3f\t%.3f\t%.2f\t%.2f\n", begin / 1000, y, begin / 1000,
                       (begin + widths[part]) / 1000, y - 0.36, y + 0.36);
}

static size_t budget_rows(struct plot *o, struct buf *data, size_t part, bool labels)
{
    const struct survey *s = o->p->f->survey;
    size_t row = 0;
    for (size_t script = 0; script < s->script_count; script++)
        for (size_t reader = 0; reader < s->reader_count; reader++) {
            char names[2][PLOT_LABEL_BYTES], label[2 * PLOT_LABEL_BYTES + 8];
            const struct budget_script *m = script_of(o->p, reader, script);
            if (m->parts[BUDGET_TOTAL].n == 0)
                continue;
            if (data)
                add_bars(data, m, (double)row, part);
            if (labels) {
                plot_label(names[0], name_script(o->p->f, script, o->p->language));
                plot_reader_label(o->p, reader, names[1]);
                snprintf(label, sizeof label, "%s · %s", names[0], names[1]);
                buf_add_text(&o->script, row > 0 ? ", " : "");
                plot_tic(o, label);
                buf_add_format(&o->script, " %zu", row);
            }
            row++;
        }
    return row;
}

void plot_budget(struct page *p)
{
    struct plot o;
    size_t rows = p->f->survey->script_count * p->f->survey->reader_count;
    bool any = false;
    plot_begin(&o, p, PLOT_BUDGET, 1, 190 + 19 * (unsigned)rows);
    plot_mark_above(&o);
    buf_add_text(&o.script,
                 "unset grid\nset grid x linetype 1 linecolor rgb '" PALETTE_GRID "' linewidth 0.5\n"
                 "set key outside bottom center horizontal maxcols 2 noenhanced samplen 1\nset xlabel ");
    plot_say(&o, WORD_BUDGET_X);
    buf_add_text(&o.script, " offset 0,0.4");
    buf_add_text(&o.script, "\nset ytics scale 0 font ',11' (");
    rows = budget_rows(&o, NULL, 0, true);
    buf_add_format(&o.script, ")\nset yrange [%.1f:-0.7]\nset xrange [0:*]\n", (double)rows - 0.3);
    for (size_t part = 0; part < PARTS && rows > 0; part++) {
        budget_rows(&o, plot_data(&o, "ms\trow\tms_from\tms_to\trow_from\trow_to"), part, false);
        if (!plot_has_data(&o))
            continue;
        plot_next(&o);
        plot_file(&o);
        buf_add_format(
            &o.script,
            " using 1:2:3:4:5:6 with boxxyerror fill solid 1 border rgb '#ffffff' linecolor rgb '%s' title ",
            parts[part].colour);
        plot_say(&o, parts[part].name);
        any = true;
    }
    buf_add_char(&o.script, '\n');
    if (any)
        plot_end(&o, word_text(WORD_BUDGET_PLOT, p->language));
    else
        plot_drop(&o);
}
