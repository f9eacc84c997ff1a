#include "reports/report.h"

#include <stdlib.h>
#include <string.h>

/* The first problem of a file is enough here: `check` lists them all. */
static int refuse_start_record(const struct survey_problems *p, struct err *e)
{
    return err_set(e, ERR_INPUT, p->count > 0 ? p->items[0].where : "journal.yaml",
                   "the criteria in the start record: %s", p->count > 0 ? p->items[0].text : "can't be used");
}

static int load_own(const struct survey *s, struct criteria **out, struct err *e)
{
    struct survey_problems problems = { 0 };
    int code = s->criteria_text ? criteria_load_text(s->criteria ? s->criteria : "criteria", s->criteria_text,
                                                     strlen(s->criteria_text), out, &problems, e)
                                : 0;
    if (code == ERR_INPUT)
        code = refuse_start_record(&problems, e);
    survey_problems_free(&problems);
    return code;
}

/* A run that was made for the list of its own criteria answers those, whatever file they come in. */
static bool answers(const struct findings *f, const struct criteria *c)
{
    struct criteria *own = NULL;
    struct err e = { 0 };
    bool same = !findings_is_of_list(f) ||
                (load_own(f->survey, &own, &e) == 0 && own && strcmp(own->sha256, c->sha256) == 0);
    criteria_free(&own);
    return same;
}

static int refuse_of_list(const char *what, struct err *e)
{
    return err_set(e, ERR_NO_DATA, what,
                   NEEDS_DECIDE_MATRIX
                   ": this run answers the criteria of its start record only, as its cells "
                   "stopped when these were decided");
}

static int load_named(const struct report *r, const char *name, const char *data_directory,
                      struct criteria **out, struct survey_problems *p, struct err *e)
{
    int code = criteria_load(name, data_directory, out, p, e);
    return code == 0 && !answers(r->findings, *out) ? refuse_of_list((*out)->id, e) : code;
}

static int judge_some(struct report *r, const struct survey_filter *only, struct err *e)
{
    const struct survey *s = r->findings->survey;
    struct assess_question asked = { 0 };
    int code = filter_readers(only, s, &asked.readers, e);
    if (only->reader_count == 0)
        asked.readers = 0;
    else if (code == 0 && findings_is_of_list(r->findings))
        code = refuse_of_list("--reader", e);
    r->asked_pairs = calloc(s->pair_count + 1, sizeof *r->asked_pairs);
    if (code == 0 && !r->asked_pairs)
        code = err_set(e, ERR_MEMORY, "criteria", "out of memory");
    if (code == 0)
        code = filter_pairs(only, s, r->asked_pairs, e);
    asked.pairs = only->handset_count > 0 ? r->asked_pairs : NULL;
    return code == 0 ? assess_judge_of(r->findings, r->criteria, &asked, &r->assessment, e) : code;
}

static int judge(struct report *r, const struct report_how *how, struct err *e)
{
    if (how->only && how->only->handset_count + how->only->reader_count > 0)
        return judge_some(r, how->only, e);
    if (how->parts & REPORT_WHAT_IFS)
        return assess_make(r->findings, r->criteria, &r->assessment, e);
    return how->parts & REPORT_VERDICTS ? assess_judge(r->findings, r->criteria, &r->assessment, e) : 0;
}

/* The criteria that are judged beside those of the report, from the `first` named. */
static int judge_beside(struct report *r, const struct report_how *how, size_t first,
                        struct survey_problems *p, struct err *e)
{
    int code = 0;
    r->beside = calloc(how->beside_count + 1, sizeof *r->beside);
    if (!r->beside)
        return err_set(e, ERR_MEMORY, "criteria", "out of memory");
    for (size_t i = first; i < how->beside_count && code == 0; i++) {
        struct report_judged *one = &r->beside[r->beside_count++];
        code = load_named(r, how->beside[i], how->data_directory, &one->criteria, p, e);
        if (code == 0)
            code = assess_make(r->findings, one->criteria, &one->assessment, e);
    }
    return code;
}

static int assess(struct report *r, const struct report_how *how, struct survey_problems *p, struct err *e)
{
    struct criteria *own = NULL;
    const char *named = how->criteria;
    size_t first = 0;
    int code = load_own(r->findings->survey, &own, e);
    if (named && code == ERR_INPUT)
        code = 0; /* others are asked for */
    if (code == 0 && !own && !named && how->beside_count > 0)
        named = how->beside[first++];
    if (code == 0 && named)
        code = load_named(r, named, how->data_directory, &r->criteria, p, e);
    if (code == 0 && named) {
        r->is_own_criteria = own && strcmp(own->sha256, r->criteria->sha256) == 0;
        criteria_free(&own);
    } else if (code == 0) {
        r->is_own_criteria = own != NULL;
        r->criteria = own;
    } else {
        criteria_free(&own);
    }
    if (code != 0 || !r->criteria)
        return code;
    r->criteria_sha256 = r->criteria->sha256;
    code = judge(r, how, e);
    return code == 0 ? judge_beside(r, how, first, p, e) : code;
}

struct report report_beside(const struct report *r, size_t i)
{
    struct report one = *r;
    one.criteria = r->beside[i].criteria;
    one.assessment = r->beside[i].assessment;
    one.matrix = r->beside[i].matrix;
    one.criteria_sha256 = one.criteria->sha256;
    one.is_own_criteria = false;
    return one;
}

static int make_matrix(struct report *r, const struct report_how *how, struct survey_problems *p,
                       struct err *e)
{
    struct matrix_options options = how->matrix;
    options.assessment = r->assessment;
    int code = matrix_make(r->findings, r->criteria, &options, &r->matrix, p, e);
    for (size_t i = 0; i < r->beside_count && code == 0; i++) {
        options.assessment = r->beside[i].assessment;
        code = matrix_make(r->findings, r->beside[i].criteria, &options, &r->beside[i].matrix, p, e);
    }
    if (code == ERR_INPUT)
        r->shares_misfit = true;
    return code == ERR_INPUT ? 0 : code;
}

int report_open(const char *directory, const struct report_how *how, struct report *out,
                struct survey_problems *p, struct err *e)
{
    struct findings_listener listener;
    bool listens = (how->parts & REPORT_CAUSES) != 0;
    *out = (struct report) { .directory = directory, .data_directory = how->data_directory };
    int code = listens ? causes_listen(&out->causes, &listener, e) : 0;
    if (code == 0)
        code = (how->damage == DAMAGE_ACCEPTED ? findings_make_of_damaged : findings_make)(
            directory, listens ? &listener : NULL, &out->findings, e);
    if (code == 0 && how->damage == DAMAGE_REFUSED && out->findings->faults.count > 0)
        return err_set(e, ERR_INPUT, directory, "the journal is not as it was written");
    if (code == 0)
        code = assess(out, how, p, e);
    if (code == 0 && how->parts & REPORT_MATRIX)
        code = make_matrix(out, how, p, e);
    return code;
}

void report_close(struct report *r)
{
    matrix_free(&r->matrix);
    for (size_t i = 0; i < r->beside_count; i++) {
        matrix_free(&r->beside[i].matrix);
        assess_free(&r->beside[i].assessment);
        criteria_free(&r->beside[i].criteria);
    }
    free(r->beside);
    assess_free(&r->assessment);
    criteria_free(&r->criteria);
    free(r->asked_pairs);
    causes_free(&r->causes);
    findings_free(&r->findings);
}
