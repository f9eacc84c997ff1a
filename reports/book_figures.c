/* The sheets of figures: times by reader and by handset, and failures by stage and candidate causes. */
#include "reports/render/xlsx.h"
#include "reports/tables/tables.h"

void book_times(struct book *b)
{
    book_table(b, &table_times_all, WORD_SH_TIMES, WORD_SH_TIMES_TEXT);
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
