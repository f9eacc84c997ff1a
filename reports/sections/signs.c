/* Verdicts as signs, in one order everywhere, and what they mean. */
#include "reports/render/html.h"

const enum verdict page_verdicts[PAGE_VERDICTS] = { VERDICT_COMPATIBLE,     VERDICT_INCOMPATIBLE,
                                                    VERDICT_UNDECIDED,      VERDICT_UNDECIDED_INSTRUMENT,
                                                    VERDICT_NOT_APPLICABLE, VERDICT_EXCLUDED };

void page_sign(struct page *p, enum verdict v)
{
    page_put(p, "<i class=\"");
    page_put(p, page_verdict_class(v));
    if (!p->on_paper) {
        page_put(p, "\" title=\"");
        page_say(p, page_verdict(v));
    }
    page_put(p, "\">");
    page_say(p, page_symbol(v));
    page_put(p, "</i>");
}

void page_legend(struct page *p)
{
    page_put(p, "<p class=\"legend\"><strong>");
    page_say(p, WORD_LEGEND);
    page_put(p, "</strong> ");
    for (size_t i = 0; i < PAGE_VERDICTS; i++) {
        page_put(p, "<span>");
        page_sign(p, page_verdicts[i]);
        page_put(p, " ");
        page_say(p, page_verdict(page_verdicts[i]));
        page_put(p, "</span> ");
    }
    page_put(p, "</p>\n");
}

static void join(struct buf *b, const struct page *p, size_t count,
                 const char *(*name)(const struct page *, size_t))
{
    buf_init(b, 8192);
    for (size_t i = 0; i < count; i++) {
        buf_add_text(b, i > 0 ? word_text(WORD_COMMA, p->language) : "");
        buf_add_text(b, name(p, i));
    }
}

void page_signs_note(struct page *p, enum word id)
{
    struct buf conditions, scripts;
    join(&conditions, p, p->f->survey->condition_count, page_condition);
    join(&scripts, p, p->f->survey->script_count, page_script);
    page_put(p, "<p class=\"note\">");
    PAGE_FILL(p, id, conditions.data ? conditions.data : "", scripts.data ? scripts.data : "");
    page_put(p, "</p>\n");
    buf_free(&conditions);
    buf_free(&scripts);
}
