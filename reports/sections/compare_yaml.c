/* A comparison as YAML: a head, which no other form has as a table, and the tables. */
#include "reports/sections/compare.h"

#include "harness/base/decimal.h"
#include "reports/render/yaml.h"
#include "reports/tables/compare.h"

#include <math.h>

static void put_run(struct yaml *y, const char *key, const struct findings *f)
{
    yaml_flow_map(y, key);
    yaml_text(y, "run", f->run);
    yaml_text(y, "survey", f->survey->id);
    yaml_text(y, "started", f->started);
    yaml_bool(y, "finished", f->finished);
    yaml_u64(y, "placements", f->placements);
    yaml_text(y, "sha256", f->sha256);
    yaml_close(y);
}

/* Units only can be unsteady, and times only be untested. */
static void put_classes(struct yaml *y, const char *key, const size_t *of, bool times)
{
    yaml_flow_map(y, key);
    for (int i = COMPARE_CLASS_COUNT - 1; i >= (times ? COMPARE_NOT_TESTED : COMPARE_NO_CHANGE); i--)
        if (i != COMPARE_UNSTEADY)
            yaml_u64(y, compare_class_name((enum compare_class)i, times), of[i]);
    yaml_close(y);
}

static void put_share(struct yaml *y, const char *key, double share)
{
    yaml_plain(y, key, "%.6f", ceil(share * 1e6) / 1e6);
}

static void put_open(struct yaml *y, const struct comparison *c)
{
    static const char key[] = "worsening_not_ruled_out";
    if (isnan(c->open_median)) {
        yaml_plain(y, key, "null");
        return;
    }
    yaml_flow_map(y, key);
    put_share(y, "least", c->open_least);
    put_share(y, "median", c->open_median);
    put_share(y, "most", c->open_most);
    yaml_close(y);
    yaml_note(y, "where no change is shown");
}

static void put_head(struct yaml *y, const struct comparison *c)
{
    char confidence[DECIMAL_SIZE];
    yaml_plain(y, "format", "nfc-survey/comparison");
    yaml_u64(y, "version", 1);
    yaml_map(y, "runs");
    put_run(y, "a", c->a);
    put_run(y, "b", c->b);
    yaml_close(y);
    yaml_bool(y, "simulated", c->simulated);
    if (c->unproven)
        yaml_bool(y, "unproven", true);
    yaml_plain(y, "match", c->match == COMPARE_BY_UNIT ? "unit" : "model");
    yaml_plain(y, "fdr", "%s", decimal_plain(c->fdr).text);
    yaml_plain(y, "confidence", "%s", decimal_digits(confidence, c->confidence, 6, DECIMAL_NEAREST));
    yaml_u64(y, "tests", c->tests);
    yaml_note(y, "cells, by their placements: about the sessions held");
    yaml_u64(y, "listed", c->listed);
    yaml_flow_map(y, "sessions");
    yaml_u64(y, "a", c->sessions_a);
    yaml_u64(y, "b", c->sessions_b);
    yaml_close(y);
    yaml_plain(y, "unit_of_test", c->by_session ? "session" : "placement");
    yaml_note(y,
              c->by_session
                  ? "of readers, handsets and times"
                  : "of readers, handsets and times: too few sessions, nothing is claimed beyond these days");
    yaml_u64(y, "unit_tests", c->unit_tests);
    yaml_u64(y, "units_listed", c->units_listed);
    yaml_u64(y, "pair_tests", c->pair_tests);
    yaml_u64(y, "pairs_listed", c->pairs_listed);
    yaml_u64(y, "changes", compare_changes(c));
    yaml_note(y, "on all lists together");
    yaml_u64(y, "looks_with_unit", c->looks_with_unit);
    yaml_note(y, "of the cells that only look changed: as their reader or handset does, which is on a list");
    if (c->by_session)
        yaml_plain(y, "least_p", "%.6f", c->least_p);
    yaml_bool(y, "same_plan", c->same_plan);
    if (!c->same_plan)
        yaml_note(y, "readers and handsets are not tested");
    if (c->of_list) {
        yaml_bool(y, "of_list", true);
        yaml_note(y, "readers and handsets are not tested: that needs decide: matrix in both runs");
    }
    if (c->tests > 0) {
        yaml_flow_map(y, "e_needed_alone");
        yaml_plain(y, "cell", "%.0f", ceil(c->cell_needs));
        yaml_close(y);
    }
    yaml_u64(y, "time_tests", c->time_tests);
    yaml_u64(y, "times_listed", c->time_listed);
    put_classes(y, "cells_by_class", c->by[COMPARE_CELLS], false);
    put_classes(y, "times_by_class", c->by[COMPARE_TIMES], true);
    if (c->same_verdicts) {
        yaml_u64(y, "verdicts_changed", c->verdicts_changed);
    } else {
        yaml_plain(y, "verdicts_changed", "null");
        yaml_note(y, "the schemes differ, so verdicts do not mean the same");
    }
    yaml_u64(y, "blind", c->blind);
    yaml_note(y, "cells in which no change could have been seen");
    put_open(y, c);
}

void compare_yaml(const struct comparison *c, struct buf *out)
{
    static const struct table *const tables[] = { &table_shown,
                                                  &table_differences,
                                                  &table_not_compared,
                                                  &table_compared_readers,
                                                  &table_compared_handsets,
                                                  &table_compared_pairs,
                                                  &table_compared_cells,
                                                  NULL };
    const struct view v = { NULL, LANGUAGE_ENGLISH, FORM_YAML, false };
    const struct row row = compare_whole(c);
    struct yaml y;
    yaml_begin(&y, out, 0);
    put_head(&y, c);
    for (const struct table *const *t = tables; *t; t++)
        yaml_table(&y, &v, *t, &row);
    yaml_end(&y);
}
