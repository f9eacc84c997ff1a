/* Text and numbers: hex, UTF-8, checked number parsing, JSON strings as the journal writes them. Leaves. */
#ifndef NFC_SURVEY_BASE_TEXT_H
#define NFC_SURVEY_BASE_TEXT_H

#include "harness/base/buf.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

/* Whole-string parsers: false on empty, a sign where none is allowed, trailing bytes, overflow. */
bool text_to_u64(const char *text, size_t length, uint64_t *out);
bool text_to_double(const char *text, size_t length,
                    double *out); /* plain decimal only: no exponent, inf, nan, hex */

/* "00 A4 040C" -> bytes; blanks between bytes allowed. False on an odd nibble, a stranger or too long. */
bool text_to_bytes(const char *text, size_t length, uint8_t *out, size_t capacity, size_t *out_length);
/* Why that is false, for a message that must not repeat what may be a secret: the character, 1.., and what is wrong
 * there. 0: nothing, or too long. */
size_t text_hex_mistake(const char *text, size_t length, const char **what);
void text_add_hex(struct buf *b, const uint8_t *bytes, size_t length); /* lower case, no blanks */

bool text_is_utf8(const char *text, size_t length);

/* Length of the UTF-8 character at text (1..4) with its code, or 0 when there is none (RFC 3629). */
size_t text_character(const char *text, size_t length, uint32_t *code);

/*
 * Whether a character must not be shown as it is: controls, line and paragraph separators, the marks,
 * overrides and isolates that turn the direction of the text around them, what takes no room (but for the two
 * joiners, which some scripts and pictures are written with), and what is no character at all.
 */
bool text_is_hidden(uint32_t code);
/* The same where it is in a text: an ideographic variation selector belongs to the ideograph before it, and is hidden
 * anywhere else. *before: 0 at the beginning of a text, kept from character to character. */
bool text_is_hidden_here(uint32_t code, uint32_t *before);
void text_add_escape(struct buf *b, uint32_t code); /* such a one visibly: \n, \u202e, \U000e0041 */

/*
 * A JSON string in double quotes that libyaml (YAML 1.1) and JSON read alike: raw UTF-8; controls, U+007F to
 * U+009F, U+2028/9, U+FEFF, U+FFFE, U+FFFF as \uXXXX; bytes that are not UTF-8 become U+FFFD.
 */
void text_add_json(struct buf *b, const char *text, size_t length);

/* Cells of a terminal, or halves of a square, that a text takes: Japanese characters two; each byte of what
 * text_put_safe() does not show four (\xNN); what is drawn on the character before it none. */
size_t text_columns(const char *text);

/* Whether an item stands in a list of them with commas between: "RW-A, RW-B". NULL: none does. */
bool text_lists(const char *list, const char *item);

/* Whether there is an end (NUL) in an array that somebody else filled. */
bool text_ends(const char *text, size_t capacity);

/* Copies text into a fixed array, cut at a whole UTF-8 character where it is too long; always terminated. */
void text_fit(char *out, size_t capacity, const char *text);
void text_shorten(char *out, size_t capacity,
                  const char *text); /* the same, with an ellipsis where it is cut */
/* The same to so many columns, and never more than fit. */
void text_abridge(char *out, size_t capacity, size_t columns, const char *text);
/* The same with the ellipsis in its middle: names differ at their ends. */
void text_abridge_middle(char *out, size_t capacity, size_t columns, const char *text);

/* strdup/strndup that reads as ours; NULL when out of memory. */
char *text_copy(const char *text);
char *text_copy_n(const char *text, size_t length);

/* Text from files, readers and cards: control bytes, marks that turn the direction of text, and broken UTF-8
 * become \xNN, so nothing moves the cursor or shows a name as another one. */
void text_put_safe(FILE *to, const char *text);
void text_add_safe(struct buf *b, const char *text);
void text_add_safe_lines(struct buf *b, const char *text); /* the same; its line feeds end lines */

#endif
