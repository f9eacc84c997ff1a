/*
 * DIR/manifest.sha256: the files of a run as they were written, in the form that `sha256sum -c` checks, with comments that
 * say by which program and of which journal. It shows what no check of a journal by itself can: lines written anew with all
 * checksums, and a tail that was cut. Who signs it (`ssh-keygen -Y sign`) signs the whole run.
 */
#ifndef NFC_SURVEY_JOURNAL_MANIFEST_H
#define NFC_SURVEY_JOURNAL_MANIFEST_H

#include "harness/journal/integrity.h"

#define MANIFEST_NAME      "manifest.sha256"
#define MANIFEST_SIGNATURE "manifest.sha256.sig"
#define MANIFEST_JOURNAL   "journal.yaml"

struct manifest_entry {
    char *name; /* of a file in the run's directory; owned */
    char sha256[65];
    char *program;         /* of what is derived: by which it was written; "" where it isn't told; owned */
    char journal[65];      /* and of which journal: its SHA-256 */
    char *made;            /* and by which command line, without the run; "" where it isn't told; owned */
    uint64_t lines, bytes; /* of journal.yaml */
};

struct manifest {
    struct manifest_entry *items;
    size_t count;
};

/* Empty where there is none. ERR_INPUT: it is no manifest. */
int manifest_read(const char *directory, struct manifest *out, struct err *e)
    __attribute__((warn_unused_result));
void manifest_free(struct manifest *m);
const struct manifest_entry *manifest_of(const struct manifest *m, const char *name); /* NULL: not in it */

/*
 * A file was written, of a journal as it was read, by a program and its command line (one line): its entry and the journal's are made anew. Nothing for a file outside
 * the directory. The journal's entry only grows: it stays as it is where the journal has faults, or does not begin with
 * what the entry is of.
 */
int manifest_add(const char *directory, const char *path, const char *program, const char *made,
                 const struct journal_verdict *journal, struct err *e) __attribute__((warn_unused_result));

/* How a journal is to its entry. */
enum manifest_journal {
    MANIFEST_SAME = 1,
    MANIFEST_GROWN,  /* it begins with what the entry is of */
    MANIFEST_CUT,    /* the entry is of more lines, and it has no stop record */
    MANIFEST_CHANGED /* neither */
};
int manifest_journal(const char *directory, const struct manifest_entry *entry,
                     const struct journal_verdict *journal, enum manifest_journal *out, struct err *e)
    __attribute__((warn_unused_result));

#endif
