/* What the steps of a script become: templates, masks, loops, checks, captures and the plan's estimate. */
#include "tests/unit/survey/sample.h"

static const char text[] =
    "format: nfc-survey/script\nversion: 1\nid: all\ntitle: All\ntime_limit_ms: 1000\n"
    "deadline_ms: 5000\ntypical_length_bytes: 1000\n"
    "variables: {aid: {bytes: \"D3 92\"}, two: {number: 2}}\n"
    "steps:\n"
    "  - {send: \"00 A4 04 0C {two:1} {aid}{aid}\", expect: [\"9000\", 63CX], stage: route}\n"
    "  - {send: \"00B0000004\", capture: {n: {as: number, offset: 2, length: 2, add: 4}}}\n"
    "  - {send: \"00 B0 {offset:2} {le:1}\", read: {length: n, chunk: 200}, check: {same: true}}\n"
    "  - {send: \"00 B0 00 00 {value:1}\", for: {value: [1, 256]}, check: {length: value}}\n"
    "  - {send: \"00 B0 00 00 00 {value:2}\", for: {value: [512]}, needs_extended: true}\n"
    "  - {send: \"00 84 00 00 08\", repeat: 7, keep_bytes: true,\n"
    "     check: {length: 8, starts: \"{aid}\", token: true}}\n"
    "  - {field: reset}\n"
    "  - {pause_ms: 40}\n";

static struct script *load(void)
{
    struct problems p = { .list = calloc(1, sizeof(struct survey_problems)) };
    struct script *s = calloc(1, sizeof *s);
    assert_true(p.list && s);
    struct tree_node *root = tree_parse(&p, "f.yaml", text, sizeof text - 1);
    assert_non_null(root);
    script_read(s, &p, "f.yaml", root);
    tree_free(&root);
    for (size_t i = 0; i < p.list->count; i++)
        print_error("%s: %s\n", p.list->items[i].where, p.list->items[i].text);
    assert_int_equal(p.found, 0);
    free(p.list);
    return s;
}

static void a_template_is_its_bytes_and_variables_in_order(void **state)
{
    (void)state;
    struct script *s = load();
    const struct script_template *t = &s->steps[0].send;
    assert_int_equal(t->count, 4);
    assert_int_equal(t->pieces[0].length, 4);
    assert_memory_equal(t->pieces[0].bytes, "\x00\xa4\x04\x0c", 4);
    assert_string_equal(s->variables[t->pieces[1].variable].name, "two");
    assert_int_equal(t->pieces[1].length, 1);
    assert_int_equal(t->pieces[2].variable, t->pieces[3].variable);
    assert_int_equal(s->variables[t->pieces[2].variable].length, 2);
    assert_int_equal(s->steps[2].send.pieces[1].variable, SCRIPT_VARIABLE_OFFSET);
    assert_int_equal(s->steps[2].send.pieces[2].variable, SCRIPT_VARIABLE_LE);
    script_free(&s);
}

static void a_status_word_may_hold_free_nibbles(void **state)
{
    (void)state;
    struct script *s = load();
    assert_int_equal(s->steps[0].stage, STAGE_ROUTE);
    assert_int_equal(s->steps[0].expect.count, 2);
    assert_int_equal(s->steps[0].expect.items[1].value, 0x63c0);
    assert_int_equal(s->steps[0].expect.items[1].mask, 0xfff0);
    assert_int_equal(s->steps[1].expect.items[0].value, 0x9000); /* the default */
    assert_int_equal(s->steps[1].expect.items[0].mask, 0xffff);
    script_free(&s);
}

static void loops_checks_and_captures_are_taken_as_written(void **state)
{
    (void)state;
    struct script *s = load();
    const struct script_step *read = &s->steps[2], *values = &s->steps[3], *soak = &s->steps[5];
    assert_int_equal(s->steps[1].captures[0].variable, read->times.variable);
    assert_int_equal(s->steps[1].captures[0].add, 4);
    assert_int_equal(read->chunk, 200);
    assert_int_equal(read->checks[0].kind, SCRIPT_CHECK_SAME);
    assert_int_equal(values->value_count, 2);
    assert_int_equal(values->checks[0].quantity.variable, SCRIPT_VARIABLE_VALUE);
    assert_true(s->steps[4].needs_extended && !values->needs_extended && soak->keep_bytes);
    assert_int_equal(soak->times.constant, 7);
    assert_int_equal(soak->check_count, 3);
    assert_int_equal(soak->checks[2].kind, SCRIPT_CHECK_TOKEN);
    assert_int_equal(s->steps[6].operation, SCRIPT_FIELD_RESET);
    assert_int_equal(s->steps[7].pause_ms, 40);
    script_free(&s);
}

static void the_estimate_counts_loops_and_reads_of_typical_length(void **state)
{
    (void)state;
    struct script *s = load();
    assert_int_equal(s->typical_exchanges, 1 + 1 + 5 + 2 + 1 + 7);
    script_free(&s);
}

static void a_script_is_found_by_id_or_by_path(void **state)
{
    (void)state;
    struct survey_problems p = { 0 };
    struct script *s;
    struct err e;
    assert_int_equal(script_load("token", ".", &s, &p, &e), 0);
    assert_string_equal(s->id, "token");
    script_free(&s);
    assert_int_equal(script_load("profiles/scripts/cert.yaml", ".", &s, &p, &e), 0);
    assert_string_equal(s->id, "cert");
    script_free(&s);
    assert_int_equal(script_load("no-such", ".", &s, &p, &e), ERR_INPUT);
    assert_null(s);
    sample_expect(&p, "no-such:1:1", "cannot be read");
    survey_problems_free(&p);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_template_is_its_bytes_and_variables_in_order),
        cmocka_unit_test(a_status_word_may_hold_free_nibbles),
        cmocka_unit_test(loops_checks_and_captures_are_taken_as_written),
        cmocka_unit_test(the_estimate_counts_loops_and_reads_of_typical_length),
        cmocka_unit_test(a_script_is_found_by_id_or_by_path),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
