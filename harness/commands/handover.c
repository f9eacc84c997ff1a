#include "harness/commands/handover.h"

#include "harness/base/text.h"
#include "harness/journal/journal.h"
#include "harness/station/station.h"
#include "reports/words/enums.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* A placement of the session, and whether it could hide a failure of its phone. */
struct placed_here {
    uint64_t line;
    unsigned pair, reader, condition;
    bool closed, counted, doubtful;
    struct said reason;
};

/* A reader as its last health record left it. */
struct reader_here {
    enum health_event out; /* NONE: it is in service */
    struct said detail;
    uint64_t taken_back; /* placements that its reference card made invalid in the session */
};

struct handover {
    const struct survey *survey;
    struct buf placements; /* struct placed_here, ascending; of the session, over all its executions */
    struct reader_here readers[SURVEY_READERS_MAX];
    uint8_t *put_off; /* a pair: 0, PUT_OFF_LAST or PUT_OFF_NEXT */
    uint64_t session; /* of the last placement */
};
enum { PUT_OFF_LAST = 1, PUT_OFF_NEXT };

/* ---- the journal ---- */

static size_t reader_of(const struct survey *s, const char *unit)
{
    size_t i = 0;
    while (i < s->reader_count && strcmp(s->readers[i].unit, unit) != 0)
        i++;
    return i;
}

static size_t pair_of(const struct survey *s, const char *handset, const char *sim)
{
    size_t i = 0;
    while (i < s->pair_count &&
           (strcmp(s->pairs[i].unit, handset) != 0 || strcmp(s->sims[s->pairs[i].sim].id, sim) != 0))
        i++;
    return i;
}

static void begin_session(struct handover *h)
{
    buf_cut(&h->placements, 0);
    memset(h->put_off, 0, h->survey->pair_count);
    for (size_t i = 0; i < h->survey->reader_count; i++)
        h->readers[i].taken_back = 0;
}

/* Its readers are looked at anew. */
static void begin_execution(struct handover *h)
{
    for (size_t i = 0; i < h->survey->reader_count; i++)
        h->readers[i].out = HEALTH_NONE;
}

static void read_placement(struct handover *h, const struct journal_record *r)
{
    const struct survey *s = h->survey;
    const struct journal_placement *p = &r->as.placement;
    struct placed_here here = { .line = r->line,
                                .pair = (unsigned)pair_of(s, p->handset, p->sim),
                                .reader = (unsigned)reader_of(s, p->reader) };
    while (here.condition < s->condition_count && strcmp(s->conditions[here.condition].id, p->condition) != 0)
        here.condition++;
    if (p->session > h->session)
        begin_session(h);
    h->session = p->session;
    if (here.pair < s->pair_count && here.reader < s->reader_count && here.condition < s->condition_count)
        buf_add(&h->placements, &here, sizeof here);
}

static struct placed_here *find(const struct handover *h, uint64_t line)
{
    struct placed_here *all = (struct placed_here *)(void *)h->placements.data;
    for (size_t i = h->placements.length / sizeof *all; i-- > 0 && all[i].line >= line;) {
        if (all[i].line == line)
            return &all[i];
    }
    return NULL;
}

static void read_placed(struct handover *h, const struct journal_placed *r)
{
    struct placed_here *p = find(h, r->placement);
    if (!p)
        return;
    p->closed = true;
    for (size_t i = 0; i < r->results.count; i++) {
        enum placement_result result = r->results.items[i].result;
        p->counted = p->counted || result == PLACEMENT_CLEAN || result == PLACEMENT_DIRTY;
    }
    if (r->reason)
        p->reason = said_flat(r->reason);
    p->doubtful = p->doubtful || r->suspect == 1;
}

/* What the reference card did not vouch for counts no more. */
static void read_reference(struct handover *h, const struct journal_reference *r)
{
    size_t reader = reader_of(h->survey, r->reader);
    struct placed_here *all = (struct placed_here *)(void *)h->placements.data;
    if (reader == h->survey->reader_count || r->ok == 1 || r->since == UINT64_MAX)
        return;
    h->readers[reader].taken_back += r->placements;
    for (size_t i = 0; i < h->placements.length / sizeof *all; i++) {
        if (all[i].reader == reader && all[i].line >= r->since)
            all[i].counted = false;
    }
}

static void read_answer(struct handover *h, const struct journal_answer *a)
{
    struct placed_here *p = find(h, a->placement);
    if (p && a->choice == CHOICE_NO && a->about == QUESTION_NOTHING_SEEN)
        p->doubtful = true; /* the other no keeps what was measured, or takes out a stranger */
    if (a->choice != CHOICE_LATER || !a->handset || !a->sim)
        return;
    size_t pair = pair_of(h->survey, a->handset, a->sim);
    if (pair < h->survey->pair_count)
        h->put_off[pair] = a->text && strcmp(a->text, "next") == 0 ? PUT_OFF_NEXT : PUT_OFF_LAST;
}

static void read_health(struct handover *h, const struct journal_health *m)
{
    size_t reader = reader_of(h->survey, m->reader);
    if (reader == h->survey->reader_count || m->event == HEALTH_ASKED || m->event == HEALTH_SIMULATED)
        return;
    struct reader_here *here = &h->readers[reader];
    bool in = m->event == HEALTH_BACK || m->event == HEALTH_RELEASED;
    if (m->event != HEALTH_DROPPED ||
        !here->out) /* else what put it out tells more than that it stayed out */
        here->detail = m->detail ? said_flat(m->detail) : said_words(NULL);
    here->out = in ? HEALTH_NONE : m->event;
}

static void read_one(struct handover *h, const struct journal_record *r)
{
    switch (r->kind) {
    case JOURNAL_KIND_RESUME:
        begin_execution(h);
        break;
    case JOURNAL_KIND_PLACEMENT:
        read_placement(h, r);
        break;
    case JOURNAL_KIND_PLACED:
        read_placed(h, &r->as.placed);
        break;
    case JOURNAL_KIND_ANSWER:
        read_answer(h, &r->as.answer);
        break;
    case JOURNAL_KIND_HEALTH:
        read_health(h, &r->as.health);
        break;
    case JOURNAL_KIND_REFERENCE:
        read_reference(h, &r->as.reference);
        break;
    default:
        break;
    }
}

static int read_journal(struct handover *h, const char *directory, struct err *e)
{
    char path[4096];
    struct journal_reader *reader = NULL;
    struct journal_record r;
    struct journal_line_info info;
    struct err damage = { 0 };
    enum journal_read got;
    snprintf(path, sizeof path, "%s/journal.yaml", directory);
    int status = journal_reader_open(path, &reader, e);
    if (status != 0)
        return status;
    journal_reader_ahead(reader, true);
    while ((got = journal_reader_next(reader, &r, &info, &damage)) != JOURNAL_READ_END) {
        if (got == JOURNAL_READ_RECORD)
            read_one(h, &r);
    }
    journal_reader_close(&reader);
    return h->placements.failed ? err_set(e, ERR_MEMORY, path, "out of memory") : 0;
}

/* ---- what is said ---- */

static void label(const struct speech *to, enum word word)
{
    static const enum word labels[] = {
        WORD_HANDOVER,           WORD_HANDOVER_DONE,    WORD_HANDOVER_LEFT,
        WORD_HANDOVER_SET_ASIDE, WORD_HANDOVER_PUT_OFF, WORD_HANDOVER_DOUBTFUL
    };
    speech_label(to, word, speech_width(to, labels, sizeof labels / sizeof *labels));
}

static void print_work(const struct speech *to, const struct handover *h, const struct station_state *state,
                       const struct plan_rest *rest)
{
    char hours[32];
    const struct placed_here *all = (const struct placed_here *)(const void *)h->placements.data;
    size_t cells = survey_cell_count(h->survey), decided = 0, left = 0, closed = 0, counted = 0;
    for (size_t i = 0; i < h->placements.length / sizeof *all; i++) {
        closed += all[i].closed;
        counted += all[i].counted;
    }
    for (size_t i = 0; i < cells; i++) {
        enum verdict v = plan_cell(state->plan, i)->verdict;
        left += v == VERDICT_NOT_PURSUED;
        decided += v != VERDICT_UNDECIDED && v != VERDICT_NOT_PURSUED;
    }
    snprintf(hours, sizeof hours, "%.1f", rest->hours);
    label(to, WORD_HANDOVER);
    speech_line(to, WORD_HANDOVER_OF, h->survey->id, SPEECH_NUMBER(state->session),
                SPEECH_NUMBER(h->survey->sessions), NULL);
    label(to, WORD_HANDOVER_DONE);
    speech_line(to, WORD_HANDOVER_DONE_HERE, SPEECH_NUMBER(closed), SPEECH_NUMBER(counted),
                SPEECH_NUMBER(state->placements), SPEECH_NUMBER(state->counted), SPEECH_NUMBER(decided),
                SPEECH_NUMBER(cells), NULL);
    if (left > 0) {
        label(to, WORD_HANDOVER_DONE);
        speech_line(to, WORD_HANDOVER_NOT_PURSUED, SPEECH_NUMBER(left), NULL);
    }
    label(to, WORD_HANDOVER_LEFT);
    speech_line(to, WORD_HANDOVER_LEFT_TO_DO, SPEECH_NUMBER(rest->placements), hours, NULL);
}

static void print_set_aside(const struct speech *to, const struct handover *h)
{
    struct phrase hold;
    size_t n = 0;
    for (size_t i = 0; i < h->survey->reader_count; i++) {
        const struct reader_here *r = &h->readers[i];
        if (!r->out)
            continue;
        n++;
        label(to, WORD_HANDOVER_SET_ASIDE);
        speech_line(to, WORD_HANDOVER_SET_ASIDE_READER, h->survey->readers[i].unit,
                    word_text(word_health(r->out), to->language),
                    phrase_said(&r->detail, to->language, &hold), NULL);
    }
    if (n == 0) {
        label(to, WORD_HANDOVER_SET_ASIDE);
        speech_line(to, WORD_HANDOVER_NONE, NULL);
    }
}

static void print_put_off(const struct speech *to, const struct handover *h, const struct plan_rest *rest)
{
    size_t n = 0;
    for (size_t i = 0; i < h->survey->pair_count; i++) {
        if (!h->put_off[i] || rest->by_pair[i] == 0)
            continue;
        n++;
        label(to, WORD_HANDOVER_PUT_OFF);
        speech_line(to,
                    h->put_off[i] == PUT_OFF_NEXT ? WORD_HANDOVER_PUT_OFF_NEXT : WORD_HANDOVER_PUT_OFF_LAST,
                    h->survey->pairs[i].name, NULL);
    }
    if (n == 0) {
        label(to, WORD_HANDOVER_PUT_OFF);
        speech_line(to, WORD_HANDOVER_NONE, NULL);
    }
}

static void print_doubt(const struct speech *to, const struct survey *s, const struct placed_here *p)
{
    struct phrase hold;
    const char *why = said_nothing(&p->reason) ? word_text(WORD_HANDOVER_COULD_HIDE, to->language)
                                               : phrase_said(&p->reason, to->language, &hold);
    speech_line(to, WORD_HANDOVER_DOUBT, SPEECH_NUMBER(p->line), s->pairs[p->pair].name,
                s->readers[p->reader].unit, s->conditions[p->condition].id, why, NULL);
}

static void print_doubtful(const struct speech *to, const struct handover *h,
                           const struct station_state *state, uint64_t limit)
{
    const struct placed_here *all = (const struct placed_here *)(const void *)h->placements.data;
    size_t count = h->placements.length / sizeof *all;
    uint64_t doubts = 0, told = 0;
    for (size_t i = 0; i < count; i++)
        doubts += all[i].doubtful;
    label(to, WORD_HANDOVER_DOUBTFUL);
    speech_line(to, WORD_HANDOVER_DOUBTFUL_COUNT, SPEECH_NUMBER(doubts), NULL);
    for (size_t i = 0; i < count && told < limit; i++) {
        if (all[i].doubtful) {
            print_doubt(to, h->survey, &all[i]);
            told++;
        }
    }
    if (doubts > told)
        speech_line(to, WORD_CMD_AND_MORE, SPEECH_NUMBER(doubts - told), NULL);
    for (size_t i = 0; i < h->survey->reader_count; i++) {
        const char *unit = h->survey->readers[i].unit;
        if (h->readers[i].taken_back > 0)
            speech_line(to, WORD_HANDOVER_TAKEN_BACK, SPEECH_NUMBER(h->readers[i].taken_back), unit, NULL);
        if (h->survey->reference.given && state->vouch[i].placements > 0)
            speech_line(to, WORD_HANDOVER_UNVOUCHED, SPEECH_NUMBER(state->vouch[i].placements), unit, NULL);
    }
}

int handover_print(const struct speech *to, const char *directory, uint64_t limit, struct err *e)
{
    struct survey *s = NULL;
    struct station_state state = { 0 };
    struct plan_rest rest = { 0 };
    struct handover h = { 0 };
    int status = station_load_run(directory, &s, e);
    if (status != 0)
        return status;
    h.survey = s;
    buf_init(&h.placements, SIZE_MAX / 2);
    h.put_off = calloc(s->pair_count, sizeof *h.put_off);
    status = h.put_off ? station_look(directory, s, true, &state, e)
                       : err_set(e, ERR_MEMORY, directory, "out of memory");
    if (status == 0)
        status = plan_rest(state.plan, &rest, e);
    if (status == 0)
        status = read_journal(&h, directory, e);
    if (status == 0) {
        print_work(to, &h, &state, &rest);
        print_set_aside(to, &h);
        print_put_off(to, &h, &rest);
        print_doubtful(to, &h, &state, limit);
    }
    free(h.put_off);
    buf_free(&h.placements);
    plan_rest_free(&rest);
    station_state_free(&state);
    survey_free(&s);
    return status;
}
