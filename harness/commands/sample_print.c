#include "harness/commands/sample_print.h"

#include <stdio.h>
#include <string.h>

#define BOUND_DIGITS    8
#define PERCENT_DIGITS  4
#define COMPUTED_PLACES 13

static struct sample_text real(const char *decimal)
{
    struct sample_text t;
    snprintf(t.text, sizeof t.text, "%s%s", decimal, strchr(decimal, '.') ? "" : ".0");
    return t;
}

static struct sample_text percent(const char *decimal)
{
    struct sample_text t;
    snprintf(t.text, sizeof t.text, "%s %%", decimal);
    return t;
}

struct sample_text sample_given(double value)
{
    char out[DECIMAL_SIZE];
    return real(decimal_shortest(out, value));
}

struct sample_text sample_bound(double value, enum decimal_rounding outwards)
{
    char out[DECIMAL_SIZE];
    return real(decimal_digits(out, value, BOUND_DIGITS, outwards));
}

struct sample_text sample_computed(double value)
{
    char out[DECIMAL_SIZE];
    return real(decimal_places(out, value, COMPUTED_PLACES));
}

struct sample_text sample_percent(double value)
{
    char out[DECIMAL_SIZE];
    return percent(decimal_shortest(out, 100.0 * value));
}

struct sample_text sample_percent_bound(double value, enum decimal_rounding outwards)
{
    char out[DECIMAL_SIZE];
    return percent(decimal_digits(out, 100.0 * value, PERCENT_DIGITS, outwards));
}

struct sample_text sample_percent_computed(double value)
{
    struct sample_text t;
    if (value > 0.0 && value < 0.00005)
        snprintf(t.text, sizeof t.text, "< 0.01 %%");
    else if (value > 0.99995 && value < 1.0)
        snprintf(t.text, sizeof t.text, "> 99.99 %%");
    else
        snprintf(t.text, sizeof t.text, "%.2f %%", 100.0 * value);
    return t;
}
