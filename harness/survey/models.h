/*
 * A list of handset models to choose from, larger than what one surveys: from the profiles shipped, or from a
 * CSV (list.h). What a list does not give of a model is NULL, never a guess.
 */
#ifndef NFC_SURVEY_SURVEY_MODELS_H
#define NFC_SURVEY_SURVEY_MODELS_H

#include "harness/survey/fields.h"
#include "harness/survey/list.h"
#include "harness/survey/shares.h"

#define MODELS_MAX 5000

struct model {
    char *id;         /* of its handset profile; else made from maker, model code and carrier (model_id.h) */
    char *lost;       /* what of them an id cannot hold; NULL: nothing */
    char *name;       /* maker and marketing name */
    char *model_code; /* NULL: not given, as all below */
    char *carrier;    /* as model_carrier() spells it */
    char *released;   /* "2013-05" or "2017" */
    char *technologies; /* "A/B/F", or as given where it is something else */
    double share;       /* of the market; NAN: not known */
    bool profiled;      /* a handset profile of this id is there */
    unsigned line;      /* in the CSV; 0: from a profile */
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
 * maker and model_code are needed, marketing_name, carrier, released, nfc_technologies and share are taken. Two rows of one
 * model, a wrong date or share, a text or an id that is too long is a problem with line and column.
 */
int models_load(const char *path, const struct profiles *p, struct models **out,
                struct survey_problems *problems, struct err *e) __attribute__((warn_unused_result));
int models_load_text(const char *path, const char *text, size_t length, const struct profiles *p,
                     struct models **out, struct survey_problems *problems, struct err *e)
    __attribute__((warn_unused_result));
void models_free(struct models **m);

/* The row that l stands at, into a zeroed model; what is wrong with it goes to the list's problems. */
void model_read(const struct list *l, const struct profiles *p, struct model *out);
void model_clear(struct model *m);

/* The shipped profile of a model, by its code and carrier, and its maker where Latin letters write it; NULL for none. */
const struct handset_profile *models_profile(const struct profiles *p, const char *maker, const char *code,
                                             const char *carrier);

/* Rows of shares that name no model of a list, the first of them, and their share together. */
struct models_strangers {
    size_t rows;
    char first[FIELDS_TEXT_MAX + 1];
    double share;
};

/* The shares of a file to the models, by id or model code. ERR_INPUT when two rows name one model, or one row two. */
int models_take_shares(struct models *m, const struct shares *s, struct models_strangers *strangers,
                       struct survey_problems *problems, struct err *e) __attribute__((warn_unused_result));

#endif
