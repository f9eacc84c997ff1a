#include "harness/commands/doctor_text.h"

#include "harness/base/text.h"
#include "harness/commands/message.h"

#include <string.h>

static const enum word severity_words[DOCTOR_SEVERITY_COUNT] = {
    [DOCTOR_OK] = WORD_CMD_DOCTOR_OK,
    [DOCTOR_ADVICE] = WORD_CMD_DOCTOR_ADVICE,
    [DOCTOR_SPOILS] = WORD_CMD_DOCTOR_SPOILS,
    [DOCTOR_STOPS] = WORD_CMD_DOCTOR_STOPS,
};

static enum message_style style_of(enum doctor_severity s)
{
    return s == DOCTOR_OK ? MESSAGE_GOOD : s == DOCTOR_ADVICE ? MESSAGE_PLAIN : MESSAGE_BAD;
}

static void print_fix(const char *fix, const struct speech *to)
{
    for (const char *at = fix; *at;) {
        size_t length = strcspn(at, "\n");
        char line[sizeof((struct doctor_finding *)NULL)->fix];
        snprintf(line, sizeof line, "%.*s", (int)length, at);
        fputs("    $ ", to->to);
        text_put_safe(to->to, line);
        putc('\n', to->to);
        at += length + (at[length] == '\n');
    }
}

static void print_finding(const struct doctor_finding *f, const struct speech *to)
{
    struct buf said;
    buf_init(&said, 1 << 16);
    phrase_add_said(&said, &f->said, to->language);
    fputs(message_style(to->to, style_of(f->severity)), to->to);
    speech_say(to, severity_words[f->severity], NULL);
    fputs(message_style(to->to, MESSAGE_PLAIN), to->to);
    fprintf(to->to, "  %s: ", doctor_check_name(f->check));
    if (f->subject[0]) {
        text_put_safe(to->to, f->subject);
        fputs(": ", to->to);
    }
    text_put_safe(to->to, buf_text(&said));
    putc('\n', to->to);
    print_fix(f->fix, to);
    buf_free(&said);
}

static size_t count_of(const struct doctor_findings *f, enum doctor_severity s)
{
    size_t count = 0;
    for (size_t i = 0; i < f->count; i++)
        count += f->items[i].severity == s;
    return count;
}

static void print_from(const struct doctor_findings *f, enum doctor_severity least, const struct speech *to)
{
    for (unsigned s = DOCTOR_SEVERITY_COUNT; s-- > (unsigned)least;) {
        for (size_t i = 0; i < f->count; i++) {
            if (f->items[i].severity == (enum doctor_severity)s)
                print_finding(&f->items[i], to);
        }
    }
}

void doctor_warn(const struct doctor_findings *f, const struct speech *to)
{
    print_from(f, DOCTOR_SPOILS, to);
}

void doctor_text(const struct doctor_findings *f, bool all, const struct speech *to)
{
    print_from(f, all ? DOCTOR_OK : DOCTOR_ADVICE, to);
    speech_line(to, WORD_CMD_DOCTOR_COUNTS, SPEECH_NUMBER(count_of(f, DOCTOR_STOPS)),
                SPEECH_NUMBER(count_of(f, DOCTOR_SPOILS)), SPEECH_NUMBER(count_of(f, DOCTOR_ADVICE)),
                SPEECH_NUMBER(count_of(f, DOCTOR_OK)), NULL);
}

static void add_member(struct buf *b, const char *name, const char *value)
{
    buf_add_format(b, "\"%s\": ", name);
    text_add_json(b, value, strlen(value));
    buf_add_text(b, ", ");
}

static void add_said(struct buf *b, const struct said *s, enum language language)
{
    struct buf text;
    bool code = said_own_words(s) == NULL;
    add_member(b, "code", code ? said_name((enum said_code)s->code) : "");
    buf_add_text(b, "\"arguments\": [");
    for (unsigned i = 0; code && i < s->count; i++) {
        if (i > 0)
            buf_add_text(b, ", ");
        text_add_json(b, said_argument(s, i), strlen(said_argument(s, i)));
    }
    buf_add_text(b, "], ");
    buf_init(&text, 1 << 16);
    phrase_add_said(&text, s, language);
    add_member(b, "text", buf_text(&text));
    buf_free(&text);
}

void doctor_json(const struct doctor_findings *f, const struct speech *to)
{
    struct buf b;
    buf_init(&b, 1 << 20);
    for (size_t i = 0; i < f->count; i++) {
        const struct doctor_finding *one = &f->items[i];
        buf_clear(&b);
        buf_add_char(&b, '{');
        add_member(&b, "check", doctor_check_name(one->check));
        add_member(&b, "severity", doctor_severity_name(one->severity));
        add_member(&b, "subject", one->subject);
        add_said(&b, &one->said, to->language);
        buf_add_text(&b, "\"fix\": ");
        text_add_json(&b, one->fix, strlen(one->fix));
        fprintf(to->to, "%s}\n", buf_text(&b));
    }
    buf_free(&b);
}
