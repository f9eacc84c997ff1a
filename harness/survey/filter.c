#include "harness/survey/filter.h"

#include <fnmatch.h>

static bool is_any(const char *glob, const char *const *names)
{
    for (size_t i = 0; names[i]; i++)
        if (fnmatch(glob, names[i], 0) == 0)
            return true;
    return false;
}

static bool is_pair(const struct survey *s, size_t pair, const char *glob)
{
    return is_any(glob, (const char *const[]) { s->pairs[pair].unit, s->pairs[pair].name,
                                                survey_handset_of(s, pair)->id, NULL });
}

static bool is_reader(const struct survey *s, size_t reader, const char *glob)
{
    return is_any(glob, (const char *const[]) { s->readers[reader].unit,
                                                s->reader_profiles[s->readers[reader].profile].id, NULL });
}

int filter_pairs(const struct survey_filter *f, const struct survey *s, bool *pairs, struct err *e)
{
    for (size_t i = 0; i < s->pair_count; i++)
        pairs[i] = f->handset_count == 0;
    for (size_t g = 0; g < f->handset_count; g++) {
        bool found = false;
        for (size_t i = 0; i < s->pair_count; i++)
            if (is_pair(s, i, f->handsets[g]))
                pairs[i] = found = true;
        if (!found)
            return err_set(e, ERR_USAGE, "--handset", "`%s` is no handset of this survey", f->handsets[g]);
    }
    return 0;
}

int filter_readers(const struct survey_filter *f, const struct survey *s, uint32_t *readers, struct err *e)
{
    *readers = f->reader_count == 0 ? UINT32_MAX >> (32 - s->reader_count) : 0;
    for (size_t g = 0; g < f->reader_count; g++) {
        uint32_t found = 0;
        for (size_t i = 0; i < s->reader_count; i++)
            found |= is_reader(s, i, f->readers[g]) ? UINT32_C(1) << i : 0;
        if (!found)
            return err_set(e, ERR_USAGE, "--reader", "`%s` is no reader of this survey", f->readers[g]);
        *readers |= found;
    }
    return 0;
}
