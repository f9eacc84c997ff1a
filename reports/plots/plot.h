/*
 * A plot in the making: a gnuplot script and its data files, then a figure in the page. Words reach gnuplot
 * only in single quotes or in data files, and file names are our own. A simulated run says so in every plot.
 */
#ifndef NFC_SURVEY_PLOTS_PLOT_H
#define NFC_SURVEY_PLOTS_PLOT_H

#include "reports/plots/gnuplot.h"
#include "reports/plots/palette.h"
#include "reports/render/html.h"

#define PLOT_WIDTH       900
#define PLOT_LABEL_BYTES 64 /* of an axis's or key's label; longer ones are cut */

/*
 * In the order of their file names, so that a plot has the same one in every report of a run:
 * plots/<number>-<name>-<which>.<language>.gp with -<i>.dat beside it.
 */
enum plot_kind {
    PLOT_MATRIX = 1,
    PLOT_CAUSES,
    PLOT_TIMES,
    PLOT_STEPS,
    PLOT_STEP_CURVES,
    PLOT_BUDGET,
    PLOT_POINTS,
    PLOT_HEIGHTS,
    PLOT_DRIFT,
    PLOT_POOLED,
    PLOT_MARKET,
};

struct plot {
    struct page *p;
    enum plot_kind kind;
    size_t which;
    unsigned height; /* pixels */
    struct buf script;
    struct buf data[GNUPLOT_FILES_MAX];
    size_t files;
    size_t head;  /* bytes of the last file before its rows */
    bool drawing; /* a plot command is open */
};

/* which: 1.. of its kind. height: pixels of a picture that is PLOT_WIDTH wide. */
void plot_begin(struct plot *o, struct page *p, enum plot_kind kind, size_t which, unsigned height);

/* Moves the mark of simulated data behind the plot; nothing in a run that is not. points: its size. */
void plot_mark(struct plot *o, double at_x, double at_y, unsigned points);
void plot_mark_above(struct plot *o); /* for areas, which would cover it */

/*
 * Another data file. columns: names with tabs between, for whoever opens it; the rows, tab-separated too,
 * come behind them. plot_file() puts its name in the script.
 */
struct buf *plot_data(struct plot *o, const char *columns);
void plot_file(struct plot *o);
bool plot_has_data(struct plot *o); /* forgets the last file where it holds no row */

/* Before each thing that is drawn: `plot`, then each on a line of its own; plot_close() ends the command. */
void plot_next(struct plot *o);
void plot_close(struct plot *o);

void plot_text(struct plot *o, const char *text); /* in the script, quoted and never enhanced */
void plot_tic(struct plot *o,
              const char *text); /* the same of a list of tics, where gnuplot takes a % for a format */
void plot_say(struct plot *o, enum word id);
void plot_label(char out[PLOT_LABEL_BYTES], const char *text);      /* cut to what a label can show */
void plot_step_label(char out[PLOT_LABEL_BYTES], const char *text); /* of which there is room for more */

/* Times as logarithms, from the least to the greatest; narrow: a panel, with room for few labels. */
void plot_times_axis(struct plot *o, bool narrow);
void plot_reader_label(const struct page *p, size_t reader, char out[PLOT_LABEL_BYTES]);

/* Draws it into the page and forgets it. A picture that could not be drawn leaves a warning and no figure. */
void plot_end(struct plot *o, const char *caption);
void plot_drop(struct plot *o); /* the same without a picture */

#endif
