#include "reports/tables/measures.h"

#include "reports/tables/names.h"
#include "reports/words/numbers.h"

#include <inttypes.h>
#include <stdio.h>

#define ARGUMENT_BYTES_MAX 8192

/* ---- words ---- */

/* "A/B" */
static void add_technologies(struct buf *out, uint64_t set)
{
    for (unsigned i = 0; i < FINDINGS_TECHNOLOGIES; i++)
        if (set >> i & 1)
            buf_add_format(out, "%s%s", out->length ? "/" : "", technology_name((enum technology)(i + 1)));
}

/* "A 3, B 12" */
static void add_by_technology(struct buf *out, const uint64_t counts[FINDINGS_TECHNOLOGIES],
                              enum language language)
{
    for (unsigned i = 0; i < FINDINGS_TECHNOLOGIES; i++)
        if (counts[i] > 0)
            buf_add_format(out, "%s%s %s", out->length ? word_text(WORD_COMMA, language) : "",
                           technology_name((enum technology)(i + 1)), number_count(counts[i]).text);
    if (out->length == 0)
        buf_add_text(out, word_text(WORD_DASH, language));
}

static void add_measure(struct buf *out, const struct assessment *a, const struct measure *m,
                        enum language language)
{
    switch (m->kind) {
    case MEASURE_COUNT:
        buf_add_text(out, number_count(m->number).text);
        break;
    case MEASURE_SHARE:
    case MEASURE_BOUND:
        buf_add_text(out, number_percent(m->real, language).text);
        break;
    case MEASURE_INTERVAL:
        if (m->number > 0)
            phrase_add(out, buf_add_text, WORD_SUSPECT_BESIDE, language,
                       (const char *const[]) { number_count(m->number).text,
                                               number_interval(m->real, m->high, 1, language).text, NULL });
        else
            buf_add_text(out, number_interval(m->real, m->high, 1, language).text);
        break;
    case MEASURE_TIME:
        buf_add_text(out, number_ms(m->number).text);
        break;
    case MEASURE_LENGTH:
        buf_add_text(out, number_real(m->real).text);
        break;
    case MEASURE_READERS:
        name_add_readers(out, a->f, (uint32_t)m->number, language);
        break;
    case MEASURE_TECHNOLOGIES:
        add_technologies(out, m->number);
        break;
    case MEASURE_BY_TECHNOLOGY:
        add_by_technology(out, m->counts, language);
        break;
    case MEASURE_NONE:
    case MEASURE_TEXT:
        buf_add_text(out, m->text ? m->text : "");
    }
}

static void add_sentence(struct buf *out, const struct assessment *a, enum word sentence,
                         const struct measures *m, enum language language)
{
    struct buf parts[MEASURES_MAX];
    const char *args[MEASURES_MAX + 1] = { NULL };
    for (size_t i = 0; i < m->count; i++) {
        buf_init(&parts[i], ARGUMENT_BYTES_MAX);
        add_measure(&parts[i], a, &m->items[i], language);
        args[i] = buf_text(&parts[i]);
    }
    phrase_add(out, buf_add_text, sentence, language, args);
    for (size_t i = 0; i < m->count; i++)
        buf_free(&parts[i]);
}

void measures_add_ask(struct buf *out, const struct assessment *a, enum clause clause, enum language language)
{
    static const enum word words[ASK_COUNT] = {
#define ASK(ID) [ASK_##ID] = WORD_K_##ID,
#include "harness/clauses/clauses.def"
    };
    struct measures m;
    enum clause_ask ask = assess_asks_for(a, clause, &m);
    add_sentence(out, a, words[ask], &m, language);
}

void measures_add_evidence(struct buf *out, const struct assessment *a, enum clause_evidence says,
                           const struct measures *figures, enum language language)
{
    static const enum word words[EVIDENCE_COUNT] = {
#define EVIDENCE(ID) [EVIDENCE_##ID] = WORD_L_##ID,
#include "harness/clauses/clauses.def"
    };
    add_sentence(out, a, words[says], figures, language);
}

/* ---- values ---- */

static void take(struct entry *x, enum value_kind kind, double real, int digits)
{
    x->value.kind = kind;
    x->value.real = real;
    x->value.digits = digits;
}

void measure_entry(struct entry *x, const struct measure *m, bool high)
{
    x->value.key = high ? m->high_id : m->id;
    switch (m->kind) {
    case MEASURE_NONE:
        entry_absent(x, WORD_NONE, m->text);
        break;
    case MEASURE_SHARE:
        take(x, VALUE_REAL, m->real, 6);
        break;
    case MEASURE_BOUND:
    case MEASURE_INTERVAL:
        take(x, VALUE_SHARE, high ? m->high : m->real, 6);
        x->value.round = high || m->kind == MEASURE_BOUND ? DECIMAL_UP : DECIMAL_DOWN;
        break;
    case MEASURE_TIME:
        take(x, VALUE_REAL, (double)m->number / 1000.0, 3);
        break;
    case MEASURE_LENGTH:
        take(x, VALUE_REAL, m->real, 3);
        break;
    case MEASURE_BY_TECHNOLOGY:
        snprintf(x->value.hold.text, sizeof x->value.hold.text,
                 "{A: %" PRIu64 ", B: %" PRIu64 ", F: %" PRIu64 "}", m->counts[0], m->counts[1],
                 m->counts[2]);
        x->value.kind = VALUE_WORD;
        x->value.text = x->value.hold.text;
        break;
    case MEASURE_TEXT:
        x->value.kind = VALUE_TEXT;
        x->value.text = m->text;
        break;
    case MEASURE_COUNT:
    case MEASURE_READERS:
    case MEASURE_TECHNOLOGIES:
        x->value.kind = m->kind == MEASURE_READERS ? VALUE_UNITS : VALUE_COUNT;
        x->value.number = m->number;
    }
}

/* ---- clauses as columns ---- */

static struct phrase clause_name(const struct view *v, size_t k)
{
    return phrase_cut(word_text(word_clause((enum clause)(k + 1)), v->language));
}

static const char *clause_id(size_t k)
{
    return clause_key((enum clause)(k + 1));
}

const struct axis axis_clauses = { .copies = CLAUSE_COUNT - 1, .name = clause_name, .id = clause_id };
