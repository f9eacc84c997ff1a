#include "harness/base/decimal.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define PLACES_MAX 30
#define DIGITS_MAX 15
#define GRAIN      1e-12

static void drop_zeros(char *text)
{
    size_t length = strlen(text);
    if (!strchr(text, '.'))
        return;
    while (text[length - 1] == '0')
        length--;
    if (text[length - 1] == '.')
        length--;
    text[length] = '\0';
}

/* Places behind the point that hold so many significant digits. */
static int places_of(double value, int digits)
{
    int places = value != 0.0 ? digits - 1 - (int)floor(log10(fabs(value))) : 0;
    return places < 0 ? 0 : places > PLACES_MAX ? PLACES_MAX : places;
}

const char *decimal_places(char out[DECIMAL_SIZE], double value, int places)
{
    snprintf(out, DECIMAL_SIZE, "%.*f", places, value);
    drop_zeros(out);
    return out;
}

const char *decimal_digits(char out[DECIMAL_SIZE], double value, int digits, enum decimal_rounding rounding)
{
    int places = places_of(value, digits);
    double unit = pow(10.0, -places);
    double off = strtod(decimal_places(out, value, places), NULL) - value;
    if (fabs(off) <= GRAIN * value)
        return out;
    if (rounding == DECIMAL_UP && off < 0.0)
        decimal_places(out, value + unit, places);
    else if (rounding == DECIMAL_DOWN && off > 0.0)
        decimal_places(out, value > unit ? value - unit : 0.0, places);
    return out;
}

const char *decimal_bound(char out[DECIMAL_SIZE], double value, int places, enum decimal_rounding outwards)
{
    double unit = pow(10.0, -places);
    snprintf(out, DECIMAL_SIZE, "%.*f", places, value);
    double off = strtod(out, NULL) - value;
    if (fabs(off) <= GRAIN * value)
        return out;
    if (outwards == DECIMAL_UP && off < 0.0)
        snprintf(out, DECIMAL_SIZE, "%.*f", places, value + unit);
    else if (outwards == DECIMAL_DOWN && off > 0.0)
        snprintf(out, DECIMAL_SIZE, "%.*f", places, value > unit ? value - unit : 0.0);
    return out;
}

struct decimal_interval decimal_interval(double lower, double upper, int places)
{
    char low[DECIMAL_SIZE], high[DECIMAL_SIZE];
    struct decimal_interval out;
    snprintf(out.text, sizeof out.text, "[%s, %s]", decimal_bound(low, lower, places, DECIMAL_DOWN),
             decimal_bound(high, upper, places, DECIMAL_UP));
    return out;
}

const char *decimal_shortest(char out[DECIMAL_SIZE], double value)
{
    for (int digits = 1; digits <= DIGITS_MAX; digits++) {
        decimal_places(out, value, places_of(value, digits));
        if (strtod(out, NULL) == value)
            break;
    }
    return out;
}

struct decimal_text decimal_plain(double value)
{
    struct decimal_text out;
    (void)decimal_shortest(out.text, value);
    return out;
}
