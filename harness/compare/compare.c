#include "harness/compare/parts.h"

#include "harness/stats/change.h"
#include "harness/stats/multiple.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

const char *compare_class_name(enum compare_class c, bool times)
{
#define CLASS_NAMES(member, name, times_member, times_name) { name, times_name },
    static const char *const names[][2] = { COMPARE_CLASS_NAMES(CLASS_NAMES) };
    return (unsigned)c < COMPARE_CLASS_COUNT ? names[c][times] : "";
}

#define NAME(P, member, name) name,

const char *compare_what_name(enum compare_what w)
{
    static const char *const names[] = { "", COMPARE_WHAT_NAMES(NAME, ) };
    return (unsigned)w < COMPARE_WHAT_COUNT ? names[w] : "";
}

const char *compare_reason_name(enum compare_reason r)
{
    static const char *const names[] = { "", COMPARE_REASON_NAMES(NAME, ) };
    return (unsigned)r < COMPARE_REASON_COUNT ? names[r] : "";
}

const char *compare_kind_name(enum compare_kind k)
{
    static const char *const names[] = { COMPARE_KIND_NAMES(NAME, ) };
    return (unsigned)k < COMPARE_KIND_COUNT ? names[k] : "";
}

bool compare_is_change(enum compare_class c)
{
    return c >= COMPARE_WORSE && c < COMPARE_CLASS_COUNT;
}

bool compare_is_quiet(const struct compare_unit *u)
{
    return u->class <= COMPARE_NO_CHANGE && u->apart.worse == 0 && u->apart.better == 0 &&
           u->times.worse == 0 && u->times.better == 0;
}

size_t compare_units(const struct comparison *c, enum compare_kind kind, size_t *quiet)
{
    size_t all = 0;
    *quiet = 0;
    for (size_t i = 0; i < c->unit_count; i++) {
        all += c->units[i].kind == kind;
        *quiet += c->units[i].kind == kind && compare_is_quiet(&c->units[i]);
    }
    return all;
}

bool compare_looks(enum compare_class c)
{
    return c >= COMPARE_LOOKS_WORSE && c <= COMPARE_DIFFERS;
}

static struct change_counts counts_of(const struct comparison *c, const struct compare_cell *cell)
{
    const struct findings_cell *a = &c->a->cells[cell->a], *b = &c->b->cells[cell->b];
    return (struct change_counts) { a->n, a->d, b->n, b->d };
}

/* Where the interval excludes no change: 1 worse, -1 better, else 0. */
static int apart(const struct compare_cell *cell)
{
    return cell->low > 0.0 ? 1 : cell->high < 0.0 ? -1 : 0;
}

static struct compare_visible visible_from(const struct change_counts *n, double log_e, bool worse)
{
    uint64_t dirty = 0;
    bool any = change_visible(n, log_e, worse, &dirty);
    return (struct compare_visible) { any, any ? (unsigned)dirty : 0 };
}

/* Many cells have the same few counts, one after the other: what was found for the last ones is kept. */
static void estimate_cells(struct comparison *c)
{
    double apart_at = -log1p(-c->confidence);
    const struct compare_cell *last = NULL;
    for (size_t i = 0; i < c->cell_count; i++) {
        struct compare_cell *cell = &c->cells[i];
        const struct findings_cell *a = &c->a->cells[cell->a], *b = &c->b->cells[cell->b];
        struct change_counts n = counts_of(c, cell), before = last ? counts_of(c, last) : n;
        if (last && memcmp(&n, &before, sizeof n) == 0) {
            size_t own_a = cell->a, own_b = cell->b;
            struct compare_time time = cell->time;
            *cell = *last;
            cell->a = own_a;
            cell->b = own_b;
            cell->time = time;
        } else {
            cell->difference = (double)n.d_b / (double)n.n_b - (double)n.d_a / (double)n.n_a;
            cell->log_e = change_log_evalue(&n);
            change_interval(&n, c->confidence, &cell->low, &cell->high);
            cell->worse_from = visible_from(&n, apart_at, true);
            cell->better_up_to = visible_from(&n, apart_at, false);
        }
        cell->verdict_changed = c->same_verdicts && a->verdict != b->verdict;
        last = cell;
    }
}

size_t compare_block_end(const struct comparison *c, size_t begin)
{
    const struct findings_cell *first = &c->a->cells[c->cells[begin].a];
    size_t end = begin + 1;
    for (; end < c->cell_count; end++) {
        const struct findings_cell *a = &c->a->cells[c->cells[end].a];
        if (a->reader != first->reader || a->pair != first->pair || a->condition != first->condition)
            break;
    }
    return end;
}

bool compare_is_of(const struct comparison *c, const struct compare_unit *u, const struct compare_cell *cell)
{
    const struct findings_cell *a = &c->a->cells[cell->a];
    if (u->kind == COMPARE_READER)
        return a->reader == u->a;
    return a->pair == u->a && (u->kind == COMPARE_HANDSET || a->reader == u->reader_a);
}

/* Of the cells of one placement, which hang together, the mean e-value; *score: the mean score. */
static double block_log_e(const struct comparison *c, size_t begin, size_t end, double *score)
{
    double most = -INFINITY, sum = 0.0;
    *score = 0.0;
    for (size_t i = begin; i < end; i++)
        most = fmax(most, c->cells[i].log_e);
    for (size_t i = begin; i < end; i++) {
        struct change_counts n = counts_of(c, &c->cells[i]);
        sum += exp(c->cells[i].log_e - most);
        *score += change_score(&n) / (double)(end - begin);
    }
    return most + log(sum / (double)(end - begin));
}

/*
 * Of a reader with a handset: its conditions are placements of their own, so that their e-values multiply. A reader or
 * handset as a whole goes by signs, for in its cells the days of many others take part.
 */
static double pair_log_e(const struct comparison *c, const struct compare_unit *u, int *way)
{
    double log_e = 0.0, scores = 0.0;
    for (size_t begin = 0, end; begin < c->cell_count; begin = end) {
        double score;
        end = compare_block_end(c, begin);
        if (!compare_is_of(c, u, &c->cells[begin]))
            continue;
        log_e += block_log_e(c, begin, end, &score);
        scores += score;
    }
    *way = (scores > 0.0) - (scores < 0.0);
    return log_e;
}

/* scores: room for a number a block. */
static void estimate_unit(const struct comparison *c, struct compare_unit *u, double *scores)
{
    size_t count = 0;
    for (size_t begin = 0, end; begin < c->cell_count; begin = end) {
        end = compare_block_end(c, begin);
        if (!compare_is_of(c, u, &c->cells[begin]))
            continue;
        double sum = 0.0;
        for (size_t i = begin; i < end; i++) {
            const struct compare_cell *cell = &c->cells[i];
            struct change_counts n = counts_of(c, cell);
            sum += change_score(&n);
            u->n_a += n.n_a;
            u->d_a += n.d_a;
            u->n_b += n.n_b;
            u->d_b += n.d_b;
            u->apart.worse += apart(cell) > 0;
            u->apart.better += apart(cell) < 0;
        }
        u->cells += end - begin;
        scores[count++] = sum / (double)(end - begin); /* scripts of one placement are dependent: one score */
    }
    if (!c->units_tested)
        u->log_e = 0.0;
    else
        u->log_e = u->kind == COMPARE_PAIR ? pair_log_e(c, u, &u->way) : change_signs(scores, count, &u->way);
}

static bool any_of(const struct comparison *c, const struct compare_unit *u)
{
    for (size_t i = 0; i < c->cell_count; i++)
        if (compare_is_of(c, u, &c->cells[i]))
            return true;
    return false;
}

static void add_units(struct comparison *c, enum compare_kind kind, const size_t *partners, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        struct compare_unit u = { .kind = kind, .a = i, .b = partners[i], .p = NAN, .adjusted = NAN };
        if (partners[i] != SIZE_MAX && any_of(c, &u))
            c->units[c->unit_count++] = u;
    }
}

/* Each reader with each handset that has a compared cell on it: cells are in the order of pairs. */
static void add_pairs(struct comparison *c, const struct compare_partners *p)
{
    const struct survey *s = c->a->survey;
    c->pair_begin = c->unit_count;
    for (size_t begin = 0, end; begin < c->cell_count; begin = end) {
        uint32_t seen = 0;
        size_t pair = c->a->cells[c->cells[begin].a].pair;
        for (end = begin; end < c->cell_count && c->a->cells[c->cells[end].a].pair == pair; end++)
            seen |= UINT32_C(1) << c->a->cells[c->cells[end].a].reader;
        for (size_t r = 0; r < s->reader_count; r++)
            if (seen >> r & 1)
                c->units[c->unit_count++] = (struct compare_unit) { .kind = COMPARE_PAIR,
                                                                    .a = pair,
                                                                    .b = p->pairs[pair],
                                                                    .reader_a = r,
                                                                    .reader_b = p->readers[r],
                                                                    .p = NAN,
                                                                    .adjusted = NAN };
    }
}

static int estimate_units(struct comparison *c, const struct compare_partners *p, struct err *e)
{
    const struct survey *s = c->a->survey;
    double *scores = calloc(c->cell_count ? c->cell_count : 1, sizeof *scores);
    c->units = calloc((s->reader_count + 1) * (s->pair_count + 1), sizeof *c->units);
    if (!scores || !c->units) {
        free(scores);
        return err_set(e, ERR_MEMORY, "compare", "out of memory");
    }
    add_units(c, COMPARE_READER, p->readers, s->reader_count);
    add_units(c, COMPARE_HANDSET, p->pairs, s->pair_count);
    add_pairs(c, p);
    for (size_t i = 0; i < c->unit_count; i++)
        estimate_unit(c, &c->units[i], scores);
    free(scores);
    return 0;
}

static enum compare_class class_of(int way, bool listed, bool looks)
{
    if (!listed && !looks)
        return COMPARE_NO_CHANGE;
    if (way > 0)
        return listed ? COMPARE_WORSE : COMPARE_LOOKS_WORSE;
    return listed ? COMPARE_BETTER : COMPARE_LOOKS_BETTER;
}

/* differs: on the list but for its sessions. */
static void class_cell(struct comparison *c, struct compare_cell *cell, bool listed, bool differs)
{
    int way = apart(cell) != 0 ? apart(cell) : cell->difference > 0.0 ? 1 : -1;
    cell->class = differs && !listed ? COMPARE_DIFFERS : class_of(way, listed, apart(cell) != 0);
    c->verdicts_changed += cell->verdict_changed;
    c->blind += !cell->worse_from.any && !cell->better_up_to.any;
}

/* A unit is on the list by its sessions only; by placements alone it differs between these days. */
static void class_unit(struct comparison *c, struct compare_unit *u, bool differs)
{
    bool listed = u->adjusted <= c->fdr; /* not so where it is NaN */
    if (!c->units_tested)
        u->class = COMPARE_NOT_TESTED;
    else if (!listed && (u->unsteady || (u->apart.worse > 0 && u->apart.better > 0)))
        u->class = COMPARE_UNSTEADY;
    else if (!listed && differs)
        u->class = COMPARE_DIFFERS;
    else
        u->class = class_of(u->way, listed, u->p <= c->fdr);
    *(u->kind == COMPARE_PAIR ? &c->pairs_listed : &c->units_listed) += compare_is_change(u->class);
}

/* listed[i]: entry i is on the list. False: out of memory. */
static bool list_evalues(const double *log_e, size_t count, double level, bool *listed)
{
    size_t *order = calloc(count + 1, sizeof *order);
    if (!order)
        return false;
    size_t on = multiple_ebh(log_e, order, count, level);
    for (size_t i = 0; i < on; i++)
        listed[order[i]] = true;
    free(order);
    return true;
}

/*
 * Cells are one family, by their placements. What hangs on one session, or is of a reader or handset whose
 * sessions differ, is not listed: its e-value is taken as 0, which no control of false entries minds.
 */
static int list_outcomes(struct comparison *c, struct err *e)
{
    size_t room = c->cell_count + c->unit_count + 1;
    double *log_e = calloc(room, sizeof *log_e);
    bool *listed = calloc(room, sizeof *listed), *differs = calloc(room, sizeof *differs);
    bool good = log_e && listed && differs;
    c->tests = c->cell_count;
    c->cell_needs = c->tests ? (double)c->tests / c->fdr : NAN;
    for (size_t i = 0; good && i < c->cell_count; i++)
        log_e[i] = c->cells[i].log_e;
    good = good && list_evalues(log_e, c->cell_count, c->fdr, differs);
    for (size_t i = 0; good && i < c->cell_count; i++)
        if (c->cells[i].one_session || c->cells[i].unsteady)
            log_e[i] = -INFINITY;
    good = good && list_evalues(log_e, c->cell_count, c->fdr, listed);
    for (size_t i = 0; good && i < c->cell_count; i++) {
        class_cell(c, &c->cells[i], listed[i], differs[i]);
        c->listed += listed[i];
    }
    for (size_t i = 0; good && i < c->unit_count; i++) {
        log_e[i] = c->units[i].log_e;
        differs[i] = false;
    }
    good =
        good && list_evalues(log_e, c->pair_begin, c->fdr, differs) &&
        list_evalues(log_e + c->pair_begin, c->unit_count - c->pair_begin, c->fdr, differs + c->pair_begin);
    for (size_t i = 0; good && i < c->unit_count; i++)
        class_unit(c, &c->units[i], differs[i]);
    free(log_e);
    free(listed);
    free(differs);
    return good ? 0 : err_set(e, ERR_MEMORY, "compare", "out of memory");
}

/* Of placements, with few sessions: p-values that say whether these days differ. */
static int adjust_times(struct comparison *c, struct err *e)
{
    double *p = calloc(c->cell_count + 1, sizeof *p), *adjusted = calloc(c->cell_count + 1, sizeof *adjusted);
    size_t *order = calloc(c->cell_count + 1, sizeof *order), tests = 0;
    bool good = p && adjusted && order;
    for (size_t i = 0; good && i < c->cell_count; i++)
        if (!isnan(c->cells[i].time.p))
            p[tests++] = c->cells[i].time.p;
    if (good)
        multiple_bh(p, adjusted, order, tests);
    for (size_t i = 0, test = 0; good && i < c->cell_count; i++) {
        struct compare_time *t = &c->cells[i].time;
        t->adjusted = isnan(t->p) ? NAN : adjusted[test++];
    }
    free(p);
    free(adjusted);
    free(order);
    return good ? 0 : err_set(e, ERR_MEMORY, "compare", "out of memory");
}

static int list_times(struct comparison *c, struct err *e)
{
    int status = c->by_session ? 0 : adjust_times(c, e);
    for (size_t i = 0; status == 0 && i < c->cell_count; i++) {
        struct compare_time *t = &c->cells[i].time;
        if (!isnan(t->p)) {
            bool listed = t->adjusted <= c->fdr, looks = t->p <= c->fdr;
            if (t->has_interval && !c->by_session)
                looks = t->low > 1.0 || t->high < 1.0;
            t->class = listed && !c->by_session ? COMPARE_DIFFERS
                                                : class_of(c->by_session    ? t->way
                                                           : t->ratio > 1.0 ? 1
                                                                            : -1,
                                                           listed, looks);
            c->time_tests++;
        }
        c->time_listed += compare_is_change(t->class);
    }
    return status;
}

/* What of its cells stands on the lists, beside each reader and handset. */
static void count_listed(struct comparison *c)
{
    for (size_t i = 0; i < c->unit_count; i++) {
        struct compare_unit *u = &c->units[i];
        for (size_t j = 0; j < c->cell_count; j++) {
            const struct compare_cell *cell = &c->cells[j];
            if (!compare_is_of(c, u, cell))
                continue;
            u->listed.worse += cell->class == COMPARE_WORSE;
            u->listed.better += cell->class == COMPARE_BETTER;
            u->looks.worse += cell->class == COMPARE_LOOKS_WORSE;
            u->looks.better += cell->class == COMPARE_LOOKS_BETTER;
            u->times.worse += cell->time.class == COMPARE_WORSE;
            u->times.better += cell->time.class == COMPARE_BETTER;
        }
    }
}

/* Whether a cell that only looks so is of a reader or handset that is listed the same way. */
static bool looks_with_unit(const struct comparison *c, const struct compare_cell *cell)
{
    enum compare_class way = cell->class == COMPARE_LOOKS_WORSE    ? COMPARE_WORSE
                             : cell->class == COMPARE_LOOKS_BETTER ? COMPARE_BETTER
                                                                   : COMPARE_CLASS_COUNT;
    for (size_t i = 0; i < c->unit_count; i++)
        if (c->units[i].class == way && compare_is_of(c, &c->units[i], cell))
            return true;
    return false;
}

static void count_classes(struct comparison *c)
{
    static const enum compare_family of_kind[] = { [COMPARE_READER] = COMPARE_READERS,
                                                   [COMPARE_HANDSET] = COMPARE_HANDSETS,
                                                   [COMPARE_PAIR] = COMPARE_PAIRS };
    for (size_t i = 0; i < c->cell_count; i++) {
        c->by[COMPARE_CELLS][c->cells[i].class]++;
        c->by[COMPARE_TIMES][c->cells[i].time.class]++;
        c->looks_with_unit += looks_with_unit(c, &c->cells[i]);
    }
    for (size_t i = 0; i < c->unit_count; i++)
        c->by[of_kind[c->units[i].kind]][c->units[i].class]++;
    c->said = compare_count(c, COMPARE_CELLS, COMPARE_LOOKS_WORSE, COMPARE_BETTER);
}

static int compare_reals(const void *left, const void *right)
{
    double a = *(const double *)left, b = *(const double *)right;
    return (a > b) - (a < b);
}

static int sum_up_open(struct comparison *c, struct err *e)
{
    double *highs = calloc(c->cell_count + 1, sizeof *highs);
    size_t count = 0;
    if (!highs)
        return err_set(e, ERR_MEMORY, "compare", "out of memory");
    for (size_t i = 0; i < c->cell_count; i++)
        if (c->cells[i].class == COMPARE_NO_CHANGE)
            highs[count++] = c->cells[i].high;
    qsort(highs, count, sizeof *highs, compare_reals);
    c->open_least = count ? highs[0] : NAN;
    c->open_median = count ? highs[count / 2] : NAN; /* the upper one of two: never too good */
    c->open_most = count ? highs[count - 1] : NAN;
    free(highs);
    return 0;
}

/* Which k does not matter to a verdict's limits; cells of another k are not compared at all. */
static bool same_limits(const struct scheme *a, const struct scheme *b)
{
    return a->q0 == b->q0 && a->q1 == b->q1 && a->alpha == b->alpha && a->beta == b->beta &&
           a->n_max == b->n_max;
}

static int compare_all(struct comparison *c, struct err *e)
{
    struct compare_partners p = { .pairs = calloc(c->a->survey->pair_count + 1, sizeof *p.pairs) };
    int status = p.pairs ? 0 : err_set(e, ERR_MEMORY, "compare", "out of memory");
    if (status == 0)
        status = compare_pair_up(c, &p, e);
    if (status == 0)
        status = compare_differ(c, &p, e);
    if (status == 0)
        status = compare_times(c, e);
    if (status == 0) {
        estimate_cells(c);
        status = estimate_units(c, &p, e);
    }
    if (status == 0)
        status = compare_sessions(c, e);
    if (status == 0)
        status = list_outcomes(c, e);
    if (status == 0)
        status = list_times(c, e);
    if (status == 0)
        status = sum_up_open(c, e);
    if (status == 0) {
        count_listed(c);
        count_classes(c);
    }
    free(p.pairs);
    return status;
}

int compare_make(const struct findings *a, const struct findings *b, const struct compare_options *how,
                 struct comparison **out, struct err *e)
{
    *out = NULL;
    if (a->simulated != b->simulated)
        return err_set(e, ERR_REFUSED, "compare",
                       "run %s is %s and run %s is %s: simulated and real data are never set side by side",
                       a->run, a->simulated ? "simulated" : "real", b->run,
                       b->simulated ? "simulated" : "real");
    struct comparison *c = calloc(1, sizeof *c);
    if (!c)
        return err_set(e, ERR_MEMORY, "compare", "out of memory");
    c->a = a;
    c->b = b;
    c->match = how->match;
    c->fdr = how->fdr > 0.0 ? how->fdr : COMPARE_FDR;
    c->confidence = 1.0 - c->fdr;
    c->simulated = a->simulated;
    c->unproven = a->unproven || b->unproven;
    c->same_verdicts = same_limits(&a->scheme, &b->scheme);
    c->same_plan = c->same_verdicts && a->sessions == b->sessions && a->finished && b->finished;
    c->of_list = findings_is_of_list(a) || findings_is_of_list(b);
    c->units_tested = c->same_plan && !c->of_list;
    int status = compare_all(c, e);
    if (status == 0)
        *out = c;
    else
        compare_free(&c);
    return status;
}

void compare_free(struct comparison **c)
{
    struct comparison *o = *c;
    if (!o)
        return;
    for (size_t i = 0; i < o->difference_count; i++) {
        free(o->differences[i].subject);
        free(o->differences[i].a);
        free(o->differences[i].b);
        text_diff_free(o->differences[i].lines, o->differences[i].line_count);
    }
    free(o->differences);
    free(o->left);
    free(o->cells);
    free(o->units);
    free(o);
    *c = NULL;
}

size_t compare_count(const struct comparison *c, enum compare_family family, enum compare_class first,
                     enum compare_class last)
{
    size_t count = 0;
    for (int i = (int)first; i <= (int)last; i++)
        count += c->by[family][i];
    return count;
}

size_t compare_changes(const struct comparison *c)
{
    size_t count = 0;
    for (int i = 0; i < COMPARE_FAMILY_COUNT; i++)
        count += compare_count(c, (enum compare_family)i, COMPARE_WORSE, COMPARE_BETTER);
    return count;
}

bool compare_found(const struct comparison *c)
{
    return compare_changes(c) > 0;
}

bool compare_could_find(const struct comparison *c)
{
    return c->cell_count > c->blind || c->unit_tests > 0 || c->pair_tests > 0 || c->time_tests > 0;
}
