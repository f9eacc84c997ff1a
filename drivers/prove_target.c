#include "drivers/prove_target.h"

#include <openssl/evp.h>
#include <stdio.h>
#include <string.h>

#define CHUNK 239 /* bytes at a time: also what a secure channel could carry */

/* One proof being made. */
struct inquiry {
    struct driver_reader *reader;
    uint32_t deadline_ms;
    struct target_proof *out;
    struct driver_fault *fault;
    struct err *e;
    uint8_t response[512];
    size_t length; /* of its data */
    uint16_t sw;
};

static int ask(struct inquiry *q, const uint8_t *command, size_t length)
{
    struct driver_exchange x = { .command = command,
                                 .command_length = length,
                                 .response = q->response,
                                 .response_capacity = sizeof q->response,
                                 .deadline_ms = q->deadline_ms };
    int status = driver_exchange(q->reader, &x, q->fault, q->e);
    q->length = status == 0 && x.response_length >= 2 ? x.response_length - 2 : 0;
    q->sw = status == 0 ? apdu_status_word(q->response, x.response_length) : 0;
    q->out->ended_ns = x.ended_ns ? x.ended_ns : q->out->ended_ns;
    q->out->exchanges++;
    return status;
}

/* The same, whose answer must be 9000; else why it gave no proof. */
static int demand(struct inquiry *q, const char *what, const uint8_t *command, size_t length)
{
    char hex[8];
    int status = ask(q, command, length);
    snprintf(hex, sizeof hex, "%04X", q->sw);
    if (status == 0 && q->sw != 0x9000)
        q->out->why = SAY(SAID_PROOF_STATUS_WORD, hex, what);
    return status;
}

static bool is_going(int status, const struct inquiry *q)
{
    return status == 0 && said_nothing(&q->out->why);
}

static int select_file(struct inquiry *q, uint16_t id)
{
    const uint8_t command[] = { 0x00, 0xA4, 0x02, 0x0C, 0x02, (uint8_t)(id >> 8), (uint8_t)id };
    return demand(q, "SELECT of a file", command, sizeof command);
}

static int select_application(struct inquiry *q, const struct application *a)
{
    uint8_t command[5 + APPLICATION_AID_MOST] = { 0x00, 0xA4, 0x04, 0x0C, (uint8_t)a->aid_length };
    memcpy(command + 5, a->aid, a->aid_length);
    int status = demand(q, "SELECT", command, 5 + a->aid_length);
    if (status == 0 && q->reader->guard.locked) /* a test target that is locked still proves that it is one */
        q->out->why = said_words("");
    return status;
}

static int read_part(struct inquiry *q, size_t offset, size_t le)
{
    const uint8_t command[] = { 0x00, 0xB0, (uint8_t)(offset >> 8), (uint8_t)offset, (uint8_t)le };
    int status = demand(q, "READ BINARY", command, sizeof command);
    if (is_going(status, q) && q->length != le)
        q->out->why = said_alone(SAID_PROOF_NOT_OURS);
    return status;
}

/* As long as its DER says. */
static int read_certificate(struct inquiry *q, uint8_t out[TEST_CA_CERTIFICATE_MAX], size_t *length)
{
    int status = read_part(q, 0, 4);
    if (!is_going(status, q))
        return status;
    *length = 4 + (size_t)(q->response[2] << 8 | q->response[3]);
    if (q->response[0] != 0x30 || q->response[1] != 0x82 || *length > TEST_CA_CERTIFICATE_MAX) {
        q->out->why = said_alone(SAID_PROOF_NOT_OURS);
        return 0;
    }
    for (size_t at = 0; at < *length && is_going(status, q); at += q->length) {
        status = read_part(q, at, *length - at < CHUNK ? *length - at : CHUNK);
        if (is_going(status, q))
            memcpy(out + at, q->response, q->length);
    }
    return status;
}

static int ask_tries(struct inquiry *q)
{
    static const uint8_t empty_verify[] = { 0x00, 0x20, 0x00, 0x80 };
    const struct application *a = q->reader->guard.proven;
    const struct application_file *pin;
    int status = 0;
    for (size_t i = 0; i < APPLICATION_PINS_MAX && is_going(status, q) && (pin = application_pin(a, i));
         i++) {
        status = select_file(q, pin->id);
        if (is_going(status, q) && pin->uses & FILE_TRIES)
            status = ask(q, empty_verify, sizeof empty_verify);
    }
    return status;
}

static int answer_question(struct inquiry *q, const struct target_proof_request *how,
                           const uint8_t *certificate, size_t length)
{
    struct target_statement statement;
    uint8_t command[TARGET_PROOF_COMMAND];
    char purpose[16];
    guard_allow_text(q->reader->guard.permit.allowed, purpose);
    if (!target_statement_make(&statement, purpose, how->unit))
        return err_set(q->e, ERR_ENVIRONMENT, "proof", "the system gives no random bytes");
    size_t command_length = target_proof_command(&statement, command);
    int status = demand(q, "INTERNAL AUTHENTICATE", command, command_length);
    if (is_going(status, q))
        q->out->why =
            target_proof_verify(how->ca, &statement, certificate, length, q->response, q->length, how->now);
    return status;
}

int driver_prove_target(struct driver_reader *r, const struct target_proof_request *how,
                        struct target_proof *out, struct driver_fault *fault, struct err *e)
{
    uint8_t certificate[TEST_CA_CERTIFICATE_MAX];
    size_t length = 0;
    struct inquiry q = { .reader = r, .deadline_ms = how->deadline_ms, .out = out, .fault = fault, .e = e };
    memset(out, 0, sizeof *out);
    memset(fault, 0, sizeof *fault);
    out->why = said_words("");
    out->started_ns = out->ended_ns = driver_now_ns(r);
    guard_unprove(&r->guard);
    int status = select_application(&q, how->application);
    if (is_going(status, &q))
        status = select_file(&q, how->application->proof);
    if (is_going(status, &q))
        status = read_certificate(&q, certificate, &length);
    if (is_going(status, &q))
        status = answer_question(&q, how, certificate, length);
    if (!is_going(status, &q))
        return status;
    out->is_virtual = test_ca_is_virtual(how->ca);
    if (!EVP_Q_digest(NULL, "SHA256", NULL, certificate, length, out->certificate, NULL))
        return err_set(e, ERR_ENVIRONMENT, "proof", "libcrypto has no SHA-256");
    memcpy(r->target, out->certificate, sizeof r->target);
    r->counts = !out->is_virtual;
    guard_prove(&r->guard);
    status = ask_tries(&q);
    memcpy(out->tries, r->guard.tries, sizeof out->tries);
    return status;
}

int driver_count_tries(struct driver_reader *r, uint32_t deadline_ms,
                       struct guard_tries out[APPLICATION_PINS_MAX], struct driver_fault *fault,
                       struct err *e)
{
    struct target_proof ignored = { .why = said_words("") };
    struct inquiry q = { .reader = r, .deadline_ms = deadline_ms, .out = &ignored, .fault = fault, .e = e };
    int status = ask_tries(&q);
    memcpy(out, r->guard.tries, sizeof r->guard.tries);
    return status;
}
