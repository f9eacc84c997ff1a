/*
 * The phone in the field: laying, activation, exchanges, and what faults do to them. Every draw is made under
 * a key of (laying, transaction, activation, exchange), so the same laying gives the same bytes and times in
 * any order.
 */
#include "drivers/emulator/handset/handset.h"

#include "drivers/emulator/handset/applets.h"
#include "drivers/emulator/handset/coupling.h"
#include "drivers/emulator/handset/faults.h"
#include "drivers/emulator/handset/identity.h"
#include "drivers/emulator/handset/keys.h"
#include "drivers/emulator/handset/link.h"
#include "drivers/emulator/handset/pace.h"
#include "harness/base/keyed_random.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define DRIVER_TIMEOUT_US 3000000u /* libccid gives a silent reader 3 s */

struct handset {
    bool laid;
    struct laying laying;
    const struct virtual_reader *reader;
    const struct virtual_sim *last_sim; /* whose state `own` is; compared, never followed */
    struct sim_state own;               /* of a laying without one */
    double margin_db;
    double slowness; /* of its applets in this session */
    uint64_t placement_key, transaction_key;
    fault_mask placement_faults, transaction_faults; /* those that strike all of it */
    fault_mask spent;                                /* F26, F27: shown in this transaction already */
    struct coupling_fate fate;
    unsigned powerings;   /* in this transaction */
    unsigned activations; /* those of them that an exchange followed: hosts power a card when they please */
    uint64_t exchange_key;
    bool looking; /* no transaction has begun: see handset_begin() */
    bool active;
    unsigned silent; /* the fault after which nothing answers until the next activation */
    unsigned exchanges;
    struct link link;
    uint64_t fwt_ns;
    struct card card;
    uint8_t bytes[APDU_RESPONSE_MAX];
};

struct handset *handset_new(void)
{
    return calloc(1, sizeof(struct handset));
}

void handset_free(struct handset **h)
{
    if (!*h)
        return;
    card_free(&(*h)->card);
    free(*h);
    *h = NULL;
}

void handset_lay(struct handset *h, const struct laying *laying, const struct virtual_reader *reader)
{
    h->laid = true;
    h->laying = *laying;
    h->reader = reader;
    h->margin_db = coupling_margin_db(laying, reader);
    h->slowness = coupling_session_slowness(laying->handset->handset_session_spread, laying->handset_key,
                                            laying->session);
    h->placement_key = random_key(random_key(laying->unit_key, laying->session), laying->ordinal);
    h->placement_faults = faults_draw(laying->handset->faults, laying->handset->fault_count,
                                      laying->power_mode, VIRTUAL_PER_PLACEMENT, h->placement_key);
    h->card.handset = laying->handset;
    h->card.sim = laying->sim;
    h->card.power_mode = laying->power_mode;
    if (!laying->state && (h->last_sim != laying->sim || !sim_state_valid(&h->own, laying->sim)))
        sim_state_init(&h->own, laying->sim);
    h->last_sim = laying->state ? NULL : laying->sim;
    h->card.store = laying->state ? laying->state : &h->own;
    h->card.cut = laying->cut;
    h->card.writes = 0;
    handset_begin(h, 0);
}

void handset_lift(struct handset *h)
{
    handset_field_off(h);
    h->laid = false;
}

void handset_begin(struct handset *h, unsigned transaction)
{
    handset_field_off(h);
    if (!h->laid)
        return;
    const struct virtual_handset *phone = h->laying.handset;
    h->transaction_key = random_key(h->placement_key, transaction);
    h->looking = transaction == 0;
    h->transaction_faults = faults_draw(phone->faults, phone->fault_count, h->laying.power_mode,
                                        VIRTUAL_PER_TRANSACTION, h->transaction_key);
    h->fate = coupling_fate(h->margin_db, h->transaction_key);
    h->spent = 0;
    h->activations = h->powerings = 0;
    if (h->looking) {
        h->transaction_faults = 0;
        h->fate = (struct coupling_fate) { COUPLING_HOLDS, 0, false };
    }
}

void handset_field_off(struct handset *h)
{
    h->active = false;
    h->silent = 0;
    h->exchanges = 0;
    card_field_off(&h->card);
}

/* The cause for which a poll stays unanswered, or 0. */
static unsigned unseen(const struct handset *h, fault_mask struck)
{
    const struct virtual_handset *phone = h->laying.handset;
    unsigned before;
    if (card_first_alive(&h->card) >= phone->target_count)
        return 2;
    if (!identity_polled(phone, h->reader, &before))
        return 4;
    for (unsigned cause = 2; cause <= 4; cause++) {
        if (faults_find(phone->faults, phone->fault_count, struck, cause))
            return cause;
    }
    return 0;
}

bool handset_present(const struct handset *h)
{
    if (!h->laid || h->margin_db <= COUPLING_DEAD_DB)
        return false;
    unsigned cause = unseen(h, h->placement_faults);
    return cause == 0 || cause == 3; /* as activation_fault() has it while a reader only looks */
}

static unsigned activation_fault(const struct handset *h, fault_mask struck)
{
    const struct virtual_handset *phone = h->laying.handset;
    unsigned cause = unseen(h, struck);
    if (h->looking) /* out of position: seen, and lost again when it matters */
        cause = h->margin_db <= COUPLING_DEAD_DB ? 3 : cause == 3 ? 0 : cause;
    if (cause != 0)
        return cause;
    if (h->fate.end == COUPLING_NOT_DETECTED)
        return 3;
    for (cause = 5; cause <= 8; cause++) {
        if (faults_find(phone->faults, phone->fault_count, struck, cause))
            return cause;
    }
    if (phone->technology == 'A' && !(phone->sak & 0x20))
        return 8;
    return h->fate.end == COUPLING_NOT_ACTIVATED ? 6 : 0;
}

void handset_activate(struct handset *h, struct handset_activation *out)
{
    memset(out, 0, sizeof *out);
    handset_field_off(h);
    if (!h->laid) {
        out->fault = 2;
        out->us = 2 * 5000;
        return;
    }
    const struct virtual_handset *phone = h->laying.handset;
    uint64_t activation_key =
        random_key(random_key(h->transaction_key, DRAW_PURPOSE_ACTIVATION), h->powerings++);
    out->fault = activation_fault(h, h->placement_faults | h->transaction_faults);
    out->detected = out->fault == 0 || out->fault > 4;
    out->activated = out->fault == 0;
    uint64_t ns = identity_detect_ns(phone, h->reader, out->detected);
    if (out->detected) {
        out->technology = phone->technology;
        identity_fill(phone, h->reader, activation_key, out);
        ns += identity_activate_ns(phone, out, activation_key);
    }
    if (!out->activated && out->detected) {
        ns += identity_give_up_ns();
        out->ats_length = out->atqb_length = out->atr_length = 0;
    }
    if (out->fault == 8)
        out->sak &= (uint8_t)~0x20; /* it says so itself */
    out->us = ns / 1000;
    h->active = out->activated;
    unsigned fsc = frame_size_of_code(phone->fsci);
    h->link = (struct link) { phone->technology, out->kbit_s,
                              h->reader->fsd > 0 && h->reader->fsd < fsc ? h->reader->fsd : fsc };
    h->fwt_ns = out->fwt_us * 1000;
}

/* What cryptography adds to a command. */
static uint32_t work_us(const struct virtual_target *target, enum card_work work)
{
    switch (work) {
    case CARD_WORK_SIGN_RSA:
        return target->sign_rsa_us;
    case CARD_WORK_SIGN_P256:
        return target->sign_p256_us;
    case CARD_WORK_GENERATE_RSA:
        return target->generate_rsa_us;
    case CARD_WORK_GENERATE_P256:
        return target->generate_p256_us;
    default:
        return 0;
    }
}

/* Log-normal about the median, cut off: nothing is ever far out. */
static uint64_t applet_ns(const struct handset *h, const struct card_answer *answer, size_t bytes,
                          uint64_t key)
{
    const struct virtual_target *target = &h->laying.handset->targets[h->card.state.target];
    double median_ns =
        1000.0 *
        (answer->by_name ? target->select_us : (double)target->command_us + work_us(target, answer->work));
    double z = random_normal(key, DRAW_PURPOSE_APPLET_TIME);
    z = z > PACE_CUT_SD ? PACE_CUT_SD : z < -PACE_CUT_SD ? -PACE_CUT_SD : z;
    return (uint64_t)(median_ns * h->slowness * exp(target->spread * z)) +
           (uint64_t)target->per_byte_ns * bytes;
}

/* How often the target must ask for more time; also a target that never asks does before its FWT is over. */
static unsigned extensions(const struct handset *h, uint64_t busy_ns)
{
    uint64_t after_ns = 1000ull * h->laying.handset->targets[h->card.state.target].wtx_after_us;
    uint64_t patience_ns = h->fwt_ns - h->fwt_ns / 10;
    if (after_ns == 0 || after_ns > patience_ns)
        after_ns = patience_ns;
    return after_ns > 0 ? (unsigned)(busy_ns / after_ns) : 0;
}

static const struct virtual_fault *strike(struct handset *h, fault_mask struck,
                                          const struct fault_exchange *x, bool late)
{
    const struct virtual_handset *phone = h->laying.handset;
    struck &= ~h->spent;
    for (size_t i = 0; struck != 0 && i < phone->fault_count; i++) {
        const struct virtual_fault *f = &phone->faults[i];
        fault_mask bit = (fault_mask)1 << i;
        if (!(struck & bit) || (f->cause == 27) != late || !fault_applies(f, x))
            continue;
        if (f->cause >= 26)
            h->spent |= bit;
        return f;
    }
    return NULL;
}

/* The status word that a fault answers with in place of the applet's; 0 for the other faults. */
static uint16_t fault_status(const struct virtual_fault *f, const struct fault_exchange *x)
{
    switch (f->cause) {
    case 18:
        return 0x6a82;
    case 19:
    case 24:
        return 0x6f00;
    case 20:
    case 21:
        return 0x6985;
    case 22:
        return 0x6982;
    case 23:
        return x->data_length >= 256 ? 0x6700 : 0x6b00;
    default:
        return 0;
    }
}

/* Nothing came: how long until the reader knows. air_ns: command, applet and what there was of an answer. */
static void lose(struct handset *h, unsigned cause, uint32_t slow_us, uint64_t air_ns,
                 struct handset_answer *out)
{
    uint64_t ns = air_ns;
    switch (cause) {
    case 9: /* two retransmissions asked for in vain */
        ns *= 3;
        break;
    case 10:
        ns = slow_us == 0 ? UINT64_MAX : slow_us * 1000ull;
        break;
    case 11:
        ns += slow_us == 0 ? DRIVER_TIMEOUT_US * 1000ull : slow_us * 1000ull;
        break;
    case 12:
    case 17:
        break;
    default:
        ns += h->fwt_ns;
        break;
    }
    out->us = ns == UINT64_MAX ? UINT64_MAX : ns / 1000;
    if (out->us < out->floor_us)
        out->us = out->floor_us;
    out->length = 0;
    out->fault = cause;
    h->silent = cause;
}

static void spoil(struct handset *h, const struct virtual_fault *f, const struct fault_exchange *x,
                  const struct card_state *before, struct card_answer *answer, uint64_t key)
{
    uint16_t sw = fault_status(f, x);
    if (sw != 0) {
        h->card.state = *before;
        h->card.state.warm = true;
        card_status(answer, sw);
        if (f->cause == 20)
            h->silent = 20;
    } else if (f->cause == 26) {
        uint64_t bits = random_u64(key, DRAW_PURPOSE_BYTE);
        answer->bytes[bits % x->data_length] ^= (uint8_t)(1 + (bits >> 32) % 255);
    }
}

static bool swallows(unsigned cause)
{
    return (cause >= 9 && cause <= 14) || cause == 16 || cause == 17;
}

/* The link itself gives way at this exchange: the fault number, or 0. */
static unsigned link_breaks(const struct handset *h)
{
    if (h->fate.end != COUPLING_LOST || h->fate.exchange != h->exchanges)
        return 0;
    return h->fate.removed ? 16 : 9;
}

/* An answer that came: its time, with the extensions asked for, and late where F27 says so. */
static void deliver(struct handset *h, size_t command_length, const struct card_answer *answer,
                    uint64_t busy_ns, const struct virtual_fault *late, struct handset_answer *out)
{
    if (late)
        busy_ns += 1000ull * (late->slow_us != 0 ? late->slow_us : PACE_LATE_DEFAULT_US);
    out->wtx = extensions(h, busy_ns);
    uint64_t ns = link_transfer_ns(&h->link, command_length) + link_transfer_ns(&h->link, answer->length) +
                  2 * link_delay_ns(&h->link) + busy_ns + out->wtx * link_extension_ns(&h->link);
    out->floor_us =
        (link_payload_ns(&h->link, command_length) + link_payload_ns(&h->link, answer->length)) / 1000;
    out->us = ns / 1000;
    out->length = answer->length;
}

unsigned handset_exchanges(const struct handset *h)
{
    return h->exchanges;
}

void handset_exchange(struct handset *h, const uint8_t *command, size_t length, struct handset_answer *out)
{
    *out = (struct handset_answer) { .bytes = h->bytes };
    if (!h->laid || !h->active) {
        out->fault = 16;
        return;
    }
    const struct virtual_handset *phone = h->laying.handset;
    uint64_t command_ns = link_transfer_ns(&h->link, length);
    out->floor_us = link_payload_ns(&h->link, length) / 1000;
    if (h->exchanges++ == 0)
        h->exchange_key =
            random_key(random_key(h->transaction_key, DRAW_PURPOSE_ACTIVATION), h->activations++);
    unsigned broken = h->silent != 0 ? h->silent : link_breaks(h);
    if (broken != 0) {
        lose(h, broken == 10 ? 16 : broken, 0, command_ns, out);
        return;
    }

    uint64_t key = random_key(h->exchange_key, h->exchanges);
    fault_mask struck =
        h->placement_faults | h->transaction_faults |
        faults_draw(phone->faults, phone->fault_count, h->laying.power_mode, VIRTUAL_PER_EXCHANGE, key);
    struct card_state before = h->card.state;
    struct card_answer answer = { .bytes = h->bytes };
    h->card.key = random_key(key, DRAW_PURPOSE_CHALLENGE);
    h->card.other_label = faults_find(phone->faults, phone->fault_count, struck, 25) != NULL;
    card_run(&h->card, command, length, &answer);

    uint64_t busy_ns = applet_ns(h, &answer, length + answer.length, key);
    if (answer.cut) {
        lose(h, 16, 0, command_ns + busy_ns, out);
        return;
    }
    struct fault_exchange x = { h->exchanges, answer.by_name, answer.length - 2,
                                h->link.frame > 3 ? h->link.frame - 3u : 1u };
    const struct virtual_fault *f = strike(h, struck, &x, false);
    if (f && swallows(f->cause)) {
        if (f->cause == 17)
            card_field_off(&h->card);
        out->came = f->cause == 13 ? x.block_payload : f->cause == 14 ? answer.length - 1 : 0;
        out->extends = f->cause == 10 && phone->targets[before.target].wtx_after_us > 0;
        size_t came = f->cause == 13 ? x.block_payload : f->cause == 16 || f->cause == 11 ? 0 : answer.length;
        lose(h, f->cause, f->slow_us, command_ns + busy_ns + link_transfer_ns(&h->link, came), out);
        return;
    }
    if (f)
        spoil(h, f, &x, &before, &answer, key);
    const struct virtual_fault *late = strike(h, struck, &x, true);
    deliver(h, length, &answer, busy_ns, late, out);
    out->fault = f ? f->cause : late ? 27 : h->card.other_label ? 25 : 0;
}
