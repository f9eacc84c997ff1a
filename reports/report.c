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

static int assess(struct report *r, const struct report_how *how, struct survey_problems *p, struct err *e)
{
    int code = how->criteria ? criteria_load(how->criteria, how->data_directory, &r->criteria, p, e)
                             : load_own(r->findings->survey, &r->criteria, e);
    if (code != 0 || !r->criteria)
        return code;
    if (how->criteria && !answers(r->findings, r->criteria))
        return err_set(e, ERR_NO_DATA, r->criteria->id,
                       NEEDS_DECIDE_MATRIX
                       ": this run answers the criteria of its start record only, as its cells "
                       "stopped when these were decided");
    r->criteria_sha256 = r->criteria->sha256;
    if (how->parts & REPORT_WHAT_IFS)
        return assess_make(r->findings, r->criteria, &r->assessment, e);
    return how->parts & REPORT_VERDICTS ? assess_judge(r->findings, r->criteria, &r->assessment, e) : 0;
}

static int make_matrix(struct report *r, const struct report_how *how, struct survey_problems *p,
                       struct err *e)
{
    struct matrix_options options = how->matrix;
    options.assessment = r->assessment;
    int code = matrix_make(r->findings, r->criteria, &options, &r->matrix, p, e);
    if (code == ERR_INPUT)
        r->shares_misfit = true;
    return code == ERR_INPUT ? 0 : code;
}

int report_open(const char *directory, const struct report_how *how, struct report *out,
                struct survey_problems *p, struct err *e)
{
    struct findings_listener listener;
    bool listens = (how->parts & REPORT_CAUSES) != 0;
    *out = (struct report) { .data_directory = how->data_directory };
    int code = listens ? causes_listen(&out->causes, &listener, e) : 0;
    if (code == 0)
        code = findings_make(directory, listens ? &listener : NULL, &out->findings, e);
    if (code == 0)
        code = assess(out, how, p, e);
    if (code == 0 && how->parts & REPORT_MATRIX)
        code = make_matrix(out, how, p, e);
    return code;
}

void report_close(struct report *r)
{
    matrix_free(&r->matrix);
    assess_free(&r->assessment);
    criteria_free(&r->criteria);
    causes_free(&r->causes);
    findings_free(&r->findings);
}
