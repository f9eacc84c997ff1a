#include "reports/sections/sections.h"

#define SECTIONS_MAX 64

#define S(anchor, title, draw, where, whom) { anchor, WORD_##title, draw, where, whom },
const struct section report_sections[] = {
#include "reports/sections/sections.def"
};
#undef S
const size_t report_section_count = sizeof report_sections / sizeof *report_sections;

static bool draw(struct page *p, const struct section *s)
{
    static const char *const classes[] = { [FOR_PROCUREMENT] = "procurement", [FOR_ANALYSTS] = "analysts" };
    size_t before = p->b.length;
    page_section(p, s->anchor, s->whom ? classes[s->whom] : NULL, s->title);
    size_t empty = p->b.length;
    s->draw(p);
    if (p->b.length == empty) {
        buf_cut(&p->b, before);
        return false;
    }
    page_put(p, "</section>\n");
    return true;
}

static void insert_contents(struct page *p, size_t at, const struct page_link *links, size_t count)
{
    struct page contents = { .f = p->f, .r = p->r, .language = p->language };
    buf_init(&contents.b, PAGE_BYTES_MAX);
    page_contents(&contents, links, count);
    buf_insert(&p->b, at, contents.b.data, contents.b.length);
    p->b.failed = p->b.failed || contents.b.failed;
    buf_free(&contents.b);
}

void page_sections(struct page *p, const struct section *sections, size_t count)
{
    struct page_link links[SECTIONS_MAX];
    size_t at = p->b.length, link_count = 0;
    page_put(p, "</header>\n<main>\n");
    for (size_t i = 0; i < count; i++) {
        const struct section *s = &sections[i];
        if (s->where & (p->on_paper ? FORM_PAPER : FORM_SCREEN) && draw(p, s) && link_count < SECTIONS_MAX)
            links[link_count++] = (struct page_link) { s->anchor, s->title };
    }
    insert_contents(p, at, links, link_count);
}
