#include "harness/faces/board.h"

#include "harness/base/text.h"
#include "reports/words/enums.h"
#include "reports/words/numbers.h"
#include "reports/words/speech.h"

#include <stdio.h>
#include <string.h>

const char *board_tone_name(enum board_tone tone)
{
    static const char *const names[] = { "", "good", "bad", "doubtful" };
    return names[tone];
}

/* Nothing in it moves a cursor or turns the text beside it. */
static struct phrase safe(const char *text)
{
    struct buf b;
    buf_init(&b, 1u << 14);
    text_add_safe(&b, text);
    struct phrase made = phrase_cut(buf_text(&b));
    buf_free(&b);
    return made;
}

static struct phrase safe_phrase(struct phrase text)
{
    return safe(text.text);
}

static struct phrase number(uint64_t value)
{
    return number_count(value);
}

/* ---- the placement ---- */

static void add_fact(struct board *b, enum word label, const char *text)
{
    b->facts[b->fact_count++] = (struct board_pair) { word_text(label, b->language), safe(text) };
}

static void make_placement(struct board *b, const struct station_view *v)
{
    const struct survey *s = v->survey;
    const struct plan_placement *p = &v->placement;
    const struct speech speech = { .language = b->language };
    if (!v->placing || p->reader >= s->reader_count || p->condition >= s->condition_count)
        return;
    const struct survey_condition *c = &s->conditions[p->condition];
    struct phrase changes[WORDING_CHANGES_MAX];
    char model[160], pair[160], reader[PHRASE_BYTES + 170];
    b->placing = true;
    b->change_count = wording_changes(v, b->language, changes);
    for (size_t i = 0; i < b->change_count; i++)
        b->changes[i] = safe_phrase(changes[i]);
    survey_reader_label(s, p->reader, model, sizeof model);
    survey_pair_label(s, p->pair, pair, sizeof pair);
    snprintf(reader, sizeof reader, "%s  (%s)", wording_reader(v, b->language).text, model);
    add_fact(b, WORD_CMD_L_HANDSET, pair);
    add_fact(b, WORD_CMD_L_READER, reader);
    add_fact(b, WORD_CMD_L_POWER, speech_power(&speech, c->power_mode));
    add_fact(b, WORD_CMD_L_POSITION, wording_position(c, b->language).text);
    if (c->handset_case && strcmp(c->handset_case, "none") != 0)
        add_fact(b, WORD_CMD_L_CASE, c->handset_case);
    b->drawing = drawing_of(c);
    b->measured = v->measured;
    b->to_measure = v->to_measure;
    if (v->question.what == QUESTION_MEASURING && v->to_measure > 0)
        b->measuring = PHRASE_FILL(WORD_FACE_MEASURED, b->language, number(v->measured).text,
                                   number(v->to_measure).text);
}

/* ---- the last result ---- */

static enum board_tone tone_of(enum placement_result result)
{
    static const enum board_tone tones[PLACEMENT_COUNT] = { [PLACEMENT_CLEAN] = TONE_GOOD,
                                                            [PLACEMENT_DIRTY] = TONE_BAD,
                                                            [PLACEMENT_INVALID] = TONE_DOUBTFUL,
                                                            [PLACEMENT_ABORTED] = TONE_DOUBTFUL };
    return tones[result];
}

static void make_last(struct board *b, const struct station_view *v)
{
    b->last.placement = v->last.placement;
    if (v->last.placement == 0)
        return;
    b->last.tone = tone_of(v->last.result);
    b->last.text = PHRASE_FILL(WORD_CMD_RESULT, b->language, number_name(v->last.placement).text,
                               word_text(wording_result(v->last.result), b->language));
    b->last.why = safe_phrase(wording_why(v, b->language));
}

/* ---- the work ---- */

static void make_notices(struct board *b, const struct station_view *v)
{
    b->notice_count = v->notice_count;
    for (uint64_t i = 0; i < v->notice_count && i < STATION_NOTICES; i++) {
        const struct station_notice *n = &v->notices[(v->notice_count - 1 - i) % STATION_NOTICES];
        b->notices[b->notices_held++] = safe_phrase(wording_notice(n, b->language));
    }
}

static void remember(struct board *b, const struct station_view *v, struct board_memory *m)
{
    bool asked = v->question.id != m->question;
    if (asked) {
        m->fresh_from = m->notices_at_question;
        m->notices_at_question = v->notice_count;
        m->question = v->question.id;
    }
    uint64_t fresh = v->notice_count - m->fresh_from;
    b->notices_fresh = fresh < b->notices_held ? (size_t)fresh : b->notices_held;
    if (v->last.placement != m->last)
        b->sound = b->last.tone == TONE_GOOD ? SOUND_RESULT : SOUND_FAILURE;
    else if (asked && b->waits_for_person)
        b->sound = SOUND_TURN;
    m->last = v->last.placement;
}

static void make_aside(struct board *b, const struct station_view *v)
{
    char names[PHRASE_BYTES] = "";
    size_t used = 0;
    for (size_t i = 0; i < v->survey->reader_count; i++) {
        if (v->unavailable & 1u << i && used < sizeof names)
            used += (size_t)snprintf(names + used, sizeof names - used, "%s%s", used ? ", " : "",
                                     v->survey->readers[i].unit);
    }
    if (used > 0)
        b->aside = safe_phrase(PHRASE_FILL(WORD_FACE_ASIDE, b->language, names));
}

static void make_figures(struct board *b, const struct station_view *v)
{
    const struct station_progress *p = &v->progress;
    const struct speech speech = { .language = b->language };
    enum language language = b->language;
    const struct {
        enum word label;
        struct phrase text;
    } figures[BOARD_FIGURES] = {
        { WORD_FACE_DONE_NOW, number(p->placements_now) },
        { WORD_FACE_COUNTED, number(p->counted) },
        { WORD_FACE_LEFT, number(p->placements_left) },
        { WORD_FACE_TIME, wording_span(p->elapsed_s, language) },
        { WORD_FACE_TIME_LEFT, wording_span(p->left_s, language) },
        { WORD_FACE_DECIDED,
          PHRASE_FILL(WORD_FACE_OF, language, number(p->decided).text, number(p->cells).text) },
    };
    for (size_t i = 0; i < BOARD_FIGURES; i++)
        b->figures[i] = (struct board_pair) { word_text(figures[i].label, language), figures[i].text };
    for (enum verdict w = VERDICT_UNDECIDED; w < VERDICT_COUNT; w++) {
        if (p->verdicts[w] > 0)
            b->verdicts[b->verdict_count++] =
                (struct board_pair) { speech_verdict(&speech, w), number(p->verdicts[w]) };
    }
    b->session = PHRASE_FILL(WORD_FACE_SESSION, language, number(p->session).text, number(p->sessions).text);
}

/* ---- what may be said ---- */

static void add_choice(struct board *b, const struct wording_choice *k, enum word name, const char *text)
{
    bool go = k->choice == CHOICE_GO;
    char key[32];
    snprintf(key, sizeof key, "%s%s%s", wording_key(k, b->question.choices), text[0] ? " " : "", text);
    enum word means = go || text[0] ? name : k->means;
    b->choices[b->choice_count++] = (struct board_choice) {
        .choice = k->choice,
        .text = text,
        .key = phrase_cut(go ? word_text(WORD_FACE_KEY_ENTER, b->language) : key),
        .name = phrase_cut(word_text(name, b->language)),
        .means = phrase_cut(word_text(means, b->language)),
        .needs_text = wording_needs_text(k->choice),
    };
}

static void make_choices(struct board *b, const struct station_view *v)
{
    const struct station_question *q = &v->question;
    for (enum choice c = CHOICE_GO; c < CHOICE_COUNT; c++) {
        const struct wording_choice *k = wording_choice(c);
        if (!k || !(q->choices & CHOICE_BIT(c)))
            continue;
        add_choice(b, k, c == CHOICE_GO ? wording_go(q->what) : k->name, "");
        if (c == CHOICE_LATER && v->progress.session < v->progress.sessions)
            add_choice(b, k, WORD_FACE_LATER_NEXT, "next");
    }
}

/* In large words; a placement's is whole in itself. */
static struct phrase order(const struct station_view *v, enum language language)
{
    if (v->ended)
        return phrase_cut(word_text(WORD_FACE_ENDED, language));
    if (v->progress.waits)
        return phrase_cut(word_text(WORD_CMD_WAITS, language));
    if (v->question.what == QUESTION_LAY && said_nothing(&v->question.detail))
        return PHRASE_FILL(WORD_FACE_LAY, language, v->survey->pairs[v->placement.pair].unit,
                           wording_reader(v, language).text);
    if (v->question.what == QUESTION_LIFT && said_nothing(&v->question.detail))
        return PHRASE_FILL(WORD_FACE_LIFT, language, v->survey->pairs[v->placement.pair].unit,
                           wording_reader(v, language).text);
    return wording_question(v, language);
}

void board_make(struct board *b, const struct station_view *v, enum language language,
                struct board_memory *memory)
{
    const struct survey *s = v->survey;
    const char *title = phrase_choose(s->title, s->title_ja, language);
    *b = (struct board) { .language = language, .number = v->number, .ended = v->ended };
    b->question = v->question;
    b->waits_for_person = v->question.id != 0 && v->question.what != QUESTION_MEASURING;
    b->title = safe(title ? title : s->id);
    if (s->simulated)
        b->title =
            PHRASE_FILL(WORD_CMD_PLAN_SIMULATED, language, phrase_unmarked(b->title.text, language).text);
    b->order = safe_phrase(order(v, language));
    make_placement(b, v);
    make_last(b, v);
    make_notices(b, v);
    remember(b, v, memory);
    make_aside(b, v);
    make_figures(b, v);
    make_choices(b, v);
}

/* ---- for the page ---- */

static void add_text(struct buf *out, const char *key, const char *text)
{
    buf_add_format(out, "%s\"%s\":", out->length > 0 && out->data[out->length - 1] != '{' ? "," : "", key);
    text_add_json(out, text, strlen(text));
}

static void open_list(struct buf *out, const char *key)
{
    buf_add_format(out, ",\"%s\":[", key);
}

static void next_in_list(struct buf *out, size_t i)
{
    buf_add_text(out, i > 0 ? ",{" : "{");
}

static void add_pairs(struct buf *out, const char *key, const struct board_pair *pairs, size_t count)
{
    open_list(out, key);
    for (size_t i = 0; i < count; i++) {
        next_in_list(out, i);
        add_text(out, "label", pairs[i].label);
        add_text(out, "text", pairs[i].text.text);
        buf_add_char(out, '}');
    }
    buf_add_char(out, ']');
}

static void add_texts(struct buf *out, const char *key, const struct phrase *texts, size_t count)
{
    open_list(out, key);
    for (size_t i = 0; i < count; i++) {
        buf_add_text(out, i > 0 ? "," : "");
        text_add_json(out, texts[i].text, strlen(texts[i].text));
    }
    buf_add_char(out, ']');
}

static void add_box(struct buf *out, const char *key, const struct drawing_box *b)
{
    buf_add_format(out, ",\"%s\":[%.1f,%.1f,%.1f,%.1f]", key, b->left, b->bottom, b->width, b->height);
}

static void add_placement(struct buf *out, const struct board *b)
{
    const struct drawing *d = &b->drawing;
    add_texts(out, "changes", b->changes, b->change_count);
    add_pairs(out, "facts", b->facts, b->fact_count);
    if (b->measuring.text[0]) {
        buf_add_format(out, ",\"measured\":[%u,%u]", b->measured, b->to_measure);
        add_text(out, "measuring", b->measuring.text);
    }
    if (!b->placing)
        return;
    buf_add_format(out, ",\"drawing\":{\"x\":%.1f,\"y\":%.1f,\"z\":%.1f", d->x_mm, d->y_mm, d->z_mm);
    add_box(out, "reader", &d->reader);
    add_box(out, "phone", &d->phone);
    add_box(out, "around", &d->around);
    buf_add_char(out, '}');
}

static void add_choices(struct buf *out, const struct board *b)
{
    open_list(out, "choices");
    for (size_t i = 0; i < b->choice_count; i++) {
        const struct board_choice *c = &b->choices[i];
        next_in_list(out, i);
        add_text(out, "choice", choice_name(c->choice));
        add_text(out, "text", c->text);
        add_text(out, "key", c->key.text);
        add_text(out, "name", c->name.text);
        add_text(out, "means", c->means.text);
        buf_add_format(out, ",\"needs\":%s}", c->needs_text ? "true" : "false");
    }
    buf_add_char(out, ']');
}

void board_write(struct buf *out, const struct board *b)
{
    buf_add_format(out, "{\"number\":%llu,\"ended\":%s,\"turn\":%s", (unsigned long long)b->number,
                   b->ended ? "true" : "false", b->waits_for_person ? "true" : "false");
    buf_add_format(out, ",\"question\":%u", b->question.id);
    add_text(out, "what", question_name(b->question.what));
    add_text(out, "title", b->title.text);
    add_text(out, "session", b->session.text);
    add_text(out, "order", b->order.text);
    add_placement(out, b);
    buf_add_format(out, ",\"last\":%llu", (unsigned long long)b->last.placement);
    add_text(out, "tone", board_tone_name(b->last.tone));
    add_text(out, "result", b->last.text.text);
    add_text(out, "why", b->last.why.text);
    buf_add_format(out, ",\"notice\":%llu", (unsigned long long)b->notice_count);
    buf_add_format(out, ",\"fresh\":%zu", b->notices_fresh);
    add_texts(out, "notices", b->notices, b->notices_held);
    add_text(out, "aside", b->aside.text);
    add_pairs(out, "figures", b->figures, BOARD_FIGURES);
    add_pairs(out, "verdicts", b->verdicts, b->verdict_count);
    add_choices(out, b);
    buf_add_char(out, '}');
}
