#include "harness/station/trial_report.h"

#include "harness/base/text.h"
#include "harness/journal/records.h"

#include <stdio.h>
#include <string.h>

void trial_report_init(struct trial_report *r)
{
    memset(r, 0, sizeof *r);
    memset(r->stage_us, 0xff, sizeof r->stage_us);
}

void trial_report_add_us(struct trial_report *r, enum stage stage, uint64_t us)
{
    uint64_t sum = us + (r->stage_us[stage] == UINT32_MAX ? 0 : r->stage_us[stage]);
    r->stage_us[stage] = sum >= UINT32_MAX ? UINT32_MAX - 1 : (uint32_t)sum;
}

void trial_report_fault(struct trial_report *r, const struct driver_fault *fault, enum stage stage,
                        cause_set causes, const char *detail)
{
    r->causes = fault->causes ? fault->causes : causes;
    r->outcome = cause_outcome(r->causes) == OUTCOME_INVALID ? OUTCOME_INVALID : OUTCOME_FAIL;
    r->stage = fault->stage ? fault->stage : stage;
    r->depth = fault->depth ? fault->depth : DEPTH_PCSC;
    r->reader_lost = fault->reader_lost;
    r->busy = fault->busy;
    text_fit(r->native, sizeof r->native, fault->native);
    struct said said = said_words(detail);
    r->detail = said_flat(&said);
}

/* hidden: a bit a byte that is not told. */
static struct said said_hex(const uint8_t *bytes, size_t length, uint64_t hidden)
{
    char hex[SAID_BYTES] = "";
    size_t n = length < sizeof hex / 2 ? length : sizeof hex / 2 - 1;
    for (size_t i = 0; i < n; i++)
        snprintf(hex + 2 * i, 3, i < 64 && hidden >> i & 1 ? "xx" : "%02x", bytes[i]);
    struct said said = said_words(hex);
    return said_flat(&said);
}

static void add_answer(struct trial_report *r, const struct driver_target *t)
{
    uint8_t sak = t->sak;
    r->kbit_s = t->kbit_s;
    if (t->has_atqa) {
        r->atqa = said_hex(t->atqa, sizeof t->atqa, 0);
        r->sak = said_hex(&sak, 1, 0);
    }
    if (t->atqb_length > 5)
        r->atqb = said_hex(t->atqb, t->atqb_length, ATQB_HIDDEN);
}

void trial_report_target(struct trial_report *r, const struct driver_target *target,
                         const struct driver_target *seen)
{
    const struct driver_target *atr = target->atr_length ? target : seen;
    const struct driver_target *ats = target->ats_length ? target : seen;
    const struct driver_target *uid = target->uid_length ? target : seen;
    r->atr = said_hex(atr->atr, atr->atr_length, atr->atr_hidden);
    r->ats = ats->ats_length > 0 ? said_hex(ats->ats, ats->ats_length, ats->ats_hidden)
                                 : said_absent(ats->ats_absent);
    if (uid->uid_length > 0)
        r->uid = SAY(uid->uid_random ? SAID_UID_RANDOM : SAID_UID_FIXED, said_number(uid->uid_length).text);
    else
        r->uid = said_absent(uid->uid_absent);
    identifiers_add_text(r->identifiers, sizeof r->identifiers, &target->identifiers);
    identifiers_add_text(r->identifiers, sizeof r->identifiers, &seen->identifiers);
    add_answer(r, target->has_atqa || target->atqb_length ? target : seen);
    r->fwt_us = target->fwt_us ? target->fwt_us : seen->fwt_us;
    r->detect_us = seen->detect_us;
    r->detect_quantum_us = seen->detect_quantum_us;
    r->detect_source = seen->detect_source;
}

/* What a journal can hold: the codes behind JOURNAL_CODES_END are those of reports. */
static bool is_SAID(const struct said *s)
{
    return said_is_valid(s) && !s->words && s->code < JOURNAL_CODES_END;
}

static bool is_HEX(const struct said *s)
{
    return is_SAID(s) && (s->code || s->text[strspn(s->text, "0123456789abcdefx")] == '\0');
}

#define IS_VALID_TEXT(name)            &&text_ends(r->name, sizeof r->name)
#define IS_VALID_SAID(name)            &&is_SAID(&r->name)
#define IS_VALID_HEX(name)             &&is_HEX(&r->name)
#define IS_VALID(kind, name, capacity) IS_VALID_##kind(name)

bool trial_report_is_valid(const struct trial_report *r)
{
    return r->outcome > OUTCOME_NONE && r->outcome < OUTCOME_COUNT && r->stage < STAGE_COUNT &&
           r->depth < DEPTH_COUNT && r->technology < TECHNOLOGY_COUNT && r->recovery < RECOVERY_COUNT &&
           r->tries_fell <= 1 &&
           (r->ended_ns < r->started_ns || r->apart_ns <= r->ended_ns - r->started_ns) &&
           text_ends(r->identifiers, sizeof r->identifiers) && identifiers_text_is_valid(r->identifiers) &&
           (r->causes & ~CAUSES_ALL) == 0 TRIAL_FAILURE_TEXTS(IS_VALID) TRIAL_TARGET_TEXTS(IS_VALID);
}

bool trial_opened_is_valid(const struct trial_opened *r)
{
    return r->proof < PROOF_COUNT TRIAL_OPENED_TEXTS(IS_VALID);
}

bool trial_floor_is_valid(const struct trial_floor *f)
{
    return f->n <= TRIAL_FLOOR_MAX && f->least_us <= f->median_us && text_ends(f->what, sizeof f->what);
}
