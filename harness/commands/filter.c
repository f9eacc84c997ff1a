#include "harness/commands/filter.h"

static bool read_names(const struct options *options, const char *option, const char **names, size_t *count)
{
    *count = options_count(options, option);
    if (*count > FILTER_NAMES_MAX) {
        options_usage(options, "--%s is given more than %d times", option, FILTER_NAMES_MAX);
        return false;
    }
    for (size_t i = 0; i < *count; i++)
        names[i] = options_text_at(options, option, i);
    return true;
}

bool filter_read(const struct options *options, struct survey_filter *out)
{
    *out = (struct survey_filter) { 0 };
    return read_names(options, "handset", out->handsets, &out->handset_count) &&
           read_names(options, "reader", out->readers, &out->reader_count);
}
