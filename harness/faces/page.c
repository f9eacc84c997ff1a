#include "harness/faces/page.h"

#include <openssl/evp.h>
#include <stdio.h>
#include <string.h>

/* A file becomes an array of bytes with a NUL behind it. */
#define EMBED(name, path) __asm__(".section .rodata\n" name ":\n.incbin \"" path "\"\n.byte 0\n.previous\n")
#define EMBEDDED          extern __attribute__((visibility("hidden")))

EMBED("page_html", "harness/faces/page/page.html");
EMBED("page_css", "harness/faces/page/page.css");
EMBED("page_js", "harness/faces/page/page.js");
EMBEDDED const char page_html[];
EMBEDDED const char page_css[];
EMBEDDED const char page_js[];

/* What stands in braces in page.html. */
static const struct place {
    const char *name;
    enum word word;
} places[] = {
    { "lost", WORD_FACE_CONNECTION_LOST },
    { "refused", WORD_FACE_REFUSED },
    { "elsewhere", WORD_FACE_OPEN_ELSEWHERE },
    { "sound_on", WORD_FACE_SOUND_ON },
    { "sound_off", WORD_FACE_SOUND_OFF },
    { "ask_why", WORD_FACE_ASK_WHY },
    { "ask_text", WORD_FACE_ASK_TEXT },
    { "connecting", WORD_FACE_CONNECTING },
    { "line", WORD_FACE_LINE },
    { "send", WORD_FACE_SEND },
    { "back", WORD_FACE_BACK },
    { "help", WORD_FACE_HELP },
    { "help_keys", WORD_FACE_HELP_KEYS },
};

static void add_escaped(struct buf *out, const char *text)
{
    for (; *text; text++) {
        if (strchr("&<>\"", *text))
            buf_add_format(out, "&#%d;", *text);
        else
            buf_add_char(out, *text);
    }
}

/* False for a stranger: a brace of the page's own. */
static bool add_place(struct buf *out, const char *name, size_t length, enum language language, bool sound)
{
    const struct {
        const char *name, *text;
    } others[] = { { "language", language == LANGUAGE_JAPANESE ? "ja" : "en" },
                   { "sound", sound ? "on" : "off" },
                   { "style", page_css },
                   { "script", page_js } };
    for (size_t i = 0; i < sizeof others / sizeof *others; i++) {
        if (strlen(others[i].name) == length && memcmp(others[i].name, name, length) == 0) {
            buf_add_text(out, others[i].text);
            return true;
        }
    }
    for (size_t i = 0; i < sizeof places / sizeof *places; i++) {
        if (strlen(places[i].name) == length && memcmp(places[i].name, name, length) == 0) {
            add_escaped(out, word_text(places[i].word, language));
            return true;
        }
    }
    return false;
}

static void hash(const char *text, char out[64])
{
    unsigned char digest[EVP_MAX_MD_SIZE];
    unsigned length = 0;
    out[0] = '\0';
    if (EVP_Digest(text, strlen(text), digest, &length, EVP_sha256(), NULL) == 1)
        EVP_EncodeBlock((unsigned char *)out, digest, (int)length);
}

bool page_make(struct page *p, enum language language, bool sound)
{
    char script[64], style[64];
    buf_init(&p->html, 1u << 18);
    for (const char *from = page_html; *from;) {
        size_t plain = strcspn(from, "{"), name = from[plain] ? strcspn(from + plain + 1, "}") : 0;
        buf_add(&p->html, from, plain);
        from += plain;
        if (!*from)
            break;
        if (add_place(&p->html, from + 1, name, language, sound))
            from += name + 2;
        else
            buf_add_char(&p->html, *from++);
    }
    hash(page_js, script);
    hash(page_css, style);
    snprintf(p->policy, sizeof p->policy,
             "default-src 'none'; script-src 'sha256-%s'; style-src 'sha256-%s'; img-src data:; connect-src "
             "'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
             script, style);
    return !p->html.failed;
}

void page_free(struct page *p)
{
    buf_free(&p->html);
}
