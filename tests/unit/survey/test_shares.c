/* Shares of the market: what the file may hold, where a mistake is, and whom the shares belong to. */
#include "harness/survey/csv.h"
#include "harness/survey/shares.h"

#include "tests/unit/survey/sample.h"

#include <math.h>

/* Loads a text that is wrong; the first problem must stand there and say that. */
static void refused(const char *text, size_t length, const char *where, const char *says)
{
    struct survey_problems p = { 0 };
    struct err e = { 0 };
    struct shares *s = NULL;
    assert_int_equal(shares_load_text("m.csv", text, length, &s, &p, &e), ERR_INPUT);
    assert_null(s);
    assert_true(p.count > 0);
    if (strcmp(p.items[0].where, where) != 0 || !strstr(p.items[0].text, says))
        fail_msg("%s: %s", p.items[0].where, p.items[0].text);
    survey_problems_free(&p);
}

static void mistakes_are_named_with_line_and_column(void **state)
{
    (void)state;
    static const struct {
        const char *text, *where, *says;
    } cases[] = {
        { "", "m.csv:1:1", "names no column handset, nor one that means it" },
        { "model,share\na,0.5\n", "m.csv:1:1", "names no column handset" },
        { "handset,handset,share\na,b,0.5\n", "m.csv:1:9", "given twice" },
        { "handset,share\n", "m.csv:2:1", "no row" },
        { "handset,share\na\n", "m.csv:2:1", "1 fields: expected 2" },
        { "handset,share\na,NA\n", "m.csv:2:3", "no share" },
        { "handset,share\n,0.5\n", "m.csv:2:1", "no handset" },
        { "handset,share\na,0.5,x\n", "m.csv:2:1", "3 fields: expected 2" },
        { "handset,share\na,12%\n", "m.csv:2:3", "plain decimal" },
        { "handset,share\na,1.5\n", "m.csv:2:3", "from 0 to 1" },
        { "handset,share\na,-0.1\n", "m.csv:2:3", "from 0 to 1" },
        { "handset,share\na,1e-2\n", "m.csv:2:3", "plain decimal" },
        { "handset,share\na,\n", "m.csv:2:3", "no share" },
        { "handset,share\n\"a,0.5\n", "m.csv:2:1", "never closed" },
        { "handset,share\na\"b,0.5\n", "m.csv:2:2", "expected a separator" },
        { "handset,share\n\"a\"b,0.5\n", "m.csv:2:4", "expected a separator" },
        { "handset,share\na\tb,0.5\n", "m.csv:2:2", "control character" },
        { "handset,share\nab\xff,0.5\n", "m.csv:2:3", "UTF-8" },
        { "handset,share\na,0.2\nb,0.1\na,0.2\n", "m.csv:4:1", "\"a\" stands in line 2 already" },
        { "handset,share\nsim-a,0.2\nＳＩＭ－Ａ,0.2\n", "m.csv:3:1", "stands in line 2 already" },
        { "handset,share\na,0.6\nb,0.5\n", "m.csv:1:1", "sum to 1.1" },
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        refused(cases[i].text, strlen(cases[i].text), cases[i].where, cases[i].says);
    refused("handset,share\na\0b,0.5\n", 21, "m.csv:2:2", "control character");
}

static void caps_hold(void **state)
{
    (void)state;
    struct buf b;
    buf_init(&b, 1 << 23);
    buf_add_text(&b, "handset,share\n");
    for (unsigned i = 0; i < SHARES_MAX + 5; i++)
        buf_add_format(&b, "phone-%u,0\n", i);
    refused(b.data, b.length, "m.csv:10002:1", "more than 10000 rows");
    buf_clear(&b);
    while (b.length <= CSV_FILE_MAX)
        buf_add_text(&b, "0123456789012345678901234567890123456789012345678901234567890123");
    refused(b.data, b.length, "m.csv:1:1", "more than 4 MiB");
    buf_clear(&b);
    buf_add_text(&b, "handset,share\n");
    for (unsigned i = 0; i < 201; i++)
        buf_add_char(&b, 'x');
    buf_add_text(&b, ",0.5\n");
    refused(b.data, b.length, "m.csv:2:1", "is 201 bytes long: expected at most 200");
    buf_free(&b);
}

static struct shares *load(const char *text)
{
    struct survey_problems p = { 0 };
    struct err e = { 0 };
    struct shares *s = NULL;
    if (shares_load_text("m.csv", text, strlen(text), &s, &p, &e) != 0)
        fail_msg("%s: %s", e.where, e.text);
    return s;
}

static void spreadsheets_forms_are_read(void **state)
{
    (void)state;
    struct shares *s = load("\xef\xbb\xbfhandset,share\r\n\"b \"\"x\"\", y\",.25\r\n端末,0.5\r\na,0.125");
    assert_int_equal(s->count, 3);
    assert_string_equal(s->items[0].handset, "a"); /* sorted by name */
    assert_string_equal(s->items[1].handset, "b \"x\", y");
    assert_string_equal(s->items[2].handset, "端末");
    assert_int_equal(s->items[2].line, 3);
    assert_true(s->sum == 0.875 && s->items[1].share == 0.25);
    shares_free(&s);
    assert_null(s);
    shares_free(&s);
}

/* Two models, the first with two units. */
struct market {
    struct handset_profile profiles[2];
    struct survey_pair pairs[3];
    struct survey survey;
};

static void make_market(struct market *m, double first, double second)
{
    static char ids[2][8] = { "model-a", "model-b" }, units[3][8] = { "HS-1", "HS-2", "HS-3" }, path[] = "s";
    memset(m, 0, sizeof *m);
    for (unsigned i = 0; i < 2; i++)
        m->profiles[i].id = ids[i];
    for (unsigned i = 0; i < 3; i++)
        m->pairs[i] = (struct survey_pair) { .unit = units[i], .handset = i / 2 };
    m->profiles[0].share = first;
    m->profiles[1].share = second;
    m->survey.path = path;
    m->survey.pairs = m->pairs;
    m->survey.pair_count = 3;
    m->survey.handset_profiles = m->profiles;
    m->survey.handset_profile_count = 2;
}

static int weigh(const char *csv, struct market *m, double weights[3], struct shares_use *use, char text[256])
{
    struct survey_problems p = { 0 };
    struct err e = { 0 };
    struct shares *s = csv ? load(csv) : NULL;
    int code = shares_weights(s, &m->survey, weights, use, &p, &e);
    use->first_untested = NULL; /* goes with the shares */
    snprintf(text, 256, "%.80s: %.160s", e.where, e.text);
    survey_problems_free(&p);
    shares_free(&s);
    return code;
}

static void a_models_share_is_split_over_its_units(void **state)
{
    (void)state;
    struct market m;
    struct shares_use use;
    double w[3];
    char text[256];
    make_market(&m, 0.4, 0.1);
    assert_int_equal(weigh(NULL, &m, w, &use, text), 0);
    assert_int_equal(use.source, SHARES_PROFILES);
    assert_true(w[0] == 0.2 && w[1] == 0.2 && w[2] == 0.1 && fabs(use.tested - 0.5) < 1e-12);
    assert_int_equal(weigh("handset,share\nmodel-a,0.3\nHS-3,0.2\nelsewhere,0.25\n", &m, w, &use, text), 0);
    assert_int_equal(use.source, SHARES_FILE);
    assert_true(w[0] == 0.15 && w[1] == 0.15 && w[2] == 0.2 && fabs(use.tested - 0.5) < 1e-12);
    assert_int_equal(use.untested_rows, 1);
    assert_true(use.untested == 0.25);
    assert_int_equal(use.without, 0);
    assert_int_equal(weigh("handset,share\nHS-1,0.3\n", &m, w, &use, text), 0);
    assert_true(w[0] == 0.3 && w[1] == 0.0 && w[2] == 0.0);
    assert_int_equal(use.without, 2);
}

static void without_any_share_all_weigh_the_same_and_it_is_said(void **state)
{
    (void)state;
    struct market m;
    struct shares_use use;
    double w[3];
    char text[256];
    make_market(&m, 0.0, 0.0);
    assert_int_equal(weigh(NULL, &m, w, &use, text), 0);
    assert_int_equal(use.source, SHARES_UNKNOWN);
    assert_true(w[0] == 1.0 / 3.0 && w[2] == 1.0 / 3.0 && use.tested == 1.0);
    assert_int_equal(weigh("handset,share\nelsewhere,0.9\n", &m, w, &use, text), 0);
    assert_int_equal(use.source, SHARES_FILE); /* a file that names none of them leaves nothing to weigh */
    assert_true(w[0] == 0.0 && use.tested == 0.0);
    assert_int_equal(use.without, 3);
}

static void a_handset_has_one_share(void **state)
{
    (void)state;
    struct market m;
    struct shares_use use;
    double w[3];
    char text[256];
    make_market(&m, 0.0, 0.0);
    assert_int_equal(weigh("handset,share\nmodel-a,0.3\nHS-2,0.2\n", &m, w, &use, text), ERR_INPUT);
    assert_non_null(strstr(text, "m.csv:2:1"));
    assert_non_null(strstr(text, "handset HS-2 has a share by another row already"));
    make_market(&m, 0.7, 0.6);
    assert_int_equal(weigh(NULL, &m, w, &use, text), ERR_INPUT);
    assert_non_null(strstr(text, "sum to 1.3"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(mistakes_are_named_with_line_and_column),
        cmocka_unit_test(caps_hold),
        cmocka_unit_test(spreadsheets_forms_are_read),
        cmocka_unit_test(a_models_share_is_split_over_its_units),
        cmocka_unit_test(without_any_share_all_weigh_the_same_and_it_is_said),
        cmocka_unit_test(a_handset_has_one_share),
    };
    return cmocka_run_group_tests_name("shares", tests, NULL, NULL);
}
