/*
 * The proposal in sentences, English and Japanese side by side. Every number comes from the assessment; what
 * the evidence does not say is a part of it.
 */
#include "harness/criteria/engine.h"

#include "harness/base/text.h"

#include <math.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#define SENTENCE_MAX 8192

struct words {
    struct buf en, ja;
};

static void begin(struct words *w)
{
    buf_init(&w->en, SENTENCE_MAX);
    buf_init(&w->ja, SENTENCE_MAX);
}

/* Hands the sentence over to the assessment. */
static int end(struct assessment *a, struct words *w, struct err *e)
{
    struct assess_sentence *more = realloc(a->sentences, (a->sentence_count + 1) * sizeof *more);
    char *en = buf_take(&w->en), *ja = buf_take(&w->ja);
    buf_free(&w->en);
    buf_free(&w->ja);
    if (more)
        a->sentences = more;
    if (!more || !en || !ja) {
        free(en);
        free(ja);
        return err_set(e, ERR_MEMORY, "criteria", "out of memory for the proposal's words");
    }
    a->sentences[a->sentence_count++] = (struct assess_sentence) { en, ja };
    return 0;
}

static const char *const clause_en[ASSESS_CLAUSE_COUNT] = {
    [ASSESS_SUCCESS] = "the success clause",         [ASSESS_TIME] = "the time clause",
    [ASSESS_FIVE_POINTS] = "the five-point rule",    [ASSESS_HEIGHT] = "the height rule",
    [ASSESS_TECHNOLOGIES] = "the technology clause", [ASSESS_PAYLOAD] = "the payload clause",
    [ASSESS_READERS] = "the number of readers",
};
static const char *const clause_ja[ASSESS_CLAUSE_COUNT] = {
    [ASSESS_SUCCESS] = "通信成功の条項",      [ASSESS_TIME] = "時間の条項",
    [ASSESS_FIVE_POINTS] = "5点の条項",       [ASSESS_HEIGHT] = "高さの条項",
    [ASSESS_TECHNOLOGIES] = "通信方式の条項", [ASSESS_PAYLOAD] = "データ長の条項",
    [ASSESS_READERS] = "ICカードRWの条項",
};

/* To the digits that are written, towards the looser side, where what is said of a value still holds. */
static double looser(const struct assessment *a, const struct assess_range *r, double value)
{
    if (r->clause == ASSESS_TIME)
        return ceil(value / 1000) * 1000;
    if (r->clause == ASSESS_SUCCESS && !a->criteria->taps)
        return ceil(value * 1000) / 1000;
    if (r->clause == ASSESS_READERS && a->criteria->readers_share > 0)
        return floor(value * 1000) / 1000;
    return value;
}

/* The value of a clause as people write it; the same figures in both languages. */
static void add_value(const struct assessment *a, const struct assess_range *r, double value, struct buf *en,
                      struct buf *ja)
{
    const struct criteria *c = a->criteria;
    switch (r->clause) {
    case ASSESS_SUCCESS:
        if (c->taps) {
            buf_add_format(en, "%.0f of %u taps", value, c->taps);
            buf_add_format(ja, "%u回中%.0f回", c->taps, value);
        } else {
            buf_add_format(en, "%.1f %% of placements dirty", value * 100);
            buf_add_format(ja, "不良率%.1f%%", value * 100);
        }
        break;
    case ASSESS_TIME:
        buf_add_format(en, "%.0f ms", value / 1000);
        buf_add_format(ja, "%.0fミリ秒", value / 1000);
        break;
    case ASSESS_FIVE_POINTS:
        buf_add_format(en, "%.0f of five points silent", value);
        buf_add_format(ja, "5点中%.0f点不通", value);
        break;
    case ASSESS_HEIGHT:
        buf_add_format(en, "a silent range of %.3g mm", value);
        buf_add_format(ja, "不通区間%.3g mm", value);
        break;
    case ASSESS_READERS:
        if (c->readers_share > 0) {
            buf_add_format(en, "a reader share of %.1f %%", value * 100);
            buf_add_format(ja, "ICカードRWの割合%.1f%%", value * 100);
        } else {
            buf_add_format(en, "%.0f readers", value);
            buf_add_format(ja, "ICカードRW %.0f台", value);
        }
        break;
    default:
        break;
    }
}

void assess_add_value(const struct assessment *a, const struct assess_range *r, double value, struct buf *en,
                      struct buf *ja)
{
    add_value(a, r, looser(a, r, value), en, ja);
}

static void add_range(const struct assessment *a, const struct assess_range *r, struct words *w)
{
    buf_add_text(&w->en, " The list is the same from ");
    buf_add_text(&w->ja, "一覧は");
    assess_add_value(a, r, r->tightest, &w->en, &w->ja);
    if (isnan(r->changes_at)) {
        buf_add_text(&w->en, " to any looser value.");
        buf_add_text(&w->ja, "より緩いどの値でも変わらない。");
        return;
    }
    buf_add_text(&w->en, " on; at ");
    buf_add_text(&w->ja, "から緩めても変わらず、");
    assess_add_value(a, r, r->changes_at, &w->en, &w->ja);
    const char *pair =
        r->changes_pair < a->f->survey->pair_count ? a->f->survey->pairs[r->changes_pair].unit : "";
    buf_add_format(&w->en, " %s ends otherwise.", pair);
    buf_add_format(&w->ja, "では%sの結論が変わる。", pair);
}

static void add_held_back(const struct assess_range *r, struct words *w)
{
    if (r->holds_back == 0) {
        buf_add_text(&w->en, " By itself it holds no handset back.");
        buf_add_text(&w->ja, "この条項だけで妨げられる端末はない。");
    } else {
        buf_add_format(&w->en, " By itself it holds back %u handset + SIM pair%s.", r->holds_back,
                       r->holds_back == 1 ? "" : "s");
        buf_add_format(&w->ja, "この条項だけで妨げられる端末とSIMの組は%u件。", r->holds_back);
    }
}

static int word_clause(struct assessment *a, const struct assess_range *r, struct err *e)
{
    struct words w;
    begin(&w);
    bool loosened = r->numeric && fabs(r->proposed - r->value) > 1e-12;
    if (!r->testable) {
        buf_add_format(&w.en, "Not testable with this run, so neither needed nor not needed by it: %s.",
                       clause_en[r->clause]);
        buf_add_format(&w.ja, "この調査では確かめられず、要否は示されない：%s。", clause_ja[r->clause]);
        return end(a, &w, e);
    }
    if (r->dropped) {
        buf_add_format(&w.en, "Not needed by this evidence: %s. Without it no handset ends otherwise.",
                       clause_en[r->clause]);
        buf_add_format(&w.ja, "この調査の根拠からは不要：%s。これを外しても結論の変わる端末はない。",
                       clause_ja[r->clause]);
    } else if (loosened) {
        buf_add_format(&w.en, "Kept, and it may be as loose as this: %s, ", clause_en[r->clause]);
        buf_add_format(&w.ja, "維持（ここまで緩めてよい）：%s、", clause_ja[r->clause]);
        add_value(a, r, r->proposed, &w.en, &w.ja);
        buf_add_text(&w.en, " instead of ");
        buf_add_text(&w.ja, "（現行は");
        add_value(a, r, r->value, &w.en, &w.ja);
        buf_add_text(&w.en, ".");
        buf_add_text(&w.ja, "）。");
    } else {
        buf_add_format(&w.en, "Kept as it stands: %s", clause_en[r->clause]);
        buf_add_format(&w.ja, "現行のまま維持：%s", clause_ja[r->clause]);
        if (r->numeric) {
            buf_add_text(&w.en, ", ");
            buf_add_text(&w.ja, "、");
            add_value(a, r, r->value, &w.en, &w.ja);
        }
        buf_add_text(&w.en, ".");
        buf_add_text(&w.ja, "。");
    }
    add_held_back(r, &w);
    if (r->numeric && !r->dropped)
        add_range(a, r, &w);
    if (loosened && !r->dropped) {
        buf_add_text(&w.en, " The evidence does not tell the values between apart.");
        buf_add_text(&w.ja, "その間の値の優劣は、この根拠からは示されない。");
    }
    return end(a, &w, e);
}

static void add_set(const struct assessment *a, uint32_t set, struct words *w)
{
    bool any = false;
    for (size_t i = 0; i < a->f->survey->reader_count; i++) {
        if (!(set >> i & 1))
            continue;
        buf_add_format(&w->en, "%s%s", any ? ", " : "", a->f->survey->readers[i].unit);
        buf_add_format(&w->ja, "%s%s", any ? "、" : "", a->f->survey->readers[i].unit);
        any = true;
    }
}

static int word_readers(struct assessment *a, struct err *e)
{
    const struct assess_proposal *p = &a->proposal;
    struct words w;
    begin(&w);
    if (p->failing == 0) {
        buf_add_format(
            &w.en,
            "No handset failed on any reader that counts (%u decided), so this run cannot tell which readers "
            "suffice: measure on all of them.",
            p->rests_on);
        buf_add_format(&w.ja,
                       "必要なICカードRWで不合格となった端末はなく（判定済み%"
                       "u件）、どのICカードRWで足りるかはこの調査からは分からない。"
                       "すべてのICカードRWで測定する。",
                       p->rests_on);
        return end(a, &w, e);
    }
    if (p->set_count == 0) {
        buf_add_text(&w.en, "No smaller choice of readers tells the same as all of them do.");
        buf_add_text(&w.ja, "すべてのICカードRWと同じ結論を与える、より少ないICカードRWの選び方はない。");
        return end(a, &w, e);
    }
    buf_add_format(&w.en, "In this run, passing on %u reader%s predicts passing as required: ", p->set_size,
                   p->set_size == 1 ? "" : "s");
    buf_add_format(&w.ja, "この調査では、ICカードRW %u台での合否が必要な全体の合否と一致する：", p->set_size);
    for (size_t i = 0; i < p->set_count && i < ASSESS_SETS_MAX; i++) {
        buf_add_text(&w.en, i ? "; or " : "");
        buf_add_text(&w.ja, i ? "、または" : "");
        add_set(a, p->sets[i], &w);
    }
    if (p->set_count > 1) {
        buf_add_format(&w.en, " (%zu sets of this size; the evidence does not rank them)", p->set_count);
        buf_add_format(&w.ja, "（同じ台数の組合せは%zu通りあり、優劣は示されていない）", p->set_count);
    }
    buf_add_format(&w.en,
                   ". It rests on %u decided pairs, %u of them failing, in %u pattern%s of failing readers",
                   p->rests_on, p->failing, p->patterns, p->patterns == 1 ? "" : "s");
    buf_add_format(&w.ja, "。根拠は判定済み%u件、うち不合格%u件（不合格となるICカードRWの型は%u通り）",
                   p->rests_on, p->failing, p->patterns);
    if (p->patterns_once > 0) {
        buf_add_format(
            &w.en,
            "; %u of these %s seen on one pair only, so a handset that fails elsewhere alone can be missed",
            p->patterns_once, p->patterns_once == 1 ? "was" : "were");
        buf_add_format(&w.ja,
                       "、そのうち%u通りは1件でしか見られず、ほかのICカードRWだけで失敗する端末を見逃し得る",
                       p->patterns_once);
    }
    buf_add_text(&w.en, ".");
    buf_add_text(&w.ja, "。");
    return end(a, &w, e);
}

static int word_cost(struct assessment *a, const struct assess_cost *c, bool proposed, struct err *e)
{
    const struct assess_proposal *p = &a->proposal;
    struct words w;
    begin(&w);
    unsigned all = (unsigned)__builtin_popcount(a->scope), set = p->set_size ? p->set_size : all;
    buf_add_format(&w.en,
                   "A new handset %s needs %u clean placements in each of %u condition%s on each reader (at "
                   "most %u), in "
                   "%u sessions: %.1f h on %u reader%s, %.1f h on all %u.",
                   proposed ? "under the proposal" : "under the criteria as they stand", c->placements,
                   c->conditions, c->conditions == 1 ? "" : "s", c->placements_most, c->sessions,
                   c->hours_set, set, set == 1 ? "" : "s", c->hours_all, all);
    buf_add_format(&w.ja,
                   "新しい端末は、%sでは、ICカードRWごとに%u条件で良好なかざし各%u回（最大%u回）を"
                   "%uセッションで測定する。ICカードRW %u台で%.1f時間、全%u台で%.1f時間。",
                   proposed ? "提案" : "現行の基準", c->conditions, c->placements, c->placements_most,
                   c->sessions, set, c->hours_set, all, c->hours_all);
    return end(a, &w, e);
}

static int word_limits(struct assessment *a, struct err *e)
{
    const struct assess_proposal *p = &a->proposal;
    struct words w;
    begin(&w);
    buf_add_format(&w.en,
                   "It speaks of %u handset unit%s of %u model%s with %u SIM%s, and of no other: not of "
                   "models that were "
                   "not tested, nor of other units of these models.",
                   p->units, p->units == 1 ? "" : "s", p->models, p->models == 1 ? "" : "s", p->sims,
                   p->sims == 1 ? "" : "s");
    buf_add_format(&w.ja,
                   "対象は端末%u台（%u機種）とSIM "
                   "%u枚のみであり、試験していない機種や、同じ機種の別の個体については何も示さない。",
                   p->units, p->models, p->sims);
    int code = end(a, &w, e);
    begin(&w);
    buf_add_format(
        &w.en,
        "Required cells were measured in %u to %u sessions; what changes between days beyond these is "
        "not seen.",
        p->sessions_least, p->sessions_most);
    buf_add_format(&w.ja,
                   "必須の組合せの測定は%u～%uセッションであり、それを超える日ごとの違いは見ていない。",
                   p->sessions_least, p->sessions_most);
    if (p->cells_excluded > 0) {
        buf_add_format(&w.en, " %llu cells were excluded from the survey.",
                       (unsigned long long)p->cells_excluded);
        buf_add_format(&w.ja, "調査から除外した組合せは%llu件。", (unsigned long long)p->cells_excluded);
    }
    if (p->invalid_placements > 0) {
        buf_add_format(&w.en,
                       " %llu placements were invalid; counted as dirty they would change %u required cells.",
                       (unsigned long long)p->invalid_placements, p->changed_by_invalid);
        buf_add_format(&w.ja, "無効なかざしは%llu回で、不良と数えると必須の組合せ%u件の判定が変わる。",
                       (unsigned long long)p->invalid_placements, p->changed_by_invalid);
    }
    int more = end(a, &w, e);
    return code ? code : more;
}

static int word_head(struct assessment *a, struct err *e)
{
    struct words w;
    begin(&w);
    if (a->f->simulated) {
        buf_add_text(
            &w.en,
            "SIMULATED: these figures come from simulated readers and handsets. They rehearse the method and "
            "say nothing about any real device. ");
        buf_add_text(
            &w.ja,
            "模擬データ：数値は模擬のICカードRWと端末によるもので、実在の機器については何も示さない。");
    }
    buf_add_format(
        &w.en,
        "Under the criteria %s: %u recommended, %u conditional, %u not recommended, %u without enough data.",
        a->criteria->id, a->counts[RECOMMENDATION_RECOMMENDED], a->counts[RECOMMENDATION_CONDITIONAL],
        a->counts[RECOMMENDATION_NOT_RECOMMENDED], a->counts[RECOMMENDATION_NOT_ENOUGH_DATA]);
    buf_add_format(&w.ja, "選定基準%sのもとで、推奨%u件、条件付き推奨%u件、非推奨%u件、データ不足%u件。",
                   a->criteria->id, a->counts[RECOMMENDATION_RECOMMENDED],
                   a->counts[RECOMMENDATION_CONDITIONAL], a->counts[RECOMMENDATION_NOT_RECOMMENDED],
                   a->counts[RECOMMENDATION_NOT_ENOUGH_DATA]);
    if (a->counts[RECOMMENDATION_NOT_ENOUGH_DATA] > 0) {
        buf_add_text(&w.en, " While some are not decided, a clause may turn out to be needed after all.");
        buf_add_text(&w.ja, "未判定のものがある間は、不要とした条項が後で必要になることがある。");
    }
    return end(a, &w, e);
}

int assess_word(struct assessment *a, struct err *e)
{
    const struct assess_proposal *p = &a->proposal;
    int code = word_head(a, e);
    for (size_t i = 0; i < p->range_count && code == 0; i++)
        code = word_clause(a, &p->ranges[i], e);
    if (code == 0)
        code = word_readers(a, e);
    if (code == 0)
        code = word_cost(a, &p->as_is, false, e);
    if (code == 0)
        code = word_cost(a, &p->proposed, true, e);
    return code ? code : word_limits(a, e);
}
