/* What a model is known by, however a list writes it. */
#include "harness/survey/model_id.h"

#include "tests/unit/survey/sample.h"

static void carriers_and_makers_have_one_spelling(void **state)
{
    static const char *const carriers[][2] = {
        { "DOCOMO", "docomo" },
        { "NTTドコモ", "docomo" },
        { "ＮＴＴドコモ", "docomo" },
        { "ﾄﾞｺﾓ", "docomo" },
        { "KDDI", "au" },
        { "softbank", "SoftBank" },
        { "ワイモバイル", "Y!mobile" },
        { "SIMフリー", "SIM-free" },
        { "Acme Mobile", "Acme Mobile" },
    };
    (void)state;
    for (size_t i = 0; i < sizeof carriers / sizeof *carriers; i++)
        assert_string_equal(model_carrier(carriers[i][0]), carriers[i][1]);
    assert_string_equal(model_maker("ｼｬｰﾌﾟ"), "Sharp");
    assert_string_equal(model_maker("京セラ"), "Kyocera");
    assert_string_equal(model_maker("SONY"), "Sony");
    assert_string_equal(model_maker("Acme"), "Acme");
    assert_true(model_maker_agrees("シャープ", "Sharp"));
    assert_true(model_maker_agrees("Sony Mobile", "Sony"));
    assert_true(model_maker_agrees("無名の会社", "Sharp")); /* no Latin letter to hold against it */
    assert_false(model_maker_agrees("ファーウェイ", "Sharp"));
    assert_false(model_maker_agrees("Huawei", "Sharp"));
}

static void technologies_and_dates_have_one_form(void **state)
{
    static const char *const technologies[][2] = {
        { "FBA", "A/B/F" }, { "A/B/F", "A/B/F" }, { "Type A, Type B, FeliCa", "A/B/F" },
        { "NFC-F", "F" },   { "Ｂ・Ａ", "A/B" },  { "wireless", NULL },
        { "", NULL },
    };
    static const char *const dates[][2] = {
        { "2017", "2017" },
        { "2017年", "2017" },
        { "2017-06", "2017-06" },
        { "2017/6", "2017-06" },
        { "2017/06/30", "2017-06" },
        { "2017年6月", "2017-06" },
        { "2017年6月2日", "2017-06" },
        { "2017-13", NULL },
        { "17", NULL },
        { "2017-", NULL },
        { "2017-6-", NULL },
        { "2017-06-32", NULL },
        { "Jun-17", NULL },
        { "20170601", NULL },
        { "", NULL },
    };
    char out[MODEL_TECHNOLOGIES_SIZE], date[MODEL_DATE_SIZE];
    (void)state;
    for (size_t i = 0; i < sizeof technologies / sizeof *technologies; i++) {
        bool known = model_technologies(technologies[i][0], out);
        if (known != (technologies[i][1] != NULL) || (known && strcmp(out, technologies[i][1]) != 0))
            fail_msg("%s", technologies[i][0]);
    }
    for (size_t i = 0; i < sizeof dates / sizeof *dates; i++) {
        bool known = model_date(dates[i][0], date);
        if (known != (dates[i][1] != NULL) || (known && strcmp(date, dates[i][1]) != 0))
            fail_msg("%s", dates[i][0]);
    }
}

static struct model_id make(const char *maker, const char *code, const char *carrier)
{
    struct model_id id;
    model_id_make(&id, maker, code, carrier);
    assert_false(id.memory);
    return id;
}

static void what_an_id_cannot_hold_is_named_and_tells_models_apart(void **state)
{
    (void)state;
    struct model_id plain = make("Maker, Ltd.", "P-1+", "au"), first = make("Société", "É1", "au"),
                    second = make("Société", "È1", "au"), again = make("société", "é1", "au"),
                    kanji = make("京", "端末", "");
    assert_string_equal(plain.text, "maker-ltd-p-1-plus-au");
    assert_null(plain.lost);
    assert_string_equal(first.lost, "ééÉ");
    assert_memory_equal(first.text, "soci-t-1-au-", 12);
    assert_int_equal(strlen(first.text), 20);
    assert_string_not_equal(first.text, second.text);
    assert_string_equal(first.text, again.text);
    assert_int_equal(strlen(kanji.text), 8);
    assert_string_equal(kanji.lost, "京端末");
    free(first.lost);
    free(second.lost);
    free(again.lost);
    free(kanji.lost);
}

static void an_id_that_is_too_long_is_none(void **state)
{
    char code[301];
    (void)state;
    memset(code, '+', sizeof code - 1);
    code[sizeof code - 1] = '\0';
    struct model_id id = make("Sony", code, "au");
    assert_string_equal(id.text, "");
    assert_int_equal(id.long_by, 4 + 300 * 5 + 3 - FIELDS_ID_MAX);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(carriers_and_makers_have_one_spelling),
        cmocka_unit_test(technologies_and_dates_have_one_form),
        cmocka_unit_test(what_an_id_cannot_hold_is_named_and_tells_models_apart),
        cmocka_unit_test(an_id_that_is_too_long_is_none),
    };
    return cmocka_run_group_tests_name("model_id", tests, NULL, NULL);
}
