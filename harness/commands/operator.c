#include "harness/commands/operator.h"

#include "harness/base/text.h"

#include <pwd.h>
#include <unistd.h>

const char *operator_name(const struct options *o, char *out, size_t capacity)
{
    const char *given = options_text(o, "operator");
    const struct passwd *user = given ? NULL : getpwuid(getuid());
    if (!given && user)
        given = user->pw_name;
    if (!given || !*given)
        return NULL;
    text_fit(out, capacity, given);
    return out;
}
