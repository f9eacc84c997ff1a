#include "harness/survey/model_id.h"

#include "harness/base/buf.h"
#include "harness/base/digest.h"
#include "harness/base/text.h"
#include "harness/base/text_key.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define OTHERS_MAX    8
#define DIGEST_DIGITS 8

struct spelling {
    const char *name;
    const char *others[OTHERS_MAX];
};

/* Compared by their keys: case, width and blanks need not be listed. */
static const struct spelling carriers[] = {
    { "docomo", { "NTT docomo", "ドコモ", "NTTドコモ", "エヌ・ティ・ティ・ドコモ" } },
    { "au", { "KDDI", "au by KDDI", "au(KDDI)", "KDDI(au)", "エーユー" } },
    { "SoftBank", { "ソフトバンク", "SoftBank Mobile", "ソフトバンクモバイル", "SBM" } },
    { "Y!mobile", { "ymobile", "ワイモバイル" } },
    { "UQ mobile", { "UQ", "UQモバイル" } },
    { "Rakuten", { "Rakuten Mobile", "楽天", "楽天モバイル" } },
    { "SIM-free", { "sim free", "SIMフリー", "シムフリー", "unlocked" } },
};

static const struct spelling makers[] = {
    { "Sony", { "ソニー", "ソニーモバイル", "ソニーモバイルコミュニケーションズ" } },
    { "Sharp", { "シャープ", "SHARP株式会社" } },
    { "Fujitsu", { "富士通", "富士通コネクテッドテクノロジーズ" } },
    { "FCNT", { "エフシーエヌティー" } },
    { "Samsung", { "サムスン", "サムスン電子", "サムソン", "三星" } },
    { "Kyocera", { "京セラ" } },
    { "Panasonic", { "パナソニック" } },
    { "Toshiba", { "東芝" } },
    { "NEC", { "日本電気", "NECカシオ" } },
    { "Casio", { "カシオ" } },
    { "Hitachi", { "日立" } },
    { "Apple", { "アップル" } },
    { "Google", { "グーグル" } },
    { "Huawei", { "ファーウェイ", "華為", "ファーウェイ・ジャパン" } },
    { "ZTE", { "中興通訊" } },
    { "ASUS", { "エイスース", "華碩" } },
    { "OPPO", { "オッポ" } },
    { "Xiaomi", { "シャオミ", "小米" } },
    { "Motorola", { "モトローラ" } },
    { "LG", { "LGエレクトロニクス" } },
};

static const char *spelled(const char *text, const struct spelling *all, size_t count)
{
    char key[TEXT_KEY_CAPACITY], other[TEXT_KEY_CAPACITY];
    if (text_key(text, key) != TEXT_KEY_MADE)
        return text;
    for (size_t i = 0; i < count; i++) {
        if (text_key(all[i].name, other) == TEXT_KEY_MADE && strcmp(key, other) == 0)
            return all[i].name;
        for (size_t k = 0; k < OTHERS_MAX && all[i].others[k]; k++)
            if (text_key(all[i].others[k], other) == TEXT_KEY_MADE && strcmp(key, other) == 0)
                return all[i].name;
    }
    return text;
}

const char *model_carrier(const char *text)
{
    return spelled(text, carriers, sizeof carriers / sizeof *carriers);
}

const char *model_maker(const char *text)
{
    return spelled(text, makers, sizeof makers / sizeof *makers);
}

bool model_technologies(const char *text, char out[MODEL_TECHNOLOGIES_SIZE])
{
    static const char letters[] = "abfv";
    static const char *const passed[] = { "type", "nfc", "-", "/", ",", ";", "+", "&", "_", "・", "、" };
    char key[TEXT_KEY_CAPACITY];
    bool has[4] = { false };
    size_t n = 0;
    if (text_key(text, key) != TEXT_KEY_MADE)
        return false;
    for (const char *c = key; *c;) {
        size_t length = 0;
        const char *letter = strchr(letters, *c);
        for (size_t i = 0; i < sizeof passed / sizeof *passed && length == 0; i++)
            if (strncmp(c, passed[i], strlen(passed[i])) == 0)
                length = strlen(passed[i]);
        if (length == 0 && !letter)
            return false;
        if (length == 0) {
            has[letter - letters] = true;
            length = strncmp(c, "felica", 6) == 0 ? 6 : 1;
        }
        c += length;
    }
    for (size_t i = 0; i < 4; i++) {
        if (!has[i])
            continue;
        if (n > 0)
            out[n++] = '/';
        out[n++] = "ABFV"[i];
    }
    out[n] = '\0';
    return n > 0;
}

/* One or two digits from 1 to `most`, and one of the marks that may stand behind a part of a date. */
static bool read_part(const char **at, unsigned most, unsigned *out)
{
    size_t digits = strspn(*at, "0123456789");
    *out = digits == 1 || digits == 2 ? (unsigned)strtoul(*at, NULL, 10) : 0;
    *at += digits;
    return *out >= 1 && *out <= most;
}

static bool skip_mark(const char **at, const char *kanji)
{
    size_t length = strlen(kanji);
    if (strncmp(*at, kanji, length) == 0)
        *at += length;
    else if (**at && strchr("-/.", **at))
        (*at)++;
    else
        return false;
    return true;
}

bool model_date(const char *text, char out[MODEL_DATE_SIZE])
{
    unsigned month = 0, day = 0;
    const char *at = text + 4;
    if (strspn(text, "0123456789") != 4)
        return false;
    bool more = *at && skip_mark(&at, "年") && *at;
    if (!more) {
        snprintf(out, MODEL_DATE_SIZE, "%.4s", text);
        return *at == '\0' && strchr("-/.", at[-1]) == NULL;
    }
    if (!read_part(&at, 12, &month))
        return false;
    if (*at && !skip_mark(&at, "月"))
        return false;
    if (*at && (!read_part(&at, 31, &day) || (*at && strcmp(at, "日") != 0)))
        return false;
    snprintf(out, MODEL_DATE_SIZE, "%.4s-%02u", text, month);
    return strchr("-/.", at[-1]) == NULL;
}

struct slug {
    struct buf id, lost;
    bool apart; /* a "-" is due before the next letter */
};

static void add_part(struct slug *s, const char *part)
{
    s->apart = s->id.length > 0;
    size_t left = strlen(part);
    for (size_t n; left > 0; part += n, left -= n) {
        uint32_t c = 0;
        n = text_character(part, left, &c);
        n = n > 0 ? n : 1;
        bool upper = c >= 'A' && c <= 'Z';
        if (upper || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9')) {
            if (s->apart && s->id.length > 0)
                buf_add_char(&s->id, '-');
            buf_add_char(&s->id, (char)(upper ? c - 'A' + 'a' : c));
            s->apart = false;
        } else if (c == '+') {
            buf_add_text(&s->id, s->id.length > 0 ? "-plus" : "plus");
            s->apart = false;
        } else {
            s->apart = true;
            if (text_is_letter(c))
                buf_add(&s->lost, part, n);
        }
    }
}

/* Two models that differ only in what is lost differ in this. */
static void add_digest(struct slug *s, const char *maker, const char *code, const char *carrier)
{
    const char *parts[] = { maker, code, carrier };
    char key[TEXT_KEY_CAPACITY], digest[65];
    struct buf all;
    buf_init(&all, SIZE_MAX / 2);
    for (size_t i = 0; i < 3; i++) {
        const char *text = text_key(parts[i], key) == TEXT_KEY_MADE ? key : parts[i];
        buf_add(&all, text, strlen(text) + 1);
    }
    digest_bytes(all.data, all.length, digest);
    if (s->id.length > 0)
        buf_add_char(&s->id, '-');
    buf_add(&s->id, digest, DIGEST_DIGITS);
    s->id.failed = s->id.failed || all.failed || !digest[0];
    buf_free(&all);
}

void model_id_make(struct model_id *out, const char *maker, const char *code, const char *carrier)
{
    struct slug s = { 0 };
    *out = (struct model_id) { 0 };
    buf_init(&s.id, SIZE_MAX / 2);
    buf_init(&s.lost, SIZE_MAX / 2);
    add_part(&s, maker);
    add_part(&s, code);
    add_part(&s, carrier);
    if (s.lost.length > 0) {
        add_digest(&s, maker, code, carrier);
        out->lost = text_copy(buf_text(&s.lost));
    }
    out->memory = s.id.failed || s.lost.failed || (s.lost.length > 0 && !out->lost);
    if (s.id.length > FIELDS_ID_MAX)
        out->long_by = s.id.length - FIELDS_ID_MAX;
    else
        snprintf(out->text, sizeof out->text, "%s", buf_text(&s.id));
    buf_free(&s.id);
    buf_free(&s.lost);
}

static bool has_latin(const char *key)
{
    return strpbrk(key, "abcdefghijklmnopqrstuvwxyz") != NULL;
}

bool model_maker_agrees(const char *listed, const char *profiled)
{
    char a[TEXT_KEY_CAPACITY], b[TEXT_KEY_CAPACITY];
    if (text_key(model_maker(listed), a) != TEXT_KEY_MADE ||
        text_key(model_maker(profiled), b) != TEXT_KEY_MADE)
        return false;
    size_t shorter = strlen(a) < strlen(b) ? strlen(a) : strlen(b);
    return strncmp(a, b, shorter) == 0 || !has_latin(a);
}
