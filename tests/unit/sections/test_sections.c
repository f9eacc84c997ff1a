/* The list of sections: what a page has of it, in its order, with the contents in front. */
#include "harness/findings/findings.h"
#include "reports/sections/sections.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <stdlib.h>
#include <string.h>

static void something(struct page *p)
{
    page_put(p, "<p>something</p>\n");
}

static void nothing(struct page *p)
{
    (void)p;
}

static const struct section sections[] = {
    { "one", WORD_H_TIMES, something, FORM_PAGE, FOR_PROCUREMENT },
    { "empty", WORD_H_CELLS, nothing, FORM_PAGE, FOR_EVERYBODY },
    { "screen", WORD_H_MATRIX, something, FORM_SCREEN, FOR_EVERYBODY },
    { "paper", WORD_H_PAPER_OVERVIEW, something, FORM_PAPER, FOR_ANALYSTS },
};

static char *drawn(bool on_paper)
{
    struct findings f = { 0 };
    struct page p = { .f = &f, .on_paper = on_paper };
    buf_init(&p.b, 1u << 16);
    page_put(&p, "<header>");
    page_sections(&p, sections, sizeof sections / sizeof *sections);
    return buf_take(&p.b);
}

static void a_page_has_its_sections_and_names_them_in_front(void **state)
{
    (void)state;
    char *page = drawn(false);
    const char *contents = strstr(page, "<ol><li><a href=\"#one\">How long a transaction takes</a></li>"
                                        "<li><a href=\"#screen\">");
    assert_non_null(contents);
    const char *main = strstr(page, "</nav>\n</header>\n<main>\n");
    assert_true(main > contents);
    const char *one =
        strstr(page, "<section class=\"procurement\" aria-labelledby=\"one\">\n<h2 id=\"one\">");
    const char *screen = strstr(page, "<section aria-labelledby=\"screen\">");
    assert_true(one > main && screen > one);
    assert_null(strstr(page, "paper"));
    free(page);
    page = drawn(true);
    assert_non_null(strstr(page, "<a href=\"#paper\">"));
    assert_non_null(strstr(page, "<section class=\"analysts\" aria-labelledby=\"paper\">"));
    assert_null(strstr(page, "screen"));
    free(page);
}

static void a_section_that_draws_nothing_is_left_out(void **state)
{
    (void)state;
    char *page = drawn(false);
    assert_null(strstr(page, "empty"));
    free(page);
}

static void the_sections_of_a_report_have_names_of_their_own(void **state)
{
    (void)state;
    assert_true(report_section_count > 10);
    for (size_t i = 0; i < report_section_count; i++) {
        const struct section *s = &report_sections[i];
        assert_true(s->where && (s->where & ~(unsigned)FORM_PAGE) == 0);
        for (size_t k = 0; k < i; k++) {
            assert_string_not_equal(s->anchor, report_sections[k].anchor);
            assert_int_not_equal(s->title, report_sections[k].title);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_page_has_its_sections_and_names_them_in_front),
        cmocka_unit_test(a_section_that_draws_nothing_is_left_out),
        cmocka_unit_test(the_sections_of_a_report_have_names_of_their_own),
    };
    return cmocka_run_group_tests_name("sections", tests, NULL, NULL);
}
