/* Gathering: what a rule will look at later, as counts and extremes of each kind of failure of each cell. */
#include "harness/causes/rules.h"

#include "harness/base/crc32c.h"
#include "harness/base/text.h"
#include "harness/card/apdu.h"
#include "harness/card/atr.h"
#include "harness/findings/tally.h"

#include <stdlib.h>
#include <string.h>

#define COMMAND_KEPT 64 /* bytes of a command that are parsed: header, lengths and short data */

static const uint8_t aid_host[] = { 0xA0, 0x00, 0x00, 0x04, 0x76, 0x41, 0x6E, 0x64,
                                    0x72, 0x6F, 0x69, 0x64, 0x48, 0x43, 0x45 }; /* "AndroidHCE" */
static const uint8_t get_cplc[] = { 0x80, 0xCA, 0x9F, 0x7F };

enum probe { PROBE_NONE = 0, PROBE_HOST, PROBE_ELEMENT };

struct causes_fold {
    const struct findings *f;
    struct causes_cell **cells;                /* of struct causes, which owns them */
    struct causes_identity *identities;        /* pair x condition */
    struct causes_probes *probes;              /* pair x condition x reader, as cells are numbered */
    uint8_t (*steps)[SCRIPT_STEPS_MAX];        /* enum probe of each step of each loaded script */
    unsigned technologies[SURVEY_READERS_MAX]; /* bits as in struct causes_identity */
    uint64_t answered[SURVEY_READERS_MAX];     /* line of the last `asked` of a reader that answered */
    uint8_t command[APDU_COMMAND_MAX];         /* scratch: too large for the stack */
};

/* ---- what the scripts send ---- */

/* The bytes of a template as far as they are known before it runs. */
static size_t known_bytes(const struct script *s, const struct script_template *t, uint8_t *out, size_t room)
{
    size_t length = 0;
    for (size_t i = 0; i < t->count; i++) {
        const struct script_piece *piece = &t->pieces[i];
        const struct script_variable *v = piece->variable ? &s->variables[piece->variable] : NULL;
        const uint8_t *bytes = v ? v->bytes : piece->bytes;
        size_t count = v ? v->length : piece->length;
        if (v && (v->number || !v->given))
            break;
        if (count > room - length)
            break;
        memcpy(out + length, bytes, count);
        length += count;
    }
    return length;
}

static enum probe probe_of(const struct script *s, const struct script_step *step)
{
    uint8_t bytes[COMMAND_KEPT];
    if (step->operation != SCRIPT_SEND)
        return PROBE_NONE;
    size_t length = known_bytes(s, &step->send, bytes, sizeof bytes);
    if (length >= 5 + sizeof aid_host && bytes[1] == 0xA4 && bytes[2] == 0x04 &&
        memcmp(bytes + 5, aid_host, sizeof aid_host) == 0)
        return PROBE_HOST;
    return length >= sizeof get_cplc && memcmp(bytes, get_cplc, sizeof get_cplc) == 0 ? PROBE_ELEMENT
                                                                                      : PROBE_NONE;
}

static void find_probes(struct causes_fold *o)
{
    const struct survey *s = o->f->survey;
    for (size_t i = 0; i < s->script_loaded_count; i++)
        for (size_t step = 0; step < s->scripts_loaded[i].step_count && step < SCRIPT_STEPS_MAX; step++)
            o->steps[i][step] = (uint8_t)probe_of(&s->scripts_loaded[i], &s->scripts_loaded[i].steps[step]);
}

/* ---- what the handset shows of itself ---- */

static bool given(const char *text)
{
    return text && text[0];
}

static void take_waiting_time(struct causes_identity *id, uint64_t us)
{
    if (us > 0 && us < id->fwt_us)
        id->fwt_us = us;
}

static void take_rates(struct causes_identity *id, unsigned code)
{
    if (code & 0x77) /* a bit for each higher rate and direction; bit 8 only ties the directions together */
        id->faster = true;
    else
        id->slow_only = true;
}

static bool hex_bytes(const char *text, uint8_t *out, size_t room, size_t *length)
{
    return text_to_bytes(text, strlen(text), out, room, length);
}

static void take_atqb(struct causes_identity *id, const char *text)
{
    uint8_t rest[8]; /* behind 50 and the identifier, which is not told: application data, protocol info */
    size_t length = 0;
    if (strlen(text) < 10 || !hex_bytes(text + 10, rest, sizeof rest, &length) || length < 7)
        return;
    take_rates(id, rest[4]);
    take_waiting_time(id, frame_waiting_time_us(rest[6] >> 4));
}

static void take_ats(struct causes_identity *id, const char *text)
{
    uint8_t bytes[256];
    size_t length = 0;
    struct ats_info ats;
    if (!answer_of_hex(text, bytes, sizeof bytes, &length))
        return;
    ats_decode(bytes, length, &ats);
    if (!ats.valid)
        return;
    take_rates(id, ats.has_ta ? ats.ta : 0);
    take_waiting_time(id, frame_waiting_time_us(ats.fwi));
}

/* An ATR alone never proves type B: it counts only where the record says B. */
static void take_atr(struct causes_identity *id, const char *text, bool type_b)
{
    uint8_t bytes[ATR_MAX];
    size_t length = 0;
    struct atr_info atr;
    if (!hex_bytes(text, bytes, sizeof bytes, &length))
        return;
    atr_decode(bytes, length, &atr);
    if (!atr.valid || !atr.contactless || !atr.consistent_with_b)
        return;
    uint64_t us = frame_waiting_time_us(atr.fwi_b);
    if (type_b) {
        take_rates(id, atr.historical[4]);
        take_waiting_time(id, us);
    } else if (us < id->atr_fwt_us) {
        id->atr_fwt_us = us;
    }
}

static void take_identity(struct causes_identity *id, const struct journal_transaction *t)
{
    if (t->fwt_us != UINT64_MAX)
        take_waiting_time(id, t->fwt_us);
    take_ats(id, journal_shown(t->ats));
    take_atqb(id, journal_shown(t->atqb));
    take_atr(id, journal_shown(t->atr), t->technology == TECHNOLOGY_B);
}

/* Only what was activated shows its technology. */
static void take_technology(struct causes_fold *o, const struct findings_cell *c, struct causes_identity *id,
                            const struct journal_transaction *t)
{
    unsigned bit = t->technology == TECHNOLOGY_NONE ? 0 : 1u << (t->technology - 1);
    id->technologies |= bit;
    o->technologies[c->reader] |= bit;
}

static void take_probes(const struct causes_fold *o, const struct findings_cell *c,
                        struct causes_probes *found, const struct journal_transaction *t)
{
    const uint8_t *steps = o->steps[o->f->survey->scripts[c->script].script];
    for (size_t i = 0; i < t->exchanges.count; i++) {
        const struct journal_exchange *x = &t->exchanges.items[i];
        if (x->step < 1 || x->step > SCRIPT_STEPS_MAX || !x->sw[0])
            continue;
        bool good = strcmp(x->sw, "9000") == 0;
        if (steps[x->step - 1] == PROBE_HOST) {
            found->host += good;
            found->no_host += !good;
        } else if (steps[x->step - 1] == PROBE_ELEMENT) {
            found->element += good;
            found->no_element += !good;
        }
    }
}

static void take_storage_card(struct causes_probes *found, const struct journal_transaction *t)
{
    uint8_t atr[ATR_MAX];
    size_t length = 0;
    struct storage_card card;
    if (!hex_bytes(journal_shown(t->atr), atr, sizeof atr, &length) ||
        !storage_card_of_atr(atr, length, &card))
        return;
    found->storage++;
    found->storage_card = card;
}

/* ---- failures ---- */

/* A failed transaction as it is looked at. */
struct failure {
    const struct journal_transaction *t;
    const struct script *script;
    enum stage stage;
    enum outcome outcome;
    unsigned step;
    const char *code;
    const struct journal_exchange *exchange; /* that failed; NULL: none, or it is not recorded */
    size_t index;                            /* of it */
};

static unsigned step_of(const struct failure *x)
{
    const char *name = x->t->step;
    if (x->exchange)
        return x->exchange->step <= SCRIPT_STEPS_MAX ? x->exchange->step : 0;
    for (size_t i = 0; given(name) && i < x->script->step_count; i++)
        if (x->script->steps[i].name && strcmp(x->script->steps[i].name, name) == 0)
            return (unsigned)i + 1;
    return 0;
}

/* The exchange that failed is the last one, unless its worker was killed in it before it was told. */
static void look_at(const struct causes_fold *o, const struct findings_cell *c,
                    const struct journal_transaction *t, enum outcome outcome, struct failure *x)
{
    const struct survey *s = o->f->survey;
    size_t count = t->exchanges.count;
    *x = (struct failure) { .t = t, .outcome = outcome };
    x->script = survey_script_loaded(s, c->script);
    x->stage = t->stage;
    if (x->stage >= STAGE_ROUTE && count > 0 &&
        (t->exchanges.items[count - 1].sw[0] == '\0' || !given(t->native))) {
        x->index = count - 1;
        x->exchange = &t->exchanges.items[x->index];
    }
    x->step = step_of(x);
    x->code = given(t->native) ? t->native : x->exchange && x->stage != STAGE_CHECK ? x->exchange->sw : "";
}

static struct causes_kind *find_kind(struct causes_cell *c, const struct failure *x)
{
    for (size_t i = 0; i < c->kind_count; i++) {
        struct causes_kind *k = &c->kinds[i];
        if (k->stage == x->stage && k->outcome == x->outcome && k->step == x->step &&
            k->recorded == x->t->causes && strncmp(k->code, x->code, sizeof k->code - 1) == 0)
            return k;
    }
    return NULL;
}

static int add_kind(struct causes_cell *c, const struct failure *x, struct causes_kind **out)
{
    struct causes_kind *more = realloc(c->kinds, (c->kind_count + 1) * sizeof *more);
    if (!more)
        return ERR_MEMORY;
    c->kinds = more;
    *out = &c->kinds[c->kind_count++];
    **out = (struct causes_kind) { .stage = x->stage,
                                   .outcome = x->outcome,
                                   .step = x->step,
                                   .recorded = x->t->causes,
                                   .least_us = CAUSES_NO_TIME,
                                   .most_us = CAUSES_NO_TIME,
                                   .answered = x->exchange && x->exchange->sw[0] };
    text_fit((*out)->code, sizeof(*out)->code, x->code);
    return 0;
}

static void take_time(struct causes_kind *k, const struct failure *x)
{
    uint64_t us = CAUSES_NO_TIME;
    uint32_t activation = x->t->stages.us[STAGE_ACTIVATE];
    if (x->exchange)
        us = x->exchange->us;
    else if ((x->stage == STAGE_DETECT || x->stage == STAGE_ACTIVATE) && activation != UINT32_MAX)
        us = activation;
    if (us == CAUSES_NO_TIME)
        return;
    k->timed++;
    if (k->least_us == CAUSES_NO_TIME || us < k->least_us)
        k->least_us = us;
    if (k->most_us == CAUSES_NO_TIME || us > k->most_us)
        k->most_us = us;
}

/* CLA FF is answered by the reader itself: the handset sees nothing of it. */
static bool reaches_handset(const struct script *s, unsigned step)
{
    if (step < 1 || step > s->step_count || s->steps[step - 1].send.count == 0)
        return true;
    const struct script_piece *piece = &s->steps[step - 1].send.pieces[0];
    return piece->variable != 0 || piece->length == 0 || piece->bytes[0] != 0xFF;
}

/* First since power-up: no exchange of this transaction lies between the last field reset and it. */
static void take_order(struct causes_kind *k, const struct failure *x)
{
    unsigned reset = 0;
    if (!x->exchange || x->step == 0)
        return;
    for (unsigned step = 1; step < x->step && step <= x->script->step_count; step++)
        if (x->script->steps[step - 1].operation == SCRIPT_FIELD_RESET)
            reset = step;
    for (size_t i = 0; i < x->index; i++)
        if (x->t->exchanges.items[i].step > reset &&
            reaches_handset(x->script, x->t->exchanges.items[i].step)) {
            k->later++;
            return;
        }
    k->first++;
}

/* A command with secrets tells no length. */
static bool parse_command(const char *hex, uint8_t *bytes, struct apdu *apdu, size_t *length)
{
    *length = 0;
    return hex && text_to_bytes(hex, strlen(hex), bytes, APDU_COMMAND_MAX, length) &&
           apdu_parse(bytes, *length, apdu);
}

static void take_sizes(struct causes_fold *o, struct causes_kind *k, const struct failure *x)
{
    const struct journal_bytes *all = &x->t->bytes;
    struct apdu apdu;
    size_t length;
    if (!x->exchange || all->count != x->t->exchanges.count)
        return;
    for (size_t i = 0; i < x->index; i++) {
        size_t digits = strlen(all->items[i].response);
        if (digits >= 4 && (digits - 4) / 2 > k->passed_most)
            k->passed_most = (uint32_t)((digits - 4) / 2);
    }
    if (!parse_command(all->items[x->index].command, o->command, &apdu, &length))
        return;
    uint32_t le = apdu.has_le ? apdu.le : 0;
    if (k->sized == 0 || le < k->le_least)
        k->le_least = le;
    if (le > k->le_most)
        k->le_most = le;
    if (length > k->command_most)
        k->command_most = (uint32_t)length;
    k->extended += apdu.extended;
    k->sized++;
}

static void take_answer(struct causes_kind *k, const struct failure *x)
{
    const struct journal_bytes *all = &x->t->bytes;
    if (x->stage != STAGE_CHECK || !x->exchange || all->count != x->t->exchanges.count)
        return;
    const char *hex = all->items[x->index].response;
    uint32_t crc = crc32c(0, hex, strlen(hex));
    if (k->hashed++ == 0)
        k->answer_crc = crc;
    else if (crc != k->answer_crc)
        k->answers_differ = true;
}

static void count_failure(struct causes_fold *o, struct causes_kind *k, const struct failure *x,
                          const struct findings_cell *c, uint64_t line)
{
    if (k->count < CAUSES_RECORDS_MAX)
        k->records[k->count] = line;
    k->count++;
    if (x->t->depth > k->depth)
        k->depth = x->t->depth;
    k->reader_answered += o->answered[c->reader] > x->t->placement;
    take_time(k, x);
    take_order(k, x);
    take_sizes(o, k, x);
    take_answer(k, x);
}

static int take_failure(struct causes_fold *o, const struct journal_record *r, const struct findings_cell *c,
                        enum outcome outcome)
{
    struct failure x;
    struct causes_cell **cell = &o->cells[r->as.transaction.cell];
    if (!*cell)
        *cell = calloc(1, sizeof **cell);
    if (!*cell)
        return ERR_MEMORY;
    look_at(o, c, &r->as.transaction, outcome, &x);
    struct causes_kind *k = find_kind(*cell, &x);
    if (!k && (*cell)->kind_count == CAUSES_KINDS_MAX) {
        (*cell)->untold++;
        return 0;
    }
    int code = k ? 0 : add_kind(*cell, &x, &k);
    if (code == 0)
        count_failure(o, k, &x, c, r->line);
    return code;
}

static struct causes_identity *identity_of(const struct causes_fold *o, const struct findings_cell *c)
{
    return &o->identities[(size_t)c->pair * o->f->survey->condition_count + c->condition];
}

static int hear_transaction(void *self, const struct journal_record *r, enum outcome outcome)
{
    struct causes_fold *o = ((struct causes *)self)->fold;
    const struct journal_transaction *t = &r->as.transaction;
    const struct findings_cell *c = &o->f->cells[t->cell];
    take_identity(identity_of(o, c), t);
    take_technology(o, c, identity_of(o, c), t);
    take_probes(o, c, &o->probes[t->cell / o->f->survey->script_count], t);
    take_storage_card(&o->probes[t->cell / o->f->survey->script_count], t);
    return outcome == OUTCOME_FAIL || outcome == OUTCOME_INVALID ? take_failure(o, r, c, outcome) : 0;
}

static void hear_health(void *self, const struct journal_record *r)
{
    struct causes_fold *o = ((struct causes *)self)->fold;
    const struct survey *s = o->f->survey;
    const struct journal_health *h = &r->as.health;
    if (h->event != HEALTH_ASKED || !said_is(h->detail, SAID_ANSWERS))
        return; /* one that answered only after it was plugged in again had hung */
    for (size_t i = 0; i < s->reader_count; i++)
        if (h->reader && strcmp(s->readers[i].unit, h->reader) == 0)
            o->answered[i] = r->line;
}

/* ---- after the verdicts ---- */

static int compare_kinds(const void *a, const void *b)
{
    const struct causes_kind *x = a, *y = b;
    if (x->count != y->count)
        return x->count < y->count ? 1 : -1;
    return x->records[0] < y->records[0] ? -1 : x->records[0] > y->records[0];
}

static bool explainable(const struct survey *s, const struct findings_cell *c)
{
    struct reader_model model;
    const struct survey_reader *unit = &s->readers[c->reader];
    reader_profile_model(&s->reader_profiles[unit->profile], &model);
    return strcmp(unit->driver, "pcsc") == 0 && model.ccid;
}

static int make_cell(struct causes_fold *o, size_t index, struct err *e)
{
    struct causes_cell *made = o->cells[index];
    const struct findings_cell *c = &o->f->cells[index];
    const struct survey *s = o->f->survey;
    qsort(made->kinds, made->kind_count, sizeof *made->kinds, compare_kinds);
    for (size_t i = 0; i < made->kind_count; i++) {
        struct causes_view view = { .f = o->f,
                                    .cell = c,
                                    .script = survey_script_loaded(s, c->script),
                                    .identity = identity_of(o, c),
                                    .probes = &o->probes[index / s->script_count],
                                    .reader_technologies = o->technologies[c->reader],
                                    .kind = &made->kinds[i] };
        int code = causes_narrow(&view, e);
        if (code)
            return code;
        made->narrowed |= made->kinds[i].narrowed;
        made->supported |= made->kinds[i].supported;
        if (made->kinds[i].depth > made->depth)
            made->depth = made->kinds[i].depth;
    }
    made->deeper = explainable(s, c);
    return 0;
}

/* Card or reader, in one condition and script. */
static int cross(struct causes_fold *o, size_t condition, size_t script, struct err *e)
{
    const struct survey *s = o->f->survey;
    struct attribution_slice slice;
    int code = attribution_slice_init(&slice, s->pair_count, s->reader_count, e);
    if (code)
        return code;
    for (size_t pair = 0; pair < s->pair_count; pair++)
        for (size_t reader = 0; reader < s->reader_count; reader++)
            slice.verdicts[pair * s->reader_count + reader] =
                o->f->cells[survey_cell(s, pair, condition, reader, script)].verdict;
    attribution_slice_sum(&slice);
    for (size_t pair = 0; pair < s->pair_count; pair++)
        for (size_t reader = 0; reader < s->reader_count; reader++) {
            struct causes_cell *c = o->cells[survey_cell(s, pair, condition, reader, script)];
            if (c)
                attribution_of(&slice, pair, reader, &c->attribution);
        }
    attribution_slice_free(&slice);
    return 0;
}

static int narrow_and_cross(struct causes_fold *o, struct err *e)
{
    const struct survey *s = o->f->survey;
    int code = 0;
    for (size_t i = 0; i < o->f->cell_count && code == 0; i++)
        if (o->cells[i])
            code = make_cell(o, i, e);
    for (size_t condition = 0; condition < s->condition_count && code == 0; condition++)
        for (size_t script = 0; script < s->script_count && code == 0; script++)
            code = cross(o, condition, script, e);
    return code;
}

/* ---- listening ---- */

static void fold_free(struct causes_fold **o)
{
    if (!*o)
        return;
    free((*o)->identities);
    free((*o)->probes);
    free((*o)->steps);
    free(*o);
    *o = NULL;
}

static int begin(void *self, const struct findings *f, struct err *e)
{
    struct causes *c = self;
    const struct survey *s = f->survey;
    size_t identities = s->pair_count * s->condition_count;
    struct causes_fold *o = c->fold = calloc(1, sizeof *o);
    c->f = f;
    c->cells = calloc(f->cell_count ? f->cell_count : 1, sizeof(struct causes_cell *));
    c->cell_count = f->cell_count;
    if (!o || !c->cells)
        return err_set(e, ERR_MEMORY, "journal.yaml", "out of memory");
    o->f = f;
    o->cells = c->cells;
    o->identities = calloc(identities ? identities : 1, sizeof *o->identities);
    o->probes = calloc(identities * s->reader_count + 1, sizeof *o->probes);
    o->steps = calloc(s->script_loaded_count ? s->script_loaded_count : 1, sizeof *o->steps);
    if (!o->identities || !o->probes || !o->steps)
        return err_set(e, ERR_MEMORY, "journal.yaml", "out of memory for %zu cells", f->cell_count);
    for (size_t i = 0; i < identities; i++)
        o->identities[i].fwt_us = o->identities[i].atr_fwt_us = CAUSES_NO_TIME;
    find_probes(o);
    return 0;
}

static int finish(void *self, struct err *e)
{
    struct causes *c = self;
    int code = narrow_and_cross(c->fold, e);
    fold_free(&c->fold);
    return code;
}

int causes_listen(struct causes **out, struct findings_listener *listener, struct err *e)
{
    struct causes *c = *out = calloc(1, sizeof *c);
    *listener = (struct findings_listener) { c, begin, hear_transaction, hear_health, finish };
    return c ? 0 : err_set(e, ERR_MEMORY, "journal.yaml", "out of memory");
}

static void cell_free(struct causes_cell **c)
{
    if (!*c)
        return;
    for (size_t i = 0; i < (*c)->kind_count; i++)
        free((*c)->kinds[i].evidence);
    free((*c)->kinds);
    free(*c);
    *c = NULL;
}

void causes_free(struct causes **c)
{
    if (!*c)
        return;
    for (size_t i = 0; (*c)->cells && i < (*c)->cell_count; i++)
        cell_free(&(*c)->cells[i]);
    fold_free(&(*c)->fold);
    free((*c)->cells);
    free(*c);
    *c = NULL;
}

/* ---- asked of all cells ---- */

static int by_failures(const void *left, const void *right, void *findings)
{
    const struct findings *f = findings;
    size_t a = *(const size_t *)left, b = *(const size_t *)right;
    uint64_t x = tally_failed(&f->cells[a]), y = tally_failed(&f->cells[b]);
    if (x != y)
        return x < y ? 1 : -1;
    return (a > b) - (a < b);
}

bool causes_failing(const struct causes *c, size_t **out, size_t *count)
{
    const struct findings *f = c->f;
    *count = 0;
    *out = calloc(f->cell_count ? f->cell_count : 1, sizeof **out);
    if (!*out)
        return false;
    for (size_t i = 0; i < f->cell_count; i++)
        if (c->cells[i] && f->cells[i].verdict != VERDICT_COMPATIBLE)
            (*out)[(*count)++] = i;
    qsort_r(*out, *count, sizeof **out, by_failures, (void *)(uintptr_t)f);
    return true;
}

static bool has_kind(const struct causes_cell *c, const struct findings_failure *failure)
{
    for (size_t k = 0; c && k < c->kind_count; k++)
        if (c->kinds[k].stage == failure->stage && c->kinds[k].outcome == failure->outcome &&
            c->kinds[k].recorded == failure->causes)
            return true;
    return false;
}

struct causes_answers causes_answers(const struct causes *c, const struct findings_failure *failure)
{
    struct causes_answers out = { { 0 } };
    for (size_t i = 0; i < c->cell_count; i++)
        if (has_kind(c->cells[i], failure))
            out.of[c->cells[i]->attribution.answer]++;
    return out;
}
