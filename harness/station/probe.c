#include "harness/station/probe.h"

#include "harness/base/text.h"

#include <string.h>

#define PROBE_MS     5000 /* an exchange of it */
#define LABEL_LENGTH 32

struct asking {
    struct driver_reader *reader;
    const struct trial_watch *watch;
    struct wire_probed *out;
    uint8_t response[APDU_RESPONSE_MAX];
    size_t length;                  /* of its data */
    struct identifiers identifiers; /* in it */
    bool over;                      /* nothing answers any more */
};

static const uint8_t select_jpki[] = { 0x00, 0xA4, 0x04, 0x0C, 0x0A, 0xD3, 0x92, 0xF0,
                                       0x00, 0x26, 0x01, 0x00, 0x00, 0x00, 0x01 };
static const uint8_t select_token[] = { 0x00, 0xA4, 0x02, 0x0C, 0x02, 0x00, 0x06 };
static const uint8_t read_label[] = { 0x00, 0xB0, 0x00, 0x00, LABEL_LENGTH };
static const uint8_t select_hce[] = { 0x00, 0xA4, 0x04, 0x00, 0x0F, 0xA0, 0x00, 0x00, 0x04, 0x76, 0x41,
                                      0x6E, 0x64, 0x72, 0x6F, 0x69, 0x64, 0x48, 0x43, 0x45, 0x00 };
static const uint8_t select_domain[] = { 0x00, 0xA4, 0x04, 0x00, 0x08, 0xA0, 0x00,
                                         0x00, 0x01, 0x51, 0x00, 0x00, 0x00, 0x00 };
static const uint8_t get_cplc[] = { 0x80, 0xCA, 0x9F, 0x7F, 0x00 };

static void begins(const struct asking *a, enum stage stage)
{
    if (a->watch->before)
        a->watch->before(a->watch->context, stage, PROBE_MS);
}

static void ends(struct asking *a, int status, const struct driver_fault *fault)
{
    if (a->watch->after)
        a->watch->after(a->watch->context);
    a->over |= status != 0;
    a->out->reader_lost |= status != 0 && fault->reader_lost;
    a->out->busy |= status != 0 && fault->busy;
}

/* The status word; 0 where none came. */
static unsigned ask(struct asking *a, const uint8_t *command, size_t length)
{
    struct driver_fault fault;
    struct err ignored;
    struct driver_exchange x = { .command = command,
                                 .command_length = length,
                                 .response = a->response,
                                 .response_capacity = sizeof a->response,
                                 .deadline_ms = PROBE_MS };
    a->length = 0;
    if (a->over)
        return 0;
    begins(a, STAGE_EXCHANGE);
    int status = driver_exchange(a->reader, &x, &fault, &ignored);
    ends(a, status, &fault);
    if (status != 0 || x.response_length < 2)
        return 0;
    a->length = x.response_length - 2;
    a->identifiers = x.identifiers;
    return apdu_status_word(a->response, x.response_length);
}
#define ASK(a, command) ask((a), (command), sizeof(command))

static void take_label(struct asking *a)
{
    char *label = a->out->token_label;
    if (ASK(a, select_jpki) != 0x9000 || ASK(a, select_token) != 0x9000 || ASK(a, read_label) != 0x9000)
        return;
    size_t n = a->length < LABEL_LENGTH ? a->length : LABEL_LENGTH;
    for (size_t i = 0; i < n; i++)
        label[i] = a->response[i] >= 0x20 && a->response[i] < 0x7f ? (char)a->response[i] : '.';
    while (n > 0 && label[n - 1] == ' ')
        n--;
    label[n] = '\0';
}

static void take_cplc(struct asking *a)
{
    if (ASK(a, select_domain) == 0x9000 && ASK(a, get_cplc) == 0x9000)
        text_fit(a->out->cplc, sizeof a->out->cplc, identifiers_find(&a->identifiers, IDENTIFIER_CPLC));
}

void probe_run(struct driver_reader *r, const struct trial_watch *watch, struct wire_probed *out)
{
    static struct asking a; /* too large for the stack; one in a process */
    struct driver_target target = { 0 };
    struct driver_fault fault = { 0 };
    struct err ignored;
    memset(out, 0, sizeof *out);
    out->started_ns = driver_now_ns(r);
    a = (struct asking) { .reader = r, .watch = watch, .out = out };
    begins(&a, STAGE_ACTIVATE);
    ends(&a, driver_activate(r, &target, &fault, &ignored), &fault);
    take_label(&a);
    out->hce = ASK(&a, select_hce);
    take_cplc(&a);
    if (!out->reader_lost) {
        begins(&a, STAGE_EXCHANGE);
        ends(&a, driver_field_off(r, &fault, NULL), &fault);
    }
    explicit_bzero(a.response, sizeof a.response);
}
