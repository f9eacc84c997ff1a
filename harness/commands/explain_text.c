#include "harness/commands/explain_text.h"

#include "harness/base/text.h"
#include "harness/findings/tally.h"
#include "reports/tables/commands.h"
#include "reports/words/enums.h"

#include <stdio.h>

#define LINE_MAX_BYTES 480
#define SEEN_MAX_BYTES (1u << 16)

static struct phrase set_text(cause_set causes, const struct speech *to)
{
    struct buf b;
    if (causes == 0)
        return phrase_cut(word_text(WORD_CAUSES_NONE, to->language));
    buf_init(&b, LINE_MAX_BYTES);
    causes_add_set(&b, causes);
    struct phrase v = phrase_cut(b.data ? b.data : "");
    buf_free(&b);
    return v;
}
#define SET(causes) (set_text(causes, to).text)

static const char *stage_text(enum stage stage, const struct speech *to)
{
    return word_text(word_stage(stage), to->language);
}

static const char *answer_text(enum attribution_answer answer, const struct speech *to)
{
    static const enum word words[] = {
        [ATTRIBUTION_NONE] = WORD_ANSWERED_NONE, [ATTRIBUTION_HANDSET] = WORD_CMD_HANDSET,
        [ATTRIBUTION_READER] = WORD_CMD_READER,  [ATTRIBUTION_COMBINATION] = WORD_CMD_COMBINATION,
        [ATTRIBUTION_OPEN] = WORD_ANSWERED_OPEN, [ATTRIBUTION_NOT_PURSUED] = WORD_ANSWERED_NONE
    };
    return word_text(words[answer], to->language);
}

void explain_line(const struct speech *to, const struct causes_cell *c)
{
    struct buf stages;
    buf_init(&stages, LINE_MAX_BYTES);
    for (size_t i = 0; i < c->kind_count; i++) {
        bool seen = false;
        for (size_t j = 0; j < i; j++)
            seen = seen || c->kinds[j].stage == c->kinds[i].stage;
        if (seen)
            continue;
        buf_add_text(&stages, stages.length > 0 ? word_text(WORD_COMMA, to->language) : "");
        buf_add_text(&stages, stage_text(c->kinds[i].stage, to));
    }
    speech_line(to, WORD_CMD_STAGES_LEFT, stages.data ? stages.data : "", SET(c->narrowed),
                answer_text(c->attribution.answer, to), NULL);
    buf_free(&stages);
}

/* ---- what the record alone leaves ---- */

static void say_where(const struct speech *to, const struct findings *f, size_t cell,
                      const struct causes_kind *k)
{
    const struct survey *s = f->survey;
    const struct script *script = &s->scripts_loaded[s->scripts[f->cells[cell].script].script];
    bool in_step = k->step >= 1 && k->step <= script->step_count;
    speech_say(to, in_step ? WORD_CMD_WHERE_STEP : WORD_CMD_WHERE, stage_text(k->stage, to),
               word_text(word_outcome(k->outcome), to->language), SPEECH_NUMBER(k->count),
               SPEECH_NUMBER(tally_failed(&f->cells[cell])), SPEECH_NUMBER(k->step),
               in_step ? script->steps[k->step - 1].name : NULL, NULL);
    if (k->code[0]) {
        speech_say(to, WORD_COMMA, NULL);
        text_put_safe(to->to, k->code);
    }
    if (k->timed > 0 && !k->answered)
        speech_say(to, k->most_us == k->least_us ? WORD_CMD_AFTER : WORD_CMD_AFTER_TO,
                   phrase_duration(k->least_us, to->language).text,
                   phrase_duration(k->most_us, to->language).text, NULL);
    putc('\n', to->to);
}

/* In English as the summary has it. */
static void say_evidence(const struct speech *to, const struct evidence *e)
{
    static const enum word effects[] = { [CAUSES_NOTED] = WORD_CMD_NOTED,
                                         [CAUSES_REMOVED] = WORD_CMD_REMOVED,
                                         [CAUSES_SUPPORTED] = WORD_CMD_SUPPORTS };
    struct buf seen;
    buf_init(&seen, SEEN_MAX_BYTES);
    if (to->language == LANGUAGE_ENGLISH)
        said_english(&seen, &e->seen);
    else
        phrase_add_said(&seen, &e->seen, to->language);
    speech_line(to, effects[e->effect], SET(e->causes), seen.data ? seen.data : "", NULL);
    buf_free(&seen);
}

static void say_kind(const struct speech *to, const struct findings *f, size_t cell,
                     const struct causes_kind *k)
{
    static const enum word words[2][2] = { { WORD_CMD_LEFT, WORD_CMD_LEFT_OF },
                                           { WORD_CMD_CONTRADICTION, WORD_CMD_CONTRADICTION_OF } };
    say_where(to, f, cell, k);
    speech_line(to, words[k->contradiction][k->sharing != k->narrowed], SET(k->narrowed), SET(k->sharing),
                NULL);
    for (size_t i = 0; i < k->evidence_count; i++)
        say_evidence(to, &k->evidence[i]);
}

static struct phrase side_text(const struct speech *to, enum word what, const struct attribution_side *side)
{
    struct buf b;
    buf_init(&b, LINE_MAX_BYTES);
    phrase_add(&b, buf_add_text, what, to->language,
               (const char *const[]) { SPEECH_NUMBER(side->fails), SPEECH_NUMBER(side->passes),
                                       SPEECH_NUMBER(side->undecided), NULL });
    if (side->unproven > 0) {
        buf_add_text(&b, word_text(WORD_COMMA, to->language));
        phrase_add(&b, buf_add_text, WORD_ATTRIBUTION_UNPROVEN, to->language,
                   (const char *const[]) { SPEECH_NUMBER(side->unproven), NULL });
    }
    struct phrase v = phrase_cut(b.data ? b.data : "");
    buf_free(&b);
    return v;
}

static void say_attribution(const struct speech *to, const struct attribution *x)
{
    speech_line(to, !attribution_name(x->answer)[0] ? WORD_CMD_CARD_OR_READER_NONE : WORD_CMD_CARD_OR_READER,
                answer_text(x->answer, to), word_said(x->why, to->language),
                side_text(to, WORD_ATTRIBUTION_READERS, &x->readers).text,
                side_text(to, WORD_ATTRIBUTION_HANDSETS, &x->handsets).text, NULL);
}

void explain_record(const struct speech *to, const struct causes *of, size_t cell)
{
    const struct causes_cell *c = of->cells[cell];
    char code[16];
    if (!c)
        return;
    for (size_t i = 0; i < c->kind_count; i++)
        say_kind(to, of->f, cell, &c->kinds[i]);
    if (c->untold)
        speech_line(to, WORD_CMD_OTHER_FAILURES, SPEECH_NUMBER(c->untold), NULL);
    speech_line(to, WORD_CMD_CAUSES, NULL);
    for (unsigned n = 1; n <= CAUSE_COUNT; n++) {
        if (!(c->narrowed & CAUSE(n)))
            continue;
        snprintf(code, sizeof code, "F%02u", n);
        speech_line(to, c->supported & CAUSE(n) ? WORD_CMD_CAUSE_SUPPORTED : WORD_CMD_CAUSE, code,
                    word_cause(n, to->language), NULL);
    }
    say_attribution(to, &c->attribution);
    speech_line(to, WORD_CMD_EVIDENCE,
                c->depth == DEPTH_NONE             ? word_text(WORD_CMD_NO_DEPTH, to->language)
                : to->language == LANGUAGE_ENGLISH ? depth_name(c->depth)
                                                   : name_depth(c->depth),
                NULL);
}

/* ---- recorded and repeated ---- */

static void say_tables(const struct speech *to, const struct diagnosis *e)
{
    const struct row about = TABLE_ABOUT(e);
    speech_table(to, NULL, e->repeated ? &table_diagnosis : &table_recorded, &about);
    if (e->recorded->untold > 0)
        speech_line(to, WORD_CMD_OTHER_RECORDED, SPEECH_NUMBER(e->recorded->untold), NULL);
    speech_line(to, WORD_CMD_T_CAUSES, NULL);
    speech_table(to, NULL, e->repeated ? &table_candidates : &table_recorded_causes, &about);
}

static void say_finding(const struct speech *to, const struct diagnosis_side *recorded,
                        const struct diagnosis_kind *repeated)
{
    static const enum word words[] = { [DIAGNOSIS_NOTHING] = WORD_CMD_SAYS_NOTHING,
                                       [DIAGNOSIS_NARROWED] = WORD_CMD_NARROWS,
                                       [DIAGNOSIS_AS_BEFORE] = WORD_CMD_AS_BEFORE,
                                       [DIAGNOSIS_CONTRADICTED] = WORD_CMD_CONTRADICTS };
    cause_set left, only_deeper;
    struct buf code;
    enum diagnosis_finding found = diagnosis_narrow(recorded, repeated, &left, &only_deeper);
    buf_init(&code, LINE_MAX_BYTES);
    if (repeated->of.native[0])
        diagnosis_add_code(&code, repeated->of.native);
    else
        buf_add_text(&code, word_text(WORD_CMD_NO_OWN_CODE, to->language));
    speech_line(to, words[found], code.data ? code.data : "", stage_text(repeated->of.stage, to), SET(left),
                NULL);
    buf_free(&code);
    if (only_deeper != 0)
        speech_line(to, WORD_CMD_ONLY_DEEPER, SET(only_deeper), NULL);
}

void explain_text(const struct speech *to, const struct diagnosis_side *recorded,
                  const struct diagnosis_side *repeated)
{
    const struct diagnosis e = { recorded, repeated };
    say_tables(to, &e);
    if (!repeated)
        return;
    speech_line(to, WORD_CMD_T_OWN_CODES, NULL);
    if (repeated->bad == 0)
        speech_line(to, WORD_CMD_DID_NOT_FAIL, SPEECH_NUMBER(repeated->transactions), NULL);
    for (size_t i = 0; i < repeated->kind_count; i++)
        say_finding(to, recorded, &repeated->kinds[i]);
}
