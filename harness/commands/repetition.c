#include "harness/commands/repetition.h"

#include "harness/base/child.h"
#include "harness/base/text.h"
#include "harness/commands/message.h"
#include "harness/commands/speech.h"
#include "harness/station/hands.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define OPEN_MS   15000
#define MARGIN_MS 5000 /* a driver that keeps deadlines itself ends a call before it is stopped */

/* ---- in the child: the reader, and the repetitions ---- */

static void tell_alive(void *context, enum stage stage, uint32_t deadline_ms)
{
    struct repetition *r = context;
    (void)stage;
    (void)deadline_ms;
    child_alive(r->child);
}

/* The one that is named or else the unit, and from then on the same. */
static int open_deeper(struct repetition *r, struct trial **t, struct trial_opened *opened, struct err *e)
{
    struct trial_reader which = trial_reader_of(r->survey, r->placement.reader);
    struct trial_watch watch = { .context = r, .before = tell_alive };
    which.ops = r->ops;
    which.ambiguous = ERR_ENVIRONMENT;
    which.unread_serial_fits = true;
    if (r->opened.name[0])
        which.address = r->opened.name;
    else
        which.serial = r->serial;
    which.named = which.address ? NULL : r->named;
    memset(opened, 0, sizeof *opened);
    int status = driver_confine(r->ops, e);
    if (status == 0)
        status = trial_open(t, &which, &watch, opened, e);
    if (status != 0 && opened->busy)
        return err_set(
            e, ERR_ENVIRONMENT, which.unit,
            "pcscd or another program holds the reader. Stop it for this diagnosis: systemctl "
            "stop pcscd.socket pcscd (in a testbed: `pcscd kill`), and start it again for the run: "
            "systemctl start pcscd.socket");
    return status;
}

static int try_to_open(void *context, struct child *c, struct err *e)
{
    struct repetition *r = context;
    struct trial_opened opened;
    struct trial *t = NULL;
    r->child = c;
    int status = open_deeper(r, &t, &opened, e);
    trial_close(&t);
    child_send(c, &opened, sizeof opened);
    return status;
}

/* A virtual handset draws anew what it drew when the cell failed: each time is that transaction again. */
static int run_times(struct repetition *r, struct trial *t, struct err *e)
{
    struct transaction_setup setup = trial_setup_of(r->survey, r->script, r->placement.pair);
    struct trial_report report;
    for (unsigned i = 1; i <= r->times; i++) {
        trial_run(t, &setup, r->order, &report);
        child_send(r->child, &report, sizeof report);
        if (report.reader_lost)
            return err_set(e, ERR_ENVIRONMENT, r->survey->readers[r->placement.reader].unit,
                           "the reader was lost in repetition %u", i);
    }
    return 0;
}

static int repeat_script(void *context, struct child *c, struct err *e)
{
    struct repetition *r = context;
    struct trial_opened opened;
    struct trial_report not_seen;
    struct trial *t = NULL;
    r->child = c;
    int status = open_deeper(r, &t, &opened, e);
    if (status != 0)
        return status;
    status = trial_wait(t, r->wait_ms, &not_seen, e);
    if (status == 0) {
        status = run_times(r, t, e);
    } else if (status == ERR_TIMEOUT || status == ERR_NO_TARGET) {
        child_send(c, &not_seen, sizeof not_seen);
        status = 0; /* that nothing is seen in the field is evidence too */
    }
    trial_close(&t);
    return status;
}

/* ---- what the child says ---- */

static void receive_opened(void *context, const char *bytes, size_t length)
{
    struct repetition *r = context;
    struct trial_opened opened;
    if (length != sizeof opened)
        return;
    memcpy(&opened, bytes, sizeof opened);
    if (trial_opened_is_valid(&opened))
        r->opened = opened;
}

static void receive_report(void *context, const char *bytes, size_t length)
{
    struct repetition *r = context;
    const struct script *script = &r->survey->scripts_loaded[r->survey->scripts[r->script].script];
    struct trial_report report;
    if (length != sizeof report)
        return;
    memcpy(&report, bytes, sizeof report);
    if (!trial_report_is_valid(&report))
        return;
    if (report.outcome == OUTCOME_OK || report.outcome == OUTCOME_NOT_APPLICABLE) {
        diagnosis_ok(r->seen);
        return;
    }
    bool waited = report.stage_us[STAGE_DETECT] != UINT32_MAX; /* in vain: no part of a transaction's time */
    struct diagnosis_failure f = { .outcome = report.outcome,
                                   .stage = report.stage,
                                   .depth = report.depth,
                                   .causes = report.causes,
                                   .us = waited ? DIAGNOSIS_NO_TIME
                                                : (report.ended_ns - report.started_ns) / 1000,
                                   .number = r->seen->transactions + 1 };
    if (report.step >= 1 && report.step <= script->step_count)
        text_fit(f.step, sizeof f.step, script->steps[report.step - 1].name);
    text_fit(f.native, sizeof f.native, report.native);
    diagnosis_add(r->seen, &f);
}

/* ---- the handset ---- */

/* False: the person stops. */
static bool ask_person(const struct speech *to, const struct survey *s, const struct plan_placement *p)
{
    const struct survey_condition *c = &s->conditions[p->condition];
    char handset[160], line[64], x[32], y[32], z[32];
    survey_pair_label(s, p->pair, handset, sizeof handset);
    snprintf(x, sizeof x, "%.0f", c->x_mm);
    snprintf(y, sizeof y, "%.0f", c->y_mm);
    snprintf(z, sizeof z, "%.0f", c->z_mm);
    speech_line(to, WORD_CMD_LAY_ON, handset, s->readers[p->reader].unit, speech_power(to, c->power_mode),
                c->position ? c->position : word_text(WORD_POSITION_CENTRE, to->language), x, y, z, NULL);
    speech_say(to, WORD_CMD_LIES_OR_STOP, NULL);
    fputs(" > ", to->to);
    fflush(to->to);
    ssize_t n = read(STDIN_FILENO, line, sizeof line);
    return n > 0 && line[0] != 'q';
}

static int lay_handset(struct repetition *r, struct hands *h, struct err *e)
{
    const struct speech speech = { stderr, r->language };
    if (r->survey->hands == HANDS_PERSON && !ask_person(&speech, r->survey, &r->placement))
        return err_set(e, ERR_INTERRUPTED, "", "stopped; the run is as it was");
    bool stopped;
    return hands_lay(h, &r->placement, &stopped, e);
}

static int lay_and_repeat(struct repetition *r, struct err *e)
{
    const struct speech speech = { stderr, r->language };
    struct hands h;
    struct err ignored;
    uint32_t longest = r->survey->scripts[r->script].deadline_ms;
    if (r->survey->hands == HANDS_PERSON && !isatty(STDIN_FILENO))
        return err_set(e, ERR_ENVIRONMENT, "hands",
                       "a person is to lay the phone, but there is no terminal to ask at; --hands none when "
                       "it lies there already");
    int status = hands_open(&h, r->survey, e);
    if (status != 0)
        return status;
    status = lay_handset(r, &h, e);
    if (status == 0) {
        if (r->wait_ms > longest)
            longest = r->wait_ms;
        status = child_run(repeat_script, r, longest + OPEN_MS + MARGIN_MS, receive_report, e);
        if (r->survey->hands == HANDS_PERSON)
            speech_line(&speech, WORD_CMD_LIFT_PLAIN, NULL);
        if (hands_lift(&h, &r->placement, &ignored) != 0)
            message_error(&ignored);
    }
    hands_close(&h);
    return status;
}

int repetition_run(struct repetition *r, struct err *e)
{
    int status = child_run(try_to_open, r, OPEN_MS, receive_opened, e);
    return status == 0 ? lay_and_repeat(r, e) : status;
}
