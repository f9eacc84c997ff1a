#include "harness/findings/airtime_floor.h"

#include "harness/base/text.h"
#include "harness/card/atr.h"
#include "harness/findings/time_budget.h"

#include <string.h>

/*
 * An etu at 106 kbit/s is 128 carrier periods. The carrier may be 7 kHz above 13.56 MHz (ISO/IEC 14443-2),
 * and the host's clock may be slow by some hundred ppm: 13.58 MHz covers both.
 */
#define CARRIER_KHZ    13580u
#define ETU_CARRIERS   128u
#define BLOCK_OVERHEAD 3u  /* PCB and two bytes of CRC; chaining, CID and NAD only add to it */
#define FRAMING_BITS_A 2u  /* start and end; 9 bits a byte with its parity */
#define FRAMING_ETU_B  22u /* SOF of 12 and EOF of 10; 10 etu a byte without extra guard time */
#define BITS_ELSE      8u  /* type F, or not recorded: no less than the bits themselves */
#define CLA_READER     0xffu
#define RATES_212      0x11u /* TA(1) of an ATS, bit rate capability of an ATQB: a bit a rate and direction */
#define RATES_424      0x22u
#define RATES_848      0x44u
#define ATQB_RATES_AT  9      /* byte of an ATQB: behind 50, PUPI and application data */
#define ATQB_PUPI_HEX  8      /* digits, written as x */
#define KBIT_S_MOST    27120u /* of ISO/IEC 14443-2, with the very high bit rates */
#define STATUS_WORD    2u     /* bytes */

uint64_t airtime_floor_frame_ns(char technology, unsigned kbit_s, size_t bytes, bool closed)
{
    uint64_t length = (uint64_t)bytes + BLOCK_OVERHEAD, etu = length * BITS_ELSE;
    if (technology == 'A')
        etu = length * 9 + FRAMING_BITS_A;
    else if (technology == 'B')
        etu = length * 10 + (closed ? FRAMING_ETU_B : 0);
    return etu * ETU_CARRIERS * 1000000u / CARRIER_KHZ * 106u / (kbit_s ? kbit_s : FLOOR_KBIT_S);
}

static unsigned rate_of(unsigned rates)
{
    return rates & RATES_848 ? 848 : rates & RATES_424 ? 424 : rates & RATES_212 ? 212 : 106;
}

static unsigned rate_of_atqb(const char *hex)
{
    uint8_t rest[16];
    size_t length = 0, head = 2 + ATQB_PUPI_HEX;
    if (strlen(hex) < head || !text_to_bytes(hex + head, strlen(hex + head), rest, sizeof rest, &length))
        return 0;
    return length > ATQB_RATES_AT - 5 ? rate_of(rest[ATQB_RATES_AT - 5]) : 0;
}

static unsigned rate_of_atr(const char *hex)
{
    uint8_t bytes[ATR_MAX];
    size_t length = 0;
    struct atr_info info;
    if (!text_to_bytes(hex, strlen(hex), bytes, sizeof bytes, &length))
        return 0;
    atr_decode(bytes, length, &info);
    return info.consistent_with_b ? rate_of(info.historical[4]) : 0;
}

static unsigned rate_of_ats(const char *hex)
{
    uint8_t bytes[64];
    size_t length = 0;
    struct ats_info info;
    if (!answer_of_hex(hex, bytes, sizeof bytes, &length))
        return 0;
    ats_decode(bytes, length, &info);
    return info.valid ? rate_of(info.has_ta ? info.ta : 0) : 0;
}

unsigned airtime_floor_rate(const struct journal_transaction *t)
{
    unsigned rate = 0;
    if (t->kbit_s != UINT64_MAX)
        return t->kbit_s >= 106 && t->kbit_s <= KBIT_S_MOST ? (unsigned)t->kbit_s : 0;
    if (t->technology == TECHNOLOGY_A)
        rate = rate_of_ats(journal_shown(t->ats));
    if (t->technology == TECHNOLOGY_B)
        rate = rate_of_atqb(journal_shown(t->atqb));
    if (t->technology == TECHNOLOGY_B && rate == 0)
        rate = rate_of_atr(journal_shown(t->atr));
    return rate;
}

/* At least so many bytes; what only the run knows counts as none. */
static size_t template_bytes(const struct airtime_floor_walk *w, const struct script_template *t)
{
    size_t sum = 0;
    for (size_t i = 0; i < t->count; i++) {
        const struct script_piece *piece = &t->pieces[i];
        const struct script_variable *v = &w->script->variables[piece->variable];
        if (piece->length > 0)
            sum += piece->length;
        else if (piece->variable == SCRIPT_VARIABLE_SIM_TOKEN)
            sum += strlen(w->token_label);
        else if (v->given && !v->changes)
            sum += v->length;
    }
    return sum;
}

/* What a chunk of a read has at least: its length is checked against the one asked for. */
static uint64_t chunk_bytes(const struct airtime_floor_walk *w, const struct script_step *step, bool last)
{
    uint64_t total = step->times.constant > 0 ? (uint64_t)step->times.constant : 0, done;
    if (step->times.variable)
        return last ? 1 : step->chunk;
    done = w->round * step->chunk;
    if (done >= total)
        return 0;
    return total - done < step->chunk ? total - done : step->chunk;
}

static uint64_t quantity_bytes(const struct airtime_floor_walk *w, const struct script_step *step,
                               const struct script_quantity *q, bool last)
{
    const struct script_variable *v = &w->script->variables[q->variable];
    int64_t sum = q->constant;
    if (q->variable == SCRIPT_VARIABLE_VALUE && w->round < step->value_count)
        sum += (int64_t)step->values[w->round];
    else if (q->variable == SCRIPT_VARIABLE_LE && step->loop == SCRIPT_LOOP_READ)
        sum += (int64_t)chunk_bytes(w, step, last);
    else if (q->variable >= SCRIPT_BUILTIN_COUNT && v->given && !v->changes)
        sum += (int64_t)v->value;
    return sum > 0 ? (uint64_t)sum : 0;
}

static uint64_t check_bytes(const struct airtime_floor_walk *w, const struct script_step *step,
                            const struct script_check *c, bool last)
{
    switch (c->kind) {
    case SCRIPT_CHECK_LENGTH:
        return quantity_bytes(w, step, &c->quantity, last);
    case SCRIPT_CHECK_EQUALS:
    case SCRIPT_CHECK_STARTS:
        return template_bytes(w, &c->template);
    case SCRIPT_CHECK_TOKEN:
        return strlen(w->token_label);
    case SCRIPT_CHECK_NONE:
    case SCRIPT_CHECK_SAME:
    case SCRIPT_CHECK_COUNT:
        break;
    }
    return 0;
}

/* Data of an answer that passed: as much as the most demanding of its checks and captures needs. */
static uint64_t answer_bytes(const struct airtime_floor_walk *w, const struct script_step *step, bool last)
{
    uint64_t most = step->loop == SCRIPT_LOOP_READ ? chunk_bytes(w, step, last) : 0;
    for (size_t i = 0; i < step->check_count; i++) {
        uint64_t bytes = check_bytes(w, step, &step->checks[i], last);
        most = bytes > most ? bytes : most;
    }
    for (size_t i = 0; i < step->capture_count; i++) {
        uint64_t bytes = step->captures[i].offset + step->captures[i].length;
        most = bytes > most ? bytes : most;
    }
    return most;
}

static bool for_the_reader(const struct script_template *t)
{
    return t->count == 0 || t->pieces[0].variable != 0 || t->pieces[0].length == 0 ||
           t->pieces[0].bytes[0] == CLA_READER;
}

uint64_t airtime_floor_next_us(struct airtime_floor_walk *w, const struct journal_exchange *x, bool passed,
                               bool last)
{
    w->round = x->step == w->step ? w->round + 1 : 0;
    w->step = x->step;
    if (x->step == 0 || x->step > w->script->step_count || x->sw[0] == '\0')
        return 0;
    const struct script_step *step = &w->script->steps[x->step - 1];
    if (step->operation != SCRIPT_SEND || for_the_reader(&step->send))
        return 0;
    uint64_t answer = STATUS_WORD + (passed ? answer_bytes(w, step, last) : 0);
    uint64_t ns = airtime_floor_frame_ns(w->technology, w->kbit_s, template_bytes(w, &step->send), true) +
                  airtime_floor_frame_ns(w->technology, w->kbit_s, (size_t)answer, false);
    return ns / 1000;
}

static void flag_impossible(struct findings *f, const struct journal_record *r,
                            const struct airtime_floor_walk *w, size_t exchange, uint64_t floor_us)
{
    const struct journal_transaction *t = &r->as.transaction;
    f->impossible_count++;
    f->readers[f->cells[t->cell].reader].impossible++;
    if (f->impossible_kept == FINDINGS_FLAGGED_MAX)
        return;
    f->impossible[f->impossible_kept++] =
        (struct findings_impossible) { .line = r->line,
                                       .us = t->exchanges.items[exchange].us,
                                       .floor_us = floor_us,
                                       .cell = (size_t)t->cell,
                                       .exchange = (unsigned)exchange + 1,
                                       .kbit_s = w->kbit_s,
                                       .technology = w->technology };
}

/* Of a transaction that did not end well the last exchange may be the one that failed its checks. */
void airtime_floor_check(struct fold *o, const struct fold_placement *p, const struct journal_record *r,
                         bool ok)
{
    const struct journal_transaction *t = &r->as.transaction;
    const struct survey *s = o->f->survey;
    const struct findings_cell *c = &o->f->cells[t->cell];
    const struct journal_exchange *items = t->exchanges.items;
    struct airtime_floor_walk walk = { .script = survey_script_loaded(s, c->script),
                                       .token_label = s->sims[s->pairs[c->pair].sim].token_label,
                                       .technology = technology_name(t->technology)[0],
                                       .kbit_s = FLOOR_KBIT_S };
    if (p && p->kbit_s && p->technology == walk.technology)
        walk.kbit_s = p->kbit_s;
    for (size_t i = 0; i < t->exchanges.count; i++) {
        bool final = i + 1 == t->exchanges.count;
        bool last = final || items[i + 1].step != items[i].step;
        uint64_t floor_us = airtime_floor_next_us(&walk, &items[i], ok || !final, last);
        if (items[i].us < floor_us)
            flag_impossible(o->f, r, &walk, i, floor_us);
        else if (floor_us > 0)
            budget_fold_exchange(o->budget, c->reader, r->line, items[i].us, floor_us);
    }
}
