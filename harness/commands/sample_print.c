#include "harness/commands/sample_print.h"

#include <stdio.h>
#include <string.h>

#define BOUND_DIGITS    8
#define COMPUTED_PLACES 13

static struct sample_text real(const char *decimal)
{
    struct sample_text t;
    snprintf(t.text, sizeof t.text, "%s%s", decimal, strchr(decimal, '.') ? "" : ".0");
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
