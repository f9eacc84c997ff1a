/* What the program said, in the language of a report; what others said stays. */
#include "harness/base/place.h"
#include "reports/words/phrase.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static void is_said(struct said s, const char *japanese)
{
    struct phrase hold;
    assert_string_equal(phrase_said(&s, LANGUAGE_JAPANESE, &hold), japanese);
}

static int open_catalogue(void **state)
{
    struct err e = { 0 };
    (void)state;
    return words_open(LANGUAGE_JAPANESE, TEST_LOCALE, &e);
}

static void codes_are_in_the_language(void **state)
{
    (void)state;
    is_said(SAY(SAID_SEEN_POLL_EVERY, "400"), "400ミリ秒間隔のポーリング");
    is_said(SAY(SAID_UID_RANDOM, "4"), "ランダム、4バイト");
    is_said(SAY(SAID_READER_ANSWERS, "6A81", "FF CA 01"), "ICカードRWはFF CA 01に6A81を返す");
    is_said(SAY(SAID_SERIAL, "SIM-0001"), "シリアル番号 SIM-0001");
    is_said(SAY(SAID_SERIAL_QEMU, "1-0000:00"), "QEMUが付けるシリアル番号 1-0000:00");
    is_said(said_alone(SAID_INTERRUPTED), "操作者による中断");
}

/* Words of others that read like a date, a mode or a position are none. */
static void arguments_are_formed_by_their_kinds(void **state)
{
    struct phrase hold;
    struct said stop = SAY(SAID_SESSION_DONE, "1", "2", "2026-11-26T05:39:46Z");
    (void)state;
    is_said(stop, "セッション1は終了。セッション2は2026年11月26日 14時39分 "
                  "日本時間（UTC 2026年11月26日 5時39分）以降に開始できる。端末を再起動してから `run "
                  "--resume` を実行すること");
    assert_string_equal(phrase_said(&stop, LANGUAGE_ENGLISH, &hold),
                        "session 1 is done; session 2 may begin at 26 November 2026, 14:39 JST (26 November "
                        "2026, 05:39 UTC): reboot the phones, then `run --resume`");
    is_said(SAY(SAID_CONDITION, "on-unlocked", "none", "centre", "0, 0, 5"),
            "電源オン・ロック解除、ケース：なし、位置：中央（0, 0, 5 mm）");
    is_said(SAY(SAID_CONDITION, "off", "centre", "none", "0, 0, 5"),
            "電源オフ、ケース：centre、位置：none（0, 0, 5 mm）");
    is_said(SAY(SAID_FAILED_WITHIN, "40400", "3021000"),
            "失敗はすべて40ミリ秒以内に起きており、提示された待ち時間は3.02秒です");
    is_said(SAY(SAID_FAILED_AT_ONCE, "940"),
            "失敗はすべて0.9ミリ秒以内で、ICカードRWが直ちに異常を報告しています");
    is_said(SAY(SAID_SERIAL, "none"), "シリアル番号 none");
    is_said(SAY(SAID_SERIAL, "2026-11-26T05:39:46Z"), "シリアル番号 2026-11-26T05:39:46Z");
}

static void what_others_said_stays(void **state)
{
    static const char *const texts[] = { "", "interrupted by the operator", "poll-400ms", "{0}",
                                         "2026-11-25T17:39:46Z" };
    struct phrase hold;
    (void)state;
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        struct said s = said_words(texts[i]);
        assert_ptr_equal(phrase_said(&s, LANGUAGE_JAPANESE, &hold), texts[i]);
    }
    assert_string_equal(phrase_said(NULL, LANGUAGE_JAPANESE, &hold), "");
}

/* The mark that the author put at a title's end is the one that we put there, however it is written. */
static void a_title_is_marked_once(void **state)
{
    static const struct {
        const char *title, *unmarked;
    } titles[] = {
        { "A small sweep (simulated)", "A small sweep" },
        { "A small sweep （ＳＩＭＵＬＡＴＥＤ）  ", "A small sweep" },
        { "5点測定（模擬）", "5点測定" },
        { "小さな掃引 (シミュレーション)", "小さな掃引" },
        { "A sweep (simulated) of six", "A sweep (simulated) of six" },
        { "A simulated sweep", "A simulated sweep" },
        { "Counter (Osaka)", "Counter (Osaka)" },
        { "(simulated)", "(simulated)" },
        { "", "" },
    };
    (void)state;
    for (size_t i = 0; i < sizeof titles / sizeof *titles; i++)
        assert_string_equal(phrase_unmarked(titles[i].title, LANGUAGE_JAPANESE).text, titles[i].unmarked);
    assert_string_equal(phrase_unmarked("5点測定（模擬）", LANGUAGE_ENGLISH).text, "5点測定（模擬）");
}

/* "1 of 1 placement": the form that English has for one, and Japanese has not. */
static void words_are_counted_as_a_language_counts(void **state)
{
    struct phrase hold;
    struct said one = SAY(SAID_UID_FIXED, "1"), more = SAY(SAID_UID_FIXED, "4");
    (void)state;
    assert_string_equal(PHRASE_FILL(WORD_CMD_FAULTS, LANGUAGE_ENGLISH, "1").text,
                        "1 fault: the journal is not as it was written");
    assert_string_equal(PHRASE_FILL(WORD_CMD_FAULTS, LANGUAGE_ENGLISH, "0").text,
                        "0 faults: the journal is not as it was written");
    assert_string_equal(PHRASE_FILL(WORD_CMD_FAULTS, LANGUAGE_ENGLISH, "11").text,
                        "11 faults: the journal is not as it was written");
    assert_string_equal(PHRASE_FILL(WORD_EVIDENCE, LANGUAGE_ENGLISH, "1", "1", "x").text,
                        "1 dirty of 1 placement, x");
    assert_string_equal(PHRASE_FILL(WORD_CMD_FAULTS, LANGUAGE_JAPANESE, "1").text,
                        "1件の異常：ジャーナルは書かれたときのままではない");
    assert_string_equal(phrase_said(&one, LANGUAGE_ENGLISH, &hold), "fixed, 1 byte");
    assert_string_equal(phrase_said(&more, LANGUAGE_ENGLISH, &hold), "fixed, 4 bytes");
    assert_string_equal(said_text(&one).text, "fixed, 1 byte");
}

/* Each place of a word is one, and one that counts has a form for 1 and one for the others. */
static void every_counted_word_has_both_forms(void **state)
{
    (void)state;
    for (enum word w = WORD_NONE + 1; w < WORD_COUNT; w++) {
        const char *text = word_text(w, LANGUAGE_ENGLISH);
        struct place p;
        for (; place_find(text, &p); text = p.behind) {
            assert_true(p.index <= 9 && p.behind[-1] == '}');
            if (p.one)
                assert_true(p.one_bytes > 0 && p.many_bytes > 0 && !memchr(p.many, ':', p.many_bytes));
        }
    }
}

/* Every code of said.def can be said in each language with arguments of its kinds. */
static void every_code_has_words(void **state)
{
    (void)state;
    for (unsigned code = SAID_WORDS + 1; code < SAID_COUNT; code++) {
        struct said s = said_alone((enum said_code)code);
        struct phrase english, japanese;
        for (const char *kind = said_kinds((enum said_code)code); *kind; kind++) {
            const char *argument = strchr("NU", *kind) ? "12"
                                   : *kind == 'M'      ? "off"
                                   : *kind == 'Q'      ? "0.1"
                                   : *kind == 'S'      ? "6A82"
                                   : *kind == 'D'      ? "2017-12-01T09:00:00Z"
                                                       : "x";
            assert_true(said_add(&s, argument, strlen(argument)));
        }
        assert_true(said_is_valid(&s));
        phrase_said(&s, LANGUAGE_ENGLISH, &english);
        phrase_said(&s, LANGUAGE_JAPANESE, &japanese);
        assert_string_not_equal(english.text, "");
        assert_null(strchr(english.text, '{'));
        assert_null(strchr(japanese.text, '{'));
        assert_string_not_equal(english.text, japanese.text);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(codes_are_in_the_language),
        cmocka_unit_test(arguments_are_formed_by_their_kinds),
        cmocka_unit_test(what_others_said_stays),
        cmocka_unit_test(a_title_is_marked_once),
        cmocka_unit_test(words_are_counted_as_a_language_counts),
        cmocka_unit_test(every_counted_word_has_both_forms),
        cmocka_unit_test(every_code_has_words),
    };
    return cmocka_run_group_tests(tests, open_catalogue, NULL);
}
