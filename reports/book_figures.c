/* The sheets of figures: times by reader and by handset, and failures by stage and candidate causes. */
#include "reports/render/xlsx.h"

static void quantile(struct book_sheet *s, const struct findings_quantile *q)
{
    if (!q->has_value) {
        book_skip(s, 3);
        return;
    }
    book_time(s, q->value_us);
    if (!q->has_interval) {
        book_skip(s, 2);
        return;
    }
    book_time(s, q->low_us);
    book_time(s, q->high_us);
}

static void spread(struct book_sheet *s, const struct findings_times_all *t, uint32_t time_limit_ms)
{
    book_count(s, t->n);
    book_count(s, t->placements);
    quantile(s, &t->median.at);
    quantile(s, &t->p90.at);
    quantile(s, &t->p95.at);
    quantile(s, &t->p99.at);
    if (t->n > 0)
        book_time(s, t->max_us);
    else
        book_skip(s, 1);
    book_count(s, time_limit_ms);
    book_count(s, t->over_limit);
    book_next(s);
}

static struct book_column time_column(const struct book *b, enum word header, enum word part)
{
    const char *const args[] = { book_word(b, part), NULL };
    return (struct book_column) { phrase_fill(header, book_language(b), args), BOOK_TIME, 13 };
}

#define TIME_COLUMNS(b, part)                                                                                \
    time_column((b), WORD_SH_MS, (part)), time_column((b), WORD_SH_MS_LOW, (part)),                          \
        time_column((b), WORD_SH_MS_HIGH, (part))

void book_times(struct book *b)
{
    const struct findings *f = book_report(b)->findings;
    const struct survey *v = f->survey;
    const struct book_column columns[] = {
        { book_header(b, WORD_SH_OF_WHAT), BOOK_TEXT, 12 },
        { book_header(b, WORD_C_UNIT), BOOK_TEXT, 18 },
        { book_header(b, WORD_SH_MODEL), BOOK_TEXT, 32 },
        { book_header(b, WORD_C_SIM), BOOK_TEXT, 16 },
        { book_header(b, WORD_C_SCRIPT), BOOK_TEXT, 14 },
        { book_header(b, WORD_SH_ALL_N), BOOK_COUNT, 14 },
        { book_header(b, WORD_SH_ALL_PLACEMENTS), BOOK_COUNT, 14 },
        TIME_COLUMNS(b, WORD_SH_ALL_MEDIAN),
        TIME_COLUMNS(b, WORD_SH_ALL_P90),
        TIME_COLUMNS(b, WORD_SH_ALL_P95),
        TIME_COLUMNS(b, WORD_SH_ALL_P99),
        time_column(b, WORD_SH_MS, WORD_SH_ALL_MAX),
        { book_header(b, WORD_SH_LIMIT), BOOK_COUNT, 12 },
        { book_header(b, WORD_SH_ALL_OVER), BOOK_COUNT, 14 },
    };
    struct book_sheet *s =
        book_sheet(b, WORD_SH_TIMES, WORD_SH_TIMES_TEXT, columns, sizeof columns / sizeof *columns, 2);
    for (size_t reader = 0; reader < v->reader_count; reader++)
        for (size_t script = 0; script < v->script_count; script++) {
            book_say(s, WORD_C_READER);
            book_text(s, v->readers[reader].unit);
            book_text(s, name_reader(f, reader).text);
            book_skip(s, 1);
            book_text(s, name_script(f, script));
            spread(s, &f->readers[reader].scripts[script].all, v->scripts[script].time_limit_ms);
        }
    for (size_t pair = 0; pair < v->pair_count; pair++)
        for (size_t script = 0; script < v->script_count; script++) {
            book_say(s, WORD_C_HANDSET);
            book_text(s, v->pairs[pair].unit);
            book_text(s, name_handset(f, pair).text);
            book_text(s, name_sim(f, pair));
            book_text(s, name_script(f, script));
            spread(s, &f->pairs[pair].times[script], v->scripts[script].time_limit_ms);
        }
    book_done(s);
}

static void cause_names(struct book_sheet *s, const struct book *b, cause_set set)
{
    struct buf names;
    bool any = false;
    buf_init(&names, 1u << 16);
    for (unsigned n = 1; n <= CAUSE_COUNT; n++) {
        const struct cause_row *row = set & CAUSE(n) ? cause_row(n) : NULL;
        if (!row)
            continue;
        buf_add_text(&names, any ? book_word(b, WORD_LIST_SEPARATOR) : "");
        buf_add_format(&names, "F%02u ", n);
        buf_add_text(&names, phrase_choose(row->name, row->name_ja, book_language(b)));
        any = true;
    }
    book_text(s, any ? names.data : book_word(b, WORD_CAUSE_UNKNOWN));
    buf_free(&names);
}

#define CAUSE_NAMES 7

void book_causes(struct book *b)
{
    const struct findings *f = book_report(b)->findings;
    size_t readers = f->survey->reader_count, count = CAUSE_NAMES;
    struct book_column columns[CAUSE_NAMES + SURVEY_READERS_MAX + 1] = {
        { book_header(b, WORD_C_STAGE), BOOK_TEXT, 12 },
        { book_header(b, WORD_C_OUTCOME), BOOK_TEXT, 10 },
        { book_header(b, WORD_SH_SET), BOOK_TEXT, 18 },
        { book_header(b, WORD_C_CAUSES), BOOK_LONG, 60 },
        { book_header(b, WORD_C_DEPTH), BOOK_TEXT, 10 },
        { book_header(b, WORD_SH_CODE), BOOK_TEXT, 26 },
        { book_header(b, WORD_SH_ALL_TRANSACTIONS), BOOK_COUNT, 14 },
    };
    for (size_t i = 0; i < readers; i++)
        columns[count++] = (struct book_column) { phrase_cut(f->survey->readers[i].unit), BOOK_COUNT, 14 };
    columns[count++] = (struct book_column) { book_header(b, WORD_C_EXAMPLE), BOOK_NAME, 14 };
    struct book_sheet *s = book_sheet(b, WORD_SH_CAUSES, WORD_SH_CAUSES_TEXT, columns, count, 1);
    for (size_t i = 0; i < f->failure_count; i++) {
        const struct findings_failure *row = &f->failures[i];
        struct buf set;
        buf_init(&set, 4096);
        causes_add_set(&set, row->causes);
        book_say(s, word_stage(row->stage));
        book_say(s, word_outcome(row->outcome));
        book_text(s, set.data);
        cause_names(s, b, row->causes);
        book_text(s, name_depth(row->depth));
        book_text(s, row->native);
        book_count(s, row->count);
        for (size_t reader = 0; reader < readers; reader++)
            book_count(s, row->by_reader[reader]);
        book_count(s, row->example);
        book_next(s);
        buf_free(&set);
    }
    book_done(s);
}
