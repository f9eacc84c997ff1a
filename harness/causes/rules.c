/*
 * The rules that narrow a set of candidate causes: each looks at one thing, removes what that excludes and
 * says what it saw. None removes a candidate because another one is likelier. All are asked, in any order the
 * same comes out.
 */
#include "harness/causes/rules.h"

#include "harness/base/text.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define SEEN_BYTES 600

/* ---- what a code stands for ---- */

#define FRAME_CAUSES                                                                                         \
    (CAUSE(7) | CAUSE(9) | CAUSE(10) | CAUSE(11) | CAUSE(12) | CAUSE(13) | CAUSE(14) | CAUSE(15))

/* Codes and status words that several causes share, at a stage; a code that isn't here stands for its record.
 */
static const struct {
    enum stage stage;
    const char *code;
    cause_set causes;
} shared_codes[] = {
    { STAGE_DETECT, "SCARD_E_NO_SMARTCARD", CAUSE(2) | CAUSE(3) | CAUSE(4) },
    { STAGE_DETECT, "SCARD_W_REMOVED_CARD", CAUSE(2) | CAUSE(3) | CAUSE(4) },
    { STAGE_DETECT, "SCARD_E_TIMEOUT", CAUSE(2) | CAUSE(3) | CAUSE(4) },
    { STAGE_ACTIVATE, "SCARD_W_UNRESPONSIVE_CARD", CAUSE(5) | CAUSE(6) | CAUSE(7) },
    { STAGE_ACTIVATE, "SCARD_W_UNPOWERED_CARD", CAUSE(5) | CAUSE(6) | CAUSE(7) },
    { STAGE_EXCHANGE, "SCARD_E_NOT_TRANSACTED", FRAME_CAUSES },
    { STAGE_EXCHANGE, "SCARD_E_COMM_DATA_LOST", FRAME_CAUSES },
    { STAGE_EXCHANGE, "SCARD_E_INSUFFICIENT_BUFFER", CAUSE(13) | CAUSE(14) },
    { STAGE_EXCHANGE, "SCARD_W_REMOVED_CARD", CAUSE(3) | CAUSE(16) },
    { STAGE_EXCHANGE, "SCARD_E_NO_SMARTCARD", CAUSE(3) | CAUSE(16) },
    { STAGE_EXCHANGE, "deadline missed", CAUSE(10) | CAUSE(11) | CAUSE(31) },
    { STAGE_ROUTE, "6A82", CAUSE(18) | CAUSE(21) },
    { STAGE_ROUTE, "6985", CAUSE(20) | CAUSE(21) },
    { STAGE_ROUTE, "6F00", CAUSE(19) | CAUSE(24) },
    { STAGE_EXCHANGE, "6F00", CAUSE(19) | CAUSE(23) | CAUSE(24) },
    { STAGE_EXCHANGE, "6700", CAUSE(14) | CAUSE(15) | CAUSE(23) },
    { STAGE_ROUTE, "6400", CAUSE(23) | CAUSE(29) },
    { STAGE_EXCHANGE, "6400", CAUSE(23) | CAUSE(29) },
    { STAGE_ROUTE, "6401", CAUSE(23) | CAUSE(29) },
    { STAGE_EXCHANGE, "6401", CAUSE(23) | CAUSE(29) },
};

static cause_set sharing(const struct causes_kind *k)
{
    for (size_t i = 0; i < sizeof shared_codes / sizeof *shared_codes; i++)
        if (shared_codes[i].stage == k->stage && strcmp(shared_codes[i].code, k->code) == 0)
            return shared_codes[i].causes | k->recorded;
    return k->recorded;
}

/* ---- the trail ---- */

struct text {
    char text[48];
};

static struct text ms(uint64_t us)
{
    struct text t;
    struct buf b;
    buf_init(&b, sizeof t.text);
    causes_add_ms(&b, us);
    snprintf(t.text, sizeof t.text, "%s", b.data ? b.data : "");
    buf_free(&b);
    return t;
}

/* The text begins with it, and no longer word does. */
static bool is_word(const char *text, const char *word)
{
    size_t length = strlen(word);
    return strncmp(text, word, length) == 0 && !(text[length] >= 'a' && text[length] <= 'z');
}

/* Both languages share their arguments, so Japanese gets its words for units of time here: 40 ms, 3.02 s.
 * NULL: out of memory. */
static char *with_units(const char *text)
{
    static const char *const units[][2] = { { " ms", "ミリ秒" }, { " s", "秒" } };
    struct buf b;
    buf_init(&b, 4 * SEEN_BYTES);
    for (const char *c = text; *c;) {
        size_t i = 0, count = sizeof units / sizeof *units;
        bool behind = c > text && c[-1] >= '0' && c[-1] <= '9';
        while (i < count && !(behind && is_word(c, units[i][0])))
            i++;
        if (i < count) {
            buf_add_text(&b, units[i][1]);
            c += strlen(units[i][0]);
        } else {
            buf_add_char(&b, *c++);
        }
    }
    return buf_take(&b);
}

__attribute__((format(printf, 5, 7), format(printf, 6, 7))) static void
trail(struct causes_view *v, const char *rule, enum causes_effect effect, cause_set causes,
      const char *format, const char *format_ja, ...)
{
    struct causes_kind *k = v->kind;
    char seen[SEEN_BYTES], seen_ja[SEEN_BYTES];
    causes &= effect == CAUSES_REMOVED ? k->sharing : k->recorded;
    if (causes == 0 || v->failed)
        return;
    va_list arguments;
    va_start(arguments, format_ja);
    vsnprintf(seen, sizeof seen, format, arguments);
    va_end(arguments);
    va_start(arguments, format_ja);
    vsnprintf(seen_ja, sizeof seen_ja, format_ja, arguments);
    va_end(arguments);
    char *ja = with_units(seen_ja);
    struct causes_step *more = realloc(k->trail, (k->trail_length + 1) * sizeof *more);
    if (more) {
        k->trail = more;
        k->trail[k->trail_length++] = (struct causes_step) { rule, effect, causes, text_copy(seen), ja };
    } else {
        free(ja);
    }
    if (!more || !k->trail[k->trail_length - 1].seen || !k->trail[k->trail_length - 1].seen_ja) {
        v->failed = true;
        return;
    }
    if (effect == CAUSES_REMOVED)
        v->removed |= causes;
    else if (effect == CAUSES_SUPPORTED)
        k->supported |= causes;
}

/* ---- rules about one kind of failure ---- */

static bool broke(const struct causes_kind *k)
{
    return !k->answered && k->stage == STAGE_EXCHANGE && k->timed == k->count && k->count > 0;
}

/* A waiting time that did not pass can't have run out. */
static void waiting_time(struct causes_view *v, const char *rule)
{
    const struct causes_kind *k = v->kind;
    uint64_t fwt = v->identity->fwt_us;
    if (!broke(k))
        return;
    if (fwt == CAUSES_NO_TIME && v->identity->atr_fwt_us != CAUSES_NO_TIME) {
        if (k->most_us < v->identity->atr_fwt_us)
            trail(v, rule, CAUSES_NOTED, CAUSE(10),
                  "every failure came within %s; the ATR would offer %s if it is a type B target's, which it "
                  "does not prove",
                  "失敗はすべて%s以内に起きています。ATRがType "
                  "Bのものなら待ち時間は%sですが、その証明にはなりません",
                  ms(k->most_us).text, ms(v->identity->atr_fwt_us).text);
    } else if (fwt != CAUSES_NO_TIME && k->most_us < fwt) {
        trail(v, rule, CAUSES_REMOVED, CAUSE(10),
              "every failure came within %s, the waiting time offered is %s",
              "失敗はすべて%s以内に起きており、提示された待ち時間は%sです", ms(k->most_us).text,
              ms(fwt).text);
    } else if (fwt != CAUSES_NO_TIME && k->least_us >= fwt) {
        trail(v, rule, CAUSES_SUPPORTED, CAUSE(10) | CAUSE(11),
              "no failure came before %s, and the waiting time offered is %s: %.1f to %.1f times that",
              "%sより前の失敗はなく、提示された待ち時間は%sです。その%.1f～%.1f倍にあたります",
              ms(k->least_us).text, ms(fwt).text, (double)k->least_us / (double)fwt,
              (double)k->most_us / (double)fwt);
    }
}

/* Time extensions that nobody serves are waited for until the host's driver gives up. */
static void driver_timeout(struct causes_view *v, const char *rule)
{
    const struct causes_kind *k = v->kind;
    if (!broke(k) || (k->depth != DEPTH_PCSC && k->depth != DEPTH_CCID))
        return;
    if (k->most_us < CAUSES_DRIVER_TIMEOUT_US)
        trail(v, rule, CAUSES_REMOVED, CAUSE(11),
              "every failure came within %s, before the 3.0 s after which the host's driver gives up",
              "失敗はすべて%s以内で、ホストのドライバーが諦める3.0秒より前です", ms(k->most_us).text);
    else if (k->least_us >= CAUSES_DRIVER_TIMEOUT_US && k->most_us < CAUSES_DRIVER_LATE_US)
        trail(v, rule, CAUSES_SUPPORTED, CAUSE(10) | CAUSE(11),
              "every failure came after %s to %s: the host's driver gave up after its 3.0 s",
              "失敗はすべて%s～%s後で、ホストのドライバーが3.0秒で諦めたものです", ms(k->least_us).text,
              ms(k->most_us).text);
}

static void immediate_error(struct causes_view *v, const char *rule)
{
    const struct causes_kind *k = v->kind;
    if (broke(k) && k->most_us < CAUSES_IMMEDIATE_US)
        trail(v, rule, CAUSES_SUPPORTED, CAUSE(9) | CAUSE(12) | CAUSE(15),
              "every failure came within %s: the reader reported an error at once",
              "失敗はすべて%s以内で、ICカードRWが直ちに異常を報告しています", ms(k->most_us).text);
}

static void first_exchange(struct causes_view *v, const char *rule)
{
    const struct causes_kind *k = v->kind;
    if (k->stage != STAGE_ROUTE && k->stage != STAGE_EXCHANGE)
        return;
    if (k->later == k->count)
        trail(v, rule, CAUSES_REMOVED, CAUSE(7) | CAUSE(24),
              "no failure was at the first exchange after power-up",
              "電源投入後の最初の交信での失敗はありません");
    else if (k->first == k->count && v->script->typical_exchanges > 1)
        trail(v, rule, CAUSES_SUPPORTED, CAUSE(7) | CAUSE(24),
              "every failure was at the first exchange after power-up",
              "失敗はすべて電源投入後の最初の交信で起きています");
}

static void rates_offered(struct causes_view *v, const char *rule)
{
    const struct causes_identity *id = v->identity;
    if (id->slow_only && !id->faster)
        trail(v, rule, CAUSES_REMOVED, CAUSE(7),
              "the handset offers 106 kbit/s only: there is no rate to change to",
              "端末が提示する速度は106 kbit/sのみで、切り替える速度がありません");
}

static void payload(struct causes_view *v, const char *rule)
{
    const struct causes_kind *k = v->kind;
    if (k->sized == 0 || k->sized != k->count)
        return;
    uint32_t most = k->le_most > k->command_most ? k->le_most : k->command_most;
    if (most < 256)
        trail(v, rule, CAUSES_REMOVED, CAUSE(14),
              "no failing command was of 256 bytes or asked for them; %u bytes at most",
              "失敗したコマンドは256バイトに達せず、要求もしていません。最大%uバイトです", most);
    if (most <= CAUSES_FRAME_LEAST)
        trail(v, rule, CAUSES_REMOVED, CAUSE(13),
              "no failing command or answer was longer than %u bytes, which the smallest frame carries",
              "失敗したコマンドと応答は最大%uバイトで、最小のフレームに収まります", most);
    if (k->extended == 0)
        trail(v, rule, CAUSES_REMOVED, CAUSE(15), "no failing command was an extended one",
              "失敗したコマンドに拡張長のものはありません");
    if (k->answered && k->stage != STAGE_CHECK)
        return;
    if (k->le_least > k->passed_most && k->passed_most > 0 && k->le_least >= CAUSES_FRAME_GREATEST - 1)
        trail(v, rule, CAUSES_SUPPORTED, CAUSE(13) | (k->le_least >= 256 ? CAUSE(14) : 0),
              "fails only from %u bytes asked for on; answers of up to %u bytes came before, in the same "
              "transactions",
              "要求が%uバイト以上のときだけ失敗し、同じトランザクションでその前に最大%"
              "uバイトの応答が得られています",
              k->le_least, k->passed_most);
    if (k->extended == k->count)
        trail(v, rule, CAUSES_SUPPORTED, CAUSE(15), "every failing command was an extended one",
              "失敗したコマンドはすべて拡張長です");
}

/* Libraries and drivers that stand between hide what the reader said; these hand on its own bytes. */
static void host_driver(struct causes_view *v, const char *rule)
{
    static const char *const direct[] = { "ccid", "nfc", "port100" };
    const char *driver = v->f->survey->readers[v->cell->reader].driver;
    for (size_t i = 0; i < sizeof direct / sizeof *direct; i++)
        if (driver && strcmp(driver, direct[i]) == 0)
            trail(v, rule, CAUSES_REMOVED, CAUSE(29),
                  "recorded with the %s driver: no PC/SC driver stood between that could make a status word",
                  "%sドライバーでの記録であり、ステータスワードを作りうるPC/SCドライバーは介在していません",
                  driver);
}

static void reader_asked(struct causes_view *v, const char *rule)
{
    const struct causes_kind *k = v->kind;
    if (k->reader_answered == k->count && k->count > 0)
        trail(v, rule, CAUSES_REMOVED, CAUSE(31), "the reader answered each time it was asked who hung",
              "停止したのがどちらかを確かめるたびに、ICカードRWは応答しています");
}

/* Three equal answers don't differ between repetitions. A check against an earlier answer tells nothing here.
 */
static void same_answer(struct causes_view *v, const char *rule)
{
    const struct causes_kind *k = v->kind;
    cause_set others = CAUSE(13) | CAUSE(14) | CAUSE(25);
    if ((k->recorded & others) == 0 || k->hashed != k->count || k->hashed < CAUSES_SAME_NEEDED)
        return;
    if (!k->answers_differ)
        trail(v, rule, CAUSES_REMOVED, CAUSE(26), "the same wrong answer came %" PRIu64 " times",
              "同じ誤った応答が%" PRIu64 "回返っています", k->count);
    else
        trail(v, rule, CAUSES_SUPPORTED, CAUSE(26), "the wrong answers differ from each other",
              "誤った応答は互いに異なります");
}

static void probes(struct causes_view *v, const char *rule)
{
    const struct causes_probes *p = v->probes;
    const struct causes_kind *k = v->kind;
    if (k->stage != STAGE_ROUTE || !k->answered)
        return;
    if (p->host > 0)
        trail(
            v, rule, CAUSES_SUPPORTED, CAUSE(18) | CAUSE(19) | CAUSE(20),
            "Android's host card emulation answered its probe %u times in the same condition on this reader: "
            "a route leads to the host",
            "同じ条件・同じICカードRWで、Androidのホストカードエミュレーションがプローブに%"
            "u回応答しており、ホストへの経路があります",
            p->host);
    else if (p->no_host > 0 && p->element > 0)
        trail(v, rule, CAUSES_SUPPORTED, CAUSE(21) | CAUSE(24),
              "a secure element answered with its CPLC %u times and the host's probe never, in the same "
              "condition on this reader: the route leads to the element, and its application is missing or "
              "not activated",
              "同じ条件・同じICカードRWで、セキュアエレメントがCPLCに%"
              "u回応答し、ホストのプローブには応答がありません。経路はセキュアエレメントに至り、アプリケーシ"
              "ョンがないか有効でありません",
              p->element);
}

static const char *technology_names(unsigned bits)
{
    static const char *const names[] = { "", "A", "B", "A/B", "F", "A/F", "B/F", "A/B/F" };
    return names[bits & 7];
}

static void technology(struct causes_view *v, const char *rule)
{
    unsigned handset = v->identity->technologies, reader = v->reader_technologies;
    if (v->kind->stage == STAGE_DETECT && handset && reader && !(handset & reader))
        trail(v, rule, CAUSES_SUPPORTED, CAUSE(4),
              "other readers activated the handset as type %s in the same condition; this one activated "
              "handsets as type %s only",
              "同じ条件で他のICカードRWはこの端末をType "
              "%sとして活性化し、このICカードRWが活性化した端末はType %sのみです",
              technology_names(handset), technology_names(reader));
}

/* ---- rules that compare with other cells ---- */

static const struct findings_cell *cell_at(const struct causes_view *v, size_t condition, size_t reader)
{
    const struct findings_cell *c = v->cell;
    return &v->f->cells[survey_cell(v->f->survey, c->pair, condition, reader, c->script)];
}

/* Both verdicts stand, or their bounds on P(dirty) do not overlap: nothing weaker is called a difference. */
static bool better(const struct findings_cell *there, const struct findings_cell *here)
{
    return (there->verdict == VERDICT_COMPATIBLE && here->verdict == VERDICT_INCOMPATIBLE) ||
           (there->n > 0 && here->n > 0 && there->upper < here->lower);
}

static bool same_text(const char *a, const char *b)
{
    return strcmp(a ? a : "", b ? b : "") == 0;
}

static bool same_position(const struct survey_condition *a, const struct survey_condition *b)
{
    return same_text(a->position, b->position) && a->x_mm == b->x_mm && a->y_mm == b->y_mm &&
           a->z_mm == b->z_mm;
}

static bool is_nearer(const struct survey_condition *there, const struct survey_condition *here)
{
    double off_there = there->x_mm * there->x_mm + there->y_mm * there->y_mm;
    double off_here = here->x_mm * here->x_mm + here->y_mm * here->y_mm;
    return off_there <= off_here && there->z_mm <= here->z_mm;
}

static void position(struct causes_view *v, const char *rule)
{
    const struct survey *s = v->f->survey;
    const struct survey_condition *here = &s->conditions[v->cell->condition];
    for (size_t i = 0; i < s->condition_count; i++) {
        const struct survey_condition *there = &s->conditions[i];
        const struct findings_cell *other = cell_at(v, i, v->cell->reader);
        if (there->power_mode != here->power_mode || !same_text(there->handset_case, here->handset_case) ||
            same_position(there, here) || !is_nearer(there, here) || !better(other, v->cell))
            continue;
        trail(v, rule, CAUSES_SUPPORTED, CAUSE(3) | CAUSE(9) | CAUSE(16),
              "dirty in %u of %u placements here (%.0f, %.0f, %.0f mm) and in %u of %u in %s, nearer to the "
              "reader's centre",
              "不良%u回／かざし%u回（ここ：%.0f, %.0f, %.0f "
              "mm）に対し、不良%u回／かざし%u回（%s：より中心に近い位置）です",
              v->cell->d, v->cell->n, here->x_mm, here->y_mm, here->z_mm, other->d, other->n, there->id);
        return;
    }
}

static void power_mode(struct causes_view *v, const char *rule)
{
    const struct survey *s = v->f->survey;
    const struct survey_condition *here = &s->conditions[v->cell->condition];
    if (here->power_mode == POWER_ON_UNLOCKED)
        return;
    for (size_t i = 0; i < s->condition_count; i++) {
        const struct survey_condition *there = &s->conditions[i];
        const struct findings_cell *other = cell_at(v, i, v->cell->reader);
        if (there->power_mode != POWER_ON_UNLOCKED || !same_position(there, here) ||
            !same_text(there->handset_case, here->handset_case) || !better(other, v->cell))
            continue;
        trail(v, rule, CAUSES_SUPPORTED, CAUSE(2) | CAUSE(18) | CAUSE(21),
              "dirty in %u of %u placements in %s and in %u of %u in %s",
              "不良%u回／かざし%u回（%s）に対し、不良%u回／かざし%u回（%s）です", v->cell->d, v->cell->n,
              power_mode_name(here->power_mode), other->d, other->n, power_mode_name(there->power_mode));
        return;
    }
}

struct reader_class {
    enum reader_level level;
    unsigned max_message;
};

static struct reader_class class_of(const struct survey *s, size_t reader)
{
    struct reader_model model;
    reader_profile_model(&s->reader_profiles[s->readers[reader].profile], &model);
    return (struct reader_class) { model.level, model.max_message };
}

/* How many readers with a verdict fail and pass with this handset: those that share the trait, and the
 * others. */
struct split {
    unsigned with_fail, with_pass, without_fail, without_pass;
};

static struct split split_by(const struct causes_view *v, bool (*has)(struct reader_class), size_t *known)
{
    const struct survey *s = v->f->survey;
    struct split n = { 0 };
    *known = 0;
    for (size_t reader = 0; reader < s->reader_count; reader++) {
        enum verdict verdict = cell_at(v, v->cell->condition, reader)->verdict;
        struct reader_class class = class_of(s, reader);
        bool fails = verdict == VERDICT_INCOMPATIBLE, passes = verdict == VERDICT_COMPATIBLE;
        if (class.level == READER_LEVEL_NONE || (!fails && !passes))
            continue;
        *known += 1;
        if (has(class)) {
            n.with_fail += fails;
            n.with_pass += passes;
        } else {
            n.without_fail += fails;
            n.without_pass += passes;
        }
    }
    return n;
}

static bool is_tpdu(struct reader_class c)
{
    return c.level == READER_LEVEL_TPDU;
}

static bool is_short(struct reader_class c)
{
    return c.level == READER_LEVEL_SHORT;
}

/* A response of 256 bytes with status word and header takes 268; extended ones are chained in less than that.
 */
static bool is_chaining(struct reader_class c)
{
    return c.level == READER_LEVEL_EXTENDED && c.max_message > 0 && c.max_message <= 271;
}

static void reader_class(struct causes_view *v, const char *rule)
{
    static const struct {
        bool (*has)(struct reader_class);
        cause_set causes;
        const char *name, *name_ja;
    } traits[] = {
        { is_tpdu, CAUSE(12) | CAUSE(13), "TPDU readers, whose protocol the host's driver speaks",
          "プロトコルをホストのドライバーが扱うTPDU方式のもの" },
        { is_short, CAUSE(14) | CAUSE(15), "readers that pass short APDUs only", "短いAPDUのみ通すもの" },
        { is_chaining, CAUSE(13) | CAUSE(14) | CAUSE(15),
          "readers that chain extended APDUs over messages of 271 bytes or less",
          "拡張APDUを271バイト以下のメッセージに分けて送るもの" },
    };
    for (size_t i = 0; i < sizeof traits / sizeof *traits; i++) {
        size_t known;
        struct split n = split_by(v, traits[i].has, &known);
        if (!traits[i].has(class_of(v->f->survey, v->cell->reader)))
            continue;
        if (n.with_fail > 0 && n.with_pass == 0 && n.without_fail == 0 && n.without_pass > 0)
            trail(
                v, rule, CAUSES_SUPPORTED, traits[i].causes,
                "of %zu readers with a verdict, the handset fails on %u of %u %s%.0s, and on none of the %u "
                "others",
                "判定のあるICカードRW "
                "%zu台のうち、端末が不適合なのは%u台／%u台（%.0s%s）で、ほかの%u台では不適合がありません",
                known, n.with_fail, n.with_fail, traits[i].name, traits[i].name_ja, n.without_pass);
    }
}

/* ---- the table ---- */

static const struct {
    const char *name;
    void (*ask)(struct causes_view *v, const char *rule);
} rules[] = {
    { "waiting-time", waiting_time },       { "driver-timeout", driver_timeout },
    { "immediate-error", immediate_error }, { "first-exchange", first_exchange },
    { "rates-offered", rates_offered },     { "payload", payload },
    { "host-driver", host_driver },         { "reader-asked", reader_asked },
    { "same-answer", same_answer },         { "probes", probes },
    { "technology", technology },           { "position", position },
    { "power-mode", power_mode },           { "reader-class", reader_class },
};

/* What the driver's own look at each exchange left out, and no rule here explains. */
static void say_record(struct causes_view *v)
{
    const struct causes_kind *k = v->kind;
    cause_set left_out = k->sharing & ~k->recorded & ~v->removed;
    trail(v, "record", CAUSES_REMOVED, left_out,
          "%s can stand for them too; the record's own evidence of each failure leaves them out",
          "%sはこれらも意味しえますが、各失敗の記録の証拠により除かれます",
          k->code[0] ? k->code : "the code");
}

int causes_narrow(struct causes_view *v, struct err *e)
{
    struct causes_kind *k = v->kind;
    k->sharing = sharing(k);
    for (size_t i = 0; i < sizeof rules / sizeof *rules; i++)
        rules[i].ask(v, rules[i].name);
    say_record(v);
    k->narrowed = k->recorded & ~v->removed;
    k->contradiction = k->recorded != 0 && k->narrowed == 0;
    if (k->contradiction)
        k->narrowed = k->recorded;
    k->supported &= k->narrowed;
    return v->failed ? err_set(e, ERR_MEMORY, "journal.yaml", "out of memory") : 0;
}

const char *causes_rule_name(size_t index)
{
    size_t count = sizeof rules / sizeof *rules;
    return index < count ? rules[index].name : index == count ? "record" : NULL;
}
