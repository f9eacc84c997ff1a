#include "reports/strings.h"

#include <stddef.h>
#include <string.h>

enum string_language string_language_of(const char *language)
{
    return language && strncmp(language, "ja", 2) == 0 ? STRING_JAPANESE : STRING_ENGLISH;
}

const char *string_text(enum string_id id, enum string_language language)
{
    static const char *const texts[STR_COUNT][2] = {
#define S(id, en, ja) { en, ja },
#include "reports/strings.def"
#undef S
    };
    return (unsigned)id < STR_COUNT ? texts[id][language == STRING_JAPANESE] : "";
}
