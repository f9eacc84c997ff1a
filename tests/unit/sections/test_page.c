/* The page: self-contained, marked when simulated, harmless whatever the names are, whole without gnuplot. */
#include "reports/report.h"
#include "reports/words/words.h"
#include "tests/unit/findings/sample.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#define HOSTILE "`touch /tmp/nfc-survey-pwned` <script>alert(1)</script> '\"\\"

#define CRITERIA_SHA256 "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"

struct want {
    struct sample_shape shape;
    const char *language, *gnuplot;
    bool finish;
    const char *other; /* the other language's page */
};

static char *page_of(const struct want *w, char warning[256])
{
    struct sample s;
    struct err e = { 0 };
    struct buf b;
    char path[128];
    struct report o;
    sample_open(&s, &w->shape);
    sample_random(&s);
    sample_health(&s, HEALTH_KILLED, &(struct said) { .words = "<b>" HOSTILE });
    if (w->finish)
        sample_stop(&s, "done");
    const struct report_how how = { .parts = REPORT_ALL, .data_directory = "." };
    struct survey_problems problems = { 0 };
    sample_must(report_open(s.directory, &how, &o, &problems, &e), &e);
    faults_free(&o.findings->faults); /* the sample makes no decisions */
    o.locale_directory = TEST_LOCALE;
    o.language = w->language;
    o.gnuplot = w->gnuplot;
    o.criteria_sha256 = o.assessment ? CRITERIA_SHA256 : NULL;
    o.other_language_file = w->other;
    sample_path(&s, "page.html", path);
    sample_must(report_html.write(&o, path, &e), &e);
    buf_init(&b, 1 << 28);
    sample_must(file_read(path, &b, &e), &e);
    if (warning)
        memcpy(warning, o.warning, sizeof o.warning);
    char *text = buf_take(&b);
    report_close(&o);
    sample_close(&s);
    return text;
}

static char *plain_page(const char *language)
{
    struct want w = { { .readers = 2, .pairs = 3, .exclude = true }, language, "gnuplot", true, NULL };
    return page_of(&w, NULL);
}

static size_t count(const char *text, const char *what)
{
    size_t n = 0;
    for (const char *at = text; (at = strstr(at, what)); at += strlen(what))
        n++;
    return n;
}

static void loads_nothing(void **state)
{
    (void)state;
    char *page = plain_page("en");
    assert_null(strstr(page, "http://"));
    assert_null(strstr(page, "https://"));
    assert_null(strstr(page, "src="));
    assert_null(strstr(page, "<link"));
    assert_int_equal(count(page, "<script"),
                     2); /* the data, which no browser runs, and the page's own script */
    assert_int_equal(count(page, "<script type=\"application/json\" id=\"cells-data\">"), 1);
    assert_int_equal(count(page, "</script>"), 2);
    assert_null(strstr(page, "@import"));
    assert_null(strstr(page, "url("));
    for (const char *at = page; (at = strstr(at, "href=")); at++)
        assert_memory_equal(at, "href=\"#", 7);
    free(page);
}

static int by_text(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static void every_id_is_unique_and_every_link_and_label_has_its_target(void **state)
{
    (void)state;
    char *page = plain_page("en"), *ids[4096], wanted[160];
    size_t n = 0;
    for (const char *at = page; (at = strstr(at, " id=\"")); at++) {
        const char *end = strchr(at + 5, '"');
        assert_true(n < sizeof ids / sizeof *ids);
        ids[n++] = strndup(at + 5, (size_t)(end - at - 5));
    }
    qsort(ids, n, sizeof *ids, by_text);
    for (size_t i = 1; i < n; i++)
        assert_string_not_equal(ids[i - 1], ids[i]);
    static const char *const references[] = { " href=\"#", " for=\"", "aria-labelledby=\"" };
    for (size_t r = 0; r < 3; r++)
        for (const char *at = page; (at = strstr(at, references[r])); at++) {
            const char *begin = at + strlen(references[r]);
            snprintf(wanted, sizeof wanted, "%.*s", (int)strcspn(begin, "\""), begin);
            const char *key = wanted;
            assert_non_null(bsearch(&key, ids, n, sizeof *ids, by_text));
        }
    for (size_t i = 0; i < n; i++)
        free(ids[i]);
    free(page);
}

static void a_simulated_run_is_marked_on_every_section_table_and_plot(void **state)
{
    (void)state;
    char *page = plain_page("en");
    size_t marks = count(page, "class=\"mark\">SIMULATED</span>");
    assert_non_null(strstr(page, "class=\"banner\""));
    assert_non_null(strstr(page, "<title>SIMULATED"));
    assert_true(marks == count(page, "<section") + count(page, "<caption>") + count(page, "<figcaption>"));
    assert_true(count(page, "<svg") >= 2);
    assert_int_equal(count(page, "<svg"), count(page, ">SIMULATED</text>"));
    free(page);
}

static void a_real_run_bears_no_mark(void **state)
{
    (void)state;
    struct want w = { { .readers = 1, .pairs = 1, .real = true }, "en", "gnuplot", true, NULL };
    char *page = page_of(&w, NULL);
    assert_null(strstr(page, "SIMULATED"));
    assert_null(strstr(page, "class=\"mark\""));
    free(page);
    w.language = "ja";
    page = page_of(&w, NULL);
    assert_null(strstr(page, word_text(WORD_SIMULATED, LANGUAGE_JAPANESE)));
    free(page);
}

static void hostile_names_do_nothing(void **state)
{
    (void)state;
    struct want w = {
        { .readers = 1, .pairs = 2, .handset = HOSTILE, .reader = HOSTILE }, "en", "gnuplot", false, NULL
    };
    (void)unlink("/tmp/nfc-survey-pwned");
    char *page = page_of(&w, NULL);
    assert_int_equal(access("/tmp/nfc-survey-pwned", F_OK), -1);
    assert_int_equal(count(page, "<script"), 2); /* ours */
    assert_int_equal(count(page, "</script>"), 2);
    assert_null(strstr(page, "<b>`"));
    assert_non_null(
        strstr(page, "\\u003cscript\\u003ealert(1)\\u003c/script\\u003e '\\\"\\\\")); /* in the data */
    assert_true(count(page, "<svg") >= 2);
    assert_non_null(
        strstr(page, ">`touch /tmp/nfc-survey-pwned` &lt;script&gt;alert(1)")); /* in a plot's key too */
    assert_non_null(strstr(page, "&lt;script&gt;alert(1)&lt;/script&gt; &#39;&quot;\\"));
    free(page);
}

static void the_page_of_the_other_language_is_named_where_it_was_written(void **state)
{
    (void)state;
    struct want w = { { .readers = 1, .pairs = 1 }, "en", "gnuplot", true, .other = "report.ja.html" };
    char *page = page_of(&w, NULL);
    assert_int_equal(
        count(page, "<a class=\"language\" href=\"report.ja.html\" hreflang=\"ja\" lang=\"ja\">"), 1);
    free(page);
    w.other = NULL;
    page = page_of(&w, NULL);
    assert_null(strstr(page, "class=\"language\""));
    free(page);
}

static void the_paper_can_be_traced_and_signed(void **state)
{
    (void)state;
    char *page = plain_page("ja"), *trace = strstr(page, "<table class=\"particulars trace\">");
    assert_non_null(trace);
    assert_non_null(strstr(page, "@bottom-left { content: \"journal.yaml SHA-256 "));
    *strstr(trace, "</table>") = '\0';
    assert_non_null(strstr(trace, CRITERIA_SHA256));
    assert_int_equal(count(trace, "class=\"hash\""), 2);
    *trace = '\0';
    char *lines = strstr(page, "class=\"block signature\"");
    assert_non_null(strstr(lines, word_text(WORD_S_PREPARED, LANGUAGE_JAPANESE)));
    assert_non_null(strstr(lines, word_text(WORD_S_CHECKED, LANGUAGE_JAPANESE)));
    free(page);
}

/* Every element that is opened is closed, in order: what a browser would repair in silence fails here. */
static void elements_are_balanced(void **state)
{
    (void)state;
    char *page = plain_page("ja"), stack[64][16];
    size_t depth = 0;
    for (const char *at = strstr(page, "<html"); at && (at = strchr(at, '<')); at++) {
        bool closing = at[1] == '/';
        char name[16];
        snprintf(name, sizeof name, "%.*s", (int)strcspn(at + 1 + closing, " >/"), at + 1 + closing);
        const char *end = strchr(at, '>');
        if (strcmp(name, "script") == 0) { /* its text is no markup, up to its end */
            at = strstr(at, "</script>");
            assert_non_null(at);
            continue;
        }
        if (strcmp(name, "meta") == 0 || strcmp(name, "br") == 0 || strcmp(name, "input") == 0 ||
            end[-1] == '/')
            continue;
        if (closing) {
            assert_true(depth > 0);
            assert_string_equal(stack[--depth], name);
        } else {
            assert_true(depth < 64);
            snprintf(stack[depth++], sizeof stack[0], "%s", name);
        }
    }
    assert_int_equal(depth, 0);
    free(page);
}

static void both_languages_have_every_word_and_the_same_values(void **state)
{
    (void)state;
    for (int id = WORD_NONE + 1; id < WORD_COUNT; id++) {
        const char *en = word_text((enum word)id, LANGUAGE_ENGLISH);
        const char *ja = word_text((enum word)id, LANGUAGE_JAPANESE);
        assert_true(en[0] && ja[0]);
        for (char digit = '0'; digit <= '9'; digit++) {
            const char brace[] = { '{', digit, '}', '\0' };
            assert_int_equal(count(en, brace), count(ja, brace));
        }
    }
}

static void the_japanese_page_speaks_japanese(void **state)
{
    (void)state;
    char *page = plain_page("ja");
    assert_non_null(strstr(page, "<html lang=\"ja\">"));
    assert_non_null(strstr(page, "窓口リーダーと端末の調査"));
    assert_non_null(strstr(page, word_text(WORD_H_VERDICTS, LANGUAGE_JAPANESE)));
    assert_null(strstr(page, word_text(WORD_H_VERDICTS, LANGUAGE_ENGLISH)));
    free(page);
}

static void without_gnuplot_the_tables_stand_and_the_page_says_so(void **state)
{
    (void)state;
    struct want w = { { .readers = 1, .pairs = 1 }, "en", "/nonexistent/gnuplot", true, NULL };
    char warning[256];
    char *page = page_of(&w, warning);
    assert_non_null(strstr(warning, "/nonexistent/gnuplot"));
    assert_non_null(strstr(page, "The plots are missing"));
    assert_int_equal(count(page, "The plots are missing"), 1);
    assert_null(strstr(page, "<svg"));
    assert_non_null(strstr(page, "class=\"matrix\""));
    free(page);
}

static void a_missing_style_sheet_is_an_error(void **state)
{
    (void)state;
    struct sample s;
    struct findings *f = NULL;
    struct err e = { 0 };
    struct report o = { .data_directory = "/nonexistent",
                        .locale_directory = TEST_LOCALE,
                        .language = "en",
                        .gnuplot = "gnuplot" };
    char path[128];
    sample_open(&s, &(struct sample_shape) { .readers = 1, .pairs = 1 });
    sample_must(findings_make(s.directory, NULL, &f, &e), &e);
    sample_path(&s, "page.html", path);
    o.findings = f;
    assert_int_not_equal(report_html.write(&o, path, &e), 0);
    assert_int_equal(access(path, F_OK), -1);
    findings_free(&f);
    sample_close(&s);
}

int main(void)
{
    struct err e = { 0 };
    if (words_open(LANGUAGE_JAPANESE, TEST_LOCALE, &e) != 0) {
        printf("Bail out! %s: %s\n", e.where, e.text);
        return 1;
    }
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(loads_nothing),
        cmocka_unit_test(every_id_is_unique_and_every_link_and_label_has_its_target),
        cmocka_unit_test(a_simulated_run_is_marked_on_every_section_table_and_plot),
        cmocka_unit_test(a_real_run_bears_no_mark),
        cmocka_unit_test(hostile_names_do_nothing),
        cmocka_unit_test(the_page_of_the_other_language_is_named_where_it_was_written),
        cmocka_unit_test(the_paper_can_be_traced_and_signed),
        cmocka_unit_test(elements_are_balanced),
        cmocka_unit_test(both_languages_have_every_word_and_the_same_values),
        cmocka_unit_test(the_japanese_page_speaks_japanese),
        cmocka_unit_test(without_gnuplot_the_tables_stand_and_the_page_says_so),
        cmocka_unit_test(a_missing_style_sheet_is_an_error),
    };
    return cmocka_run_group_tests_name("html", tests, NULL, NULL);
}
