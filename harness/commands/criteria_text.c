#include "harness/commands/criteria_text.h"
#include "harness/commands/damage.h"

#include "harness/base/decimal.h"
#include "harness/base/text.h"
#include "harness/commands/message.h"
#include "reports/tables/names.h"
#include "reports/tables/proposal_sentences.h"
#include "reports/tables/reasons.h"
#include "reports/tables/stated_errors.h"

#define SENTENCE_MAX           (1u << 20)
#define RECOMMENDATION_COLUMNS 16

/* ---- names: in English those of the files, as criteria.yaml has them ---- */

static bool in_english(const struct speech *to)
{
    return to->language == LANGUAGE_ENGLISH;
}

static const char *clause_text(enum clause clause, const struct speech *to)
{
    return in_english(to) ? clause_key(clause) : word_text(word_clause(clause), to->language);
}

static const char *asked_text(const struct assessment *a, const struct speech *to)
{
    return in_english(to) ? a->not_in_survey : name_asked(a->not_in_survey, to->language);
}

static const char *outcome_text(enum assess_outcome outcome, const struct speech *to)
{
    static const enum word words[] = { [ASSESS_UNUSED] = WORD_CMD_NOT_USED,
                                       [ASSESS_PASS] = WORD_CMD_PASS,
                                       [ASSESS_OPEN] = WORD_CMD_NOT_ENOUGH_DATA,
                                       [ASSESS_NOT_TESTABLE] = WORD_CMD_NOT_TESTABLE,
                                       [ASSESS_FAIL] = WORD_CMD_FAIL };
    return word_text(words[outcome], to->language);
}

static struct phrase scenario_text(const struct assessment *a, const struct assess_scenario *s,
                                   const struct speech *to)
{
    const char *argument = what_if_argument(a, s);
    struct phrase bound = number_percent_given(s->bound, to->language);
    if (!in_english(to))
        return name_scenario(a, s, to->language);
    return phrase_fill(s->what == WHAT_IF_REPLACE ? WORD_CMD_REPLACED : WORD_CMD_CHANGED, to->language,
                       (const char *const[]) { what_if_words(s->what), argument ? argument : bound.text,
                                               a->f->survey->readers[s->by].unit, NULL });
}

/* ---- handsets ---- */

static void say_recommendation(enum recommendation r, const struct speech *to)
{
    const char *text =
        in_english(to) ? recommendation_name(r) : word_text(word_recommendation(r), to->language);
    size_t columns = text_columns(text);
    fprintf(to->to, "  %s%s%*s%s",
            message_style(to->to, r == RECOMMENDATION_RECOMMENDED       ? MESSAGE_GOOD
                                  : r == RECOMMENDATION_NOT_RECOMMENDED ? MESSAGE_BAD
                                  : r == RECOMMENDATION_NOT_ENOUGH_DATA ? MESSAGE_FAINT
                                                                        : MESSAGE_PLAIN),
            text, columns + 1 < RECOMMENDATION_COLUMNS ? (int)(RECOMMENDATION_COLUMNS - 1 - columns) : 0, "",
            message_style(to->to, MESSAGE_PLAIN));
    putc(' ', to->to);
}

static void say_evidence(const struct assessment *a, size_t pair, const struct speech *to)
{
    const struct assess_evidence of = assess_decides(a, pair);
    struct buf text;
    buf_init(&text, SENTENCE_MAX);
    evidence_add_with_cell(&text, a, &of, to->language);
    if (text.length > 0)
        speech_say(to, WORD_CMD_DECIDES, buf_text(&text), NULL);
    buf_free(&text);
}

static void say_modes(enum word lead, uint32_t modes, const struct speech *to)
{
    for (int m = POWER_NONE + 1; m < POWER_COUNT; m++)
        if (modes >> m & 1) {
            speech_say(to, lead, NULL);
            fputs(speech_power(to, (enum power_mode)m), to->to);
            lead = WORD_COMMA;
        }
}

static void say_refusal(const struct assessment *a, const struct assess_pair *p, const struct speech *to)
{
    struct assess_grey grey = assess_grey_of(a, p->clause);
    if (p->shown_not_to_meet)
        speech_say(to, WORD_CMD_NOT_TO_MEET, NULL);
    else if (assess_is_out_of_reach(a, p))
        speech_say(to, WORD_CMD_OUT_OF_REACH, name_passes(&grey, to->language).text, NULL);
    else
        speech_say(to, WORD_CMD_ABOVE_ONLY, number_percent(grey.refuses, to->language).text,
                   name_passes(&grey, to->language).text, NULL);
}

static void say_pair(const struct assessment *a, size_t pair, const struct speech *to)
{
    const struct assess_pair *p = &a->pairs[pair];
    if (p->recommendation == RECOMMENDATION_NONE) /* not asked about */
        return;
    say_recommendation(p->recommendation, to);
    text_put_safe(to->to, a->f->survey->pairs[pair].name);
    bool left = p->required == ASSESS_OPEN && a->f->pairs[pair].list == LIST_SETTLED;
    if (p->clause != CLAUSE_NONE)
        speech_say(to, WORD_CMD_BY_CLAUSE, clause_text(p->clause, to),
                   left ? speech_verdict(to, VERDICT_NOT_PURSUED) : outcome_text(p->required, to), NULL);
    if (p->recommendation == RECOMMENDATION_NOT_RECOMMENDED)
        say_refusal(a, p, to);
    say_modes(WORD_CMD_MODES_FAIL, p->modes_failing, to);
    say_modes(WORD_CMD_MODES_OPEN, p->modes_open, to);
    if (p->recommendation != RECOMMENDATION_RECOMMENDED)
        say_evidence(a, pair, to);
    if (p->required == ASSESS_OPEN && p->placements_missing > 0)
        speech_say(to, WORD_CMD_UP_TO_MORE, SPEECH_NUMBER(p->placements_missing),
                   SPEECH_NUMBER(p->open_count), NULL);
    if (p->leans_on_invalid > 0)
        speech_say(to, WORD_CMD_LEANS, SPEECH_NUMBER(p->leans_on_invalid), NULL);
    putc('\n', to->to);
}

/* ---- the rest ---- */

static void say_readers(const struct assessment *a, const struct speech *to)
{
    speech_line(to, WORD_CMD_READERS_PASS, NULL);
    for (size_t i = 0; i < a->f->survey->reader_count; i++) {
        const struct assess_reader *r = &a->readers[i];
        const char *unit = a->f->survey->readers[i].unit;
        if (!r->in_scope && a->asked.readers)
            continue;
        if (!r->in_scope) {
            speech_line(to, WORD_CMD_READER_UNASKED, unit, NULL);
            continue;
        }
        speech_line(to, r->skips >> CLAUSE_PAYLOAD & 1 ? WORD_CMD_READER_NO_PAYLOAD : WORD_CMD_READER_PASSES,
                    unit, SPEECH_NUMBER(r->passes), SPEECH_NUMBER(r->fails), SPEECH_NUMBER(r->open),
                    SPEECH_NUMBER(r->not_testable), NULL);
        if (r->not_pursued > 0)
            speech_line(to, WORD_CMD_READER_LEFT, SPEECH_NUMBER(r->not_pursued), NULL);
    }
}

static void say_scenario(const struct assessment *a, const struct assess_scenario *s, const struct speech *to)
{
    const unsigned *counts = s->counts;
    speech_line(to, WORD_CMD_WHAT_IF_ENDS, scenario_text(a, s, to).text,
                SPEECH_NUMBER(counts[RECOMMENDATION_RECOMMENDED]),
                SPEECH_NUMBER(counts[RECOMMENDATION_CONDITIONAL]),
                SPEECH_NUMBER(counts[RECOMMENDATION_NOT_RECOMMENDED]),
                SPEECH_NUMBER(counts[RECOMMENDATION_NOT_ENOUGH_DATA]), SPEECH_NUMBER(s->changed), NULL);
}

static void say_criteria(const struct assessment *a, const struct speech *to)
{
    const struct criteria *c = a->criteria;
    enum language language = to->language;
    speech_line(to, c->edition ? WORD_CMD_CRITERIA_EDITION : WORD_CMD_CRITERIA, c->id,
                phrase_choose(c->title, c->title_ja, language), c->edition, NULL);
    speech_line(to, WORD_CMD_SOURCE, phrase_choose(c->source, c->source_ja, language), NULL);
    if (c->analogy)
        speech_line(to, WORD_CMD_ANALOGY, phrase_choose(c->analogy, c->analogy_ja, language), NULL);
    if (c->proves)
        speech_line(to, WORD_CMD_PROVES, phrase_choose(c->proves, c->proves_ja, language), NULL);
    if (a->not_in_survey)
        speech_line(to, WORD_CMD_NOT_IN_SURVEY, asked_text(a, to), NULL);
}

static void say_price(const struct assessment *a, const struct speech *to)
{
    struct buf b;
    buf_init(&b, SENTENCE_MAX);
    if (stated_errors_price(&b, a, to->language))
        speech_line(to, WORD_CMD_ITEM, buf_text(&b), NULL);
    buf_free(&b);
}

/* Of whom, where that is not everybody. */
static void say_asked(const struct assessment *a, const struct speech *to)
{
    uint64_t handsets = 0, all = a->f->survey->pair_count;
    if (!assess_is_of_some(a))
        return;
    for (size_t i = 0; i < all; i++)
        handsets += a->pairs[i].recommendation != RECOMMENDATION_NONE;
    speech_line(to, a->asked.readers ? WORD_CMD_ASKED_ON : WORD_CMD_ASKED_OF, SPEECH_NUMBER(handsets),
                SPEECH_NUMBER(all), SPEECH_NUMBER((unsigned)__builtin_popcount(a->scope)), NULL);
}

void criteria_text(const struct assessment *a, const struct speech *to)
{
    const struct row errors = { .of = &a->errors };
    if (a->f->simulated)
        speech_line(to, WORD_CMD_SIMULATED_ONLY, NULL);
    if (a->f->unproven)
        speech_line(to, WORD_UNPROVEN_RUN, NULL);
    say_state(to, a->f);
    say_criteria(a, to);
    say_asked(a, to);
    speech_line(to, WORD_CMD_T_HANDSETS, NULL);
    for (size_t i = 0; i < a->f->survey->pair_count; i++)
        say_pair(a, i, to);
    say_price(a, to);
    say_readers(a, to);
    if (a->errors.count > 0)
        speech_line(to, WORD_CMD_T_ERRORS, NULL);
    speech_table(to, NULL, &table_stated_errors, &errors);
    if (findings_is_of_list(a->f)) {
        speech_line(to, WORD_NEEDS_MATRIX, NULL);
        return;
    }
    if (a->scenario_count > 0)
        speech_line(to, WORD_CMD_T_WHAT_IF, NULL);
    for (size_t i = 0; i < a->scenario_count; i++)
        say_scenario(a, &a->scenarios[i], to);
    for (size_t i = 0; i < proposal_count(a) && !assess_is_of_some(a); i++) {
        struct buf sentence;
        if (i == 0 || proposal_part(i) != proposal_part(i - 1))
            speech_line(to, WORD_CMD_T_PART, word_text(proposal_part_word(proposal_part(i)), to->language),
                        NULL);
        buf_init(&sentence, SENTENCE_MAX);
        proposal_add(&sentence, a, i, to->language);
        speech_line(to, WORD_CMD_ITEM, sentence.data ? sentence.data : "", NULL);
        buf_free(&sentence);
    }
}
