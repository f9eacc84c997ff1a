#include "harness/commands/run_faces.h"

#include "harness/commands/message.h"
#include "harness/faces/screen.h"

#include <string.h>
#include <unistd.h>

static int open_page(struct run_faces *f, const struct options *o, const struct speech *speech)
{
    struct err e = { 0 };
    const struct web_options how = { .address = options_text(o, "station"),
                                     .certificate = options_text(o, "tls-cert"),
                                     .key = options_text(o, "tls-key"),
                                     .sound = !options_has(o, "no-sound"),
                                     .language = speech->language };
    if ((how.certificate != NULL) != (how.key != NULL))
        return options_usage(o, "--tls-cert and --tls-key go together");
    if (how.certificate && !options_has(o, "station"))
        return options_usage(o, "--tls-cert and --tls-key are of the page: they need --station");
    if (!options_has(o, "station"))
        return 0;
    if (web_open(&how, &f->web, &f->faces[f->count], &e) != 0)
        return message_error(&e);
    f->count++;
    struct phrase note = PHRASE_FILL(WORD_FACE_OFFER, speech->language, web_url(f->web));
    memcpy(f->note, note.text, sizeof f->note);
    message_note("%s", f->note);
    return 0;
}

/* Why there is no screen, if anybody may wonder. */
static enum word unfit(const struct options *o, bool person)
{
    if (!person || options_has(o, "plain"))
        return WORD_COUNT;
    return screen_unfit();
}

static int open_screen(struct run_faces *f, const struct options *o, const struct speech *speech)
{
    struct err e = { 0 };
    const struct screen_options how = { .language = speech->language,
                                        .sound = !options_has(o, "no-sound"),
                                        .note = f->note[0] ? f->note : NULL };
    if (screen_open(&how, &f->faces[f->count], &e) != 0)
        return message_error(&e);
    f->has_screen = true;
    f->count++;
    return 0;
}

int run_faces_open(struct run_faces *f, const struct survey *s, const struct options *o,
                   const struct speech *speech)
{
    struct err e = { 0 };
    bool person = s->hands == HANDS_PERSON, typing = isatty(STDIN_FILENO) == 1;
    *f = (struct run_faces) { .count = 0 };
    int status = open_page(f, o, speech);
    if (status != 0)
        return status;
    if (person && !typing && !f->web) {
        err_set(
            &e, ERR_ENVIRONMENT, "hands",
            "a person lays the phones in this survey, but there is no terminal to ask at: `run --station` "
            "asks in a browser");
        return message_error(&e);
    }
    enum word why = unfit(o, person);
    if (why == WORD_NONE)
        return open_screen(f, o, speech);
    if (why != WORD_COUNT) {
        struct phrase reason =
            PHRASE_FILL(why, speech->language, SPEECH_NUMBER(SCREEN_COLUMNS), SPEECH_NUMBER(SCREEN_ROWS));
        speech_note(speech, WORD_FACE_PLAIN_BECAUSE, reason.text, NULL);
    }
    lines_open(&f->lines, speech, person && typing, &f->faces[f->count++]);
    f->has_lines = true;
    return 0;
}

void run_faces_close(struct run_faces *f)
{
    if (f->has_lines)
        lines_clear(&f->lines);
    if (f->has_screen)
        screen_close();
    web_close(&f->web);
    *f = (struct run_faces) { .count = 0 };
}
