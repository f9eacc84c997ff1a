#include "harness/station/trial_report.h"

#include "harness/base/text.h"

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
    text_fit(r->native, sizeof r->native, fault->native);
    text_fit(r->detail, sizeof r->detail, detail);
}

static void fit_hex(char *out, size_t capacity, const uint8_t *bytes, size_t length)
{
    static const char digits[] = "0123456789abcdef";
    size_t n = length < (capacity - 1) / 2 ? length : (capacity - 1) / 2;
    for (size_t i = 0; i < n; i++) {
        out[2 * i] = digits[bytes[i] >> 4];
        out[2 * i + 1] = digits[bytes[i] & 0x0f];
    }
    out[2 * n] = '\0';
}

/* What the anticollision showed, with the identifier taken out of it. */
static void add_answer(struct trial_report *r, const struct driver_target *t)
{
    uint8_t sak = t->sak;
    r->kbit_s = t->kbit_s;
    if (t->has_atqa) {
        fit_hex(r->atqa, sizeof r->atqa, t->atqa, sizeof t->atqa);
        fit_hex(r->sak, sizeof r->sak, &sak, 1);
    }
    if (t->atqb_length > 5) {
        fit_hex(r->atqb, sizeof r->atqb, t->atqb, t->atqb_length);
        memset(r->atqb + 2, 'x', 2 * 4); /* the PUPI, ISO/IEC 14443-3 7.9.2 */
    }
}

void trial_report_target(struct trial_report *r, const struct driver_target *target,
                         const struct driver_target *seen)
{
    const struct driver_target *atr = target->atr_length ? target : seen;
    const struct driver_target *ats = target->ats_length ? target : seen;
    const struct driver_target *uid = target->uid_length ? target : seen;
    fit_hex(r->atr, sizeof r->atr, atr->atr, atr->atr_length);
    fit_hex(r->ats, sizeof r->ats, ats->ats, ats->ats_length);
    text_fit(r->ats_absent, sizeof r->ats_absent, ats->ats_absent);
    /* ISO/IEC 14443-3 6.4.4: a UID of four bytes that begins with 08 is random */
    if (uid->uid_length > 0)
        snprintf(r->uid, sizeof r->uid, "%s, %u bytes",
                 uid->uid_length == 4 && uid->uid[0] == 0x08 ? "random" : "fixed", (unsigned)uid->uid_length);
    text_fit(r->uid_absent, sizeof r->uid_absent, uid->uid_absent);
    add_answer(r, target->has_atqa || target->atqb_length ? target : seen);
    r->fwt_us = target->fwt_us ? target->fwt_us : seen->fwt_us;
    r->detect_us = seen->detect_us;
    r->detect_quantum_us = seen->detect_quantum_us;
    text_fit(r->detect_source, sizeof r->detect_source, seen->detect_source ? seen->detect_source : "");
}

static bool is_TEXT(const char *text, size_t capacity)
{
    return text_ends(text, capacity);
}

static bool is_HEX(const char *text, size_t capacity)
{
    return text_ends(text, capacity) && text[strspn(text, "0123456789abcdefx")] == '\0';
}

#define TEXT_IS_VALID(kind, name, capacity) &&is_##kind(r->name, sizeof r->name)

bool trial_report_is_valid(const struct trial_report *r)
{
    return r->outcome > OUTCOME_NONE && r->outcome < OUTCOME_COUNT && r->stage < STAGE_COUNT &&
           r->depth < DEPTH_COUNT && r->technology < TECHNOLOGY_COUNT &&
           (r->causes >> CAUSE_COUNT) == 0 TRIAL_FAILURE_TEXTS(TEXT_IS_VALID)
                                             TRIAL_TARGET_TEXTS(TEXT_IS_VALID)
                                                 TRIAL_ABSENT_TEXTS(TEXT_IS_VALID);
}

bool trial_opened_is_valid(const struct trial_opened *r)
{
    return true TRIAL_OPENED_TEXTS(TEXT_IS_VALID);
}
