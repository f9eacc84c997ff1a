/*
 * Which steps of a script the guard will refuse, found without a card: each step is looked at behind those that must
 * have run before it, answered as it takes them to have been. What only an answer tells is not known here, and nothing
 * is said of it.
 */
#include "harness/survey/load.h"

#include "harness/card/apdu.h"
#include "harness/card/guard.h"
#include "harness/card/permission.h"

#include <stdlib.h>
#include <string.h>

enum {
    CLA_OWN = 0x00,
    INS_SELECT = 0xA4,
    INS_GET_RESPONSE = 0xC0,
    SELECT_NAME = 0x04,
};

struct follow {
    const struct script *script;
    bool alone;                          /* a survey may declare applications that are not known here */
    bool permitted;                      /* what `--allow` words permit may be asked of the target */
    uint16_t assumed[SCRIPT_STEPS_MAX];  /* an answer that the step in question needs; 0: any */
    uint16_t answered[SCRIPT_STEPS_MAX]; /* 0: not sent */
    struct guard guard;
    bool unsure;  /* what is selected is not known */
    bool guessed; /* the command in hand holds what only an answer tells */
    uint8_t command[APDU_COMMAND_MAX];
    size_t length;
};

static uint64_t number_of(const struct script *s, const struct script_step *step, size_t turn,
                          unsigned variable)
{
    uint64_t total = step->times.variable ? UINT64_MAX : (uint64_t)step->times.constant;
    switch (variable) {
    case SCRIPT_VARIABLE_OFFSET:
        return 0;
    case SCRIPT_VARIABLE_LE:
    case SCRIPT_VARIABLE_PART_LENGTH:
        return total < step->chunk ? total : step->chunk;
    case SCRIPT_VARIABLE_VALUE:
        return turn < step->value_count ? step->values[turn] : 0;
    default:
        return s->variables[variable].value;
    }
}

/* False: not even its length is known. */
static bool add_piece(struct follow *f, const struct script_step *step, size_t turn,
                      const struct script_piece *piece)
{
    const struct script_variable *v = &f->script->variables[piece->variable];
    const uint8_t *bytes = piece->variable ? v->bytes : piece->bytes;
    size_t length = piece->variable && !v->number ? v->length : piece->length;
    uint8_t number[8] = { 0 };
    bool builtin = piece->variable < SCRIPT_BUILTIN_COUNT;
    f->guessed |= v->changes;
    if (piece->variable && !v->number && (v->changes || builtin))
        return false;
    if (piece->variable && v->number) {
        uint64_t value = v->changes ? 0 : number_of(f->script, step, turn, piece->variable);
        for (size_t i = 0; i < length && length <= sizeof number; i++)
            number[i] = (uint8_t)(value >> 8 * (length - 1 - i));
        bytes = number;
    }
    if (length > sizeof f->command - f->length)
        return false;
    memcpy(f->command + f->length, bytes, length);
    f->length += length;
    return true;
}

static bool build(struct follow *f, const struct script_step *step, size_t turn)
{
    bool known = true;
    f->length = 0;
    f->guessed = false;
    for (size_t i = 0; i < step->send.count && known; i++)
        known = add_piece(f, step, turn, &step->send.pieces[i]);
    return known;
}

static bool is_among(const struct script_words *words, uint16_t sw)
{
    for (size_t i = 0; i < words->count; i++)
        if ((sw & words->items[i].mask) == words->items[i].value)
            return true;
    return words->count == 0;
}

/* The one that goes best with what follows. */
static uint16_t word_of(const struct script_words *words)
{
    static const uint16_t good[] = { 0x9000, 0x6110 };
    for (size_t i = 0; i < sizeof good / sizeof *good; i++)
        if (is_among(words, good[i]))
            return good[i];
    return words->items[0].value;
}

/* By a name that this program does not know and nobody closed. */
static bool selects_undeclared(const struct follow *f)
{
    struct apdu a;
    return f->alone && apdu_parse(f->command, f->length, &a) && a.cla == CLA_OWN && a.ins == INS_SELECT &&
           a.p1 == SELECT_NAME && !a.extended && a.data_length >= APPLICATION_AID_LEAST &&
           !application_of_aid(NULL, a.data, a.data_length) && !application_closed(a.data, a.data_length);
}

/* 0, or ERR_REFUSED with the reason: the guard refuses the command in hand for certain. */
static int check_command(struct follow *f, struct err *e)
{
    struct apdu a;
    if (f->unsure || selects_undeclared(f))
        return 0;
    if (apdu_parse(f->command, f->length, &a) && a.cla == CLA_OWN && a.ins == INS_GET_RESPONSE)
        f->guard.more = f->guard.application != NULL; /* any answer may say that there is more of it */
    if (f->permitted)
        f->guard.proven = f->guard.application;
    int status = guard_check(&f->guard, f->command, f->length, e);
    if (f->permitted && apdu_parse(f->command, f->length, &a) &&
        permission_of(f->guard.application, f->guard.file, &a))
        return 0; /* by a word of the command line, where the tries that are left allow it */
    return f->guessed ? 0 : status;
}

static void note_command(struct follow *f, uint16_t sw)
{
    struct apdu a;
    bool parsed = apdu_parse(f->command, f->length, &a);
    if (parsed && a.cla == CLA_OWN && a.ins == INS_SELECT && a.p1 == SELECT_NAME && !f->guessed)
        f->unsure = selects_undeclared(f);
    else if (f->guessed && parsed && a.ins == INS_SELECT)
        f->unsure = true;
    if (parsed)
        guard_note(&f->guard, f->command, f->length, sw);
}

/* One step, answered as is assumed. */
static int follow_step(struct follow *f, size_t i, struct err *e)
{
    const struct script_step *step = &f->script->steps[i];
    uint16_t sw = f->assumed[i] ? f->assumed[i] : word_of(&step->expect);
    if (step->operation == SCRIPT_FIELD_RESET) {
        guard_reset(&f->guard);
        f->unsure = false;
    }
    size_t turns = step->loop == SCRIPT_LOOP_VALUES ? step->value_count : 1; /* others send the same again */
    for (size_t turn = 0; step->operation == SCRIPT_SEND && turn < turns; turn++) {
        if (!build(f, step, turn)) {
            f->unsure |= f->length < 2 || f->command[1] == INS_SELECT;
            continue;
        }
        if (check_command(f, e) != 0)
            return ERR_REFUSED;
        note_command(f, sw);
        f->answered[i] = sw;
    }
    return 0;
}

/* Step i runs only where those that it asks for ran, and were answered so. */
static void assume(struct follow *f, size_t i)
{
    const struct script_condition *when = &f->script->steps[i].when;
    memset(f->assumed, 0, sizeof f->assumed);
    while (when->step) {
        f->assumed[when->step - 1] = word_of(&when->words);
        when = &f->script->steps[when->step - 1].when;
    }
}

/* A step that is refused has a problem of its own: what is behind it is looked at as if it had been mended. */
static void pass_over(struct follow *f)
{
    struct apdu a;
    f->unsure |= !apdu_parse(f->command, f->length, &a) || a.ins == INS_SELECT;
}

/* ERR_REFUSED: step i is. */
static int reach_step(struct follow *f, size_t i, struct err *e)
{
    struct err earlier;
    bool recovers = f->script->recover_from && i + 1 >= f->script->recover_from;
    f->guard = (struct guard) { .own = f->guard.own };
    f->unsure = recovers; /* a transaction may break off anywhere */
    memset(f->answered, 0, sizeof f->answered);
    assume(f, i);
    for (size_t j = recovers ? f->script->recover_from - 1 : 0; j < i; j++) {
        const struct script_condition *when = &f->script->steps[j].when;
        bool runs = !when->step ||
                    (f->answered[when->step - 1] && is_among(&when->words, f->answered[when->step - 1]));
        if (runs && follow_step(f, j, &earlier) != 0)
            pass_over(f);
    }
    return follow_step(f, i, e);
}

void script_check_guard(const struct script *s, const struct application_table *own, bool alone,
                        bool permitted, const char *path, struct problems *p)
{
    struct follow *f = calloc(1, sizeof *f);
    struct err e;
    if (!f) {
        p->memory = true;
        return;
    }
    f->script = s;
    f->alone = alone;
    f->permitted = permitted;
    f->guard.own = own;
    for (size_t i = 0; i < s->step_count; i++)
        if (reach_step(f, i, &e) != 0)
            problem_add(p, path, s->steps[i].line, s->steps[i].column,
                        "step %zu (%s): the guard will refuse it: %s: %s", i + 1, s->steps[i].name, e.where,
                        e.text);
    free(f);
}
