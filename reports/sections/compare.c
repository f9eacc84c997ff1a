/*
 * What is said about a comparison, around its tables (tables/compare.c): as a page and as text. What else differs
 * comes first, then what changed, what only looks so, and what could not be seen. Rows are in the survey's order, never
 * in one of merit.
 */
#include "reports/sections/compare.h"

#include "harness/base/text.h"
#include "reports/render/html.h"
#include "reports/render/text_table.h"
#include "reports/sections/sections.h"
#include "reports/tables/compare.h"

#include <inttypes.h>
#include <math.h>

static void title(struct page *p)
{
    page_say(p, WORD_CMP_KIND);
    page_say(p, WORD_COLON);
    PAGE_FILL(p, WORD_CMP_TITLE, p->comparison->a->run, p->comparison->b->run);
}

static void run_line(struct page *p, const char *name, const struct findings *f)
{
    PAGE_FILL(p, WORD_CMP_RUN, name, f->run, f->survey->id, number_count(f->placements).text);
    page_say(p, WORD_COMMA);
    page_period(p, f->started, f->last_wall);
}

static void unfinished(struct page *p, const char *name, const struct findings *f)
{
    struct phrase hold;
    if (!f->finished)
        PAGE_FILLED(p, "p", "class=\"notice\"", WORD_CMP_UNFINISHED, name,
                    f->stop_reason ? phrase_said(f->stop_reason, p->language, &hold)
                                   : word_text(WORD_NO_STOP, p->language));
}

static void tile(struct page *p, const char *style, size_t count, enum word name, enum word meaning)
{
    page_put(p, "<li class=\"");
    page_put(p, style);
    page_put(p, "\"><span class=\"figure\">");
    page_number(p, count);
    page_put(p, "</span> ");
    page_element(p, "strong", "", name);
    page_element(p, "small", "", meaning);
    page_put(p, "</li>\n");
}

static void tiles(struct page *p)
{
    const struct comparison *c = p->comparison;
    page_put(p, "<ul class=\"tiles\">\n");
    tile(p, "i", c->by_class[COMPARE_WORSE], WORD_CMP_K_WORSE, WORD_CMP_TS_WORSE);
    tile(p, "c", c->by_class[COMPARE_BETTER], WORD_CMP_K_BETTER, WORD_CMP_TS_BETTER);
    tile(p, "t", c->looks, WORD_CMP_T_LOOKS, WORD_CMP_TS_LOOKS);
    tile(p, "u", c->by_class[COMPARE_NO_CHANGE], WORD_CMP_K_NO_CHANGE, WORD_CMP_TS_NONE);
    page_put(p, "</ul>\n");
}

static const struct page_link links[] = {
    { "differences", WORD_CMP_H_DIFFERENCES },
    { "units", WORD_CMP_H_UNITS },
    { "cells", WORD_CMP_H_CELLS },
    { "times", WORD_SH_TIMES },
    { "power", WORD_CMP_H_POWER },
    { "left", WORD_CMP_H_LEFT },
};

static void front(struct page *p)
{
    const struct comparison *c = p->comparison;
    page_put(p, "<header>\n<p class=\"kind\">");
    page_say(p, WORD_CMP_KIND);
    page_put(p, "</p>\n<h1>");
    page_say(p, compare_found(c)        ? WORD_CMP_FOUND
                : compare_could_find(c) ? WORD_CMP_NOT_FOUND
                                        : WORD_CMP_NO_DATA);
    page_put(p, "</h1>\n<p class=\"subtitle\">");
    run_line(p, "A", c->a);
    page_put(p, "<br>");
    run_line(p, "B", c->b);
    page_put(p, "</p>\n");
    page_banner(p, NULL);
    unfinished(p, "A", c->a);
    unfinished(p, "B", c->b);
    PAGE_FILLED(p, "p", "", WORD_CMP_SUMMARY, number_count(c->cell_count).text,
                number_count(c->by_class[COMPARE_WORSE]).text, number_count(c->by_class[COMPARE_BETTER]).text,
                number_count(c->looks).text, number_count(c->unit_count).text,
                number_count(c->units_by_class[COMPARE_WORSE]).text,
                number_count(c->units_by_class[COMPARE_BETTER]).text,
                number_count(c->time_by_class[COMPARE_WORSE]).text,
                number_count(c->time_by_class[COMPARE_BETTER]).text);
    tiles(p);
    page_contents(p, links, sizeof links / sizeof *links);
    page_put(p, "</header>\n<main>\n");
}

/* Unless it has no rows. */
static void table(struct page *p, const struct table *t)
{
    const struct view v = { p->r, p->language, FORM_SCREEN, false };
    const struct row row = compare_whole(p->comparison);
    if (table_is_empty(t, &v, &row))
        return;
    page_put(p, "<div class=\"wide\">");
    page_table(p, t, &row, NULL);
    page_put(p, "</div>\n");
}

static void differences(struct page *p)
{
    page_section(p, "differences", NULL, WORD_CMP_H_DIFFERENCES);
    page_element(p, "p", "",
                 p->comparison->difference_count ? WORD_CMP_DIFFERENCES_INTRO : WORD_CMP_DIFFERENCES_NONE);
    table(p, &table_differences);
    page_put(p, "</section>\n");
}

/* How many readers or handsets there are, and how many of them there is nothing to say of. */
static size_t count_units(const struct comparison *c, enum compare_kind kind, size_t *quiet)
{
    size_t all = 0;
    *quiet = 0;
    for (size_t i = 0; i < c->unit_count; i++) {
        all += c->units[i].kind == kind;
        *quiet += c->units[i].kind == kind && compare_is_quiet(&c->units[i]);
    }
    return all;
}

static void units(struct page *p)
{
    size_t quiet, all = count_units(p->comparison, COMPARE_HANDSET, &quiet);
    page_section(p, "units", NULL, WORD_CMP_H_UNITS);
    page_element(p, "p", "", p->comparison->same_plan ? WORD_CMP_UNITS_INTRO : WORD_CMP_UNITS_UNTESTED);
    table(p, &table_compared_readers);
    table(p, &table_compared_handsets);
    if (quiet > 0) {
        page_put(p, "<p class=\"note\">");
        page_say(p, WORD_CMP_HANDSETS_CAPTION);
        page_say(p, WORD_COLON);
        PAGE_FILL(p, WORD_CMP_QUIET, number_count(quiet).text, number_count(all).text);
        page_put(p, "</p>\n");
    }
    page_put(p, "</section>\n");
}

static void cells(struct page *p)
{
    const struct comparison *c = p->comparison;
    page_section(p, "cells", NULL, WORD_CMP_H_CELLS);
    PAGE_FILLED(p, "p", "", WORD_CMP_CELLS_INTRO, number_percent(c->confidence, p->language).text,
                number_count(c->tests).text, number_percent(c->fdr, p->language).text);
    if (c->said == 0)
        page_element(p, "p", "", WORD_CMP_CELLS_NONE);
    table(p, &table_changed_cells);
    if (c->cell_count > c->said) { /* every cell, for who looks for one; not on paper */
        page_put(p, "<details class=\"screen\"><summary>");
        PAGE_FILL(p, WORD_CMP_ALL_SUMMARY, number_count(c->cell_count).text);
        page_put(p, "</summary>\n");
        table(p, &table_compared_cells);
        page_put(p, "</details>\n");
    }
    page_put(p, "</section>\n");
}

static void times(struct page *p)
{
    const struct comparison *c = p->comparison;
    const size_t *by = c->time_by_class;
    page_section(p, "times", NULL, WORD_SH_TIMES);
    PAGE_FILLED(p, "p", "", WORD_CMP_TIMES_INTRO, number_count(c->time_tests).text,
                number_percent(c->fdr, p->language).text);
    PAGE_FILLED(p, "p", "", WORD_CMP_TIMES_COUNTS, number_count(by[COMPARE_WORSE]).text,
                number_count(by[COMPARE_BETTER]).text, number_count(c->time_looks).text,
                number_count(by[COMPARE_NO_CHANGE]).text, number_count(by[COMPARE_NOT_TESTED]).text);
    table(p, &table_changed_times);
    page_put(p, "</section>\n");
}

static struct phrase whole(double value)
{
    return number_fixed(ceil(value), 0);
}

static struct phrase open_points(double value)
{
    return number_fixed(ceil(1000.0 * value) / 10.0, 1);
}

static void power(struct page *p)
{
    const struct comparison *c = p->comparison;
    page_section(p, "power", NULL, WORD_CMP_H_POWER);
    if (!isnan(c->open_median))
        PAGE_FILLED(p, "p", "", WORD_CMP_POWER_OPEN, open_points(c->open_least).text,
                    open_points(c->open_most).text, open_points(c->open_median).text);
    if (c->blind > 0)
        PAGE_FILLED(p, "p", "", WORD_CMP_POWER_BLIND, number_count(c->blind).text);
    if (c->tests > 0)
        PAGE_FILLED(p, "p", "", WORD_CMP_POWER_ALONE, whole(c->cell_needs).text);
    if (c->tests > 0 && c->same_plan)
        PAGE_FILLED(p, "p", "", WORD_CMP_POWER_ALONE_UNIT, whole(c->unit_needs).text);
    if (!c->same_verdicts)
        page_element(p, "p", "", WORD_CMP_POWER_SCHEMES);
    else if (c->verdicts_changed > 0)
        PAGE_FILLED(p, "p", "", WORD_CMP_POWER_VERDICTS, number_count(c->verdicts_changed).text);
    page_element(p, "p", "", WORD_CMP_POWER_SESSIONS);
    page_put(p, "</section>\n");
}

static void left(struct page *p)
{
    page_section(p, "left", NULL, WORD_CMP_H_LEFT);
    page_element(p, "p", "", p->comparison->left_count ? WORD_CMP_LEFT_INTRO : WORD_CMP_LEFT_NONE);
    table(p, &table_not_compared);
    page_put(p, "</section>\n");
}

static void body(struct page *p)
{
    front(p);
    differences(p);
    units(p);
    cells(p);
    times(p);
    power(p);
    left(p);
    page_data(p);
}

static void foot(struct page *p)
{
    const struct comparison *c = p->comparison;
    PAGE_FILL(p, WORD_CMP_FOOTER, c->a->run, c->a->sha256, c->b->run, c->b->sha256,
              word_text(c->match == COMPARE_BY_UNIT ? WORD_CMP_BY_UNIT : WORD_CMP_BY_MODEL, p->language),
              number_percent(c->fdr, p->language).text);
}

int compare_html(const struct comparison *c, struct report *r, const char *path, struct err *e)
{
    static const struct page_content content = { title, NULL, { "differences", WORD_CMP_SKIP }, body, foot };
    return page_write(r, c, &content, path, e);
}

/* ---- as text ---- */

static const struct view text_view = { NULL, LANGUAGE_ENGLISH, FORM_TEXT, false };

static void say_table(const struct comparison *c, const char *title, const struct table *t, FILE *to)
{
    const struct row row = compare_whole(c);
    if (table_is_empty(t, &text_view, &row))
        return;
    fputs(title, to);
    text_table(to, &text_view, t, &row);
}

static void say_run(const char *name, const struct findings *f, FILE *to)
{
    fprintf(to, "%s  ", name);
    text_put_safe(to, f->run);
    fputs(", survey ", to);
    text_put_safe(to, f->survey->id);
    fprintf(to, ", %s, %" PRIu64 " placements%s\n", f->started, f->placements,
            f->finished ? "" : ", not finished");
}

static void say_differences(const struct comparison *c, FILE *to)
{
    bool any = false;
    if (c->difference_count == 0)
        fputs("\nNothing else differs between the runs.\n", to);
    say_table(c, "\nWhat else differs between the runs\n", &table_differences, to);
    for (size_t i = 0; i < c->difference_count; i++)
        any = any || c->differences[i].breaks;
    if (any)
        fputs("  (!) cells with it are not compared\n", to);
}

static const char *class_text(enum compare_class c, bool times)
{
    return word_text(word_compare_class(c, times), LANGUAGE_ENGLISH);
}

static void say_counts(const struct comparison *c, FILE *to)
{
    fprintf(to, "\n%zu cells compared", c->cell_count);
    for (int i = COMPARE_CLASS_COUNT - 1; i > COMPARE_NOT_TESTED; i--)
        if (c->by_class[i] > 0)
            fprintf(to, ", %zu %s", c->by_class[i], class_text((enum compare_class)i, false));
    fputs("\ntimes", to);
    for (int i = COMPARE_CLASS_COUNT - 1; i >= COMPARE_NOT_TESTED; i--)
        if (c->time_by_class[i] > 0)
            fprintf(to, ", %zu %s", c->time_by_class[i], class_text((enum compare_class)i, true));
    fprintf(to,
            "\nOf what is called worse or better, at most %g %% is expected to be wrong (e-BH over %zu "
            "cells,\nreaders and handsets); the same for slower and faster (Benjamini-Hochberg over %zu "
            "cells).\n",
            100.0 * c->fdr, c->tests, c->time_tests);
}

/* The smallest change that the cells without one still allow: what the runs could not see. */
static void say_power(const struct comparison *c, FILE *to)
{
    if (c->tests > 0)
        fprintf(to, "Alone on the list, a cell would need an e-value of %.0f", ceil(c->cell_needs));
    if (c->tests > 0 && c->same_plan)
        fprintf(to, ", a reader or handset one of %.0f", ceil(c->unit_needs));
    fputs(c->tests > 0 ? ".\n" : "", to);
    if (!c->same_plan)
        fputs("The schemes or sessions differ, or a run is not finished: readers and handsets as a whole are "
              "not "
              "tested.\n",
              to);
    if (!isnan(c->open_median))
        fprintf(to,
                "Where no change is shown, this much worse is not ruled out: from %.1f to %.1f points of "
                "P(dirty), "
                "median %.1f.\n",
                ceil(1000.0 * c->open_least) / 10.0, ceil(1000.0 * c->open_most) / 10.0,
                ceil(1000.0 * c->open_median) / 10.0);
    if (c->blind > 0)
        fprintf(to, "In %zu cells no change could have been seen at all: too few placements.\n", c->blind);
    if (!c->same_verdicts)
        fputs("The schemes differ, so verdicts are not compared; P(dirty) means the same in both.\n", to);
    else if (c->verdicts_changed > 0)
        fprintf(to, "%zu cells have another verdict; that alone shows no change.\n", c->verdicts_changed);
}

static void say_units(const struct comparison *c, enum compare_kind kind, const struct table *t,
                      const char *title, FILE *to)
{
    size_t quiet, all = count_units(c, kind, &quiet);
    fprintf(to, "\n%s\n", title);
    say_table(c, "", t, to);
    if (quiet > 0)
        fprintf(to, "  %zu of %zu: %s\n", quiet, all,
                class_text(c->same_plan ? COMPARE_NO_CHANGE : COMPARE_NOT_TESTED, false));
}

void compare_text(const struct comparison *c, FILE *to)
{
    if (c->simulated)
        fputs("SIMULATED: simulated readers and handsets; this says nothing about any real device.\n", to);
    say_run("A", c->a, to);
    say_run("B", c->b, to);
    fprintf(to, "matched by %s\n", c->match == COMPARE_BY_UNIT ? "unit" : "model");
    say_differences(c, to);
    say_table(c, "\nNot compared\n", &table_not_compared, to);
    say_counts(c, to);
    say_power(c, to);
    say_units(c, COMPARE_READER, &table_compared_readers, "Readers", to);
    say_units(c, COMPARE_HANDSET, &table_compared_handsets, "Handsets", to);
    say_table(c, "\nCells whose outcomes changed or look so, in the survey's order\n", &table_changed_cells,
              to);
    say_table(c, "\nCells whose times changed, in the survey's order\n", &table_changed_times, to);
    fputs(compare_found(c)        ? "\nA change was found.\n"
          : compare_could_find(c) ? "\nNo change is shown.\n"
                                  : "\nNot enough data to tell anything.\n",
          to);
}
