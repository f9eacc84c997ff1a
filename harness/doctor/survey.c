/* The survey and the profiles: what can't go well however good the host is. And the readers that it names. */
#include "harness/doctor/examination.h"

#include "drivers/list_apart.h"
#include "harness/base/text.h"
#include "harness/clauses/need.h"
#include "harness/plan/plan.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define PLACEHOLDER "REPLACE"

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

/* ---- placeholders ---- */

static bool is_part_of_word(char c)
{
    return c == '-' || c == '_' || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}

/* In the survey's own text: REPLACE-WITH-ITS-LABEL and the like, outside of comments. */
static void find_placeholders(struct examination *x, const struct survey *s)
{
    unsigned line = 1;
    bool comment = false;
    const char *text = s->file_count > 0 && s->files[0].text ? s->files[0].text : "";
    for (const char *at = text; *at; at++) {
        if (*at == '\n') {
            line++;
            comment = false;
        }
        comment |= *at == '#' && (at == text || at[-1] == ' ' || at[-1] == '\n');
        if (comment || strncmp(at, PLACEHOLDER, strlen(PLACEHOLDER)) != 0)
            continue;
        char where[160], word[64];
        size_t length = 0;
        while (is_part_of_word(at[length]) && length + 1 < sizeof word)
            length++;
        snprintf(word, sizeof word, "%.*s", (int)length, at);
        snprintf(where, sizeof where, "%s:%u", s->path, line);
        found(x, DOCTOR_STOPS, where, SAY(SAID_PLACEHOLDER, word), "editor +%u %s", line,
              shell_word(s->path).text);
        at += length - 1;
    }
}

/* ---- criteria that nobody can meet in this survey ---- */

static bool has_script(const struct survey *s, const char *id)
{
    for (size_t i = 0; i < s->script_count; i++) {
        if (strcmp(survey_script_loaded(s, i)->id, id) == 0)
            return true;
    }
    return false;
}

static bool has_mode(const struct survey *s, unsigned mode)
{
    for (size_t i = 0; i < s->condition_count; i++) {
        if (s->conditions[i].power_mode == (enum power_mode)mode)
            return true;
    }
    return false;
}

static void not_in_survey(struct examination *x, const struct survey *s, const char *what)
{
    found(x, DOCTOR_SPOILS, s->path, SAY(SAID_CRITERIA_NOT_IN_SURVEY, what), NULL);
}

static void compare_scope(struct examination *x, const struct survey *s, const struct criteria *c)
{
    for (size_t i = 0; i < c->script_count; i++) {
        if (!has_script(s, c->scripts[i]))
            not_in_survey(x, s, c->scripts[i]);
    }
    if (c->payload_script && !has_script(s, c->payload_script))
        not_in_survey(x, s, c->payload_script);
    for (unsigned mode = POWER_NONE + 1; mode < POWER_COUNT; mode++) {
        if (c->power_modes >> mode & 1 && !has_mode(s, mode))
            not_in_survey(x, s, power_mode_name((enum power_mode)mode));
    }
    if (c->readers_at_least > s->reader_count)
        found(x, DOCTOR_SPOILS, s->path,
              SAY(SAID_CRITERIA_READERS, said_number(c->readers_at_least).text,
                  said_number(s->reader_count).text),
              NULL);
}

static void compare_taps(struct examination *x, const struct survey *s, const struct criteria *c)
{
    struct scheme scheme;
    struct err e;
    if (c->taps > 0 && cells_scheme(s, &scheme, &e) == 0 && c->taps > scheme.n_max)
        found(x, DOCTOR_SPOILS, s->path,
              SAY(SAID_CRITERIA_TAPS, said_number(c->taps).text, said_number(scheme.n_max).text), NULL);
}

/* A pair with a required cell that the survey leaves out can't be recommended. */
static void find_excluded(struct examination *x, const struct survey *s, const struct criteria *c)
{
    uint64_t count = 0;
    size_t first = 0, cells = survey_cell_count(s);
    for (size_t i = 0; i < cells; i++) {
        size_t script = i % s->script_count,
               condition = i / s->script_count / s->reader_count % s->condition_count;
        if (!s->excluded || s->excluded[i] != SURVEY_CELL_EXCLUDED ||
            need_of(c, s, condition, script) != NEED_REQUIRED)
            continue;
        if (count++ == 0)
            first = i;
    }
    if (count == 0)
        return;
    size_t reader = first / s->script_count % s->reader_count;
    size_t condition = first / s->script_count / s->reader_count % s->condition_count;
    const struct survey_pair *pair =
        &s->pairs[first / s->script_count / s->reader_count / s->condition_count];
    char where[160];
    snprintf(where, sizeof where, "%s, %s, %s, %s", s->readers[reader].unit, pair->name,
             s->conditions[condition].id, survey_script_loaded(s, first % s->script_count)->id);
    found(x, DOCTOR_SPOILS, s->path, SAY(SAID_CRITERIA_EXCLUDED, said_number(count).text, where), NULL);
}

static void compare_criteria(struct examination *x, const struct survey *s)
{
    struct criteria *c = NULL;
    struct survey_problems problems = { 0 };
    struct err e;
    if (!s->criteria_text)
        return;
    if (criteria_load_text(s->criteria, s->criteria_text, strlen(s->criteria_text), &c, &problems, &e) == 0) {
        compare_scope(x, s, c);
        compare_taps(x, s, c);
        find_excluded(x, s, c);
    }
    criteria_free(&c);
    survey_problems_free(&problems);
}

void check_survey(struct examination *x)
{
    const struct survey *s = x->how->survey;
    tell_problems(x, x->how->survey_problems, DOCTOR_STOPS);
    if (!s)
        return;
    find_placeholders(x, s);
    if (s->sessions < VERDICT_SESSIONS_NEEDED)
        found(x, DOCTOR_SPOILS, s->path,
              SAY(SAID_TOO_FEW_SESSIONS, said_number(VERDICT_SESSIONS_NEEDED).text,
                  said_number(s->sessions).text),
              NULL);
    compare_criteria(x, s);
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
