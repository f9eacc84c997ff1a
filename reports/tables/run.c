/* What was run: particulars, reader units, conditions and scripts, and the files of the survey. */
#include "reports/tables/names.h"
#include "reports/tables/tables.h"
#include "reports/words/numbers.h"

#include <string.h>

/* ---- particulars: the row is about the findings ---- */

static void simulated(struct entry *x)
{
    if (x->f->simulated)
        entry_text(x, word_text(WORD_SH_SIMULATED_TEXT, x->view->language));
}

static void unproven(struct entry *x)
{
    if (x->f->unproven)
        entry_text(x, word_text(WORD_UNPROVEN_TEXT, x->view->language));
}

static void damaged(struct entry *x)
{
    if (x->f->faults.count > 0)
        entry_format(x, "%s", name_damage(&x->f->faults, x->view->language).text);
}

static void title(struct entry *x)
{
    entry_text(x, phrase_choose(x->f->survey->title, x->f->survey->title_ja, x->view->language));
}

static void unfinished(struct entry *x)
{
    const struct said *reason = x->f->stop_reason;
    struct phrase hold;
    if (!x->f->finished)
        ENTRY_FILL(x, WORD_UNFINISHED,
                   reason ? phrase_said(reason, x->view->language, &hold)
                          : word_text(WORD_NO_STOP, x->view->language));
}

static void size(struct entry *x)
{
    const struct survey *s = x->f->survey;
    ENTRY_FILL(x, WORD_SIZE, number_count(s->pair_count).text, number_count(s->reader_count).text,
               number_count(s->condition_count).text, number_count(s->script_count).text,
               number_count(x->f->cell_count).text);
}

static void done(struct entry *x)
{
    const struct findings *f = x->f;
    ENTRY_FILL(x, WORD_DONE, number_count(f->placements).text, number_count(f->placements_dirty).text,
               number_count(f->placements_invalid).text, number_count(f->placements_aborted).text,
               number_count(f->transactions).text, number_count(f->failed).text,
               number_count(f->invalid).text);
}

static void scheme(struct entry *x)
{
    const struct scheme *c = &x->f->scheme;
    ENTRY_FILL(x, WORD_SCHEME_NUMBERS, c->name, number_real(c->q0).text, number_real(c->q1).text,
               number_real(c->alpha).text, number_real(c->beta).text, number_count(c->k).text,
               number_count(c->n_max).text);
}

static void priors(struct entry *x)
{
    ENTRY_FILL(x, WORD_PRIORS, x->f->prior_upper, x->f->prior_lower);
}

static void sessions(struct entry *x)
{
    ENTRY_FILL(x, WORD_SESSIONS, number_count(x->f->sessions).text, number_real(x->f->survey->min_gap_h).text,
               number_count(x->f->resumes).text);
}

static void order(struct entry *x)
{
    ENTRY_FILL(x, WORD_ORDER, number_name(x->f->seed).text, number_count(x->f->lanes).text,
               word_text(word_hands(x->f->hands), x->view->language));
}

static void when(struct entry *x)
{
    entry_text(x, x->f->started);
    x->value.until = x->f->last_wall;
}

static void clock_used(struct entry *x)
{
    struct phrase hold;
    ENTRY_FILL(x, WORD_CLOCK, phrase_said(x->f->clock, x->view->language, &hold),
               number_count(x->f->clock_resolution_ns).text);
}

static void journal(struct entry *x)
{
    ENTRY_FILL(x, WORD_JOURNAL, number_count(x->f->records).text, number_count(x->f->faults.lines).text,
               x->f->sha256);
}

#define RUN(member) MEMBER_OF_RUN(member)
#define BRIEF       (FORM_SHEET | FORM_MARKDOWN) /* in the order of their own */
#define UNSIGNED    (FORM_PEOPLE & ~FORM_SHEET)  /* a sheet has it in table_traces, above */

static const struct column run_columns[] = {
    { NULL, WORD_SIMULATED, VALUE_LONG, simulated, FORM_SHEET },
    { NULL, WORD_UNPROVEN, VALUE_LONG, unproven, FORM_SHEET },
    { NULL, WORD_DAMAGED, VALUE_LONG, damaged, FORM_SHEET },
    { NULL, WORD_CHANGED, VALUE_LONG, row_changes, BRIEF },
    { NULL, WORD_K_SURVEY, VALUE_TEXT, row_survey },
    { NULL, WORD_SH_TITLE, VALUE_TEXT, title, FORM_SHEET },
    { NULL, WORD_K_RUN, VALUE_TEXT, .where = UNSIGNED, RUN(run) },
    { NULL, WORD_K_TIME, VALUE_PERIOD, when, BRIEF },
    { NULL, WORD_SH_UNFINISHED, VALUE_LONG, unfinished, FORM_SHEET },
    { NULL, WORD_K_SIZE, VALUE_LONG, size, FORM_PAGE },
    { NULL, WORD_K_DONE, VALUE_LONG, done, FORM_PAGE },
    { NULL, WORD_K_SCHEME, VALUE_LONG, scheme, FORM_PAGE | FORM_SHEET },
    { NULL, WORD_SH_JOURNAL_HASH, VALUE_TEXT, hash_of_journal, FORM_MARKDOWN },
    { NULL, WORD_SH_CRITERIA_HASH, VALUE_TEXT, hash_of_criteria, FORM_MARKDOWN },
    { NULL, WORD_K_PRIORS, VALUE_LONG, priors, FORM_PAGE },
    { NULL, WORD_K_SESSIONS, VALUE_LONG, sessions, FORM_PAGE },
    { NULL, WORD_K_ORDER, VALUE_LONG, order, FORM_PAGE },
    { NULL, WORD_K_TIME, VALUE_PERIOD, when, FORM_PAGE },
    { NULL, WORD_K_CLOCK, VALUE_LONG, clock_used, FORM_PAGE },
    { NULL, WORD_K_HOST, VALUE_TEXT, .where = FORM_PAGE, RUN(host) },
    { NULL, WORD_K_OPERATORS, VALUE_TEXT, .where = FORM_PAGE, RUN(operators) },
    { NULL, WORD_K_PROGRAM, VALUE_TEXT, .where = UNSIGNED, RUN(program) },
    { NULL, WORD_K_LIBRARIES, VALUE_TEXT, .where = FORM_PAGE, RUN(libraries) },
    { NULL, WORD_K_JOURNAL, VALUE_LONG, journal, FORM_PAGE },
    { 0 },
};

const struct table table_run = { .caption = WORD_RUN_CAPTION, .look = LOOK_RECORD, .columns = run_columns };

/* ---- what the cover of a printed report says ---- */

static const struct column cover_columns[] = {
    { NULL, WORD_K_TIME, VALUE_PERIOD, when },
    { NULL, WORD_K_PROGRAM, VALUE_TEXT, RUN(program) },
    { NULL, WORD_SH_JOURNAL_HASH, VALUE_TEXT, hash_of_journal },
    { NULL, WORD_SH_CRITERIA_HASH, VALUE_TEXT, hash_of_criteria },
    { 0 },
};

const struct table table_cover = { .class = "cover", .look = LOOK_RECORD, .columns = cover_columns };

/* ---- reader units ---- */

/* What the start record found of a unit; NULL: nothing. */
static const struct journal_reader_found *found(const struct entry *x)
{
    const struct findings *f = x->f;
    for (size_t i = 0; i < f->found_count; i++)
        if (f->found[i].unit && strcmp(f->found[i].unit, f->survey->readers[x->row->reader].unit) == 0)
            return &f->found[i];
    return NULL;
}

static void driver(struct entry *x)
{
    const struct journal_reader_found *r = found(x);
    entry_text(x, r && r->driver ? r->driver : x->f->survey->readers[x->row->reader].driver);
}

static void firmware(struct entry *x)
{
    const struct journal_reader_found *r = found(x);
    entry_text(x, r ? r->firmware : NULL);
    x->value.class = x->value.kind ? NULL : "evidence";
}

/* The names that a stack gives to emulated readers are those of real models, so they are left out. */
static const struct column unit_columns[] = {
    { NULL, WORD_C_KIND, VALUE_WORD, column_word, FORM_SHEET, .at = WORD_SH_READER_UNIT },
    { NULL, WORD_C_UNIT, VALUE_TEXT, row_reader },
    { NULL, WORD_C_READER, VALUE_TEXT, row_reader_model },
    { NULL, WORD_C_DRIVER, VALUE_TEXT, driver },
    { NULL, WORD_C_FIRMWARE, VALUE_TEXT, firmware, FORM_PAGE, .absent = WORD_FIRMWARE_ABSENT },
    { 0 },
};

const struct table table_units = {
    .caption = WORD_UNITS_CAPTION,
    .look = LOOK_LIST,
    .columns = unit_columns,
    .count = readers_count,
    .row = readers_row,
};

/* ---- conditions, then scripts ---- */

static bool is_script(const struct row *row)
{
    return row->script != SIZE_MAX;
}

static void id(struct entry *x)
{
    (is_script(x->row) ? row_script : row_condition)(x);
}

static void which(struct entry *x)
{
    entry_word(x, is_script(x->row) ? WORD_C_SCRIPT : WORD_C_CONDITION, NULL);
}

/* Cases and positions are ids of the survey, but the usual ones have a name in the page's language. */
static const char *translated(const char *text, enum word usual, enum language language)
{
    bool same = !text || strcmp(text, word_text(usual, LANGUAGE_ENGLISH)) == 0;
    return same ? word_text(usual, language) : text;
}

static void meaning(struct entry *x)
{
    const struct survey *s = x->f->survey;
    enum language language = x->view->language;
    if (is_script(x->row)) {
        const struct survey_script *script = &s->scripts[x->row->script];
        const struct script *loaded = &s->scripts_loaded[script->script];
        const char *title = phrase_choose(loaded->title, loaded->title_ja, language);
        ENTRY_FILL(x, WORD_SCRIPT_TEXT, title ? title : loaded->id, number_count(script->time_limit_ms).text);
    } else {
        const struct survey_condition *c = &s->conditions[x->row->condition];
        ENTRY_FILL(x, WORD_CONDITION_TEXT, word_text(word_power(c->power_mode), language),
                   translated(c->handset_case, WORD_CASE_NONE, language),
                   translated(c->position, WORD_POSITION_CENTRE, language));
    }
}

static const struct column condition_columns[] = {
    { NULL, WORD_C_ID, VALUE_TEXT, id },
    { NULL, WORD_C_WHAT, VALUE_WORD, which },
    { NULL, WORD_C_MEANING, VALUE_LONG, meaning },
    { 0 },
};

static size_t conditions_count(const struct view *v, const struct row *parent)
{
    const struct survey *s = v->report->findings->survey;
    (void)parent;
    return s->condition_count + s->script_count;
}

static bool condition_row(const struct view *v, struct row *row)
{
    size_t conditions = v->report->findings->survey->condition_count;
    if (row->i < conditions)
        row->condition = row->i;
    else
        row->script = row->i - conditions;
    return true;
}

const struct table table_conditions = {
    .caption = WORD_CONDITIONS_CAPTION,
    .look = LOOK_LIST,
    .columns = condition_columns,
    .count = conditions_count,
    .row = condition_row,
};

/* ---- files ---- */

static void kind(struct entry *x)
{
    entry_text(x, name_file(((const struct survey_file *)x->row->of)->kind, x->view->language));
}

static void path(struct entry *x)
{
    const struct survey_file *file = x->row->of;
    bool hidden = x->f->simulated && file->kind && strcmp(file->kind, "reader") == 0;
    entry_text(x, hidden ? word_text(WORD_FILE_HIDDEN, x->view->language) : file->path);
}

static const struct column file_columns[] = {
    { NULL, WORD_C_KIND, VALUE_WORD, column_word, FORM_SHEET, .at = WORD_C_FILE },
    { NULL, WORD_C_KIND, VALUE_TEXT, kind, FORM_PAGE },
    { NULL, WORD_C_FILE, VALUE_TEXT, path },
    { NULL, WORD_SH_VALUE, VALUE_TEXT, kind, FORM_SHEET },
    { NULL, WORD_SH_FROM, VALUE_TEXT, column_text, FORM_SHEET },
    { NULL, WORD_C_FILE, VALUE_TEXT, .get = member_chars, .at = offsetof(struct survey_file, sha256),
      .class = "hash", .place = PLACE_UNDER },
    { 0 },
};

static struct phrase files_summary(const struct view *v, const struct row *parent)
{
    (void)parent;
    return PHRASE_FILL(WORD_FILES_SUMMARY, v->language,
                       number_count(v->report->findings->survey->file_count).text);
}

const struct table table_files = {
    .summary_of = files_summary,
    .look = LOOK_LIST,
    .fold = FOLD_CLOSED,
    .columns = file_columns,
    .array = ARRAY_OF_SURVEY(files, file_count),
};
