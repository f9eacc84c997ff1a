/*
 * Keys of what people type, scan and print on labels: two texts with one key are the same name to a person. A key only
 * compares; what is recorded and shown is the text as it came.
 */
#ifndef NFC_SURVEY_BASE_TEXT_KEY_H
#define NFC_SURVEY_BASE_TEXT_KEY_H

#include <stdbool.h>

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

/* Whether both have a key, and the same. */
bool text_key_same(const char *a, const char *b);

#endif
