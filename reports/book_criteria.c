/* The sheet of sources: the journal, files, units, and the facts of profiles. */
#include "reports/render/xlsx.h"
#include "reports/told.h"

#include <string.h>

/* One thing that the report rests on. */
static void source(struct book_sheet *s, enum word kind, const char *name, const char *value,
                   const char *from, const char *hash)
{
    book_say(s, kind);
    book_text(s, name);
    book_text(s, value);
    book_text(s, from);
    book_text(s, hash);
    book_next(s);
}

static void facts(struct book_sheet *s, const struct book *b, enum word kind, const char *id,
                  const struct survey_fact *facts, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        const struct survey_fact *f = &facts[i];
        struct buf name;
        buf_init(&name, 1u << 20);
        buf_add_text(&name, id);
        buf_add_text(&name, book_word(b, WORD_COLON));
        buf_add_text(&name, told_fact(f->name, book_language(b)));
        source(s, kind, name.data, f->value, f->value ? f->source : f->absent, NULL);
        buf_free(&name);
    }
}

static void units(struct book_sheet *s, const struct findings *f)
{
    for (size_t i = 0; i < f->survey->reader_count; i++) {
        const struct journal_reader_found *found = NULL;
        for (size_t j = 0; j < f->found_count && !found; j++)
            if (f->found[j].unit && strcmp(f->found[j].unit, f->survey->readers[i].unit) == 0)
                found = &f->found[j];
        source(s, WORD_SH_READER_UNIT, f->survey->readers[i].unit, name_reader(f, i).text,
               found && found->driver ? found->driver : f->survey->readers[i].driver, NULL);
    }
}

/* Profiles of real models in a simulated run (an emulated reader wears one) are not named. */
void book_sources(struct book *b)
{
    const struct report *r = book_report(b);
    const struct findings *f = r->findings;
    const struct survey *v = f->survey;
    const struct book_column columns[] = {
        { book_header(b, WORD_C_KIND), BOOK_TEXT, 18 },   { book_header(b, WORD_SH_NAME), BOOK_TEXT, 48 },
        { book_header(b, WORD_SH_VALUE), BOOK_LONG, 40 }, { book_header(b, WORD_SH_FROM), BOOK_LONG, 60 },
        { book_header(b, WORD_SH_HASH), BOOK_TEXT, 68 },
    };
    struct book_sheet *s =
        book_sheet(b, WORD_SH_SOURCES, WORD_SH_SOURCES_TEXT, columns, sizeof columns / sizeof *columns, 2);
    source(s, WORD_K_JOURNAL, "journal.yaml", f->run, f->program, f->sha256);
    for (size_t i = 0; i < v->file_count; i++) {
        const struct survey_file *x = &v->files[i];
        bool hidden = f->simulated && x->kind && strcmp(x->kind, "reader") == 0;
        source(s, WORD_C_FILE, hidden ? book_word(b, WORD_FILE_HIDDEN) : x->path,
               name_file(x->kind, book_language(b)), NULL, x->sha256);
    }
    units(s, f);
    for (size_t i = 0; i < v->reader_profile_count; i++)
        if (!f->simulated || v->reader_profiles[i].simulated)
            facts(s, b, WORD_SH_READER_FACT, v->reader_profiles[i].id, v->reader_profiles[i].facts,
                  v->reader_profiles[i].fact_count);
    for (size_t i = 0; i < v->handset_profile_count; i++)
        if (!f->simulated || v->handset_profiles[i].simulated)
            facts(s, b, WORD_SH_HANDSET_FACT, v->handset_profiles[i].id, v->handset_profiles[i].facts,
                  v->handset_profiles[i].fact_count);
    book_done(s);
}
