/*
 * Where the phone shall lie, as a drawing from above: once in millimetres, for the page; and in characters, for a
 * terminal. x grows to the right, y away from the person, both from the mark of the reader. Sizes are of no model: only
 * the distance between the marks is to scale.
 */
#ifndef NFC_SURVEY_FACES_DRAWING_H
#define NFC_SURVEY_FACES_DRAWING_H

#include "harness/survey/survey.h"

struct drawing_box {
    double left, bottom, width, height; /* mm */
};

struct drawing {
    double x_mm, y_mm, z_mm; /* of the phone's middle; the reader's mark is at 0, 0 */
    struct drawing_box reader, phone, around;
};

struct drawing drawing_of(const struct survey_condition *c);

#define DRAWING_COLUMNS_MAX 48
#define DRAWING_ROWS_MAX    24

/*
 * In so many columns and rows at most, as many rows as are used; each ends with NUL and has no blank behind it. A
 * column is half as wide as a row is high. `.` is the reader with its mark `+`, the phone lies over it with its middle
 * `o`; `*` where both are the same.
 */
unsigned drawing_characters(const struct drawing *d, unsigned columns, unsigned rows,
                            char out[DRAWING_ROWS_MAX][DRAWING_COLUMNS_MAX + 1]);

#endif
