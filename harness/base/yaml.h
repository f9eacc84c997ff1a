/*
 * A YAML writer with state: block style for people and programs, flow style where a row is one line. It keeps
 * the indentation, the dashes and the commas; the caller says what opens, what it holds, and what closes.
 *
 *   yaml_list(y, "cells");            cells:
 *   yaml_item(y);                       - cell: 7
 *   yaml_u64(y, "cell", 7);               verdict: "compatible"
 *   yaml_text(y, "verdict", "...");       interval: [1, 9]  # at 95 %
 *   yaml_flow_list(y, "interval");
 *   yaml_u64(y, NULL, 1); yaml_u64(y, NULL, 9);
 *   yaml_close(y);
 *   yaml_note(y, "at %d %%", 95);
 *   yaml_close(y);
 *
 * In a list the keys are NULL. Texts are strings in double quotes that YAML reads back as they were; what can't
 * be seen, or turns the text beside it, is an escape. A line ends when the next one begins.
 */
#ifndef NFC_SURVEY_BASE_YAML_H
#define NFC_SURVEY_BASE_YAML_H

#include "harness/base/buf.h"

#include <stdint.h>

#define YAML_DEPTH_MAX 16

enum yaml_shape { YAML_MAP = 1, YAML_LIST, YAML_FLOW_MAP, YAML_FLOW_LIST };

struct yaml {
    struct buf *b; /* borrowed */
    unsigned depth;
    struct yaml_level {
        enum yaml_shape shape;
        unsigned indent;  /* of its lines */
        bool any;         /* it holds something */
        bool dash;        /* the next line begins an item: "- " */
        bool broken;      /* of a flow: what comes next is on a new line */
        const char *note; /* for its first line, behind the key */
    } levels[YAML_DEPTH_MAX + 1];
    bool in_line; /* a line waits for its end */
};

/* A document, or a part of one whose lines are indented by so many blanks. */
void yaml_begin(struct yaml *y, struct buf *b, unsigned indent);
void yaml_end(struct yaml *y); /* closes what is open and ends the last line */

void yaml_map(struct yaml *y, const char *key);
void yaml_list(struct yaml *y, const char *key);
void yaml_flow_map(struct yaml *y, const char *key);
void yaml_flow_list(struct yaml *y, const char *key);
/* Of the map or list that was just opened: a comment behind its key, if anything gets into it. */
void yaml_note_if_any(struct yaml *y, const char *note); /* borrowed until then */
/* Of the same: its lines are two blanks further in than others are. */
void yaml_deeper(struct yaml *y);
void yaml_close(struct yaml *y); /* the innermost; a list or map in which nothing was written is [] or {} */

/* In a flow map that is an item of a list: what follows is on a line of its own, below its first key. */
void yaml_break(struct yaml *y);

/* In a list: what follows, up to the next one, is one item, a map. */
void yaml_item(struct yaml *y);

void yaml_text(struct yaml *y, const char *key, const char *value); /* NULL: null */
void yaml_u64(struct yaml *y, const char *key, uint64_t value);
void yaml_bool(struct yaml *y, const char *key, bool value);
/* Written as it is: a number that is formatted, null, a word that is no string. */
void yaml_plain(struct yaml *y, const char *key, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* "  # ..." behind the last value; no character of it ends the line. */
void yaml_note(struct yaml *y, const char *format, ...) __attribute__((format(printf, 2, 3)));
/* Whole lines of comment: each line of the text behind "# ", at the indentation of what is open; an empty one is empty. */
void yaml_remark(struct yaml *y, const char *text);

#endif
