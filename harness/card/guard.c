/*
 * The allowlist of the commands that can't harm a card or show a person's data, by exact form, and the
 * redaction of what is written down. What isn't a form of this file is refused, so a mistake here fails
 * closed. Nothing of a command but its four header bytes ever gets into a message.
 */
#include "harness/card/guard.h"

#include "harness/base/text.h"
#include "harness/card/apdu.h"

#include <string.h>

#define GET_RESPONSES_MAX 64
#define AID_MIN           5
#define AID_MAX           16
#define EF_SIGN_CERT      0x0001
#define EF_AUTH_PIN       0x0018
#define EF_SIGN_PIN       0x001B

enum instruction {
    INS_VERIFY = 0x20,
    INS_CHANGE = 0x24,
    INS_RESET = 0x2C,
    INS_MANAGE_CHANNEL = 0x70,
    INS_GET_CHALLENGE = 0x84,
    INS_SELECT = 0xA4,
    INS_READ_BINARY = 0xB0,
    INS_READ_RECORD_ODD = 0xB3,
    INS_GET_RESPONSE = 0xC0,
    INS_ENVELOPE = 0xC2,
    INS_GET_DATA = 0xCA,
};

/* 公的個人認証 */
static const uint8_t aid_jpki[] = { 0xD3, 0x92, 0xF0, 0x00, 0x26, 0x01, 0x00, 0x00, 0x00, 0x01 };
/* What 券面入力補助 (..08), 券面確認 (..02) and 住基 (..01) have in common; the whole family is closed. */
static const uint8_t aid_personal[] = { 0xD3, 0x92, 0x10, 0x00, 0x31, 0x00, 0x01, 0x01, 0x04 };

enum allow_word { ALLOW_PIN = 0, ALLOW_WRITE, ALLOW_BLOCK };

/* What `--allow` word an instruction outside the allowlist would need; unlisted ones count as writes. */
static enum allow_word allow_word_of(uint8_t ins)
{
    switch (ins) {
    case INS_VERIFY:
    case 0x21: /* VERIFY, data objects */
    case 0x22: /* MANAGE SECURITY ENVIRONMENT */
    case 0x2A: /* COMPUTE DIGITAL SIGNATURE */
    case 0x82: /* EXTERNAL AUTHENTICATE: has tries of its own */
    case 0x88: /* INTERNAL AUTHENTICATE */
        return ALLOW_PIN;
    case 0x04: /* DEACTIVATE FILE */
    case 0x06: /* ERASE */
    case INS_CHANGE:
    case 0x25: /* CHANGE, data objects */
    case INS_RESET:
    case 0x2D: /* RESET, data objects */
    case 0x32: /* CHANGE KEY */
    case 0x50: /* LOCK DF */
    case 0xE4: /* DELETE FILE */
    case 0xE6: /* TERMINATE DF */
    case 0xE8: /* TERMINATE EF */
    case 0xF0: /* SET STATUS */
    case 0xFE: /* TERMINATE CARD USAGE */
        return ALLOW_BLOCK;
    default:
        return ALLOW_WRITE;
    }
}

/* why is the whole reason; no `--allow` word would help. */
static int refuse(const struct apdu *a, struct err *e, const char *why)
{
    char where[32] = "command ";
    struct buf hex;
    buf_init(&hex, 16);
    text_add_hex(&hex, (const uint8_t[]) { a->cla, a->ins, a->p1, a->p2 }, 4);
    if (hex.data)
        memcpy(where + 8, hex.data, hex.length + 1);
    buf_free(&hex);
    return err_set(e, ERR_REFUSED, where, "%s", why);
}

static int refuse_unlisted(const struct apdu *a, struct err *e)
{
    static const char *const reasons[] = {
        [ALLOW_PIN] =
            "this form uses a PIN, a key or their tries and would need `--allow pin`; this build refuses it "
            "for now, because it can't prove yet that the card is a test target",
        [ALLOW_WRITE] =
            "this form isn't on the list of harmless ones and would need `--allow write`; this build "
            "refuses it for now, because it can't prove yet that the card is a test target",
        [ALLOW_BLOCK] =
            "this form can block a PIN or the card and would need `--allow block`; this build refuses it "
            "for now, because it can't prove yet that the card is a test target",
    };
    return refuse(a, e, reasons[allow_word_of(a->ins)]);
}

static bool is_case_1(const struct apdu *a)
{
    return a->data_length == 0 && !a->has_le;
}

static bool is_case_2(const struct apdu *a)
{
    return a->data_length == 0 && a->has_le;
}

/* One name begins with the other: a card that matches partial names could take either for either. */
static bool names_touch(const struct apdu *a, const uint8_t *aid, size_t length)
{
    size_t common = a->data_length < length ? a->data_length : length;
    return common == 0 || memcmp(a->data, aid, common) == 0;
}

static bool names_jpki(const struct apdu *a)
{
    return a->data_length == sizeof(aid_jpki) && memcmp(a->data, aid_jpki, sizeof(aid_jpki)) == 0;
}

static int check_select_name(const struct apdu *a, struct err *e)
{
    if (names_touch(a, aid_personal, sizeof(aid_personal)))
        return refuse(a, e,
                      "this name selects or may select an application with personal data (kenmen or juki); "
                      "no `--allow` word permits it");
    if (names_touch(a, aid_jpki, sizeof(aid_jpki)) && !names_jpki(a))
        return refuse(a, e,
                      "this is a part or an extension of the JPKI name, and what it selects can't be known; "
                      "give exactly d392f000260100000001");
    if (a->data_length < AID_MIN || a->data_length > AID_MAX)
        return refuse(a, e,
                      "an application's name has 5 to 16 bytes; partial names are refused, because what they "
                      "select can't be known");
    return 0;
}

static int check_select(const struct apdu *a, struct err *e)
{
    if (a->extended)
        return refuse(
            a, e, "SELECT goes in short form only: a card without extended lengths would read an empty name");
    if (a->p1 == 0x00 && a->p2 == 0x00 && is_case_1(a))
        return 0; /* the throw-away first command: selects the master file or nothing */
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
        return check_select_name(a, e);
    if (a->data_length != 2)
        return refuse(a, e, "SELECT of a file takes an identifier of two bytes");
    return 0;
}

static int check_read_binary(const struct apdu *a, struct err *e)
{
    if (!is_case_2(a))
        return refuse(a, e, "READ BINARY takes an Le and no data");
    unsigned sfi = a->p1 & 0x7FU;
    if (a->p1 & 0x80 && (sfi < 1 || sfi > 30))
        return refuse(a, e,
                      "READ BINARY with bit 8 of P1 takes a short file identifier of 1 to 30 (P1 81 to 9e)");
    return 0;
}

static int check_verify(const struct guard *g, const struct apdu *a, size_t length, struct err *e)
{
    if (g->file == EF_SIGN_PIN)
        return refuse(a, e, "EF 001b, the signature PIN, is selected: no VERIFY ever goes there");
    if (length != 4)
        return refuse_unlisted(a, e);
    if (a->p1 != 0x00 || a->p2 != 0x80)
        return refuse(a, e,
                      "the empty VERIFY is 00200080 exactly; no `--allow` word permits another reference");
    if (g->application != GUARD_APPLICATION_JPKI || g->file != EF_AUTH_PIN)
        return refuse(a, e,
                      "the empty VERIFY needs JPKI and then EF 0018 selected, both with success, just before "
                      "(never EF 001b)");
    return 0;
}

/* CLA 80 and FF: GET DATA of one or two objects, without data and at most a short Le. */
static int check_other_class(const struct apdu *a, struct err *e)
{
    bool cplc = a->cla == 0x80 && a->p1 == 0x9F && a->p2 == 0x7F;
    bool pseudo = a->cla == 0xFF && a->p1 <= 0x01 && a->p2 == 0x00;
    if (a->ins == INS_GET_DATA && (cplc || pseudo) && a->data_length == 0 && !a->extended)
        return 0;
    if (a->cla == 0x80)
        return refuse_unlisted(a, e);
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
    return 0;
}

static int check_form(const struct guard *g, const struct apdu *a, size_t length, struct err *e)
{
    if (a->cla != 0x00)
        return check_other_class(a, e);
    if (g->application == GUARD_APPLICATION_PERSONAL && a->ins != INS_SELECT)
        return refuse(a, e,
                      "an application with personal data is selected; select another one or reset the field");
    switch (a->ins) {
    case INS_SELECT:
        return check_select(a, e);
    case INS_READ_BINARY:
        return check_read_binary(a, e);
    case INS_VERIFY:
        return check_verify(g, a, length, e);
    case INS_GET_CHALLENGE:
        if (a->p1 == 0 && a->p2 == 0 && is_case_2(a) && !a->extended)
            return 0;
        return refuse(a, e, "GET CHALLENGE is 00840000 and a short Le");
    case INS_GET_DATA:
        return a->data_length == 0 ? 0 : refuse(a, e, "GET DATA takes no data");
    case INS_GET_RESPONSE:
        return check_get_response(g, a, e);
    case INS_MANAGE_CHANNEL:
        return refuse(a, e, "logical channels are refused: the guard follows the basic one only");
    default:
        return refuse_unlisted(a, e);
    }
}

void guard_reset(struct guard *g)
{
    *g = (struct guard) { 0 };
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

/* Whether the current file is or may be a personal one. EF 0001 under an unknown application counts as
 * JPKI's. */
static bool holds_personal_file(const struct guard *g)
{
    return g->application == GUARD_APPLICATION_PERSONAL || g->personal_file ||
           (g->file == EF_SIGN_CERT && g->application != GUARD_APPLICATION_OTHER);
}

/* The card may be anywhere now: nothing that needs a known state passes, and nothing personal becomes
 * readable. */
static void forget(struct guard *g)
{
    g->personal_file = holds_personal_file(g);
    if (g->application != GUARD_APPLICATION_PERSONAL)
        g->application = GUARD_APPLICATION_NONE;
    g->file = 0;
}

static bool is_success(uint16_t sw)
{
    return sw == 0x9000 || sw >> 8 == 0x61 || sw >> 8 == 0x62;
}

/* A failed SELECT by name leaves the old application on some cards and none on others. */
static void note_select_name(struct guard *g, const struct apdu *a, uint16_t sw)
{
    bool personal = names_touch(a, aid_personal, sizeof(aid_personal));
    if (!is_success(sw) && !(sw == 0 && personal)) {
        forget(g);
        return;
    }
    g->file = 0;
    g->personal_file = false;
    if (personal)
        g->application = GUARD_APPLICATION_PERSONAL;
    else if (names_jpki(a))
        g->application = GUARD_APPLICATION_JPKI;
    else if (names_touch(a, aid_jpki, sizeof(aid_jpki)))
        g->application = GUARD_APPLICATION_NONE;
    else
        g->application = GUARD_APPLICATION_OTHER;
}

/* After a status word other than success the old file may be current or none; both are thought of. */
static void note_select_file(struct guard *g, uint16_t file, uint16_t sw)
{
    if (is_success(sw)) {
        g->file = file;
        g->personal_file = false;
        return;
    }
    bool personal =
        holds_personal_file(g) || (file == EF_SIGN_CERT && g->application != GUARD_APPLICATION_OTHER);
    if (sw == 0)
        forget(g);
    g->file = 0;
    g->personal_file = personal;
}

/* READ BINARY by short identifier makes that file current, though cards may number otherwise: it is never
 * named. */
static void note_read_short(struct guard *g, unsigned sfi, uint16_t sw)
{
    bool personal = sfi == EF_SIGN_CERT && g->application != GUARD_APPLICATION_OTHER;
    if (!is_success(sw))
        personal = personal || holds_personal_file(g);
    if (sw == 0)
        forget(g);
    g->file = 0;
    g->personal_file = personal;
}

static bool keeps_selection(const struct apdu *a)
{
    switch (a->ins) {
    case INS_VERIFY:
    case INS_GET_CHALLENGE:
    case INS_READ_BINARY:
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
    if (a.cla == 0x00 && a.ins == INS_SELECT && a.p1 == 0x04)
        note_select_name(g, &a, sw);
    else if (a.cla == 0x00 && a.ins == INS_SELECT && a.p1 == 0x02 && a.data_length == 2)
        note_select_file(g, (uint16_t)(a.data[0] << 8 | a.data[1]), sw);
    else if (a.cla == 0x00 && a.ins == INS_READ_BINARY && a.p1 & 0x80)
        note_read_short(g, a.p1 & 0x1FU, sw);
    else if (sw == 0 || !keeps_selection(&a))
        forget(g);
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

void guard_add_command_hex(struct buf *b, const uint8_t *command, size_t length)
{
    if (!has_secret_data(command, length)) {
        text_add_hex(b, command, length);
        return;
    }
    text_add_hex(b, command, 4);
    buf_add_text(b, "xx");
}

static bool has_personal_response(const struct guard *before, const uint8_t *command, size_t length)
{
    if (length < 4)
        return holds_personal_file(before);
    uint8_t ins = command[1];
    if (before->application == GUARD_APPLICATION_PERSONAL)
        return ins != INS_SELECT;
    bool read = (ins >= INS_READ_BINARY && ins <= INS_READ_RECORD_ODD) || ins == INS_GET_RESPONSE;
    bool by_short = ins == INS_READ_BINARY && (command[2] & 0x9F) == (0x80 | EF_SIGN_CERT) &&
                    before->application != GUARD_APPLICATION_OTHER;
    return by_short || (read && holds_personal_file(before));
}

void guard_add_response_hex(struct buf *b, const struct guard *before, const uint8_t *command,
                            size_t command_length, const uint8_t *response, size_t response_length)
{
    if (response_length == 0)
        return;
    if (!has_personal_response(before, command, command_length)) {
        text_add_hex(b, response, response_length);
        return;
    }
    /* A response cut short ends in content: two bytes stay only if they look like a status word. */
    unsigned class = response_length >= 2 ? response[response_length - 2] >> 4 : 0;
    bool has_sw = class == 6 || class == 9;
    if (response_length > 2 || !has_sw)
        buf_add_text(b, "xx");
    if (has_sw)
        text_add_hex(b, response + response_length - 2, 2);
}
