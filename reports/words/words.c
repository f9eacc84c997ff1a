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

/* gettext translates in no locale called "C"; C.UTF-8 is on every Debian system, ja_JP.UTF-8 is not. Which
 * language it is, LANGUAGE says. */
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
    if (!setlocale(LC_MESSAGES, "C.UTF-8") || setenv("LANGUAGE", "ja", 1) != 0 ||
        !bindtextdomain(DOMAIN, locale_directory) || !bind_textdomain_codeset(DOMAIN, "UTF-8"))
        return err_set(e, ERR_ENVIRONMENT, "C.UTF-8", "this locale is not on the system");
    return 0;
}

static const char *translated(const char *english, enum language language)
{
    return language == LANGUAGE_ENGLISH ? english : dgettext(DOMAIN, english);
}

const char *word_text(enum word id, enum language language)
{
    static const char *const texts[WORD_COUNT] = {
        "",
#define S(id, english) english,
#include "reports/words/words.def"
#undef S
    };
    return id != WORD_NONE && (unsigned)id < WORD_COUNT ? translated(texts[id], language) : "";
}

const char *word_said(enum said_code code, enum language language)
{
    return code != SAID_WORDS ? translated(said_template(code), language) : "";
}
