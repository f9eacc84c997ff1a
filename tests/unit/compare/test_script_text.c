/* Scripts that are run alike have texts that agree, whatever people read in them. */
#include "harness/compare/parts.h"

#include "harness/base/digest.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <string.h>

#define SCRIPT                                                                                               \
    "id: a\ntime_limit_ms: 1000\nsteps:\n  - name: select\n    send: \"00 A4\"\n    check: {length: 3}\n"

static bool agrees(const char *a, const char *b)
{
    struct survey_file x = { .path = (char[]) { "a" }, .text = (char *)(uintptr_t)a, .length = strlen(a) };
    struct survey_file y = { .path = (char[]) { "b" }, .text = (char *)(uintptr_t)b, .length = strlen(b) };
    digest_bytes(a, x.length, x.sha256);
    digest_bytes(b, y.length, y.sha256);
    return compare_scripts_agree(&x, &y) && compare_scripts_agree(&y, &x);
}

static void comments_layout_titles_and_sources_change_nothing(void **state)
{
    (void)state;
    assert_true(agrees(SCRIPT, SCRIPT));
    assert_true(agrees(SCRIPT, "# other words\n" SCRIPT));
    assert_true(agrees(SCRIPT, "title: {en: A, ja: B}\nsource: a book\n" SCRIPT));
    assert_true(agrees("title: A\n" SCRIPT, "title: {en: A, ja: B}\n" SCRIPT));
    assert_true(agrees(SCRIPT,
                       "time_limit_ms: 1000\nid: a\nsteps: [{send: \"00 A4\", name: select, title: T,\n"
                       "  check: {length: 3}}]\n"));
}

static void what_is_run_otherwise_does_not_agree(void **state)
{
    (void)state;
    static const char *const others[] = {
        "id: a\ntime_limit_ms: 1001\nsteps:\n  - name: select\n    send: \"00 A4\"\n    check: {length: 3}\n",
        "id: a\ntime_limit_ms: 1000\nsteps:\n  - name: chosen\n    send: \"00 A4\"\n    check: {length: 3}\n",
        "id: a\ntime_limit_ms: 1000\nsteps:\n  - name: select\n    send: \"00 A4\"\n",
        "id: a\ntime_limit_ms: 1000\nsteps:\n  - name: select\n    send: \"00 A4\"\n    check: {length: "
        "30}\n",
        SCRIPT "  - name: more\n    send: \"00\"\n",
        SCRIPT "deadline_ms: 5000\n",
        "steps: [",
    };
    for (size_t i = 0; i < sizeof others / sizeof *others; i++)
        assert_false(agrees(SCRIPT, others[i]));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(comments_layout_titles_and_sources_change_nothing),
        cmocka_unit_test(what_is_run_otherwise_does_not_agree),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
