#include "harness/commands/premises_text.h"

#include "harness/base/clock.h"
#include "harness/faces/wording.h"

struct phrase session_end_text(const struct said *reason, enum language language)
{
    char local[64];
    int64_t now = clock_wall_s(), next = clock_wall_of_text(said_argument(reason, 2));
    clock_local_text(next, now, local, sizeof local);
    return phrase_fill(
        WORD_CMD_SESSION_END, language,
        (const char *const[]) { said_argument(reason, 0), said_argument(reason, 1), local,
                                wording_span(next > now ? (double)(next - now) : 0, language).text, NULL });
}
