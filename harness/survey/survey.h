/*
 * A survey and everything that it names, loaded and checked: the one input of plan, station and findings. All
 * is owned by the struct and released by survey_free(). Indexes (reader, pair, condition, script) are stable
 * and are what cells are numbered by: cell = ((pair * conditions + condition) * readers + reader) * scripts +
 * script.
 */
#ifndef NFC_SURVEY_SURVEY_SURVEY_H
#define NFC_SURVEY_SURVEY_SURVEY_H

#include "harness/base/err.h"
#include "harness/base/identifier_key.h"
#include "harness/card/application.h"
#include "harness/card/model.h"
#include "harness/card/virtual.h"
#include "harness/domain/domain.h"
#include "harness/domain/limits.h"
#include "harness/survey/script.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define SURVEY_READERS_MAX    16
#define SURVEY_PAIRS_MAX      1000
#define SURVEY_CONDITIONS_MAX 64
#define SURVEY_SCRIPTS_MAX    16
#define SURVEY_CELLS_MAX      1000000u
#define SURVEY_FILE_MAX       (8u << 20) /* bytes of any YAML file that we read */
#define SURVEY_DEPTH_MAX      32         /* nesting of any YAML file that we read */

/* A file as it was read, embedded in the journal's start record. */
struct survey_file {
    char *kind; /* "survey", "reader", "handset", "script", "criteria" */
    char *path; /* as named by the survey, for messages and the record */
    char *text;
    size_t length;
    char sha256[65];
};

/* An attribute with where it is from; value NULL when absent, with the reason. */
struct survey_fact {
    char *name, *value, *source, *absent;
    char *mark; /* "R" read in the source, "Rx" as an excerpt, "K" from memory, "D" derived; NULL when not
                   marked */
};

struct reader_profile {
    char *id, *maker, *model;
    bool simulated;
    int usb_vendor, usb_product; /* -1 when not given */
    unsigned usb_class;          /* 0x0b, 0xff, 0 unknown */
    uint32_t features;           /* dwFeatures */
    enum reader_level level;
    unsigned max_message, ifsd, endpoints, busy_slots;
    unsigned clock_khz;       /* dwDefaultClock; 0 when not given */
    uint32_t protocols;       /* dwProtocols; 0 when not given */
    unsigned interface;       /* USB interface number of the contactless slot */
    bool strings_known;       /* what the device's string descriptors say; each NULL where it has none */
    char *usb_manufacturer;   /* iManufacturer */
    char *usb_product_name;   /* iProduct */
    char *usb_interface_name; /* iInterface, of that interface */
    char *match;              /* substring of the PC/SC name; NULL: maker and model decide */
    char *uid_apdu;           /* "FF CA 00 00 00" where the reader has it, else NULL */
    char *connstring;         /* libnfc's, where the model has one: "pn532_uart:/dev/ttyUSB0"; else NULL */
    char *source, *note;
    struct survey_fact *facts;
    size_t fact_count;
    struct virtual_reader
        simulation; /* filled when simulated; for real ones level, max_message.. only (testbed) */
};

struct handset_profile {
    char *id, *maker, *name, *model_code, *carrier, *released, *android, *technologies, *felica;
    bool simulated;
    char *source, *note;
    double share;          /* of the market, 0 when unknown */
    uint32_t absent_modes; /* power modes declared impossible, bit (1 << mode) -> not-applicable */
    char *absent_source;
    struct survey_fact *facts; /* every given or absent identity fact with its source */
    size_t fact_count;
    struct virtual_handset simulation; /* when simulated */
};

struct sim_card {
    char *id, *carrier, *applet;
    char *title, *title_ja; /* for reports; NULL: its id */
    struct virtual_sim simulation;
    char token_label[33]; /* what EF 0006 must begin with */
};

struct survey_reader { /* a unit */
    char *unit;        /* asset tag: unique in the survey */
    unsigned profile;
    char *driver;
    char *address;   /* the driver's name for it, or NULL: matched by profile */
    char *serial;    /* expected serial, or NULL */
    char *place;     /* where it stands, for the person at the station: "left, blue label", or NULL */
    unsigned weight; /* placements a tour under a scheme of two tiers: 1 unless the scheme weights readers */
};

struct survey_pair { /* a handset unit with the sim in it */
    char *unit;      /* asset tag */
    unsigned handset, sim;
    char *name; /* "unit+sim" as messages show it */
};

struct survey_condition {
    char *id;
    char *title, *title_ja;             /* for reports; NULL: its id */
    char *point_title, *point_title_ja; /* of the point that its position is; NULL: the point's id */
    enum power_mode power_mode;
    char *handset_case; /* "none" by default */
    char *position;     /* "centre" by default */
    double x_mm, y_mm, z_mm;
};

/* A lab's own test application: what the guard lets be asked of it, with storage of its own. */
struct application_profile {
    char *id, *title, *title_ja, *source;
    struct application application;
    struct application_file files[APPLICATION_FILES_MAX];
    struct application_tag tags[APPLICATION_TAGS_MAX];
};

struct survey_script {
    unsigned script; /* index into scripts_loaded */
    uint32_t time_limit_ms;
    uint32_t deadline_ms;
};

struct survey_scheme { /* as written; verdict/ makes tables of it */
    char *name;
    double q0, q1, alpha, beta;
    double mean; /* 0: one tier. Else q1 is the bound on each reader */
    unsigned k, n_max;
};

/*
 * A card or phone that must answer on every reader. It is none of the pairs, conditions or cells: it stands behind the
 * last pair (pairs[pair_count], its profile among handset_profiles) and is laid in a condition of its own behind the
 * last (conditions[condition_count]), so that hands, workers and faces need to know nothing else of it.
 */
struct survey_reference {
    bool given;
    unsigned script; /* that it must pass: an index into scripts */
    unsigned
        every; /* placements on a reader after which it is laid again; 0: only at the session's begin and end */
};

struct survey_times {     /* for the plan's cost and the simulator's hands */
    double place_s;       /* laying and lifting the phone once */
    double change_s;      /* fetching and preparing another handset */
    double mode_s;        /* changing the power mode */
    double transaction_s; /* a typical transaction, without pause */
};

struct survey {
    char *path;      /* of the survey file */
    char *directory; /* that it lies in, absolute: hands begin their relative paths there. NULL: not known */
    char *id, *title, *title_ja;
    uint64_t seed;
    struct survey_file *files; /* every file read, the survey first */
    size_t file_count;

    struct reader_profile *reader_profiles;
    size_t reader_profile_count;
    struct handset_profile *handset_profiles;
    size_t handset_profile_count;
    struct script *scripts_loaded;
    size_t script_loaded_count;
    struct application_profile *applications;
    size_t application_count;
    struct application_table application_table; /* of them, as the guard takes it */

    struct survey_reader *readers;
    size_t reader_count;
    struct sim_card *sims;
    size_t sim_count;
    struct survey_pair *pairs;
    size_t pair_count;
    struct survey_condition *conditions;
    size_t condition_count;
    struct survey_script *scripts;
    size_t script_count;
    uint8_t *excluded;      /* a byte a cell: SURVEY_CELL_* */
    char **excluded_reason; /* a text a cell or NULL; borrowed from exclusions below */
    char **exclusion_texts;
    size_t exclusion_count;

    struct survey_scheme scheme;
    unsigned sessions;
    double min_gap_h;
    uint32_t pause_ms, pause_hce_ms; /* between transactions */
    bool writes_test_targets;        /* `writes: test-target`: one of three permissions */
    unsigned lanes;
    char polling[4]; /* technologies in the order that drivers poll them which do it themselves: "BAF" */
    enum hands_kind hands;
    char *hands_argument; /* command line of `command`, socket of `testbed`, NULL */
    char hands_seal
        [IDENTIFIER_VALUE_BYTES]; /* of `command`, in a run's start record: robot_seal.h; "": none */
    enum identity identity;       /* hands: person; else OFF */
    bool arrival_starts;          /* a phone that arrives on the reader asked for begins its placement */
    double hands_limit_s;         /* of `command`: what laying or lifting may take */
    unsigned hands_retries;       /* of `command`: tries after the first */
    bool handset_outermost;       /* order: handset (default) or reader outermost */
    struct survey_times times;
    struct survey_reference reference;
    enum decide decide;
    unsigned rules; /* of judgement: RULES_NOW, or those of the journal that it stands in */
    char *criteria; /* path of the criteria file or NULL */
    char *criteria_text;
    bool simulated; /* every unit in it is */
};

enum survey_cell { SURVEY_CELL_IN = 0, SURVEY_CELL_EXCLUDED, SURVEY_CELL_NOT_APPLICABLE };

/* All problems of a file (and of the files that it names) at once. */
struct survey_problem {
    char *where; /* "path:line:column" */
    char *text;  /* what is wrong and what was expected */
};
struct survey_problems {
    struct survey_problem *items;
    size_t count;
    bool more; /* cut off at 100 */
};
void survey_problems_free(struct survey_problems *p);

/*
 * Lists what is wrong with a criteria file. A survey keeps the text of its criteria and judges by nothing, so whoever
 * loads one passes who can read them: criteria_check() of harness/clauses, or NULL to take the text as it is.
 */
struct problems;
struct tree_node;
typedef void survey_criteria_check(struct problems *p, const char *path, const struct tree_node *root);

/*
 * Loads a survey with all that it names. A path without a slash that is no file may be the name of an installed one, in
 * data_directory/profiles/surveys/ (without .yaml). Names without a slash are looked for beside the survey and in
 * data_directory/profiles/<kind>s/ (with .yaml). 0, or ERR_INPUT with at least one problem listed.
 */
int survey_load(const char *path, const char *data_directory, survey_criteria_check *check,
                struct survey **out, struct survey_problems *p, struct err *e)
    __attribute__((warn_unused_result));

/* The same from the texts that a journal's start record embeds (files[0] is the survey). */
int survey_load_embedded(const struct survey_file *files, size_t count, survey_criteria_check *check,
                         struct survey **out, struct survey_problems *p, struct err *e)
    __attribute__((warn_unused_result));
void survey_free(struct survey **s);

/* `check FILE`: any kind of file by its `format:`; names the kind in kind_out (static storage). */
int survey_check_file(const char *path, const char *data_directory, survey_criteria_check *check,
                      const char **kind_out, struct survey_problems *p, struct err *e)
    __attribute__((warn_unused_result));

/*
 * One profile or script by id or path, for readers, apdu and the testbed. The struct is freed by *_free.
 * Texts that a profile does not give (carrier, released ...) are NULL, here and in a survey.
 */
struct profiles;
/* A sick file is left out and its problems are in p, with status 0; ERR_INPUT when a folder cannot be read. */
int profiles_load(const char *data_directory, struct profiles **out, struct survey_problems *p, struct err *e)
    __attribute__((warn_unused_result)); /* everything under data_directory/profiles */
void profiles_free(struct profiles **p);
size_t profiles_readers(const struct profiles *p, const struct reader_profile **out);
size_t profiles_handsets(const struct profiles *p, const struct handset_profile **out);
size_t profiles_scripts(const struct profiles *p, const struct script **out);
int script_load(const char *path, const char *data_directory, struct script **out, struct survey_problems *p,
                struct err *e) __attribute__((warn_unused_result));
void script_free(struct script **s);
int application_load(const char *path, const char *data_directory, struct application_profile **out,
                     struct survey_problems *p, struct err *e) __attribute__((warn_unused_result));
void application_free(struct application_profile **a);

/* What a script of the survey is, and the handset of a pair. */
static inline const struct script *survey_script_loaded(const struct survey *s, size_t script)
{
    return &s->scripts_loaded[s->scripts[script].script];
}

static inline const struct handset_profile *survey_handset_of(const struct survey *s, size_t pair)
{
    return &s->handset_profiles[s->pairs[pair].handset];
}

/* So many invalid placements running end a cell. With a reference the reader is cleared of half of them before. */
static inline unsigned survey_invalid_run_max(const struct survey *s)
{
    return s->reference.given ? 2 * INVALID_RUN_MAX : INVALID_RUN_MAX;
}

static inline size_t survey_cell_count(const struct survey *s)
{
    return s->pair_count * s->condition_count * s->reader_count * s->script_count;
}

static inline size_t survey_cell(const struct survey *s, size_t pair, size_t condition, size_t reader,
                                 size_t script)
{
    return ((pair * s->condition_count + condition) * s->reader_count + reader) * s->script_count + script;
}

/* And back. */
static inline size_t survey_condition_of(const struct survey *s, size_t cell)
{
    return cell / s->script_count / s->reader_count % s->condition_count;
}

/* How a reader is shown: its model, or for a simulated run of an emulated one its class, never the model. */
void survey_reader_label(const struct survey *s, size_t reader, char *out, size_t capacity);
void survey_pair_label(const struct survey *s, size_t pair, char *out, size_t capacity);

/* Where the survey's file says something, by its embedded text; line 0 where it does not. */
struct survey_place {
    unsigned line, column; /* from 1 */
};
struct survey_place survey_place_of(const struct survey *s, const char *key); /* at the top */
struct survey_place survey_place_of_item(const struct survey *s, const char *key,
                                         size_t item); /* of its list */

/* Another reader of the same model and driver, where nothing says which of the attached ones each is; SIZE_MAX: none. */
size_t survey_twin(const struct survey *s, size_t reader);

/*
 * Does reader_profile p describe a reader that a driver found? Where the driver knows USB numbers and interface,
 * they alone decide: a device's strings are its maker's whim. -1: not known; then the name decides what the
 * numbers leave open, such as which side of a dual reader it is.
 */
bool reader_profile_matches(const struct reader_profile *p, const char *name, int usb_vendor, int usb_product,
                            int usb_interface);

/* The first of them that does and is no simulation; NULL for none. */
const struct reader_profile *reader_profile_of(const struct reader_profile *profiles, size_t profile_count,
                                               const char *name, int usb_vendor, int usb_product,
                                               int usb_interface);

/* What a driver needs to know of it; texts are the profile's own. */
void reader_profile_model(const struct reader_profile *p, struct reader_model *out);
/* The same of all that are not simulated, or are but have USB ids to be emulated under; free() them.
   NULL with *count 0 when out of memory. */
struct reader_model *reader_models(const struct reader_profile *profiles, size_t profile_count,
                                   size_t *count);

/* The key of the simulator's draws for one reader, handset + sim and condition: seed and ids, never
 * indexes. */
uint64_t survey_unit_key(const struct survey *s, size_t reader, size_t pair, size_t condition);
/* The keys of what a session does to one handset on every reader, and to one reader for every handset. */
uint64_t survey_handset_key(const struct survey *s, size_t pair);
uint64_t survey_reader_key(const struct survey *s, size_t reader);

/* Placements of a reader a tour; a survey that nobody loaded has no weights. */
static inline unsigned survey_weight(const struct survey *s, size_t reader)
{
    return s->readers[reader].weight > 0 ? s->readers[reader].weight : 1;
}

#endif
