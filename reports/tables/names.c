#include "reports/tables/names.h"

#include "harness/base/text.h"
#include "reports/words/numbers.h"

#include <stdio.h>
#include <string.h>

#define NAME_BYTES 62 /* of a condition or script beside a reader */

struct label label_cut(const char *text)
{
    struct label l;
    text_shorten(l.text, sizeof l.text, text);
    return l;
}

struct label label_reader(const struct findings *f, size_t reader)
{
    char text[4 * LABEL_BYTES];
    survey_reader_label(f->survey, reader, text, sizeof text);
    return label_cut(text);
}

struct label label_handset(const struct findings *f, size_t pair)
{
    const struct survey *s = f->survey;
    const struct handset_profile *h = &s->handset_profiles[s->pairs[pair].handset];
    const char *maker = h->maker ? h->maker : "", *name = h->name ? h->name : h->maker ? "" : h->id;
    char text[4 * LABEL_BYTES];
    if (f->simulated && !h->simulated)
        return (struct label) { "" };
    snprintf(text, sizeof text, "%s%s%s", maker, maker[0] && name[0] ? " " : "", name);
    return label_cut(text);
}

const char *label_sim(const struct findings *f, size_t pair)
{
    return f->survey->sims[f->survey->pairs[pair].sim].id;
}

const char *label_condition(const struct findings *f, size_t condition)
{
    return f->survey->conditions[condition].id;
}

const char *label_script(const struct findings *f, size_t script)
{
    const struct survey *s = f->survey;
    return s->scripts_loaded[s->scripts[script].script].id;
}

struct label label_cell(const struct findings *f, size_t cell, enum string_language language)
{
    const struct findings_cell *c = &f->cells[cell];
    const char *comma = string_text(STR_COMMA, language);
    char reader[2 * NAME_BYTES], condition[NAME_BYTES], script[NAME_BYTES];
    struct label l;
    text_shorten(reader, sizeof reader, f->survey->readers[c->reader].unit); /* a model may have several */
    text_shorten(condition, sizeof condition, label_condition(f, c->condition));
    text_shorten(script, sizeof script, label_script(f, c->script));
    snprintf(l.text, sizeof l.text, "%s%s%s%s%s", reader, comma, condition, comma, script);
    return l;
}

enum string_id label_verdict(enum verdict v)
{
    static const enum string_id names[VERDICT_COUNT] = {
        [VERDICT_NONE] = STR_V_UNDECIDED,
        [VERDICT_UNDECIDED] = STR_V_UNDECIDED,
        [VERDICT_COMPATIBLE] = STR_V_COMPATIBLE,
        [VERDICT_INCOMPATIBLE] = STR_V_INCOMPATIBLE,
        [VERDICT_UNDECIDED_INSTRUMENT] = STR_V_INSTRUMENT,
        [VERDICT_NOT_APPLICABLE] = STR_V_NOT_APPLICABLE,
        [VERDICT_EXCLUDED] = STR_V_EXCLUDED,
    };
    return names[v];
}

enum string_id label_stage(enum stage stage)
{
    static const enum string_id names[STAGE_COUNT] = {
        [STAGE_NONE] = STR_STAGE_UNKNOWN,  [STAGE_SETUP] = STR_STAGE_SETUP,
        [STAGE_DETECT] = STR_STAGE_DETECT, [STAGE_ACTIVATE] = STR_STAGE_ACTIVATE,
        [STAGE_ROUTE] = STR_STAGE_ROUTE,   [STAGE_EXCHANGE] = STR_STAGE_EXCHANGE,
        [STAGE_CHECK] = STR_STAGE_CHECK,
    };
    return names[stage];
}

enum string_id label_power(enum power_mode mode)
{
    static const enum string_id names[POWER_COUNT] = {
        [POWER_NONE] = STR_STAGE_UNKNOWN,
        [POWER_ON_UNLOCKED] = STR_POWER_ON_UNLOCKED,
        [POWER_ON_LOCKED] = STR_POWER_ON_LOCKED,
        [POWER_SCREEN_OFF] = STR_POWER_SCREEN_OFF,
        [POWER_BATTERY_LOW] = STR_POWER_BATTERY_LOW,
        [POWER_OFF] = STR_POWER_OFF,
    };
    return names[mode];
}

enum string_id label_outcome(enum outcome outcome)
{
    return outcome == OUTCOME_INVALID ? STR_OUTCOME_INVALID : STR_OUTCOME_FAIL;
}

enum string_id label_recommendation(enum recommendation r)
{
    static const enum string_id names[NOT_ENOUGH_DATA + 1] = {
        [RECOMMENDATION_NONE] = STR_R_NOT_ENOUGH_DATA,
        [RECOMMENDED] = STR_R_RECOMMENDED,
        [CONDITIONAL] = STR_R_CONDITIONAL,
        [NOT_RECOMMENDED] = STR_R_NOT_RECOMMENDED,
        [NOT_ENOUGH_DATA] = STR_R_NOT_ENOUGH_DATA,
    };
    return names[r];
}

enum string_id label_reason(enum findings_reason reason)
{
    static const enum string_id names[] = {
        [FINDINGS_REASON_NONE] = STR_W_UNDECIDED,
        [FINDINGS_REASON_ALL_COMPATIBLE] = STR_W_ALL_COMPATIBLE,
        [FINDINGS_REASON_INCOMPATIBLE] = STR_W_INCOMPATIBLE,
        [FINDINGS_REASON_DECLARED_ABSENT] = STR_W_DECLARED_ABSENT,
        [FINDINGS_REASON_UNDECIDED] = STR_W_UNDECIDED,
        [FINDINGS_REASON_NOT_EXAMINED] = STR_W_NOT_EXAMINED,
        [FINDINGS_REASON_NOT_IN_SURVEY] = STR_W_NOT_IN_SURVEY,
        [FINDINGS_REASON_MODE_INCOMPATIBLE] = STR_W_MODE_INCOMPATIBLE,
        [FINDINGS_REASON_MODE_OPEN] = STR_W_MODE_OPEN,
        [FINDINGS_REASON_CLAUSE_FAILED] = STR_W_CLAUSE_FAILED,
        [FINDINGS_REASON_CLAUSE_OPEN] = STR_W_CLAUSE_OPEN,
        [FINDINGS_REASON_NOT_TESTABLE] = STR_W_NOT_TESTABLE,
    };
    return names[reason];
}

const char *label_file(const char *kind, enum string_language language)
{
    static const enum string_id names[] = { STR_CMP_W_SURVEY, STR_CMP_N_READER, STR_CMP_N_HANDSET,
                                            STR_CMP_W_SCRIPT, STR_FILE_CRITERIA };
    for (size_t i = 0; kind && i < sizeof names / sizeof *names; i++)
        if (strcmp(kind, string_text(names[i], STRING_ENGLISH)) == 0)
            return string_text(names[i], language);
    return kind;
}

const char *label_depth(enum depth depth)
{
    static const char *const names[DEPTH_COUNT] = { "", "PC/SC", "CCID", "RF" };
    return (unsigned)depth < DEPTH_COUNT ? names[depth] : "";
}

const char *label_asked(const char *name, enum string_language language)
{
    enum power_mode mode = name ? power_mode_of_name(name, strlen(name)) : POWER_NONE;
    return mode == POWER_NONE ? name : string_text(label_power(mode), language);
}

const char *label_missing(const struct findings_pair *pair, enum string_language language)
{
    const char *name = pair->reason_missing;
    enum assess_clause clause = name ? assess_clause_of_name(name) : ASSESS_NONE;
    switch (pair->reason_code) {
    case FINDINGS_REASON_CLAUSE_FAILED:
    case FINDINGS_REASON_CLAUSE_OPEN:
    case FINDINGS_REASON_NOT_TESTABLE:
        return clause == ASSESS_NONE ? name : string_text(label_clause(clause), language);
    default:
        return label_asked(name, language);
    }
}

enum string_id label_clause(enum assess_clause clause)
{
    static const enum string_id names[ASSESS_CLAUSE_COUNT] = {
        [ASSESS_NONE] = STR_CL_ALL,        [ASSESS_SUCCESS] = STR_CL_SUCCESS,
        [ASSESS_TIME] = STR_CL_TIME,       [ASSESS_FIVE_POINTS] = STR_CL_FIVE_POINTS,
        [ASSESS_HEIGHT] = STR_CL_HEIGHT,   [ASSESS_TECHNOLOGIES] = STR_CL_TECHNOLOGIES,
        [ASSESS_PAYLOAD] = STR_CL_PAYLOAD, [ASSESS_READERS] = STR_CL_READERS,
        [ASSESS_SCOPE] = STR_CL_SCOPE,
    };
    return names[clause];
}

void label_add_readers(struct buf *out, const struct findings *f, uint32_t set, enum string_language language)
{
    bool any = false;
    for (size_t i = 0; i < f->survey->reader_count; i++) {
        if ((set >> i & 1) == 0)
            continue;
        buf_add_text(out, any ? string_text(STR_COMMA, language) : "");
        buf_add_text(out, f->survey->readers[i].unit);
        any = true;
    }
}

struct label label_scenario(const struct assessment *a, const struct assess_scenario *s,
                            enum string_language language)
{
    const struct survey_reader *readers = a->f->survey->readers;
    const char *reader = readers[s->reader].unit, *by = readers[s->by].unit;
    struct label bound = figure_percent(s->bound, language);
    switch (s->what) {
    case ASSESS_DROP:
        return label_fill(STR_IF_DROP, language, (const char *const[]) { reader, NULL });
    case ASSESS_DROP_MODEL:
        return label_fill(STR_IF_DROP_MODEL, language,
                          (const char *const[]) { label_reader(a->f, s->reader).text, NULL });
    case ASSESS_ONLY:
        return label_fill(STR_IF_ONLY, language, (const char *const[]) { reader, NULL });
    case ASSESS_REPLACE:
        return label_fill(STR_IF_REPLACE, language, (const char *const[]) { reader, by, NULL });
    case ASSESS_RELAX:
        if (s->clause == ASSESS_READERS)
            return label_fill(STR_IF_ANY_READER, language, (const char *const[]) { NULL });
        return label_fill(STR_IF_RELAX, language,
                          (const char *const[]) { string_text(label_clause(s->clause), language), NULL });
    case ASSESS_RELAX_MODE:
        return label_fill(STR_IF_MODE, language,
                          (const char *const[]) { string_text(label_power(s->mode), language), NULL });
    case ASSESS_RELAX_CONDITION:
        return label_fill(STR_IF_CONDITION, language,
                          (const char *const[]) { a->f->survey->conditions[s->condition].id, NULL });
    case ASSESS_BOUND:
        return label_fill(STR_SH_IF_BOUND, language, (const char *const[]) { bound.text, NULL });
    }
    return (struct label) { "" };
}

const char *label_choose(const char *english, const char *japanese, enum string_language language)
{
    return language == STRING_JAPANESE && japanese ? japanese : english;
}

void label_add(struct buf *out, void (*add)(struct buf *, const char *), enum string_id id,
               enum string_language language, const char *const *args)
{
    size_t count = 0;
    while (args[count])
        count++;
    for (const char *c = string_text(id, language); *c;) {
        const char *brace = strchr(c, '{');
        char plain[1024];
        snprintf(plain, sizeof plain, "%.*s", (int)(brace ? (size_t)(brace - c) : strlen(c)), c);
        add(out, plain);
        if (!brace)
            break;
        size_t which = (size_t)(brace[1] - '0');
        add(out, which < count ? args[which] : "");
        c = brace + strlen("{0}");
    }
}

struct label label_fill(enum string_id id, enum string_language language, const char *const *args)
{
    struct buf b;
    buf_init(&b, 1u << 16);
    label_add(&b, buf_add_text, id, language, args);
    struct label l = label_cut(b.data && !b.failed ? b.data : "");
    buf_free(&b);
    return l;
}
