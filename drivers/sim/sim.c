/*
 * The simulated reader: its class, its USB time, its clock and its own faults, in front of the virtual
 * handset. It reports what a PC/SC reader of that class would show (drivers/pcsc_code), never the cause that
 * the handset drew.
 */
#include "drivers/sim/sim.h"

#include "drivers/emulator/handset/coupling.h"
#include "drivers/emulator/handset/faults.h"
#include "drivers/emulator/handset/handset.h"
#include "drivers/emulator/handset/pace.h"
#include "drivers/emulator/handset/sim_store.h"
#include "drivers/pcsc/pcsc_code.h"
#include "harness/base/keyed_random.h"
#include "harness/card/atr.h"

#include <PCSC/winscard.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define DRIVER_TIMEOUT_US 3000000 /* libccid waits so long for a silent reader */
#define CLOCK_START_NS    1000000000u

enum reader_draw {
    READER_DRAW_DETECT = 1,
    READER_DRAW_WAIT,
    READER_DRAW_ACTIVATE,
    READER_DRAW_EXCHANGE,
    READER_DRAW_PROBE,
    READER_DRAW_HOST
};

struct sim_reader {
    struct driver_reader base; /* first: callers hold a pointer to it */
    const struct virtual_reader *parameters;
    struct handset *handset;
    char unit[64];
    uint64_t seed, now_ns;
    bool laid;
    struct laying laying;
    uint64_t placement_key, transaction_key;
    fault_mask placement_faults, transaction_faults;
    double slowness; /* of the host in this session */
    unsigned activations, exchanges;
    struct handset_activation target; /* of the present activation; activated = false without one */
    bool gone;                        /* F01: until opened anew */
    bool hung;                        /* F31: the next probe stays unanswered */
    bool failing, failed; /* the phone failed: in this transaction; in an earlier one of the placement */
};

static struct sim_reader *self_of(struct driver_reader *r)
{
    return (struct sim_reader *)r;
}

static void pass(struct sim_reader *self, uint64_t us)
{
    self->now_ns += us * 1000;
}

/* USB and driver time of so many messages, log-normal about the median of one and cut off. */
static uint64_t host_us(const struct sim_reader *self, uint64_t key, size_t messages)
{
    double z = random_normal(key, READER_DRAW_HOST);
    z = z > PACE_CUT_SD ? PACE_CUT_SD : z < -PACE_CUT_SD ? -PACE_CUT_SD : z;
    return (uint64_t)((double)self->parameters->host_us * (double)messages * self->slowness *
                      exp(self->parameters->host_spread * z));
}

static const struct virtual_fault *struck(const struct sim_reader *self, fault_mask mask, unsigned cause)
{
    return faults_find(self->parameters->faults, self->parameters->fault_count, mask, cause);
}

static fault_mask draw_faults(const struct sim_reader *self, enum virtual_per per, uint64_t key)
{
    return faults_draw(self->parameters->faults, self->parameters->fault_count, self->laying.power_mode, per,
                       key);
}

static int fail(const struct sim_reader *self, LONG code, enum pcsc_phase phase,
                const struct exchange_evidence *evidence, struct driver_fault *fault, struct err *e)
{
    return pcsc_fail((uint32_t)code, phase, evidence, self->unit, fault, e);
}

/* F01 and F30 by these draws: 0, or the error. A reader that is gone stays so. */
static int check_reader(struct sim_reader *self, fault_mask mask, enum pcsc_phase phase,
                        struct driver_fault *fault, struct err *e)
{
    if (struck(self, mask, 1))
        self->gone = true;
    if (self->gone)
        return fail(self, SCARD_E_READER_UNAVAILABLE, phase, NULL, fault, e);
    if (struck(self, mask, 30))
        return fail(self, SCARD_E_SHARING_VIOLATION, phase, NULL, fault, e);
    return 0;
}

static int sim_list(const struct reader_model *models, size_t model_count, struct driver_found *out,
                    size_t capacity, size_t *count, struct err *e)
{
    (void)models;
    (void)model_count;
    (void)out;
    (void)capacity;
    (void)e;
    *count = 0; /* simulated readers come from a survey's profiles, none is attached by itself */
    return 0;
}

static void set_keys(struct sim_reader *self, uint64_t unit_key, unsigned session, unsigned ordinal)
{
    uint64_t key = random_key_text(random_key(unit_key, self->seed), "reader");
    self->placement_key = random_key(random_key(key, session), ordinal);
    self->placement_faults = draw_faults(self, VIRTUAL_PER_PLACEMENT, self->placement_key);
}

static void sim_begin(struct driver_reader *r, unsigned transaction)
{
    struct sim_reader *self = self_of(r);
    handset_begin(self->handset, transaction);
    self->failed = self->failed || self->failing;
    self->failing = false;
    self->target.activated = false;
    self->transaction_key = random_key(self->placement_key, transaction);
    self->transaction_faults = draw_faults(self, VIRTUAL_PER_TRANSACTION, self->transaction_key);
    self->activations = 0;
    self->exchanges = 0;
}

static void sim_close(struct driver_reader *r)
{
    struct sim_reader *self = self_of(r);
    handset_free(&self->handset);
    free(self);
}

static int sim_open(const struct driver_open *how, struct driver_reader **out, struct driver_fault *fault,
                    struct err *e)
{
    const char *unit = how->unit ? how->unit : how->address ? how->address : "sim";
    if (!how->simulated) {
        fault->stage = STAGE_SETUP;
        fault->causes = CAUSE(1);
        return err_set(e, ERR_USAGE, unit,
                       "a simulated reader is opened with a reader profile that simulates");
    }
    struct sim_reader *self = calloc(1, sizeof *self);
    if (self)
        self->handset = handset_new();
    if (!self || !self->handset) {
        free(self);
        return err_set(e, ERR_MEMORY, unit, "out of memory");
    }
    snprintf(self->unit, sizeof self->unit, "%s", unit);
    self->parameters = how->simulated;
    self->seed = how->seed;
    self->now_ns = CLOCK_START_NS;
    self->slowness = 1.0;
    set_keys(self, 0, 0, 0);
    *out = &self->base;
    return 0;
}

int driver_take_sim(const char *folder, const struct virtual_sim *sim, struct sim_laid *out, struct err *e)
{
    return sim_store_lay(folder, sim, out, e);
}

void driver_put_sim(struct sim_laid *laid)
{
    sim_store_lift(laid);
}

static int sim_lay(struct driver_reader *r, const struct laying *laying, struct err *e)
{
    struct sim_reader *self = self_of(r);
    self->target.activated = false;
    if (!laying) {
        handset_lift(self->handset);
        self->laid = false;
        return 0;
    }
    if (!laying->handset || !laying->sim)
        return err_set(e, ERR_USAGE, self->unit, "a placement needs a handset and a sim");
    self->laying = *laying;
    self->laid = true;
    self->failing = self->failed = false;
    set_keys(self, laying->unit_key, laying->session, laying->ordinal);
    self->slowness = coupling_session_slowness(self->parameters->reader_session_spread, laying->reader_key,
                                               laying->session);
    handset_lay(self->handset, laying, self->parameters);
    sim_begin(r, 0);
    return 0;
}

static int sim_wait_present(struct driver_reader *r, uint32_t limit_ms, struct driver_target *target,
                            struct driver_fault *fault, struct err *e)
{
    struct sim_reader *self = self_of(r);
    uint64_t key = random_key(self->placement_key, READER_DRAW_WAIT);
    int status = check_reader(self, self->placement_faults, PCSC_PHASE_WAIT, fault, e);
    if (status != 0)
        return status;
    uint64_t limit_us = (uint64_t)limit_ms * 1000;
    uint64_t us = host_us(self, key, 1) +
                  (uint64_t)(random_uniform(key, READER_DRAW_DETECT) * self->parameters->detect_quantum_us);
    bool seen = handset_present(self->handset) && us <= limit_us;
    pass(self, seen ? us : limit_us);
    target->detect_us = seen ? us : limit_us;
    target->detect_source = said_alone(SAID_SEEN_SIMULATED);
    target->detect_quantum_us = self->parameters->detect_quantum_us;
    if (seen)
        return 0;
    fault->stage = STAGE_DETECT;
    fault->causes = CAUSE(2) | CAUSE(3) | CAUSE(4);
    fault->depth = DEPTH_PCSC;
    pcsc_code_name((uint32_t)SCARD_E_TIMEOUT, fault->native);
    return err_set(e, ERR_TIMEOUT, self->unit, "nothing came into the field within %u ms", limit_ms);
}

static int sim_wait_absent(struct driver_reader *r, uint32_t limit_ms, struct driver_fault *fault,
                           struct err *e)
{
    struct sim_reader *self = self_of(r);
    int status = check_reader(self, 0, PCSC_PHASE_WAIT, fault, e);
    if (status != 0)
        return status;
    if (self->laid && handset_present(self->handset)) {
        pass(self, (uint64_t)limit_ms * 1000);
        fault->stage = STAGE_DETECT;
        fault->depth = DEPTH_PCSC;
        pcsc_code_name((uint32_t)SCARD_E_TIMEOUT, fault->native);
        return err_set(e, ERR_TIMEOUT, self->unit, "the handset is still in the field after %u ms", limit_ms);
    }
    uint64_t us = self->parameters->detect_quantum_us;
    pass(self, us < (uint64_t)limit_ms * 1000 ? us : (uint64_t)limit_ms * 1000);
    return 0;
}

static void fill_target(const struct sim_reader *self, struct driver_target *target)
{
    const struct handset_activation *a = &self->target;
    target->technology = a->technology;
    memcpy(target->atr, a->atr, a->atr_length);
    target->atr_length = a->atr_length;
    target->fwt_us = a->fwt_us;
    if (self->parameters->lacks_uid) {
        target->uid_absent = SAY(SAID_READER_ANSWERS, "6A81", "FF CA 00");
    } else {
        memcpy(target->uid, a->uid, a->uid_length);
        target->uid_length = a->uid_length;
    }
    if (a->ats_length == 0) {
        target->ats_absent = said_alone(SAID_NO_ATS_B);
    } else if (self->parameters->lacks_ats) {
        target->ats_absent = SAY(SAID_READER_ANSWERS, "6A81", "FF CA 01");
    } else {
        memcpy(target->ats, a->ats, a->ats_length);
        target->ats_length = a->ats_length;
    }
}

static int sim_activate(struct driver_reader *r, struct driver_target *target, struct driver_fault *fault,
                        struct err *e)
{
    struct sim_reader *self = self_of(r);
    uint64_t key = random_key(random_key(self->transaction_key, READER_DRAW_ACTIVATE), self->activations++);
    int status =
        check_reader(self, self->placement_faults | self->transaction_faults, PCSC_PHASE_ACTIVATE, fault, e);
    if (status != 0)
        return status;
    self->exchanges = 0;
    handset_activate(self->handset, &self->target);
    target->activate_us = self->target.us + host_us(self, key, 2); /* power on, and its ATR */
    pass(self, target->activate_us);
    if (self->target.activated) {
        fill_target(self, target);
        return 0;
    }
    self->failing = true;
    if (!self->target.detected) {
        status = fail(self, SCARD_E_NO_SMARTCARD, PCSC_PHASE_ACTIVATE, NULL, fault, e);
        fault->causes |= CAUSE(4); /* one that answers another technology is not there for this reader */
    } else if (self->target.fault == 8) {
        status = fail(self, SCARD_E_PROTO_MISMATCH, PCSC_PHASE_ACTIVATE, NULL, fault, e);
    } else {
        status = fail(self, SCARD_W_UNRESPONSIVE_CARD, PCSC_PHASE_ACTIVATE, NULL, fault, e);
        fault->causes |= CAUSE(5); /* two at once have no code of their own */
    }
    return status;
}

static int sim_field_off(struct driver_reader *r, struct driver_fault *fault, struct err *e)
{
    struct sim_reader *self = self_of(r);
    handset_field_off(self->handset);
    self->target.activated = false;
    return check_reader(self, 0, PCSC_PHASE_ACTIVATE, fault, e);
}

/* One exchange on its way through the reader. */
struct passage {
    struct apdu apdu;
    bool parsed;
    uint64_t key;
    fault_mask faults;
    uint64_t us; /* in all; UINT64_MAX = never */
};

static int end_exchange(struct sim_reader *self, struct driver_exchange *x, uint64_t us)
{
    pass(self, us);
    x->ended_ns = self->now_ns;
    return 0;
}

static int miss_deadline(struct sim_reader *self, struct driver_exchange *x, struct driver_fault *fault,
                         struct err *e)
{
    end_exchange(self, x, (uint64_t)x->deadline_ms * 1000);
    fault->stage = STAGE_EXCHANGE;
    fault->causes = CAUSE(10) | CAUSE(11);
    fault->depth = DEPTH_PCSC;
    return err_set(e, ERR_TIMEOUT, self->unit, "no answer within %u ms", x->deadline_ms);
}

/* The frames of this pair: what the reader takes and what the handset says that it takes. */
static size_t frame_size(const struct sim_reader *self)
{
    size_t card = frame_size_of_code(self->laying.handset->fsci);
    return self->parameters->fsd > 0 && self->parameters->fsd < card ? self->parameters->fsd : card;
}

/* The code that a PC/SC reader returns, with what it knows of this exchange. */
static int break_exchange(struct sim_reader *self, struct driver_exchange *x, const struct passage *p,
                          LONG code, struct driver_fault *fault, struct err *e)
{
    uint64_t us = p->us == UINT64_MAX ? DRIVER_TIMEOUT_US : p->us;
    if (x->deadline_ms != 0 && p->us > (uint64_t)x->deadline_ms * 1000)
        return miss_deadline(self, x, fault, e);
    end_exchange(self, x, us);
    struct exchange_evidence evidence = { .command_length = x->command_length,
                                          .expected_length = p->parsed && p->apdu.has_le ? p->apdu.le : 0,
                                          .extended = p->parsed && p->apdu.extended,
                                          .first = self->exchanges == 1,
                                          .took_us = us,
                                          .fwt_us = self->target.fwt_us,
                                          .frame_size = frame_size(self) };
    return fail(self, code, PCSC_PHASE_EXCHANGE, &evidence, fault, e);
}

static int answer(struct sim_reader *self, struct driver_exchange *x, const struct passage *p,
                  const uint8_t *bytes, size_t length, struct driver_fault *fault, struct err *e)
{
    if (length > x->response_capacity)
        return break_exchange(self, x, p, SCARD_E_INSUFFICIENT_BUFFER, fault, e);
    if (x->deadline_ms != 0 && p->us > (uint64_t)x->deadline_ms * 1000)
        return miss_deadline(self, x, fault, e);
    memcpy(x->response, bytes, length);
    x->response_length = length;
    return end_exchange(self, x, p->us);
}

/* FF CA is the reader's own: UID or PUPI, or ATS; 6A81 where it has none to give. */
static int answer_itself(struct sim_reader *self, struct driver_exchange *x, struct passage *p,
                         struct driver_fault *fault, struct err *e)
{
    const struct handset_activation *a = &self->target;
    uint8_t bytes[sizeof a->ats + 2];
    const uint8_t *data = NULL;
    size_t length = 0;
    if (p->apdu.ins == 0xca && p->apdu.p1 == 0x00 && p->apdu.p2 == 0x00 && !self->parameters->lacks_uid) {
        data = a->uid;
        length = a->uid_length;
    } else if (p->apdu.ins == 0xca && p->apdu.p1 == 0x01 && p->apdu.p2 == 0x00 &&
               !self->parameters->lacks_ats) {
        data = a->ats;
        length = a->ats_length;
    }
    if (length > 0)
        memcpy(bytes, data, length);
    bytes[length] = length > 0 ? 0x90 : 0x6a;
    bytes[length + 1] = length > 0 ? 0x00 : 0x81;
    p->us = host_us(self, p->key, 1);
    return answer(self, x, p, bytes, length + 2, fault, e);
}

static bool refuses(const struct sim_reader *self, const struct passage *p, const struct driver_exchange *x)
{
    enum reader_level level = self->parameters->level;
    if (struck(self, p->faults, 15) && p->apdu.extended)
        return true;
    if (level == READER_LEVEL_TPDU || level == READER_LEVEL_EXTENDED)
        return false;
    return p->apdu.extended || pace_messages(self->parameters, x->command_length) > 1;
}

static LONG code_of_fault(unsigned fault)
{
    return fault == 16 || fault == 3 ? SCARD_W_REMOVED_CARD
           : fault == 17             ? SCARD_W_RESET_CARD
                                     : SCARD_E_NOT_TRANSACTED;
}

/* Faults of the reader's own that swallow an answer that came, by the length of its data. */
static bool loses_answer(const struct sim_reader *self, const struct passage *p, size_t data_length)
{
    struct fault_exchange x = { self->exchanges, false, data_length, PACE_T1_PAYLOAD };
    for (unsigned cause = 13; cause <= 14; cause++) {
        const struct virtual_fault *f = struck(self, p->faults, cause);
        if (f && fault_applies(f, &x))
            return true;
    }
    return false;
}

/* The reader hangs at this exchange, which the phone answered or failed. */
static bool hangs(const struct sim_reader *self, const struct passage *p, size_t data_length)
{
    const struct virtual_fault *f = struck(self, p->faults, 31);
    if (!f || data_length < f->response_at_least)
        return false;
    return f->when == VIRTUAL_WHEN_FAILING ? self->failing : f->when == VIRTUAL_WHEN_ANY || self->failed;
}

static int transceive(struct sim_reader *self, struct driver_exchange *x, struct passage *p,
                      struct driver_fault *fault, struct err *e)
{
    struct handset_answer a;
    static const uint8_t driver_made[] = { 0x64, 0x00 };
    handset_exchange(self->handset, x->command, x->command_length, &a);
    size_t data_length = a.length >= 2 ? a.length - 2 : 0;
    size_t extra =
        pace_messages(self->parameters, x->command_length) + pace_messages(self->parameters, a.length) - 1;
    p->us = a.us == UINT64_MAX ? UINT64_MAX : a.us + host_us(self, p->key, extra);
    self->failing = self->failing || a.length == 0;
    if (hangs(self, p, data_length)) {
        self->hung = true;
        p->us = UINT64_MAX;
        return break_exchange(self, x, p, SCARD_E_NOT_TRANSACTED, fault, e);
    }
    const struct virtual_fault *phantom = struck(self, p->faults, 29);
    if (phantom && data_length >= phantom->response_at_least && p->us != UINT64_MAX)
        return answer(self, x, p, driver_made, sizeof driver_made, fault, e);
    if (a.length == 0)
        return break_exchange(self, x, p, code_of_fault(a.fault), fault, e);
    if (loses_answer(self, p, data_length))
        return break_exchange(self, x, p, SCARD_E_NOT_TRANSACTED, fault, e);
    return answer(self, x, p, a.bytes, a.length, fault, e);
}

static int sim_exchange(struct driver_reader *r, struct driver_exchange *x, struct driver_fault *fault,
                        struct err *e)
{
    struct sim_reader *self = self_of(r);
    x->started_ns = x->ended_ns = self->now_ns;
    if (!self->target.activated) {
        fault->stage = STAGE_ACTIVATE;
        fault->depth = DEPTH_PCSC;
        return err_set(e, ERR_NO_TARGET, self->unit, "nothing is activated: activate before an exchange");
    }
    struct passage p = { .us = 0 };
    self->exchanges++;
    p.key = random_key(random_key(random_key(self->transaction_key, READER_DRAW_EXCHANGE), self->activations),
                       self->exchanges);
    p.parsed = apdu_parse(x->command, x->command_length, &p.apdu);
    fault_mask now = draw_faults(self, VIRTUAL_PER_EXCHANGE, p.key);
    int status = check_reader(self, now, PCSC_PHASE_EXCHANGE, fault, e);
    if (status != 0)
        return status;
    p.faults = now | self->placement_faults | self->transaction_faults;
    if (p.parsed && p.apdu.cla == 0xff)
        return answer_itself(self, x, &p, fault, e);
    if (p.parsed && refuses(self, &p, x)) {
        p.us = host_us(self, p.key, 1);
        return break_exchange(self, x, &p, SCARD_E_NOT_TRANSACTED, fault, e);
    }
    return transceive(self, x, &p, fault, e);
}

static uint64_t sim_now_ns(struct driver_reader *r)
{
    return self_of(r)->now_ns;
}

static void sim_advance(struct driver_reader *r, uint64_t now_ns)
{
    struct sim_reader *self = self_of(r);
    if (now_ns > self->now_ns)
        self->now_ns = now_ns;
}

static int sim_probe(struct driver_reader *r, struct err *e)
{
    struct sim_reader *self = self_of(r);
    pass(self, host_us(self, random_key(self->transaction_key, READER_DRAW_PROBE), 1));
    if (self->gone)
        return err_set(e, ERR_ENVIRONMENT, self->unit, "the reader is gone");
    if (self->hung) {
        self->hung = false; /* once: the next one finds it recovered, as after a re-plug */
        return err_set(e, ERR_ENVIRONMENT, self->unit, "the reader itself does not answer");
    }
    return 0;
}

const struct driver_ops driver_sim = {
    .name = "sim",
    .summary = "simulated readers and handsets of a survey, in virtual time",
    .version = DRIVER_VERSION,
    .capabilities = DRIVER_VIRTUAL_CLOCK | DRIVER_LAYS | DRIVER_SIMULATED | DRIVER_DEADLINE,
    .list = sim_list,
    .open = sim_open,
    .close = sim_close,
    .wait_present = sim_wait_present,
    .wait_absent = sim_wait_absent,
    .activate = sim_activate,
    .field_off = sim_field_off,
    .exchange = sim_exchange,
    .lay = sim_lay,
    .begin = sim_begin,
    .now_ns = sim_now_ns,
    .advance = sim_advance,
    .probe = sim_probe,
};
