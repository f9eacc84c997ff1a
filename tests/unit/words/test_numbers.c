/* Numbers and dates as each language writes them; every expected text is written out by hand. */
#include "reports/words/numbers.h"

#include <float.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>

static void counts_are_grouped_and_names_are_not(void **state)
{
    (void)state;
    assert_string_equal(number_count(0).text, "0");
    assert_string_equal(number_count(999).text, "999");
    assert_string_equal(number_count(1000).text, "1,000");
    assert_string_equal(number_count(12345).text, "12,345");
    assert_string_equal(number_count(123456).text, "123,456");
    assert_string_equal(number_count(UINT64_MAX).text, "18,446,744,073,709,551,615");
    assert_string_equal(number_name(12345).text, "12345");
    assert_string_equal(number_ms(12345678).text, "12,345.7");
    assert_string_equal(number_ms(0).text, "0.0");
}

static void decimals_keep_their_point_and_their_minus(void **state)
{
    (void)state;
    assert_string_equal(number_real(0.25).text, "0.25");
    assert_string_equal(number_real(-0.25).text, "−0.25");
    assert_string_equal(number_real(1234.5).text, "1,234.5");
    assert_string_equal(number_real(0.000001).text, "0.000001");
    assert_string_equal(number_fixed(-1234.56, 1).text, "−1,234.6");
    assert_string_equal(number_fixed(-0.04, 1).text, "0.0");
    assert_string_equal(number_signed(0.04, 1).text, "0.0");
    assert_string_equal(number_signed(3.25, 2).text, "+3.25");
    assert_string_equal(number_signed(-3.25, 2).text, "−3.25");
    assert_int_equal(strlen(number_fixed(DBL_MAX, 2).text) < PHRASE_BYTES, true);
}

static void percents_have_a_space_in_english_only(void **state)
{
    (void)state;
    assert_string_equal(number_percent(0.95, LANGUAGE_ENGLISH).text, "95 %");
    assert_string_equal(number_percent(0.95, LANGUAGE_JAPANESE).text, "95%");
    assert_string_equal(number_percent(0.001, LANGUAGE_JAPANESE).text, "0.1%");
    assert_string_equal(number_interval(0.0123, 0.0987, 1, LANGUAGE_ENGLISH).text, "[1.2, 9.9] %");
    assert_string_equal(number_interval(0.0123, 0.0987, 1, LANGUAGE_JAPANESE).text, "[1.2, 9.9]%");
    assert_string_equal(number_interval(0.01239, 0.09871, 2, LANGUAGE_ENGLISH).text, "[1.23, 9.88] %");
    assert_string_equal(number_interval(0, 1, 1, LANGUAGE_ENGLISH).text, "[0.0, 100.0] %");
    double half = 0, all = 0; /* 14 and 28 times 1/28: 0.49999999999999983 and 0.9999999999999997 */
    for (unsigned i = 0; i < 28; i++) {
        half += i < 14 ? 1.0 / 28 : 0;
        all += 1.0 / 28;
    }
    assert_true(half < 0.5 && all < 1);
    assert_string_equal(number_interval(half, all, 1, LANGUAGE_ENGLISH).text, "[50.0, 100.0] %");
    assert_string_equal(number_interval(all, all, 1, LANGUAGE_ENGLISH).text, "[100.0, 100.0] %");
    assert_string_equal(number_interval(0.1 + 0.2, 0.1 + 0.2, 2, LANGUAGE_ENGLISH).text, "[30.00, 30.00] %");
    assert_string_equal(number_interval(1 - 2e-16, 1 + 2e-16, 1, LANGUAGE_ENGLISH).text, "[100.0, 100.0] %");
    assert_string_equal(number_interval(-1e-17, 1e-9, 1, LANGUAGE_ENGLISH).text, "[0.0, 0.1] %");
    assert_string_equal(number_points(-0.1234, 0.0001).text, "[\xe2\x88\x92"
                                                             "12.4, +0.1]");
    assert_string_equal(number_points(0, 1).text, "[0.0, +100.0]");
}

static void a_probability_is_never_rounded_to_what_is_certain(void **state)
{
    (void)state;
    assert_string_equal(number_chance(0, LANGUAGE_ENGLISH).text, "0.00 %");
    assert_string_equal(number_chance(1e-9, LANGUAGE_ENGLISH).text, "< 0.01 %");
    assert_string_equal(number_chance(0.99996, LANGUAGE_ENGLISH).text, "> 99.99 %");
    assert_string_equal(number_chance(1, LANGUAGE_JAPANESE).text, "100.00%");
    assert_string_equal(number_percent_given(0.0123456, LANGUAGE_ENGLISH).text, "1.23456 %");
    assert_string_equal(number_percent_bound(0.0123456, DECIMAL_UP, LANGUAGE_ENGLISH).text, "1.235 %");
    assert_string_equal(number_percent_bound(0.0123456, DECIMAL_DOWN, LANGUAGE_ENGLISH).text, "1.234 %");
}

static void dates_are_in_the_language_and_not_in_the_hosts_zone(void **state)
{
    static const char *const zones[] = { "UTC", "Asia/Tokyo", "America/St_Johns" };
    (void)state;
    for (size_t i = 0; i < sizeof zones / sizeof *zones; i++) {
        setenv("TZ", zones[i], 1);
        tzset();
        assert_string_equal(number_date("2026-11-25T17:39:46Z", LANGUAGE_ENGLISH).text,
                            "26 November 2026, 02:39 JST (25 November 2026, 17:39 UTC)");
        assert_string_equal(number_date("2026-11-25T17:39:46Z", LANGUAGE_JAPANESE).text,
                            "2026年11月26日 2時39分 日本時間（UTC 2026年11月25日 17時39分）");
    }
    assert_string_equal(number_date("2017-01-02T03:04:05Z", LANGUAGE_ENGLISH).text,
                        "2 January 2017, 12:04 JST (2 January 2017, 03:04 UTC)");
    assert_string_equal(number_date("2017-01-02T03:04:05Z", LANGUAGE_JAPANESE).text,
                        "2017年1月2日 12時04分 日本時間（UTC 2017年1月2日 3時04分）");
}

static void what_is_no_time_of_the_journal_stays(void **state)
{
    static const char *const texts[] = { "",
                                         "2026-11-25",
                                         "2026-11-25T17:39:46",
                                         "2026-11-25T17:39:46Z ",
                                         "2026-11-25T17:39:46+09:00",
                                         "2026-13-25T17:39:46Z",
                                         "2026-00-25T17:39:46Z",
                                         "2026-11-32T17:39:46Z",
                                         "2026-11-00T17:39:46Z",
                                         "2026-11-25T24:39:46Z",
                                         "2026-11-25T17:60:46Z",
                                         "２０２６-11-25T17:39:46Z",
                                         "<script>" };
    (void)state;
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        assert_false(number_is_date(texts[i]));
        assert_string_equal(number_date(texts[i], LANGUAGE_ENGLISH).text, texts[i]);
        assert_string_equal(number_date(texts[i], LANGUAGE_JAPANESE).text, texts[i]);
    }
    assert_string_equal(number_date(NULL, LANGUAGE_ENGLISH).text, "");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(counts_are_grouped_and_names_are_not),
        cmocka_unit_test(decimals_keep_their_point_and_their_minus),
        cmocka_unit_test(percents_have_a_space_in_english_only),
        cmocka_unit_test(a_probability_is_never_rounded_to_what_is_certain),
        cmocka_unit_test(dates_are_in_the_language_and_not_in_the_hosts_zone),
        cmocka_unit_test(what_is_no_time_of_the_journal_stays),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
