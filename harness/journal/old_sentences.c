/*
 * Journals of version 1 hold English sentences where version 2 has codes. Here alone they are known, letter by
 * letter as 0.4.0 and the versions before it wrote them. A run that version 1 began goes on in version 2, so a
 * field is looked at wherever it is still a sentence; what it does not know stays what somebody said. The words
 * of a note, and what an operator gave as the reason of an exclusion (F28), are never looked at.
 */
#include "harness/journal/line.h"

#define ROW(kind, field, code, sentence)                                                                     \
    {                                                                                                        \
        JOURNAL_KIND_##kind, offsetof(struct journal_record, as.field), SAID_##code, false, sentence         \
    }
#define SIGN(code, sentence)                                                                                 \
    ROW(START, start.simulated_sign, code, sentence), ROW(HEALTH, health.detail, code, sentence)
#define END(code, sentence) ROW(STOP, stop.reason, code, sentence), ROW(RESUME, resume.reason, code, sentence)
#define ABSENT(field, code, sentence)                                                                        \
    {                                                                                                        \
        JOURNAL_KIND_TRANSACTION, offsetof(struct journal_record, as.transaction.field), SAID_##code, true,  \
            sentence                                                                                         \
    }
#define NOTHING(code, sentence) ABSENT(uid, code, sentence), ABSENT(ats, code, sentence)

/* {0} .. are the arguments. A sentence that takes in another one stands before it. */
static const struct {
    enum journal_kind kind;
    size_t offset; /* of the field in struct journal_record */
    enum said_code code;
    bool absent;
    const char *sentence;
} sentences[] = {
    SIGN(SIM_DRIVER, "the sim driver"),
    SIGN(PSEUDO_TERMINAL, "a pseudo-terminal"),
    SIGN(TESTBED_SOCKET, "a testbed socket"),
    SIGN(SERIAL_QEMU, "serial {0}, which QEMU makes"),
    SIGN(SERIAL, "serial {0}"),
    SIGN(READER_NAMED, "a reader named \"{0}\""),
    ROW(START, start.clock, VIRTUAL_CLOCK, "virtual"),
    ROW(RESUME, resume.clock, VIRTUAL_CLOCK, "virtual"),
    END(INTERRUPTED, "interrupted by the operator"),
    END(ALL_DONE, "every cell is decided or has all its placements"),
    END(SESSION_DONE,
        "session {0} is done; session {1} may begin at {2}: reboot the phones, then `run --resume`"),
    END(NO_READERS, "readers did not come back; everything else is done"),
    ROW(RESUME, resume.reason, NO_STOP, "broken off without a stop record"),
    ROW(HEALTH, health.detail, READER_GONE, "the reader or its daemon is gone"),
    ROW(HEALTH, health.detail, DEADLINE_KILLED, "a call missed its deadline and its worker was killed"),
    ROW(HEALTH, health.detail, WORKER_ENDED, "the reader's worker ended ({0})"),
    ROW(HEALTH, health.detail, ANSWERS, "answers"),
    ROW(HEALTH, health.detail, ANSWERS_AGAIN, "answers, after it was plugged in again"),
    ROW(HEALTH, health.detail, NOT_BACK, "did not come back"),
    ROW(HEALTH, health.detail, TOKEN_LABEL, "a virtual handset's token label was read"),
    ROW(PLACED, placed.reason, EXCLUDED, "excluded by the operator"),
    ROW(PLACED, placed.reason, INTERRUPTED, "interrupted by the operator"),
    ROW(PLACED, placed.reason, READER_HUNG, "the reader hung"),
    ROW(PLACED, placed.reason, READER_LOST, "the reader was lost"),
    ROW(PLACED, placed.reason, WORKER_ENDED, "the reader's worker ended ({0})"),
    ROW(PLACED, placed.reason, STOPPED, "stopped"),
    ROW(PLACED, placed.reason, STOPPED_BY_OPERATOR, "stopped by the operator"),
    ROW(PLACED, placed.reason, STOPPED_AT_ONCE, "stopped at once by the operator"),
    ROW(PLACED, placed.reason, STOPPED_UNASKED, "stopped before the reader could be asked"),
    ROW(PLACED, placed.reason, BROKEN_OFF, "broken off: the run ended without closing it"),
#define DETAIL(code, sentence) ROW(TRANSACTION, transaction.detail, code, sentence)
    DETAIL(WORKER_ENDED, "the reader's worker ended ({0})"),
    DETAIL(MISSED_READER_ANSWERS, "no answer before the deadline; the reader itself answers"),
    DETAIL(MISSED_READER_SILENT, "no answer before the deadline; the reader itself did not answer either"),
    DETAIL(MISSED_READER_SILENT, "no answer before the deadline; the reader itself does not answer either"),
    DETAIL(MISSED_PLUGGED_IN,
           "no answer before the deadline; the reader answered only when it had been plugged in again"),
    DETAIL(MISSED_UNASKED, "no answer before the deadline; the run stopped before the reader could be asked"),
    DETAIL(STATUS_WORD, "status word {0}: {1}"),
    DETAIL(NO_STATUS_WORD, "the answer has no status word"),
    DETAIL(WRONG_TOKEN_OUTSIDE, "WRONG_TARGET: token label '{0}': a card outside the phone answered"),
    DETAIL(WRONG_TOKEN, "WRONG_TARGET: token label '{0}'"),
    DETAIL(DATA_LENGTH, "{0} bytes of data came, {1} were expected"),
    DETAIL(DATA_AT_OFFSET, "{0} bytes came at offset {1}, {2} were asked for"),
    DETAIL(DATA_UNEXPECTED, "the data are not the ones expected"),
    DETAIL(DATA_BEGIN_UNEXPECTED, "the data do not begin as expected"),
    DETAIL(DATA_CHANGED, "the data differ from those of an earlier transaction of this placement"),
    DETAIL(ANSWER_TOO_SHORT, "the answer is too short for what the script reads from it"),
    DETAIL(LENGTH_OUT_OF_RANGE, "the length to be read is out of range"),
    DETAIL(COMMAND_NOT_BUILT, "the script's command cannot be built: a value is missing or too long"),
    ROW(TRANSACTION, transaction.uid, UID_RANDOM, "random, {0} bytes"),
    ROW(TRANSACTION, transaction.uid, UID_FIXED, "fixed, {0} bytes"),
    ABSENT(ats, NO_ATS_B, "type B has an ATQB and no ATS"),
    ABSENT(ats, TARGET_NOT_ASKED, "the target was not asked for one"),
    NOTHING(PLACEMENT_NOT_ASKED, "not asked for in this placement"),
    NOTHING(NO_COMMAND, "its profile names no command for it"),
    NOTHING(NOT_ACTIVATED, "not activated: {0}"),
    NOTHING(NOT_CONNECTED, "not connected: {0}"),
    NOTHING(READER_ANSWERS, "the reader answers {0} to {1}"),
    NOTHING(READER_NO_ANSWER, "the reader did not answer: {0}"),
    NOTHING(TOO_MANY_BYTES, "{0} bytes, more than any target has"),
    ROW(TRANSACTION, transaction.detect_source, SEEN_INTERRUPT, "interrupt"),
    ROW(TRANSACTION, transaction.detect_source, SEEN_POLL, "poll"),
    ROW(TRANSACTION, transaction.detect_source, SEEN_POLL_EVERY, "poll-{0}ms"),
    ROW(TRANSACTION, transaction.detect_source, SEEN_SIMULATED, "simulated"),
    ROW(TRANSACTION, transaction.detect_source, SEEN_UNKNOWN, "unknown"),
};

/* Whether the text is the sentence with something in place of each {0}: that is added to out, in the order of their
 * numbers, which is the order of the text. */
static bool is_of(const char *sentence, const char *text, struct said *out)
{
    size_t literal = strcspn(sentence, "{");
    if (strncmp(sentence, text, literal) != 0)
        return false;
    sentence += literal;
    text += literal;
    while (*sentence) {
        sentence += strlen("{0}");
        literal = strcspn(sentence, "{");
        const char *end = literal ? memmem(text, strlen(text), sentence, literal) : text + strlen(text);
        if (!end || !said_add(out, text, (size_t)(end - text)))
            return false;
        text = end + literal;
        sentence += literal;
    }
    return *text == '\0' && said_is_valid(out);
}

static bool code_of(enum journal_kind kind, size_t offset, const struct said *words, struct said *out)
{
    const char *text = said_own_words(words);
    for (size_t i = 0; i < sizeof sentences / sizeof *sentences; i++) {
        if (sentences[i].kind != kind || sentences[i].offset != offset ||
            sentences[i].absent != words->absent)
            continue;
        *out = said_alone(sentences[i].code);
        out->absent = words->absent;
        if (is_of(sentences[i].sentence, text, out))
            return true;
    }
    return false;
}

/* "interrupted: interrupted by the operator": the stop record's status and reason. */
static void take_resume(struct journal_resume *r, struct arena *a)
{
    const char *words = said_own_words(r->reason), *colon = words ? strstr(words, ": ") : NULL;
    enum stop_status status = colon ? stop_status_of_name(words, (size_t)(colon - words)) : STOP_NONE;
    struct said *reason = status != STOP_NONE && r->stopped == STOP_NONE ? arena_said(a) : NULL;
    if (!reason)
        return;
    *reason = said_words(colon + strlen(": "));
    r->stopped = status;
    r->reason = reason;
}

/* A driver or a person said it, whatever it reads like. */
static bool is_somebodys(const struct journal_record *r, size_t offset)
{
    return (r->kind == JOURNAL_KIND_TRANSACTION && (r->as.transaction.causes & CAUSE(28)) &&
            offset == offsetof(struct journal_record, as.transaction.detail)) ||
           (r->kind == JOURNAL_KIND_HEALTH && r->as.health.event == HEALTH_BACK);
}

void journal_take_old_sentences(struct journal_record *r, struct arena *a)
{
    size_t count;
    const struct journal_field *fields = journal_fields(r->kind, &count);
    if (r->kind == JOURNAL_KIND_RESUME)
        take_resume(&r->as.resume, a);
    for (size_t i = 0; i < count; i++) {
        const struct said **field = (const struct said **)(void *)((char *)r + fields[i].offset);
        struct said made, *kept;
        if (fields[i].type != JOURNAL_TYPE_SAID || !said_is(*field, SAID_WORDS) ||
            is_somebodys(r, fields[i].offset) || !code_of(r->kind, fields[i].offset, *field, &made))
            continue;
        kept = arena_said(a);
        if (kept) {
            *kept = made;
            *field = kept;
        }
    }
}
