#include "reports/render/html.h"

#include "reports/render/escape.h"

#include <stdio.h>
#include <string.h>

void page_put(struct page *p, const char *markup)
{
    buf_add_text(&p->b, markup);
}

void page_text(struct page *p, const char *value)
{
    escape_html(&p->b, value);
}

void page_number(struct page *p, uint64_t value)
{
    page_text(p, number_count(value).text);
}

void page_say(struct page *p, enum word id)
{
    page_text(p, word_text(id, p->language));
}

void page_gap(struct page *p)
{
    page_put(p, p->language == LANGUAGE_JAPANESE ? "" : " ");
}

void page_fill(struct page *p, enum word id, const char *const *args)
{
    phrase_add(&p->b, escape_html, id, p->language, args);
}

static void open_element(struct page *p, const char *name, const char *attributes)
{
    page_put(p, "<");
    page_put(p, name);
    if (attributes[0])
        page_put(p, " ");
    page_put(p, attributes);
    page_put(p, ">");
}

static void close_element(struct page *p, const char *name)
{
    page_put(p, "</");
    page_put(p, name);
    page_put(p, ">");
}

void page_element(struct page *p, const char *name, const char *attributes, enum word id)
{
    open_element(p, name, attributes);
    page_say(p, id);
    close_element(p, name);
}

void page_value(struct page *p, const char *name, const char *attributes, const char *value)
{
    open_element(p, name, attributes);
    page_text(p, value);
    close_element(p, name);
}

void page_filled(struct page *p, const char *name, const char *attributes, enum word id,
                 const char *const *args)
{
    open_element(p, name, attributes);
    page_fill(p, id, args);
    close_element(p, name);
    page_put(p, "\n");
}

static void moment(struct page *p, const char *text)
{
    if (!number_is_date(text)) {
        page_text(p, text ? text : "");
        return;
    }
    page_put(p, "<time datetime=\"");
    page_text(p, text);
    page_put(p, "\">");
    page_text(p, number_date(text, p->language).text);
    page_put(p, "</time>");
}

/* Not by page_fill(), which would escape the markup of the moments. */
void page_period(struct page *p, const char *from, const char *to)
{
    for (const char *c = word_text(WORD_TIME, p->language); *c;) {
        size_t plain = strcspn(c, "{");
        char text[PHRASE_BYTES];
        snprintf(text, sizeof text, "%.*s", (int)plain, c);
        page_text(p, text);
        c += plain;
        if (!*c)
            break;
        moment(p, c[1] == '0' ? from : to);
        c += strlen("{0}");
    }
}

void page_mark_behind(struct page *p)
{
    enum word mark = page_mark_word(p);
    if (mark == WORD_NONE)
        return;
    page_put(p, " <span class=\"mark\">");
    page_say(p, mark);
    page_put(p, "</span>");
}

void page_section(struct page *p, const char *anchor, const char *class, enum word id)
{
    page_put(p, "\n<section");
    if (class) {
        page_put(p, " class=\"");
        page_put(p, class);
        page_put(p, "\"");
    }
    page_put(p, " aria-labelledby=\"");
    page_put(p, anchor);
    page_put(p, "\">\n<h2 id=\"");
    page_put(p, anchor);
    page_put(p, "\">");
    page_say(p, id);
    page_mark_behind(p);
    page_put(p, "</h2>\n");
}

void page_cell_open(struct page *p, size_t cell)
{
    buf_add_format(&p->b, "<a data-cell=\"%zu\" href=\"#cell", cell);
    if (cell < PAGE_CELLS_MAX)
        buf_add_format(&p->b, "-%zu\">", cell);
    else
        page_put(p, "s\">"); /* its row is not on the page; the section says where it is */
}

void page_cell_close(struct page *p)
{
    page_put(p, "</a>");
}
