/*
 * The rules of position, from the cells of conditions that differ in nothing but where the phone lies: at
 * most so many of five points silent, and no silent range of heights as wide as the rule's. A point is silent
 * where its cell fails the success clause. Heights are measured at some places only, so a range has a width
 * that is shown (between its outermost silent points) and one that is possible (up to its neighbours that
 * answer).
 */
#include "harness/criteria/judges.h"
#include "harness/domain/limits.h"

#include <math.h>
#include <string.h>

#define ROUNDING_MM 1e-9  /* of differences of written numbers */
#define NEXT_MM     0.001 /* just above a range that is shown silent */

enum { FIVE = 5, HEIGHTS_MAX = SURVEY_CONDITIONS_MAX };

static bool near(double a, double b)
{
    return fabs(a - b) <= NEAR_MM;
}

static bool at(const struct survey_condition *c, double x, double y, double z)
{
    return near(c->x_mm, x) && near(c->y_mm, y) && near(c->z_mm, z);
}

static bool same_offer(const struct survey_condition *a, const struct survey_condition *b)
{
    return a->power_mode == b->power_mode && strcmp(a->handset_case, b->handset_case) == 0;
}

/* The condition like this one at a place; condition_count: none. */
static size_t find_at(const struct survey *s, const struct survey_condition *like, double x, double y,
                      double z)
{
    size_t i = 0;
    while (i < s->condition_count && !(same_offer(&s->conditions[i], like) && at(&s->conditions[i], x, y, z)))
        i++;
    return i;
}

/* What the positions on a reader came to: the outcome, the threshold that would just pass (NAN: not testable), and what
 * was found on the line that decides. */
struct place {
    struct assess_result got;
    double passes_from;
    struct assess_place found;
};

static void keep_line(const struct findings *f, struct place *out, struct assess_result got,
                      double passes_from, const struct assess_place *found)
{
    const struct assess_result before = out->got;
    assess_keep_worse(f, &out->got, got);
    if (out->got.outcome != before.outcome || out->got.cell != before.cell)
        out->found = *found;
    if (isnan(passes_from) || passes_from > out->passes_from)
        out->passes_from = passes_from;
}

static struct assess_result point(const struct assess_engine *g, const struct assess_rules *r, size_t pair,
                                  size_t reader, size_t condition, size_t script)
{
    return assess_on_cell(g, r, survey_cell(g->f->survey, pair, condition, reader, script), CLAUSE_SUCCESS);
}

static void five_points(const struct assess_engine *g, const struct assess_rules *r, size_t pair,
                        size_t reader, size_t centre, size_t script, struct place *out)
{
    static const int sides[FIVE][2] = { { 0, 0 }, { 1, 0 }, { -1, 0 }, { 0, 1 }, { 0, -1 } };
    const struct survey *s = g->f->survey;
    const double radius = g->criteria->radius_mm, most = r->threshold[CLAUSE_FIVE_POINTS];
    struct assess_result worst[ASSESS_FAIL + 1];
    unsigned count[ASSESS_FAIL + 1] = { 0 };
    for (int o = 0; o <= ASSESS_FAIL; o++)
        worst[o] = (struct assess_result) { ASSESS_UNUSED, SIZE_MAX, 0 };
    for (int i = 0; i < FIVE; i++) {
        size_t c = find_at(s, &s->conditions[centre], sides[i][0] * radius, sides[i][1] * radius, 0);
        struct assess_result got = { ASSESS_NOT_TESTABLE, SIZE_MAX, 0 };
        if (c < s->condition_count)
            got = point(g, r, pair, reader, c, script);
        count[got.outcome]++;
        assess_keep_worse(g->f, &worst[got.outcome], got);
    }
    const unsigned silent = FIVE - count[ASSESS_PASS]; /* or not known to answer */
    enum assess_outcome ends = count[ASSESS_NOT_TESTABLE] > 0 ? ASSESS_NOT_TESTABLE
                               : count[ASSESS_FAIL] > most    ? ASSESS_FAIL
                               : silent <= most               ? ASSESS_PASS
                                                              : ASSESS_OPEN;
    /* passing with a silent point shows that point; the least certain passing one otherwise */
    struct assess_result shown =
        ends == ASSESS_PASS && count[ASSESS_FAIL] > 0 ? worst[ASSESS_FAIL] : worst[ends];
    shown.outcome = ends;
    const struct assess_place found = { .silent = count[ASSESS_FAIL],
                                        .open = count[ASSESS_OPEN],
                                        .answers = count[ASSESS_PASS],
                                        .absent = count[ASSESS_NOT_TESTABLE] };
    keep_line(g->f, out, shown, ends == ASSESS_NOT_TESTABLE ? (double)NAN : silent, &found);
}

struct heights {
    size_t count;
    double z_mm[HEIGHTS_MAX];
    struct assess_result got[HEIGHTS_MAX];
};

static void collect_heights(const struct assess_engine *g, const struct assess_rules *r, size_t pair,
                            size_t reader, size_t like, size_t script, struct heights *h)
{
    const struct survey *s = g->f->survey;
    h->count = 0;
    for (size_t i = 0; i < s->condition_count; i++) {
        const struct survey_condition *c = &s->conditions[i];
        if (!same_offer(c, &s->conditions[like]) || !at(c, 0, 0, c->z_mm) || c->z_mm < g->criteria->from_mm ||
            c->z_mm > g->criteria->to_mm)
            continue;
        size_t place = h->count++;
        while (place > 0 && h->z_mm[place - 1] > c->z_mm) {
            h->z_mm[place] = h->z_mm[place - 1];
            h->got[place] = h->got[place - 1];
            place--;
        }
        h->z_mm[place] = c->z_mm;
        h->got[place] = point(g, r, pair, reader, i, script);
    }
}

struct ranges {
    double from, to, possible; /* shown: NAN, none is */
    size_t cell;               /* at its upper end */
};

static double width(const struct ranges *w)
{
    return isnan(w->from) ? -1 : w->to - w->from;
}

/*
 * The widest silent range that is shown, and the widest that is possible, when cells from this outcome on
 * count as silent. The ends of the line bound the possible one: nothing is asked beyond them.
 */
static struct ranges widest(const struct heights *h, const struct criteria *c, enum assess_outcome silent)
{
    struct ranges out = { NAN, NAN, -1, SIZE_MAX };
    double answered = c->from_mm, first = NAN;
    for (size_t i = 0; i <= h->count; i++) {
        bool end = i == h->count, answers = !end && h->got[i].outcome < silent;
        double next = end ? c->to_mm : h->z_mm[i];
        if (!answers && !end) {
            first = isnan(first) ? next : first;
            if (next - first > width(&out)) {
                out.from = first;
                out.to = next;
                out.cell = h->got[i].cell;
            }
            continue;
        }
        if (next - answered > out.possible)
            out.possible = next - answered;
        answered = next;
        first = NAN;
    }
    return out;
}

static void height_line(const struct assess_engine *g, const struct assess_rules *r, size_t pair,
                        size_t reader, size_t like, size_t script, struct place *out)
{
    struct heights h;
    const double dead = r->threshold[CLAUSE_HEIGHT];
    collect_heights(g, r, pair, reader, like, script, &h);
    /* what is shown silent; with what may be */
    const struct ranges shown = widest(&h, g->criteria, ASSESS_FAIL),
                        may = widest(&h, g->criteria, ASSESS_OPEN);
    struct assess_place found = { .heights = (unsigned)h.count,
                                  .silent_from_mm = shown.from,
                                  .silent_to_mm = shown.to,
                                  .possible_mm = may.possible };
    struct assess_result got = { ASSESS_NOT_TESTABLE, SIZE_MAX, 0 };
    if (h.count > 0 && width(&shown) >= dead - ROUNDING_MM)
        got = (struct assess_result) { ASSESS_FAIL, shown.cell, 0 };
    else if (h.count > 0 && may.possible <= dead + ROUNDING_MM)
        got = (struct assess_result) { ASSESS_PASS, shown.cell != SIZE_MAX ? shown.cell : h.got[0].cell, 0 };
    else if (h.count > 0 && (shown.possible <= dead + ROUNDING_MM || width(&may) >= dead - ROUNDING_MM))
        got.outcome = ASSESS_OPEN; /* else the heights are too far apart to tell */
    for (size_t i = 0; i < h.count; i++)
        if (h.got[i].outcome == ASSESS_OPEN) {
            found.heights_open++;
            if (got.outcome != ASSESS_OPEN)
                continue;
            got.cell = h.got[i].cell;
            got.missing = h.got[i].missing > got.missing ? h.got[i].missing : got.missing;
        }
    keep_line(g->f, out, got, h.count > 0 ? may.possible : NAN, &found);
}

/* The first of the conditions on the centre line that are offered alike stands for all of them. */
static bool stands_for_line(const struct survey *s, size_t condition)
{
    const struct survey_condition *c = &s->conditions[condition];
    if (!at(c, 0, 0, c->z_mm))
        return false;
    for (size_t i = 0; i < condition; i++)
        if (same_offer(&s->conditions[i], c) && at(&s->conditions[i], 0, 0, s->conditions[i].z_mm))
            return false;
    return true;
}

/* A rule of position on one line: the conditions that are offered like this one. */
typedef void line_judge(const struct assess_engine *g, const struct assess_rules *r, size_t pair,
                        size_t reader, size_t like, size_t script, struct place *out);

static struct place on_lines(const struct assess_engine *g, const struct assess_rules *r, size_t pair,
                             size_t reader, uint32_t modes, line_judge *judge)
{
    const struct survey *s = g->f->survey;
    struct place out = { .got = { ASSESS_UNUSED, SIZE_MAX, 0 } };
    bool any_line = false;
    for (size_t c = 0; c < s->condition_count; c++) {
        if (!(modes >> s->conditions[c].power_mode & 1) || !stands_for_line(s, c))
            continue;
        any_line = true;
        for (size_t script = 0; script < s->script_count; script++)
            if (g->wants[script])
                judge(g, r, pair, reader, c, script, &out);
    }
    if (!any_line)
        out.got.outcome = ASSESS_NOT_TESTABLE;
    return out;
}

/* Of each reader, what was found on the line that decides; keep() takes what is of its rule. */
static void sum_up_places(const struct assess_engine *g, size_t pair, line_judge *judge,
                          void (*keep)(struct assess_place *to, const struct assess_place *found))
{
    size_t readers = g->f->survey->reader_count;
    for (size_t i = 0; i < readers; i++) {
        const struct place p = on_lines(g, &g->rules, pair, i, g->rules.required, judge);
        keep(&g->a->places[pair * readers + i], &p.found);
    }
}

/* ---- five points ---- */

static double five_points_threshold(const struct criteria *c)
{
    return c->failing_at_most;
}

static struct assess_result five_points_on_reader(const struct assess_engine *g, const struct assess_rules *r,
                                                  size_t pair, size_t reader, uint32_t modes)
{
    return on_lines(g, r, pair, reader, modes, five_points).got;
}

static double five_points_pass_from(const struct assess_engine *g, size_t pair, size_t reader)
{
    return on_lines(g, &g->rules, pair, reader, g->rules.required, five_points).passes_from;
}

static struct measure five_points_flip(const struct criteria *c)
{
    (void)c;
    return (struct measure) { .id = "failing_points",
                              .kind = MEASURE_COUNT,
                              .text = "not testable with this run" };
}

static void five_points_knob(const struct assess_engine *g, struct knob *k)
{
    k->unit = UNIT_POINTS;
    k->value = g->criteria->failing_at_most;
    for (unsigned i = 0; i < FIVE; i++)
        knob_add(k, i, INFINITY);
}

static enum clause_ask five_points_ask(const struct assessment *a, struct measures *out)
{
    measures_add(out, (struct measure) { .kind = MEASURE_LENGTH, .real = a->criteria->radius_mm });
    measures_add(out, (struct measure) { .kind = MEASURE_COUNT, .number = a->criteria->failing_at_most });
    return ASK_FIVE_POINTS;
}

/* Where the clause decided; SIZE_MAX: on no reader. */
static const struct assess_place *place_of(const struct assessment *a, size_t pair, size_t cell)
{
    return cell == SIZE_MAX ? NULL : assess_place(a, pair, a->f->cells[cell].reader);
}

static void keep_points(struct assess_place *to, const struct assess_place *found)
{
    to->silent = found->silent;
    to->open = found->open;
    to->answers = found->answers;
    to->absent = found->absent;
}

static void five_points_sum_up(const struct assess_engine *g, size_t pair, struct assess_pair *out)
{
    (void)out;
    sum_up_places(g, pair, five_points, keep_points);
}

static enum clause_evidence five_points_of_pair(const struct assessment *a, size_t pair, size_t cell,
                                                struct measures *out)
{
    const struct assess_place *p = place_of(a, pair, cell);
    if (!p)
        return EVIDENCE_NONE;
    measures_add(out, (struct measure) { .id = "points_silent", .kind = MEASURE_COUNT, .number = p->silent });
    measures_add(out, (struct measure) { .id = "points_open", .kind = MEASURE_COUNT, .number = p->open });
    measures_add(out,
                 (struct measure) { .id = "points_answering", .kind = MEASURE_COUNT, .number = p->answers });
    return EVIDENCE_POINTS;
}

const struct judge judge_five_points = {
    .threshold = five_points_threshold,
    .on_reader = five_points_on_reader,
    .through = CLAUSE_SUCCESS,
    .reader_passes_from = five_points_pass_from,
    .flips = five_points_flip,
    .given_up = 2,
    .knob = five_points_knob,
    .asks = five_points_ask,
    .sum_up = five_points_sum_up,
    .shows_of_pair = five_points_of_pair,
};

/* ---- height ---- */

static double height_threshold(const struct criteria *c)
{
    return c->dead_zone_mm;
}

static struct assess_result height_on_reader(const struct assess_engine *g, const struct assess_rules *r,
                                             size_t pair, size_t reader, uint32_t modes)
{
    return on_lines(g, r, pair, reader, modes, height_line).got;
}

static double height_passes_from(const struct assess_engine *g, size_t pair, size_t reader)
{
    return on_lines(g, &g->rules, pair, reader, g->rules.required, height_line).passes_from;
}

static struct measure height_flip(const struct criteria *c)
{
    (void)c;
    return (struct measure) { .id = "dead_zone_mm",
                              .kind = MEASURE_LENGTH,
                              .text = "not testable with this run" };
}

/* The widths between any two heights, the ends of the line among them. */
static void height_knob(const struct assess_engine *g, struct knob *k)
{
    const struct survey *s = g->f->survey;
    const double ends[2] = { g->criteria->from_mm, g->criteria->to_mm };
    k->unit = UNIT_MM;
    k->value = g->criteria->dead_zone_mm;
    for (size_t i = 0; i < s->condition_count + 2; i++)
        for (size_t j = 0; j < s->condition_count + 2; j++) {
            double a = i < s->condition_count ? s->conditions[i].z_mm : ends[i - s->condition_count];
            double b = j < s->condition_count ? s->conditions[j].z_mm : ends[j - s->condition_count];
            if (b < a)
                continue;
            knob_add(k, b - a, INFINITY);
            knob_add(k, b - a + NEXT_MM, INFINITY);
        }
}

static enum clause_ask height_asks(const struct assessment *a, struct measures *out)
{
    measures_add(out, (struct measure) { .kind = MEASURE_LENGTH, .real = a->criteria->from_mm });
    measures_add(out, (struct measure) { .kind = MEASURE_LENGTH, .real = a->criteria->to_mm });
    measures_add(out, (struct measure) { .kind = MEASURE_LENGTH, .real = a->criteria->dead_zone_mm });
    return ASK_HEIGHT;
}

static void keep_heights(struct assess_place *to, const struct assess_place *found)
{
    to->heights = found->heights;
    to->heights_open = found->heights_open;
    to->silent_from_mm = found->silent_from_mm;
    to->silent_to_mm = found->silent_to_mm;
    to->possible_mm = found->possible_mm;
}

static void height_sum_up(const struct assess_engine *g, size_t pair, struct assess_pair *out)
{
    (void)out;
    sum_up_places(g, pair, height_line, keep_heights);
}

static enum clause_evidence height_of_pair(const struct assessment *a, size_t pair, size_t cell,
                                           struct measures *out)
{
    const struct assess_place *p = place_of(a, pair, cell);
    if (!p)
        return EVIDENCE_NONE;
    measures_add(out, (struct measure) { .id = "heights", .kind = MEASURE_COUNT, .number = p->heights });
    measures_add(out,
                 (struct measure) { .id = "heights_open", .kind = MEASURE_COUNT, .number = p->heights_open });
    measures_add(out, (struct measure) {
                          .id = "not_shown_to_answer_mm", .kind = MEASURE_LENGTH, .real = p->possible_mm });
    if (isnan(p->silent_from_mm))
        return p->heights_open > 0 ? EVIDENCE_HEIGHTS_OPEN : EVIDENCE_HEIGHTS_ANSWER;
    measures_add(
        out, (struct measure) { .id = "silent_from_mm", .kind = MEASURE_LENGTH, .real = p->silent_from_mm });
    measures_add(out,
                 (struct measure) { .id = "silent_to_mm", .kind = MEASURE_LENGTH, .real = p->silent_to_mm });
    return EVIDENCE_HEIGHTS_SILENT;
}

const struct judge judge_height = {
    .threshold = height_threshold,
    .on_reader = height_on_reader,
    .through = CLAUSE_SUCCESS,
    .reader_passes_from = height_passes_from,
    .flips = height_flip,
    .given_up = 1,
    .knob = height_knob,
    .asks = height_asks,
    .sum_up = height_sum_up,
    .shows_of_pair = height_of_pair,
};
