/* The wrappers every caller goes through; see driver.h. */
#include "drivers/driver.h"

#include "drivers/secure.h"
#include "drivers/usb_proof.h"
#include "harness/base/clock.h"

#include <stdio.h>
#include <string.h>

#define PROOF_HOLDS_NS 5000000000U /* without an exchange */
/* The driver that this process is there for, and what could be asked only before. */
static struct {
    const struct driver_ops *ops;
    char versions[512];
} confined;

const struct driver_ops *driver_by_name(const char *name)
{
    for (size_t i = 0; driver_registry[i]; i++) {
        if (strcmp(driver_registry[i]->name, name) == 0)
            return driver_is_listed(driver_registry[i]) ? driver_registry[i] : NULL;
    }
    return NULL;
}

static int unsupported(const struct driver_ops *ops, const char *what, struct err *e)
{
    return err_set(e, ERR_UNSUPPORTED, ops->name, "this driver cannot %s", what);
}

/* QEMU makes a device's serial number of its place: "1-0000:00:03.0-1" holds a PCI address, as no maker's
 * does. Its card reader wears the ids of a real one, and pcscd calls it by that one's name. */
static bool is_qemu_serial(const char *serial)
{
    unsigned domain, bus, slot, function;
    int end = 0;
    const char *dash = strchr(serial, '-');
    return dash && sscanf(dash, "-%4x:%2x:%2x.%1x-%n", &domain, &bus, &slot, &function, &end) == 4 && end > 0;
}

void driver_mark_honesty(struct driver_found *found)
{
    static const char *const signs[] = { "Virtual PCD", "QEMU" };
    if (strncmp(found->serial, "SIM-", 4) == 0) {
        found->simulated = true;
        found->sign = SAY(SAID_SERIAL, found->serial);
    } else if (is_qemu_serial(found->serial)) {
        found->simulated = true;
        found->sign = SAY(SAID_SERIAL_QEMU, found->serial);
    }
    for (size_t i = 0; !found->simulated && i < sizeof signs / sizeof *signs; i++) {
        if (strstr(found->name, signs[i]) || strstr(found->vendor, signs[i])) {
            found->simulated = true;
            found->sign = SAY(SAID_READER_NAMED, signs[i]);
        }
    }
}

int driver_list(const struct driver_ops *ops, const struct reader_model *models, size_t model_count,
                struct driver_found *out, size_t capacity, size_t *count, struct err *e)
{
    *count = 0;
    return ops->list ? ops->list(models, model_count, out, capacity, count, e)
                     : unsupported(ops, "list readers", e);
}

int driver_describe(const struct driver_ops *ops, const char *address, struct driver_found *out,
                    struct err *e)
{
    memset(out, 0, sizeof *out);
    return ops->describe ? ops->describe(address, out, e)
                         : unsupported(ops, "open a reader that it does not list", e);
}

int driver_open(const struct driver_ops *ops, const struct driver_open *how, struct driver_reader **out,
                struct driver_fault *fault, struct err *e)
{
    *out = NULL;
    memset(fault, 0, sizeof *fault);
    if (ops->version != DRIVER_VERSION)
        return err_set(e, ERR_UNSUPPORTED, ops->name, "driver interface %u, this program has %u",
                       ops->version, DRIVER_VERSION);
    if (!ops->open || !ops->close || !ops->exchange || !ops->activate || !ops->field_off)
        return unsupported(ops, "be opened: a required operation is missing", e);
    int status = ops->open(how, out, fault, e);
    if (status == 0) {
        (*out)->ops = ops;
        (*out)->guard = (struct guard) { .own = how->applications, .permit = how->permit };
        (*out)->budget = how->budget;
        (*out)->uid_apdu = how->uid_apdu;
        (*out)->key = how->key;
    }
    return status;
}

void driver_close(struct driver_reader **r)
{
    if (!*r)
        return;
    driver_secure_end(*r);
    explicit_bzero(&(*r)->last, sizeof(*r)->last);
    (*r)->ops->close(*r);
    *r = NULL;
}

/* ---- identifiers ---- */

static void hide_uid(struct driver_reader *r, struct driver_target *t)
{
    size_t length = t->uid_length < sizeof t->uid ? t->uid_length : sizeof t->uid;
    if (length == 0)
        return;
    if (r->last.length != length || memcmp(r->last.uid, t->uid, length) != 0) {
        memcpy(r->last.uid, t->uid, length);
        r->last.length = length;
        r->last.value.count = 0;
        identifiers_add(&r->last.value, r->key, IDENTIFIER_UID, t->uid, length);
    }
    t->identifiers = r->last.value;
    explicit_bzero(t->uid, sizeof t->uid);
}

static void clear_bytes(uint8_t *bytes, size_t length, uint64_t hidden)
{
    for (size_t i = 0; i < length && i < 64; i++)
        if (hidden >> i & 1)
            bytes[i] = 0;
}

static void hide_identifiers(struct driver_reader *r, struct driver_target *t)
{
    t->uid_random = uid_is_random(t->uid, t->uid_length);
    size_t uid_length = t->uid_random ? 0 : t->uid_length;
    t->ats_hidden = ats_hidden(t->ats, t->ats_length, t->uid, uid_length);
    t->atr_hidden = atr_hidden(t->atr, t->atr_length, t->uid, uid_length);
    hide_uid(r, t);
    if (t->ats_hidden)
        identifiers_add_hidden(&t->identifiers, r->key, t->ats, t->ats_length, t->ats_hidden);
    else
        identifiers_add_hidden(&t->identifiers, r->key, t->atr, t->atr_length > 0 ? t->atr_length - 1 : 0,
                               t->atr_hidden);
    clear_bytes(t->ats, t->ats_length, t->ats_hidden);
    clear_bytes(t->atr, t->atr_length, t->atr_hidden);
    if (t->atqb_length > 5)
        memset(t->atqb + 1, 0, 4); /* the PUPI, ISO/IEC 14443-3 7.9.2 */
}

int driver_wait_present(struct driver_reader *r, uint32_t limit_ms, struct driver_target *target,
                        struct driver_fault *fault, struct err *e)
{
    memset(target, 0, sizeof *target);
    memset(fault, 0, sizeof *fault);
    if (!r->ops->wait_present)
        return unsupported(r->ops, "wait for a handset", e);
    int status = r->ops->wait_present(r, limit_ms, target, fault, e);
    hide_identifiers(r, target);
    return status;
}

int driver_wait_absent(struct driver_reader *r, uint32_t limit_ms, struct driver_fault *fault, struct err *e)
{
    memset(fault, 0, sizeof *fault);
    if (!r->ops->wait_absent)
        return unsupported(r->ops, "wait for a handset to leave", e);
    return r->ops->wait_absent(r, limit_ms, fault, e);
}

int driver_activate(struct driver_reader *r, struct driver_target *target, struct driver_fault *fault,
                    struct err *e)
{
    memset(target, 0, sizeof *target);
    memset(fault, 0, sizeof *fault);
    guard_reset(&r->guard);
    driver_secure_end(r);
    int status = r->ops->activate(r, target, fault, e);
    hide_identifiers(r, target);
    return status;
}

int driver_field_off(struct driver_reader *r, struct driver_fault *fault, struct err *e)
{
    memset(fault, 0, sizeof *fault);
    guard_reset(&r->guard);
    driver_secure_end(r);
    return r->ops->field_off(r, fault, e);
}

void driver_expire_proof(struct driver_reader *r)
{
    if (r->guard.proven && driver_now_ns(r) - r->answered_ns > PROOF_HOLDS_NS)
        guard_unprove(&r->guard);
}

static int check_budget(const struct driver_reader *r, enum guard_cost cost, struct err *e)
{
    if (!r->counts || target_budget_left(r->budget, r->target, cost, clock_wall_s()) > 0)
        return 0;
    return err_set(e, ERR_REFUSED, "test target",
                   "it has had all that it is to bear today (%d wrong PINs, %d writes): go on tomorrow, or "
                   "with another one",
                   TARGET_BUDGET_TRIES, TARGET_BUDGET_WRITES);
}

/* A PIN that was right costs nothing. */
static void count_cost(struct driver_reader *r, enum guard_cost cost, uint16_t sw)
{
    if (r->counts && (cost != GUARD_COST_TRY || sw != 0x9000))
        target_budget_spend(r->budget, r->target, cost, clock_wall_s());
}

static int check_command(struct driver_reader *r, const struct driver_exchange *x, enum guard_cost *cost,
                         struct err *e)
{
    driver_expire_proof(r);
    int status = guard_check(&r->guard, x->command, x->command_length, e);
    if (status == 0 && x->command[0] == 0xFF && !r->uid_apdu)
        status = unsupported(r->ops,
                             "ask a reader that is not known to answer FF CA itself: a card would get it", e);
    if (status != 0)
        return status;
    *cost = guard_cost(&r->guard, x->command, x->command_length);
    return check_budget(r, *cost, e);
}

int driver_exchange(struct driver_reader *r, struct driver_exchange *x, struct driver_fault *fault,
                    struct err *e)
{
    enum guard_cost cost = GUARD_COST_NONE;
    memset(fault, 0, sizeof *fault);
    x->response_length = 0;
    x->started_ns = x->ended_ns = 0;
    x->identifiers.count = 0;
    int status = check_command(r, x, &cost, e);
    if (status != 0)
        return status;
    status = driver_exchange_secured(r, x, fault, e);
    if (status == ERR_UNSUPPORTED || status == ERR_REFUSED) /* then nothing was sent */
        return status;
    if (status == 0)
        guard_answer_identifiers(&r->guard, r->key, x->command, x->command_length, x->response,
                                 x->response_length, &x->identifiers);
    uint16_t sw = status == 0 ? apdu_status_word(x->response, x->response_length) : 0;
    count_cost(r, cost, sw);
    guard_note(&r->guard, x->command, x->command_length, sw);
    r->answered_ns = driver_now_ns(r);
    return status;
}

int driver_lay(struct driver_reader *r, const struct laying *laying, struct err *e)
{
    return r->ops->lay ? r->ops->lay(r, laying, e) : unsupported(r->ops, "lay a simulated handset", e);
}

void driver_begin(struct driver_reader *r, unsigned transaction)
{
    if (r->ops->begin)
        r->ops->begin(r, transaction);
}

uint64_t driver_now_ns(struct driver_reader *r)
{
    return r->ops->now_ns ? r->ops->now_ns(r) : clock_now_ns();
}

void driver_advance(struct driver_reader *r, uint64_t now_ns)
{
    if (r->ops->advance)
        r->ops->advance(r, now_ns);
}

enum proof driver_prove(struct driver_reader *r, const struct driver_found *found,
                        const struct reader_model *model)
{
    struct driver_location at = { 0 };
    if (found->simulated)
        return PROOF_SIMULATED;
    if (!r->ops->locate || !r->ops->locate(r, &at))
        return PROOF_UNPROVEN;
    return usb_proof("/sys", &at, model ? model->usb_vendor : -1, model ? model->usb_product : -1);
}

int driver_probe(struct driver_reader *r, struct err *e)
{
    return r->ops->probe ? r->ops->probe(r, e) : unsupported(r->ops, "ask the reader without a card", e);
}

int driver_floor(struct driver_reader *r, uint64_t *ns, struct err *e)
{
    *ns = 0;
    return r->ops->floor ? r->ops->floor(r, ns, e) : unsupported(r->ops, "time the reader without a card", e);
}

void driver_versions(const struct driver_ops *ops, char *out, size_t capacity)
{
    if (capacity > 0)
        out[0] = '\0';
    if (confined.ops == ops)
        snprintf(out, capacity, "%s", confined.versions);
    else if (ops->versions)
        ops->versions(out, capacity);
}

int driver_confine(const struct driver_ops *ops, struct err *e)
{
    if (confined.ops == ops)
        return 0;
    driver_versions(ops, confined.versions, sizeof confined.versions); /* pcsc starts a program for them */
    confined.ops = ops;
    return sandbox_enter(&ops->needs, e);
}
