/* The survey and the profiles: what can't go well however good the host is. And the readers that it names. */
#include "harness/doctor/examination.h"

#include "drivers/list_apart.h"
#include "harness/base/text.h"
#include "harness/clauses/reach.h"
#include "harness/plan/plan.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void tell_problems(struct examination *x, const struct survey_problems *p,
                          enum doctor_severity severity)
{
    for (size_t i = 0; p && i < p->count; i++)
        found(x, severity, p->items[i].where, said_words(p->items[i].text), NULL);
}

void check_profiles(struct examination *x)
{
    tell_problems(x, x->how->profile_problems, DOCTOR_SPOILS);
}

static enum doctor_severity severity_of(enum reach_gravity gravity)
{
    return gravity == REACH_REFUSED ? DOCTOR_STOPS : gravity == REACH_BARS ? DOCTOR_SPOILS : DOCTOR_ADVICE;
}

static void tell_doubts(struct examination *x, const struct survey *s)
{
    struct scheme scheme;
    struct reach doubts = { 0 };
    struct err e;
    char where[REACH_WHERE_SIZE];
    if (cells_scheme(s, &scheme, &e) != 0 || reach_of(s, &scheme, &doubts, &e) != 0) {
        x->memory |= e.code == ERR_MEMORY;
        found(x, DOCTOR_STOPS, s->path, said_words(e.text), NULL);
        return;
    }
    for (size_t i = 0; i < doubts.count; i++) {
        const struct reach_finding *f = &doubts.items[i];
        if (f->place.line > 0)
            found(x, severity_of(f->gravity), reach_where(f, s, where), f->said, "editor +%u %s",
                  f->place.line, shell_word(s->path).text);
        else
            found(x, severity_of(f->gravity), reach_where(f, s, where), f->said, NULL);
    }
    reach_free(&doubts);
}

void check_survey(struct examination *x)
{
    tell_problems(x, x->how->survey_problems, DOCTOR_STOPS);
    if (x->how->survey)
        tell_doubts(x, x->how->survey);
}

/* ---- the readers that it names ---- */

/* As the station finds it: by serial, and by address or model. A serial that can't be read now may be the one. */
static bool is_meant(const struct survey *s, const struct survey_reader *r, const struct driver_found *f)
{
    if (r->serial && f->serial[0] && strcmp(r->serial, f->serial) != 0)
        return false;
    if (r->address)
        return strcmp(r->address, f->name) == 0;
    return reader_profile_matches(&s->reader_profiles[r->profile], f->name, f->usb_vendor, f->usb_product,
                                  f->usb_interface);
}

/* NULL: it is not there. */
static const struct driver_found *listed_as(const struct survey *s, const struct survey_reader *r,
                                            const struct driver_listing *l)
{
    for (size_t i = 0; i < l->count; i++) {
        if (is_meant(s, r, &l->found[i]))
            return &l->found[i];
    }
    return NULL;
}

/* A reader that a driver can't list, such as one at a serial port. */
static bool is_described(const struct survey_reader *r, const struct driver_ops *ops)
{
    struct driver_found described;
    struct err e;
    return r->address && ops->describe && driver_describe(ops, r->address, &described, &e) == 0;
}

static void look_for(struct examination *x, const struct survey_reader *r, const struct driver_ops *ops,
                     const struct driver_listing *l)
{
    const struct driver_found *f = listed_as(x->how->survey, r, l);
    if (f && f->note[0])
        found(x, DOCTOR_SPOILS, f->name, said_words(f->note), NULL);
    else if (!f && !is_described(r, ops))
        found(x, DOCTOR_STOPS, r->unit, SAY(SAID_READER_NOT_ATTACHED, ops->name), "nfc-survey readers");
}

static void list_driver(struct examination *x, const struct driver_ops *ops,
                        const struct reader_model *models, size_t model_count)
{
    const struct survey *s = x->how->survey;
    struct err e = { 0 };
    struct driver_listing *l = calloc(1, sizeof *l);
    if (!l) {
        x->memory = true;
        return;
    }
    int status = driver_list_apart(ops, models, model_count, l, &e);
    if (status != 0 && strcmp(ops->name, "pcsc") != 0) /* of that check_pcscd() tells more */
        found(x, DOCTOR_STOPS, ops->name, said_words(e.text), NULL);
    for (size_t i = 0; i < s->reader_count; i++) {
        if (strcmp(s->readers[i].driver, ops->name) == 0)
            look_for(x, &s->readers[i], ops, l);
    }
    free(l);
}

void check_readers(struct examination *x)
{
    const struct survey *s = x->how->survey;
    size_t count = 0;
    if (!s)
        return; /* no reader is missed */
    struct reader_model *models = reader_models(s->reader_profiles, s->reader_profile_count, &count);
    if (!models) {
        x->memory = true;
        return;
    }
    for (size_t i = 0; driver_registry[i]; i++) {
        const struct driver_ops *ops = driver_registry[i];
        if (sweep_uses(x, ops->name) && !(ops->capabilities & DRIVER_SIMULATED))
            list_driver(x, ops, models, count);
    }
    free(models);
}
