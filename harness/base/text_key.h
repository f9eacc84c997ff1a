/*
 * Keys of what people type, scan and print on labels: two texts with one key are the same name to a person. A key only
 * compares; what is recorded and shown is the text as it came.
 */
#ifndef NFC_SURVEY_BASE_TEXT_KEY_H
#define NFC_SURVEY_BASE_TEXT_KEY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define TEXT_KEY_BYTES_MAX 256  /* of a text */
#define TEXT_KEY_CAPACITY  1024 /* of a key, with its end */

enum text_key_result {
    TEXT_KEY_MADE,
    TEXT_KEY_EMPTY, /* no character but blanks */
    TEXT_KEY_LONG,  /* more than TEXT_KEY_BYTES_MAX bytes, or a key that takes more than TEXT_KEY_CAPACITY */
    TEXT_KEY_NO_UTF8,
    TEXT_KEY_INVISIBLE, /* a control, a mark that takes no room, a private or unassigned character */
    TEXT_KEY_NO_MEMORY,
};

/*
 * NFKC without case: "ＡＢ－１" is "ab-1", half-width kana are whole ones. Blanks of all kinds go; dashes of all
 * kinds are "-", and so is U+30FC after ASCII, which is what a Japanese input method makes of the "-" key. Nothing else
 * is guessed: 0 is not O, サーバ is not サバ. `out` is "" unless the key is made.
 */
enum text_key_result text_key(const char *text, char out[TEXT_KEY_CAPACITY]);

/* A copy of it to keep, "" where there is none; the caller frees. NULL when out of memory. */
char *text_key_copy(const char *text);

/* Whether both have a key, and the same. */
bool text_key_same(const char *a, const char *b);

/* Blanks of all kinds (U+3000 too) at the edges: those at the front, in bytes, with *length less those of both. UTF-8. */
size_t text_trim(const char *text, size_t *length);

/* NFKC, blanks at the edges gone, the others one space each: "ＳＯ－０１Ｈ" is "SO-01H". The caller frees; NULL when out of
 * memory or not UTF-8. */
char *text_narrow(const char *text);

bool text_is_letter(uint32_t code); /* or a digit, of any script */

/* The first character of a text that nobody sees and that moves or hides others, 0 for none: *column counts characters
 * from 1. */
uint32_t text_find_invisible(const char *text, unsigned *column);

#endif
