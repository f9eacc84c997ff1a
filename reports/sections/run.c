/* What was run: the scheme in words and numbers, the particulars, units, conditions, scripts and files. */
#include "reports/render/html.h"

#include <string.h>

static void particular(struct page *p, enum word name, enum word text, const char *const *args)
{
    page_put(p, "<tr>");
    page_element(p, "th", "scope=\"row\"", name);
    page_put(p, "<td>");
    page_fill(p, text, args);
    page_put(p, "</td></tr>\n");
}
#define PARTICULAR(p, name, text, ...)                                                                       \
    particular((p), (name), (text), (const char *const[]) { __VA_ARGS__, NULL })

static void plain(struct page *p, enum word name, const char *value)
{
    page_put(p, "<tr>");
    page_element(p, "th", "scope=\"row\"", name);
    page_value(p, "td", "", value ? value : "");
    page_put(p, "</tr>\n");
}

static void particulars(struct page *p)
{
    const struct findings *f = p->f;
    const struct survey *s = f->survey;
    const struct scheme *c = &f->scheme;
    struct phrase hold;
    page_put(p, "<table class=\"particulars\">\n");
    page_caption(p, WORD_RUN_CAPTION, (const char *const[]) { NULL });
    page_put(p, "<tbody>\n");
    plain(p, WORD_K_SURVEY, s->id);
    plain(p, WORD_K_RUN, f->run);
    PARTICULAR(p, WORD_K_SIZE, WORD_SIZE, page_u64(s->pair_count).text, page_u64(s->reader_count).text,
               page_u64(s->condition_count).text, page_u64(s->script_count).text,
               page_u64(f->cell_count).text);
    PARTICULAR(p, WORD_K_DONE, WORD_DONE, page_u64(f->placements).text, page_u64(f->placements_dirty).text,
               page_u64(f->placements_invalid).text, page_u64(f->placements_aborted).text,
               page_u64(f->transactions).text, page_u64(f->failed).text, page_u64(f->invalid).text);
    PARTICULAR(p, WORD_K_SCHEME, WORD_SCHEME_NUMBERS, c->name, page_real(c->q0).text, page_real(c->q1).text,
               page_real(c->alpha).text, page_real(c->beta).text, page_u64(c->k).text,
               page_u64(c->n_max).text);
    PARTICULAR(p, WORD_K_PRIORS, WORD_PRIORS, f->prior_upper, f->prior_lower);
    PARTICULAR(p, WORD_K_SESSIONS, WORD_SESSIONS, page_u64(f->sessions).text, page_real(s->min_gap_h).text,
               page_u64(f->resumes).text);
    PARTICULAR(p, WORD_K_ORDER, WORD_ORDER, number_name(f->seed).text, page_u64(f->lanes).text,
               word_text(word_hands(f->hands), p->language));
    page_put(p, "<tr>");
    page_element(p, "th", "scope=\"row\"", WORD_K_TIME);
    page_put(p, "<td>");
    page_period(p, f->started, f->last_wall);
    page_put(p, "</td></tr>\n");
    PARTICULAR(p, WORD_K_CLOCK, WORD_CLOCK, phrase_said(f->clock, p->language, &hold),
               page_u64(f->clock_resolution_ns).text);
    plain(p, WORD_K_HOST, f->host);
    plain(p, WORD_K_PROGRAM, f->program);
    if (f->libraries)
        plain(p, WORD_K_LIBRARIES, f->libraries);
    PARTICULAR(p, WORD_K_JOURNAL, WORD_JOURNAL, page_u64(f->records).text, page_u64(f->damaged).text,
               f->sha256);
    page_put(p, "</tbody></table>\n");
}

/* The names that a stack gives to emulated readers are those of real models, so they are left out. */
static void units(struct page *p)
{
    static const enum word columns[] = { WORD_C_UNIT, WORD_C_READER, WORD_C_DRIVER, WORD_C_FIRMWARE };
    const struct findings *f = p->f;
    page_put(p, "<table class=\"list\">\n");
    page_caption(p, WORD_UNITS_CAPTION, (const char *const[]) { NULL });
    page_headers(p, columns, sizeof columns / sizeof *columns);
    for (size_t i = 0; i < f->survey->reader_count; i++) {
        const struct journal_reader_found *found = NULL;
        for (size_t j = 0; j < f->found_count && !found; j++)
            if (f->found[j].unit && strcmp(f->found[j].unit, f->survey->readers[i].unit) == 0)
                found = &f->found[j];
        page_put(p, "<tr>");
        page_value(p, "th", "scope=\"row\"", f->survey->readers[i].unit);
        page_value(p, "td", "", page_reader(p, i).text);
        page_value(p, "td", "", found && found->driver ? found->driver : f->survey->readers[i].driver);
        if (found && found->firmware && found->firmware[0])
            page_value(p, "td", "", found->firmware);
        else
            page_element(p, "td", "class=\"evidence\"", WORD_FIRMWARE_ABSENT);
        page_put(p, "</tr>\n");
    }
    page_put(p, "</tbody></table>\n");
}

/* Cases and positions are ids of the survey, but the usual ones have a name in the page's language. */
static const char *translated(const struct page *p, const char *id, enum word usual)
{
    bool same = !id || strcmp(id, word_text(usual, LANGUAGE_ENGLISH)) == 0;
    return same ? word_text(usual, p->language) : id;
}

static void conditions(struct page *p)
{
    static const enum word columns[] = { WORD_C_ID, WORD_C_WHAT, WORD_C_MEANING };
    const struct survey *s = p->f->survey;
    page_put(p, "<table class=\"list\">\n");
    page_caption(p, WORD_CONDITIONS_CAPTION, (const char *const[]) { NULL });
    page_headers(p, columns, sizeof columns / sizeof *columns);
    for (size_t i = 0; i < s->condition_count; i++) {
        const struct survey_condition *c = &s->conditions[i];
        page_put(p, "<tr>");
        page_value(p, "th", "scope=\"row\"", c->id);
        page_element(p, "td", "", WORD_C_CONDITION);
        page_put(p, "<td>");
        PAGE_FILL(p, WORD_CONDITION_TEXT, word_text(page_power(c->power_mode), p->language),
                  translated(p, c->handset_case, WORD_CASE_NONE),
                  translated(p, c->position, WORD_POSITION_CENTRE));
        page_put(p, "</td></tr>\n");
    }
    for (size_t i = 0; i < s->script_count; i++) {
        const struct script *c = &s->scripts_loaded[s->scripts[i].script];
        const char *title = p->language == LANGUAGE_JAPANESE && c->title_ja ? c->title_ja : c->title;
        page_put(p, "<tr>");
        page_value(p, "th", "scope=\"row\"", c->id);
        page_element(p, "td", "", WORD_C_SCRIPT);
        page_put(p, "<td>");
        PAGE_FILL(p, WORD_SCRIPT_TEXT, title ? title : c->id, page_u64(s->scripts[i].time_limit_ms).text);
        page_put(p, "</td></tr>\n");
    }
    page_put(p, "</tbody></table>\n");
}

static void files(struct page *p)
{
    static const enum word columns[] = { WORD_C_KIND, WORD_C_FILE };
    const struct survey *s = p->f->survey;
    page_put(p, "<details><summary>");
    PAGE_FILL(p, WORD_FILES_SUMMARY, page_u64(s->file_count).text);
    page_put(p, "</summary><div class=\"wide\"><table class=\"list\">\n");
    page_headers(p, columns, sizeof columns / sizeof *columns);
    for (size_t i = 0; i < s->file_count; i++) {
        bool hidden = p->f->simulated && s->files[i].kind && strcmp(s->files[i].kind, "reader") == 0;
        page_put(p, "<tr>");
        page_value(p, "th", "scope=\"row\"", name_file(s->files[i].kind, p->language));
        page_put(p, "<td>");
        page_text(p, hidden ? word_text(WORD_FILE_HIDDEN, p->language) : s->files[i].path);
        page_value(p, "small", "class=\"hash\"", s->files[i].sha256);
        page_put(p, "</td></tr>\n");
    }
    page_put(p, "</tbody></table></div></details>\n");
}

void page_run(struct page *p)
{
    const struct scheme *c = &p->f->scheme;
    page_heading(p, "run", WORD_H_RUN);
    page_put(p, "<p>");
    PAGE_FILL(p, WORD_SCHEME_TEXT, page_u64(c->k).text, page_percent(p, c->q1).text,
              page_percent(p, c->q0).text, page_u64(c->n_max).text);
    page_put(p, "</p>\n<p>");
    PAGE_FILL(p, WORD_SCHEME_RISK, page_percent(p, c->q1).text, page_percent(p, c->beta).text,
              page_percent(p, c->q0).text, page_percent(p, c->alpha).text,
              page_u64(VERDICT_SESSIONS_NEEDED).text);
    page_put(p, "</p>\n");
    particulars(p);
    units(p);
    conditions(p);
    files(p);
    page_put(p, "</section>\n");
}
