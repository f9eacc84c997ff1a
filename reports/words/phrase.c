#include "reports/words/phrase.h"

#include "harness/base/text.h"

#include <stdio.h>
#include <string.h>

struct phrase phrase_cut(const char *text)
{
    struct phrase l;
    text_shorten(l.text, sizeof l.text, text);
    return l;
}

const char *phrase_choose(const char *english, const char *japanese, enum language language)
{
    return language == LANGUAGE_JAPANESE && japanese ? japanese : english;
}

void phrase_add(struct buf *out, void (*add)(struct buf *, const char *), enum word id,
                enum language language, const char *const *args)
{
    size_t count = 0;
    while (args[count])
        count++;
    for (const char *c = word_text(id, language); *c;) {
        const char *brace = strchr(c, '{');
        char plain[1024];
        snprintf(plain, sizeof plain, "%.*s", (int)(brace ? (size_t)(brace - c) : strlen(c)), c);
        add(out, plain);
        if (!brace)
            break;
        size_t which = (size_t)(brace[1] - '0');
        add(out, which < count ? args[which] : "");
        c = brace + strlen("{0}");
    }
}

struct phrase phrase_fill(enum word id, enum language language, const char *const *args)
{
    struct buf b;
    buf_init(&b, 1u << 16);
    phrase_add(&b, buf_add_text, id, language, args);
    struct phrase l = phrase_cut(b.data && !b.failed ? b.data : "");
    buf_free(&b);
    return l;
}
