/*
 * The colours and markers of every report: a reader has the same ones wherever it is drawn, in every writer.
 * Okabe and Ito's colours, safe for the colour-blind; marker and dash distinguish readers without them. Two of
 * them are pale on white: made darker they would look like others to whoever sees no green, so they stay.
 */
#ifndef NFC_SURVEY_PLOTS_PALETTE_H
#define NFC_SURVEY_PLOTS_PALETTE_H

#include "harness/domain/domain.h"

#include <stddef.h>

#define PALETTE_GOOD   "#0a5c93" /* shown good, works */
#define PALETTE_BAD    "#d55e00" /* shown bad, fails */
#define PALETTE_OPEN   "#999999" /* neither */
#define PALETTE_FRAME  "#808080"
#define PALETTE_GRID   "#d9d9d9"
#define PALETTE_WATER  "#e6dccb" /* the mark of simulated data, behind a picture */
#define PALETTE_STRONG "#7a5b00" /* the same beside one */

#define PALETTE_COLOURS 8
#define PALETTE_READERS 16 /* all that a survey has; past the colours, the same ones with other markers */

struct palette_reader {
    const char *colour;
    unsigned marker;    /* gnuplot's point type */
    unsigned dash;      /* gnuplot's dash type */
    const char *symbol; /* the marker as a character */
};

static inline struct palette_reader palette_reader(size_t reader)
{
    static const char *const colours[PALETTE_COLOURS] = { "#0072b2", "#d55e00", "#009e73", "#cc79a7",
                                                          "#56b4e9", "#e69f00", "#6b6b6b", "#8c564b" };
    static const struct {
        unsigned marker, dash;
        const char *symbol;
    } shapes[PALETTE_READERS] = {
        { 7, 1, "●" },  { 5, 2, "■" },  { 9, 4, "▲" }, { 13, 5, "◆" }, { 11, 3, "▼" }, { 15, 1, "⬟" },
        { 4, 4, "□" },  { 6, 5, "○" },  { 6, 2, "○" }, { 4, 4, "□" },  { 8, 5, "△" },  { 12, 1, "◇" },
        { 10, 2, "▽" }, { 14, 4, "⬠" }, { 1, 5, "+" }, { 2, 1, "×" },
    };
    size_t shape = reader % PALETTE_READERS;
    return (struct palette_reader) { .colour = colours[reader % PALETTE_COLOURS],
                                     .marker = shapes[shape].marker,
                                     .dash = shapes[shape].dash,
                                     .symbol = shapes[shape].symbol };
}

/* What has an order (stages, parts of a time) goes from dark to light in one hue, which no reader has. */
#define PALETTE_ORDER_1 "#4b3d8f"
#define PALETTE_ORDER_2 "#6e5fb0"
#define PALETTE_ORDER_3 "#9184c9"
#define PALETTE_ORDER_4 "#b3a9dc"
#define PALETTE_ORDER_5 "#cfc8ea"
#define PALETTE_ORDER_6 "#e6e1f5"

/* Of failures, by the stage at which they ended. */
static inline const char *palette_stage(enum stage stage)
{
    static const char *const stages[STAGE_COUNT] = {
        [STAGE_NONE] = PALETTE_OPEN,      [STAGE_SETUP] = PALETTE_ORDER_1,
        [STAGE_DETECT] = PALETTE_ORDER_2, [STAGE_ACTIVATE] = PALETTE_ORDER_3,
        [STAGE_ROUTE] = PALETTE_ORDER_4,  [STAGE_EXCHANGE] = PALETTE_ORDER_5,
        [STAGE_CHECK] = PALETTE_ORDER_6,
    };
    return stages[stage];
}

#endif
