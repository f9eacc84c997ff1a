#include "reports/told.h"

#include "reports/words/numbers.h"

#include <stdio.h>
#include <string.h>

#define PARTS_MAX 10 /* {0} .. {9} */

/* Whether the text is the template with something in place of each {0}; what that is goes to parts, in the
 * order of their numbers, which in English is the order of the text. */
static bool is_of(const char *template, const char *text, struct phrase parts[PARTS_MAX], size_t *count)
{
    size_t literal = strcspn(template, "{");
    *count = 0;
    if (strncmp(template, text, literal) != 0)
        return false;
    template += literal;
    text += literal;
    while (*template && *count < PARTS_MAX) {
        const char *next = template + strlen("{0}");
        literal = strcspn(next, "{");
        const char *end = literal ? memmem(text, strlen(text), next, literal) : text + strlen(text);
        if (!end || end == text)
            return false;
        snprintf(parts[*count].text, PHRASE_BYTES, "%.*s", (int)(end - text), text);
        (*count)++;
        text = end + literal;
        template = next + literal;
    }
    return *text == '\0';
}

static enum word find(const char *text, struct phrase parts[PARTS_MAX], size_t *count)
{
    for (int id = WORD_T_SIMULATED; text && id <= WORD_T_LATER; id++)
        if (is_of(word_text((enum word)id, LANGUAGE_ENGLISH), text, parts, count))
            return (enum word)id;
    return WORD_COUNT;
}

bool told_is_ours(const char *text)
{
    struct phrase parts[PARTS_MAX];
    size_t count;
    return find(text, parts, &count) != WORD_COUNT;
}

/* A date, a power mode, or a usual case, position or source: what the survey names, but not in its own words.
 */
static struct phrase part(const char *text, enum language language)
{
    static const enum word usual[] = { WORD_CASE_NONE, WORD_POSITION_CENTRE, WORD_T_SIMULATED };
    enum power_mode mode = power_mode_of_name(text, strlen(text));
    if (mode != POWER_NONE)
        return phrase_cut(word_text(word_power(mode), language));
    for (size_t i = 0; i < sizeof usual / sizeof *usual; i++)
        if (strcmp(text, word_text(usual[i], LANGUAGE_ENGLISH)) == 0)
            return phrase_cut(word_text(usual[i], language));
    return number_date(text, language);
}

const char *told(const char *text, enum language language, struct phrase *hold)
{
    struct phrase parts[PARTS_MAX];
    const char *args[PARTS_MAX + 1] = { NULL };
    size_t count;
    enum word id = find(text, parts, &count);
    if (id == WORD_COUNT)
        return text;
    for (size_t i = 0; i < count; i++) {
        parts[i] = part(parts[i].text, language);
        args[i] = parts[i].text;
    }
    *hold = phrase_fill(id, language, args);
    return hold->text;
}

const char *told_fact(const char *key, enum language language)
{
    static const struct {
        const char *key;
        enum word name;
    } rows[] = {
        { "released", WORD_F_RELEASED },
        { "android", WORD_F_ANDROID },
        { "max_kbit_s", WORD_F_MAX_KBIT_S },
        { "maker", WORD_F_MAKER },
        { "carrier", WORD_F_CARRIER },
        { "technologies", WORD_F_TECHNOLOGIES },
        { "felica", WORD_F_FELICA },
        { "target", WORD_F_TARGET },
        { "name", WORD_SH_NAME },
        { "antenna_position", WORD_F_ANTENNA },
        { "level", WORD_F_LEVEL },
        { "max_message", WORD_F_MAX_MESSAGE },
        { "endpoints", WORD_F_ENDPOINTS },
        { "polling", WORD_F_POLLING },
    };
    for (size_t i = 0; key && i < sizeof rows / sizeof *rows; i++)
        if (strcmp(rows[i].key, key) == 0)
            return word_text(rows[i].name, language);
    return key ? key : "";
}
