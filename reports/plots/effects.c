/* The plots of the run as a whole: drift, pooled beside raw estimates, and how much of the market is
 * shown. */
#include "reports/plots/plot.h"
#include "reports/plots/plots.h"

#include <math.h>
#include <stdio.h>

#define ROW_PIXELS 18
#define ROWS_MAX   75
#define COUNTS_MAX 400 /* distinct (d, n) in one picture */

static double percent(double share)
{
    return share * 100;
}

#define DRIFT_MOST 10.0 /* a change of the tenfold an hour */

/* ---- drift ---- */

static void drift_label(const struct page *p, const struct findings_drift *d, char out[3 * PLOT_LABEL_BYTES])
{
    char names[2][PLOT_LABEL_BYTES];
    plot_reader_label(p, d->reader, names[0]);
    plot_label(names[1], name_script(p->f, d->script, p->language));
    snprintf(out, 3 * PLOT_LABEL_BYTES, "%s · %s · %u.%u", names[0], names[1], d->execution, d->session);
}

/* A clock that jumps (or a damaged journal) makes a change beyond all measure: it stands in the table
 * alone. */
static bool is_drawn(const struct findings_drift *d)
{
    return !isnan(d->per_hour) && fabs(d->low) <= DRIFT_MOST && fabs(d->high) <= DRIFT_MOST;
}

static void draw_drift(struct page *p, size_t which, size_t first, size_t end)
{
    struct plot o;
    char label[3 * PLOT_LABEL_BYTES];
    plot_begin(&o, p, PLOT_DRIFT, which, 110 + ROW_PIXELS * (unsigned)(end - first));
    buf_add_format(&o.script,
                   "unset grid\nset grid x linetype 1 linecolor rgb '" PALETTE_GRID
                   "' linewidth 0.5\nunset key\nset arrow 1 from "
                   "first 0,graph 0 to first 0,graph 1 nohead linewidth 1 linecolor rgb '" PALETTE_FRAME
                   "' dashtype 3\nset yrange "
                   "[%.1f:-0.7]\nset offsets graph 0.02,graph 0.02,0,0\nset xlabel ",
                   (double)(end - first) - 0.3);
    plot_say(&o, WORD_DRIFT_X);
    buf_add_text(&o.script, "\nset ytics scale 0 font ',11' (");
    for (size_t i = first; i < end; i++) {
        drift_label(p, &p->f->drifts[i], label);
        buf_add_text(&o.script, i > first ? ", " : "");
        plot_tic(&o, label);
        buf_add_format(&o.script, " %zu", i - first);
    }
    buf_add_text(&o.script, ")\n");
    for (size_t reader = 0; reader < p->f->survey->reader_count; reader++) {
        struct palette_reader look = palette_reader(reader);
        struct buf *data = plot_data(&o, "percent_an_hour\trow\tlow\thigh");
        for (size_t i = first; i < end; i++) {
            const struct findings_drift *d = &p->f->drifts[i];
            if (d->reader == reader && is_drawn(d))
                buf_add_format(data, "%.5f\t%zu\t%.5f\t%.5f\n", percent(d->per_hour), i - first,
                               percent(d->low), percent(d->high));
        }
        if (!plot_has_data(&o))
            continue;
        plot_next(&o);
        plot_file(&o);
        buf_add_format(
            &o.script,
            " using 1:2:3:4 with xerrorbars pointtype %u pointsize 0.9 linewidth 1.4 linecolor rgb '%s'",
            look.marker, look.colour);
    }
    buf_add_char(&o.script, '\n');
    if (o.files > 0)
        plot_end(&o, word_text(WORD_DRIFT_PLOT, p->language));
    else
        plot_drop(&o);
}

void plot_drift(struct page *p)
{
    size_t count = p->f->drift_count, parts = (count + ROWS_MAX - 1) / ROWS_MAX;
    for (size_t part = 0; part < parts; part++)
        draw_drift(p, part + 1, part * count / parts, (part + 1) * count / parts);
}

/* ---- pooled ---- */

static void add_estimates(const struct matrix_group *g, struct buf *data)
{
    for (size_t i = 0; i < g->point_count && i < COUNTS_MAX; i++) {
        const struct matrix_point *c = &g->points[i];
        const struct pool_estimate *e = &c->pooled;
        buf_add_format(data, "%.4f\t%.4f\t%.4f\t%.4f\t%zu\n", percent(c->raw), percent(e->mean),
                       percent(e->lower), percent(e->upper), c->cells);
    }
}

void plot_pooled(struct page *p, const struct matrix_group *g)
{
    struct plot o;
    plot_begin(&o, p, PLOT_POOLED, 1, 420);
    buf_add_text(&o.script, "set key inside left top\nset xrange [-3:103]\nset yrange [-3:103]\nset xlabel ");
    plot_say(&o, WORD_POOLED_X);
    buf_add_text(&o.script, "\nset ylabel ");
    plot_say(&o, WORD_POOLED_Y);
    buf_add_text(&o.script, "\n");
    if (g->point_count == 0) {
        plot_drop(&o);
        return;
    }
    add_estimates(g, plot_data(&o, "raw_percent\tpooled_percent\tlow\thigh\tcells"));
    plot_next(&o);
    buf_add_text(&o.script, "x with lines linewidth 1 dashtype 3 linecolor rgb '" PALETTE_FRAME "' title ");
    plot_say(&o, WORD_POOLED_SAME);
    plot_next(&o);
    plot_file(&o);
    buf_add_text(
        &o.script,
        " using 1:2:3:4:(0.5+0.35*log10($5)) with yerrorbars pointtype 7 pointsize variable linewidth 1 "
        "linecolor rgb '" PALETTE_GOOD "' title ");
    plot_say(&o, WORD_POOLED_POINT);
    buf_add_char(&o.script, '\n');
    plot_end(&o, word_text(WORD_POOLED_PLOT, p->language));
}

/* ---- market ---- */

#define BAR "percent\trow\tpercent_from\tpercent_to\trow_from\trow_to"

void plot_market(struct page *p, const struct matrix_group *g)
{
    const struct survey *s = p->f->survey;
    struct plot o;
    char label[PLOT_LABEL_BYTES];
    plot_begin(&o, p, PLOT_MARKET, 1, 160 + 26 * (unsigned)(s->reader_count + 1));
    plot_mark_above(&o);
    buf_add_format(&o.script,
                   "unset key\nunset grid\nset grid x linetype 1 linecolor rgb '" PALETTE_GRID
                   "' linewidth 0.5\nset xrange [0:100]\nset yrange [%zu.7:-0.7]\nset xlabel ",
                   s->reader_count);
    plot_say(&o, p->r->matrix->shares.source == SHARES_UNKNOWN || p->r->matrix->shares.source == SHARES_NONE
                     ? WORD_TESTED_X
                     : WORD_MARKET_X);
    buf_add_text(&o.script, "\nset ytics scale 0 (");
    for (size_t reader = 0; reader < s->reader_count; reader++) {
        plot_reader_label(p, reader, label);
        plot_tic(&o, label);
        buf_add_format(&o.script, " %zu, ", reader);
    }
    plot_say(&o, WORD_EVERY_READER);
    buf_add_format(&o.script, " %zu)\n", s->reader_count);
    for (size_t row = 0; row <= s->reader_count; row++) {
        const struct matrix_bracket *b = row < s->reader_count ? &g->readers[row].market : &g->all_readers;
        buf_add_format(plot_data(&o, BAR), "%.4f\t%zu\t%.4f\t%.4f\t%.2f\t%.2f\n", percent(b->lower), row, 0.0,
                       percent(b->lower), (double)row - 0.3, (double)row + 0.3);
        plot_next(&o);
        plot_file(&o);
        buf_add_format(&o.script,
                       " using 1:2:3:4:5:6 with boxxyerror fill solid 1 noborder linecolor rgb '%s'",
                       row < s->reader_count ? palette_reader(row).colour : "#4d4d4d");
    }
    struct buf *open = plot_data(&o, BAR);
    for (size_t row = 0; row <= s->reader_count; row++) {
        const struct matrix_bracket *b = row < s->reader_count ? &g->readers[row].market : &g->all_readers;
        buf_add_format(open, "%.4f\t%zu\t%.4f\t%.4f\t%.2f\t%.2f\n", percent(b->upper), row, percent(b->lower),
                       percent(b->upper), (double)row - 0.3, (double)row + 0.3);
    }
    plot_next(&o);
    plot_file(&o);
    buf_add_text(&o.script, " using 1:2:3:4:5:6 with boxxyerror fill solid 0.15 border rgb '" PALETTE_FRAME
                            "' linecolor rgb '" PALETTE_FRAME "'");
    buf_add_char(&o.script, '\n');
    plot_end(&o, word_text(WORD_MARKET_PLOT, p->language));
}
