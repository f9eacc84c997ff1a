/*
 * The one table that maps a cause to its stage and outcome, and the names of every word that the journal
 * writes. Causes are those of the survey's taxonomy; F27 (slow) leaves the transaction ok and only its
 * placement dirty.
 */
#include "harness/card/outcome.h"

#include <string.h>

static const struct cause_row causes_table[CAUSE_COUNT] = {
    { 1, STAGE_SETUP, OUTCOME_INVALID, "reader, daemon or SIM missing", "ICカードRW・デーモン・SIMの不備" },
    { 2, STAGE_DETECT, OUTCOME_FAIL, "phone not listening", "端末が応答待ちでない" },
    { 3, STAGE_DETECT, OUTCOME_FAIL, "out of position or too weak", "位置ずれ・電界不足" },
    { 4, STAGE_DETECT, OUTCOME_FAIL, "technology mismatch", "通信方式の不一致" },
    { 5, STAGE_ACTIVATE, OUTCOME_FAIL, "two targets in the field", "複数の応答媒体の衝突" },
    { 6, STAGE_ACTIVATE, OUTCOME_FAIL, "activation fails (RATS or ATTRIB)", "活性化の失敗（RATS・ATTRIB）" },
    { 7, STAGE_ACTIVATE, OUTCOME_FAIL, "bit-rate change fails (PPS)", "通信速度切替の失敗（PPS）" },
    { 8, STAGE_ACTIVATE, OUTCOME_FAIL, "protocol mismatch", "プロトコルの不一致" },
    { 9, STAGE_EXCHANGE, OUTCOME_FAIL, "frame errors", "フレーム誤り" },
    { 10, STAGE_EXCHANGE, OUTCOME_FAIL, "waiting time ran out", "応答待ち時間の超過" },
    { 11, STAGE_EXCHANGE, OUTCOME_FAIL, "reader without time extension (WTX)",
      "ICカードRWが待ち時間延長（WTX）に非対応" },
    { 12, STAGE_EXCHANGE, OUTCOME_FAIL, "block number or protocol error", "ブロック番号・プロトコルの誤り" },
    { 13, STAGE_EXCHANGE, OUTCOME_FAIL, "frame size or chaining", "フレーム長・チェイニングの不具合" },
    { 14, STAGE_EXCHANGE, OUTCOME_FAIL, "256 bytes or more", "256バイト以上のデータの不具合" },
    { 15, STAGE_EXCHANGE, OUTCOME_FAIL, "extended APDU not passed by the reader",
      "ICカードRWが拡張APDUに非対応" },
    { 16, STAGE_EXCHANGE, OUTCOME_FAIL, "field lost on the way", "処理途中の電界喪失" },
    { 17, STAGE_EXCHANGE, OUTCOME_INVALID, "card reset by another program", "他プログラムによるリセット" },
    { 18, STAGE_ROUTE, OUTCOME_FAIL, "application not found or wrong environment",
      "アプリケーション未検出・経路違い" },
    { 19, STAGE_ROUTE, OUTCOME_FAIL, "HCE service crashed or missing", "HCEサービスの異常終了・不在" },
    { 20, STAGE_ROUTE, OUTCOME_FAIL, "chooser dialog or conflict", "アプリ選択画面・競合" },
    { 21, STAGE_EXCHANGE, OUTCOME_FAIL, "conditions of use not satisfied", "使用条件の不成立" },
    { 22, STAGE_EXCHANGE, OUTCOME_FAIL, "PIN needed, wrong or blocked", "PIN未照合・不一致・閉塞" },
    { 23, STAGE_EXCHANGE, OUTCOME_FAIL, "wrong length or parameters", "データ長・パラメータの誤り" },
    { 24, STAGE_EXCHANGE, OUTCOME_FAIL, "first command after power-up refused",
      "起動直後の初回コマンドの拒否" },
    { 25, STAGE_CHECK, OUTCOME_FAIL, "wrong target answered", "別の媒体が応答" },
    { 26, STAGE_CHECK, OUTCOME_FAIL, "data differ between repetitions", "繰り返し間のデータ不一致" },
    { 27, STAGE_CHECK, OUTCOME_OK, "slower than the time limit", "制限時間の超過" },
    { 28, STAGE_SETUP, OUTCOME_INVALID, "operator: aborted, wrong phone or condition",
      "操作の誤り（中断・端末違い・条件違い）" },
    { 29, STAGE_EXCHANGE, OUTCOME_INVALID, "status word made by the driver",
      "ドライバーが生成したステータスワード" },
    { 30, STAGE_SETUP, OUTCOME_INVALID, "reader held by another process", "他プロセスによるICカードRW占有" },
    { 31, STAGE_EXCHANGE, OUTCOME_INVALID, "instrument hangs", "測定器の無応答" },
};

static const char *const stage_names[STAGE_COUNT] = { "",      "setup",    "detect", "activate",
                                                      "route", "exchange", "check" };
static const char *const outcome_names[OUTCOME_COUNT] = { "", "ok", "fail", "invalid", "not-applicable" };
static const char *const depth_names[DEPTH_COUNT] = { "", "pcsc", "ccid", "rf" };
static const char *const power_mode_names[POWER_COUNT] = { "",           "on-unlocked", "on-locked",
                                                           "screen-off", "battery-low", "off" };
static const char *const target_names[TARGET_COUNT] = { "", "uicc", "ese", "hce" };

const struct cause_row *cause_row(unsigned number)
{
    return number >= 1 && number <= CAUSE_COUNT ? &causes_table[number - 1] : NULL;
}

enum outcome cause_outcome(cause_set causes)
{
    bool any = false, all_invalid = true, all_ok = true;
    for (unsigned n = 1; n <= CAUSE_COUNT; n++) {
        if (!(causes & CAUSE(n)))
            continue;
        any = true;
        all_invalid = all_invalid && causes_table[n - 1].outcome == OUTCOME_INVALID;
        all_ok = all_ok && causes_table[n - 1].outcome == OUTCOME_OK;
    }
    if (!any)
        return OUTCOME_NONE;
    if (all_ok)
        return OUTCOME_OK;
    return all_invalid ? OUTCOME_INVALID : OUTCOME_FAIL;
}

static const char *name_at(const char *const *names, unsigned count, unsigned index)
{
    return index < count ? names[index] : "";
}

static unsigned index_of(const char *const *names, unsigned count, const char *name, size_t length)
{
    for (unsigned i = 1; i < count; i++)
        if (strlen(names[i]) == length && memcmp(names[i], name, length) == 0)
            return i;
    return 0;
}

const char *stage_name(enum stage stage)
{
    return name_at(stage_names, STAGE_COUNT, (unsigned)stage);
}

const char *outcome_name(enum outcome outcome)
{
    return name_at(outcome_names, OUTCOME_COUNT, (unsigned)outcome);
}

const char *depth_name(enum depth depth)
{
    return name_at(depth_names, DEPTH_COUNT, (unsigned)depth);
}

const char *power_mode_name(enum power_mode mode)
{
    return name_at(power_mode_names, POWER_COUNT, (unsigned)mode);
}

const char *target_name(enum target target)
{
    return name_at(target_names, TARGET_COUNT, (unsigned)target);
}

enum stage stage_of_name(const char *name, size_t length)
{
    return (enum stage)index_of(stage_names, STAGE_COUNT, name, length);
}

enum outcome outcome_of_name(const char *name, size_t length)
{
    return (enum outcome)index_of(outcome_names, OUTCOME_COUNT, name, length);
}

enum depth depth_of_name(const char *name, size_t length)
{
    return (enum depth)index_of(depth_names, DEPTH_COUNT, name, length);
}

enum power_mode power_mode_of_name(const char *name, size_t length)
{
    return (enum power_mode)index_of(power_mode_names, POWER_COUNT, name, length);
}

enum target target_of_name(const char *name, size_t length)
{
    return (enum target)index_of(target_names, TARGET_COUNT, name, length);
}
