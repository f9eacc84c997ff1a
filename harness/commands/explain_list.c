#include "harness/commands/explain_list.h"
#include "harness/commands/damage.h"

#include "harness/commands/explain_text.h"
#include "harness/commands/speech.h"
#include "harness/findings/tally.h"
#include "reports/tables/commands.h"
#include "reports/tables/names.h"
#include "reports/tables/reasons.h"

#include <stdlib.h>

/* ---- a cell ---- */

void explain_name(const struct speech *to, const struct survey *s, size_t cell)
{
    size_t rest = cell / s->script_count, reader = rest % s->reader_count;
    size_t condition = rest / s->reader_count % s->condition_count;
    char label[160], handset[160];
    survey_reader_label(s, reader, label, sizeof label);
    survey_pair_label(s, rest / s->reader_count / s->condition_count, handset, sizeof handset);
    speech_say(to, WORD_CMD_EXPLAINED, SPEECH_NUMBER(cell), s->readers[reader].unit, label, handset,
               s->conditions[condition].id, survey_script_loaded(s, cell % s->script_count)->id, NULL);
}

void explain_suspects(const struct speech *to, const struct findings_cell *c)
{
    if (c->s == 0)
        return;
    speech_say(to, WORD_CMD_SUSPECTS_BESIDE, SPEECH_NUMBER(c->n), SPEECH_NUMBER(c->d), SPEECH_NUMBER(c->s),
               SPEECH_NUMBER(c->invalid), NULL);
    if (c->attributed)
        speech_say(to, WORD_CMD_SUSPECTS_OWN, NULL);
    putc('\n', to->to);
}

static void say_failing(const struct explain_list *x, size_t cell)
{
    const struct speech *to = &x->speech;
    const struct findings_cell *c = &x->report->findings->cells[cell];
    explain_name(to, x->report->findings->survey, cell);
    putc('\n', to->to);
    speech_line(to, WORD_CMD_FAILED_OF, SPEECH_NUMBER(tally_failed(c)), SPEECH_NUMBER(tally_transactions(c)),
                SPEECH_NUMBER(c->fail), SPEECH_NUMBER(c->invalid_transactions), NULL);
    explain_suspects(to, c);
    explain_line(to, x->report->causes->cells[cell]);
}

/* Why a handset is not pursued: the cell that takes it off the list. */
static void say_settled(const struct speech *to, const struct report *r, size_t pair)
{
    const struct assess_pair *p = assess_pair_of(r->assessment, pair);
    struct buf why;
    if (!r->assessment)
        return;
    buf_init(&why, 1u << 16);
    reason_add(&why, r->assessment, pair, to->language);
    speech_say(to, WORD_CMD_NOT_PURSUED_WHY, buf_text(&why), NULL);
    buf_free(&why);
    if (p->decides == SIZE_MAX)
        return;
    speech_say(to, WORD_COLON, NULL);
    explain_name(to, r->findings->survey, p->decides);
}

void explain_not_pursued(const struct speech *to, const struct report *r, size_t cell)
{
    if (r->findings->cells[cell].verdict != VERDICT_NOT_PURSUED)
        return;
    speech_say(to, WORD_CMD_CELL_NOT_PURSUED, NULL);
    say_settled(to, r, r->findings->cells[cell].pair);
    putc('\n', to->to);
}

bool explain_is_known(const struct report *r, size_t cell)
{
    const struct findings_cell *c = &r->findings->cells[cell];
    return tally_transactions(c) > 0 || c->state != SURVEY_CELL_IN || c->verdict == VERDICT_NOT_PURSUED;
}

void explain_well(const struct speech *to, const struct report *r, size_t cell)
{
    const struct findings_cell *c = &r->findings->cells[cell];
    const char *own;
    struct phrase hold;
    explain_name(to, r->findings->survey, cell);
    putc('\n', to->to);
    if (c->state != SURVEY_CELL_IN) {
        own = name_left_out(r->findings->survey, cell, to->language, &hold);
        speech_line(to, WORD_CMD_NOT_IN_SWEEP, own ? own : word_text(WORD_NO_REASON, to->language), NULL);
        return;
    }
    if (tally_transactions(c) > 0)
        speech_line(to, WORD_CMD_NEVER_FAILED, SPEECH_NUMBER(tally_transactions(c)), NULL);
    explain_not_pursued(to, r, cell);
}

/* ---- which cells ---- */

static bool is_meant(const struct explain_list *x, size_t cell)
{
    const struct findings_cell *c = &x->report->findings->cells[cell];
    return x->pairs[c->pair] && (x->readers >> c->reader & 1);
}

static uint64_t failed_at(const struct explain_list *x, size_t cell)
{
    const struct findings_cell *c = &x->report->findings->cells[cell];
    uint64_t count = 0;
    for (unsigned stage = 0; stage < STAGE_COUNT; stage++)
        if (x->stages == 0 || x->stages >> stage & 1)
            count += c->failures_by_stage[stage];
    return x->stages == 0 ? tally_failed(c) : count;
}

/* A cell that failed, and how often. */
struct failing_cell {
    size_t cell;
    uint64_t failed;
};

static int by_failures(const void *left, const void *right)
{
    const struct failing_cell *a = left, *b = right;
    return a->failed != b->failed ? (a->failed < b->failed) - (a->failed > b->failed)
                                  : (a->cell > b->cell) - (a->cell < b->cell);
}

/* Those that failed where it is asked for, the most often first; NULL: out of memory. */
static struct failing_cell *find_failing(const struct explain_list *x, size_t *count)
{
    const struct findings *f = x->report->findings;
    struct failing_cell *out = calloc(f->cell_count + 1, sizeof *out);
    *count = 0;
    for (size_t i = 0; out && i < f->cell_count; i++) {
        uint64_t failed = is_meant(x, i) && x->report->causes->cells[i] ? failed_at(x, i) : 0;
        if (failed > 0)
            out[(*count)++] = (struct failing_cell) { i, failed };
    }
    if (out)
        qsort(out, *count, sizeof *out, by_failures);
    return out;
}

/* ---- tables ---- */

static void count_in(struct failing_row *row, const char *name, const struct findings_cell *c,
                     uint64_t failed)
{
    row->name = name;
    row->cells += failed > 0;
    row->failed += failed;
    row->transactions += tally_transactions(c);
}

static void say_table(const struct explain_list *x, enum word title, const struct table *t,
                      struct failing_row *rows, size_t count)
{
    struct failing_rows about = { rows, 0 };
    for (size_t i = 0; i < count; i++) /* only where something failed */
        if (rows[i].failed > 0)
            rows[about.count++] = rows[i];
    speech_line(&x->speech, title, NULL);
    speech_table(&x->speech, NULL, t, &TABLE_ABOUT(&about));
}

/* Of the cells that are meant, whether they failed or not. */
static int say_tables(const struct explain_list *x, struct err *e)
{
    const struct findings *f = x->report->findings;
    const struct survey *s = f->survey;
    struct failing_row *pairs = calloc(s->pair_count + 1, sizeof *pairs), readers[SURVEY_READERS_MAX] = { 0 },
                       stages[STAGE_COUNT] = { 0 };
    if (!pairs)
        return err_set(e, ERR_MEMORY, "explain", "out of memory");
    for (size_t i = 0; i < f->cell_count; i++) {
        const struct findings_cell *c = &f->cells[i];
        uint64_t failed = failed_at(x, i);
        if (!is_meant(x, i))
            continue;
        count_in(&pairs[c->pair], s->pairs[c->pair].name, c, failed);
        count_in(&readers[c->reader], s->readers[c->reader].unit, c, failed);
        for (unsigned stage = 0; stage < STAGE_COUNT; stage++)
            if (x->stages == 0 || x->stages >> stage & 1)
                count_in(&stages[stage], word_text(word_stage((enum stage)stage), x->speech.language), c,
                         c->failures_by_stage[stage]);
    }
    say_table(x, WORD_CMD_T_BY_HANDSET, &table_failing_handsets, pairs, s->pair_count);
    say_table(x, WORD_CMD_T_BY_READER, &table_failing_readers, readers, s->reader_count);
    say_table(x, WORD_CMD_T_BY_STAGE, &table_failing_stages, stages, STAGE_COUNT);
    free(pairs);
    return 0;
}

static void say_more(const struct explain_list *x, size_t count)
{
    if (count > x->most)
        speech_line(&x->speech, WORD_CMD_MORE_ROWS, SPEECH_NUMBER(count - x->most), NULL);
}

static uint64_t not_pursued_of(const struct explain_list *x, size_t pair)
{
    const struct findings *f = x->report->findings;
    size_t a_pair = f->cell_count / f->survey->pair_count;
    uint64_t count = 0;
    for (size_t i = pair * a_pair; i < (pair + 1) * a_pair; i++)
        count += is_meant(x, i) && f->cells[i].verdict == VERDICT_NOT_PURSUED;
    return count;
}

/* Handsets that are off the list, and so the rest of their cells. */
static void say_not_pursued(const struct explain_list *x)
{
    const struct findings *f = x->report->findings;
    const struct speech *to = &x->speech;
    size_t shown = 0;
    for (size_t pair = 0; pair < f->survey->pair_count && x->stages == 0; pair++) {
        uint64_t cells = not_pursued_of(x, pair);
        if (cells == 0)
            continue;
        if (shown == 0)
            speech_line(to, WORD_CMD_T_NOT_PURSUED, NULL);
        if (shown++ >= x->most)
            continue;
        speech_say(to, WORD_CMD_NOT_PURSUED_OF, f->survey->pairs[pair].name, SPEECH_NUMBER(cells), NULL);
        say_settled(to, x->report, pair);
        putc('\n', to->to);
    }
    say_more(x, shown);
}

static bool is_any_known(const struct explain_list *x)
{
    for (size_t i = 0; i < x->report->findings->cell_count; i++)
        if (is_meant(x, i) && explain_is_known(x->report, i))
            return true;
    return false;
}

int explain_list(const struct explain_list *x, struct err *e)
{
    const struct findings *f = x->report->findings;
    size_t count;
    if (!is_any_known(x))
        return err_set(e, ERR_NO_DATA, "explain", "nothing was measured of these cells yet");
    struct failing_cell *cells = find_failing(x, &count);
    int status = cells ? 0 : err_set(e, ERR_MEMORY, "explain", "out of memory");
    if (status == 0 && f->simulated)
        speech_line(&x->speech, WORD_SIMULATED, NULL);
    else if (status == 0 && f->unproven)
        speech_line(&x->speech, WORD_UNPROVEN, NULL);
    if (status == 0)
        say_state(&x->speech, f);
    if (status == 0 && count > 0)
        status = say_tables(x, e);
    if (status == 0 && count > 0)
        speech_line(&x->speech, WORD_CMD_T_FAILING, NULL);
    for (size_t i = 0; i < count && i < x->most && status == 0; i++)
        say_failing(x, cells[i].cell);
    if (status == 0)
        say_more(x, count);
    free(cells);
    if (status != 0)
        return status;
    if (count == 0)
        speech_line(&x->speech, WORD_CMD_NOTHING_FAILED, NULL);
    say_not_pursued(x);
    return 0;
}
