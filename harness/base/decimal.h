/*
 * Numbers as people and YAML read them: plain decimals, never an exponent (YAML 1.1 takes 1e5 for a string),
 * without needless zeros. For values from 0 to 10^15; what is smaller than 10^-30 is shown as 0, or rounded
 * up to that.
 */
#ifndef NFC_SURVEY_BASE_DECIMAL_H
#define NFC_SURVEY_BASE_DECIMAL_H

#define DECIMAL_SIZE 64 /* bytes that hold every result */

enum decimal_rounding {
    DECIMAL_NEAREST = 0,
    DECIMAL_UP,   /* an upper bound: never below the value */
    DECIMAL_DOWN, /* a lower bound: never above the value */
};

/* The fewest digits, at most 15, that are read back as the value: 0.1, not 0.10000000000000001. */
const char *decimal_shortest(char out[DECIMAL_SIZE], double value);

/* The same as a value, for a format: decimal_plain(0.00001).text is "0.00001", where %g has an exponent. */
struct decimal_text {
    char text[DECIMAL_SIZE];
};
struct decimal_text decimal_plain(double value);

/* So many significant digits. A value within 10^-12 of a shorter number, relatively, is taken for that
 * number: the functions that bounds come from are no better. */
const char *decimal_digits(char out[DECIMAL_SIZE], double value, int digits, enum decimal_rounding rounding);

/* Exactly so many places behind the point: bounds below each other in a table. The same grain as above. */
const char *decimal_bound(char out[DECIMAL_SIZE], double value, int places, enum decimal_rounding outwards);

/* "[0.031, 0.644]": both bounds so. */
struct decimal_interval {
    char text[2 * DECIMAL_SIZE + 8];
};
struct decimal_interval decimal_interval(double lower, double upper, int places);

/* So many places behind the point at most, nearest. */
const char *decimal_places(char out[DECIMAL_SIZE], double value, int places);

#endif
