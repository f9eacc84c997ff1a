#include "reports/render/number_text.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

struct number_text number_text(double value)
{
    struct number_text out;
    char digits[DECIMAL_SIZE];
    decimal_shortest(digits, fabs(value));
    snprintf(out.text, sizeof out.text, "%s%s%s", value < 0 ? "-" : "", digits,
             strchr(digits, '.') ? "" : ".0");
    return out;
}
