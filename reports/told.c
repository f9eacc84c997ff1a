#include "reports/told.h"

#include "reports/words/numbers.h"

#include <stdio.h>
#include <string.h>

#define PARTS_MAX 10 /* {0} .. {9} */

/* Whether the text is the template with something in place of each {0}; what that is goes to parts, in the
 * order of their numbers, which in English is the order of the text. */
static bool is_of(const char *template, const char *text, struct label parts[PARTS_MAX], size_t *count)
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
        snprintf(parts[*count].text, LABEL_BYTES, "%.*s", (int)(end - text), text);
        (*count)++;
        text = end + literal;
        template = next + literal;
    }
    return *text == '\0';
}

static enum string_id find(const char *text, struct label parts[PARTS_MAX], size_t *count)
{
    for (int id = STR_T_LOST; text && id <= STR_T_LATER; id++)
        if (is_of(string_text((enum string_id)id, STRING_ENGLISH), text, parts, count))
            return (enum string_id)id;
    return STR_COUNT;
}

bool told_is_ours(const char *text)
{
    struct label parts[PARTS_MAX];
    size_t count;
    return find(text, parts, &count) != STR_COUNT;
}

/* A date, a power mode, or a usual case, position or source: what the survey names, but not in its own words.
 */
static struct label part(const char *text, enum string_language language)
{
    static const enum string_id usual[] = { STR_CASE_NONE, STR_POSITION_CENTRE, STR_T_SIMULATED };
    enum power_mode mode = power_mode_of_name(text, strlen(text));
    if (mode != POWER_NONE)
        return label_cut(string_text(label_power(mode), language));
    for (size_t i = 0; i < sizeof usual / sizeof *usual; i++)
        if (strcmp(text, string_text(usual[i], STRING_ENGLISH)) == 0)
            return label_cut(string_text(usual[i], language));
    return figure_date(text, language);
}

const char *told(const char *text, enum string_language language, struct label *hold)
{
    struct label parts[PARTS_MAX];
    const char *args[PARTS_MAX + 1] = { NULL };
    size_t count;
    enum string_id id = find(text, parts, &count);
    if (id == STR_COUNT)
        return text;
    for (size_t i = 0; i < count; i++) {
        parts[i] = part(parts[i].text, language);
        args[i] = parts[i].text;
    }
    *hold = label_fill(id, language, args);
    return hold->text;
}

const char *told_fact(const char *key, enum string_language language)
{
    static const struct {
        const char *key;
        enum string_id name;
    } rows[] = {
        { "released", STR_F_RELEASED },
        { "android", STR_F_ANDROID },
        { "max_kbit_s", STR_F_MAX_KBIT_S },
        { "maker", STR_F_MAKER },
        { "carrier", STR_F_CARRIER },
        { "technologies", STR_F_TECHNOLOGIES },
        { "felica", STR_F_FELICA },
        { "target", STR_F_TARGET },
        { "name", STR_SH_NAME },
        { "antenna_position", STR_F_ANTENNA },
        { "level", STR_F_LEVEL },
        { "max_message", STR_F_MAX_MESSAGE },
        { "endpoints", STR_F_ENDPOINTS },
        { "polling", STR_F_POLLING },
    };
    for (size_t i = 0; key && i < sizeof rows / sizeof *rows; i++)
        if (strcmp(rows[i].key, key) == 0)
            return string_text(rows[i].name, language);
    return key ? key : "";
}
