/*
 * A list of handset models to choose from, larger than what one surveys: from the profiles shipped, or from a
 * CSV in the form of profiles/handsets/handsets.csv. What a list does not give of a model is NULL, never a
 * guess.
 */
#ifndef NFC_SURVEY_SURVEY_MODELS_H
#define NFC_SURVEY_SURVEY_MODELS_H

#include "harness/survey/shares.h"

#define MODELS_MAX      5000
#define MODELS_FILE_MAX (4u << 20) /* bytes */
#define MODELS_COLUMNS  64

struct model {
    char *id;         /* of its handset profile, made from maker, model code and carrier */
    char *name;       /* maker and marketing name */
    char *model_code; /* NULL: not given, as all below */
    char *carrier;
    char *released; /* "2013-05" or "2017" */
    char *technologies;
    double share;  /* of the market; NAN: not known */
    bool profiled; /* a handset profile of this id is there */
    unsigned line; /* in the CSV; 0: from a profile */
};

struct models {
    char *path; /* of the CSV, or what the profiles are */
    struct model *items;
    size_t count;
};

/* The real models of the profiles, or the simulated ones. */
int models_of_profiles(const struct profiles *p, bool simulated, struct models **out, struct err *e)
    __attribute__((warn_unused_result));

/*
 * UTF-8, one header line that names the columns in any order: maker, marketing_name and model_code are
 * needed, carrier, released, nfc_technologies and share are taken, others passed over. A row with more or
 * fewer fields, a row that makes the id of another, a wrong date or share is a problem with line and column.
 */
int models_load(const char *path, const struct profiles *p, struct models **out,
                struct survey_problems *problems, struct err *e) __attribute__((warn_unused_result));
int models_load_text(const char *path, const char *text, size_t length, const struct profiles *p,
                     struct models **out, struct survey_problems *problems, struct err *e)
    __attribute__((warn_unused_result));
void models_free(struct models **m);

/*
 * The shares of a file to the models, by id or model code. *strangers: rows that name none of them, with
 * their share in *strangers_share. ERR_INPUT when two rows name one model, or one row two.
 */
int models_take_shares(struct models *m, const struct shares *s, size_t *strangers, double *strangers_share,
                       struct survey_problems *problems, struct err *e) __attribute__((warn_unused_result));

#endif
