/* What the checks share while one examination runs. */
#ifndef NFC_SURVEY_DOCTOR_EXAMINATION_H
#define NFC_SURVEY_DOCTOR_EXAMINATION_H

#include "harness/doctor/doctor.h"

struct examination {
    const struct doctor_how *how;
    struct doctor_findings *out;
    enum doctor_check check; /* the one that runs */
    bool unseen;             /* it could not look: what it finds nothing of is not in order */
    bool memory;             /* out of it */
};

/* fix: a printf format of the command lines, or NULL. */
void found(struct examination *x, enum doctor_severity severity, const char *subject, struct said said,
           const char *fix, ...) __attribute__((format(printf, 5, 6)));

/* Of a file below root: its first line without the line feed; false where it can't be read. */
bool host_line(const struct examination *x, const char *path, char *out, size_t capacity);
bool host_has(const struct examination *x, const char *path);
bool host_has_program(const struct examination *x, const char *name); /* in the usual folders */

/* A text as one word of a command line; quoted where it needs it. */
struct shell_word {
    char text[600];
};
struct shell_word shell_word(const char *text);

/* Does a reader of the sweep have this driver? Without a survey: any may. */
bool sweep_uses(const struct examination *x, const char *driver);

#define CHECK(ID, name, worst, when, needed_by, function) void function(struct examination *x);
#include "harness/doctor/checks.def"
#undef CHECK

#endif
