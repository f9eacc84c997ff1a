/* The proposal in sentences: what is said of an assessment, in both languages. */
#include "reports/tables/proposal_sentences.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

static struct survey_reader readers[] = { { .unit = (char *)"RW-1" }, { .unit = (char *)"RW-2" } };
static struct survey_pair pairs[] = { { .unit = (char *)"HS-1" } };
static struct survey survey = { .readers = readers, .reader_count = 2, .pairs = pairs, .pair_count = 1 };
static struct findings findings = { .survey = &survey };
static struct criteria criteria = { .id = (char *)"own" };

static struct assessment assessment(void)
{
    return (struct assessment) {
        .f = &findings, .criteria = &criteria, .scope = 3, .proposal = { .rests_on = 4 }
    };
}

/* The i-th sentence from the first; below 0: from the last. */
static void assert_said(const struct assessment *a, int i, const char *en, const char *ja)
{
    const char *const wanted[] = { en, ja };
    size_t which = i < 0 ? proposal_count(a) - (size_t)-i : (size_t)i;
    for (int language = LANGUAGE_ENGLISH; language <= LANGUAGE_JAPANESE; language++) {
        struct buf b;
        buf_init(&b, 1u << 16);
        proposal_add(&b, a, which, (enum language)language);
        assert_string_equal(b.data, wanted[language]);
        buf_free(&b);
    }
}

static void assert_clause(struct assess_range range, const char *en, const char *ja)
{
    struct assessment a = assessment();
    a.proposal.range_count = 1;
    a.proposal.ranges[0] = range;
    assert_said(&a, 5, en, ja); /* behind those that do not hang on a clause */
}

/* What is said of a value must still hold of the digits that are written: they go towards the looser side. */
static void a_value_is_written_to_the_looser_side(void **state)
{
    (void)state;
    static const struct {
        struct assess_range range;
        double value;
        const char *texts[2];
    } rows[] = {
        { { .unit = UNIT_DIRTY }, 0.2, { "20.0 % of placements dirty", "不良率20.0%" } },
        { { .unit = UNIT_DIRTY }, 0.20001, { "20.1 % of placements dirty", "不良率20.1%" } },
        { { .unit = UNIT_TAPS, .of = 50, .falls = true }, 48, { "48 of 50 taps", "50回中48回" } },
        { { .unit = UNIT_MS }, 1500000, { "1500 ms", "1500ミリ秒" } },
        { { .unit = UNIT_MS }, 1500001, { "1501 ms", "1501ミリ秒" } },
        { { .unit = UNIT_POINTS }, 2, { "2 of five points silent", "5点中2点不通" } },
        { { .unit = UNIT_MM }, 3.5, { "a silent range of 3.5 mm", "不通区間3.5 mm" } },
        { { .unit = UNIT_READERS, .falls = true }, 6, { "6 readers", "ICカードRW 6台" } },
        { { .unit = UNIT_READER_SHARE, .falls = true },
          0.75009,
          { "a reader share of 75.0 %", "ICカードRWの割合75.0%" } },
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        for (int language = LANGUAGE_ENGLISH; language <= LANGUAGE_JAPANESE; language++) {
            struct buf b;
            buf_init(&b, 256);
            proposal_add_value(&b, &rows[i].range, rows[i].value, (enum language)language);
            assert_string_equal(b.data, rows[i].texts[language]);
            buf_free(&b);
        }
}

static void the_list_comes_first_and_says_what_is_open(void **state)
{
    (void)state;
    struct assessment a = assessment();
    a.counts[RECOMMENDATION_RECOMMENDED] = 3;
    assert_said(
        &a, 0,
        "Under the criteria own: 3 recommended, 0 conditional, 0 not recommended, 0 without enough data.",
        "選定基準ownのもとで、推奨3組、条件付き推奨0組、非推奨0組、データ不足0組。");
    a.counts[RECOMMENDATION_NOT_ENOUGH_DATA] = 1;
    assert_said(
        &a, 0,
        "Under the criteria own: 3 recommended, 0 conditional, 0 not recommended, 1 without enough data."
        " While some are not decided, a clause may turn out to be needed after all.",
        "選定基準ownのもとで、推奨3組、条件付き推奨0組、非推奨0組、データ不足1組。"
        "未判定のものがある間は、不要とした条項が後で必要になることがある。");
}

static void a_clause_is_kept_loosened_dropped_or_was_not_tested(void **state)
{
    (void)state;
    assert_clause((struct assess_range) { .clause = CLAUSE_PAYLOAD },
                  "Not testable with this run, so neither needed nor not needed by it: the payload clause.",
                  "この調査では確かめられず、要否は示されない：データ長の条項。");
    assert_clause((struct assess_range) { .clause = CLAUSE_TECHNOLOGIES, .testable = true, .dropped = true },
                  "Without the technology clause no handset of this run ends otherwise."
                  " By itself it holds no handset back.",
                  "通信方式の条項を外しても、この実施で結論の変わる端末はない。"
                  "この条項を外しても、新たに推奨となる端末はない。");
    assert_clause((struct assess_range) { .clause = CLAUSE_TECHNOLOGIES, .testable = true, .holds_back = 1 },
                  "As it stands: the technology clause. By itself it holds back 1 handset + SIM pair.",
                  "現行のまま：通信方式の条項。この条項を外せば推奨となる端末とSIMの組は1組。");
    struct assess_range time = { .clause = CLAUSE_TIME,
                                 .testable = true,
                                 .numeric = true,
                                 .unit = UNIT_MS,
                                 .holds_back = 2,
                                 .value = 500000,
                                 .tightest = 303500,
                                 .changes_at = NAN,
                                 .proposed = 500000 };
    assert_clause(time,
                  "As it stands: the time clause, 500 ms. By itself it holds back 2 handset + SIM pairs."
                  " The list is the same from 304 ms to any looser value.",
                  "現行のまま：時間の条項、500ミリ秒。この条項を外せば推奨となる端末とSIMの組は2組。"
                  "一覧は304ミリ秒より緩いどの値でも変わらない。");
    time.changes_at = 621000;
    time.proposed = 620000;
    assert_clause(
        time,
        "The list would be the same with the time clause as loose as this: 620 ms instead of 500 ms."
        " By itself it holds back 2 handset + SIM pairs. The list is the same from 304 ms on; at 621 ms"
        " HS-1 ends otherwise. The evidence does not tell the values between apart.",
        "時間の条項を500ミリ秒から620ミリ秒まで緩めても、一覧は変わらない。"
        "この条項を外せば推奨となる端末とSIMの組は2組。"
        "304ミリ秒なら今回の一覧は同じで、621ミリ秒まで緩めるとHS-1の結論が変わる。"
        "その間の値の優劣は、この根拠からは示されない。");
}

static void readers_are_proposed_only_where_the_run_shows_it(void **state)
{
    (void)state;
    struct assessment a = assessment();
    assert_said(
        &a, -3,
        "No handset failed on any reader that counts (4 decided), so this run cannot tell which readers "
        "suffice: measure on all of them.",
        "必要なICカードRWで不合格となった端末はなく（判定済み4組）、どのICカードRWで足りるかは"
        "この調査からは分からない。すべてのICカードRWで測定する。");
    a.proposal.failing = a.proposal.patterns = 1;
    assert_said(&a, -3, "No smaller choice of readers tells the same as all of them do.",
                "すべてのICカードRWと同じ結論を与える、より少ないICカードRWの選び方はない。");
    a.proposal.set_size = 1;
    a.proposal.set_count = 1;
    a.proposal.sets[0] = 2;
    assert_said(&a, -3,
                "In this run, passing on 1 reader predicts passing as required: RW-2. It rests on 4 decided "
                "pairs, 1 of them failing, in 1 pattern of failing readers.",
                "この調査では、ICカードRW 1台での合否が必要な全体の合否と一致する：RW-2。"
                "根拠は判定済み4組、うち不合格1組（不合格となるICカードRWの型は1通り）。");
    a.proposal.sets[1] = 1;
    a.proposal.set_count = 2;
    a.proposal.patterns = a.proposal.patterns_once = 2;
    assert_said(
        &a, -3,
        "In this run, passing on 1 reader predicts passing as required: RW-2; or RW-1 (2 sets of this "
        "size; the evidence does not rank them). It rests on 4 decided pairs, 1 of them failing, in 2 "
        "patterns of failing readers; 2 of these were seen on one pair only, so a handset that fails "
        "elsewhere alone can be missed.",
        "この調査では、ICカードRW 1台での合否が必要な全体の合否と一致する：RW-2、またはRW-1"
        "（同じ台数の組合せは2通りあり、優劣は示されていない）。"
        "根拠は判定済み4組、うち不合格1組（不合格となるICカードRWの型は2通り）"
        "、そのうち2通りは1組でしか見られず、ほかのICカードRWだけで失敗する端末を見逃し得る。");
}

static void what_leaving_each_out_shows_comes_last(void **state)
{
    (void)state;
    struct assessment a = assessment();
    assert_said(&a, -1, "No handset was refused, so this run cannot tell how often looser values would err.",
                "非推奨の端末がないため、緩い値がどれだけ誤るかはこの実施からは分からない。");
    a.proposal.left_out = (struct assess_left_out) { .refused = 9, .listed = 1, .passed = 2 };
    assert_said(
        &a, -1,
        "Each of the 9 refused handsets was left out in turn: the looser values found without it would "
        "list 1 of them, and a smallest set of readers found without it would pass 2 of them; the "
        "criteria as they stand list none. This estimates how often they would list a new handset that "
        "ought to be refused.",
        "非推奨の端末9台を個別に除いて調べた。除いて求めた緩い値ではそのうち1台が推奨となり、"
        "除いて求めた最少のICカードRWの組では2台が合格となる。現行の基準では、推奨となるものはない。"
        "これは、非推奨とすべき新しい端末をどれだけ推奨してしまうかの推定である。");
}

/* And that no bound is advised which the scheme does not test. */
static void what_the_evidence_supports_comes_first(void **state)
{
    (void)state;
    struct assessment a = assessment();
    findings.scheme.q1 = 0.2;
    a.proposal.range_count = 1;
    a.proposal.ranges[0] = (struct assess_range) { .clause = CLAUSE_SUCCESS,
                                                   .testable = true,
                                                   .numeric = true,
                                                   .unit = UNIT_DIRTY,
                                                   .value = 0.2,
                                                   .tightest = 0.183 };
    assert_said(
        &a, 1,
        "It supports the criteria own as they stand, with the errors that are stated for them. No bound on "
        "dirty placements is named here that is looser than the 20 % that the scheme tests. It supports the "
        "same list under a stricter bound, down to 18.3 % of placements dirty.",
        "根拠は、現行の選定基準ownを、明示した誤りの確率とともに支持する。ここでは、判定方式が検定する20%より"
        "緩い不良率の上限は示さない。より厳しい上限として不良率18.3%までは、同じ一覧を支持する。");
    findings.scheme.q1 = 0;
    for (size_t i = 0; i < proposal_count(&a); i++)
        assert_int_equal(proposal_part(i), i < 5 ? PROPOSAL_SUPPORTED : PROPOSAL_SENSITIVITY);
}

static void what_it_costs_and_what_it_rests_on_is_said(void **state)
{
    (void)state;
    struct assessment a = assessment();
    a.proposal.as_is = (struct assess_cost) { 15, 90, 2, 2, 1.25, 2.5 };
    a.proposal.proposed = (struct assess_cost) { 6, 6, 1, 2, 1, 1 };
    a.proposal.units = a.proposal.models = 2;
    a.proposal.sims = 1;
    a.proposal.sessions_least = 1;
    a.proposal.sessions_most = 3;
    assert_said(&a, 2,
                "A new handset under the criteria as they stand needs 15 clean placements in each of 2 "
                "conditions on each reader (at most 90), in 2 sessions: 1.2 h on 2 readers, 2.5 h on all 2.",
                "新しい端末は、現行の基準では、ICカードRWごとに2条件で良好なかざし各15回（最大90回）を"
                "2セッションで測定する。ICカードRW 2台で1.2時間、全2台で2.5時間。");
    assert_said(
        &a, -2,
        "Under all these looser values it would need 6 clean placements in each of 1 condition on each "
        "reader (at most 6), in 2 sessions: 1.0 h on 2 readers, 1.0 h on all 2.",
        "これらの緩い値をすべて用いると、新しい端末は、ICカードRWごとに1条件で良好なかざし各6回（最大6回）を"
        "2セッションで測定することになる。ICカードRW 2台で1.0時間、全2台で1.0時間。");
    assert_said(
        &a, 3,
        "It speaks of 2 handset units of 2 models with 1 SIM, and of no other: not of models that were "
        "not tested, nor of other units of these models.",
        "対象は端末2台（2機種）とSIM 1枚のみであり、試験していない機種や、同じ機種の別の個体については"
        "何も示さない。");
    a.proposal.invalid_placements = 7;
    assert_said(
        &a, 4,
        "Required cells were measured in 1 to 3 sessions; what changes between days beyond these is not "
        "seen. 7 placements were invalid; counted as dirty they would change 0 required cells.",
        "必須の組合せの測定は1～3セッションであり、それ以外の日による違いは分からない。"
        "無効なかざしは7回で、不良と数えると必須の組合せ0件の判定が変わる。");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_value_is_written_to_the_looser_side),
        cmocka_unit_test(the_list_comes_first_and_says_what_is_open),
        cmocka_unit_test(a_clause_is_kept_loosened_dropped_or_was_not_tested),
        cmocka_unit_test(readers_are_proposed_only_where_the_run_shows_it),
        cmocka_unit_test(what_leaving_each_out_shows_comes_last),
        cmocka_unit_test(what_the_evidence_supports_comes_first),
        cmocka_unit_test(what_it_costs_and_what_it_rests_on_is_said),
    };
    struct err e = { 0 };
    if (words_open(LANGUAGE_JAPANESE, TEST_LOCALE, &e) != 0) {
        print_error("%s: %s\n", e.where, e.text);
        return 1;
    }
    return cmocka_run_group_tests_name("proposal_sentences", tests, NULL, NULL);
}
