/*
 * What a handset model is known by: maker, model code and carrier, however a list writes them, and the id that its profile
 * has. "シャープ", "ＳＨ－０３Ｊ", "ＮＴＴドコモ" is "sharp-sh-03j-docomo".
 */
#ifndef NFC_SURVEY_SURVEY_MODEL_ID_H
#define NFC_SURVEY_SURVEY_MODEL_ID_H

#include "harness/survey/fields.h"

/* As the shipped profiles write a carrier; the text itself when it is none of those known. */
const char *model_carrier(const char *text);
/* The same of a maker. */
const char *model_maker(const char *text);

/* "FBA", "A, B, FeliCa" as "A/B/F". False when there is anything else in it. */
#define MODEL_TECHNOLOGIES_SIZE 8
bool model_technologies(const char *text, char out[MODEL_TECHNOLOGIES_SIZE]);

/* A year, or year and month, of "2017", "2017-6", "2017/06/30", "2017年6月" as "2017-06". */
#define MODEL_DATE_SIZE 8
bool model_date(const char *text, char out[MODEL_DATE_SIZE]);

#define MODEL_ID_SIZE (FIELDS_ID_MAX + 1)

struct model_id {
    char text[MODEL_ID_SIZE]; /* a-z, 0-9 and "-" */
    char *
        lost; /* the letters that it cannot hold, eight digits of a digest stand for them; NULL: none. Owned */
    size_t long_by; /* bytes that it would be too long; then the text is "" */
    bool memory;    /* ran out */
};

/* Of narrow texts (text_narrow()), maker and carrier as model_maker() and model_carrier() give them. */
void model_id_make(struct model_id *out, const char *maker, const char *code, const char *carrier);

/* Whether a list's maker may be a profile's: the same, one with more words, or one that has no Latin letters. */
bool model_maker_agrees(const char *listed, const char *profiled);

#endif
