/*
 * The proof of a test target in a transaction: made where the script needs a permission, behind every activation, and timed apart.
 * How many tries its PINs have left is asked with it, and once more at the end: no counter may have fallen but by a step that expects it.
 */
#include "harness/base/clock.h"
#include "harness/station/play.h"

#include <string.h>

/* The command up to the first variable: what it is stands there. */
static size_t fixed_part(const struct script_template *t, uint8_t *out, size_t capacity)
{
    size_t length = 0;
    for (size_t i = 0; i < t->count && t->pieces[i].variable == 0; i++) {
        if (t->pieces[i].length > capacity - length)
            break;
        memcpy(out + length, t->pieces[i].bytes, t->pieces[i].length);
        length += t->pieces[i].length;
    }
    return length;
}

static const struct application *application_of_select(const struct driver_reader *r, const uint8_t *c,
                                                       size_t length)
{
    if (length < 6 || c[0] != 0x00 || c[1] != 0xA4 || c[2] != 0x04 || c[4] > length - 5)
        return NULL;
    const struct application *a = application_of_aid(r->guard.own, c + 5, c[4]);
    return a && a->proof ? a : NULL;
}

/* Commands that anybody may be asked, and files that any card may have. */
static bool is_free(const struct application *a, const uint8_t *c, size_t length)
{
    static const uint8_t instructions[] = { 0xA4, 0xB0, 0xB2, 0xC0, 0xCA, 0x84, 0x88 };
    if (length < 4 || c[0] == 0xFF)
        return true;
    if (c[1] == 0x20)
        return length == 4;
    if (c[1] == 0xA4 && c[2] == 0x02 && length >= 7) {
        const struct application_file *f = application_file(a, (uint16_t)(c[5] << 8 | c[6]));
        return !f || !f->proven;
    }
    return memchr(instructions, c[1], sizeof instructions) != NULL;
}

void play_find_proof(struct play *p)
{
    const struct script *s = p->setup->script;
    const struct application *application = NULL, *selected;
    bool needs = false;
    for (size_t i = 0; i < s->step_count; i++) {
        uint8_t command[64];
        size_t length = fixed_part(&s->steps[i].send, command, sizeof command);
        if ((selected = application_of_select(p->reader, command, length)))
            application = application ? application : selected;
        if (s->steps[i].operation == SCRIPT_SEND)
            needs = needs || !is_free(application, command, length);
    }
    bool permitted = p->setup->access && p->setup->access->permit.allowed;
    p->proving = needs && permitted ? application : NULL;
}

static int not_proven(struct play *p, const struct said *why)
{
    return play_end(p, OUTCOME_INVALID, STAGE_SETUP, CAUSE(29), *why);
}

int play_prove(struct play *p)
{
    struct driver_fault fault;
    struct target_proof proof;
    struct err e = { 0 };
    uint64_t before = driver_now_ns(p->reader);
    struct target_proof_request how = { .ca = p->setup->access->ca,
                                        .application = p->proving,
                                        .unit = p->setup->unit ? p->setup->unit : "",
                                        .now = clock_wall_s(),
                                        .deadline_ms = p->setup->deadline_ms };
    int status = driver_prove_target(p->reader, &how, &proof, &fault, &e);
    p->out->ended_ns = driver_now_ns(p->reader);
    p->out->apart_ns += p->out->ended_ns - before;
    p->out->proof_ns += p->out->ended_ns - before;
    if (status != 0)
        return play_end_fault(p, STAGE_SETUP, &fault, status, &e);
    if (!said_nothing(&proof.why))
        return not_proven(p, &proof.why);
    if (!p->counted)
        memcpy(p->least, proof.tries, sizeof p->least);
    p->counted = true;
    return 0;
}

void play_note_tries(struct play *p, const struct guard *before, bool expected)
{
    const struct guard *now = &p->reader->guard;
    if (!p->counted || guard_cost(before, p->command, p->command_length) != GUARD_COST_TRY)
        return;
    p->tried = true;
    for (size_t i = 0; i < APPLICATION_PINS_MAX && expected; i++)
        if (now->tries[i].known && now->tries[i].left < p->least[i].left)
            p->least[i].left = now->tries[i].left;
}

/* Whether the target still counts as at the end; a transaction that ended well ends badly where a counter fell unasked. */
void play_count_tries(struct play *p)
{
    struct driver_fault fault;
    struct err e = { 0 };
    struct guard_tries now[APPLICATION_PINS_MAX];
    uint64_t before = driver_now_ns(p->reader);
    if (!p->counted || !p->tried || p->reader->guard.proven != p->proving)
        return;
    int status = driver_count_tries(p->reader, p->setup->deadline_ms, now, &fault, &e);
    p->out->proof_ns += driver_now_ns(p->reader) - before;
    for (size_t i = 0; i < APPLICATION_PINS_MAX && status == 0; i++)
        if (now[i].known && p->least[i].known && now[i].left < p->least[i].left) {
            play_end(p, OUTCOME_INVALID, STAGE_CHECK, CAUSE(29),
                     SAY(SAID_TRIES_FELL, said_number(p->least[i].left).text, said_number(now[i].left).text));
            p->out->tries_fell = 1;
        }
}
