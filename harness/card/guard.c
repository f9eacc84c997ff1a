/*
 * The forms of the commands that can't harm a card, asked of the application and file that are selected; and the
 * redaction of what is written down. What isn't a form of this file is refused, and what is read without a file of the
 * table is masked, so a mistake here fails closed. Nothing of a command but its four header bytes ever gets into a
 * message.
 */
#include "harness/card/guard.h"

#include "harness/base/text.h"
#include "harness/card/apdu.h"
#include "harness/card/atr.h"
#include "harness/card/permission.h"
#include "harness/card/target_proof.h"

#include <stdio.h>
#include <string.h>

#define GET_RESPONSES_MAX 64
#define SW_LOCKED         0x6283 /* to a SELECT: selected, but deactivated */

enum instruction {
    INS_VERIFY = 0x20,
    INS_CHANGE = 0x24,
    INS_RESET = 0x2C,
    INS_MANAGE_CHANNEL = 0x70,
    INS_GET_CHALLENGE = 0x84,
    INS_INTERNAL_AUTHENTICATE = 0x88,
    INS_SELECT = 0xA4,
    INS_READ_BINARY = 0xB0,
    INS_READ_RECORD = 0xB2,
    INS_GET_RESPONSE = 0xC0,
    INS_ENVELOPE = 0xC2,
    INS_GET_DATA = 0xCA,
};

/* why is the whole reason; no `--allow` word would help. */
static int refuse(const struct apdu *a, struct err *e, const char *why)
{
    char where[32];
    if (!e)
        return ERR_REFUSED;
    snprintf(where, sizeof where, "command %02x%02x%02x%02x", a->cla, a->ins, a->p1, a->p2);
    return err_set(e, ERR_REFUSED, where, "%s", why);
}

/* A form that isn't harmless: it passes with all permissions, or is refused with those that are missing. */
static int check_permission(const struct guard *g, const struct apdu *a, struct err *e)
{
    char why[400];
    return permission_missing(g, a, e ? why : NULL, sizeof why) ? refuse(a, e, why) : 0;
}

static bool is_case_2(const struct apdu *a)
{
    return a->data_length == 0 && a->has_le;
}

static bool may_select(const struct guard *g, const struct application_file *f)
{
    return g->proven == g->application || (!f->proven && (!g->locked || f->id == g->application->proof));
}

/* Anything but a file: of a locked application only a proven one's. */
static int check_unlocked(const struct guard *g, const struct apdu *a, struct err *e)
{
    return !g->locked || g->proven == g->application
               ? 0
               : refuse(a, e,
                        "the application that is selected is locked, and has not proven in this activation "
                        "that it is a test target");
}

static int check_select_name(const struct guard *g, const struct apdu *a, struct err *e)
{
    const char *about = application_closed(a->data, a->data_length);
    char why[200];
    if (application_of_aid(g->own, a->data, a->data_length))
        return 0;
    if (about) {
        snprintf(why, sizeof why,
                 "this name selects or may select %s; no `--allow` word and no profile permits it", about);
        return refuse(a, e, why);
    }
    return refuse(a, e,
                  "only whole names of the table of applications are selected; a lab's own test application "
                  "is declared "
                  "in the survey (`applications:`) with a profile of its own");
}

static int check_select(const struct guard *g, const struct apdu *a, struct err *e)
{
    if (a->extended)
        return refuse(
            a, e, "SELECT goes in short form only: a card without extended lengths would read an empty name");
    if (a->p1 != 0x02 && a->p1 != 0x04)
        return refuse(
            a, e,
            "SELECT by path, parent or directory identifier may reach personal data; use 00a404 with "
            "an application's name or 00a402 with a file's identifier");
    if (a->p2 != 0x00 && a->p2 != 0x0C)
        return refuse(a, e,
                      "SELECT takes P2 00 or 0c only: `next occurrence` may reach an application that isn't "
                      "named here");
    if (a->p1 == 0x04)
        return check_select_name(g, a, e);
    if (a->data_length != 2)
        return refuse(a, e, "SELECT of a file takes an identifier of two bytes");
    if (!g->application)
        return refuse(a, e, "no application is selected: first select one by its name, with success");
    const struct application_file *f =
        application_file(g->application, (uint16_t)(a->data[0] << 8 | a->data[1]));
    if (!f)
        return refuse(a, e, "the table knows no such file of the application that is selected");
    if (!may_select(g, f))
        return refuse(a, e,
                      "this file is of test targets only, and what is selected has not proven in this "
                      "activation that it is one");
    return 0;
}

/* The file that a read is of, by its short identifier or as it was selected; NULL: none that may be read so. */
static const struct application_file *file_of_read(const struct guard *g, const struct apdu *a)
{
    bool record = a->ins == INS_READ_RECORD;
    unsigned brief = record ? a->p2 >> 3 : a->p1 & 0x80 ? a->p1 & 0x1FU : 0;
    const struct application_file *f = brief ? application_brief(g->application, brief) : g->file;
    return f && f->uses & (record ? FILE_RECORDS : FILE_READ) ? f : NULL;
}

static int check_read(const struct guard *g, const struct apdu *a, struct err *e)
{
    bool record = a->ins == INS_READ_RECORD;
    unsigned brief = a->p1 & 0x7FU;
    if (!is_case_2(a))
        return refuse(a, e, "a read takes an Le and no data");
    if (!record && a->p1 & 0x80 && (brief < 1 || brief > 30))
        return refuse(a, e,
                      "READ BINARY with bit 8 of P1 takes a short file identifier of 1 to 30 (P1 81 to 9e)");
    if (record && ((a->p2 & 7) != 4 || a->p2 >> 3 == 31 || a->p1 == 0))
        return refuse(a, e, "READ RECORD takes a record's number in P1 and 4 in the low bits of P2");
    if (!g->application)
        return refuse(a, e,
                      "no application is selected, so nothing is read: select one by its name, with success");
    if (g->application->answers_all && !record && !(a->p1 & 0x80))
        return 0;
    if (!file_of_read(g, a))
        return refuse(
            a, e,
            "no file is selected that the table lets be read: select one of the application's own, with "
            "success, just before");
    return 0;
}

static int check_verify(const struct guard *g, const struct apdu *a, size_t length, struct err *e)
{
    if (length != 4)
        return check_permission(g, a, e);
    if (a->p1 != 0x00 || a->p2 != 0x80)
        return refuse(a, e,
                      "the empty VERIFY is 00200080 exactly; no `--allow` word permits another reference");
    if (!g->file || !(g->file->uses & FILE_TRIES))
        return refuse(a, e,
                      "the empty VERIFY needs JPKI and then EF 0018 selected, both with success, just before "
                      "(EF 001b of a proven test target only)");
    return 0;
}

static int check_get_data(const struct guard *g, const struct apdu *a, struct err *e)
{
    if (a->data_length > 0 || (a->cla != 0x00 && a->extended))
        return refuse(a, e, "GET DATA takes no data, and a short Le at most where the class is not 00");
    if (!g->application)
        return refuse(a, e,
                      "no application is selected, so nothing is read: select one by its name, with success");
    if (!application_tag(g->application, a->cla, (uint16_t)(a->p1 << 8 | a->p2)))
        return refuse(a, e, "the table knows no such data object of the application that is selected");
    return check_unlocked(g, a, e);
}

/* CLA 80 and FF: GET DATA, without data and at most a short Le. */
static int check_other_class(const struct guard *g, const struct apdu *a, struct err *e)
{
    if (a->cla == 0x80)
        return a->ins == INS_GET_DATA ? check_get_data(g, a, e) : check_permission(g, a, e);
    if (a->cla == 0xFF && a->ins == INS_GET_DATA && a->p1 <= 0x01 && a->p2 == 0x00 && a->data_length == 0 &&
        !a->extended)
        return 0;
    if (a->cla == 0xFF)
        return refuse(
            a, e,
            "of the reader's own commands only ffca0000 and ffca0100 with at most an Le pass; escape "
            "commands and raw frames can't be reached from here");
    return refuse(a, e,
                  "this class asks for secure messaging, chaining, another logical channel or a maker's own "
                  "commands, which the guard can't follow; no `--allow` word permits it");
}

static int check_get_response(const struct guard *g, const struct apdu *a, struct err *e)
{
    if (a->p1 != 0 || a->p2 != 0 || !is_case_2(a))
        return refuse(a, e, "GET RESPONSE is 00c00000 and an Le");
    if (g->get_responses >= GET_RESPONSES_MAX)
        return refuse(
            a, e,
            "64 GET RESPONSE have been sent since the field came on; a card that goes on is caught in "
            "a loop");
    if (!g->more)
        return refuse(
            a, e,
            "the answer before it, to a command of an application that is selected, did not end in 61xx");
    return 0;
}

/* The question whose answer proves a test target, and no other: see card/target_proof.h. It spends no tries. */
static int check_proof(const struct guard *g, const struct apdu *a, struct err *e)
{
    struct target_statement ignored;
    if (a->p1 != 0x00 || a->p2 != 0x00 || !a->has_le || a->extended ||
        !target_proof_asked(a->data, a->data_length, &ignored))
        return refuse(a, e,
                      "INTERNAL AUTHENTICATE passes only as the question whether this is a test target: "
                      "00880000, 32 random bytes, what for, 00, the reader, and an Le");
    if (!g->file || g->file->id == 0 || g->file->id != g->application->proof)
        return refuse(a, e,
                      "the file with the factory certificate is not selected: first it and its application, "
                      "with success");
    return 0;
}

static int check_form(const struct guard *g, const struct apdu *a, size_t length, struct err *e)
{
    if (a->cla != 0x00)
        return check_other_class(g, a, e);
    switch (a->ins) {
    case INS_SELECT:
        return check_select(g, a, e);
    case INS_READ_BINARY:
    case INS_READ_RECORD:
        return check_read(g, a, e);
    case INS_VERIFY:
        return check_verify(g, a, length, e);
    case INS_GET_CHALLENGE:
        if (a->p1 != 0 || a->p2 != 0 || !is_case_2(a) || a->extended)
            return refuse(a, e, "GET CHALLENGE is 00840000 and a short Le");
        if (!g->application || !g->application->challenge)
            return refuse(a, e, "no application is selected that the table lets be asked for a challenge");
        return check_unlocked(g, a, e);
    case INS_GET_DATA:
        return check_get_data(g, a, e);
    case INS_GET_RESPONSE:
        return check_get_response(g, a, e);
    case INS_MANAGE_CHANNEL:
        return refuse(a, e, "logical channels are refused: the guard follows the basic one only");
    case INS_INTERNAL_AUTHENTICATE:
        return check_proof(g, a, e);
    default:
        return check_permission(g, a, e);
    }
}

void guard_reset(struct guard *g)
{
    *g = (struct guard) { .own = g->own, .permit = g->permit };
}

void guard_prove(struct guard *g)
{
    g->proven = g->application;
}

void guard_unprove(struct guard *g)
{
    g->proven = NULL;
    memset(g->tries, 0, sizeof g->tries);
}

int guard_check(struct guard *g, const uint8_t *command, size_t length, struct err *e)
{
    struct apdu a;
    if (!apdu_parse(command, length, &a))
        return err_set(
            e, ERR_REFUSED, "command",
            "these %zu bytes are not a command APDU: a header of 4 bytes, then Lc and data, then Le, whose "
            "lengths must agree",
            length);
    int result = check_form(g, &a, length, e);
    if (result == 0)
        g->get_responses += a.cla == 0x00 && a.ins == INS_GET_RESPONSE;
    return result;
}

/* The card may be anywhere now. */
static void forget(struct guard *g)
{
    unsigned get_responses = g->get_responses;
    guard_reset(g);
    g->get_responses = get_responses;
}

/* A warning (62xx) says that something is other than asked for: what is selected then is not known. */
static bool is_success(uint16_t sw)
{
    return sw == 0x9000 || sw >> 8 == 0x61;
}

static void note_select(struct guard *g, const struct apdu *a, uint16_t sw)
{
    if (a->p1 == 0x04) {
        const struct guard before = *g;
        forget(g);
        g->application = application_of_aid(g->own, a->data, a->data_length);
        g->locked = sw == SW_LOCKED && g->application && g->application->proof;
        if (!is_success(sw) && !g->locked)
            g->application = NULL;
        if (before.proven && before.proven == g->application) { /* the same target, selected again */
            g->proven = before.proven;
            memcpy(g->tries, before.tries, sizeof g->tries);
        }
    } else if (a->p1 == 0x02 && a->data_length == 2 && sw != 0) {
        const struct application_file *f =
            application_file(g->application, (uint16_t)(a->data[0] << 8 | a->data[1]));
        g->file = is_success(sw) && f && may_select(g, f) ? f : NULL;
    } else {
        forget(g);
    }
}

/* A short identifier makes that file current, or leaves the one before when there is none. */
static void note_read(struct guard *g, const struct apdu *a, uint16_t sw)
{
    if (a->ins == INS_READ_RECORD ? a->p2 >> 3 : a->p1 & 0x80)
        g->file = is_success(sw) ? file_of_read(g, a) : NULL;
}

/* What a target said of the tries that the selected PIN has left. */
static void note_tries(struct guard *g, uint16_t sw)
{
    for (size_t i = 0; i < APPLICATION_PINS_MAX; i++) {
        if (!g->file || application_pin(g->application, i) != g->file)
            continue;
        if ((sw & 0xFFF0) == 0x63C0)
            g->tries[i] = (struct guard_tries) { .known = true, .left = sw & 0x0F };
        else if (sw == 0x6983 || sw == 0x6984)
            g->tries[i] = (struct guard_tries) { .known = true };
    }
}

static bool keeps_selection(const struct guard *g, const struct apdu *a)
{
    if (permission_of(g->application, g->file, a))
        return true;
    switch (a->ins) {
    case INS_VERIFY:
    case INS_GET_CHALLENGE:
    case INS_INTERNAL_AUTHENTICATE:
    case INS_READ_BINARY:
    case INS_READ_RECORD:
    case INS_GET_RESPONSE:
    case INS_GET_DATA:
        return a->cla == 0x00 || a->cla == 0x80 || a->cla == 0xFF;
    default:
        return false;
    }
}

void guard_note(struct guard *g, const uint8_t *command, size_t length, uint16_t sw)
{
    struct apdu a;
    if (!apdu_parse(command, length, &a)) {
        forget(g);
        return;
    }
    bool pseudo = a.cla == 0xFF && a.ins == INS_GET_DATA;
    bool rest = a.cla == 0x00 && a.ins == INS_GET_RESPONSE;
    bool secret = guard_answer_is_secret(g, command, length);
    if (a.cla == 0x00 && a.ins == INS_SELECT)
        note_select(g, &a, sw);
    else if (sw == 0 || !keeps_selection(g, &a))
        forget(g);
    else if (a.cla == 0x00 && (a.ins == INS_READ_BINARY || a.ins == INS_READ_RECORD))
        note_read(g, &a, sw);
    else if (a.cla == 0x00 && (a.ins == INS_VERIFY || a.ins == INS_CHANGE))
        note_tries(g, sw);
    if (!rest)
        g->secret_rest = secret;
    g->more = sw >> 8 == 0x61 && g->application && !pseudo;
    if (!rest)
        g->tag = a.ins == INS_GET_DATA && !pseudo
                     ? application_tag(g->application, a.cla, (uint16_t)(a.p1 << 8 | a.p2))
                     : NULL;
}

/* Decided on the bare bytes, so that a malformed command keeps its secrets too. Odd forms carry data
 * objects. */
static bool has_secret_data(const uint8_t *command, size_t length)
{
    if (length <= 4)
        return false;
    uint8_t even = command[1] & 0xFE;
    if (even == INS_VERIFY || even == INS_CHANGE || even == INS_RESET)
        return true;
    return length > 5 && (command[0] == 0xFF || even == INS_ENVELOPE);
}

void guard_add_command_hex(struct buf *b, const uint8_t *command, size_t length, size_t clear)
{
    if (has_secret_data(command, length) || (clear < length && clear > 4))
        clear = 4;
    text_add_hex(b, command, clear < length ? clear : length);
    if (clear < length)
        buf_add_text(b, "xx");
}

/* What an answer is of. */
struct answer_of {
    bool secret;                                      /* all of it */
    const struct application_identifier *identifiers; /* that may stand in it; NULL: none */
    size_t offset;                                    /* of its first byte in the file */
    uint16_t tag; /* of the data object that it is the value of, or has before it; 0: of none */
};

static bool has_identifiers(const struct application_identifier *list)
{
    return list[0].kind != IDENTIFIER_NONE;
}

static struct answer_of of_file(const struct application_file *f, size_t offset)
{
    return (struct answer_of) { .secret = f->secret,
                                .identifiers = has_identifiers(f->identifiers) ? f->identifiers : NULL,
                                .offset = offset };
}

static struct answer_of of_tag(const struct application_tag *t)
{
    if (!t)
        return (struct answer_of) { .secret = true };
    return (struct answer_of) { .secret = t->secret,
                                .identifiers = has_identifiers(t->identifiers) ? t->identifiers : NULL,
                                .tag = t->tag };
}

static struct answer_of of_read(const struct guard *before, const struct apdu *a)
{
    const struct application_file *f = before->application ? file_of_read(before, a) : NULL;
    bool bare = before->application && before->application->answers_all;
    if (!f)
        return (struct answer_of) { .secret = !bare };
    bool brief = a->p1 & 0x80;
    return of_file(f, a->ins == INS_READ_RECORD ? 0 : brief ? a->p2 : (size_t)(a->p1 << 8 | a->p2));
}

/* Of what a GET RESPONSE goes on with, the guard knows what it was: a data object, a file or neither; where it goes on
 * it does not know, so that what may hold an identifier is secret. */
static struct answer_of of_rest(const struct guard *before)
{
    struct answer_of of = { .secret = !before->application || before->secret_rest };
    if (before->tag)
        of = of_tag(before->tag);
    else if (before->application && !before->secret_rest && before->file)
        of = of_file(before->file, 0);
    return (struct answer_of) { .secret = of.secret || of.identifiers };
}

static struct answer_of answer_of(const struct guard *before, const uint8_t *command, size_t length)
{
    struct apdu a;
    if (!apdu_parse(command, length, &a) || a.cla == 0xFF)
        return (struct answer_of) { .secret = true }; /* the reader's answer: the identifier that it saw */
    switch (a.ins) {
    case INS_SELECT:
    case INS_GET_CHALLENGE:
        return (struct answer_of) { 0 };
    case INS_VERIFY:
        return (struct answer_of) { .secret = a.data_length > 0 };
    case INS_GET_RESPONSE:
        return of_rest(before);
    case INS_GET_DATA:
        return of_tag(application_tag(before->application, a.cla, (uint16_t)(a.p1 << 8 | a.p2)));
    case INS_READ_BINARY:
    case INS_READ_RECORD:
        return of_read(before, &a);
    default:
        return (struct answer_of) { .secret = true };
    }
}

bool guard_answer_is_secret(const struct guard *before, const uint8_t *command, size_t length)
{
    struct answer_of of = answer_of(before, command, length);
    return of.secret || of.identifiers;
}

/* A data object's tag and length, where the answer repeats them: bytes before its value. */
static size_t header_length(const struct answer_of *of, const uint8_t *data, size_t length)
{
    if (of->tag == 0 || length < 3 || data[0] != of->tag >> 8 || data[1] != (of->tag & 0xFF))
        return 0;
    return data[2] == 0x81 ? 4 : data[2] == 0x82 ? 5 : 3;
}

/* Where part i stands in the answer's data: *from to *to, which may be nowhere. Whether all of it is there. */
static bool part_of(const struct answer_of *of, size_t i, const uint8_t *data, size_t length, size_t *from,
                    size_t *to)
{
    size_t at = of->identifiers[i].at + header_length(of, data, length), end = at + of->identifiers[i].length;
    *from = at > of->offset ? at - of->offset : 0;
    *to = end > of->offset ? end - of->offset : 0;
    bool whole = at >= of->offset && *to <= length;
    if (*to > length)
        *to = length;
    if (*from > *to)
        *from = *to;
    return whole;
}

static bool is_part(const struct answer_of *of, size_t i)
{
    return of->identifiers && i < APPLICATION_IDENTIFIERS_MAX && of->identifiers[i].kind != IDENTIFIER_NONE;
}

/* FF CA 00: the UID or PUPI. FF CA 01: the ATS. */
static void reader_identifiers(const struct apdu *a, const struct identifier_key *key, const uint8_t *data,
                               size_t length, struct identifiers *out)
{
    uint64_t hidden = a->p1 == 0x01 ? ats_hidden(data, length, NULL, 0) : 0;
    if (a->ins == INS_GET_DATA && a->p1 == 0x00)
        identifiers_add(out, key, IDENTIFIER_UID, data, length);
    identifiers_add_hidden(out, key, data, length, hidden);
}

void guard_answer_identifiers(const struct guard *before, const struct identifier_key *key,
                              const uint8_t *command, size_t command_length, const uint8_t *response,
                              size_t response_length, struct identifiers *out)
{
    uint8_t bytes[IDENTIFIER_BYTES_MAX];
    struct answer_of of = answer_of(before, command, command_length);
    struct apdu a;
    uint16_t sw = apdu_status_word(response, response_length);
    size_t n = 0, from, to, length = response_length - 2;
    if (response_length <= 2 || sw != 0x9000 || !apdu_parse(command, command_length, &a))
        return;
    if (a.cla == 0xFF)
        reader_identifiers(&a, key, response, length, out);
    bool whole = true;
    for (size_t i = 0; is_part(&of, i); i++) {
        whole = part_of(&of, i, response, length, &from, &to) && whole && n + to - from <= sizeof bytes;
        for (; whole && from < to; from++)
            bytes[n++] = response[from];
        if (is_part(&of, i + 1) && of.identifiers[i + 1].kind == of.identifiers[i].kind)
            continue;
        if (whole)
            identifiers_add(out, key, of.identifiers[i].kind, bytes, n);
        whole = true;
        n = 0;
    }
    explicit_bzero(bytes, sizeof bytes);
}

static void add_with_identifiers_hidden(struct buf *b, const struct answer_of *of, const uint8_t *response,
                                        size_t length)
{
    size_t at = 0, data = length >= 2 ? length - 2 : 0, from, to;
    while (at < length) {
        bool hidden = false;
        for (size_t i = 0; is_part(of, i); i++) {
            part_of(of, i, response, data, &from, &to);
            hidden |= at >= from && at < to;
        }
        if (hidden)
            buf_add_text(b, "xx");
        else
            text_add_hex(b, response + at, 1);
        at++;
    }
}

void guard_add_response_hex(struct buf *b, const struct guard *before, const uint8_t *command,
                            size_t command_length, const uint8_t *response, size_t response_length)
{
    struct answer_of of = answer_of(before, command, command_length);
    if (response_length == 0)
        return;
    if (!of.secret && !of.identifiers) {
        text_add_hex(b, response, response_length);
        return;
    }
    /* A response cut short ends in content: two bytes stay only if they look like a status word. */
    unsigned class = response_length >= 2 ? response[response_length - 2] >> 4 : 0;
    bool has_sw = class == 6 || class == 9;
    if (!of.secret && has_sw) {
        add_with_identifiers_hidden(b, &of, response, response_length);
        return;
    }
    if (response_length > 2 || !has_sw)
        buf_add_text(b, "xx");
    if (has_sw)
        text_add_hex(b, response + response_length - 2, 2);
}
