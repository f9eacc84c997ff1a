/*
 * Sentences of version 1 come back as codes, to the letter. The list is frozen: these are the words that 0.4.0 wrote,
 * whatever said.def says today.
 */
#include "records.h"

#include "harness/base/crc32c.h"

static const struct {
    const char *field;
    enum said_code code;
    const char *text;
    const char *english; /* NULL: the same */
} old[] = {
    { "simulated_sign", SAID_SIM_DRIVER, "the sim driver", NULL },
    { "simulated_sign", SAID_PSEUDO_TERMINAL, "a pseudo-terminal", NULL },
    { "simulated_sign", SAID_TESTBED_SOCKET, "a testbed socket", NULL },
    { "simulated_sign", SAID_SERIAL, "serial SIM-0001", NULL },
    { "simulated_sign", SAID_SERIAL_QEMU, "serial 1-0000:00:03.0-1, which QEMU makes", NULL },
    { "simulated_sign", SAID_READER_NAMED, "a reader named \\\"Virtual PCD\\\"",
      "a reader named \"Virtual PCD\"" },
    { "clock", SAID_VIRTUAL_CLOCK, "virtual", NULL },
    { "stop.reason", SAID_INTERRUPTED, "interrupted by the operator", NULL },
    { "stop.reason", SAID_ALL_DONE, "every cell is decided or has all its placements", NULL },
    { "stop.reason", SAID_SESSION_DONE,
      "session 1 is done; session 2 may begin at 2026-11-26T05:39:46Z: reboot the phones, then `run "
      "--resume`",
      NULL },
    { "stop.reason", SAID_NO_READERS, "readers did not come back; everything else is done", NULL },
    { "resume.reason", SAID_NO_STOP, "broken off without a stop record", NULL },
    { "resume.reason", SAID_INTERRUPTED, "interrupted: interrupted by the operator",
      "interrupted by the operator" },
    { "resume.reason", SAID_ALL_DONE, "done: every cell is decided or has all its placements",
      "every cell is decided or has all its placements" },
    { "resume.reason", SAID_SESSION_DONE,
      "session-end: session 1 is done; session 2 may begin at 2026-11-26T05:39:46Z: reboot the phones, then "
      "`run --resume`",
      "session 1 is done; session 2 may begin at 2026-11-26T05:39:46Z: reboot the phones, then `run "
      "--resume`" },
    { "health.detail", SAID_READER_GONE, "the reader or its daemon is gone", NULL },
    { "health.detail", SAID_DEADLINE_KILLED, "a call missed its deadline and its worker was killed", NULL },
    { "health.detail", SAID_WORKER_ENDED, "the reader's worker ended (exit status 4)", NULL },
    { "health.detail", SAID_ANSWERS, "answers", NULL },
    { "health.detail", SAID_ANSWERS_AGAIN, "answers, after it was plugged in again", NULL },
    { "health.detail", SAID_NOT_BACK, "did not come back", NULL },
    { "health.detail", SAID_TOKEN_LABEL, "a virtual handset's token label was read", NULL },
    { "health.detail", SAID_SERIAL, "serial SIM-0002", NULL },
    { "placed.reason", SAID_EXCLUDED, "excluded by the operator", NULL },
    { "placed.reason", SAID_INTERRUPTED, "interrupted by the operator", NULL },
    { "placed.reason", SAID_READER_HUNG, "the reader hung", NULL },
    { "placed.reason", SAID_READER_LOST, "the reader was lost", NULL },
    { "placed.reason", SAID_WORKER_ENDED, "the reader's worker ended (SIGKILL)", NULL },
    { "placed.reason", SAID_STOPPED, "stopped", NULL },
    { "placed.reason", SAID_STOPPED_BY_OPERATOR, "stopped by the operator", NULL },
    { "placed.reason", SAID_STOPPED_AT_ONCE, "stopped at once by the operator", NULL },
    { "placed.reason", SAID_STOPPED_UNASKED, "stopped before the reader could be asked", NULL },
    { "placed.reason", SAID_BROKEN_OFF, "broken off: the run ended without closing it", NULL },
    { "transaction.detail", SAID_WORKER_ENDED, "the reader's worker ended (SIGSEGV)", NULL },
    { "transaction.detail", SAID_MISSED_READER_ANSWERS,
      "no answer before the deadline; the reader itself answers", NULL },
    { "transaction.detail", SAID_MISSED_READER_SILENT,
      "no answer before the deadline; the reader itself did not answer either", NULL },
    { "transaction.detail", SAID_MISSED_READER_SILENT,
      "no answer before the deadline; the reader itself does not answer either",
      "no answer before the deadline; the reader itself did not answer either" },
    { "transaction.detail", SAID_MISSED_PLUGGED_IN,
      "no answer before the deadline; the reader answered only when it had been plugged in again", NULL },
    { "transaction.detail", SAID_MISSED_UNASKED,
      "no answer before the deadline; the run stopped before the reader could be asked", NULL },
    { "transaction.detail", SAID_STATUS_WORD, "status word 6A82: file or application not found", NULL },
    { "transaction.detail", SAID_STATUS_WORD, "status word 9FFF: ", NULL },
    { "transaction.detail", SAID_NO_STATUS_WORD, "the answer has no status word", NULL },
    { "transaction.detail", SAID_WRONG_TOKEN, "WRONG_TARGET: token label 'JPKIAPIOSTOKEN'", NULL },
    { "transaction.detail", SAID_WRONG_TOKEN_OUTSIDE,
      "WRONG_TARGET: token label 'JPKIAPICCTOKEN': a card outside the phone answered", NULL },
    { "transaction.detail", SAID_DATA_LENGTH, "3 bytes of data came, 1400 were expected", NULL },
    { "transaction.detail", SAID_DATA_AT_OFFSET, "200 bytes came at offset 0, 256 were asked for", NULL },
    { "transaction.detail", SAID_DATA_UNEXPECTED, "the data are not the ones expected", NULL },
    { "transaction.detail", SAID_DATA_BEGIN_UNEXPECTED, "the data do not begin as expected", NULL },
    { "transaction.detail", SAID_DATA_CHANGED,
      "the data differ from those of an earlier transaction of this placement", NULL },
    { "transaction.detail", SAID_ANSWER_TOO_SHORT,
      "the answer is too short for what the script reads from it", NULL },
    { "transaction.detail", SAID_LENGTH_OUT_OF_RANGE, "the length to be read is out of range", NULL },
    { "transaction.detail", SAID_COMMAND_NOT_BUILT,
      "the script's command cannot be built: a value is missing or too long", NULL },
    { "uid", SAID_UID_RANDOM, "random, 4 bytes", NULL },
    { "uid", SAID_UID_FIXED, "fixed, 7 bytes", NULL },
    { "no ats", SAID_NO_ATS_B, "type B has an ATQB and no ATS", NULL },
    { "no ats", SAID_TARGET_NOT_ASKED, "the target was not asked for one", NULL },
    { "no ats", SAID_READER_ANSWERS, "the reader answers 6A81 to FF CA 01", NULL },
    { "no uid", SAID_READER_ANSWERS, "the reader answers 6A81 to FF CA 00", NULL },
    { "no uid", SAID_PLACEMENT_NOT_ASKED, "not asked for in this placement", NULL },
    { "no uid", SAID_NO_COMMAND, "its profile names no command for it", NULL },
    { "no uid", SAID_NOT_ACTIVATED, "not activated: SLOTERROR 0xFE", NULL },
    { "no uid", SAID_NOT_CONNECTED, "not connected: SCARD_W_UNRESPONSIVE_CARD", NULL },
    { "no uid", SAID_READER_NO_ANSWER, "the reader did not answer: SCARD_E_NOT_TRANSACTED", NULL },
    { "no uid", SAID_TOO_MANY_BYTES, "20 bytes, more than any target has", NULL },
    { "detect_source", SAID_SEEN_INTERRUPT, "interrupt", NULL },
    { "detect_source", SAID_SEEN_POLL, "poll", NULL },
    { "detect_source", SAID_SEEN_POLL_EVERY, "poll-400ms", NULL },
    { "detect_source", SAID_SEEN_SIMULATED, "simulated", NULL },
    { "detect_source", SAID_SEEN_UNKNOWN, "unknown", NULL },
};
#define OLD_COUNT (sizeof old / sizeof *old)

/* The record of a line with the text, as JSON, in this field; the reader is to be closed. */
static struct journal_reader *read_with(struct buf *b, const char *field, const char *text,
                                        struct journal_record *r)
{
    static const struct {
        const char *field, *before, *after;
    } lines[] = {
        { "simulated_sign",
          "- {\"start\": 1, \"format\": \"nfc-survey/journal\", \"version\": 1, \"run\": \"r\", "
          "\"simulated\": true, "
          "\"simulated_sign\": ",
          ", \"survey\": \"s\", \"seed\": 1, \"scheme\": \"screen\", \"q0\": 0.02, \"q1\": 0.2, \"alpha\": "
          "0.05, "
          "\"beta\": 0.05, \"k\": 2, \"n_max\": 45, \"prior_upper\": \"a\", \"prior_lower\": \"b\", "
          "\"sessions\": 2, "
          "\"lanes\": 1, \"hands\": \"sim\", \"wall\": \"\", \"boot_id\": \"\", \"host\": \"\", \"system\": "
          "\"\", "
          "\"clock\": \"virtual\", \"clock_resolution_ns\": 1, \"program\": \"nfc-survey 0.4.0\", "
          "\"readers\": [], "
          "\"files\": []" },
        { "clock",
          "- {\"resume\": 1, \"reason\": \"r\", \"wall\": \"\", \"boot_id\": \"\", \"host\": \"\", "
          "\"clock\": ",
          ", \"cut_bytes\": 0, \"program\": \"\", \"readers\": []" },
        { "resume.reason", "- {\"resume\": 1, \"reason\": ",
          ", \"wall\": \"\", \"boot_id\": \"\", \"host\": \"\", \"clock\": \"\", \"cut_bytes\": 0, "
          "\"program\": \"\", "
          "\"readers\": []" },
        { "stop.reason", "- {\"stop\": 1, \"at_us\": 0, \"wall\": \"\", \"status\": \"done\", \"reason\": ",
          ", \"placements\": 0, \"transactions\": 0, \"lines\": 0, \"sha256\": \"\"" },
        { "health.detail",
          "- {\"health\": 1, \"at_us\": 0, \"reader\": \"r\", \"event\": \"lost\", \"detail\": ", "" },
        { "back.detail",
          "- {\"health\": 1, \"at_us\": 0, \"reader\": \"r\", \"event\": \"back\", \"detail\": ", "" },
        { "placed.reason",
          "- {\"placed\": 1, \"placement\": 1, \"at_us\": 0, \"result\": \"invalid\", \"reason\": ",
          ", \"results\": []" },
#define TRANSACTION                                                                                          \
    "- {\"transaction\": 1, \"placement\": 1, \"cell\": 0, \"repeat\": 1, \"order\": 1, \"at_us\": 0, "
        { "transaction.detail", TRANSACTION "\"outcome\": \"fail\", \"causes\": [\"F10\"], \"detail\": ",
          ", \"stages\": {}, \"exchanges\": []" },
        { "excluded.detail", TRANSACTION "\"outcome\": \"invalid\", \"causes\": [\"F28\"], \"detail\": ",
          ", \"stages\": {}, \"exchanges\": []" },
        { "detect_source",
          TRANSACTION "\"outcome\": \"ok\", \"detect_source\": ", ", \"stages\": {}, \"exchanges\": []" },
        { "uid", TRANSACTION "\"outcome\": \"ok\", \"uid\": ", ", \"stages\": {}, \"exchanges\": []" },
        { "no uid",
          TRANSACTION "\"outcome\": \"ok\", \"uid\": {\"absent\": ", "}, \"stages\": {}, \"exchanges\": []" },
        { "no ats",
          TRANSACTION "\"outcome\": \"ok\", \"ats\": {\"absent\": ", "}, \"stages\": {}, \"exchanges\": []" },
    };
    struct journal_reader *reader = NULL;
    struct journal_line_info info;
    struct err e;
    size_t i = 0;
    while (strcmp(lines[i].field, field) != 0)
        i++;
    buf_clear(b);
    buf_add_format(b, "%s\"%s\"%s", lines[i].before, text, lines[i].after);
    buf_add_format(b, ", \"crc\": \"%08x\"}\n", crc32c(0, b->data + 2, b->length - 2));
    assert_int_equal(journal_reader_memory(b->data, b->length, "old", &reader, &e), 0);
    enum journal_read got = journal_reader_next(reader, r, &info, &e);
    if (got != JOURNAL_READ_RECORD || !info.canonical)
        print_message("# %s\n# %s\n", b->data, got == JOURNAL_READ_RECORD ? "is not canonical" : e.text);
    assert_int_equal(got, JOURNAL_READ_RECORD);
    assert_true(info.canonical && info.crc_ok);
    return reader;
}

static const struct said *said_of(const struct journal_record *r, const char *field)
{
    const struct journal_transaction *t = &r->as.transaction;
    if (r->kind == JOURNAL_KIND_TRANSACTION)
        return strstr(field, "uid")      ? t->uid
               : strstr(field, "ats")    ? t->ats
               : strstr(field, "detail") ? t->detail
                                         : t->detect_source;
    return r->kind == JOURNAL_KIND_START    ? r->as.start.simulated_sign
           : r->kind == JOURNAL_KIND_STOP   ? r->as.stop.reason
           : r->kind == JOURNAL_KIND_HEALTH ? r->as.health.detail
           : r->kind == JOURNAL_KIND_PLACED ? r->as.placed.reason
           : strcmp(field, "clock") == 0    ? r->as.resume.clock
                                            : r->as.resume.reason;
}

static void every_old_sentence_is_read_as_its_code(void **state)
{
    struct buf b, again;
    (void)state;
    buf_init(&b, 1u << 16);
    buf_init(&again, 1u << 16);
    for (size_t i = 0; i < OLD_COUNT; i++) {
        struct journal_record r, back;
        struct journal_reader *reader = read_with(&b, old[i].field, old[i].text, &r), *second = NULL;
        const struct said *s = said_of(&r, old[i].field);
        struct err e;
        if (!said_is(s, old[i].code))
            print_message("# not read: %s\n", old[i].text);
        assert_true(said_is(s, old[i].code));
        assert_int_equal(s->absent, strncmp(old[i].field, "no ", 3) == 0);
        assert_string_equal(said_text(s).text, old[i].english ? old[i].english : old[i].text);
        /* what version 2 writes of it is read as the same */
        buf_clear(&again);
        journal_format(&again, &r);
        assert_int_equal(journal_reader_memory(again.data, again.length, "new", &second, &e), 0);
        assert_int_equal(journal_reader_next(second, &back, NULL, &e), JOURNAL_READ_RECORD);
        assert_same_record(&r, &back);
        journal_reader_close(&second);
        journal_reader_close(&reader);
    }
    buf_free(&b);
    buf_free(&again);
}

static void every_code_of_a_journal_has_its_old_sentence(void **state)
{
    (void)state;
    for (unsigned code = SAID_WORDS + 1; code < JOURNAL_OLD_CODES_END; code++) {
        size_t i = 0;
        while (i < OLD_COUNT && old[i].code != code)
            i++;
        if (i == OLD_COUNT)
            print_message("# no old sentence of %s\n", said_name((enum said_code)code));
        assert_true(i < OLD_COUNT);
    }
}

static void what_people_and_drivers_said_stays(void **state)
{
    static const struct {
        const char *field, *text;
    } others[] = {
        { "excluded.detail", "the answer has no status word" }, /* an operator's reason of an exclusion */
        { "back.detail", "answers" },                           /* the name of a reader */
        { "transaction.detail", "the exchange broke between reader and card (SCARD_E_NOT_TRANSACTED)" },
        { "transaction.detail", "interrupted by the operator" }, /* of another field */
        { "transaction.detail", "status word 6a82: file or application not found" },
        { "transaction.detail", "three bytes of data came, 4 were expected" },
        { "placed.reason", "every cell is decided or has all its placements" },
        { "stop.reason", "the hands command `lay` failed (lay, status 1)" },
        { "resume.reason", "failed" },
        { "resume.reason", "asked: interrupted by the operator" },
        { "uid", "the reader answers 6A81 to FF CA 00" }, /* not as the reason of an absence */
        { "no uid", "random, 4 bytes" },
        { "detect_source", "poll-ms" },
        { "simulated_sign", "a reader named Virtual PCD" },
    };
    struct buf b;
    (void)state;
    buf_init(&b, 1u << 16);
    for (size_t i = 0; i < sizeof others / sizeof *others; i++) {
        struct journal_record r;
        struct journal_reader *reader = read_with(&b, others[i].field, others[i].text, &r);
        const struct said *s = said_of(&r, others[i].field);
        assert_non_null(said_own_words(s));
        assert_string_equal(said_own_words(s), others[i].text);
        journal_reader_close(&reader);
    }
    buf_free(&b);
}

static void a_resume_tells_status_and_reason_apart(void **state)
{
    static const struct {
        const char *text;
        enum stop_status stopped;
        const char *reason;
    } rows[] = {
        { "interrupted: interrupted by the operator", STOP_INTERRUPTED, "interrupted by the operator" },
        { "failed: no space left: really", STOP_FAILED, "no space left: really" },
        { "broken off without a stop record", STOP_NONE, "broken off without a stop record" },
    };
    struct buf b;
    (void)state;
    buf_init(&b, 1u << 16);
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct journal_record r;
        struct journal_reader *reader = read_with(&b, "resume.reason", rows[i].text, &r);
        assert_int_equal(r.as.resume.stopped, rows[i].stopped);
        assert_string_equal(said_text(r.as.resume.reason).text, rows[i].reason);
        journal_reader_close(&reader);
    }
    buf_free(&b);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_old_sentence_is_read_as_its_code),
        cmocka_unit_test(every_code_of_a_journal_has_its_old_sentence),
        cmocka_unit_test(what_people_and_drivers_said_stays),
        cmocka_unit_test(a_resume_tells_status_and_reason_apart),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
