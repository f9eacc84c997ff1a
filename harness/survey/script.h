/*
 * A script: the exchanges of one transaction, as data. Filled by survey/ from YAML, run by station/.
 * Templates are bytes with variables in them; what is sent is exactly what the template gives, nothing added
 * or stripped.
 */
#ifndef NFC_SURVEY_SURVEY_SCRIPT_H
#define NFC_SURVEY_SURVEY_SCRIPT_H

#include "harness/card/test_ca.h"
#include "harness/domain/domain.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define SCRIPT_STEPS_MAX     64
#define SCRIPT_VARIABLES_MAX 32
#define SCRIPT_BYTES_MAX     4096 /* of one variable: a certificate, and more */
#define SCRIPT_GIVEN_MAX     256  /* of one that a file gives a value */
#define SCRIPT_EXPANDED_MAX  4096 /* exchanges of one transaction, loops counted */

/* Fixed variables; a script's own follow. */
enum script_builtin {
    SCRIPT_VARIABLE_NONE = 0,
    SCRIPT_VARIABLE_OFFSET,    /* read and write loop: where this chunk begins */
    SCRIPT_VARIABLE_LE,        /* read loop: this chunk's length (0 means 256 in one byte) */
    SCRIPT_VARIABLE_VALUE,     /* loop over values: the present one */
    SCRIPT_VARIABLE_SIM_TOKEN, /* the token label of the sim under test */
    SCRIPT_VARIABLE_PART,      /* write loop: this chunk's bytes */
    SCRIPT_VARIABLE_PART_LENGTH,
    SCRIPT_VARIABLE_HANDSET, /* 32 bytes that are the handset's under test and no other's */
    SCRIPT_BUILTIN_COUNT,
};

struct script_variable {
    char *name;
    bool number;    /* number or bytes */
    uint64_t value; /* number */
    uint8_t bytes[SCRIPT_BYTES_MAX];
    size_t length;
    bool given;   /* has an initial value; else a step must fill it before its use (checked on load) */
    bool changes; /* a step fills it */
    bool secret;  /* in a run: captured from an answer that is never written down */
};

/* A number is written big-endian; 256 in one byte is 00, as a Le is (larger ones are refused when they are
 * known). */
struct script_piece {
    unsigned variable; /* 0: literal bytes */
    uint8_t *bytes;
    size_t length; /* literal length, or the width in bytes a number is written in (0: bytes variable) */
};

struct script_template {
    struct script_piece *pieces;
    size_t count;
};

struct script_expect {
    uint16_t value, mask; /* (sw & mask) == value; "90XX" has mask ff00 */
};

/* A list of status words, any of which will do. */
struct script_words {
    struct script_expect *items;
    size_t count;
};

/* A step with one is skipped unless an earlier step's last status word is among these. */
struct script_condition {
    unsigned step; /* 1..; 0: none */
    struct script_words words;
};

/* A quantity: a number or a variable plus a constant. */
struct script_quantity {
    unsigned variable; /* 0: constant only */
    int64_t constant;
};

enum script_check_kind {
    SCRIPT_CHECK_NONE = 0,
    SCRIPT_CHECK_LENGTH, /* data length is quantity */
    SCRIPT_CHECK_EQUALS, /* data are exactly template */
    SCRIPT_CHECK_STARTS, /* data begin with template */
    SCRIPT_CHECK_SAME,   /* data are the same in every transaction of the placement (F26) */
    SCRIPT_CHECK_TOKEN,  /* data begin with the sim's token label, else WRONG_TARGET (F25) */
    SCRIPT_CHECK_COUNT,
};

struct script_check {
    enum script_check_kind kind;
    struct script_quantity quantity;
    struct script_template template;
};

struct script_capture {
    unsigned variable;
    size_t offset,
        length; /* in the response data; length 1..4 for numbers (big-endian), 0 = to the end for bytes */
    bool number;
    int64_t add;
};

enum script_operation {
    SCRIPT_NONE = 0,
    SCRIPT_SEND,
    SCRIPT_FIELD_RESET,
    SCRIPT_PAUSE,
    SCRIPT_COMPUTE, /* on the host, as all that follow: its time is never the target's */
    SCRIPT_VERIFY,
    SCRIPT_CERTIFY,
    SCRIPT_COMPARE,
};
enum script_loop {
    SCRIPT_LOOP_NONE = 0,
    SCRIPT_LOOP_TIMES,
    SCRIPT_LOOP_VALUES,
    SCRIPT_LOOP_READ,
    SCRIPT_LOOP_WRITE,
};

/* What `compute:` makes of bytes. */
enum script_function {
    SCRIPT_BYTES = 0,   /* the template's bytes */
    SCRIPT_SHA256,      /* of them */
    SCRIPT_DIGEST_INFO, /* of them: the DER structure around their SHA-256 that RSA signs (RFC 8017, 9.2) */
    SCRIPT_PAD,         /* with FF up to a length: a PIN in its block */
    SCRIPT_TAKE,        /* a part of them */
    SCRIPT_LENGTH,      /* their number */
    SCRIPT_RANDOM,      /* so many that nobody guesses */
};

struct script_result {
    unsigned variable;
    enum script_function function;
    struct script_template of;
    struct script_quantity offset, length; /* of SCRIPT_TAKE; length also of PAD and RANDOM */
};

/* Bytes signed by whoever holds the private key of a certificate or of a public key as a card gives it (7F49). */
struct script_signature {
    struct script_template certificate, public_key; /* one of them */
    struct script_template data, signature;
    enum test_ca_profile issued_for; /* the certificate must be the test CA's for it; 0: anybody's will do */
};

struct script_comparison {
    struct script_template value, with;
};

/* A certificate that the test CA issues on a public key as a card gives it. */
struct script_certificate {
    unsigned variable; /* that holds it */
    struct script_template public_key;
    enum test_ca_profile profile;
    unsigned size; /* bytes, exactly; 0: as it comes */
};

struct script_step {
    char *name;             /* by which the journal has it */
    char *title, *title_ja; /* for reports; NULL: its name */
    unsigned line, column;  /* of what it sends, in the script's file */
    enum script_operation operation;
    enum stage stage; /* where a failure of it ends: route, exchange (default) */
    struct script_template send;
    struct script_words expect; /* none: any */
    struct script_condition when;
    struct script_check *checks;
    size_t check_count;
    struct script_capture *captures;
    size_t capture_count;
    enum script_loop loop;
    struct script_quantity times; /* SCRIPT_LOOP_TIMES: repetitions; SCRIPT_LOOP_READ: total length */
    uint64_t *values;             /* SCRIPT_LOOP_VALUES */
    size_t value_count;
    unsigned chunk;                 /* SCRIPT_LOOP_READ, WRITE: 1..256 (or up to 65536 when extended) */
    unsigned whole;                 /* SCRIPT_LOOP_READ: the variable that holds all that was read; 0: none */
    struct script_template written; /* SCRIPT_LOOP_WRITE */
    struct script_result *results;  /* SCRIPT_COMPUTE, in order */
    size_t result_count;
    struct script_signature *signature;     /* SCRIPT_VERIFY */
    struct script_certificate *certificate; /* SCRIPT_CERTIFY */
    struct script_comparison *comparison;   /* SCRIPT_COMPARE */
    bool needs_extended; /* skipped, and said so, where the reader's class passes no extended APDU */
    bool keep_bytes;     /* the journal keeps the bytes of successful exchanges too */
    uint32_t pause_ms;
};

struct script {
    char *id;
    char *title, *title_ja;
    char *source;
    uint32_t time_limit_ms;            /* default T_max; the survey may override */
    uint32_t deadline_ms;              /* default deadline of one exchange */
    struct script_variable *variables; /* [0..SCRIPT_BUILTIN_COUNT) built in, then the script's */
    size_t variable_count;
    struct script_step *steps; /* those of `recover` behind the others */
    size_t step_count;
    unsigned recover_from;      /* the first of them, 1..; 0: there are none */
    unsigned typical_exchanges; /* estimate for the plan's cost: loops counted, reads by typical_length */
    unsigned typical_length;    /* bytes a read loop is expected to read, for the estimate */
};

/* Whether the bytes of any step are kept when all went well. */
bool script_keeps_bytes(const struct script *s);

/* Steps of a transaction that nothing befalls: without those of `recover`. */
size_t script_planned_steps(const struct script *s);

#endif
