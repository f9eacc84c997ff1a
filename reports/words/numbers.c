#include "reports/words/numbers.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define MINUS         "\xe2\x88\x92"
#define COUNTER_HOURS 9 /* before UTC, where the counters stand: Japan, which has no summer time */

/* Digits, with a comma between groups of three before the point. */
static void add_grouped(struct phrase *out, const char *digits)
{
    size_t whole = strcspn(digits, "."), length = strlen(out->text);
    for (size_t i = 0; digits[i] && length + 2 < sizeof out->text; i++) {
        if (i > 0 && i < whole && (whole - i) % 3 == 0)
            out->text[length++] = ',';
        out->text[length++] = digits[i];
    }
    out->text[length] = '\0';
}

struct phrase number_count(uint64_t value)
{
    struct phrase v = { "" };
    char digits[32];
    snprintf(digits, sizeof digits, "%" PRIu64, value);
    add_grouped(&v, digits);
    return v;
}

struct phrase number_name(uint64_t value)
{
    struct phrase v;
    snprintf(v.text, sizeof v.text, "%" PRIu64, value);
    return v;
}

/* Nothing that rounds to 0 has a sign. */
static struct phrase with_sign(const char *digits, double value, const char *positive)
{
    bool zero = strspn(digits, "0.") == strlen(digits);
    struct phrase v;
    snprintf(v.text, sizeof v.text, "%s", zero ? "" : value < 0 ? MINUS : positive);
    add_grouped(&v, digits);
    return v;
}

struct phrase number_real(double value)
{
    char digits[DECIMAL_SIZE];
    decimal_digits(digits, fabs(value), 6, DECIMAL_NEAREST);
    return with_sign(digits, value, "");
}

struct phrase number_fixed(double value, int places)
{
    char digits[PHRASE_BYTES / 2];
    snprintf(digits, sizeof digits, "%.*f", places, fabs(value));
    return with_sign(digits, value, "");
}

struct phrase number_signed(double value, int places)
{
    char digits[PHRASE_BYTES / 2];
    snprintf(digits, sizeof digits, "%.*f", places, fabs(value));
    return with_sign(digits, value, "+");
}

struct phrase number_ms(uint64_t us)
{
    return number_fixed((double)us / 1000, 1);
}

static const char *percent_sign(enum language language)
{
    return language == LANGUAGE_JAPANESE ? "%" : " %";
}

struct phrase number_percent(double share, enum language language)
{
    char digits[DECIMAL_SIZE];
    struct phrase v,
        number = with_sign(decimal_digits(digits, fabs(share) * 100, 4, DECIMAL_NEAREST), share, "");
    snprintf(v.text, sizeof v.text, "%.200s%s", number.text, percent_sign(language));
    return v;
}

struct phrase number_share(double share, enum language language)
{
    struct phrase v, number = number_fixed(share * 100, 2);
    snprintf(v.text, sizeof v.text, "%.200s%s", number.text, percent_sign(language));
    return v;
}

static struct phrase percent(const char *sign, const char *digits, enum language language)
{
    struct phrase v;
    snprintf(v.text, sizeof v.text, "%s%.200s%s", sign, digits, percent_sign(language));
    return v;
}

struct phrase number_percent_given(double share, enum language language)
{
    char digits[DECIMAL_SIZE];
    return percent("", decimal_shortest(digits, 100 * share), language);
}

struct phrase number_percent_bound(double share, enum decimal_rounding outwards, enum language language)
{
    char digits[DECIMAL_SIZE];
    return percent("", decimal_digits(digits, 100 * share, 4, outwards), language);
}

struct phrase number_chance(double share, enum language language)
{
    if (share > 0 && share < 0.00005)
        return percent("< ", "0.01", language);
    if (share > 0.99995 && share < 1)
        return percent("> ", "99.99", language);
    return number_share(share, language);
}

struct phrase number_interval(double lower, double upper, int places, enum language language)
{
    /* decimal_bound() knows that a sum of thirty-six 1/36 is 1, and not a bit less */
    char low[DECIMAL_SIZE], high[DECIMAL_SIZE];
    decimal_bound(low, 100 * fmax(lower, 0), places, DECIMAL_DOWN);
    decimal_bound(high, 100 * fmax(upper, 0), places, DECIMAL_UP);
    struct phrase v, from = number_fixed(strtod(low, NULL), places),
                     to = number_fixed(strtod(high, NULL), places);
    snprintf(v.text, sizeof v.text, "[%.100s, %.100s]%s", from.text, to.text, percent_sign(language));
    return v;
}

struct phrase number_points(double low, double high)
{
    struct phrase v, from = number_signed(floor(1000.0 * low) / 10.0, 1),
                     to = number_signed(ceil(1000.0 * high) / 10.0, 1);
    snprintf(v.text, sizeof v.text, "[%.100s, %.100s]", from.text, to.text);
    return v;
}

static unsigned two_digits(const char *text)
{
    return (unsigned)(text[0] - '0') * 10 + (unsigned)(text[1] - '0');
}

/* Exactly "dddd-dd-ddTdd:dd:ddZ", of a day and a moment that may be. */
bool number_is_date(const char *text)
{
    static const char form[] = "dddd-dd-ddTdd:dd:ddZ";
    size_t i = 0;
    while (text && form[i] && (form[i] == 'd' ? text[i] >= '0' && text[i] <= '9' : text[i] == form[i]))
        i++;
    return text && !form[i] && !text[i] && two_digits(text + 5) >= 1 && two_digits(text + 5) <= 12 &&
           two_digits(text + 8) >= 1 && two_digits(text + 8) <= 31 && two_digits(text + 11) <= 23 &&
           two_digits(text + 14) <= 59;
}

static struct tm moment_of(const char *text)
{
    return (struct tm) { .tm_year = (int)(100 * two_digits(text) + two_digits(text + 2)) - 1900,
                         .tm_mon = (int)two_digits(text + 5) - 1,
                         .tm_mday = (int)two_digits(text + 8),
                         .tm_hour = (int)two_digits(text + 11),
                         .tm_min = (int)two_digits(text + 14) };
}

static struct phrase one_date(const struct tm *t, enum language language)
{
    static const char *const months[] = { "January",   "February", "March",    "April",
                                          "May",       "June",     "July",     "August",
                                          "September", "October",  "November", "December" };
    struct phrase v;
    if (language == LANGUAGE_JAPANESE)
        snprintf(v.text, sizeof v.text, "%d年%d月%d日 %d時%02d分", t->tm_year + 1900, t->tm_mon + 1,
                 t->tm_mday, t->tm_hour, t->tm_min);
    else
        snprintf(v.text, sizeof v.text, "%d %s %d, %02d:%02d", t->tm_mday, months[t->tm_mon],
                 t->tm_year + 1900, t->tm_hour, t->tm_min);
    return v;
}

struct phrase number_date(const char *text, enum language language)
{
    struct phrase v;
    if (!number_is_date(text))
        return phrase_cut(text ? text : "");
    struct tm utc = moment_of(text), counter = utc;
    counter.tm_hour += COUNTER_HOURS;
    timegm(&counter); /* carries the hours over into the day */
    snprintf(v.text, sizeof v.text,
             language == LANGUAGE_JAPANESE ? "%.100s 日本時間（UTC %.100s）" : "%.100s JST (%.100s UTC)",
             one_date(&counter, language).text, one_date(&utc, language).text);
    return v;
}
