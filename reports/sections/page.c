/* The page of a run: its title, its sections, and what leads from paper to the journal. */
#include "reports/report.h"
#include "reports/sections/sections.h"
#include "reports/tables/tables.h"

static void title(struct page *p)
{
    page_say(p, WORD_TITLE);
    page_say(p, WORD_COLON);
    PAGE_FILL(p, WORD_SUBTITLE, p->f->survey->id, p->f->run);
}

static void rules(struct page *p)
{
    buf_add_format(
        &p->b,
        "@page { @bottom-left { content: \"journal.yaml SHA-256 %s\"; font: 6.5pt monospace; color: "
        "#444; } }\n",
        p->f->sha256); /* every sheet of paper leads to its journal */
}

static void body(struct page *p)
{
    page_front(p);
    page_sections(p, report_sections, report_section_count);
}

static void foot(struct page *p)
{
    PAGE_FILL(p, WORD_FOOTER, p->f->run, p->f->sha256, p->f->program);
}

static int write_html(struct report *r, const char *path, struct err *e)
{
    static const struct page_content content = { title, rules, { "verdicts", WORD_SKIP }, body, foot };
    return page_write(r, NULL, &content, path, e);
}

int report_tables(struct report *r, const struct page_tables *hears, struct err *e)
{
    struct page p = { .f = r->findings, .r = r, .language = LANGUAGE_ENGLISH, .tables = hears };
    buf_init(&p.b, PAGE_BYTES_MAX);
    body(&p);
    int status = p.b.failed ? err_set(e, ERR_MEMORY, "export", "out of memory for the report's tables") : 0;
    buf_free(&p.b);
    sheet_tables(r, hears);
    const struct view v = { r, LANGUAGE_ENGLISH, FORM_CSV };
    hears->table(hears->self, &v, &table_all_associations, NULL);
    return status;
}

const struct report_writer report_html = {
    .name = "html",
    .extension = "html",
    .summary = "one self-contained page, for people",
    .is_in_every_language = true,
    .is_drawn = true,
    .write = write_html,
};
