#include "harness/commands/premises_text.h"

#include "harness/base/clock.h"

#include <math.h>
#include <string.h>

struct phrase span_text(double seconds, enum language language)
{
    unsigned long s = (unsigned long)(seconds + 0.5);
    unsigned long whole = s >= 3600 ? s / 3600 : s / 60, rest = s >= 3600 ? s / 60 % 60 : s % 60;
    char first[24], second[24];
    snprintf(first, sizeof first, "%lu", s >= 60 ? whole : s);
    snprintf(second, sizeof second, "%02lu", rest);
    if (seconds < 0)
        return phrase_cut("?");
    return phrase_fill(s >= 3600 ? WORD_CMD_H_MIN
                       : s >= 60 ? WORD_CMD_MIN_S
                                 : WORD_SECONDS,
                       language, (const char *const[]) { first, second, NULL });
}

void say_host(const struct speech *s, const struct station_notice *notice)
{
    static const enum word words[HOST_COUNT] = {
        [HOST_CLOCK_SET] = WORD_CMD_CLOCK_SET_AHEAD,
        [HOST_STARVED] = WORD_CMD_HOST_STARVED,
        [HOST_STOPPED] = WORD_CMD_HOST_STOPPED,
        [HOST_SLEPT] = WORD_CMD_HOST_SLEPT,
    };
    enum word word = words[notice->host];
    if (notice->host == HOST_CLOCK_SET && notice->seconds < 0)
        word = WORD_CMD_CLOCK_SET_BACK;
    if (notice->reader)
        word = WORD_CMD_WORKER_WAS_STOPPED;
    speech_note(s, word, span_text(fabs(notice->seconds), s->language).text,
                notice->reader ? notice->reader : "", NULL);
}

struct phrase session_end_text(const struct said *reason, enum language language)
{
    char local[64];
    int64_t now = clock_wall_s(), next = clock_wall_of_text(said_argument(reason, 2));
    clock_local_text(next, now, local, sizeof local);
    return phrase_fill(
        WORD_CMD_SESSION_END, language,
        (const char *const[]) { said_argument(reason, 0), said_argument(reason, 1), local,
                                span_text(next > now ? (double)(next - now) : 0, language).text, NULL });
}
