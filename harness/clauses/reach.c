#include "harness/clauses/list.h"
#include "harness/clauses/reach_parts.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define PLACEHOLDER "REPLACE-" /* as the shipped surveys have it */

void reach_found(struct reach_search *r, enum reach_gravity gravity, struct survey_place place,
                 struct said said)
{
    struct reach_finding *items = realloc(r->out->items, (r->out->count + 1) * sizeof *items);
    if (!items) {
        r->memory = true;
        return;
    }
    r->out->items = items;
    items[r->out->count++] = (struct reach_finding) { gravity, place, said };
}

/* ---- what was never filled in ---- */

static bool is_part_of_word(char c)
{
    return c == '-' || c == '_' || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}

/* In the survey's own text: REPLACE-WITH-ITS-LABEL and the like, outside of comments. */
static void find_placeholders(struct reach_search *r)
{
    const struct survey *s = r->survey;
    const char *text = s->file_count > 0 && s->files[0].text ? s->files[0].text : "";
    struct survey_place place = { 1, 0 };
    bool comment = false;
    for (const char *at = text; *at; at++) {
        place.column += ((unsigned char)*at & 0xc0) != 0x80; /* of characters */
        if (*at == '\n') {
            place = (struct survey_place) { place.line + 1, 0 };
            comment = false;
        }
        comment |= *at == '#' && (at == text || at[-1] == ' ' || at[-1] == '\n');
        bool begins = at == text || !is_part_of_word(at[-1]);
        if (comment || !begins || strncmp(at, PLACEHOLDER, strlen(PLACEHOLDER)) != 0)
            continue;
        char word[64];
        size_t length = 0;
        while (is_part_of_word(at[length]) && length + 1 < sizeof word)
            length++;
        snprintf(word, sizeof word, "%.*s", (int)length, at);
        reach_found(r, REACH_REFUSED, place, SAY(SAID_PLACEHOLDER, word));
    }
}

static void find_twins(struct reach_search *r)
{
    const struct survey *s = r->survey;
    for (size_t i = 0; i < s->reader_count; i++) {
        size_t twin = survey_twin(s, i);
        if (twin < i)
            reach_found(r, REACH_BARS, survey_place_of_item(s, "readers", i),
                        SAY(SAID_TWINS, s->readers[twin].unit, s->readers[i].unit));
    }
}

/* ---- one session ---- */

static bool counts_taps_only(const struct criteria *c)
{
    return c && c->taps > 0 && !c->within_ms && !c->five_points && !c->height && !c->payload_script;
}

static void find_sessions(struct reach_search *r)
{
    const struct survey *s = r->survey;
    r->out->taps_only = counts_taps_only(r->criteria);
    if (s->sessions >= VERDICT_SESSIONS_NEEDED)
        return;
    struct survey_place place = survey_place_of(s, "sessions");
    if (r->out->taps_only)
        reach_found(r, REACH_DIFFERS, place, SAY(SAID_ONE_SESSION_TAPS, r->criteria->id));
    else
        reach_found(r, REACH_BARS, place, said_alone(SAID_ONE_SESSION));
}

/* ---- the list alone ---- */

static void find_list(struct reach_search *r)
{
    const struct survey *s = r->survey;
    struct survey_place place = survey_place_of(s, "decide");
    if (s->decide != DECIDE_LIST)
        return;
    if (r->criteria->taps > 0)
        reach_found(r, REACH_DIFFERS, place, SAY(SAID_LIST_SETTLES_NOTHING, r->criteria->id));
    else if (!list_requires(r->criteria, s))
        reach_found(r, REACH_DIFFERS, place, SAY(SAID_LIST_SETTLES_NOBODY, r->criteria->id));
}

/* ---- all of it ---- */

/* NULL where the survey names none, and where its text is refused with the survey itself. */
static struct criteria *criteria_of(const struct survey *s)
{
    struct survey_problems problems = { 0 };
    struct criteria *c = NULL;
    struct err e = { 0 };
    if (s->criteria_text &&
        criteria_load_text(s->criteria, s->criteria_text, strlen(s->criteria_text), &c, &problems, &e) != 0)
        criteria_free(&c);
    survey_problems_free(&problems);
    return c;
}

int reach_of(const struct survey *s, const struct scheme *scheme, struct reach *out, struct err *e)
{
    struct scheme_table table = { 0 };
    struct criteria *c = NULL;
    *out = (struct reach) { 0 };
    int status = scheme_table_make(scheme, &table, e);
    if (status != 0)
        return status;
    c = criteria_of(s);
    struct reach_search r = { .survey = s, .criteria = c, .table = &table, .out = out };
    find_placeholders(&r);
    find_twins(&r);
    find_sessions(&r);
    if (c) {
        reach_scope(&r);
        reach_cells(&r);
        reach_positions(&r);
        find_list(&r);
    }
    reach_scheme(&r);
    criteria_free(&c);
    scheme_table_free(&table);
    if (!r.memory)
        return 0;
    reach_free(out);
    return err_set(e, ERR_MEMORY, s->path, "out of memory");
}

void reach_free(struct reach *r)
{
    free(r->items);
    *r = (struct reach) { 0 };
}

const char *reach_where(const struct reach_finding *f, const struct survey *s, char out[REACH_WHERE_SIZE])
{
    if (f->place.line == 0)
        snprintf(out, REACH_WHERE_SIZE, "%s", s->path);
    else
        snprintf(out, REACH_WHERE_SIZE, "%s:%u:%u", s->path, f->place.line, f->place.column);
    return out;
}

bool reach_is_refused(const struct reach *r)
{
    for (size_t i = 0; i < r->count; i++)
        if (r->items[i].gravity == REACH_REFUSED)
            return true;
    return false;
}
