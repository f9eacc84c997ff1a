/*
 * The rules that narrow a set of candidate causes: each looks at one thing, removes what that excludes and
 * says what it saw. None removes a candidate because another one is likelier. All are asked, in any order the
 * same comes out.
 */
#include "harness/causes/rules.h"

#include "harness/base/text.h"
#include "harness/domain/status_word.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---- what a code stands for ---- */

#define FRAME_CAUSES                                                                                         \
    (CAUSE(7) | CAUSE(9) | CAUSE(10) | CAUSE(11) | CAUSE(12) | CAUSE(13) | CAUSE(14) | CAUSE(15))

/* A library's codes that several causes share, at a stage; one that isn't here stands for its record. */
static const struct {
    enum stage stage;
    const char *code;
    cause_set causes;
} shared_codes[] = {
    { STAGE_DETECT, "SCARD_E_NO_SMARTCARD", CAUSE(2) | CAUSE(3) | CAUSE(4) },
    { STAGE_DETECT, "SCARD_W_REMOVED_CARD", CAUSE(2) | CAUSE(3) | CAUSE(4) },
    { STAGE_DETECT, "SCARD_E_TIMEOUT", CAUSE(2) | CAUSE(3) | CAUSE(4) },
    { STAGE_ACTIVATE, "SCARD_W_UNRESPONSIVE_CARD", CAUSE(5) | CAUSE(6) | CAUSE(7) },
    { STAGE_ACTIVATE, "SCARD_W_UNPOWERED_CARD", CAUSE(5) | CAUSE(6) | CAUSE(7) },
    { STAGE_EXCHANGE, "SCARD_E_NOT_TRANSACTED", FRAME_CAUSES },
    { STAGE_EXCHANGE, "SCARD_E_COMM_DATA_LOST", FRAME_CAUSES },
    { STAGE_EXCHANGE, "SCARD_E_INSUFFICIENT_BUFFER", CAUSE(13) | CAUSE(14) },
    { STAGE_EXCHANGE, "SCARD_W_REMOVED_CARD", CAUSE(3) | CAUSE(16) },
    { STAGE_EXCHANGE, "SCARD_E_NO_SMARTCARD", CAUSE(3) | CAUSE(16) },
    { STAGE_EXCHANGE, NATIVE_DEADLINE_MISSED, CAUSE(10) | CAUSE(11) | CAUSE(31) },
};

static cause_set sharing(const struct causes_kind *k)
{
    for (size_t i = 0; i < sizeof shared_codes / sizeof *shared_codes; i++)
        if (shared_codes[i].stage == k->stage && strcmp(shared_codes[i].code, k->code) == 0)
            return shared_codes[i].causes | k->recorded;
    uint16_t sw;
    return k->recorded | (status_word_of_text(k->code, &sw) ? status_word_conditional(sw) : 0);
}

/* ---- what the rules leave ---- */

static struct said_number times(uint64_t us, uint64_t of_us)
{
    struct said_number n;
    snprintf(n.text, sizeof n.text, "%.1f", (double)us / (double)of_us);
    return n;
}

static void add_evidence(struct causes_view *v, const char *rule, enum causes_effect effect, cause_set causes,
                         struct said seen)
{
    struct causes_kind *k = v->kind;
    causes &= effect == CAUSES_REMOVED ? k->sharing : k->recorded;
    if (causes == 0 || v->failed)
        return;
    struct evidence *more = realloc(k->evidence, (k->evidence_count + 1) * sizeof *more);
    if (!more) {
        v->failed = true;
        return;
    }
    k->evidence = more;
    k->evidence[k->evidence_count++] = (struct evidence) { rule, effect, causes, seen };
    if (effect == CAUSES_REMOVED)
        v->removed |= causes;
    else if (effect == CAUSES_SUPPORTED)
        k->supported |= causes;
}

/* ---- rules about one kind of failure ---- */

static bool broke(const struct causes_kind *k)
{
    return !k->answered && k->stage == STAGE_EXCHANGE && k->timed == k->count && k->count > 0;
}

/* A waiting time that did not pass can't have run out. */
static void waiting_time(struct causes_view *v, const char *rule)
{
    const struct causes_kind *k = v->kind;
    uint64_t fwt = v->identity->fwt_us;
    if (!broke(k))
        return;
    if (fwt == CAUSES_NO_TIME && v->identity->atr_fwt_us != CAUSES_NO_TIME) {
        if (k->most_us < v->identity->atr_fwt_us)
            add_evidence(v, rule, CAUSES_NOTED, CAUSE(10),
                         SAY(SAID_FAILED_WITHIN_ATR, said_number(k->most_us).text,
                             said_number(v->identity->atr_fwt_us).text));
    } else if (fwt != CAUSES_NO_TIME && k->most_us < fwt) {
        add_evidence(v, rule, CAUSES_REMOVED, CAUSE(10),
                     SAY(SAID_FAILED_WITHIN, said_number(k->most_us).text, said_number(fwt).text));
    } else if (fwt != CAUSES_NO_TIME && k->least_us >= fwt) {
        add_evidence(v, rule, CAUSES_SUPPORTED, CAUSE(10) | CAUSE(11),
                     SAY(SAID_FAILED_AFTER, said_number(k->least_us).text, said_number(fwt).text,
                         times(k->least_us, fwt).text, times(k->most_us, fwt).text));
    }
}

/* Time extensions that nobody serves are waited for until the host's driver gives up. */
static void driver_timeout(struct causes_view *v, const char *rule)
{
    const struct causes_kind *k = v->kind;
    if (!broke(k) || (k->depth != DEPTH_PCSC && k->depth != DEPTH_CCID))
        return;
    if (k->most_us < CAUSES_DRIVER_TIMEOUT_US)
        add_evidence(v, rule, CAUSES_REMOVED, CAUSE(11),
                     SAY(SAID_FAILED_BEFORE_DRIVER, said_number(k->most_us).text));
    else if (k->least_us >= CAUSES_DRIVER_TIMEOUT_US && k->most_us < CAUSES_DRIVER_LATE_US)
        add_evidence(v, rule, CAUSES_SUPPORTED, CAUSE(10) | CAUSE(11),
                     SAY(SAID_DRIVER_GAVE_UP, said_number(k->least_us).text, said_number(k->most_us).text));
}

static void immediate_error(struct causes_view *v, const char *rule)
{
    const struct causes_kind *k = v->kind;
    if (broke(k) && k->most_us < CAUSES_IMMEDIATE_US)
        add_evidence(v, rule, CAUSES_SUPPORTED, CAUSE(9) | CAUSE(12) | CAUSE(15),
                     SAY(SAID_FAILED_AT_ONCE, said_number(k->most_us).text));
}

static void first_exchange(struct causes_view *v, const char *rule)
{
    const struct causes_kind *k = v->kind;
    if (k->stage != STAGE_ROUTE && k->stage != STAGE_EXCHANGE)
        return;
    if (k->later == k->count)
        add_evidence(v, rule, CAUSES_REMOVED, CAUSE(7) | CAUSE(24), said_alone(SAID_NEVER_FIRST));
    else if (k->first == k->count && v->script->typical_exchanges > 1)
        add_evidence(v, rule, CAUSES_SUPPORTED, CAUSE(7) | CAUSE(24), said_alone(SAID_ALWAYS_FIRST));
}

static void rates_offered(struct causes_view *v, const char *rule)
{
    const struct causes_identity *id = v->identity;
    if (id->slow_only && !id->faster)
        add_evidence(v, rule, CAUSES_REMOVED, CAUSE(7), said_alone(SAID_ONE_RATE));
}

static void payload(struct causes_view *v, const char *rule)
{
    const struct causes_kind *k = v->kind;
    if (k->sized == 0 || k->sized != k->count)
        return;
    uint32_t most = k->le_most > k->command_most ? k->le_most : k->command_most;
    if (most < 256)
        add_evidence(v, rule, CAUSES_REMOVED, CAUSE(14),
                     SAY(SAID_COMMANDS_BELOW_256, said_number(most).text));
    if (most <= CAUSES_FRAME_LEAST)
        add_evidence(v, rule, CAUSES_REMOVED, CAUSE(13),
                     SAY(SAID_COMMANDS_IN_A_FRAME, said_number(most).text));
    if (k->extended == 0)
        add_evidence(v, rule, CAUSES_REMOVED, CAUSE(15), said_alone(SAID_NONE_EXTENDED));
    if (k->answered && k->stage != STAGE_CHECK)
        return;
    if (k->le_least > k->passed_most && k->passed_most > 0 && k->le_least >= CAUSES_FRAME_GREATEST - 1)
        add_evidence(
            v, rule, CAUSES_SUPPORTED, CAUSE(13) | (k->le_least >= 256 ? CAUSE(14) : 0),
            SAY(SAID_FAILS_FROM_LENGTH, said_number(k->le_least).text, said_number(k->passed_most).text));
    if (k->extended == k->count)
        add_evidence(v, rule, CAUSES_SUPPORTED, CAUSE(15), said_alone(SAID_ALL_EXTENDED));
}

/* Libraries and drivers that stand between hide what the reader said; these hand on its own bytes. */
static void host_driver(struct causes_view *v, const char *rule)
{
    static const char *const direct[] = { "ccid", "nfc", "port100" };
    const char *driver = v->f->survey->readers[v->cell->reader].driver;
    for (size_t i = 0; i < sizeof direct / sizeof *direct; i++)
        if (driver && strcmp(driver, direct[i]) == 0)
            add_evidence(v, rule, CAUSES_REMOVED, CAUSE(29), SAY(SAID_NO_PCSC_DRIVER, driver));
}

static void reader_asked(struct causes_view *v, const char *rule)
{
    const struct causes_kind *k = v->kind;
    if (k->reader_answered == k->count && k->count > 0)
        add_evidence(v, rule, CAUSES_REMOVED, CAUSE(31), said_alone(SAID_READER_ANSWERED));
}

/* Three equal answers don't differ between repetitions. A check against an earlier answer tells nothing here.
 */
static void same_answer(struct causes_view *v, const char *rule)
{
    const struct causes_kind *k = v->kind;
    cause_set others = CAUSE(13) | CAUSE(14) | CAUSE(25);
    if ((k->recorded & others) == 0 || k->hashed != k->count || k->hashed < CAUSES_SAME_NEEDED)
        return;
    if (!k->answers_differ)
        add_evidence(v, rule, CAUSES_REMOVED, CAUSE(26), SAY(SAID_SAME_ANSWER, said_number(k->count).text));
    else
        add_evidence(v, rule, CAUSES_SUPPORTED, CAUSE(26), said_alone(SAID_ANSWERS_DIFFER));
}

static void probes(struct causes_view *v, const char *rule)
{
    const struct causes_probes *p = v->probes;
    const struct causes_kind *k = v->kind;
    if (k->stage != STAGE_ROUTE || !k->answered)
        return;
    if (p->host > 0)
        add_evidence(v, rule, CAUSES_SUPPORTED, CAUSE(18) | CAUSE(19) | CAUSE(20),
                     SAY(SAID_HOST_PROBE, said_number(p->host).text));
    else if (p->no_host > 0 && p->element > 0)
        add_evidence(v, rule, CAUSES_SUPPORTED, CAUSE(21) | CAUSE(24),
                     SAY(SAID_ELEMENT_PROBE, said_number(p->element).text));
}

/* Of a target that speaks no APDUs a PC/SC reader makes an ATR of its own, and answers what it is sent. */
static void storage_card(struct causes_view *v, const char *rule)
{
    const struct causes_probes *p = v->probes;
    if (v->kind->answered && p->storage > 0)
        add_evidence(v, rule, CAUSES_SUPPORTED, CAUSE(4),
                     SAY(SAID_STORAGE_CARD, said_number(p->storage).text, p->storage_card.name));
}

static const char *technology_names(unsigned bits)
{
    static const char *const names[] = { "", "A", "B", "A/B", "F", "A/F", "B/F", "A/B/F" };
    return names[bits & 7];
}

static void technology(struct causes_view *v, const char *rule)
{
    unsigned handset = v->identity->technologies, reader = v->reader_technologies;
    if (v->kind->stage == STAGE_DETECT && handset && reader && !(handset & reader))
        add_evidence(v, rule, CAUSES_SUPPORTED, CAUSE(4),
                     SAY(SAID_OTHER_TECHNOLOGY, technology_names(handset), technology_names(reader)));
}

/* ---- rules that compare with other cells ---- */

static const struct findings_cell *cell_at(const struct causes_view *v, size_t condition, size_t reader)
{
    const struct findings_cell *c = v->cell;
    return &v->f->cells[survey_cell(v->f->survey, c->pair, condition, reader, c->script)];
}

/* Both verdicts stand, or their bounds on P(dirty) do not overlap: nothing weaker is called a difference. */
static bool better(const struct findings_cell *there, const struct findings_cell *here)
{
    return (there->verdict == VERDICT_COMPATIBLE && here->verdict == VERDICT_INCOMPATIBLE) ||
           (there->n > 0 && here->n > 0 && there->upper < here->lower);
}

static bool same_text(const char *a, const char *b)
{
    return strcmp(a ? a : "", b ? b : "") == 0;
}

static bool same_position(const struct survey_condition *a, const struct survey_condition *b)
{
    return same_text(a->position, b->position) && a->x_mm == b->x_mm && a->y_mm == b->y_mm &&
           a->z_mm == b->z_mm;
}

static bool is_nearer(const struct survey_condition *there, const struct survey_condition *here)
{
    double off_there = there->x_mm * there->x_mm + there->y_mm * there->y_mm;
    double off_here = here->x_mm * here->x_mm + here->y_mm * here->y_mm;
    return off_there <= off_here && there->z_mm <= here->z_mm;
}

static void position(struct causes_view *v, const char *rule)
{
    char place[96];
    const struct survey *s = v->f->survey;
    const struct survey_condition *here = &s->conditions[v->cell->condition];
    for (size_t i = 0; i < s->condition_count; i++) {
        const struct survey_condition *there = &s->conditions[i];
        const struct findings_cell *other = cell_at(v, i, v->cell->reader);
        if (there->power_mode != here->power_mode || !same_text(there->handset_case, here->handset_case) ||
            same_position(there, here) || !is_nearer(there, here) || !better(other, v->cell))
            continue;
        snprintf(place, sizeof place, "%.0f, %.0f, %.0f", here->x_mm, here->y_mm, here->z_mm);
        add_evidence(v, rule, CAUSES_SUPPORTED, CAUSE(3) | CAUSE(9) | CAUSE(16),
                     SAY(SAID_BETTER_NEARER, said_number(v->cell->d).text, said_number(v->cell->n).text,
                         place, said_number(other->d).text, said_number(other->n).text, there->id));
        return;
    }
}

static void power_mode(struct causes_view *v, const char *rule)
{
    const struct survey *s = v->f->survey;
    const struct survey_condition *here = &s->conditions[v->cell->condition];
    if (here->power_mode == POWER_ON_UNLOCKED)
        return;
    for (size_t i = 0; i < s->condition_count; i++) {
        const struct survey_condition *there = &s->conditions[i];
        const struct findings_cell *other = cell_at(v, i, v->cell->reader);
        if (there->power_mode != POWER_ON_UNLOCKED || !same_position(there, here) ||
            !same_text(there->handset_case, here->handset_case) || !better(other, v->cell))
            continue;
        add_evidence(v, rule, CAUSES_SUPPORTED, CAUSE(2) | CAUSE(18) | CAUSE(21),
                     SAY(SAID_BETTER_IN_MODE, said_number(v->cell->d).text, said_number(v->cell->n).text,
                         power_mode_name(here->power_mode), said_number(other->d).text,
                         said_number(other->n).text, power_mode_name(there->power_mode)));
        return;
    }
}

struct reader_class {
    enum reader_level level;
    unsigned max_message;
};

static struct reader_class class_of(const struct survey *s, size_t reader)
{
    struct reader_model model;
    reader_profile_model(&s->reader_profiles[s->readers[reader].profile], &model);
    return (struct reader_class) { model.level, model.max_message };
}

/* How many readers with a verdict fail and pass with this handset: those that share the trait, and the
 * others. */
struct split {
    unsigned with_fail, with_pass, without_fail, without_pass;
};

static struct split split_by(const struct causes_view *v, bool (*has)(struct reader_class), size_t *known)
{
    const struct survey *s = v->f->survey;
    struct split n = { 0 };
    *known = 0;
    for (size_t reader = 0; reader < s->reader_count; reader++) {
        enum verdict verdict = cell_at(v, v->cell->condition, reader)->verdict;
        struct reader_class class = class_of(s, reader);
        bool fails = verdict == VERDICT_INCOMPATIBLE, passes = verdict == VERDICT_COMPATIBLE;
        if (class.level == READER_LEVEL_NONE || (!fails && !passes))
            continue;
        *known += 1;
        if (has(class)) {
            n.with_fail += fails;
            n.with_pass += passes;
        } else {
            n.without_fail += fails;
            n.without_pass += passes;
        }
    }
    return n;
}

static bool is_tpdu(struct reader_class c)
{
    return c.level == READER_LEVEL_TPDU;
}

static bool is_short(struct reader_class c)
{
    return c.level == READER_LEVEL_SHORT;
}

/* A response of 256 bytes with status word and header takes 268; extended ones are chained in less than that.
 */
static bool is_chaining(struct reader_class c)
{
    return c.level == READER_LEVEL_EXTENDED && c.max_message > 0 && c.max_message <= 271;
}

static void reader_class(struct causes_view *v, const char *rule)
{
    static const struct {
        bool (*has)(struct reader_class);
        cause_set causes;
        enum said_code seen;
    } traits[] = {
        { is_tpdu, CAUSE(12) | CAUSE(13), SAID_FAILS_ON_TPDU },
        { is_short, CAUSE(14) | CAUSE(15), SAID_FAILS_ON_SHORT },
        { is_chaining, CAUSE(13) | CAUSE(14) | CAUSE(15), SAID_FAILS_ON_CHAINING },
    };
    for (size_t i = 0; i < sizeof traits / sizeof *traits; i++) {
        size_t known;
        struct split n = split_by(v, traits[i].has, &known);
        if (!traits[i].has(class_of(v->f->survey, v->cell->reader)))
            continue;
        if (n.with_fail > 0 && n.with_pass == 0 && n.without_fail == 0 && n.without_pass > 0)
            add_evidence(v, rule, CAUSES_SUPPORTED, traits[i].causes,
                         SAY(traits[i].seen, said_number(known).text, said_number(n.with_fail).text,
                             said_number(n.without_pass).text));
    }
}

/* ---- the table ---- */

static const struct {
    const char *name;
    void (*ask)(struct causes_view *v, const char *rule);
} rules[] = {
    { "waiting-time", waiting_time },
    { "driver-timeout", driver_timeout },
    { "immediate-error", immediate_error },
    { "first-exchange", first_exchange },
    { "rates-offered", rates_offered },
    { "payload", payload },
    { "host-driver", host_driver },
    { "reader-asked", reader_asked },
    { "same-answer", same_answer },
    { "probes", probes },
    { "storage-card", storage_card },
    { "technology", technology },
    { "position", position },
    { "power-mode", power_mode },
    { "reader-class", reader_class },
};

/* What the driver's own look at each exchange left out, and no rule here explains. */
static void say_record(struct causes_view *v)
{
    const struct causes_kind *k = v->kind;
    cause_set left_out = k->sharing & ~k->recorded & ~v->removed;
    add_evidence(v, "record", CAUSES_REMOVED, left_out,
                 SAY(SAID_RECORD_LEAVES_OUT, k->code[0] ? k->code : "the code"));
}

int causes_narrow(struct causes_view *v, struct err *e)
{
    struct causes_kind *k = v->kind;
    k->sharing = sharing(k);
    for (size_t i = 0; i < sizeof rules / sizeof *rules; i++)
        rules[i].ask(v, rules[i].name);
    say_record(v);
    k->narrowed = k->recorded & ~v->removed;
    k->contradiction = k->recorded != 0 && k->narrowed == 0;
    if (k->contradiction)
        k->narrowed = k->recorded;
    k->supported &= k->narrowed;
    return v->failed ? err_set(e, ERR_MEMORY, "journal.yaml", "out of memory") : 0;
}

const char *causes_rule_name(size_t index)
{
    size_t count = sizeof rules / sizeof *rules;
    return index < count ? rules[index].name : index == count ? "record" : NULL;
}
