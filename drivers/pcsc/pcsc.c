/*
 * Readers behind PC/SC. SCardTransmit has no timeout and can't be cancelled (pcsc-lite winscard_clnt.c:2734),
 * so nothing here keeps a deadline: the worker that calls is killed from outside. Only calls that WinSCard
 * has too; no threads, no state outside the reader. Bytes go out and come back exactly as they are.
 *
 * The field: an exclusive connection is made for each transaction (activate) and ended with
 * SCARD_UNPOWER_CARD (field_off), which is the only thing that clears a verified PIN. PC/SC does not tell how
 * presence is watched (interrupt endpoint or a poll every 400 ms), so detect_source is "unknown" here; the
 * reader's profile knows.
 */
#include "drivers/pcsc/pcsc.h"

#include "drivers/evidence.h"
#include "drivers/identify.h"
#include "drivers/pcsc/pcsc_code.h"
#include "drivers/pcsc/pcsc_versions.h"
#include "harness/base/clock.h"

#include <PCSC/reader.h>
#include <PCSC/winscard.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define READERS_MAX   16   /* pcsc-lite's PCSCLITE_MAX_READERS_CONTEXTS */
#define WAIT_SLICE_MS 500  /* of one SCardGetStatusChange */
#define REAPPEAR_MS   1000 /* a reader may lose sight of the handset when its field goes off */
#define SHARED_TRIES  20   /* of 100 ms: another client that holds the reader may let go */
#define REWATCH_MS    450  /* see wait_absent() */

struct pcsc_reader {
    struct driver_reader base; /* first: see driver.h */
    char name[160];
    SCARDCONTEXT context;
    bool connected;
    bool field_is_off; /* we ourselves unpowered the card last */
    bool stuck;        /* the reader was lost: a connection to it may still stand in the daemon */
    DWORD events;      /* the daemon's count of arrivals and removals, when it was looked at last */
    SCARDHANDLE card;
    DWORD protocol;
    unsigned exchanges; /* since activation */

    struct identified identity;
    bool uid_apdu; /* the reader answers for both itself */
};

static struct pcsc_reader *self_of(struct driver_reader *r)
{
    return (struct pcsc_reader *)r;
}

/* pcsc-lite sleeps 100 ms and tries again on a sharing violation unless told not to; it looks once, at the
 * first context (winscard_clnt.c:532). */
static LONG establish(SCARDCONTEXT *context)
{
    setenv("PCSCLITE_NO_BLOCKING", "1", 1);
    return SCardEstablishContext(SCARD_SCOPE_SYSTEM, NULL, NULL, context);
}

/* ---- listing ---- */

/* pcsc-lite's name is "<name> [<interface>] (<serial>) <reader> <slot>", bracketed parts where the device has
 * them. */
static void parse_serial(const char *name, char *out, size_t capacity)
{
    out[0] = '\0';
    size_t length = strlen(name);
    if (length < 8 || name[length - 3] != ' ' || name[length - 6] != ' ' || name[length - 7] != ')')
        return;
    size_t end = length - 7, start = end;
    while (start > 0 && name[start - 1] != '(')
        start--;
    if (start > 0)
        snprintf(out, capacity, "%.*s", (int)(end - start), name + start);
}

static size_t split_names(const char *names, struct driver_found *out, size_t capacity)
{
    size_t n = 0;
    for (const char *at = names; *at && n < capacity; at += strlen(at) + 1) {
        struct driver_found *found = &out[n++];
        memset(found, 0, sizeof *found);
        snprintf(found->name, sizeof found->name, "%s", at);
        found->usb_vendor = found->usb_product = found->usb_interface = -1;
        parse_serial(found->name, found->serial, sizeof found->serial);
        driver_mark_honesty(found);
    }
    return n;
}

/* Names and presence as the daemon already knows them: no reader is connected to, nothing is sent to any. */
static LONG survey_daemon(SCARDCONTEXT context, struct driver_found *out, size_t capacity, size_t *count)
{
    char *names = NULL;
    DWORD length = SCARD_AUTOALLOCATE;
    *count = 0;
    LONG code = SCardListReaders(context, NULL, (LPSTR)&names, &length);
    if (code == SCARD_E_NO_READERS_AVAILABLE)
        return SCARD_S_SUCCESS;
    if (code != SCARD_S_SUCCESS)
        return code;
    size_t n = split_names(names, out, capacity < READERS_MAX ? capacity : READERS_MAX);
    SCardFreeMemory(context, names);

    SCARD_READERSTATE states[READERS_MAX];
    memset(states, 0, sizeof states);
    for (size_t i = 0; i < n; i++) {
        states[i].szReader = out[i].name;
        states[i].dwCurrentState = SCARD_STATE_UNAWARE;
    }
    code = n ? SCardGetStatusChange(context, 0, states, (DWORD)n) : SCARD_S_SUCCESS;
    for (size_t i = 0; i < n && code == SCARD_S_SUCCESS; i++)
        out[i].present = states[i].dwEventState & SCARD_STATE_PRESENT;
    *count = n;
    return SCARD_S_SUCCESS; /* a reader that left in between only has no presence */
}

static int list(const struct reader_model *models, size_t model_count, struct driver_found *out,
                size_t capacity, size_t *count, struct err *e)
{
    (void)models; /* a PC/SC name says what it is by itself */
    (void)model_count;
    struct driver_fault fault;
    SCARDCONTEXT context;
    LONG code = establish(&context);
    if (code == SCARD_S_SUCCESS) {
        code = survey_daemon(context, out, capacity, count);
        SCardReleaseContext(context);
    }
    if (code != SCARD_S_SUCCESS)
        return pcsc_fail((uint32_t)code, PCSC_PHASE_SETUP, NULL, "pcsc", &fault, e);
    return 0;
}

/* ---- open and close ---- */

static void forget_target(struct pcsc_reader *self)
{
    identify_forget(&self->identity, said_alone(SAID_PLACEMENT_NOT_ASKED));
}

static LONG find_reader(SCARDCONTEXT context, const char *name)
{
    struct driver_found found[READERS_MAX];
    size_t count;
    LONG code = survey_daemon(context, found, READERS_MAX, &count);
    if (code != SCARD_S_SUCCESS)
        return code;
    for (size_t i = 0; i < count; i++) {
        if (strcmp(found[i].name, name) == 0)
            return SCARD_S_SUCCESS;
    }
    return SCARD_E_UNKNOWN_READER;
}

static int open_reader(const struct driver_open *how, struct driver_reader **out, struct driver_fault *fault,
                       struct err *e)
{
    const char *where = how->unit ? how->unit : how->address;
    struct pcsc_reader *self = calloc(1, sizeof *self);
    if (!self)
        return err_set(e, ERR_MEMORY, where, "out of memory");
    snprintf(self->name, sizeof self->name, "%s", how->address);
    self->uid_apdu = how->uid_apdu;
    forget_target(self);

    LONG code = establish(&self->context);
    if (code != SCARD_S_SUCCESS)
        goto fail;
    code = find_reader(self->context, self->name);
    if (code != SCARD_S_SUCCESS) {
        SCardReleaseContext(self->context);
        goto fail;
    }
    *out = &self->base;
    return 0;

fail:
    free(self);
    return pcsc_fail((uint32_t)code, PCSC_PHASE_SETUP, NULL, where, fault, e);
}

static LONG disconnect(struct pcsc_reader *self)
{
    if (!self->connected)
        return SCARD_S_SUCCESS;
    self->connected = false;
    LONG code = SCardDisconnect(self->card, SCARD_UNPOWER_CARD);
    self->field_is_off = code == SCARD_S_SUCCESS;

    return code;
}

static void close_reader(struct driver_reader *r)
{
    struct pcsc_reader *self = self_of(r);
    disconnect(self); /* fails when the reader or the daemon is gone: there is nothing left to let go of */
    SCardReleaseContext(self->context);
    free(self);
}

/* ---- presence ---- */

/* One look, or one wait of at most slice_ms for a state other than `known`. */
static LONG look(struct pcsc_reader *self, DWORD known, uint32_t slice_ms, DWORD *state)
{
    SCARD_READERSTATE reader = { .szReader = self->name, .dwCurrentState = known };
    LONG code = SCardGetStatusChange(self->context, slice_ms, &reader, 1);
    *state = known;
    if (code == SCARD_E_TIMEOUT)
        return SCARD_S_SUCCESS;
    if (code != SCARD_S_SUCCESS)
        return code;
    *state = reader.dwEventState & ~(DWORD)SCARD_STATE_CHANGED;
    if (*state & SCARD_STATE_UNKNOWN)
        return SCARD_E_UNKNOWN_READER;
    if (*state & SCARD_STATE_UNAVAILABLE)
        return SCARD_E_READER_UNAVAILABLE;
    return SCARD_S_SUCCESS;
}

/* Waits until presence is as wanted; SCARD_E_TIMEOUT when limit_ms passed first. */
static LONG wait_for(struct pcsc_reader *self, bool wanted, uint32_t limit_ms, DWORD *state)
{
    uint64_t started_ns = clock_now_ns();
    DWORD known = SCARD_STATE_UNAWARE; /* answered at once */
    for (;;) {
        uint64_t past_ms = (clock_now_ns() - started_ns) / 1000000;
        uint64_t left_ms = past_ms < limit_ms ? limit_ms - past_ms : 0;
        LONG code = look(self, known, left_ms < WAIT_SLICE_MS ? (uint32_t)left_ms : WAIT_SLICE_MS, state);
        if (code != SCARD_S_SUCCESS)
            return code;
        if (((*state & SCARD_STATE_PRESENT) != 0) == wanted)
            return SCARD_S_SUCCESS;
        if (left_ms == 0 && known != SCARD_STATE_UNAWARE)
            return SCARD_E_TIMEOUT;
        known = *state;
    }
}

/*
 * libpcsclite calls a connection that was reset SCARD_W_SECURITY_VIOLATION: so pcscd refuses a client, and so
 * it dies while something of ours is unread. One that had taken us in and still answers did refuse; of one
 * that answers no more this is the code that says so.
 */
static LONG refused_or_gone(struct pcsc_reader *self)
{
    DWORD length = 0;
    LONG code = SCardListReaders(self->context, NULL, NULL, &length);
    bool answers = code == SCARD_S_SUCCESS || code == SCARD_E_NO_READERS_AVAILABLE;
    return answers ? SCARD_W_SECURITY_VIOLATION : code;
}

static int fail(struct pcsc_reader *self, LONG code, enum pcsc_phase phase, struct driver_fault *fault,
                struct err *e)
{
    if (code == SCARD_W_SECURITY_VIOLATION)
        code = refused_or_gone(self);
    if (code == SCARD_E_SHARING_VIOLATION && self->stuck)
        code = SCARD_E_READER_UNAVAILABLE; /* it is our own connection, to a reader that left with it */
    int status = pcsc_fail((uint32_t)code, phase, NULL, self->name, fault, e);
    self->stuck |= fault->reader_lost;
    return status;
}

static LONG connect_card(struct pcsc_reader *self)
{
    LONG code = SCardConnect(self->context, self->name, SCARD_SHARE_EXCLUSIVE,
                             SCARD_PROTOCOL_T0 | SCARD_PROTOCOL_T1, &self->card, &self->protocol);
    self->connected = code == SCARD_S_SUCCESS;
    self->stuck &= !self->connected;
    self->exchanges = 0;
    return code;
}

/* Before the first transaction of a placement, in a powering of its own that is not part of any
 * transaction. */
static void identify(struct pcsc_reader *self)
{
    if (!self->uid_apdu) {
        identify_forget(&self->identity, said_alone(SAID_NO_COMMAND));
        return;
    }
    LONG code = connect_card(self);
    if (code != SCARD_S_SUCCESS) {
        char name[48];
        pcsc_code_name((uint32_t)code, name);
        identify_forget(&self->identity, SAY(SAID_NOT_CONNECTED, name));
        return;
    }
    identify_ask(&self->identity, &self->base, 0); /* no deadline: see above */
    disconnect(self);
}

static void fill_identity(struct pcsc_reader *self, struct driver_target *target)
{
    identify_fill(&self->identity, target);
    target->detect_source = said_alone(SAID_SEEN_UNKNOWN);
    target->detect_quantum_us = 0;
}

static int wait_present(struct driver_reader *r, uint32_t limit_ms, struct driver_target *target,
                        struct driver_fault *fault, struct err *e)
{
    struct pcsc_reader *self = self_of(r);
    DWORD state;
    disconnect(self);
    forget_target(self);
    uint64_t started_ns = clock_now_ns();
    LONG code = wait_for(self, true, limit_ms, &state);
    target->detect_us = (clock_now_ns() - started_ns) / 1000;
    if (code == SCARD_E_TIMEOUT) {
        fault->stage = STAGE_DETECT;
        fault->causes = CAUSE(2) | CAUSE(3) | CAUSE(4);
        fault->depth = DEPTH_PCSC;
        pcsc_code_name((uint32_t)code, fault->native);
        return err_set(e, ERR_TIMEOUT, self->name, "nothing came into the field within %u ms", limit_ms);
    }
    if (code != SCARD_S_SUCCESS)
        return fail(self, code, PCSC_PHASE_WAIT, fault, e);
    if (state &
        (SCARD_STATE_EXCLUSIVE | SCARD_STATE_INUSE)) /* by us, when our own connection could not be ended */
        return fail(self, SCARD_E_SHARING_VIOLATION, PCSC_PHASE_WAIT, fault, e);
    target->detect_source = said_alone(SAID_SEEN_UNKNOWN);
    if (state & SCARD_STATE_MUTE)
        return fail(self, SCARD_W_UNRESPONSIVE_CARD, PCSC_PHASE_ACTIVATE, fault, e);
    self->field_is_off = false; /* the daemon itself powers what arrives */
    identify(self);
    fill_identity(self, target);
    return 0;
}

/*
 * pcscd stops watching the slot at a disconnect and looks again up to 400 ms later (seen with 1.9.9): a
 * handset that was exchanged for another within that time is never noticed. So absence is reported no sooner
 * than that.
 */
static int wait_absent(struct driver_reader *r, uint32_t limit_ms, struct driver_fault *fault, struct err *e)
{
    struct pcsc_reader *self = self_of(r);
    DWORD state;
    uint64_t started_ns = clock_now_ns();
    disconnect(self);
    LONG code = wait_for(self, false, limit_ms, &state);
    if (code == SCARD_E_TIMEOUT) {
        fault->stage = STAGE_DETECT;
        fault->depth = DEPTH_PCSC;
        pcsc_code_name((uint32_t)code, fault->native);
        return err_set(e, ERR_TIMEOUT, self->name, "the handset is still in the field after %u ms", limit_ms);
    }
    if (code != SCARD_S_SUCCESS)
        return fail(self, code, PCSC_PHASE_WAIT, fault, e);
    uint64_t past_ms = (clock_now_ns() - started_ns) / 1000000;
    if (past_ms < REWATCH_MS)
        clock_sleep_ms((unsigned)(REWATCH_MS - past_ms));
    forget_target(self);
    return 0;
}

/* ---- a transaction ---- */

/* pcscd remembers that a card stayed mute until it leaves, and answers a connect from that memory. A
 * transaction asks the card itself: down and up again, through a connection to the reader. */
static LONG connect_mute(struct pcsc_reader *self)
{
    SCARDHANDLE handle;
    LONG code = SCardConnect(self->context, self->name, SCARD_SHARE_DIRECT, 0, &handle, &self->protocol);
    if (code != SCARD_S_SUCCESS)
        return code;
    code = SCardReconnect(handle, SCARD_SHARE_EXCLUSIVE, SCARD_PROTOCOL_T0 | SCARD_PROTOCOL_T1,
                          SCARD_UNPOWER_CARD, &self->protocol);
    if (code != SCARD_S_SUCCESS) {
        SCardDisconnect(handle, SCARD_LEAVE_CARD);
        return code;
    }
    self->card = handle;
    self->connected = true;
    self->exchanges = 0;
    return code;
}

/*
 * Waits for a handset that the reader lost sight of when its field went off: that belongs to coming up. What
 * arrives is powered by the daemon itself, and must go down again first: "from the field off".
 */
static LONG take_down(struct pcsc_reader *self, DWORD *state, uint64_t *waited_us)
{
    uint64_t started_ns = clock_now_ns();
    LONG code = look(self, SCARD_STATE_UNAWARE, 0, state);
    *waited_us = 0;
    if (code == SCARD_S_SUCCESS && !(*state & SCARD_STATE_PRESENT)) {
        code = wait_for(self, true, REAPPEAR_MS, state);
        *waited_us = (clock_now_ns() - started_ns) / 1000;
    }
    if (code != SCARD_S_SUCCESS)
        return code == SCARD_E_TIMEOUT ? SCARD_E_NO_SMARTCARD : code;
    DWORD events = *state >> 16;
    if (events != self->events)
        self->field_is_off = false;
    self->events = events;
    if (self->field_is_off || (*state & SCARD_STATE_MUTE))
        return SCARD_S_SUCCESS;
    code = connect_card(self);
    if (code == SCARD_S_SUCCESS)
        code = disconnect(self);
    return code;
}

/* The time is that of the powering alone, and of the wait for a handset that was lost from sight. */
static LONG power_up(struct pcsc_reader *self, uint64_t *activate_us)
{
    DWORD state = 0;
    uint64_t waited_us;
    LONG code = take_down(self, &state, &waited_us);
    uint64_t started_ns = clock_now_ns();
    if (code == SCARD_S_SUCCESS)
        code = state & SCARD_STATE_MUTE ? connect_mute(self) : connect_card(self);
    *activate_us = waited_us + (clock_now_ns() - started_ns) / 1000;
    return code;
}

static LONG read_atr(struct pcsc_reader *self, struct driver_target *target)
{
    char name[MAX_READERNAME + 1];
    uint8_t atr[MAX_ATR_SIZE];
    DWORD name_length = sizeof name, state, protocol, length = sizeof atr;
    LONG code = SCardStatus(self->card, name, &name_length, &state, &protocol, atr, &length);
    if (code != SCARD_S_SUCCESS)
        return code;
    if (length > sizeof target->atr)
        return SCARD_E_INVALID_ATR;
    memcpy(target->atr, atr, length);
    target->atr_length = length;
    return SCARD_S_SUCCESS;
}

static int activate(struct driver_reader *r, struct driver_target *target, struct driver_fault *fault,
                    struct err *e)
{
    struct pcsc_reader *self = self_of(r);
    disconnect(self);
    LONG code = power_up(self, &target->activate_us);
    self->field_is_off = false;
    if (code == SCARD_S_SUCCESS)
        code = read_atr(self, target);
    if (code != SCARD_S_SUCCESS) {
        int status = fail(self, code, PCSC_PHASE_ACTIVATE, fault, e);
        disconnect(self);
        return status;
    }
    fill_identity(self, target);
    return 0;
}

static int field_off(struct driver_reader *r, struct driver_fault *fault, struct err *e)
{
    struct pcsc_reader *self = self_of(r);
    LONG code = disconnect(self);
    /* A card that has left has no field to be taken from it. */
    if (code == SCARD_S_SUCCESS || code == SCARD_E_NO_SMARTCARD || code == SCARD_W_REMOVED_CARD)
        return 0;
    return fail(self, code, PCSC_PHASE_ACTIVATE, fault, e);
}

static int exchange_failed(struct pcsc_reader *self, LONG code, const struct driver_exchange *x,
                           struct driver_fault *fault, struct err *e)
{
    struct exchange_evidence evidence = evidence_of(x, self->exchanges == 1, self->identity.fwt_us);
    int status = pcsc_fail((uint32_t)code, PCSC_PHASE_EXCHANGE, &evidence, self->name, fault, e);
    self->stuck |= fault->reader_lost;
    return status;
}

static int exchange(struct driver_reader *r, struct driver_exchange *x, struct driver_fault *fault,
                    struct err *e)
{
    struct pcsc_reader *self = self_of(r);
    if (!self->connected) {
        fault->stage = STAGE_ACTIVATE;
        fault->depth = DEPTH_PCSC;
        return err_set(e, ERR_NO_TARGET, self->name, "nothing is activated: activate before an exchange");
    }
    const SCARD_IO_REQUEST *pci = self->protocol == SCARD_PROTOCOL_T0 ? SCARD_PCI_T0 : SCARD_PCI_T1;
    DWORD length = x->response_capacity < APDU_RESPONSE_MAX ? x->response_capacity : APDU_RESPONSE_MAX;
    DWORD capacity = length;
    self->exchanges++;
    x->started_ns = clock_now_ns();
    LONG code = SCardTransmit(self->card, pci, x->command, x->command_length, NULL, x->response, &length);
    x->ended_ns = clock_now_ns();
    if (code != SCARD_S_SUCCESS) /* `length` may still hold the buffer's size: it means nothing now */
        return exchange_failed(self, code, x, fault, e);
    if (length < 2 || length > capacity) { /* vpcd calls a card that left "success" with no bytes */
        fault->stage = STAGE_EXCHANGE;
        fault->causes = CAUSE(3) | CAUSE(9) | CAUSE(16);
        fault->depth = DEPTH_PCSC;
        pcsc_code_name((uint32_t)code, fault->native);
        return err_set(e, ERR_CARD, self->name, "%lu bytes came back; a response has at least two", length);
    }
    x->response_length = length;
    return 0;
}

/*
 * SCARD_ATTR_ICC_PRESENCE is the attribute that a driver can't answer from what it already has: libccid asks
 * the reader (GetSlotStatus) for it. Blocks as long as the reader hangs: the caller runs it where it can be
 * killed.
 */
static int ask_presence(struct pcsc_reader *self, uint64_t *ns, struct err *e)
{
    struct driver_fault fault;
    SCARDHANDLE handle = self->card;
    DWORD protocol;
    LONG code = SCARD_S_SUCCESS;
    if (!self->connected)
        code = SCardConnect(self->context, self->name, SCARD_SHARE_DIRECT, 0, &handle, &protocol);
    if (code != SCARD_S_SUCCESS)
        return fail(self, code, PCSC_PHASE_SETUP, &fault, e);

    uint8_t presence[8];
    DWORD length = sizeof presence;
    uint64_t started_ns = clock_now_ns();
    code = SCardGetAttrib(handle, SCARD_ATTR_ICC_PRESENCE, presence, &length);
    *ns = clock_now_ns() - started_ns;
    if (!self->connected)
        SCardDisconnect(handle, SCARD_LEAVE_CARD);
    if (code == SCARD_E_UNSUPPORTED_FEATURE || code == SCARD_E_INVALID_PARAMETER)
        return err_set(e, ERR_UNSUPPORTED, self->name,
                       "the reader's driver can't ask the reader without a card");
    if (code != SCARD_S_SUCCESS)
        return fail(self, code, PCSC_PHASE_SETUP, &fault, e);
    return 0;
}

static int probe(struct driver_reader *r, struct err *e)
{
    uint64_t ignored_ns;
    return ask_presence(self_of(r), &ignored_ns, e);
}

static int time_floor(struct driver_reader *r, uint64_t *ns, struct err *e)
{
    return ask_presence(self_of(r), ns, e);
}

/* ---- where it is ---- */

/* Without a card and beside other clients, but not beside an exclusive one. */
static LONG connect_reader(struct pcsc_reader *self, SCARDHANDLE *to)
{
    DWORD protocol;
    for (unsigned i = 0;; i++) {
        LONG code = SCardConnect(self->context, self->name, SCARD_SHARE_DIRECT, 0, to, &protocol);
        if (code != SCARD_E_SHARING_VIOLATION || i == SHARED_TRIES)
            return code;
        clock_sleep_ms(100);
    }
}

/* PC/SC part 3: SCARD_ATTR_CHANNEL_ID is 0xDDDDCCCC, DDDD 0020 for USB; libccid has bus and device in CCCC
 * (ifdhandler.c, IFDHGetCapabilities). No reset of what lies on it. */
static bool locate(struct driver_reader *r, struct driver_location *out)
{
    struct pcsc_reader *self = self_of(r);
    SCARDHANDLE to;
    BYTE value[264]; /* pcsc-lite refuses a larger one */
    DWORD length = sizeof value;
    memset(out, 0, sizeof *out);
    if (connect_reader(self, &to) != SCARD_S_SUCCESS)
        return false;
    LONG code = SCardGetAttrib(to, SCARD_ATTR_CHANNEL_ID, value, &length);
    if (code == SCARD_S_SUCCESS && length == 4 && value[3] == 0x00 && value[2] == 0x20) {
        out->bus = value[1];
        out->device = value[0];
    }
    length = sizeof value;
    if (SCardGetAttrib(to, SCARD_ATTR_VENDOR_IFD_SERIAL_NO, value, &length) == SCARD_S_SUCCESS)
        snprintf(out->serial, sizeof out->serial, "%.*s", (int)length, (const char *)value);
    SCardDisconnect(to, SCARD_LEAVE_CARD);
    return out->bus != 0;
}

const struct driver_ops driver_pcsc = {
    .name = "pcsc",
    .summary = "readers behind PC/SC (pcscd, libpcsclite)",
    .version = DRIVER_VERSION,
    .capabilities = 0,
    .needs = { SANDBOX_FILES, (const struct sandbox_path[]) { { "/sys", false }, { 0 } } },
    .list = list,
    .open = open_reader,
    .close = close_reader,
    .wait_present = wait_present,
    .wait_absent = wait_absent,
    .activate = activate,
    .field_off = field_off,
    .exchange = exchange,
    .locate = locate,
    .probe = probe,
    .floor = time_floor,
    .floor_what = "SCardGetAttrib(SCARD_ATTR_ICC_PRESENCE)",
    .versions = pcsc_versions,
};
