/*
 * Runs for other programs. A format is one file here and its word in EXPORT_FORMATS; it takes the runs one after the other,
 * and what it writes appears when all of it is whole.
 */
#ifndef NFC_SURVEY_EXPORT_EXPORT_H
#define NFC_SURVEY_EXPORT_EXPORT_H

#include "harness/journal/journal.h"
#include "reports/report.h"

#define EXPORT_NO_CELL SIZE_MAX

/* What of a run is wanted, where a format can leave some out. */
struct export_how {
    bool all;    /* also of what did not fail */
    size_t cell; /* this one alone; EXPORT_NO_CELL: every cell */
};

struct exporting; /* one that is being written; each format's own */

struct export_format {
    const char *name;     /* of --format */
    const char *summary;  /* for --help */
    unsigned parts;       /* enum report_part that it needs of a run */
    bool is_of_exchanges; /* it takes export_how */
    /* *out is to be closed, also when this fails. */
    int (*open)(const char *path, const struct export_how *how, struct exporting **out, struct err *e);
    /* run: 1 .. ; ERR_INTERRUPTED by a signal that is held. */
    int (*add)(struct exporting *x, unsigned run, struct report *r, struct err *e);
    /* status: of what was written; other than 0, nothing is left. Returns it, or what failed in closing. */
    int (*close)(struct exporting **x, int status, struct err *e);
};

#define EXPORT_FORMATS(F)      F(sqlite) F(ndjson) F(csv) F(pcapng)
#define EXPORT_FORMAT_IS(name) extern const struct export_format export_##name;
EXPORT_FORMATS(EXPORT_FORMAT_IS)

/* All of them, NULL-terminated. */
extern const struct export_format *const export_formats[];
const struct export_format *export_format_of(const char *name); /* NULL for a stranger */

/* What bears the run: "SIMULATED, DAMAGED JOURNAL; damaged, edited or missing lines: 12, 80-82". Nothing is added for a whole run of real
 * readers. */
void export_mark(const struct findings *f, struct buf *out);

/* Every record of a run that can be read, to take(), until that fails. ERR_INTERRUPTED by a signal that is held. */
int export_records(const char *directory,
                   int (*take)(void *self, const struct journal_record *r, struct err *e), void *self,
                   struct err *e) __attribute__((warn_unused_result));

#endif
