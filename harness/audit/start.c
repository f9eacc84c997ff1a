#include "harness/audit/start.h"

#include "harness/base/decimal.h"
#include "harness/cells/cells.h"

#include <math.h>
#include <string.h>

#define START_LINE 1
#define WRITTEN    1e-9 /* a REAL has nine digits behind the point */

void start_keep(struct survey *s, const struct journal_start *start)
{
    s->seed = start->seed;
    s->rules = start->rules == UINT64_MAX && start->version < JOURNAL_VERSION ? RULES_OF_0_4 : RULES_NOW;
    if (s->rules == RULES_OF_0_4 && start->k <= UINT32_MAX)
        s->scheme.k = (unsigned)start->k;
}

static void compare_text(struct integrity *i, const char *what, const char *told, const char *is)
{
    if (strcmp(told ? told : "", is ? is : "") == 0)
        return;
    const struct said fault = SAY(SAID_LINE_START, what, told ? told : "", is ? is : "");
    integrity_fault(i, START_LINE, &fault);
}

static void compare_number(struct integrity *i, const char *what, uint64_t told, uint64_t is)
{
    if (told != is)
        compare_text(i, what, said_number(told).text, said_number(is).text);
}

static void compare_real(struct integrity *i, const char *what, double told, double is)
{
    if (!(fabs(told - is) <= WRITTEN))
        compare_text(i, what, decimal_plain(told).text, decimal_plain(is).text);
}

static void compare_scheme(struct integrity *i, const struct journal_start *start, const struct scheme *is)
{
    compare_text(i, "scheme", start->scheme, is->name);
    compare_real(i, "q0", start->q0, is->q0);
    compare_real(i, "q1", start->q1, is->q1);
    compare_real(i, "alpha", start->alpha, is->alpha);
    compare_real(i, "beta", start->beta, is->beta);
    compare_real(i, "mean", start->mean > 0.0 ? start->mean : 0.0, is->mean);
    compare_number(i, "k", start->k, is->k);
    compare_number(i, "n_max", start->n_max, is->n_max);
    compare_text(i, "prior_upper", start->prior_upper, SCHEME_PRIOR_UPPER);
    compare_text(i, "prior_lower", start->prior_lower, SCHEME_PRIOR_LOWER);
}

/* They are of the format, not of the survey. */
static void check_rules(struct integrity *i, const struct journal_start *start, unsigned is)
{
    if (is == RULES_OF_0_4 || start->rules == is)
        return;
    const struct said fault =
        SAY(SAID_LINE_START_RULES, start->rules == UINT64_MAX ? "0" : said_number(start->rules).text,
            said_number(is).text);
    integrity_fault(i, START_LINE, &fault);
}

/* Unit by unit: whose results the cells are. */
static void compare_readers(struct integrity *i, const struct survey *s, const struct journal_readers *told)
{
    compare_number(i, "readers", told->count, s->reader_count);
    for (size_t r = 0; r < told->count && r < s->reader_count; r++) {
        const struct journal_reader_found *found = &told->items[r];
        const struct survey_reader *is = &s->readers[r];
        compare_text(i, "unit", found->unit, is->unit);
        compare_text(i, "profile", found->profile, s->reader_profiles[is->profile].id);
        compare_text(i, "driver", found->driver, is->driver);
    }
}

int start_audit(const struct survey *s, const struct journal_start *start, struct integrity *i, struct err *e)
{
    struct scheme scheme;
    int code = cells_scheme(s, &scheme, e);
    if (code != 0)
        return code;
    compare_text(i, "survey", start->survey, s->id);
    compare_scheme(i, start, &scheme);
    check_rules(i, start, s->rules);
    integrity_expect(i, scheme.k);
    if (start->decide)
        compare_text(i, "decide", decide_name(start->decide), decide_name(s->decide));
    if (s->simulated && start->simulated != 1)
        compare_text(i, "simulated", "false", "true");
    compare_number(i, "sessions", start->sessions, s->sessions);
    compare_number(i, "lanes", start->lanes, s->lanes);
    compare_text(i, "hands", hands_kind_name(start->hands), hands_kind_name(s->hands));
    compare_readers(i, s, &start->readers);
    return 0;
}
