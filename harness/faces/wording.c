#include "harness/faces/wording.h"

#include "harness/base/text.h"
#include "harness/base/text_key.h"
#include "reports/words/enums.h"
#include "reports/words/numbers.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#define NAME_COLUMNS 32 /* of a tag in a sentence; whole it stands among the particulars */

static const struct wording_choice choices[] = {
    { CHOICE_GO, "\r", WORD_FACE_GO_ON, WORD_FACE_GO_ON },
    { CHOICE_YES, "y", WORD_FACE_YES, WORD_FACE_MEANS_YES },
    { CHOICE_NO, "n", WORD_FACE_NO, WORD_FACE_MEANS_NO },
    { CHOICE_TAG, "", WORD_FACE_TAG, WORD_FACE_TAG },
    { CHOICE_SLIP, "x", WORD_FACE_SLIP, WORD_FACE_MEANS_SLIP },
    { CHOICE_LATER, "l", WORD_FACE_LATER, WORD_FACE_MEANS_LATER },
    { CHOICE_WITHDRAW, "w", WORD_FACE_WITHDRAW, WORD_FACE_MEANS_WITHDRAW },
    { CHOICE_NOTE, "n", WORD_FACE_NOTE, WORD_FACE_NOTE },
    { CHOICE_PAUSE, "p", WORD_FACE_PAUSE, WORD_FACE_PAUSE },
    { CHOICE_HELP, "?", WORD_FACE_HELP, WORD_FACE_HELP },
    { CHOICE_QUIT, "q", WORD_FACE_QUIT, WORD_FACE_MEANS_QUIT },
};
#define CHOICES (sizeof choices / sizeof *choices)

const struct wording_choice *wording_choice(enum choice choice)
{
    for (size_t i = 0; i < CHOICES; i++) {
        if (choices[i].choice == choice)
            return &choices[i];
    }
    return NULL;
}

/* Where a yes or no is asked for, `n` is the no. */
const char *wording_key(const struct wording_choice *k, uint32_t offered)
{
    return k->choice == CHOICE_NOTE && offered & CHOICE_BIT(CHOICE_NO) ? "note" : k->key;
}

enum word wording_go(enum question what)
{
    if (what == QUESTION_OPERATOR)
        return WORD_FACE_GO_OPERATOR;
    return what == QUESTION_LAY || what == QUESTION_REFERENCE ? WORD_FACE_GO_LAY
           : what == QUESTION_LIFT                            ? WORD_FACE_GO_LIFT
                                                              : WORD_FACE_GO_ON;
}

enum word wording_tag(enum question what)
{
    return what == QUESTION_OPERATOR ? WORD_FACE_NAME : WORD_FACE_TAG;
}

bool wording_needs_text(enum choice choice)
{
    return choice == CHOICE_SLIP || choice == CHOICE_WITHDRAW || choice == CHOICE_NOTE ||
           choice == CHOICE_TAG;
}

enum word wording_lacks(enum choice choice)
{
    return choice == CHOICE_NOTE ? WORD_FACE_NEEDS_TEXT : WORD_FACE_NEEDS_WHY;
}

/* ---- what was typed ---- */

static bool is_blank(uint32_t code)
{
    return code == ' ' || code == '\t' || code == 0x3000 || code == 0xa0;
}

static const char *skip_blanks(const char *text)
{
    uint32_t code;
    size_t n;
    while ((n = text_character(text, strlen(text), &code)) > 0 && is_blank(code))
        text += n;
    return text;
}

/* The first word as a person means it, and what is behind it. */
static const char *first_word(const char *line, char key[TEXT_KEY_CAPACITY])
{
    char word[TEXT_KEY_BYTES_MAX];
    const char *from = skip_blanks(line), *to = from;
    uint32_t code;
    size_t n;
    while ((n = text_character(to, strlen(to), &code)) > 0 && !is_blank(code))
        to += n;
    size_t length = (size_t)(to - from);
    key[0] = '\0';
    if (length > 0 && length < sizeof word) {
        memcpy(word, from, length);
        word[length] = '\0';
        (void)text_key(word, key);
    }
    return skip_blanks(to);
}

bool wording_is_key(const char *line)
{
    char key[TEXT_KEY_CAPACITY];
    if (*first_word(line, key))
        return false;
    for (size_t i = 0; i < CHOICES; i++) {
        if (key[0] && strcmp(key, choices[i].key) == 0)
            return true;
    }
    return false;
}

static void copy_trimmed(char text[STATION_WORDS_MAX], const char *from)
{
    text_fit(text, STATION_WORDS_MAX, from);
    for (size_t n = strlen(text); n > 0 && (text[n - 1] == ' ' || text[n - 1] == '\t'); n--)
        text[n - 1] = '\0';
}

enum choice wording_said(const struct station_question *q, const char *line, char text[STATION_WORDS_MAX])
{
    char key[TEXT_KEY_CAPACITY];
    const char *whole = skip_blanks(line), *rest = first_word(line, key);
    text[0] = '\0';
    if (!*whole)
        return q->choices & CHOICE_BIT(CHOICE_GO) ? CHOICE_GO : CHOICE_NONE;
    for (size_t i = 0; i < CHOICES; i++) {
        bool offered = (q->choices & CHOICE_BIT(choices[i].choice)) != 0 && key[0];
        if (!offered || strcmp(key, wording_key(&choices[i], q->choices)) != 0)
            continue;
        if (choices[i].choice == CHOICE_NO && *rest)
            return CHOICE_NONE; /* perhaps a note, which is no answer */
        copy_trimmed(text, rest);
        return choices[i].choice;
    }
    if (!(q->choices & CHOICE_BIT(CHOICE_TAG)))
        return CHOICE_NONE;
    copy_trimmed(text, whole);
    return CHOICE_TAG;
}

/* ---- what is asked ---- */

/* A tag of somebody's, so short that what is said of it has room beside it. */
static struct phrase short_name(const char *name)
{
    struct phrase l;
    text_abridge_middle(l.text, sizeof l.text, NAME_COLUMNS, name);
    return l;
}

/* What the program says; where that is tags, they are so short. What readers and libraries say stays whole. */
static const char *said_shortly(const struct said *s, enum language language, struct phrase *hold)
{
    struct said brief = said_alone((enum said_code)s->code);
    if (!said_is(s, SAID_TAG_IS_NOT) && !said_is(s, SAID_LOOKS_LIKE))
        return phrase_said(s, language, hold);
    for (unsigned i = 0; i < s->count; i++) {
        const struct phrase name = short_name(said_argument(s, i));
        (void)said_add(&brief, name.text, strlen(name.text));
    }
    return phrase_said(&brief, language, hold);
}

static struct phrase reader_name(const struct survey_reader *r, enum language language)
{
    return r->place ? PHRASE_FILL(WORD_FACE_PLACE, language, r->unit, r->place) : phrase_cut(r->unit);
}

struct phrase wording_reader(const struct station_view *v, enum language language)
{
    return reader_name(&v->survey->readers[v->placement.reader], language);
}

struct phrase wording_position(const struct survey_condition *c, enum language language)
{
    char x[32], y[32], z[32];
    const char *name = c->position ? c->position : word_text(WORD_POSITION_CENTRE, language);
    if (c->x_mm == 0 && c->y_mm == 0 && c->z_mm == 0)
        return phrase_cut(name);
    snprintf(x, sizeof x, "%+.0f", c->x_mm);
    snprintf(y, sizeof y, "%+.0f", c->y_mm);
    snprintf(z, sizeof z, "%.0f", c->z_mm);
    return PHRASE_FILL(WORD_FACE_AT_MM, language, name, x, y, z);
}

static enum word question_word(const struct station_view *v)
{
    static const enum word words[QUESTION_COUNT] = {
        [QUESTION_OPERATOR] = WORD_FACE_ASK_OPERATOR,
        [QUESTION_TAG] = WORD_FACE_ASK_TAG,
        [QUESTION_LAY] = WORD_CMD_LAY,
        [QUESTION_SEEKING] = WORD_FACE_ASK_SEEKING,
        [QUESTION_WAITING] = WORD_FACE_ASK_WAITING,
        [QUESTION_MEASURING] = WORD_FACE_ASK_MEASURING,
        [QUESTION_NOTHING_SEEN] = WORD_FACE_ASK_NOTHING_SEEN,
        [QUESTION_ELSEWHERE] = WORD_FACE_ASK_ELSEWHERE,
        [QUESTION_LOST] = WORD_FACE_ASK_LOST,
        [QUESTION_STRANGER] = WORD_FACE_ASK_STRANGER,
        [QUESTION_LIFT] = WORD_CMD_LIFT_PLAIN,
        [QUESTION_CLEAR] = WORD_FACE_ASK_CLEAR,
        [QUESTION_PAUSED] = WORD_FACE_ASK_PAUSED,
        [QUESTION_REFERENCE] = WORD_FACE_ASK_REFERENCE,
    };
    if (v->question.what == QUESTION_TAG && v->survey->identity == IDENTITY_CONFIRM)
        return WORD_FACE_ASK_CONFIRM;
    return words[v->question.what];
}

struct phrase wording_question(const struct station_view *v, enum language language)
{
    struct phrase hold;
    if (v->question.id == 0)
        return phrase_cut("");
    const struct survey *s = v->survey;
    const struct survey_pair *pair = &s->pairs[v->placement.pair];
    return PHRASE_FILL(question_word(v), language, wording_reader(v, language).text,
                       short_name(pair->unit).text,
                       wording_position(&s->conditions[v->placement.condition], language).text,
                       said_shortly(&v->question.detail, language, &hold));
}

static enum word how_word(enum power_mode mode)
{
    static const enum word words[POWER_COUNT] = {
        [POWER_ON_UNLOCKED] = WORD_FACE_HOW_ON_UNLOCKED,
        [POWER_ON_LOCKED] = WORD_FACE_HOW_ON_LOCKED,
        [POWER_SCREEN_OFF] = WORD_FACE_HOW_SCREEN_OFF,
        [POWER_BATTERY_LOW] = WORD_FACE_HOW_BATTERY_LOW,
        [POWER_OFF] = WORD_FACE_HOW_OFF,
    };
    return words[mode];
}

size_t wording_changes(const struct station_view *v, enum language language,
                       struct phrase out[WORDING_CHANGES_MAX])
{
    const struct survey *s = v->survey;
    const struct plan_placement *p = &v->placement;
    const struct survey_condition *c = &s->conditions[p->condition];
    size_t n = 0;
    if (v->changed & CHANGED_HANDSET)
        out[n++] = PHRASE_FILL(WORD_FACE_CHANGED_HANDSET, language, short_name(s->pairs[p->pair].unit).text);
    if (v->changed & CHANGED_SIM)
        out[n++] = PHRASE_FILL(WORD_FACE_CHANGED_SIM, language, s->sims[s->pairs[p->pair].sim].id);
    if (v->changed & CHANGED_CASE)
        out[n++] = PHRASE_FILL(WORD_FACE_CHANGED_CASE, language, c->handset_case ? c->handset_case : "none");
    if (v->changed & (CHANGED_MODE | CHANGED_HANDSET))
        out[n++] =
            PHRASE_FILL(WORD_FACE_CHANGED_MODE, language, word_text(how_word(c->power_mode), language));
    if (v->changed & CHANGED_READER)
        out[n++] = PHRASE_FILL(WORD_FACE_CHANGED_READER, language, wording_reader(v, language).text);
    if (v->changed & CHANGED_POSITION)
        out[n++] = PHRASE_FILL(WORD_FACE_CHANGED_POSITION, language, wording_position(c, language).text);
    return n;
}

/* ---- what is said of the work ---- */

enum word wording_result(enum placement_result result)
{
    static const enum word words[PLACEMENT_COUNT] = { [PLACEMENT_CLEAN] = WORD_CMD_CLEAN,
                                                      [PLACEMENT_DIRTY] = WORD_CMD_DIRTY,
                                                      [PLACEMENT_INVALID] = WORD_OUTCOME_INVALID,
                                                      [PLACEMENT_ABORTED] = WORD_CMD_ABORTED };
    return words[result];
}

/* The stage and the cause, where there is one; else what the library said. */
static struct phrase failure(const struct station_failure *f, enum language language)
{
    const char *stage = word_text(word_stage(f->stage), language);
    for (unsigned n = 1; n <= CAUSE_COUNT; n++) {
        if (f->causes == CAUSE(n))
            return PHRASE_FILL(WORD_FACE_FAILED, language, stage, word_cause(n, language));
    }
    return f->native[0] ? PHRASE_FILL(WORD_FACE_FAILED, language, stage, f->native) : phrase_cut(stage);
}

struct phrase wording_why(const struct station_view *v, enum language language)
{
    struct phrase hold;
    if (!said_nothing(&v->last.reason))
        return phrase_cut(phrase_said(&v->last.reason, language, &hold));
    return v->last.failure.stage != STAGE_NONE ? failure(&v->last.failure, language) : phrase_cut("");
}

struct phrase wording_span(double seconds, enum language language)
{
    unsigned long s = (unsigned long)(seconds + 0.5);
    unsigned long whole = s >= 3600 ? s / 3600 : s / 60, rest = s >= 3600 ? s / 60 % 60 : s % 60;
    char first[24], second[24];
    snprintf(first, sizeof first, "%lu", s >= 60 ? whole : s);
    snprintf(second, sizeof second, "%02lu", rest);
    if (seconds < 0)
        return phrase_cut("?");
    return PHRASE_FILL(s >= 3600 ? WORD_CMD_H_MIN
                       : s >= 60 ? WORD_CMD_MIN_S
                                 : WORD_SECONDS,
                       language, first, second);
}

static struct phrase host_notice(const struct station_notice *n, enum language language)
{
    static const enum word words[HOST_COUNT] = {
        [HOST_CLOCK_SET] = WORD_CMD_CLOCK_SET_AHEAD,
        [HOST_STARVED] = WORD_CMD_HOST_STARVED,
        [HOST_STOPPED] = WORD_CMD_HOST_STOPPED,
        [HOST_SLEPT] = WORD_CMD_HOST_SLEPT,
    };
    enum word word = words[n->host];
    if (n->host == HOST_CLOCK_SET && n->seconds < 0)
        word = WORD_CMD_CLOCK_SET_BACK;
    if (n->reader)
        word = WORD_CMD_WORKER_WAS_STOPPED;
    return PHRASE_FILL(word, language, wording_span(fabs(n->seconds), language).text,
                       n->reader ? n->reader : "");
}

/* What to do about a reader that is out of service. */
static enum word fix_word(enum health_event event)
{
    switch (event) {
    case HEALTH_LOST:
    case HEALTH_ASIDE:
        return WORD_FACE_FIX_LOST;
    case HEALTH_QUARANTINED:
        return WORD_FACE_FIX_QUARANTINED;
    case HEALTH_HELD:
        return WORD_FACE_FIX_HELD;
    default:
        return WORD_NONE;
    }
}

struct phrase wording_notice(const struct station_notice *n, enum language language)
{
    static const enum word words[NOTICE_COUNT] = {
        [NOTICE_STOPPING] = WORD_CMD_STOPPING,
        [NOTICE_STOPPING_AT_ONCE] = WORD_CMD_STOPPING_AT_ONCE,
        [NOTICE_STILL_SEES] = WORD_CMD_STILL_SEES,
        [NOTICE_OUT_OF_SERVICE] = WORD_CMD_OUT_OF_SERVICE,
        [NOTICE_IN_SERVICE] = WORD_CMD_IN_SERVICE,
        [NOTICE_DROPPED] = WORD_CMD_DROPPED,
        [NOTICE_NOTHING_COUNTED] = WORD_CMD_NOTHING_COUNTED,
        [NOTICE_WITHDRAWN_BEFORE] = WORD_CMD_WITHDRAWN_BEFORE,
        [NOTICE_WITHDRAWN] = WORD_CMD_WITHDRAWN,
        [NOTICE_STILL_HELD] = WORD_CMD_STILL_HELD,
        [NOTICE_REPLACED] = WORD_CMD_UNIT_REPLACED,
        [NOTICE_NOT_TAKEN] = WORD_FACE_NOT_TAKEN,
        [NOTICE_ELSEWHERE] = WORD_FACE_ELSEWHERE,
        [NOTICE_WRONG_TAG] = WORD_FACE_WRONG_TAG,
        [NOTICE_NOT_IN_HAND] = WORD_FACE_NOT_IN_HAND,
        [NOTICE_STRANGER] = WORD_FACE_STRANGER,
        [NOTICE_PUT_OFF_HERE] = WORD_FACE_PUT_OFF_HERE,
        [NOTICE_PUT_OFF] = WORD_FACE_PUT_OFF,
    };
    struct phrase hold;
    const char *detail = said_shortly(&n->detail, language, &hold);
    if (n->what == NOTICE_HOST)
        return host_notice(n, language);
    bool named = n->what == NOTICE_NOT_IN_HAND || n->what == NOTICE_PUT_OFF || n->what == NOTICE_PUT_OFF_HERE;
    if (named)
        detail = (hold = short_name(detail)).text;
    const char *about = n->reader ? n->reader : n->placement ? number_name(n->placement).text : detail;
    struct phrase text =
        PHRASE_FILL(words[n->what], language, about, word_text(word_health(n->event), language), detail);
    enum word fix = n->what == NOTICE_OUT_OF_SERVICE ? fix_word(n->event) : WORD_NONE;
    size_t length = strlen(text.text);
    if (fix != WORD_NONE)
        snprintf(text.text + length, sizeof text.text - length, "%s", word_text(fix, language));
    return text;
}
