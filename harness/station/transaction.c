#include "harness/station/transaction.h"

#include "drivers/secure.h"
#include "harness/station/play.h"

#include "harness/base/clock.h"
#include "harness/base/crc32c.h"
#include "harness/base/text.h"
#include "harness/card/apdu.h"
#include "harness/card/atr.h"

#include <openssl/evp.h>

#include <stdio.h>
#include <string.h>

void play_tell_before(const struct play *p, enum stage stage, uint32_t deadline_ms)
{
    if (p->watch && p->watch->before)
        p->watch->before(p->watch->context, stage, deadline_ms);
}

void play_tell_after(const struct play *p)
{
    if (p->watch && p->watch->after)
        p->watch->after(p->watch->context);
}

int play_end(struct play *p, enum outcome outcome, enum stage stage, cause_set causes, struct said detail)
{
    struct trial_report *out = p->out;
    out->outcome = outcome;
    out->stage = stage;
    out->causes = causes;
    if (out->depth == DEPTH_NONE)
        out->depth = DEPTH_PCSC;
    out->detail = said_flat(&detail);
    return -1;
}

/* A driver's failure as the transaction's end. */
int play_end_fault(struct play *p, enum stage stage, const struct driver_fault *fault, int status,
                   const struct err *e)
{
    struct trial_report *out = p->out;
    trial_report_fault(out, fault, stage, 0, e->text);
    out->timed_out = status == ERR_TIMEOUT && stage == STAGE_EXCHANGE;
    out->gone = status == ERR_NO_TARGET;
    p->refused = status == ERR_REFUSED;
    if (status == ERR_REFUSED || status == ERR_UNSUPPORTED)
        out->outcome = status == ERR_REFUSED ? OUTCOME_INVALID : OUTCOME_NOT_APPLICABLE;
    return -1;
}

static int activate_target(struct play *p)
{
    struct driver_fault fault;
    struct err e = { 0 };
    uint64_t before = driver_now_ns(p->reader);
    play_tell_before(p, STAGE_ACTIVATE, p->setup->deadline_ms);
    int status = driver_activate(p->reader, p->target, &fault, &e);
    play_tell_after(p);
    uint64_t after = driver_now_ns(p->reader);
    p->out->ended_ns = after;
    trial_report_add_us(p->out, STAGE_ACTIVATE, (after - before) / 1000);
    p->first_exchange = true;
    p->read_before = false;
    p->conflict = false;
    if (status != 0)
        return play_end_fault(p, STAGE_ACTIVATE, &fault, status, &e);
    return p->proving ? play_prove(p) : 0;
}

static void fill_builtin(struct play *p, enum script_builtin which, const void *bytes, size_t length)
{
    struct script_variable *v = &p->variables[which];
    v->number = false;
    v->given = true;
    v->length = length < sizeof v->bytes ? length : sizeof v->bytes;
    memcpy(v->bytes, bytes, v->length);
}

/* SHA-256 of the unit's name, when a script first asks for it: few do. */
static void fill_handset(struct play *p)
{
    uint8_t digest[32];
    const char *unit = p->setup->handset;
    if (unit && EVP_Digest(unit, strlen(unit), digest, NULL, EVP_sha256(), NULL) == 1)
        fill_builtin(p, SCRIPT_VARIABLE_HANDSET, digest, sizeof digest);
}

/* Appends a piece to the command; false when it does not fit or a variable has no value. */
static bool add_piece(struct play *p, const struct script_piece *piece)
{
    const struct script_variable *v = &p->variables[piece->variable];
    const uint8_t *bytes = piece->bytes;
    size_t length = piece->length;
    uint8_t number[8];
    if (piece->variable == SCRIPT_VARIABLE_HANDSET && !v->given)
        fill_handset(p);
    if (piece->variable && !v->given)
        return false;
    if (piece->variable && v->number) {
        if (length == 0 || length > sizeof number)
            return false;
        for (size_t i = 0; i < length; i++)
            number[i] = (uint8_t)(v->value >> 8 * (length - 1 - i));
        bytes = number;
    } else if (piece->variable) {
        bytes = v->bytes;
        length = v->length;
    }
    if (length > sizeof p->command - p->command_length)
        return false;
    if (v->secret && piece->variable && p->clear > p->command_length)
        p->clear = p->command_length;
    memcpy(p->command + p->command_length, bytes, length);
    p->command_length += length;
    return true;
}

bool play_build(struct play *p, const struct script_template *t)
{
    p->command_length = 0;
    p->clear = SIZE_MAX;
    for (size_t i = 0; i < t->count; i++) {
        if (!add_piece(p, &t->pieces[i]))
            return false;
    }
    return true;
}

int64_t play_quantity(const struct play *p, const struct script_quantity *q)
{
    return q->constant + (q->variable ? (int64_t)p->variables[q->variable].value : 0);
}

static uint32_t exchange_deadline_ms(const struct play *p)
{
    uint64_t wtx = p->target->fwt_us * TRANSACTION_WTX_ALLOWANCE / 1000;
    uint64_t ms = p->setup->deadline_ms;
    if (wtx > ms)
        ms = wtx;
    if (p->setup->time_limit_ms > ms)
        ms = p->setup->time_limit_ms;
    return (uint32_t)ms;
}

static void tell_exchange(struct play *p, unsigned number, const struct driver_exchange *x,
                          const struct guard *before, uint16_t sw)
{
    struct transaction_exchange seen = { .step = number,
                                         .us = (x->ended_ns - x->started_ns) / 1000,
                                         .sw = sw,
                                         .command = p->command,
                                         .command_length = p->command_length,
                                         .response = p->response,
                                         .response_length = x->response_length,
                                         .before = *before,
                                         .identifiers = &x->identifiers,
                                         .clear = p->clear };
    p->out->exchanges++;
    if (p->watch && p->watch->exchange)
        p->watch->exchange(p->watch->context, &seen);
}

static bool is_among(const struct script_words *words, uint16_t sw)
{
    for (size_t i = 0; i < words->count; i++) {
        if ((sw & words->items[i].mask) == words->items[i].value)
            return true;
    }
    return words->count == 0;
}

/* A length that an earlier answer gave: where that was wrong, the card refuses what is made of it (F26). */
static bool reads_told_length(const struct play *p, const struct script_step *step)
{
    return step->loop == SCRIPT_LOOP_READ && step->times.variable != 0 &&
           !p->setup->script->variables[step->times.variable].given;
}

/* The candidates of a status word, with those that only the command behind it or the target adds. */
static cause_set causes_of_answer(const struct play *p, const struct script_step *step, uint16_t sw,
                                  bool first)
{
    struct apdu apdu = { 0 };
    struct storage_card card;
    (void)apdu_parse(p->command, p->command_length, &apdu);
    struct status_word_asked asked = { .place = apdu_place(p->command, p->command_length, p->read_before),
                                       .first = first,
                                       .empty = p->data_length == 0,
                                       .long_le = apdu.has_le && apdu.le >= 256,
                                       .extended = apdu.extended };
    cause_set causes = status_word_causes(sw, &asked);
    if ((causes & CAUSE(23)) && reads_told_length(p, step))
        causes |= CAUSE(26);
    if (causes && storage_card_of_atr(p->target->atr, p->target->atr_length, &card))
        causes |= CAUSE(4); /* the reader answers for a target that speaks no APDUs */
    return causes;
}

/* Sends what stands in p->command and judges transport and status word. */
static int exchange_command(struct play *p, const struct script_step *step, unsigned number)
{
    struct driver_fault fault;
    struct err e = { 0 };
    struct guard before = p->reader->guard;
    struct driver_exchange x = { .command = p->command,
                                 .command_length = p->command_length,
                                 .response = p->response,
                                 .response_capacity = sizeof p->response,
                                 .deadline_ms = exchange_deadline_ms(p) };
    play_tell_before(p, STAGE_EXCHANGE, x.deadline_ms);
    int status = driver_exchange(p->reader, &x, &fault, &e);
    play_tell_after(p);
    if (status == ERR_REFUSED || status == ERR_UNSUPPORTED)
        return play_end_fault(p, step->stage, &fault, status, &e);
    bool first = p->first_exchange;
    uint16_t sw = status == 0 ? apdu_status_word(p->response, x.response_length) : 0;
    p->first_exchange = first && p->command[0] == 0xFF; /* which the reader answers itself */
    p->out->ended_ns = x.ended_ns;
    trial_report_add_us(p->out, step->stage, (x.ended_ns - x.started_ns) / 1000);
    tell_exchange(p, number, &x, &before, sw);
    if (status != 0) {
        if (p->conflict && (fault.causes & (CAUSE(9) | CAUSE(10))))
            fault.causes |= CAUSE(20); /* a phone that asks its user falls silent until it is tapped again */
        return play_end_fault(p, STAGE_EXCHANGE, &fault, status, &e);
    }
    p->conflict = p->conflict || (step->stage == STAGE_ROUTE && sw == 0x6985);
    if (x.response_length < 2)
        return play_end(p, OUTCOME_FAIL, STAGE_EXCHANGE, CAUSE(9) | CAUSE(13),
                        said_alone(SAID_NO_STATUS_WORD));
    p->data_length = x.response_length - 2;
    p->answered[number - 1] = sw;
    identifiers_add_text(p->out->identifiers, sizeof p->out->identifiers, &x.identifiers);
    p->secret = guard_answer_is_secret(&before, p->command, p->command_length);
    bool expected = is_among(&step->expect, sw);
    play_note_tries(p, &before, expected);
    if (!expected) {
        char hex[8];
        cause_set causes = causes_of_answer(p, step, sw, first);
        snprintf(hex, sizeof hex, "%04X", sw);
        return play_end(p, cause_outcome(causes) == OUTCOME_INVALID ? OUTCOME_INVALID : OUTCOME_FAIL,
                        step->stage, causes, SAY(SAID_STATUS_WORD, hex, status_word_text(sw)));
    }
    p->read_before = p->data_length > 0 && apdu_place(p->command, p->command_length, false) == AT_READ;
    return 0;
}

/* Fills p->command from a check's template as a scratch area: the command was sent already. */
static bool data_begin_with(struct play *p, const struct script_template *t, bool all)
{
    return play_build(p, t) && p->data_length >= p->command_length &&
           (!all || p->data_length == p->command_length) &&
           memcmp(p->response, p->command, p->command_length) == 0;
}

/* Labels that exist: what came is another target's. A stranger's may as well be ours with wrong bytes in
 * it. */
static bool is_known_token(const char *seen)
{
    static const char *const labels[] = { CARD_TOKEN_LABEL, "JPKIAPGPSETOKEN", "JPKIAPIOSTOKEN" };
    for (size_t i = 0; i < sizeof labels / sizeof *labels; i++) {
        if (strncmp(seen, labels[i], strlen(labels[i])) == 0)
            return true;
    }
    return false;
}

static int check_token(struct play *p)
{
    const char *label = p->setup->token_label;
    size_t length = strlen(label);
    if (p->data_length >= sizeof VIRTUAL_TOKEN_LABEL - 1 &&
        memcmp(p->response, VIRTUAL_TOKEN_LABEL, sizeof VIRTUAL_TOKEN_LABEL - 1) == 0)
        p->out->virtual_token = 1;
    if (length > 0 && p->data_length >= length && memcmp(p->response, label, length) == 0)
        return 0;
    if (length == 0)
        return 0; /* nothing is known to compare with: the survey names no label for this sim */
    char seen[33] = "";
    size_t n = p->secret ? 0 : p->data_length < 32 ? p->data_length : 32;
    for (size_t i = 0; i < n; i++)
        seen[i] = p->response[i] >= 0x20 && p->response[i] < 0x7f ? (char)p->response[i] : '.';
    bool outside = strncmp(seen, CARD_TOKEN_LABEL, sizeof CARD_TOKEN_LABEL - 1) == 0;
    return play_end(p, outside ? OUTCOME_INVALID : OUTCOME_FAIL, STAGE_CHECK,
                    is_known_token(seen) ? CAUSE(25) : CAUSE(25) | CAUSE(26),
                    SAY(outside ? SAID_WRONG_TOKEN_OUTSIDE : SAID_WRONG_TOKEN, seen));
}

static int check_one(struct play *p, const struct script_check *c)
{
    char expected[24];
    switch (c->kind) {
    case SCRIPT_CHECK_LENGTH:
        if ((int64_t)p->data_length == play_quantity(p, &c->quantity))
            return 0;
        if (p->variables[c->quantity.variable].secret)
            return play_end(p, OUTCOME_FAIL, STAGE_CHECK, CAUSE(13) | CAUSE(14) | CAUSE(26),
                            said_alone(SAID_DATA_UNEXPECTED));
        snprintf(expected, sizeof expected, "%lld", (long long)play_quantity(p, &c->quantity));
        return play_end(p, OUTCOME_FAIL, STAGE_CHECK, CAUSE(13) | CAUSE(14) | CAUSE(26),
                        SAY(SAID_DATA_LENGTH, said_number(p->data_length).text, expected));
    case SCRIPT_CHECK_EQUALS:
        return data_begin_with(p, &c->template, true)
                   ? 0
                   : play_end(p, OUTCOME_FAIL, STAGE_CHECK, CAUSE(26), said_alone(SAID_DATA_UNEXPECTED));
    case SCRIPT_CHECK_STARTS:
        return data_begin_with(p, &c->template, false) ? 0
                                                       : play_end(p, OUTCOME_FAIL, STAGE_CHECK, CAUSE(26),
                                                                  said_alone(SAID_DATA_BEGIN_UNEXPECTED));
    case SCRIPT_CHECK_TOKEN:
        return check_token(p);
    default:
        return 0; /* SAME is judged at the end of the step, over all its exchanges */
    }
}

static int capture_one(struct play *p, const struct script_capture *c)
{
    struct script_variable *v = &p->variables[c->variable];
    size_t length = c->length;
    if (length == 0)
        length = p->data_length > c->offset ? p->data_length - c->offset : 0;
    if (c->offset > p->data_length || length > p->data_length - c->offset || length > SCRIPT_BYTES_MAX ||
        (c->number && length > 8))
        return play_end(p, OUTCOME_FAIL, STAGE_CHECK, CAUSE(13) | CAUSE(26),
                        said_alone(SAID_ANSWER_TOO_SHORT));
    v->number = c->number;
    v->given = true;
    v->secret = p->secret;
    if (!c->number) {
        memcpy(v->bytes, p->response + c->offset, length);
        v->length = length;
        return 0;
    }
    v->value = 0;
    for (size_t i = 0; i < length; i++)
        v->value = v->value << 8 | p->response[c->offset + i];
    v->value += (uint64_t)c->add;
    return 0;
}

static int send_once(struct play *p, const struct script_step *step, unsigned number)
{
    if (!play_build(p, &step->send))
        return play_end(p, OUTCOME_INVALID, step->stage, CAUSE(29), said_alone(SAID_COMMAND_NOT_BUILT));
    if (exchange_command(p, step, number) != 0)
        return -1;
    p->crc = crc32c(p->crc, p->response, p->data_length);
    p->step_length += p->data_length;
    for (size_t i = 0; i < step->check_count; i++) {
        if (check_one(p, &step->checks[i]) != 0)
            return -1;
    }
    for (size_t i = 0; i < step->capture_count; i++) {
        if (capture_one(p, &step->captures[i]) != 0)
            return -1;
    }
    return 0;
}

static void set_number(struct play *p, unsigned variable, uint64_t value, bool secret)
{
    p->variables[variable].number = true;
    p->variables[variable].secret = secret;
    p->variables[variable].given = true;
    p->variables[variable].value = value;
}

/* Adds what was read at this offset; the whole is secret if any part of it is. False: more than a variable holds. */
static bool keep(struct script_variable *v, size_t offset, const uint8_t *bytes, size_t length, bool secret)
{
    if (offset + length > sizeof v->bytes)
        return false;
    memcpy(v->bytes + offset, bytes, length);
    v->length = offset + length;
    v->secret = secret || (offset > 0 && v->secret);
    v->given = true;
    return true;
}

/* Reads `total` bytes in chunks; {offset} and {le} are set for each. A chunk that gives nothing is a
 * failure. */
static int read_all(struct play *p, const struct script_step *step, unsigned number, int64_t total)
{
    if (total < 0 || total > 0x8000) /* READ BINARY reaches 15 bits of offset */
        return play_end(p, OUTCOME_FAIL, STAGE_CHECK, CAUSE(26), said_alone(SAID_LENGTH_OUT_OF_RANGE));
    for (int64_t offset = 0; offset < total;) {
        uint64_t le = (uint64_t)(total - offset) < step->chunk ? (uint64_t)(total - offset) : step->chunk;
        set_number(p, SCRIPT_VARIABLE_OFFSET, (uint64_t)offset, false);
        set_number(p, SCRIPT_VARIABLE_LE, le, p->variables[step->times.variable].secret);
        if (send_once(p, step, number) != 0)
            return -1;
        if (p->data_length != le)
            return play_end(p, OUTCOME_FAIL, STAGE_CHECK, CAUSE(13) | CAUSE(14) | CAUSE(26),
                            SAY(SAID_DATA_AT_OFFSET, said_number(p->data_length).text,
                                said_number((uint64_t)offset).text, said_number(le).text));
        if (step->whole &&
            !keep(&p->variables[step->whole], (size_t)offset, p->response, p->data_length, p->secret))
            return play_end(p, OUTCOME_FAIL, STAGE_CHECK, CAUSE(26), said_alone(SAID_LENGTH_OUT_OF_RANGE));
        offset += (int64_t)le;
    }
    return 0;
}

/* Writes it in chunks; {offset}, {part} and {part_length} are set for each. */
static int write_all(struct play *p, const struct script_step *step, unsigned number)
{
    static uint8_t all[SCRIPT_BYTES_MAX];
    struct script_variable *part = &p->variables[SCRIPT_VARIABLE_PART];
    if (!play_build(p, &step->written) || p->command_length > sizeof all)
        return play_end(p, OUTCOME_INVALID, step->stage, CAUSE(29), said_alone(SAID_COMMAND_NOT_BUILT));
    size_t total = p->command_length;
    bool secret = p->clear != SIZE_MAX;
    memcpy(all, p->command, total);
    for (size_t offset = 0; offset < total; offset += part->length) {
        part->length = total - offset < step->chunk ? total - offset : step->chunk;
        memcpy(part->bytes, all + offset, part->length);
        part->given = true;
        part->secret = secret;
        set_number(p, SCRIPT_VARIABLE_OFFSET, offset, false);
        set_number(p, SCRIPT_VARIABLE_PART_LENGTH, part->length, false);
        if (send_once(p, step, number) != 0)
            return -1;
    }
    return 0;
}

static int send_step(struct play *p, const struct script_step *step, unsigned number)
{
    int64_t times = 1;
    switch (step->loop) {
    case SCRIPT_LOOP_READ:
        return read_all(p, step, number, play_quantity(p, &step->times));
    case SCRIPT_LOOP_WRITE:
        return write_all(p, step, number);
    case SCRIPT_LOOP_VALUES:
        for (size_t i = 0; i < step->value_count; i++) {
            set_number(p, SCRIPT_VARIABLE_VALUE, step->values[i], false);
            if (send_once(p, step, number) != 0)
                return -1;
        }
        return 0;
    case SCRIPT_LOOP_TIMES:
        times = play_quantity(p, &step->times);
        break;
    default:
        break;
    }
    for (int64_t i = 0; i < times; i++) {
        if (send_once(p, step, number) != 0)
            return -1;
    }
    return 0;
}

static int compare_with_before(struct play *p, const struct script_step *step, unsigned number)
{
    struct transaction_memory *memory = p->setup->memory;
    for (size_t i = 0; i < step->check_count && memory; i++) {
        if (step->checks[i].kind != SCRIPT_CHECK_SAME)
            continue;
        if (memory->step[number - 1].set &&
            (memory->step[number - 1].crc != p->crc || memory->step[number - 1].length != p->step_length))
            return play_end(p, OUTCOME_FAIL, STAGE_CHECK, CAUSE(26), said_alone(SAID_DATA_CHANGED));
        memory->step[number - 1].set = true;
        memory->step[number - 1].crc = p->crc;
        memory->step[number - 1].length = p->step_length;
    }
    return 0;
}

static int field_reset(struct play *p)
{
    struct driver_fault fault;
    struct err e = { 0 };
    play_tell_before(p, STAGE_ACTIVATE, p->setup->deadline_ms);
    int status = driver_field_off(p->reader, &fault, &e);
    play_tell_after(p);
    if (status != 0)
        return play_end_fault(p, STAGE_ACTIVATE, &fault, status, &e);
    return activate_target(p);
}

void transaction_pause(struct driver_reader *r, uint32_t ms)
{
    if (r->ops->capabilities & DRIVER_VIRTUAL_CLOCK)
        driver_advance(r, driver_now_ns(r) + (uint64_t)ms * 1000000);
    else
        clock_sleep_ms(ms);
}

/* What the host does by itself is timed, and taken out of the transaction's time. */
static int apart(struct play *p, const struct script_step *step,
                 int (*run)(struct play *p, const struct script_step *step))
{
    uint64_t before = driver_now_ns(p->reader);
    int status = run(p, step);
    p->out->apart_ns += driver_now_ns(p->reader) - before;
    return status;
}

static int run_step(struct play *p, const struct script_step *step, unsigned number)
{
    p->crc = 0;
    p->step_length = 0;
    p->out->step = number;
    if (step->needs_extended && !p->setup->extended) {
        p->out->skipped_steps++;
        return 0;
    }
    if (step->when.step && (p->answered[step->when.step - 1] == 0 ||
                            !is_among(&step->when.words, p->answered[step->when.step - 1])))
        return 0;
    switch (step->operation) {
    case SCRIPT_FIELD_RESET:
        return field_reset(p);
    case SCRIPT_PAUSE:
        transaction_pause(p->reader, step->pause_ms);
        return 0;
    case SCRIPT_COMPUTE:
        return apart(p, step, play_compute);
    case SCRIPT_CERTIFY:
        return apart(p, step, play_certify);
    case SCRIPT_VERIFY:
        return apart(p, step, play_verify);
    case SCRIPT_COMPARE:
        return apart(p, step, play_compare);
    case SCRIPT_ENTER:
        return apart(p, step, play_enter);
    case SCRIPT_SECURE:
        return play_secure(p, step, number);
    case SCRIPT_SECURE_END:
        driver_secure_end(p->reader);
        return 0;
    case SCRIPT_NONE:
    case SCRIPT_SEND:
        break;
    }
    if (send_step(p, step, number) != 0)
        return -1;
    return compare_with_before(p, step, number);
}

/* Without the bytes that it does not have: most have few, or none yet. */
static void copy_variable(struct script_variable *to, const struct script_variable *from)
{
    to->name = from->name;
    to->number = from->number;
    to->value = from->value;
    to->given = from->given;
    to->changes = from->changes;
    to->secret = from->secret;
    to->length = from->length;
    memcpy(to->bytes, from->bytes, from->length);
}

static void fill_variables(struct play *p)
{
    const struct script *s = p->setup->script;
    for (size_t i = 0; i < s->variable_count && i < sizeof p->variables / sizeof *p->variables; i++)
        copy_variable(&p->variables[i], &s->variables[i]);
    fill_builtin(p, SCRIPT_VARIABLE_SIM_TOKEN, p->setup->token_label, strlen(p->setup->token_label));
}

/* From a field reset. */
static int play_steps(struct play *p, size_t from, size_t behind)
{
    p->secret = false;
    memset(p->answered, 0, sizeof p->answered);
    fill_variables(p);
    p->out->started_ns = p->out->ended_ns = driver_now_ns(p->reader);
    int status = activate_target(p);
    for (size_t i = from; status == 0 && i < behind; i++)
        status = run_step(p, &p->setup->script->steps[i], (unsigned)i + 1);
    return status;
}

static void lift_field(struct play *p)
{
    struct driver_fault fault;
    play_tell_before(p, STAGE_EXCHANGE, p->setup->deadline_ms);
    if (driver_field_off(p->reader, &fault, NULL) != 0 && fault.reader_lost)
        p->out->reader_lost = 1;
    play_tell_after(p);
}

/* What the transaction left behind is put right, or not: told beside how it ended, never in place of it. */
static void recover(struct play *p)
{
    struct trial_report *out = p->out, second;
    struct driver_target target;
    const struct script *s = p->setup->script;
    lift_field(p);
    if (out->reader_lost)
        return;
    play_forget_pins(p); /* its variables begin anew */
    trial_report_init(&second);
    memset(&target, 0, sizeof target);
    p->out = &second;
    p->target = &target;
    int status = play_steps(p, s->recovers_by_itself ? 0 : s->recover_from - 1, s->step_count);
    p->out = out;
    out->recovery = status == 0 ? RECOVERY_DONE : RECOVERY_FAILED;
    out->recover_us = (second.ended_ns - second.started_ns - second.apart_ns) / 1000;
    out->exchanges += second.exchanges;
    out->reader_lost |= second.reader_lost;
}

void transaction_run(struct driver_reader *r, const struct transaction_setup *setup,
                     const struct trial_watch *watch, struct trial_report *out, struct driver_target *target)
{
    static struct play p; /* one transaction at a time in a process; too large for the stack */
    const struct script *s = setup->script;
    trial_report_init(out);
    memset(target, 0, sizeof *target);
    p.reader = r;
    p.setup = setup;
    p.watch = watch;
    p.out = out;
    p.target = target;
    p.refused = p.counted = p.tried = false;
    play_find_proof(&p);
    int status = play_steps(&p, 0, script_planned_steps(s));
    if (!out->reader_lost)
        play_count_tries(&p);
    if (out->tries_fell)
        status = -1;
    if (status == 0) {
        out->outcome = OUTCOME_OK;
        out->slow =
            out->ended_ns - out->started_ns - out->apart_ns > (uint64_t)setup->time_limit_ms * 1000000;
    } else if ((s->recover_from || s->recovers_by_itself) && !p.refused && !out->reader_lost) {
        recover(&p);
    }
    play_forget_pins(&p);
    if (!out->reader_lost)
        lift_field(&p);
}
