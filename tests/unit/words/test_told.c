/* What the program told, in the page's language; what others told stays. */
#include "reports/told.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static void is_told(const char *text, const char *japanese)
{
    struct phrase hold;
    assert_string_equal(told(text, LANGUAGE_JAPANESE, &hold), japanese);
}

static int open_catalogue(void **state)
{
    struct err e = { 0 };
    (void)state;
    return words_open(LANGUAGE_JAPANESE, TEST_LOCALE, &e);
}

static void words_of_ours_are_in_the_language(void **state)
{
    (void)state;
    is_told("poll-400ms", "400ミリ秒間隔のポーリング");
    is_told("random, 4 bytes", "ランダム、4バイト");
    is_told("the reader answers 6A81 to FF CA 01", "ICカードRWはFF CA 01に6A81を返す");
    is_told("serial SIM-0001", "シリアル番号 SIM-0001");
    is_told("serial 1-0000:00, which QEMU makes", "QEMUが付けるシリアル番号 1-0000:00");
    assert_true(told_is_ours("interrupted by the operator"));
}

static void what_varies_in_them_is_in_the_language_too(void **state)
{
    struct phrase hold;
    const char *stop = "session 1 is done; session 2 may begin at 2026-11-26T05:39:46Z: reboot the phones, "
                       "then `run --resume`";
    (void)state;
    is_told(stop, "セッション1は終了。セッション2は2026年11月26日 "
                  "5時39分（UTC）以降に開始できる。端末を再起動してから `run --resume` を実行すること");
    assert_string_equal(told(stop, LANGUAGE_ENGLISH, &hold),
                        "session 1 is done; session 2 may begin at 26 November 2026, 05:39 UTC: reboot the "
                        "phones, then `run --resume`");
    is_told("on-unlocked, case none, centre (0, 0, 5 mm)",
            "電源オン・ロック解除、ケース：なし、位置：中央（0, 0, 5 mm）");
}

static void what_others_told_stays(void **state)
{
    static const char *const texts[] = { "",
                                         "lost its way",
                                         "the reader is lost",
                                         "poll-ms",
                                         "random,  bytes",
                                         "{0}",
                                         "serial ",
                                         "a reader named \"x\" or so",
                                         "2026-11-25T17:39:46Z" };
    struct phrase hold;
    (void)state;
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        assert_ptr_equal(told(texts[i], LANGUAGE_JAPANESE, &hold), texts[i]);
        assert_false(told_is_ours(texts[i]));
    }
    assert_null(told(NULL, LANGUAGE_JAPANESE, &hold));
    assert_false(told_is_ours(NULL));
}

static void facts_of_every_profile_have_words(void **state)
{
    (void)state;
    assert_string_equal(told_fact("released", LANGUAGE_ENGLISH), "date of release");
    assert_string_equal(told_fact("released", LANGUAGE_JAPANESE), "発売時期");
    assert_string_equal(told_fact("chipset", LANGUAGE_JAPANESE), "chipset");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(words_of_ours_are_in_the_language),
        cmocka_unit_test(what_varies_in_them_is_in_the_language_too),
        cmocka_unit_test(what_others_told_stays),
        cmocka_unit_test(facts_of_every_profile_have_words),
    };
    return cmocka_run_group_tests(tests, open_catalogue, NULL);
}
