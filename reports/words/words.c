#include "reports/words/words.h"

#include <libintl.h>
#include <locale.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define DOMAIN "nfc-survey"

enum language language_of(const char *language)
{
    return language && strncmp(language, "ja", 2) == 0 ? LANGUAGE_JAPANESE : LANGUAGE_ENGLISH;
}

/*
 * gettext translates in no locale called "C"; C.UTF-8 is on every Debian system, ja_JP.UTF-8 is not. Which language it
 * is, LANGUAGE says. It is the locale of looking words up alone, so that errors of the system, which go into journals,
 * stay in English.
 */
static locale_t catalogue;

int words_open(enum language language, const char *locale_directory, struct err *e)
{
    char path[4096];
    if (language == LANGUAGE_ENGLISH)
        return 0;
    if (snprintf(path, sizeof path, "%s/ja/LC_MESSAGES/" DOMAIN ".mo", locale_directory) >=
            (int)sizeof path ||
        access(path, R_OK) != 0)
        return err_set(e, ERR_ENVIRONMENT, locale_directory,
                       "the Japanese catalogue is not there: `make` builds it, `make install` installs it");
    if (!catalogue)
        catalogue = newlocale(LC_MESSAGES_MASK, "C.UTF-8", NULL);
    if (!catalogue || setenv("LANGUAGE", "ja", 1) != 0 || !bindtextdomain(DOMAIN, locale_directory) ||
        !bind_textdomain_codeset(DOMAIN, "UTF-8"))
        return err_set(e, ERR_ENVIRONMENT, "C.UTF-8", "this locale is not on the system");
    return 0;
}

static const char *translated(const char *key, const char *english, enum language language)
{
    if (language == LANGUAGE_ENGLISH)
        return english;
    locale_t before = catalogue ? uselocale(catalogue) : NULL;
    const char *text = dgettext(DOMAIN, key);
    if (before)
        uselocale(before);
    return text == key ? english : text;
}

const char *word_text(enum word id, enum language language)
{
    static const struct {
        const char *key, *english; /* key: what the catalogue has it under */
    } words[WORD_COUNT] = {
        { "", "" },
#define S(id, english)          { english, english },
#define C(id, context, english) { context "\004" english, english },
#include "reports/words/words.def"
#undef C
#undef S
    };
    return id != WORD_NONE && (unsigned)id < WORD_COUNT
               ? translated(words[id].key, words[id].english, language)
               : "";
}

const char *word_said(enum said_code code, enum language language)
{
    const char *english = said_template(code);
    return code != SAID_WORDS ? translated(english, english, language) : "";
}

const char *word_cause(unsigned number, enum language language)
{
    const struct cause_row *row = cause_row(number);
    return row ? translated(row->name, row->name, language) : "";
}

const char *word_status(const char *english, enum language language)
{
    return english[0] ? translated(english, english, language) : "";
}
