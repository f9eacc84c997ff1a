/* A comparison as JUnit XML: a suite for each family of entries, a test case an entry, failed where it is on a list. */
#include "reports/sections/compare.h"

#include "harness/base/decimal.h"
#include "reports/render/junit.h"

#include <math.h>
#include <stdio.h>

#define TEXT_SIZE 1024

static void put_case(struct junit *j, const char *family, const char *name, enum compare_class class,
                     bool times, const char *message)
{
    bool tested = class != COMPARE_NOT_TESTED;
    junit_case(j, family, name,
               compare_is_change(class) ? JUNIT_FAILED
               : tested                 ? JUNIT_PASSED
                                        : JUNIT_SKIPPED,
               compare_class_name(class, times), tested ? message : compare_class_name(class, times));
}

static void name_cell(const struct comparison *c, const struct compare_cell *cell, char out[TEXT_SIZE])
{
    const struct survey *s = c->a->survey;
    const struct findings_cell *a = &c->a->cells[cell->a];
    snprintf(out, TEXT_SIZE, "%s, %s, %s, %s", s->readers[a->reader].unit, s->pairs[a->pair].name,
             s->conditions[a->condition].id, survey_script_loaded(s, a->script)->id);
}

static void put_cell(struct junit *j, const struct comparison *c, const struct compare_cell *cell)
{
    const struct findings_cell *a = &c->a->cells[cell->a], *b = &c->b->cells[cell->b];
    char name[TEXT_SIZE], message[TEXT_SIZE];
    name_cell(c, cell, name);
    snprintf(message, sizeof message, "dirty in A %u of %u, in B %u of %u; change of P(dirty) in %s", a->d,
             a->n, b->d, b->n, decimal_interval(cell->low, cell->high, 3).text);
    put_case(j, "cells", name, cell->class, false, message);
}

static void put_time(struct junit *j, const struct comparison *c, const struct compare_cell *cell)
{
    char name[TEXT_SIZE], message[TEXT_SIZE];
    const struct compare_time *t = &cell->time;
    name_cell(c, cell, name);
    snprintf(message, sizeof message, "median in A %llu us, in B %llu us; adjusted p %.4f",
             (unsigned long long)t->a.value_us, (unsigned long long)t->b.value_us, t->adjusted);
    put_case(j, "times", name, t->class, true, message);
}

static void put_unit(struct junit *j, const struct comparison *c, const struct compare_unit *u,
                     const char *family)
{
    const struct survey *s = c->a->survey;
    char name[TEXT_SIZE], message[TEXT_SIZE];
    if (u->kind == COMPARE_PAIR)
        snprintf(name, sizeof name, "%s, %s", s->readers[u->reader_a].unit, s->pairs[u->a].name);
    else
        snprintf(name, sizeof name, "%s",
                 u->kind == COMPARE_READER ? s->readers[u->a].unit : s->pairs[u->a].name);
    snprintf(message, sizeof message,
             "dirty in A %llu of %llu, in B %llu of %llu, over %zu cells; adjusted p %.4f",
             (unsigned long long)u->d_a, (unsigned long long)u->n_a, (unsigned long long)u->d_b,
             (unsigned long long)u->n_b, u->cells, u->adjusted);
    put_case(j, family, name, u->class, false, message);
}

static void put_units(struct junit *j, const struct comparison *c, enum compare_kind kind, const char *family)
{
    for (size_t i = 0; i < c->unit_count; i++)
        if (c->units[i].kind == kind)
            put_unit(j, c, &c->units[i], family);
    junit_suite(j, family);
}

int compare_junit(const struct comparison *c, const char *path, struct err *e)
{
    struct junit j;
    junit_begin(&j);
    junit_run(&j, c->a, "_a");
    junit_run(&j, c->b, "_b");
    for (size_t i = 0; i < c->cell_count; i++)
        put_cell(&j, c, &c->cells[i]);
    junit_suite(&j, "cells");
    for (size_t i = 0; i < c->cell_count; i++)
        put_time(&j, c, &c->cells[i]);
    junit_suite(&j, "times");
    put_units(&j, c, COMPARE_READER, "readers");
    put_units(&j, c, COMPARE_HANDSET, "handsets");
    put_units(&j, c, COMPARE_PAIR, "pairs");
    return junit_end(&j, "nfc-survey compare", path, e);
}
