/* What the files of this room and harness/clauses share: where texts come from, and one reader and one releaser a kind
 * of file. */
#ifndef NFC_SURVEY_SURVEY_LOAD_H
#define NFC_SURVEY_SURVEY_LOAD_H

#include "harness/base/buf.h"
#include "harness/survey/fields.h"
#include "harness/survey/problem.h"
#include "harness/survey/survey.h"
#include "harness/survey/tree.h"

/* Where a survey's files are: on disk, or embedded in a journal. */
struct source {
    struct problems *problems;
    const char *survey_path;            /* names with a slash are relative to its folder */
    const char *data_directory;         /* NULL: only beside the survey */
    const struct survey_file *embedded; /* NULL: on disk */
    size_t embedded_count;
    struct survey_file *files; /* owned: what was read, in order of reading */
    size_t file_count;
};

/*
 * The text of a file of this kind under the name that the survey gives it (from: where it says so, in path).
 * Index into files, or -1 with a problem. place: the path for messages, PLACE_SIZE bytes.
 */
#define PLACE_SIZE 512
int source_get(struct source *s, const char *kind, const char *name, const char *from_path,
               const struct tree_node *from, char place[PLACE_SIZE]);
int source_add(struct source *s, const char *kind, const char *name, const char *text, size_t length);
void source_free_files(struct survey_file *files, size_t count);

/* Reads a file whole; false with one problem at path:1:1. */
bool source_read(struct problems *p, const char *path, struct buf *out);

/*
 * The file behind a word of the command line: a path as it is, or the id of one shipped. False with a
 * problem.
 */
bool source_find(struct problems *p, const char *kind, const char *name, const char *data_directory,
                 char place[PLACE_SIZE]);

/* Each fills a zeroed struct from a file's tree and lists what is wrong with it; clear releases what it
 * holds. */
void reader_profile_read(struct reader_profile *out, struct problems *p, const char *path,
                         const struct tree_node *root);
void reader_profile_clear(struct reader_profile *r);
void handset_profile_read(struct handset_profile *out, struct problems *p, const char *path,
                          const struct tree_node *root);
void handset_profile_clear(struct handset_profile *h);
void application_read(struct application_profile *out, struct problems *p, const char *path,
                      const struct tree_node *root);
void application_profile_clear(struct application_profile *p);
void script_read(struct script *out, struct problems *p, const char *path, const struct tree_node *root);
void script_clear(struct script *s);
/* Of a script that was read without a problem: a problem for each step that the guard will refuse. own: the survey's
 * applications; alone: there is no survey, and it may declare others; permitted: what test targets may be asked counts as
 * permitted. */
void script_check_guard(const struct script *s, const struct application_table *own, bool alone,
                        bool permitted, const char *path, struct problems *p);

/* Shared by reader and handset profiles. */
void facts_read(struct fields *f, const char *source, struct survey_fact **out, size_t *count);
const struct survey_fact *facts_find(const struct survey_fact *facts, size_t count, const char *name);
void facts_free(struct survey_fact *facts, size_t count);
void faults_read(struct fields *f, bool reader, struct virtual_fault out[VIRTUAL_FAULTS_MAX], size_t *count);

/* `polling:`: technologies in polling order; nothing is changed where it is absent. */
void polling_read(struct fields *f, char polling[4]);

/* `simulation:` and an id that begins with sim- come together or not at all. */
void profile_check_simulated(struct fields *f, const char *id, const struct tree_node *simulation);

/* A script while its steps are read, in order: which variables have a value by now, a bit each. */
struct script_reading {
    struct fields *f;
    struct script *script;
    const char *list;      /* `steps` or `recover` */
    unsigned number;       /* of the step, from 1 */
    enum script_loop loop; /* the step's */
    const struct script_step *step;
    uint64_t filled;          /* by steps that always run */
    uint64_t filled_extended; /* by steps that need extended APDUs too */
};

/* Parts of a step; each false with a problem at n. Variables are looked up in r->script. */
bool template_read(struct script_reading *r, const struct tree_node *n, struct script_template *out);
void template_clear(struct script_template *t);
bool quantity_read(struct script_reading *r, const struct tree_node *n, unsigned max,
                   struct script_quantity *out);
bool words_read(struct fields *f, const struct tree_node *n, struct script_words *out);
/* From here on the variable has a value: the step that is read fills it. */
void variable_filled(struct script_reading *r, unsigned variable);
/* Steps of the host (script_host.c). */
void script_read_compute(struct script_reading *r, struct fields *f, struct script_step *step);
void script_read_verify(struct script_reading *r, struct fields *f, struct script_step *step);
void script_read_certify(struct script_reading *r, struct fields *f, struct script_step *step);
void script_read_compare(struct script_reading *r, struct fields *f, struct script_step *step);
void script_clear_host(struct script_step *step);
/* Index of a variable; a new one is made when there is none. 0 with a problem. */
unsigned variable_make(struct script_reading *r, const struct tree_node *n, const char *name, bool number);

/* A survey while it is read. */
struct survey_reading {
    struct survey *survey;
    struct source *source;
    survey_criteria_check *check_criteria; /* NULL: nobody's */
    struct fields *f;                      /* of the survey file's top mapping */
    char *driver, *sim;                    /* defaults; owned */
    unsigned time_limit_ms, deadline_ms;   /* defaults, 0: the script's own */
};

/* The parts of survey_load(), each reading its keys of the survey file. */
void survey_read_readers(struct survey_reading *r);
void survey_read_sims(struct survey_reading *r);
void survey_read_access_rules(struct fields *sim, struct virtual_sim *out);
void survey_read_handsets(struct survey_reading *r); /* after the sims */
void survey_read_applications(struct survey_reading *r);
void survey_read_scripts(struct survey_reading *r);
void survey_read_reference(struct survey_reading *r); /* after conditions and scripts */
void survey_set_text(struct survey_reading *r, char **out,
                     const char *text);                /* a copy, where there is nothing yet */
void survey_read_scheme(struct survey_reading *r);     /* and the weights of the readers */
void survey_read_settings(struct survey_reading *r);   /* scheme, sessions, hands, order, times */
void survey_read_conditions(struct survey_reading *r); /* conditions and points */
void survey_condition_clear(struct survey_condition *c);
void survey_read_exclusions(
    struct survey_reading *r); /* exclude and absent power modes, once all else is read */
void survey_check_honesty(struct survey_reading *r); /* simulated and real units, drivers, hands, tokens */

#endif
