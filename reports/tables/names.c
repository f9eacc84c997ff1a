#include "reports/tables/names.h"

#include "harness/base/text.h"
#include "harness/compare/compare.h"
#include "harness/matrix/matrix.h"
#include "reports/words/numbers.h"

#include <stdio.h>
#include <string.h>

#define NAME_BYTES 62 /* of a condition or script beside a reader */

static enum word mark_of(bool simulated, bool unproven, bool damaged)
{
    if (damaged)
        return simulated ? WORD_SIMULATED_DAMAGED : unproven ? WORD_UNPROVEN_DAMAGED : WORD_DAMAGED;
    return simulated ? WORD_SIMULATED : unproven ? WORD_UNPROVEN : WORD_NONE;
}

enum word word_mark(const struct findings *f)
{
    return mark_of(f->simulated, f->unproven, f->faults.count > 0);
}

enum word word_origin(const struct findings *f)
{
    return mark_of(f->simulated, f->unproven, false);
}

enum word word_origin_compared(const struct comparison *c)
{
    return mark_of(c->simulated, c->unproven, false);
}

const struct findings *compared_run(const struct comparison *c, unsigned number)
{
    return number == 0 ? c->a : c->b;
}

/* "17, 35-38" as the language lists. */
static struct phrase list_of_lines(const char *lines, enum language language)
{
    struct buf b;
    buf_init(&b, 1u << 16);
    for (const char *at = lines; *at; at++)
        if (at[0] == ',' && at[1] == ' ') {
            buf_add_text(&b, word_text(WORD_COMMA, language));
            at++;
        } else {
            buf_add_char(&b, *at);
        }
    struct phrase list = phrase_cut(buf_text(&b));
    buf_free(&b);
    return list;
}

struct damage_words name_mark(const struct findings *f, enum language language)
{
    struct damage_words out = { "" };
    bool damaged = f->faults.count > 0;
    if (word_mark(f) != WORD_NONE)
        snprintf(out.text, sizeof out.text, "%s%s%s", word_text(word_mark(f), language),
                 damaged ? word_text(WORD_COLON, language) : "",
                 damaged ? list_of_lines(faults_lines(&f->faults).text, language).text : "");
    return out;
}

struct damage_words name_damage(const struct journal_faults *faults, enum language language)
{
    const struct faults_accepted *by = &faults->accepted;
    struct damage_words out = { "" };
    if (faults->count == 0)
        return out;
    struct phrase at = PHRASE_FILL(WORD_DAMAGED_AT, language,
                                   list_of_lines(faults_lines(faults).text, language).text),
                  accepted = { "" };
    if (by->lines[0])
        accepted = PHRASE_FILL(WORD_DAMAGE_ACCEPTED, language, number_date(by->wall, language).text,
                               by->by[0] ? by->by : word_text(WORD_NOT_KNOWN, language),
                               list_of_lines(by->lines, language).text);
    bool gap = accepted.text[0] && language != LANGUAGE_JAPANESE;
    snprintf(out.text, sizeof out.text, "%s%s%s", at.text, gap ? " " : "", accepted.text);
    return out;
}

enum word word_mark_compared(const struct comparison *c)
{
    return mark_of(c->simulated, c->unproven, c->a->faults.count + c->b->faults.count > 0);
}

enum word word_mark_text(const struct findings *f)
{
    return f->simulated ? WORD_SH_SIMULATED_TEXT : f->unproven ? WORD_UNPROVEN_TEXT : WORD_NONE;
}

struct phrase name_survey(const struct findings *f, enum language language)
{
    const struct survey *s = f->survey;
    const char *title = phrase_choose(s->title ? s->title : s->id, s->title_ja, language);
    return f->simulated ? phrase_unmarked(title, language) : phrase_cut(title);
}

struct phrase name_reader(const struct findings *f, size_t reader)
{
    char text[4 * PHRASE_BYTES];
    survey_reader_label(f->survey, reader, text, sizeof text);
    return phrase_cut(text);
}

struct phrase name_handset(const struct findings *f, size_t pair)
{
    const struct survey *s = f->survey;
    const struct handset_profile *h = survey_handset_of(s, pair);
    const char *maker = h->maker ? h->maker : "", *name = h->name ? h->name : h->maker ? "" : h->id;
    char text[4 * PHRASE_BYTES];
    if (f->simulated && !h->simulated)
        return (struct phrase) { "" };
    snprintf(text, sizeof text, "%s%s%s", maker, maker[0] && name[0] ? " " : "", name);
    return phrase_cut(text);
}

void name_add_pair(struct buf *out, const struct findings *f, size_t pair, enum language language)
{
    const struct survey_pair *pairs = f->survey->pairs;
    struct phrase name = name_handset(f, pair);
    bool is_only_of_model = name.text[0] != '\0', is_only_of_unit = true;
    struct buf unit;
    for (size_t i = 0; i < f->survey->pair_count; i++) {
        bool same = i != pair && strcmp(pairs[i].unit, pairs[pair].unit) == 0;
        is_only_of_unit = is_only_of_unit && !same;
        is_only_of_model = is_only_of_model && (i == pair || strcmp(name_handset(f, i).text, name.text) != 0);
    }
    buf_init(&unit, 4096);
    buf_add_text(&unit, pairs[pair].unit);
    if (!is_only_of_unit) {
        buf_add_text(&unit, word_text(WORD_COMMA, language));
        buf_add_text(&unit, name_sim(f, pair, language));
    }
    if (is_only_of_model)
        buf_add_text(out, name.text);
    else if (name.text[0])
        PHRASE_ADD(out, WORD_NAME_AND_UNIT, language, name.text, buf_text(&unit));
    else
        buf_add_text(out, buf_text(&unit));
    buf_free(&unit);
}

const char *name_sim(const struct findings *f, size_t pair, enum language language)
{
    const struct sim_card *sim = &f->survey->sims[f->survey->pairs[pair].sim];
    return phrase_choose(sim->title ? sim->title : sim->id, sim->title_ja, language);
}

/* Of a survey with `positions: condition`, the id of a condition of its own ends with its point's. */
static bool is_multiplied(const struct survey_condition *c)
{
    size_t id = strlen(c->id), point = strlen(c->position);
    return id > point && c->id[id - point - 1] == '.' && strcmp(c->id + id - point, c->position) == 0;
}

static const char *name_point(const struct survey_condition *c, enum language language)
{
    bool centre = strcmp(c->position, word_text(WORD_POSITION_CENTRE, LANGUAGE_ENGLISH)) == 0;
    const char *own = c->point_title ? c->point_title
                      : centre       ? word_text(WORD_POSITION_CENTRE, language)
                                     : c->position;
    return phrase_choose(own, c->point_title_ja, language);
}

struct phrase name_condition(const struct findings *f, size_t condition, enum language language)
{
    const struct survey_condition *c = &f->survey->conditions[condition];
    bool multiplied = is_multiplied(c);
    const char *mode = power_mode_name(c->power_mode);
    size_t length = strlen(c->id) - (multiplied ? strlen(c->position) + 1 : 0);
    bool by_mode = strlen(mode) == length && memcmp(c->id, mode, length) == 0;
    struct phrase own, joined;
    snprintf(own.text, sizeof own.text, "%.*s", (int)length, c->id);
    if (by_mode)
        own = phrase_cut(word_text(word_power_id(c->power_mode), language));
    if (c->title)
        own = phrase_cut(phrase_choose(c->title, c->title_ja, language));
    if (!multiplied)
        return own;
    bool named = c->title || c->point_title || language != LANGUAGE_ENGLISH;
    snprintf(joined.text, sizeof joined.text, "%.120s%s%.120s", own.text,
             named ? word_text(WORD_COMMA, language) : ".", named ? name_point(c, language) : c->position);
    return joined;
}

const char *name_script(const struct findings *f, size_t script, enum language language)
{
    const struct script *s = survey_script_loaded(f->survey, script);
    return phrase_choose(s->title ? s->title : s->id, s->title_ja, language);
}

const char *name_step(const struct findings *f, size_t script, size_t step, enum language language)
{
    const struct script_step *s = &survey_script_loaded(f->survey, script)->steps[step];
    return phrase_choose(s->title ? s->title : s->name, s->title_ja, language);
}

struct phrase name_group(const struct findings *f, const struct matrix_group *g, enum language language)
{
    return g->required ? phrase_cut(word_text(WORD_REQUIRED_CELLS, language))
                       : name_condition(f, (size_t)__builtin_ctzll(g->conditions), language);
}

struct phrase name_cell(const struct findings *f, size_t cell, enum language language)
{
    const struct findings_cell *c = &f->cells[cell];
    const char *comma = word_text(WORD_COMMA, language);
    char reader[2 * NAME_BYTES], condition[NAME_BYTES], script[NAME_BYTES];
    struct phrase l;
    text_shorten(reader, sizeof reader, f->survey->readers[c->reader].unit); /* a model may have several */
    text_shorten(condition, sizeof condition, name_condition(f, c->condition, language).text);
    text_shorten(script, sizeof script, name_script(f, c->script, language));
    snprintf(l.text, sizeof l.text, "%s%s%s%s%s", reader, comma, condition, comma, script);
    return l;
}

const char *name_file(const char *kind, enum language language)
{
    static const enum word names[] = { WORD_CMP_W_SURVEY, WORD_CMP_N_READER, WORD_CMP_N_HANDSET,
                                       WORD_CMP_W_SCRIPT, WORD_FILE_CRITERIA };
    for (size_t i = 0; kind && i < sizeof names / sizeof *names; i++)
        if (strcmp(kind, word_text(names[i], LANGUAGE_ENGLISH)) == 0)
            return word_text(names[i], language);
    return kind;
}

const char *name_asked(const char *name, enum language language)
{
    enum power_mode mode = name ? power_mode_of_name(name, strlen(name)) : POWER_NONE;
    return mode == POWER_NONE ? name : word_text(word_power(mode), language);
}

enum word word_clause(enum clause clause)
{
    static const enum word names[CLAUSE_COUNT] = {
        [CLAUSE_NONE] = WORD_CL_ALL,
#define C(ID, key) [CLAUSE_##ID] = WORD_CL_##ID,
#include "harness/clauses/clauses.def"
    };
    return names[clause];
}

enum word word_clause_inside(enum clause clause)
{
    static const enum word names[CLAUSE_COUNT] = {
#define C(ID, key) [CLAUSE_##ID] = WORD_PR_##ID,
#include "harness/clauses/clauses.def"
    };
    return names[clause];
}

void name_add_readers(struct buf *out, const struct findings *f, uint32_t set, enum language language)
{
    bool any = false;
    for (size_t i = 0; i < f->survey->reader_count; i++) {
        if ((set >> i & 1) == 0)
            continue;
        buf_add_text(out, any ? word_text(WORD_COMMA, language) : "");
        buf_add_text(out, f->survey->readers[i].unit);
        any = true;
    }
}

void name_add_modes(struct buf *out, uint64_t modes, enum language language)
{
    const char *before = "";
    for (int mode = POWER_NONE + 1; mode < POWER_COUNT; mode++) {
        if (!(modes >> mode & 1))
            continue;
        buf_add_text(out, before);
        buf_add_text(out, word_text(word_power((enum power_mode)mode), language));
        before = word_text(WORD_LIST_SEPARATOR, language);
    }
}

void name_add_causes(struct buf *out, cause_set set, enum language language)
{
    const char *before = "";
    for (unsigned n = 1; n <= CAUSE_COUNT; n++) {
        if (!(set & CAUSE(n)))
            continue;
        buf_add_format(out, "%sF%02u %s", before, n, word_cause(n, language));
        before = word_text(WORD_LIST_SEPARATOR, language);
    }
    if (!before[0])
        buf_add_text(out, word_text(WORD_CAUSE_UNKNOWN, language));
}

/* The argument as people read it. */
static struct phrase changed(const struct assessment *a, const struct assess_scenario *s,
                             enum language language)
{
    switch (s->what) {
    case WHAT_IF_DROP_MODEL:
        return name_reader(a->f, s->which);
    case WHAT_IF_RELAX:
        return phrase_cut(word_text(word_clause((enum clause)s->which), language));
    case WHAT_IF_MODE:
        return phrase_cut(word_text(word_power((enum power_mode)s->which), language));
    case WHAT_IF_BOUND:
        return number_percent(s->bound, language);
    case WHAT_IF_CONDITION:
        return name_condition(a->f, s->which, language);
    default:
        return phrase_cut(what_if_argument(a, s));
    }
}

struct phrase name_scenario(const struct assessment *a, const struct assess_scenario *s,
                            enum language language)
{
    static const enum word words[WHAT_IF_COUNT] = {
#define W(ID, ...) [WHAT_IF_##ID] = WORD_IF_##ID,
#include "harness/criteria/what_if.def"
#undef W
    };
    bool any_reader = s->what == WHAT_IF_RELAX && s->which == CLAUSE_READERS;
    return PHRASE_FILL(any_reader ? WORD_IF_ANY_READER : words[s->what], language,
                       changed(a, s, language).text, a->f->survey->readers[s->by].unit);
}

const char *name_fact(const char *key, enum language language)
{
    static const struct {
        const char *key;
        enum word name;
    } rows[] = {
        { "released", WORD_F_RELEASED },
        { "android", WORD_F_ANDROID },
        { "max_kbit_s", WORD_F_MAX_KBIT_S },
        { "maker", WORD_F_MAKER },
        { "carrier", WORD_F_CARRIER },
        { "technologies", WORD_F_TECHNOLOGIES },
        { "felica", WORD_F_FELICA },
        { "target", WORD_F_TARGET },
        { "name", WORD_SH_NAME },
        { "antenna_position", WORD_F_ANTENNA },
        { "level", WORD_F_LEVEL },
        { "max_message", WORD_F_MAX_MESSAGE },
        { "endpoints", WORD_F_ENDPOINTS },
        { "polling", WORD_F_POLLING },
    };
    for (size_t i = 0; key && i < sizeof rows / sizeof *rows; i++)
        if (strcmp(rows[i].key, key) == 0)
            return word_text(rows[i].name, language);
    return key ? key : "";
}

const char *name_left_out(const struct survey *s, size_t cell, enum language language, struct phrase *hold)
{
    const char *own = s->excluded_reason ? s->excluded_reason[cell] : NULL;
    size_t rest = cell / s->script_count / s->reader_count;
    if (!own || s->excluded[cell] != SURVEY_CELL_NOT_APPLICABLE)
        return own;
    const char *source = survey_handset_of(s, rest / s->condition_count)->absent_source;
    enum power_mode mode = s->conditions[rest % s->condition_count].power_mode;
    if (source && strcmp(source, word_text(WORD_SOURCE_SIMULATED, LANGUAGE_ENGLISH)) == 0)
        source = word_text(WORD_SOURCE_SIMULATED, language);
    *hold = PHRASE_FILL(WORD_DECLARED_ABSENT, language, word_text(word_power(mode), language),
                        source ? source : "");
    return hold->text;
}

struct phrase name_passes(const struct assess_grey *grey, enum language language)
{
    struct phrase each = number_percent(grey->passes, language), mean = number_percent(grey->mean, language);
    return grey->mean > 0 ? PHRASE_FILL(WORD_MEAN_AND_EACH, language, mean.text, each.text) : each;
}

struct phrase name_refusal(const struct assessment *a, enum language language)
{
    struct assess_grey grey = assess_grey_of(a, CLAUSE_SUCCESS);
    bool above_bound = a->criteria->refuse == CRITERIA_REFUSE_ABOVE_BOUND;
    if (a->criteria->taps)
        return (struct phrase) { "" };
    return PHRASE_FILL(above_bound ? WORD_K_REFUSE_BOUND : WORD_K_REFUSE_Q0, language,
                       number_percent(grey.refuses, language).text, name_passes(&grey, language).text);
}

struct phrase name_bounds(const struct findings_cell *c, int places, enum language language)
{
    struct phrase bounds = number_interval(c->lower, c->upper, places, language);
    return c->s == 0 ? bounds
                     : PHRASE_FILL(WORD_SUSPECT_BESIDE, language, number_count(c->s).text, bounds.text);
}

static void add_change(struct buf *out, enum word word, enum language language, const char *unit,
                       const char *before, const char *now)
{
    const char *absent = word_text(WORD_FIRMWARE_ABSENT, language);
    if (!now || (before && strcmp(before, now) == 0))
        return;
    if (out->length > 0)
        buf_add_text(out, "; ");
    buf_add_text(
        out,
        PHRASE_FILL(word, language, unit, before && before[0] ? before : absent, now[0] ? now : absent).text);
}

/* As it was before this entry of f->refound. */
static const struct journal_reader_found *found_before(const struct findings *f, size_t entry)
{
    const char *unit = f->refound[entry].unit;
    for (size_t i = entry; i > 0; i--)
        if (strcmp(f->refound[i - 1].unit, unit) == 0)
            return &f->refound[i - 1];
    for (size_t i = 0; i < f->found_count; i++)
        if (strcmp(f->found[i].unit, unit) == 0)
            return &f->found[i];
    return &f->refound[entry];
}

void name_add_changes(struct buf *out, const struct findings *f, enum language language)
{
    for (size_t i = 0; i < f->refound_count; i++) {
        const struct journal_reader_found *now = &f->refound[i], *before = found_before(f, i);
        add_change(out, WORD_CHANGED_SERIAL, language, now->unit, before->serial, now->serial);
        add_change(out, WORD_CHANGED_FIRMWARE, language, now->unit, before->firmware, now->firmware);
    }
    if (f->last_program)
        buf_add_format(
            out, "%s%s", out->length > 0 ? "; " : "",
            PHRASE_FILL(WORD_CHANGED_PROGRAM, language, f->program ? f->program : "", f->last_program).text);
}
