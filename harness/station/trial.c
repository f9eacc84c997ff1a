#include "harness/station/trial.h"

#include "harness/base/clock.h"
#include "harness/base/text.h"
#include "harness/station/probe.h"
#include "harness/station/testbed_control.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define FOUND_MAX 64

struct trial {
    struct trial_watch watch;
    const struct reader_profile *profile;
    struct driver_reader *reader;
    struct driver_target presence; /* what the wait for the handset saw */
    const struct survey *testbed;  /* as trial_reader has it */
    unsigned index;
    const struct target_access *access;
    const char *unit;
    int control; /* the testbed's socket; -1: not connected */
};

struct trial_reader trial_reader_of(const struct survey *s, unsigned reader)
{
    const struct survey_reader *unit = &s->readers[reader];
    return (struct trial_reader) { .ops = driver_by_name(unit->driver),
                                   .profiles = s->reader_profiles,
                                   .profile_count = s->reader_profile_count,
                                   .profile = &s->reader_profiles[unit->profile],
                                   .applications = &s->application_table,
                                   .unit = unit->unit,
                                   .polling = s->polling,
                                   .seed = s->seed,
                                   .testbed = s->hands == HANDS_TESTBED ? s : NULL,
                                   .index = reader };
}

struct transaction_setup trial_setup_of(const struct survey *s, unsigned script, unsigned pair)
{
    const struct survey_script *ss = &s->scripts[script];
    return (struct transaction_setup) { .script = &s->scripts_loaded[ss->script],
                                        .time_limit_ms = ss->time_limit_ms,
                                        .deadline_ms = ss->deadline_ms,
                                        .token_label = s->sims[s->pairs[pair].sim].token_label,
                                        .handset = s->pairs[pair].unit };
}

/* ---- a call that may hang ---- */

static void call_begins(const struct trial *t, enum stage stage, uint32_t deadline_ms)
{
    if (t->watch.before)
        t->watch.before(t->watch.context, stage, deadline_ms);
}

static void call_ends(const struct trial *t)
{
    if (t->watch.after)
        t->watch.after(t->watch.context);
}

/* ---- find and open ---- */

static bool is_given(const char *text)
{
    return text && *text;
}

static bool serial_fits(const struct trial_reader *r, const struct driver_found *f)
{
    return !is_given(r->serial) || strcmp(r->serial, f->serial) == 0 ||
           (r->unread_serial_fits && !f->serial[0]);
}

static bool is_meant(const struct trial_reader *r, const struct driver_found *f,
                     const struct reader_profile *match)
{
    if (is_given(r->named))
        return strstr(f->name, r->named) || (match && strcmp(match->id, r->named) == 0);
    if (!serial_fits(r, f))
        return false;
    return is_given(r->address) ? strcmp(r->address, f->name) == 0 : !r->profile || match;
}

static const struct reader_profile *match_of(const struct trial_reader *r, const struct driver_found *f)
{
    if (!r->profile)
        return reader_profile_of(r->profiles, r->profile_count, f->name, f->usb_vendor, f->usb_product,
                                 f->usb_interface);
    return reader_profile_matches(r->profile, f->name, f->usb_vendor, f->usb_product, f->usb_interface)
               ? r->profile
               : NULL;
}

/* A driver may know readers that it can't list, such as those of a serial port. */
static int describe_unlisted(const struct trial_reader *r, struct driver_found *out, struct err *e)
{
    const char *address = is_given(r->named) ? r->named : is_given(r->address) ? r->address : NULL;
    if (address && r->ops->describe)
        return driver_describe(r->ops, address, out, e);
    if (is_given(r->named))
        return err_set(e, ERR_ENVIRONMENT, r->named,
                       "no such reader is attached for the %s driver; `nfc-survey readers` lists them",
                       r->ops->name);
    if (!r->profile)
        return err_set(e, ERR_ENVIRONMENT, r->ops->name, "no reader is attached");
    return err_set(e, ERR_ENVIRONMENT, r->unit,
                   "this reader (profile %s%s%s%s%s) is not attached for the %s driver; `nfc-survey readers` "
                   "lists what is",
                   r->profile->id, address ? ", address " : "", address ? address : "",
                   is_given(r->serial) ? ", serial " : "", is_given(r->serial) ? r->serial : "",
                   r->ops->name);
}

/* The reader that is meant, of all that the driver lists. */
static int find_reader(struct trial *t, const struct trial_reader *r, struct driver_found *out, struct err *e)
{
    size_t count = 0, model_count = 0, fits = 0;
    struct driver_found *found = calloc(FOUND_MAX, sizeof *found);
    struct reader_model *models = reader_models(r->profiles, r->profile_count, &model_count);
    int status = found ? driver_list(r->ops, models, model_count, found, FOUND_MAX, &count, e)
                       : err_set(e, ERR_MEMORY, r->unit ? r->unit : "", "out of memory");
    for (size_t i = 0; status == 0 && i < count; i++) {
        const struct reader_profile *match = match_of(r, &found[i]);
        if (is_meant(r, &found[i], match) && fits++ == 0) {
            *out = found[i];
            t->profile = r->profile ? r->profile : match;
        }
    }
    free(models);
    free(found);
    if (status != 0)
        return status;
    if (fits == 0)
        return describe_unlisted(r, out, e);
    if (fits > 1 && r->ambiguous != 0)
        return err_set(e, r->ambiguous, r->unit ? r->unit : "",
                       "%zu attached readers fit; say which with --reader (`nfc-survey readers`)", fits);
    return 0;
}

static int find_or_simulate(struct trial *t, const struct trial_reader *r, struct driver_found *out,
                            struct err *e)
{
    if (!(r->ops->capabilities & DRIVER_SIMULATED))
        return find_reader(t, r, out, e);
    text_fit(out->name, sizeof out->name, r->unit);
    out->sign = said_alone(SAID_SIM_DRIVER);
    out->simulated = true;
    return 0;
}

static int open_driver(struct trial *t, const struct trial_reader *r, const struct driver_found *found,
                       enum proof *proof, struct driver_fault *fault, struct err *e)
{
    struct reader_model model;
    /* What real cards show is not hidden with a key that everybody has. */
    bool open_to_all = r->key && identifier_key_is_published(r->key) && !found->simulated;
    struct driver_open how = { .address = found->name,
                               .seed = r->seed,
                               .polling = r->polling,
                               .applications = r->applications,
                               .key = open_to_all ? NULL : r->key,
                               .unit = r->unit ? r->unit : found->name };
    if (r->access) {
        how.permit = r->access->permit;
        how.budget = r->access->budget;
    }
    if (t->profile) {
        reader_profile_model(t->profile, &model);
        how.simulated = &t->profile->simulation;
        how.model = &model;
        how.uid_apdu = model.uid_apdu;
    }
    int status = t->watch.found ? t->watch.found(t->watch.context, found, e) : 0;
    if (status != 0)
        return status;
    status = driver_open(r->ops, &how, &t->reader, fault, e);
    if (status == 0 && r->answers && !(r->ops->capabilities & DRIVER_SIMULATED)) {
        status = driver_probe(t->reader, e);
        if (status == ERR_UNSUPPORTED)
            status = 0;
        fault->busy = status != 0 && strcmp(e->native, "SCARD_E_SHARING_VIOLATION") == 0;
    }
    if (status == 0) /* one that is held could not say where it is, and would only be asked again and again */
        *proof = driver_prove(t->reader, found, how.model);
    return status;
}

int trial_open(struct trial **out, const struct trial_reader *which, const struct trial_watch *watch,
               struct trial_opened *opened, struct err *e)
{
    struct driver_found found = { 0 };
    struct driver_fault fault = { 0 };
    struct trial *t = calloc(1, sizeof *t);
    memset(opened, 0, sizeof *opened);
    *out = NULL;
    if (!t)
        return opened->status = err_set(e, ERR_MEMORY, which->unit ? which->unit : "", "out of memory");
    t->watch = watch ? *watch : (struct trial_watch) { 0 };
    t->profile = which->profile;
    t->testbed = which->testbed;
    t->index = which->index;
    t->access = which->access;
    t->unit = which->unit;
    t->control = -1;
    call_begins(t, STAGE_SETUP, TRIAL_CALL_MS);
    int status = find_or_simulate(t, which, &found, e);
    if (status == 0)
        status = open_driver(t, which, &found, &opened->proof, &fault, e);
    call_ends(t);
    opened->status = status;
    opened->busy = fault.busy;
    opened->simulated = found.simulated;
    text_fit(opened->name, sizeof opened->name, found.name);
    text_fit(opened->serial, sizeof opened->serial, found.serial);
    text_fit(opened->firmware, sizeof opened->firmware, found.firmware);
    opened->sign = found.sign;
    if (status == 0)
        driver_versions(which->ops, opened->libraries, sizeof opened->libraries);
    if (status != 0) {
        text_fit(opened->native, sizeof opened->native, fault.native[0] ? fault.native : e->native);
        text_fit(opened->text, sizeof opened->text, e->text);
        trial_close(&t);
    }
    *out = t;
    return status;
}

void trial_close(struct trial **t)
{
    if (!*t)
        return;
    call_begins(*t, STAGE_SETUP, TRIAL_CALL_MS); /* it may hang behind what hung before it */
    driver_close(&(*t)->reader);
    call_ends(*t);
    if ((*t)->control >= 0)
        close((*t)->control);
    free(*t);
    *t = NULL;
}

struct driver_reader *trial_driver(struct trial *t)
{
    return t->reader;
}

/* ---- the handset ---- */

int trial_lay(struct trial *t, const struct laying *laying, struct err *e)
{
    return driver_lay(t->reader, laying, e);
}

/* The stack does not say how it sees a card arrive; the reader's descriptor does (pcscd.h.in:53). */
static void set_detect_source(struct driver_target *presence, const struct reader_profile *profile)
{
    if (!said_is(&presence->detect_source, SAID_SEEN_UNKNOWN) || !profile)
        return;
    if (profile->endpoints == 2) {
        presence->detect_source = SAY(SAID_SEEN_POLL_EVERY, "400");
        presence->detect_quantum_us = 400000;
    } else if (profile->endpoints >= 3) {
        presence->detect_source = said_alone(SAID_SEEN_INTERRUPT);
        presence->detect_quantum_us = 0;
    }
}

int trial_wait(struct trial *t, uint32_t limit_ms, struct trial_report *not_seen, struct err *e)
{
    struct driver_fault fault;
    uint64_t started_ns = driver_now_ns(t->reader);
    call_begins(t, STAGE_DETECT, limit_ms + TRIAL_CALL_MS);
    int status = driver_wait_present(t->reader, limit_ms, &t->presence, &fault, e);
    call_ends(t);
    set_detect_source(&t->presence, t->profile);
    if (status == 0)
        return 0;
    trial_report_init(not_seen);
    trial_report_fault(not_seen, &fault, STAGE_DETECT, CAUSE(2) | CAUSE(3), e->text);
    not_seen->started_ns = started_ns;
    not_seen->ended_ns = driver_now_ns(t->reader);
    trial_report_add_us(not_seen, STAGE_DETECT, (not_seen->ended_ns - started_ns) / 1000);
    return status;
}

int trial_wait_empty(struct trial *t, uint32_t limit_ms, struct err *e)
{
    struct driver_fault fault;
    call_begins(t, STAGE_DETECT, limit_ms + TRIAL_CALL_MS);
    int status = driver_wait_absent(t->reader, limit_ms, &fault, e);
    call_ends(t);
    return status;
}

/* ---- transactions ---- */

int trial_probe(struct trial *t, struct err *e)
{
    call_begins(t, STAGE_SETUP, TRIAL_CALL_MS);
    int status = driver_probe(t->reader, e);
    call_ends(t);
    return status;
}

void trial_ask(struct trial *t, struct wire_probed *out)
{
    trial_begin(t, 0);
    probe_run(t->reader, &t->watch, out);
}

static int compare_times(const void *a, const void *b)
{
    uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;
    return (x > y) - (x < y);
}

int trial_floor(struct trial *t, unsigned n, struct trial_floor *out, struct err *e)
{
    uint64_t ns[TRIAL_FLOOR_MAX];
    int status = 0;
    memset(out, 0, sizeof *out);
    n = n < TRIAL_FLOOR_MAX ? n : TRIAL_FLOOR_MAX;
    call_begins(t, STAGE_SETUP, TRIAL_CALL_MS);
    for (unsigned i = 0; i < n && status == 0; i++)
        status = driver_floor(t->reader, &ns[i], e);
    call_ends(t);
    if (status != 0 || n == 0)
        return status;
    qsort(ns, n, sizeof *ns, compare_times);
    *out = (struct trial_floor) { .n = n, .median_us = ns[n / 2] / 1000, .least_us = ns[0] / 1000 };
    const char *what = t->reader->ops->floor_what;
    text_fit(out->what, sizeof out->what, what ? what : "");
    return 0;
}

/* An emulated reader can't know which transaction comes. A testbed that is gone shows at the hands. */
void trial_begin(struct trial *t, unsigned order)
{
    char request[64];
    struct err ignored;
    driver_begin(t->reader, order);
    if (!t->testbed || (t->control < 0 && testbed_control_connect(t->testbed, &t->control, &ignored) != 0))
        return;
    snprintf(request, sizeof request, "begin %u %u\n", t->index, order);
    if (testbed_control_ask(t->control, request, &ignored) != 0) {
        close(t->control);
        t->control = -1;
    }
}

/* A driver that ends exchanges at their deadline by itself is asked here; else the supervisor asks. */
static void ask_who_hung(struct trial *t, struct trial_report *r)
{
    struct err ignored;
    if (!r->timed_out || r->reader_lost)
        return;
    bool answers = trial_probe(t, &ignored) == 0;
    r->outcome = answers ? OUTCOME_FAIL : OUTCOME_INVALID;
    r->stage = STAGE_EXCHANGE;
    r->causes = answers ? CAUSE(10) | CAUSE(11) : CAUSE(31);
    r->detail = said_alone(answers ? SAID_MISSED_READER_ANSWERS : SAID_MISSED_READER_SILENT);
}

static enum technology technology_of(char letter)
{
    return technology_of_name(&letter, 1);
}

void trial_run(struct trial *t, const struct transaction_setup *setup, unsigned order,
               struct trial_report *out)
{
    struct transaction_setup with = *setup;
    struct driver_target target;
    with.access = t->access;
    with.unit = t->unit;
    if (t->access) {
        with.ca = t->access->ca;
        with.wall_s = clock_wall_s();
    }
    with.extended = t->profile && t->profile->level == READER_LEVEL_EXTENDED;
    trial_begin(t, order);
    transaction_run(t->reader, &with, &t->watch, out, &target);
    ask_who_hung(t, out);
    out->order = order;
    out->technology = technology_of(target.technology ? target.technology : t->presence.technology);
    if (order == 1)
        trial_report_target(out, &target, &t->presence);
}
