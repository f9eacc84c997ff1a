/* Hostile --handset and --reader patterns over a survey, a line each behind h or r: what is chosen is of it. */
#include "harness/clauses/criteria_file.h"
#include "harness/survey/filter.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct survey *s;
    static bool pairs[SURVEY_PAIRS_MAX];
    struct survey_problems problems = { 0 };
    struct survey_filter f = { 0 };
    uint32_t readers = 0;
    struct err e;
    if (!s && survey_load("profiles/surveys/testbed.yaml", ".", criteria_check, &s, &problems, &e) != 0)
        abort();
    char *text = malloc(size + 1);
    if (!text)
        return 0;
    memcpy(text, data, size);
    text[size] = '\0';
    for (char *line = text, *next; line; line = next) {
        next = strchr(line, '\n');
        if (next)
            *next++ = '\0';
        if (!line[0] || strlen(line) > 64) /* a pattern of stars alone takes fnmatch for ever */
            continue;
        if (line[0] == 'r' && f.reader_count < FILTER_NAMES_MAX)
            f.readers[f.reader_count++] = line + 1;
        else if (f.handset_count < FILTER_NAMES_MAX)
            f.handsets[f.handset_count++] = line + 1;
    }
    if (filter_pairs(&f, s, pairs, &e) == 0 && f.handset_count == 0 && !pairs[0])
        abort();
    if (filter_readers(&f, s, &readers, &e) == 0 && (readers == 0 || readers >> s->reader_count))
        abort();
    free(text);
    return 0;
}
