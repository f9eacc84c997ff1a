/* The page as a whole: head, style sheet, sections, and the file. */
#include "harness/base/file.h"
#include "reports/report.h"
#include "reports/sections/sections.h"

#include <openssl/evp.h>
#include <string.h>

#define PART_BYTES_MAX (1u << 20)
#define HASH_BYTES     64

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

static void head(struct page *p, const struct buf *style, const char *hash)
{
    page_head_open(p, hash);
    page_say(p, WORD_TITLE);
    page_say(p, WORD_COLON);
    PAGE_FILL(p, WORD_SUBTITLE, p->f->survey->id, p->f->run);
    page_style_open(p, style);
    buf_add_format(
        &p->b,
        "@page { @bottom-left { content: \"journal.yaml SHA-256 %s\"; font: 6.5pt monospace; color: "
        "#444; } }\n",
        p->f->sha256); /* every sheet of paper leads to its journal */
    page_head_close(p);
}

static void foot(struct page *p, const struct buf *script)
{
    page_put(p, "\n</main>\n<footer><p>");
    PAGE_FILL(p, WORD_FOOTER, p->f->run, p->f->sha256, p->f->program);
    page_put(p, "</p></footer>\n<script>");
    buf_add(&p->b, script->data, script->length);
    page_put(p, "</script>\n</body>\n</html>\n");
}

static int write_html(struct report *r, const char *path, struct err *e)
{
    struct page p = { .f = r->findings, .r = r, .language = language_of(r->language) };
    struct buf style, script;
    char hash[HASH_BYTES] = "";
    buf_init(&p.b, PAGE_BYTES_MAX);
    buf_init(&style, PART_BYTES_MAX);
    buf_init(&script, PART_BYTES_MAX);
    int code = words_open(p.language, r->locale_directory, e);
    if (code == 0)
        code = page_part(r->data_directory, "style.css", &style, e);
    if (code == 0)
        code = page_part(r->data_directory, "script.js", &script, e);
    if (code == 0 && !hash_of(&script, hash))
        code = err_set(e, ERR_ENVIRONMENT, "libcrypto", "it computes no SHA-256");
    if (code)
        goto out;
    head(&p, &style, hash);
    page_front(&p);
    page_sections(&p, report_sections, report_section_count);
    foot(&p, &script);
    code = p.b.failed ? err_set(e, ERR_LIMIT, path, "the page would be larger than %u bytes", PAGE_BYTES_MAX)
                      : file_replace(path, p.b.data, p.b.length, e);
out:
    buf_free(&script);
    buf_free(&style);
    buf_free(&p.b);
    return code;
}

const struct report_writer report_html = {
    .name = "html",
    .extension = "html",
    .summary = "one self-contained page, for people",
    .is_in_every_language = true,
    .write = write_html,
};
