/*
 * Runs gnuplot as tool.h runs programs, with default settings. Nothing from outside reaches its command line
 * or a file name.
 */
#ifndef NFC_SURVEY_PLOTS_GNUPLOT_H
#define NFC_SURVEY_PLOTS_GNUPLOT_H

#include "harness/base/buf.h"
#include "harness/base/err.h"

#include <stddef.h>

#define GNUPLOT_FILES_MAX  32
#define GNUPLOT_SECONDS    20          /* a plot of ours takes well under one */
#define GNUPLOT_OUTPUT_MAX (16u << 20) /* bytes of a picture */

/*
 * Runs script, which finds data[i] as the file `data-<i>.txt` and must write `out.svg`; svg (initialised)
 * receives it. ERR_ENVIRONMENT when the program is missing or fails, ERR_TIMEOUT when it takes too long.
 */
int gnuplot_draw(const char *program, const struct buf *script, const struct buf *data, size_t data_count,
                 struct buf *svg, struct err *e) __attribute__((warn_unused_result));

#endif
