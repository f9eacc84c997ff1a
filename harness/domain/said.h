/*
 * What the program itself says, as a code with arguments instead of a sentence: said.def lists the codes with
 * their English. A journal holds code and arguments, a report says them in its own language. What somebody
 * else said, a person or a driver, is words and stays as it was.
 */
#ifndef NFC_SURVEY_DOMAIN_SAID_H
#define NFC_SURVEY_DOMAIN_SAID_H

#include "harness/base/buf.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define SAID_BYTES 256 /* of all arguments, each with its NUL */

enum said_code {
    SAID_WORDS = 0, /* somebody's own */
#define X(id, name, kinds, english) SAID_##id,
#include "harness/domain/said.def"
#undef X
    SAID_COUNT
};

struct said {
    uint16_t code;     /* enum said_code */
    uint8_t count;     /* of arguments, which are in text one behind the other; 0 of words */
    uint8_t absent;    /* 0 or 1: says why something is not there, in place of it */
    const char *words; /* of SAID_WORDS, borrowed; NULL: they are in text */
    char text[SAID_BYTES];
};

/* Arguments are texts, as many as the code's kinds: SAY(SAID_WORKER_ENDED, "SIGSEGV"). One that is longer than
 * there is room for is cut. */
#define SAY(code, ...) said_with((code), (const char *const[]) { __VA_ARGS__, NULL })
struct said said_with(enum said_code code, const char *const *arguments);
struct said said_alone(enum said_code code);  /* a code without arguments */
struct said said_words(const char *words);    /* borrowed; NULL: "" */
struct said said_absent(struct said why);     /* the same as the reason why something is not there */
struct said said_flat(const struct said *s);  /* with its words in itself, cut where they are too long */
struct said *said_copy(const struct said *s); /* to be freed; NULL when out of memory */

/* A number as an argument: SAY(SAID_UID_RANDOM, said_number(4).text). */
struct said_number {
    char text[24];
};
struct said_number said_number(uint64_t value);
struct said_number said_share(double share); /* of kind Q: said_share(0.1) is "10 %" to people */

/* For readers of a journal: adds an argument; false where there is no room for it. */
bool said_add(struct said *s, const char *argument, size_t length);
/* Whether code, number and kinds of the arguments are those of the table, and all is within itself. */
bool said_is_valid(const struct said *s);

/* All take NULL for nothing said. */
bool said_nothing(const struct said *s); /* no code, and no word */
bool said_is(const struct said *s, enum said_code code);
bool said_same(const struct said *a, const struct said *b);
const char *said_own_words(const struct said *s);                /* NULL of a code */
const char *said_argument(const struct said *s, unsigned index); /* "" past the end */
void said_english(struct buf *out, const struct said *s);

/* "40 ms", "3.02 s", "0.9 ms". */
struct said_number said_duration(uint64_t us);

/* English for a message: cut where it is longer. */
struct said_text {
    char text[1024];
};
struct said_text said_text(const struct said *s);

/* The table: "" and SAID_WORDS for a stranger. */
const char *said_name(enum said_code code);
enum said_code said_code_of_name(const char *name, size_t length);
const char *said_kinds(enum said_code code); /* a letter an argument, see said.def */
const char *said_template(enum said_code code);

/* Fills the places {0} .. {9} of a template with the arguments as form() has them. */
void said_fill(struct buf *out, const char *template, const struct said *s,
               void (*form)(void *context, struct buf *out, char kind, const char *argument), void *context);

#endif
