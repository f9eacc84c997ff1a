/* What the guard lets through and what it refuses, alone and in sequences; and that records keep secrets. */
#include "harness/base/buf.h"
#include "harness/base/err.h"
#include "harness/base/text.h"
#include "harness/card/guard.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define SELECT_JPKI   "00A4040C0AD392F000260100000001"
#define SELECT_PPSE   "00A404000E325041592E5359532E444446303100"
#define SELECT_PIN    "00A4020C020018"
#define SELECT_DOMAIN "00A4040008A00000015100000000"
#define SELECT_LADDER "00A4040C0AF04E4643535552564559"
#define SELECT_CA     "00A4020C02000B"
#define SELECT_USER   "00A4020C02000A"
#define EMPTY_VERIFY  "00200080"
#define GET_CPLC      "80CA9F7F00"

static size_t from_hex(const char *hex, uint8_t *out, size_t capacity)
{
    size_t length = 0;
    assert_true(text_to_bytes(hex, strlen(hex), out, capacity, &length));
    return length;
}

/* Checks a copy of exactly that length, so that the sanitizer sees a read past the end. */
static int check_hex(struct guard *g, const char *hex, struct err *e)
{
    uint8_t command[600];
    size_t length = from_hex(hex, command, sizeof(command));
    uint8_t *exact = malloc(length ? length : 1);
    assert_non_null(exact);
    memcpy(exact, command, length);
    *e = (struct err) { 0 };
    int result = guard_check(g, exact, length, e);
    free(exact);
    return result;
}

static void note_hex(struct guard *g, const char *hex, uint16_t sw)
{
    uint8_t command[600];
    guard_note(g, command, from_hex(hex, command, sizeof(command)), sw);
}

static void expect_passes(struct guard *g, const char *hex)
{
    struct err e;
    if (check_hex(g, hex, &e) != 0)
        fail_msg("%s was refused: %s", hex, e.text);
}

/* The reason must hold word. */
static void expect_refused(struct guard *g, const char *hex, const char *word)
{
    struct err e;
    struct guard before = *g;
    if (check_hex(g, hex, &e) != ERR_REFUSED)
        fail_msg("%s passed", hex);
    if (!strstr(e.text, word))
        fail_msg("%s: no `%s` in \"%s\"", hex, word, e.text);
    assert_memory_equal(&before, g, sizeof(before));
}

/* A command that passes, with what the card said. */
static void step(struct guard *g, const char *hex, uint16_t sw)
{
    expect_passes(g, hex);
    note_hex(g, hex, sw);
}

/* With nothing selected only whole names of the table pass; and the reader's own commands, which no card gets. */
static void whole_names_of_the_table_pass_at_any_time(void **state)
{
    (void)state;
    static const char *const forms[] = {
        SELECT_JPKI,
        "00A404000AD392F00026010000000100", /* with a template asked for */
        "00A4040C0AD392F00026010000000100", /* P2 0c and an Le all the same */
        SELECT_PPSE,
        "00A4040C0E325041592E5359532E4444463031",   /* PPSE without a template */
        "00A4040008A000000151000000",               /* issuer security domain */
        "00A4040008A00000000300000000",             /* the older one */
        "00A4040009A00000015143525300",             /* CRS */
        "00A4040009A00000015141434C0000",           /* ARA-M */
        "00A404000FA000000476416E64726F6964484345", /* AndroidHCE */
        SELECT_LADDER,
        "FFCA0000",
        "FFCA000000",
        "FFCA010000",
        "FFCA0100",
    };
    for (size_t i = 0; i < sizeof(forms) / sizeof(forms[0]); i++) {
        struct guard g = { 0 };
        expect_passes(&g, forms[i]);
        step(&g, SELECT_JPKI, 0x9000);
        expect_passes(&g, forms[i]);
    }
}

/* Each with the selections that it needs, and what it is refused with when one of them is missing or failed. */
static const struct {
    const char *selections[3];
    const char *hex;
} reads[] = {
    { { SELECT_JPKI }, "00A4020C020006" },
    { { SELECT_JPKI }, "00A40200020006" },
    { { SELECT_JPKI }, "00A4020002000600" },
    { { SELECT_JPKI }, SELECT_CA },
    { { SELECT_JPKI }, "0084000001" },
    { { SELECT_JPKI }, "0084000008" },
    { { SELECT_JPKI }, "0084000000" },
    { { SELECT_JPKI }, "00CA0042" },
    { { SELECT_JPKI }, "00CA004200" },
    { { SELECT_JPKI }, "00CA006610" },
    { { SELECT_JPKI }, "00CA00F000" },
    { { SELECT_JPKI }, "00CA0042000100" },
    { { SELECT_JPKI, "00A4020C020006" }, "00B0000020" },
    { { SELECT_JPKI, "00A4020C020008" }, "00B0000003" },
    { { SELECT_JPKI, "00A4020C020002" }, "00B0000000" },
    { { SELECT_JPKI, SELECT_USER }, "00B0000000" },
    { { SELECT_JPKI, SELECT_CA }, "00B0000004" },
    { { SELECT_JPKI, SELECT_CA }, "00B0010000" },
    { { SELECT_JPKI, SELECT_CA }, "00B07FFF01" },
    { { SELECT_JPKI, SELECT_CA }, "00B00000000101" }, /* extended Le 257 */
    { { SELECT_JPKI, SELECT_CA }, "00B00000000000" },
    { { SELECT_JPKI, SELECT_PIN }, EMPTY_VERIFY },
    { { SELECT_DOMAIN }, "80CA9F7F" },
    { { SELECT_DOMAIN }, GET_CPLC },
    { { SELECT_DOMAIN }, "80CA9F7F2D" },
    { { "00A4040008A00000000300000000" }, GET_CPLC },
    { { "00A4040009A00000015141434C0000" }, "80CAFF4000" },
    { { "00A4040009A00000015141434C0000" }, "80CADF2000" },
    { { SELECT_LADDER }, "00B0000010" },
    { { SELECT_LADDER }, "00B00000000400" },
};

static void a_read_passes_only_behind_the_selections_that_it_needs(void **state)
{
    (void)state;
    static const uint16_t failed[] = { 0,      0x6A82, 0x6985, 0x6F00, 0x6300,
                                       0x6400, 0x6200, 0x6283, 0x9001, 0x6C10 };
    for (size_t i = 0; i < sizeof(reads) / sizeof(reads[0]); i++) {
        struct guard g = { 0 };
        struct err e;
        expect_refused(&g, reads[i].hex, "");
        size_t count = 0;
        for (; count < 3 && reads[i].selections[count]; count++)
            step(&g, reads[i].selections[count], count ? 0x9000 : 0x6110);
        expect_passes(&g, reads[i].hex);
        for (size_t f = 0; f < sizeof(failed) / sizeof(failed[0]); f++) { /* the last of them fails */
            guard_reset(&g);
            for (size_t s = 0; s < count; s++)
                step(&g, reads[i].selections[s], s + 1 < count ? 0x9000 : failed[f]);
            if (check_hex(&g, reads[i].hex, &e) != ERR_REFUSED)
                fail_msg("%s passed after %s was answered by %04x", reads[i].hex,
                         reads[i].selections[count - 1], failed[f]);
        }
        for (size_t s = 0; s < count; s++) /* then the field was off */
            step(&g, reads[i].selections[s], 0x9000);
        guard_reset(&g);
        expect_refused(&g, reads[i].hex, "");
    }
}

/* What was selected is gone: by another name, whether it is there or not, and by what the guard can't follow. */
static void nothing_is_read_of_one_application_while_another_may_be_selected(void **state)
{
    (void)state;
    static const struct {
        const char *hex;
        uint16_t sw;
    } lost[] = {
        { SELECT_PPSE, 0x9000 },
        { SELECT_PPSE, 0x6A82 },
        { SELECT_PPSE, 0 },
        { SELECT_JPKI, 0x6283 },
        { SELECT_JPKI, 0x9000 },
        { "00B0000010", 0 },
        { "00A40000", 0x9000 },
        { "00A40000023F00", 0x6A82 },
        { "00A4080C043F000001", 0x9000 },
        { "0070000001", 0x9000 },
        { "01A4040C0AD392F000260100000001", 0x9000 },
        { "00", 0x9000 },
        { "00A4040C0AD3921000310001010408", 0x9000 },
    };
    for (size_t i = 0; i < sizeof(lost) / sizeof(lost[0]); i++) {
        struct guard g = { 0 };
        step(&g, SELECT_JPKI, 0x9000);
        step(&g, SELECT_CA, 0x9000);
        note_hex(&g, lost[i].hex, lost[i].sw);
        expect_refused(&g, "00B0000010", "selected");
    }
}

static const struct {
    const char *hex, *reason;
} refused[] = {
    /* malformed */
    { "", "not a command APDU" },
    { "00", "not a command APDU" },
    { "00A404", "not a command APDU" },
    { "00A4040C0AD392F0002601000000", "not a command APDU" },
    { "00A4040C0AD392F0002601000000010000", "not a command APDU" },
    { "00B000000001", "not a command APDU" },
    { "00B0000000000000", "not a command APDU" },
    { "0020008004313233", "not a command APDU" },
    /* applications with personal data: whole, part, extended, other occurrence, other encodings */
    { "00A4040C0AD3921000310001010408", "kenmen" },
    { "00A404000AD3921000310001010408", "personal data" },
    { "00A404000AD392100031000101040800", "personal data" },
    { "00A4040C0AD3921000310001010402", "personal data" },
    { "00A4040C0AD3921000310001010401", "personal data" },
    { "00A4040C0BD392100031000101040800", "personal data" },
    { "00A4040C10D3921000310001010408000000000000", "personal data" },
    { "00A4040C09D39210003100010104", "personal data" },
    { "00A4040C08D392100031000101", "personal data" },
    { "00A4040C05D392100031", "personal data" },
    { "00A4040C03D39210", "personal data" },
    { "00A4040C02D392", "personal data" },
    { "00A4040C01D3", "personal data" },
    { "00A4040C", "personal data" },
    { "00A4040000", "personal data" },
    { "00A4040200", "P2" },
    { "00A404020AD3921000310001010408", "P2" },
    { "00A404020AD392F000260100000001", "P2" },
    { "00A4040E0AD392F000260100000001", "P2" },
    { "00A404010AD392F000260100000001", "P2" },
    { "00A404030AD392F000260100000001", "P2" },
    { "00A404040AD392F000260100000001", "P2" },
    { "00A404800AD392F000260100000001", "P2" },
    { "00A4040C00000AD3921000310001010408", "short form" },
    { "00A4040C00000AD392F000260100000001", "short form" },
    { "00A4040C000000", "short form" },
    /* other closed ones: driving licence, passport, USIM, eUICC, residence card */
    { "00A4040C10A0000002310100000000000000000000", "driving licence" },
    { "00A4040C10A0000002310200000000000000000000", "driving licence" },
    { "00A4040C10A0000002480300000000000000000000", "driving licence" },
    { "00A4040C07A0000002471001", "passport" },
    { "00A4040C07A0000000871002", "USIM" },
    { "00A4040C10A0000000871002FF49FFFF89040B00FF", "USIM" },
    { "00A4040C10A0000005591010FFFFFFFF8900000200", "eUICC" },
    { "00A4040C10A0000005591010FFFFFFFF8900000100", "eUICC" },
    { "00A4040C10D392F0004F0200000000000000000000", "residence card" },
    /* JPKI's name cut or lengthened, and names that the table does not have */
    { "00A4040C0AD3921000310001010100", "whole names" }, /* common card application */
    { "00A4040C05A000000003", "whole names" },
    { "00A4040C10A0000000000102030405060708090A0B", "whole names" },
    { "00A4040C09D392F0002601000000", "whole names" },
    { "00A4040C05D392F00026", "whole names" },
    { "00A4040C0BD392F00026010000000100", "whole names" },
    { "00A4040C04A0000000", "USIM" },
    { "00A4040C11A0000000000102030405060708090A0B0C", "whole names" },
    /* other ways to select */
    { "00A40000023F00", "path" },
    { "00A4000000", "path" },
    { "00A40000", "path" }, /* selects the master file where there is one */
    { "00A4000C", "path" },
    { "00A4010C020408", "path" },
    { "00A4030C", "path" },
    { "00A4080C023F00", "path" },
    { "00A4080C043F000001", "path" },
    { "00A4090C020001", "path" },
    { "00A4050C020001", "path" },
    { "00A4840C0AD392F000260100000001", "path" },
    { "00A4020C", "identifier" },
    { "00A4020C0100", "identifier" },
    { "00A4020C03000600", "identifier" },
    { "00A40202020006", "P2" },
    { "00A4020C0000020006", "short form" },
    /* reads of other forms */
    { "00B00000", "Le" },
    { "00B000000100", "Le" },
    { "00B0000001AA10", "Le" },
    { "00B0800000", "short file identifier" },
    { "00B09F0000", "short file identifier" },
    { "00B0A10000", "short file identifier" },
    { "00B0C10000", "short file identifier" },
    { "00B0FF0000", "short file identifier" },
    { "00B10001045402000000", "--allow" },
    { "00B2010C00", "selected" },
    { "00B2000400", "READ RECORD" },
    { "00B2010600", "READ RECORD" },
    { "00B201FC00", "READ RECORD" },
    { "00CA005A00", "selected" }, /* eUICC's identifier */
    { "00CA5F5100", "selected" },
    { "80CA004200", "selected" },
    { "00CA9F7F00", "selected" },
    { "00840000", "GET CHALLENGE" },
    { "0084000100", "GET CHALLENGE" },
    { "0084000008AAAAAAAAAAAAAAAA", "GET CHALLENGE" },
    { "00840000000100", "GET CHALLENGE" },
    { "00CA004201AA", "no data" },
    { "00CB3FFF035C015F00", "--allow" },
    { "00C00000", "GET RESPONSE" },
    { "00C0000110", "GET RESPONSE" },
    { "00C00000011000", "GET RESPONSE" },
    /* PINs and keys */
    { EMPTY_VERIFY, "EF 0018" },
    { "00A4020C020001", "selected" }, /* the certificate with a name and address */
    { "00A4020C02001B", "selected" },
    { "00A4020C022FE2", "selected" },
    { "00A4020C026F07", "selected" },
    { "00B08A0000", "selected" },
    { "00B0810000", "selected" },
    { "00B09E0000", "selected" },
    { "0020008000", "--allow pin" },
    { "002000800431323334", "--allow pin" },
    { "0020008000000431323334", "--allow pin" },
    { "00200081", "00200080 exactly" },
    { "00200000", "00200080 exactly" },
    { "00200180", "00200080 exactly" },
    { "0021008004FFFFFFFF", "--allow pin" },
    { "002A00800100", "--allow pin" },
    { "008800000411223344", "only as the question whether this is a test target" },
    { "008200000411223344", "--allow pin" },
    { "002400800431323334", "--allow pin" },
    { "002401800431323334", "--allow pin" },
    { "002C0080", "--allow pin" },
    { "00320000", "--allow block" },
    { "00500000", "--allow block" },
    { "00060000", "--allow block" },
    { "00E60000", "--allow block" },
    { "00D600000100", "--allow write" },
    { "00E2000001AA", "--allow write" },
    { "00DA000001AA", "--allow write" },
    { "00A20000", "--allow write" },
    /* channels, secure messaging, chaining, makers' classes */
    { "0070000001", "logical channels" },
    { "00708001", "logical channels" },
    { "01A4040C0AD392F000260100000001", "class" },
    { "01A4040C0AD3921000310001010408", "class" },
    { "02B0000010", "class" },
    { "03200080", "class" },
    { "04B0000010", "class" },
    { "0CB0000010", "class" },
    { "0CA4040C0AD392F000260100000001", "class" },
    { "0C200080", "class" },
    { "10A4040C0AD392F000260100000001", "class" },
    { "40B0000010", "class" },
    { "60B0000010", "class" },
    { "A0B0000010", "class" },
    { "84CA9F7F00", "class" },
    { "81CA9F7F00", "class" },
    { "90CA9F7F00", "class" },
    { "80CA9F7E00", "selected" },
    { "80CA006600", "selected" },
    { "80CA9F7F01AA", "no data" },
    { "80CA9F7F000100", "no data" },
    { "80CB9F7F00", "--allow" },
    { "80A4040C0AD392F000260100000001", "--allow" },
    { "80B0000010", "--allow" },
    { "80200080", "--allow pin" },
    { "80FC0000", "--allow" },
    { "80A2000001AA", "--allow write" },
    { "80E6000001AA", "--allow block" },
    { "FFCA020000", "escape" },
    { "FFCA000100", "escape" },
    { "FFCA0000000100", "escape" },
    { "FFCA000001AA", "escape" },
    { "FF00000004D4400100", "escape" },
    { "FFB0000410", "escape" },
    { "FFD6000401AA", "escape" },
    { "FF82000006FFFFFFFFFFFF", "escape" },
    { "FFC2000000", "escape" },
};

static void everything_else_is_refused_with_its_reason(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof(refused) / sizeof(refused[0]); i++) {
        struct guard g = { 0 };
        expect_refused(&g, refused[i].hex, refused[i].reason);
        guard_reset(&g);
        step(&g, SELECT_JPKI, 0x9000);
        expect_refused(&g, refused[i].hex, refused[i].reason);
    }
}

static void select_pin_file(struct guard *g)
{
    guard_reset(g);
    step(g, SELECT_JPKI, 0x9000);
    step(g, SELECT_PIN, 0x9000);
}

static void empty_verify_passes_only_on_the_authentication_pin(void **state)
{
    (void)state;
    struct guard g = { 0 };
    select_pin_file(&g);
    step(&g, EMPTY_VERIFY, 0x63C3);
    step(&g, EMPTY_VERIFY, 0x63C3); /* asking changes no selection */
    expect_refused(&g, "0020008000", "--allow pin");
    expect_refused(&g, "002000800431323334", "--allow pin");
    expect_refused(&g, "00200081", "00200080 exactly");
    expect_refused(&g, "00200000", "00200080 exactly");
    expect_refused(&g, "01200080", "class");
    expect_refused(&g, "0020008000000431323334", "--allow pin");
    step(&g, "0084000008", 0x9000);
    step(&g, "00CA004200", 0x6A88);
    step(&g, "FFCA000000", 0x9000);
    expect_passes(&g, EMPTY_VERIFY);
}

static void signature_pin_is_never_reached(void **state)
{
    (void)state;
    struct guard g = { 0 };
    select_pin_file(&g);
    expect_refused(&g, "00A4020C02001B", "test targets only");
    expect_refused(&g, "00B09B0000", "selected"); /* nor by a short identifier */
    static const uint16_t answers[] = { 0x9000, 0x6282, 0x6982, 0x6A82, 0x6F00, 0 };
    for (size_t i = 0; i < sizeof(answers) / sizeof(answers[0]); i++) { /* and were it sent all the same */
        select_pin_file(&g);
        note_hex(&g, "00A4020C02001B", answers[i]);
        expect_refused(&g, EMPTY_VERIFY, "EF 0018");
    }
}

/* After any of these the guard can't be sure of JPKI and EF 0018 any more. */
static void unsure_states_refuse_the_empty_verify(void **state)
{
    (void)state;
    static const struct {
        const char *hex;
        uint16_t sw;
    } doubts[] = {
        { SELECT_PIN, 0x6A82 },
        { SELECT_PIN, 0 },
        { SELECT_PIN, 0x63C3 },
        { SELECT_JPKI, 0x9000 },
        { SELECT_JPKI, 0x6A82 },
        { SELECT_JPKI, 0 },
        { SELECT_PPSE, 0x9000 },
        { SELECT_PPSE, 0x6A82 },
        { SELECT_PPSE, 0 },
        { "00A4020C020006", 0x9000 },
        { SELECT_PIN, 0x6283 },
        { "00A40000", 0x9000 },
        { "00A40000", 0x6A86 },
        { "00B0000010", 0 },
        { "0084000008", 0 },
        { EMPTY_VERIFY, 0 },
        { "00B0980000", 0x9000 },
        { "01A4040C0AD392F000260100000001", 0x9000 },
        { "00A4080C043F000001", 0x9000 },
        { "0070000001", 0x9000 },
        { "00", 0x9000 },
        { "00A4040C0AD3921000310001010408", 0x9000 },
    };
    for (size_t i = 0; i < sizeof(doubts) / sizeof(doubts[0]); i++) {
        struct guard g = { 0 };
        struct err e;
        select_pin_file(&g);
        note_hex(&g, doubts[i].hex, doubts[i].sw);
        if (check_hex(&g, EMPTY_VERIFY, &e) != ERR_REFUSED)
            fail_msg("the empty VERIFY passed after %s (%04x)", doubts[i].hex, doubts[i].sw);
    }
    struct guard g = { 0 };
    select_pin_file(&g);
    guard_reset(&g);
    expect_refused(&g, EMPTY_VERIFY, "EF 0018");
}

static void get_response_goes_on_with_an_answer_and_is_limited_whatever_comes_between(void **state)
{
    (void)state;
    struct guard g = { 0 };
    expect_refused(&g, "00C0000000", "61xx");
    step(&g, SELECT_JPKI, 0x9000);
    expect_refused(&g, "00C0000000", "61xx");
    step(&g, SELECT_CA, 0x9000);
    step(&g, "00B0000000", 0x6110);
    step(&g, "00C0000010", 0x9000);
    expect_refused(&g, "00C0000000", "61xx");
    for (unsigned i = 0; i < 63; i++) {
        step(&g, "00B0000010", 0x61FF);
        step(&g, "00C0000000", 0x61FF);
        step(&g, "00CA004200", 0x61FF);
    }
    expect_refused(&g, "00C0000000", "64");
    expect_refused(&g, "00C0000010", "64");
    step(&g, "00B0000010", 0x61FF);
    expect_refused(&g, "00C0000000", "64");
    guard_reset(&g);
    step(&g, SELECT_JPKI, 0x6110);
    expect_passes(&g, "00C0000000");
    note_hex(&g, "FFCA000000", 0x6110); /* the reader's own answer */
    expect_refused(&g, "00C0000000", "61xx");
}

/* An oracle of its own for the bodies used in the sweep: which header passes with which. */
static bool sweep_expects(uint8_t cla, uint8_t ins, uint8_t p1, uint8_t p2, unsigned body)
{
    bool none = body == 0, le = body == 1, name = body == 2, file = body == 3;
    if (cla == 0xFF)
        return ins == 0xCA && p1 <= 1 && p2 == 0 && (none || le);
    if (cla != 0)
        return false;
    switch (ins) {
    case 0xA4:
        return (p1 == 4 && (p2 == 0 || p2 == 12) && name) || (p1 == 2 && (p2 == 0 || p2 == 12) && file);
    case 0x84:
        return p1 == 0 && p2 == 0 && le;
    case 0x20:
        return p1 == 0 && p2 == 0x80 && none;
    default:
        return false; /* EF 0018 is no file to read, and no parameters here are a data object's */
    }
}

static void only_the_allowlist_passes_of_all_classes_and_instructions(void **state)
{
    (void)state;
    static const uint8_t parameters[][2] = { { 0x00, 0x00 }, { 0x04, 0x0C }, { 0x04, 0x00 }, { 0x02, 0x0C },
                                             { 0x00, 0x80 }, { 0x9F, 0x7F }, { 0x01, 0x00 }, { 0x8A, 0x00 },
                                             { 0x08, 0x0C }, { 0x04, 0x02 }, { 0x80, 0x00 }, { 0xFF, 0xFF } };
    static const struct {
        const char *hex;
    } bodies[] = { { "" },           { "00" },        { "0AD392F000260100000001" },
                   { "020018" },     { "000200" },    { "0AD3921000310001010408" },
                   { "0431323334" }, { "0000020018" } };
    uint8_t command[32];
    unsigned passed = 0, wrong = 0;
    struct guard behind = { 0 };
    select_pin_file(&behind);
    for (size_t b = 0; b < sizeof(bodies) / sizeof(bodies[0]); b++) {
        size_t length = 4 + from_hex(bodies[b].hex, command + 4, sizeof(command) - 4);
        for (size_t p = 0; p < sizeof(parameters) / sizeof(parameters[0]); p++)
            for (unsigned pair = 0; pair <= 0xFFFF; pair++) {
                struct guard g = behind;
                command[0] = (uint8_t)(pair >> 8);
                command[1] = (uint8_t)pair;
                memcpy(command + 2, parameters[p], 2);
                bool passes = guard_check(&g, command, length, NULL) == 0;
                passed += passes;
                wrong += passes != sweep_expects(command[0], command[1], command[2], command[3], (unsigned)b);
            }
    }
    assert_int_equal(wrong, 0);
    assert_in_range(passed, 5, 50);
}

static void every_name_that_could_match_a_personal_application_is_refused(void **state)
{
    (void)state;
    static const uint8_t last[] = { 0x01, 0x02, 0x08 };
    uint8_t command[5 + 16 + 1] = { 0x00, 0xA4, 0x04, 0x0C };
    static const uint8_t p2s[] = { 0x00, 0x0C, 0x02, 0x0E };
    for (size_t i = 0; i < sizeof(last); i++)
        for (size_t p = 0; p < sizeof(p2s); p++)
            for (size_t count = 1; count <= 16; count++) {
                static const uint8_t family[] = { 0xD3, 0x92, 0x10, 0x00, 0x31, 0x00, 0x01, 0x01, 0x04 };
                struct guard g = { 0 };
                command[3] = p2s[p];
                command[4] = (uint8_t)count;
                memset(command + 5, 0, 17);
                memcpy(command + 5, family, sizeof(family));
                command[14] = last[i];
                assert_int_equal(guard_check(&g, command, 5 + count, NULL), ERR_REFUSED);
                command[5 + count] = 0; /* with an Le */
                assert_int_equal(guard_check(&g, command, 6 + count, NULL), ERR_REFUSED);
            }
}

static void messages_hold_no_byte_of_the_data(void **state)
{
    (void)state;
    struct guard g = { 0 };
    struct err e;
    assert_int_equal(check_hex(&g, "00200080087778797A7778797A", &e), ERR_REFUSED);
    assert_string_equal(e.where, "command 00200080");
    assert_null(strstr(e.text, "777"));
    assert_null(strstr(e.text, "wxyz"));
}

static void expect_command_hex(const char *hex, const char *expected)
{
    uint8_t command[600];
    size_t length = from_hex(hex, command, sizeof(command));
    struct buf b;
    buf_init(&b, 4096);
    guard_add_command_hex(&b, command, length, SIZE_MAX);
    buf_add_text(&b, "");
    assert_false(b.failed);
    assert_string_equal(b.data ? b.data : "", expected);
    buf_free(&b);
}

static void pins_are_written_as_one_xx(void **state)
{
    (void)state;
    static const char *const secrets[] = { "0431323334", "0831323334FFFFFFFF", "0000043132333400",
                                           "04313233",   "06313233",           "31323334",
                                           "00",         "0431323334FFFFFF" };
    static const uint8_t instructions[] = { 0x20, 0x21, 0x24, 0x25, 0x2C, 0x2D };
    static const uint8_t classes[] = { 0x00, 0x01, 0x0C, 0x80 };
    for (size_t s = 0; s < sizeof(secrets) / sizeof(secrets[0]); s++)
        for (size_t i = 0; i < sizeof(instructions); i++)
            for (size_t c = 0; c < sizeof(classes); c++) {
                char hex[64] = "", expected[16] = "";
                static const char digits[] = "0123456789abcdef";
                char header[9] = { digits[classes[c] >> 4],
                                   digits[classes[c] & 15],
                                   digits[instructions[i] >> 4],
                                   digits[instructions[i] & 15],
                                   '0',
                                   '0',
                                   '8',
                                   '0',
                                   0 };
                memcpy(hex, header, 8);
                memcpy(hex + 8, secrets[s], strlen(secrets[s]) + 1);
                memcpy(expected, header, 8);
                memcpy(expected + 8, "xx", 3);
                expect_command_hex(hex, expected);
            }
    expect_command_hex("FF00000009D4402000800431323334", "ff000000xx"); /* wrapped */
    expect_command_hex("00C2000009002000800431323334", "00c20000xx");
}

static void other_commands_are_written_whole(void **state)
{
    (void)state;
    expect_command_hex(EMPTY_VERIFY, "00200080");
    expect_command_hex("002000", "002000");
    expect_command_hex("00", "00");
    expect_command_hex("", "");
    expect_command_hex(SELECT_JPKI, "00a4040c0ad392f000260100000001");
    expect_command_hex("00B0000000", "00b0000000");
    expect_command_hex("FFCA000000", "ffca000000");
}

static void no_digit_of_any_pin_appears(void **state)
{
    (void)state;
    /* a long run of one byte, whatever the length says: no trace of it, and every length reads the same */
    uint8_t command[300] = { 0x00, 0x20, 0x00, 0x80 };
    memset(command + 5, 0x37, sizeof(command) - 5);
    for (size_t length = 5; length <= sizeof(command); length++) {
        struct buf b;
        buf_init(&b, 4096);
        command[4] = (uint8_t)(length - 5);
        guard_add_command_hex(&b, command, length, SIZE_MAX);
        assert_string_equal(b.data, "00200080xx");
        buf_free(&b);
    }
}

static void expect_response_hex(const struct guard *before, const char *command_hex, const char *hex,
                                const char *expected)
{
    uint8_t command[600], response[600];
    size_t command_length = from_hex(command_hex, command, sizeof(command));
    size_t length = from_hex(hex, response, sizeof(response));
    struct buf b;
    buf_init(&b, 4096);
    guard_add_response_hex(&b, before, command, command_length, response, length);
    buf_add_text(&b, "");
    assert_string_equal(b.data ? b.data : "", expected);
    buf_free(&b);
}

static void secret_answers_are_written_as_xx(void **state)
{
    (void)state;
    struct guard g = { 0 };
    step(&g, SELECT_JPKI, 0x9000);
    step(&g, SELECT_USER, 0x9000);
    expect_response_hex(&g, "00B0000000", "3082053A9000", "xx9000");
    expect_response_hex(&g, "00B0000000", "6982", "6982");
    expect_response_hex(&g, "00B0000000", "30823082", "xx"); /* cut short: its end is content */
    expect_response_hex(&g, "00B0000000", "3082", "xx");
    expect_response_hex(&g, "00B0000000", "30", "xx");
    expect_response_hex(&g, "00B0000000", "", "");
    step(&g, "00B0000000", 0x6110);
    expect_response_hex(&g, "00C0000010", "3082053A9000", "xx9000"); /* the rest of a read */
    step(&g, "00C0000010", 0x6110);
    expect_response_hex(&g, "00C0000010", "3082053A9000", "xx9000");
    expect_response_hex(&g, "0084000008", "11223344556677889000", "11223344556677889000");
    step(&g, SELECT_CA, 0x9000);
    expect_response_hex(&g, "00B0000000", "3082053A9000", "3082053a9000");
    step(&g, SELECT_DOMAIN, 0x9000);
    expect_response_hex(&g, GET_CPLC, "9F7F2A01029000", "xx9000");
    step(&g, GET_CPLC, 0x6110);
    expect_response_hex(&g, "00C0000010", "9F7F2A01029000", "xx9000");
    expect_response_hex(&g, "FFCA000000", "041122339000", "xx9000"); /* the identifier that the reader saw */
    step(&g, SELECT_LADDER, 0x9000);
    expect_response_hex(&g, "00B0000003", "0001029000", "0001029000");
}

/* Nothing of it passes; were it sent all the same, its answer would be written by nobody. */
static void what_the_table_does_not_know_is_secret(void **state)
{
    (void)state;
    static const char *const forms[] = { "00B0000000", "00B0810000", "00B2010C00",
                                         "00CA005A00", "00CA004200", GET_CPLC,
                                         "00C0000010", "80E2800000", "00CB3FFF035C015F00" };
    struct guard g = { 0 };
    for (size_t i = 0; i < sizeof(forms) / sizeof(forms[0]); i++)
        expect_response_hex(&g, forms[i], "3132333435369000", "xx9000");
    note_hex(&g, "00A4040C0AD3921000310001010408", 0x9000);
    for (size_t i = 0; i < sizeof(forms) / sizeof(forms[0]); i++)
        expect_response_hex(&g, forms[i], "3132333435369000", "xx9000");
    step(&g, SELECT_JPKI, 0x9000);
    step(&g, SELECT_CA, 0x6A82);
    expect_response_hex(&g, "00B0000000", "3132333435369000", "xx9000");
}

/* What a command holds of a secret answer is cut, with all behind it; a header's byte as well. */
static void what_is_made_of_a_secret_answer_is_not_written(void **state)
{
    (void)state;
    static const struct {
        size_t clear;
        const char *expected;
    } rows[] = {
        { SIZE_MAX, "00b0123420" }, { 5, "00b0123420" }, { 4, "00b01234xx" }, { 2, "00b0xx" }, { 0, "xx" }
    };
    static const uint8_t command[] = { 0x00, 0xB0, 0x12, 0x34, 0x20 };
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct buf b;
        buf_init(&b, 4096);
        guard_add_command_hex(&b, command, sizeof(command), rows[i].clear);
        assert_string_equal(b.data, rows[i].expected);
        buf_free(&b);
    }
}

static void a_lab_has_applications_of_its_own(void **state)
{
    (void)state;
    static const struct application_file files[] = {
        { .id = 0x0101, .brief = 1, .uses = FILE_READ },
        { .id = 0x0102, .brief = 2, .uses = FILE_RECORDS, .secret = true }
    };
    static const struct application_table own = {
        .items = { { .id = "lab",
                     .aid = { 0xF0, 1, 2, 3, 4, 5 },
                     .aid_length = 6,
                     .files = files,
                     .file_count = 2 } },
        .count = 1,
    };
    struct guard g = { .own = &own };
    expect_refused(&g, "00B0810000", "selected");
    step(&g, "00A4040C06F00102030405", 0x9000);
    expect_refused(&g, "00B0000010", "no file");
    step(&g, "00B0810010", 0x9000);
    expect_response_hex(&g, "00B0810010", "01029000", "01029000");
    expect_passes(&g, "00B0001010");
    step(&g, "00B2011410", 0x9000); /* record 1 of short identifier 2 */
    expect_response_hex(&g, "00B2011410", "01029000", "xx9000");
    expect_refused(&g, "00B0000010", "no file");
    step(&g, "00A4020C020102", 0x9000);
    expect_passes(&g, "00B2020410");
    expect_refused(&g, "0084000008", "challenge");
    guard_reset(&g); /* the table outlives the field */
    step(&g, "00A4040C06F00102030405", 0x9000);
    expect_passes(&g, "00B0810010");
}

static const struct application_file own_files[] = {
    { .id = 0x2FE2, .uses = FILE_READ, .identifiers = { { IDENTIFIER_ICCID, 2, 4 } } },
    { .id = 0x0102, .uses = FILE_RECORDS, .identifiers = { { IDENTIFIER_SERIAL, 0, 2 } } }
};
static const struct application_tag own_tags[] = {
    { .cla = 0x80, .tag = 0x9F70, .identifiers = { { IDENTIFIER_EID, 1, 2 }, { IDENTIFIER_EID, 4, 1 } } }
};
static const struct application_table own_table = {
    .items = { { .id = "lab",
                 .aid = { 0xF0, 1, 2, 3, 4, 5 },
                 .aid_length = 6,
                 .files = own_files,
                 .file_count = 2,
                 .tags = own_tags,
                 .tag_count = 1 } },
    .count = 1,
};

/* The bytes that the answer's identifier of this kind is made of; NULL: it has none. */
static void expect_identifier(const struct guard *g, const char *command, const char *response,
                              enum identifier_kind kind, const char *bytes)
{
    uint8_t c[300], r[300], b[64];
    struct identifier_key key;
    struct identifiers found = { 0 }, expected = { 0 };
    identifier_key_published(&key);
    guard_answer_identifiers(g, &key, c, from_hex(command, c, sizeof c), r, from_hex(response, r, sizeof r),
                             &found);
    if (bytes)
        identifiers_add(&expected, &key, kind, b, from_hex(bytes, b, sizeof b));
    assert_string_equal(identifiers_find(&found, kind), identifiers_find(&expected, kind));
}

static void identifiers_are_hidden_where_the_table_says(void **state)
{
    (void)state;
    struct guard g = { .own = &own_table };
    step(&g, "00A4040C06F00102030405", 0x9000);
    step(&g, "00A4020C022FE2", 0x9000);
    expect_response_hex(&g, "00B0000008", "01020304050607089000", "0102xxxxxxxx07089000");
    expect_identifier(&g, "00B0000008", "01020304050607089000", IDENTIFIER_ICCID, "03040506");
    expect_response_hex(&g, "00B0000408", "05060708090A0B0C9000",
                        "xxxx0708090a0b0c9000"); /* its second half */
    expect_identifier(&g, "00B0000408", "05060708090A0B0C9000", IDENTIFIER_ICCID, NULL);
    expect_response_hex(&g, "00B0000003", "0102036282", "0102xx6282");
    expect_response_hex(&g, "00B0000608", "07089000", "07089000");
    step(&g, "00B0000008", 0x6110);
    expect_response_hex(&g, "00C0000008", "01020304050607089000",
                        "xx9000"); /* where it begins nobody knows */
    step(&g, "00A4020C020102", 0x9000);
    expect_response_hex(&g, "00B2030400", "0102039000", "xxxx039000");
    expect_identifier(&g, "00B2030400", "0102039000", IDENTIFIER_SERIAL, "0102");
    expect_response_hex(&g, "80CA9F7000", "01020304059000", "01xxxx04xx9000");
    expect_identifier(&g, "80CA9F7000", "01020304059000", IDENTIFIER_EID, "020305");
    expect_response_hex(&g, "80CA9F7000", "9F700501020304059000", "9f700501xxxx04xx9000");
    expect_identifier(&g, "80CA9F7000", "9F700501020304059000", IDENTIFIER_EID, "020305");
    uint8_t c[32];
    assert_true(guard_answer_is_secret(&g, c, from_hex("80CA9F7000", c, sizeof c)));
}

static void the_reader_and_the_chip_give_identifiers_that_are_known(void **state)
{
    (void)state;
    struct guard g = { 0 };
    expect_identifier(&g, "FFCA000000", "04CAFEBABE11229000", IDENTIFIER_UID, "04CAFEBABE1122");
    expect_identifier(&g, "FFCA000000", "6A81", IDENTIFIER_UID, NULL);
    expect_identifier(&g, "FFCA010000", "0B788080028054CAFEBABE9000", IDENTIFIER_HISTORICAL, "CAFEBABE");
    expect_response_hex(&g, "FFCA010000", "0B788080028054CAFEBABE9000", "xx9000");
    step(&g, "00A4040008A000000151000000", 0x9000);
    expect_identifier(&g, "80CA9F7F00", "9F7F2A000102030405060708091011121314151617189000", IDENTIFIER_CPLC,
                      "000102031011121314151617");
    expect_identifier(&g, "80CA9F7F00", "9F7F2A00019000", IDENTIFIER_CPLC, NULL); /* cut */
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(whole_names_of_the_table_pass_at_any_time),
        cmocka_unit_test(a_read_passes_only_behind_the_selections_that_it_needs),
        cmocka_unit_test(nothing_is_read_of_one_application_while_another_may_be_selected),
        cmocka_unit_test(everything_else_is_refused_with_its_reason),
        cmocka_unit_test(empty_verify_passes_only_on_the_authentication_pin),
        cmocka_unit_test(signature_pin_is_never_reached),
        cmocka_unit_test(unsure_states_refuse_the_empty_verify),
        cmocka_unit_test(get_response_goes_on_with_an_answer_and_is_limited_whatever_comes_between),
        cmocka_unit_test(only_the_allowlist_passes_of_all_classes_and_instructions),
        cmocka_unit_test(every_name_that_could_match_a_personal_application_is_refused),
        cmocka_unit_test(messages_hold_no_byte_of_the_data),
        cmocka_unit_test(pins_are_written_as_one_xx),
        cmocka_unit_test(other_commands_are_written_whole),
        cmocka_unit_test(no_digit_of_any_pin_appears),
        cmocka_unit_test(secret_answers_are_written_as_xx),
        cmocka_unit_test(what_the_table_does_not_know_is_secret),
        cmocka_unit_test(what_is_made_of_a_secret_answer_is_not_written),
        cmocka_unit_test(a_lab_has_applications_of_its_own),
        cmocka_unit_test(identifiers_are_hidden_where_the_table_says),
        cmocka_unit_test(the_reader_and_the_chip_give_identifiers_that_are_known),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
