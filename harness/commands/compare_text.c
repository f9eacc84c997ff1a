#include "harness/commands/compare_text.h"
#include "harness/commands/damage.h"

#include "harness/base/text.h"
#include "reports/tables/compare.h"

#include <math.h>

#define LINES_SHOWN 40 /* of a file */

/* The smallest change by which a bound is said: upwards, so that no less than the bound is. */
static struct phrase points(double share)
{
    return number_fixed(ceil(1000.0 * share) / 10.0, 1);
}
#define POINTS(share) (points(share).text)

static struct phrase whole(double value)
{
    struct phrase v;
    snprintf(v.text, sizeof v.text, "%.0f", ceil(value));
    return v;
}
#define WHOLE(value) (whole(value).text)

static void say_table(const struct comparison *c, enum word title, const struct table *t,
                      const struct speech *to)
{
    const struct view v = { NULL, to->language, FORM_TEXT, false };
    const struct row row = compare_whole(c);
    if (table_is_empty(t, &v, &row))
        return;
    if (title != WORD_NONE)
        speech_line(to, title, NULL);
    speech_table(to, NULL, t, &row);
}

static void say_run(const char *name, const struct findings *f, const struct speech *to)
{
    speech_line(to, f->finished ? WORD_CMD_COMPARED : WORD_CMD_COMPARED_OPEN, name, f->run, f->survey->id,
                f->started, SPEECH_NUMBER(f->placements), NULL);
    say_state(to, f);
}

/* The lines in which a file differs. */
static void say_lines(const struct compare_difference *d, const struct speech *to)
{
    if (d->line_count == 0)
        return;
    speech_line(to, d->subject ? WORD_CMD_LINES_OF : WORD_CMD_LINES,
                word_text(word_compare_what(d->what), to->language), d->subject, NULL);
    for (size_t i = 0; i < d->line_count && i < LINES_SHOWN; i++) {
        fprintf(to->to, "  %c %zu: ", d->lines[i].sign, d->lines[i].number);
        text_put_safe(to->to, d->lines[i].text);
        putc('\n', to->to);
    }
    if (d->line_count > LINES_SHOWN)
        speech_line(to, WORD_CMD_MORE_LINES, SPEECH_NUMBER(d->line_count - LINES_SHOWN), NULL);
}

static void say_differences(const struct comparison *c, const struct speech *to)
{
    bool any = false;
    if (c->difference_count == 0)
        speech_line(to, WORD_CMD_NO_DIFFERENCE, NULL);
    say_table(c, WORD_CMD_DIFFERENCES, &table_differences, to);
    for (size_t i = 0; i < c->difference_count; i++)
        any = any || c->differences[i].breaks;
    if (any)
        speech_line(to, WORD_CMD_BREAKS, NULL);
    for (size_t i = 0; i < c->difference_count; i++)
        say_lines(&c->differences[i], to);
}

static void say_counts(const struct comparison *c, const struct speech *to)
{
    say_table(c, WORD_CMD_T_SHOWN, &table_shown, to);
    if (c->looks_with_unit > 0)
        speech_line(to, WORD_CMD_WITH_UNIT, SPEECH_NUMBER(c->looks_with_unit), NULL);
    speech_line(to, WORD_CMD_EXPECTED_WRONG, number_real(100.0 * c->fdr).text, SPEECH_NUMBER(c->tests), NULL);
    if (c->by_session)
        speech_line(to, WORD_CMD_ANY_WRONG, number_real(100.0 * c->fdr).text, SPEECH_NUMBER(c->unit_tests),
                    SPEECH_NUMBER(c->time_tests), SPEECH_NUMBER(c->pair_tests), NULL);
    speech_line(to, c->by_session ? WORD_CMP_BASIS_SESSIONS : WORD_CMP_BASIS_DAYS,
                SPEECH_NUMBER(c->sessions_a), SPEECH_NUMBER(c->sessions_b), compare_basis(c).text, NULL);
}

/* The smallest change that the cells without one still allow: what the runs could not see. */
static void say_power(const struct comparison *c, const struct speech *to)
{
    if (c->tests > 0)
        speech_line(to, WORD_CMD_ALONE, WHOLE(c->cell_needs), NULL);
    if (!c->units_tested)
        speech_line(to, c->of_list ? WORD_CMD_UNITS_OF_LIST : WORD_CMD_UNITS_UNTESTED, NULL);
    if (!isnan(c->open_median))
        speech_line(to, WORD_CMD_NOT_RULED_OUT, POINTS(c->open_least), POINTS(c->open_most),
                    POINTS(c->open_median), NULL);
    if (c->blind > 0)
        speech_line(to, WORD_CMD_BLIND, SPEECH_NUMBER(c->blind), NULL);
    if (!c->same_verdicts)
        speech_line(to, WORD_CMD_OTHER_SCHEMES, NULL);
    else if (c->verdicts_changed > 0)
        speech_line(to, WORD_CMD_OTHER_VERDICTS, SPEECH_NUMBER(c->verdicts_changed), NULL);
}

static void say_units(const struct comparison *c, enum compare_kind kind, const struct table *t,
                      enum word title, const struct speech *to)
{
    size_t quiet, all = compare_units(c, kind, &quiet);
    speech_line(to, title, NULL);
    say_table(c, WORD_NONE, t, to);
    if (quiet > 0)
        speech_line(to, c->units_tested ? WORD_CMD_QUIET : WORD_CMD_QUIET_UNTESTED, SPEECH_NUMBER(quiet),
                    SPEECH_NUMBER(all), NULL);
}

void compare_text(const struct comparison *c, const struct speech *to)
{
    if (c->simulated)
        speech_line(to, WORD_CMD_SIMULATED_ONLY, NULL);
    if (c->unproven)
        speech_line(to, WORD_UNPROVEN_RUN, NULL);
    say_run("A", c->a, to);
    say_run("B", c->b, to);
    speech_line(to, c->match == COMPARE_BY_UNIT ? WORD_CMD_BY_UNIT : WORD_CMD_BY_MODEL, NULL);
    say_differences(c, to);
    say_table(c, WORD_CMD_NOT_COMPARED, &table_not_compared, to);
    say_counts(c, to);
    say_power(c, to);
    say_units(c, COMPARE_READER, &table_compared_readers, WORD_CMD_T_READERS, to);
    say_units(c, COMPARE_HANDSET, &table_compared_handsets, WORD_CMD_T_HANDSETS, to);
    say_units(c, COMPARE_PAIR, &table_compared_pairs, WORD_CMD_T_PAIRS, to);
    say_table(c, WORD_CMD_T_CHANGED, &table_changed_cells, to);
    say_table(c, WORD_CMD_T_TIMES, &table_changed_times, to);
    putc('\n', to->to);
    speech_line(to, compare_answer(c), SPEECH_NUMBER(compare_changes(c)), NULL);
}
