/* The page of a comparison: self-contained, marked when simulated, harmless whatever the names are, in both
 * languages. */
#include "reports/sections/compare.h"
#include "tests/unit/findings/sample.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#define HOSTILE "`touch /tmp/x` <script>alert(1)</script> '\"\\ \xE2\x80\xAE"

static struct findings *findings_of(bool real, bool fails)
{
    struct sample s;
    struct findings *f = NULL;
    struct err e = { 0 };
    struct sample_shape shape = {
        .readers = 2, .pairs = 2, .real = real, .handset = HOSTILE, .exclude = true
    };
    sample_open(&s, &shape);
    for (unsigned reader = 0; reader < 2; reader++)
        for (unsigned condition = 0; condition < 3; condition++)
            sample_fill(&s, reader, 0, condition, 0, fails ? 3 : 15, fails ? 3 : 0);
    sample_stop(&s, "done");
    sample_must(findings_make(s.directory, NULL, &f, &e), &e);
    faults_free(&f->faults); /* the sample makes no decisions */
    sample_close(&s);
    return f;
}

static char *page_beside(bool real, bool fails, const char *language, const char *other)
{
    struct findings *a = findings_of(real, false), *b = findings_of(real, fails);
    struct comparison *c = NULL;
    struct err e = { 0 };
    struct buf bytes;
    char path[] = "/tmp/nfc-survey-compare-XXXXXX";
    int file = mkstemp(path);
    assert_true(file >= 0);
    close(file);
    sample_must(compare_make(a, b, &(struct compare_options) { 0 }, &c, &e), &e);
    struct report r = { .findings = a,
                        .language = language,
                        .other_language_file = other,
                        .data_directory = ".",
                        .locale_directory = TEST_LOCALE };
    sample_must(compare_html(c, &r, path, &e), &e);
    buf_init(&bytes, 1 << 26);
    sample_must(file_read(path, &bytes, &e), &e);
    unlink(path);
    compare_free(&c);
    findings_free(&a);
    findings_free(&b);
    return buf_take(&bytes);
}

static char *page_of(bool real, bool fails, const char *language)
{
    return page_beside(real, fails, language, NULL);
}

static size_t count(const char *text, const char *what)
{
    size_t n = 0;
    for (const char *at = text; (at = strstr(at, what)); at += strlen(what))
        n++;
    return n;
}

static void loads_nothing_and_every_link_has_its_target(void **state)
{
    (void)state;
    char *page = page_of(false, true, "en");
    static const char *const never[] = { "http://", "https://", "src=", "<link", "@import", "url(" };
    for (size_t i = 0; i < sizeof never / sizeof *never; i++)
        assert_null(strstr(page, never[i]));
    assert_int_equal(count(page, "<script"), 2); /* words, which no browser runs, and the page's own script */
    assert_int_equal(count(page, "<script type=\"application/json\" id=\"cells-data\">"), 1);
    assert_int_equal(count(page, "script-src 'sha256-"), 1);
    size_t links = 0;
    for (const char *at = page; (at = strstr(at, "href=\"#")); at++, links++) {
        char id[64];
        snprintf(id, sizeof id, " id=\"%.*s\"", (int)strcspn(at + 7, "\""), at + 7);
        assert_int_equal(count(page, id), 1);
    }
    assert_int_equal(links, 1 + 6); /* past the contents, and the contents */
    assert_int_equal(count(page, "href="), links);
    free(page);
}

static void the_other_language_and_the_colours_are_one_click_away(void **state)
{
    (void)state;
    char *page = page_beside(false, true, "en", "compare.ja.html");
    assert_int_equal(count(page, "<a class=\"language\" href=\"compare.ja.html\" hreflang=\"ja\""), 1);
    assert_int_equal(count(page, "<button type=\"button\" id=\"theme\" hidden></button>"), 1);
    free(page);
}

static void hostile_names_are_text(void **state)
{
    (void)state;
    char *page = page_of(false, true, "en");
    assert_int_equal(count(page, "<script>"), 1); /* our own */
    assert_null(strstr(page, "<script>alert"));
    assert_true(count(page, "&lt;script&gt;alert(1)&lt;/script&gt;") > 5);
    free(page);
}

static void a_simulated_comparison_is_marked_and_a_real_one_is_not(void **state)
{
    (void)state;
    char *page = page_of(false, true, "en");
    size_t marks = count(page, "class=\"mark\">SIMULATED</span>");
    assert_int_equal(marks,
                     count(page, "<h2 id=") - 1 + count(page, "<caption>")); /* the contents have none */
    assert_non_null(strstr(page, "<title>SIMULATED: "));
    assert_non_null(strstr(page, "@page { @top-right { content: \"SIMULATED\""));
    free(page);
    page = page_of(true, true, "en");
    assert_null(strstr(page, "SIMULATED"));
    free(page);
}

static void says_what_changed_in_both_languages(void **state)
{
    (void)state;
    char *page = page_of(false, true, "en");
    assert_non_null(strstr(page, "<h1>6 changes found.</h1>"));
    /* the first box has as many as the headline */
    assert_non_null(strstr(page,
                           "<span class=\"figure\">6</span> <strong>worse</strong><small>cells 6, readers 0, "
                           "handsets 0, readers with handsets 0</small>"));
    assert_int_equal(count(page, "<td class=\"i\">worse</td>"),
                     6); /* its cells; of a handset two sessions claim nothing */
    assert_non_null(strstr(page, "Sessions: 2 in A, 2 in B. With fewer than 4 on a side nothing is claimed"));
    free(page);
    page = page_of(false, true, "ja");
    assert_non_null(strstr(page, "<html lang=\"ja\">"));
    assert_non_null(strstr(page, "変化が6件認められました"));
    assert_int_equal(count(page, "<td class=\"i\">悪化</td>"), 6);
    free(page);
    page = page_of(false, false, "en");
    assert_non_null(strstr(page, "<h1>No change is shown.</h1>"));
    assert_int_equal(count(page, "<td class=\"i\">"), 0);
    free(page);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(loads_nothing_and_every_link_has_its_target),
        cmocka_unit_test(the_other_language_and_the_colours_are_one_click_away),
        cmocka_unit_test(hostile_names_are_text),
        cmocka_unit_test(a_simulated_comparison_is_marked_and_a_real_one_is_not),
        cmocka_unit_test(says_what_changed_in_both_languages),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
