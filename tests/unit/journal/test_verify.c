/* verify names what was done to a journal, and nothing else; tests/data/journal/sample.yaml is the journal it
 * is done to. */
#include "records.h"

#define SAMPLE "tests/data/journal/sample.yaml"

struct scene {
    char folder[256], file[320];
    struct buf bytes;
    struct journal_verdict verdict;
    uint64_t first_line; /* of the first problem */
    char said[1 << 16];  /* all problems, "line: text" a line */
};

static void remember(void *context, uint64_t line, const char *text)
{
    struct scene *s = context;
    size_t used = strlen(s->said);
    if (s->first_line == 0)
        s->first_line = line;
    snprintf(s->said + used, sizeof s->said - used, "%llu: %s\n", (unsigned long long)line, text);
}

static void begin(struct scene *s)
{
    struct err e;
    memset(s, 0, sizeof *s);
    make_folder(s->folder);
    snprintf(s->file, sizeof s->file, "%s/journal.yaml", s->folder);
    buf_init(&s->bytes, 1u << 20);
    assert_int_equal(file_read(SAMPLE, &s->bytes, &e), 0);
}

static void verify(struct scene *s)
{
    struct err e;
    write_file(s->file, s->bytes.data, s->bytes.length);
    assert_int_equal(journal_verify(s->file, remember, s, &s->verdict, &e), 0);
}

static void end(struct scene *s)
{
    buf_free(&s->bytes);
    remove_folder(s->folder);
}

/* The first byte of a line, 1.. */
static char *line_at(struct scene *s, unsigned number)
{
    char *p = s->bytes.data;
    while (--number > 0)
        p = strchr(p, '\n') + 1;
    return p;
}

static unsigned line_of(struct scene *s, const char *text)
{
    unsigned number = 1;
    const char *at = strstr(s->bytes.data, text);
    assert_non_null(at);
    for (const char *p = s->bytes.data; p < at; p++)
        number += *p == '\n';
    return number;
}

static void take_out(struct scene *s, unsigned number)
{
    char *p = line_at(s, number), *behind = strchr(p, '\n') + 1;
    memmove(p, behind, strlen(behind) + 1);
    s->bytes.length -= (size_t)(behind - p);
}

static void assert_said(struct scene *s, const char *text)
{
    if (!strstr(s->said, text))
        print_message("# said:\n%s# not: %s\n", s->said, text);
    assert_non_null(strstr(s->said, text));
}

static void an_untouched_journal_has_no_problem(void **state)
{
    (void)state;
    struct scene s;
    char sha256[65];
    begin(&s);
    verify(&s);
    assert_string_equal(s.said, "");
    assert_int_equal(s.verdict.problems, 0);
    assert_int_equal(s.verdict.lines, s.verdict.records);
    assert_int_equal(s.verdict.kinds[JOURNAL_KIND_START], 1);
    assert_true(s.verdict.closed);
    assert_false(s.verdict.torn);
    digest_bytes(s.bytes.data, s.bytes.length, sha256);
    assert_string_equal(s.verdict.sha256, sha256);
    end(&s);
}

static void a_flipped_bit_is_named_with_its_line(void **state)
{
    (void)state;
    struct scene s;
    begin(&s);
    unsigned number = line_of(&s, "{\"transaction\"");
    char *digit = strstr(line_at(&s, number), "\"at_us\": ") + 9;
    *digit = *digit == '9' ? '8' : (char)(*digit + 1);
    verify(&s);
    assert_int_equal(s.first_line, number);
    assert_int_equal(s.verdict.damaged, 1);
    assert_said(&s, "the checksum does not fit");
    assert_said(&s, "transactions, but");
    assert_int_equal(s.verdict.problems, 2); /* the stop record's line once, its digest does not fit either */
    end(&s);
}

static void a_line_taken_out_is_missed_by_number_and_by_the_stop_record(void **state)
{
    (void)state;
    struct scene s;
    begin(&s);
    unsigned number = line_of(&s, "{\"transaction\"");
    take_out(&s, number);
    verify(&s);
    assert_int_equal(s.first_line, number);
    assert_int_equal(s.verdict.missing, 1);
    assert_int_equal(s.verdict.damaged, 0);
    assert_said(&s, "1 line is missing before it");
    assert_said(&s, "transactions, but");
    assert_int_equal(s.verdict.problems, 2);
    end(&s);
}

static void a_placement_taken_out_is_named_and_not_its_transactions(void **state)
{
    (void)state;
    struct scene s;
    begin(&s);
    take_out(&s, line_of(&s, "{\"placement\""));
    verify(&s);
    assert_said(&s, "1 line is missing before it");
    assert_null(strstr(s.said, "which is not open there")); /* the line that opened it is named */
    assert_said(&s, "placements, but");
    end(&s);
}

static void an_edited_line_is_named_as_edited_and_still_counted(void **state)
{
    (void)state;
    struct scene s;
    begin(&s);
    unsigned number = line_of(&s, "{\"note\"");
    char *space = strstr(line_at(&s, number), ": ") + 1;
    memmove(space, space + 1, strlen(space));
    s.bytes.length--;
    verify(&s);
    assert_int_equal(s.verdict.edited, 1);
    assert_int_equal(s.verdict.damaged, 0);
    assert_int_equal(s.verdict.lines, s.verdict.records);
    assert_said(&s, "was edited: its checksum does not fit");
    assert_said(&s, "SHA-256");
    end(&s);
}

static void two_changed_lines_are_both_named(void **state)
{
    (void)state;
    struct scene s;
    begin(&s);
    unsigned first = line_of(&s, "{\"placement\""), second = line_of(&s, "{\"placed\"");
    char text[64];
    line_at(&s, first)[0] = '+';
    line_at(&s, second)[0] = '\0';
    verify(&s);
    assert_int_equal(s.verdict.damaged, 2);
    snprintf(text, sizeof text, "%u: can't be read: holds NUL bytes", second);
    assert_said(&s, text);
    assert_int_equal(s.first_line, first);
    end(&s);
}

static void a_torn_tail_is_told_but_no_problem(void **state)
{
    (void)state;
    struct scene s;
    begin(&s);
    buf_add_text(&s.bytes, "- {\"resume\": 9");
    verify(&s);
    assert_int_equal(s.verdict.problems, 0);
    assert_true(s.verdict.torn);
    assert_int_equal(s.verdict.torn_bytes, 14);
    end(&s);
}

/* The sample with records of the test's own behind its stop. */
static void reopen(struct scene *s, struct journal **j)
{
    struct err e;
    uint64_t cut;
    write_file(s->file, s->bytes.data, s->bytes.length);
    assert_int_equal(journal_reopen(s->folder, j, &cut, &e), 0);
}

static void close_and_verify(struct scene *s, struct journal **j)
{
    struct err e;
    journal_close(j);
    assert_int_equal(journal_verify(s->file, remember, s, &s->verdict, &e), 0);
}

static void only_notes_and_a_resume_may_stand_behind_a_stop(void **state)
{
    (void)state;
    struct scene s;
    struct journal *j = NULL;
    struct journal_record r;
    struct err e;
    begin(&s);
    reopen(&s, &j);
    assert_int_equal(append_note(j, "battery of the first phone replaced", &e), 0);
    assert_int_equal(append_note(j, "and of the second", &e), 0);
    close_and_verify(&s, &j);
    assert_int_equal(s.verdict.problems, 0);
    assert_true(s.verdict.closed);
    reopen(&s, &j);
    assert_int_equal(append_note(j, "late", &e), 0);
    journal_record_init(&r, JOURNAL_KIND_HEALTH);
    r.as.health = (struct journal_health) { 1, "counter-1", HEALTH_LOST, NULL };
    assert_int_equal(journal_append(j, &r, &e), 0);
    close_and_verify(&s, &j);
    assert_int_equal(s.verdict.problems, 1);
    assert_said(&s, "only a resume or a note may stand there");
    end(&s);
}

static void append_effect(struct journal *j, enum exclusion effect, uint64_t placement)
{
    struct journal_record r;
    struct err e;
    journal_record_init(&r, JOURNAL_KIND_NOTE);
    r.as.note = (struct journal_note) { 1, "wrong phone", placement, effect, "tester", NULL };
    assert_int_equal(journal_append(j, &r, &e), 0);
}

static void an_exclusion_stands_before_the_result_and_a_withdrawal_behind_it(void **state)
{
    (void)state;
    struct scene s;
    struct journal *j = NULL;
    struct journal_record r;
    struct err e;
    begin(&s);
    uint64_t closed = line_of(&s, "{\"placement\"");
    reopen(&s, &j);
    append_effect(j, EXCLUSION_WITHDRAW, closed);
    close_and_verify(&s, &j);
    assert_int_equal(s.verdict.problems, 0);
    reopen(&s, &j);
    append_effect(j, EXCLUSION_EXCLUDE, closed); /* its result is known already */
    append_effect(j, EXCLUSION_WITHDRAW, journal_lines(j) + 5);
    close_and_verify(&s, &j);
    assert_int_equal(s.verdict.problems, 2);
    assert_said(&s, "which is not open there");
    assert_said(&s, "which is not closed there");
    end(&s);
    begin(&s);
    reopen(&s, &j);
    journal_record_init(&r, JOURNAL_KIND_PLACEMENT);
    r.as.placement =
        (struct journal_placement) { 1, "counter-1", "h", "s", "on-unlocked", "centre", 1, 9, 9 };
    assert_int_equal(journal_append(j, &r, &e), 0);
    append_effect(j, EXCLUSION_EXCLUDE, r.line);
    append_effect(j, EXCLUSION_WITHDRAW, r.line);
    close_and_verify(&s, &j);
    assert_null(strstr(s.said, "not open"));
    assert_said(&s, "which is not closed there");
    end(&s);
}

/* Behind the sample's stop, as a resumed execution would: placements with a note on each, which excludes it. */
static void append_placements(struct scene *s, unsigned count)
{
    struct journal *j = NULL;
    struct said why = said_alone(SAID_NO_STOP);
    struct journal_record r;
    struct err e;
    reopen(s, &j);
    journal_record_init(&r, JOURNAL_KIND_RESUME);
    r.as.resume.reason = r.as.resume.clock = &why;
    r.as.resume.wall = r.as.resume.boot_id = r.as.resume.host = r.as.resume.program = "";
    r.as.resume.cut_bytes = 0;
    assert_int_equal(journal_append(j, &r, &e), 0);
    for (unsigned i = 0; i < count; i++) {
        journal_record_init(&r, JOURNAL_KIND_PLACEMENT);
        r.as.placement =
            (struct journal_placement) { 1, "counter-1", "h", "s", "on-unlocked", "centre", 1, i, i };
        assert_int_equal(journal_append(j, &r, &e), 0);
        append_effect(j, EXCLUSION_EXCLUDE, r.line);
    }
    journal_close(&j);
    buf_clear(&s->bytes);
    assert_int_equal(file_read(s->file, &s->bytes, &e), 0);
}

static void however_many_lines_are_missing_or_damaged_no_line_that_refers_to_them_is_named(void **state)
{
    (void)state;
    enum { MANY = 150 };
    struct scene s;
    begin(&s);
    append_placements(&s, MANY);
    verify(&s);
    assert_int_equal(s.verdict.problems, 0);
    unsigned first = (unsigned)s.verdict.lines - 2 * MANY + 1;
    for (unsigned i = 0; i < MANY / 2; i++)
        take_out(&s, first + i);
    for (unsigned i = MANY / 2; i < MANY; i++)
        *strstr(line_at(&s, first + MANY / 2 + 2 * (i - MANY / 2)), "centre") = 'C';
    verify(&s);
    assert_int_equal(s.verdict.missing, MANY / 2);
    assert_int_equal(s.verdict.damaged, MANY / 2);
    assert_int_equal(s.verdict.problems, MANY);
    assert_null(strstr(s.said, "not open"));
    end(&s);
}

static void lines_put_in_do_not_hide_one_that_is_missing_behind_them(void **state)
{
    (void)state;
    struct scene s;
    char text[64];
    begin(&s);
    append_placements(&s, 3);
    verify(&s);
    unsigned first = (unsigned)s.verdict.lines - 5;
    take_out(&s, first + 2); /* the second placement */
    buf_insert(&s.bytes, (size_t)(line_at(&s, first) - s.bytes.data), "?\n?\n?\n?\n", 8);
    verify(&s);
    assert_int_equal(s.verdict.damaged, 4);
    snprintf(text, sizeof text, "%u: is numbered %u: 1 line is missing before it", first + 6, first + 3);
    assert_said(&s, text);
    assert_int_equal(s.verdict.problems, 5);
    end(&s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_untouched_journal_has_no_problem),
        cmocka_unit_test(a_flipped_bit_is_named_with_its_line),
        cmocka_unit_test(a_line_taken_out_is_missed_by_number_and_by_the_stop_record),
        cmocka_unit_test(a_placement_taken_out_is_named_and_not_its_transactions),
        cmocka_unit_test(an_edited_line_is_named_as_edited_and_still_counted),
        cmocka_unit_test(two_changed_lines_are_both_named),
        cmocka_unit_test(a_torn_tail_is_told_but_no_problem),
        cmocka_unit_test(only_notes_and_a_resume_may_stand_behind_a_stop),
        cmocka_unit_test(however_many_lines_are_missing_or_damaged_no_line_that_refers_to_them_is_named),
        cmocka_unit_test(lines_put_in_do_not_hide_one_that_is_missing_behind_them),
        cmocka_unit_test(an_exclusion_stands_before_the_result_and_a_withdrawal_behind_it),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
