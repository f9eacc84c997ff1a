/* What is around the sections of a page: the head with its policy and style sheet, the mark of simulated data, the
 * few controls of the page as a whole, the contents, and the script. */
#include "harness/base/file.h"
#include "reports/render/html.h"

#include <openssl/evp.h>
#include <stdio.h>
#include <string.h>

#define PART_BYTES_MAX (1u << 20)
#define HASH_BYTES     64

/* Files of ours; they must not be able to end the element that they stand in all the same. */
static int read_part(const char *data_directory, const char *name, struct buf *part, struct err *e)
{
    char path[4096];
    snprintf(path, sizeof path, "%s/reports/%s", data_directory, name);
    int code = file_read(path, part, e);
    if (code == 0 && part->length > 0 &&
        (memmem(part->data, part->length, "</", 2) || memmem(part->data, part->length, "<!--", 4)))
        code = err_set(e, ERR_INPUT, path, "what stands inside the page can't hold `</` or `<!--`");
    return code;
}

/* What the policy names: "sha256-" and the digest of the script in base64, as the browser computes it. */
static bool hash_of(const struct buf *script, char out[HASH_BYTES])
{
    unsigned char digest[32];
    unsigned length = sizeof digest;
    if (EVP_Digest(script->data ? script->data : "", script->length, digest, &length, EVP_sha256(), NULL) !=
        1)
        return false;
    memcpy(out, "sha256-", 7);
    return EVP_EncodeBlock((unsigned char *)out + 7, digest, (int)length) > 0;
}

enum word page_mark_word(const struct page *p)
{
    return p->comparison ? word_mark_compared(p->comparison) : word_mark(p->f);
}

void page_mark(struct page *p)
{
    enum word mark = page_mark_word(p);
    if (mark == WORD_NONE)
        return;
    page_say(p, mark);
    page_say(p, WORD_COLON);
}

/* Nothing on the page loads, and nothing but the page's own script runs, whatever a profile says: the policy is
 * the second lock. */
static void head(struct page *p, const struct page_content *content, const struct buf *style,
                 const char *hash)
{
    page_put(p, "<!DOCTYPE html>\n<html lang=\"");
    page_put(p, p->language == LANGUAGE_JAPANESE ? "ja" : "en");
    page_put(p, "\">\n<head>\n<meta charset=\"utf-8\">\n"
                "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; base-uri 'none'; "
                "form-action 'none'; style-src 'unsafe-inline'; script-src '");
    page_put(p, hash);
    page_put(p, "'\">\n<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
                "<meta name=\"color-scheme\" content=\"light dark\">\n<title>");
    page_mark(p);
    content->title(p);
    page_put(p, "</title>\n<style>\n");
    buf_add(&p->b, style->data, style->length);
    enum word mark = page_mark_word(p);
    if (mark != WORD_NONE) { /* on every sheet of paper, in the margin where it covers nothing */
        page_put(p, "@page { @top-right { content: \"");
        if (p->comparison)
            page_say(p, mark);
        else
            page_text(p, name_mark(p->f, p->language).text);
        page_put(p, "\"; font: 600 8pt sans-serif; color: #7a5b00; } }\n");
    }
    if (content->rules)
        content->rules(p);
    page_put(p, "</style>\n</head>\n<body>\n");
}

/* The other language only where its page lies beside this one; the rest needs the script, which shows it. */
static void tools(struct page *p, const struct page_link *first)
{
    bool japanese = p->language == LANGUAGE_JAPANESE;
    page_put(p, "<a class=\"skip\" href=\"#");
    page_put(p, first->anchor);
    page_put(p, "\">");
    page_say(p, first->title);
    page_put(p, "</a>\n<div class=\"tools\">");
    if (p->r->other_language_file) {
        page_put(p, "<a class=\"language\" href=\"");
        page_text(p, p->r->other_language_file);
        page_put(p, japanese ? "\" hreflang=\"en\" lang=\"en\">English</a> "
                             : "\" hreflang=\"ja\" lang=\"ja\">日本語</a> ");
    }
    page_put(p, "<button type=\"button\" id=\"theme\" hidden></button></div>\n");
}

static void draw(struct page *p, const struct page_content *content, const struct buf *style,
                 const struct buf *script, const char *hash)
{
    head(p, content, style, hash);
    tools(p, &content->first);
    content->body(p);
    page_put(p, "\n</main>\n<footer><p>");
    content->foot(p);
    page_put(p, "</p></footer>\n<script>");
    buf_add(&p->b, script->data, script->length);
    page_put(p, "</script>\n</body>\n</html>\n");
}

int page_write(struct report *r, const struct comparison *c, const struct page_content *content,
               const char *path, struct err *e)
{
    struct page p = { .f = r->findings, .r = r, .comparison = c, .language = language_of(r->language) };
    struct buf style, script;
    char hash[HASH_BYTES] = "";
    buf_init(&p.b, PAGE_BYTES_MAX);
    buf_init(&style, PART_BYTES_MAX);
    buf_init(&script, PART_BYTES_MAX);
    int code = words_open(p.language, r->locale_directory, e);
    if (code == 0)
        code = read_part(r->data_directory, "style.css", &style, e);
    if (code == 0)
        code = read_part(r->data_directory, "script.js", &script, e);
    if (code == 0 && !hash_of(&script, hash))
        code = err_set(e, ERR_ENVIRONMENT, "libcrypto", "it computes no SHA-256");
    if (code)
        goto out;
    draw(&p, content, &style, &script, hash);
    code = p.b.failed ? err_set(e, ERR_LIMIT, path, "the page would be larger than %u bytes", PAGE_BYTES_MAX)
                      : file_replace(path, p.b.data, p.b.length, e);
out:
    buf_free(&script);
    buf_free(&style);
    buf_free(&p.b);
    return code;
}

/* Which lines; of two runs that are compared, of which. */
static void damage(struct page *p, const struct findings *f)
{
    if (f->faults.count == 0)
        return;
    page_put(p, "<p>");
    if (p->comparison)
        PAGE_FILL(p, WORD_OF_RUN, f->run);
    page_say(p, WORD_DAMAGED_TEXT);
    page_gap(p);
    page_text(p, name_damage(&f->faults, p->language).text);
    page_put(p, "</p>");
}

void page_banner(struct page *p, const char *sign)
{
    enum word mark = page_mark_word(p);
    enum word origin = p->comparison ? word_origin_compared(p->comparison) : word_origin(p->f);
    bool simulated = origin == WORD_SIMULATED;
    if (mark == WORD_NONE)
        return;
    page_put(p, "<div class=\"banner\" role=\"note\"><strong>");
    page_say(p, mark);
    page_put(p, "</strong>");
    if (p->comparison) {
        damage(p, compared_run(p->comparison, 0));
        damage(p, compared_run(p->comparison, 1));
    } else
        damage(p, p->f);
    if (origin != WORD_NONE) {
        page_put(p, "<p>");
        page_say(p, simulated ? WORD_SIMULATED_TEXT : WORD_UNPROVEN_TEXT);
        if (sign)
            PAGE_FILL(p, simulated ? WORD_SIMULATED_SIGN : WORD_UNPROVEN_UNITS, sign);
        page_put(p, "</p>");
    }
    page_put(p, "</div>\n");
}

void page_unfinished(struct page *p)
{
    const struct findings *f = p->f;
    struct phrase hold;
    struct buf changes;
    buf_init(&changes, 1u << 16);
    name_add_changes(&changes, f, p->language);
    if (changes.length > 0)
        PAGE_FILLED(p, "p", "class=\"notice\"", WORD_CHANGED_IN_RESUME, buf_text(&changes));
    buf_free(&changes);
    if (!f->journal.closed)
        PAGE_FILLED(p, "p", "class=\"notice\"", WORD_OPEN_RUN,
                    number_date(f->journal.last, p->language).text);
    if (f->finished)
        return;
    PAGE_FILLED(p, "p", "class=\"notice\"", WORD_UNFINISHED,
                f->stop_reason ? phrase_said(f->stop_reason, p->language, &hold)
                               : word_text(WORD_NO_STOP, p->language));
}

void page_contents(struct page *p, const struct page_link *links, size_t count)
{
    page_put(p, "<nav aria-labelledby=\"contents\">");
    page_element(p, "h2", "id=\"contents\"", WORD_CONTENTS);
    page_put(p, "<ol>");
    for (size_t i = 0; i < count; i++) {
        page_put(p, "<li><a href=\"#");
        page_put(p, links[i].anchor);
        page_put(p, "\">");
        page_say(p, links[i].title);
        page_put(p, "</a></li>");
    }
    page_put(p, "</ol></nav>\n");
}
