/* Hostile bytes as a file of market shares: what is accepted keeps its promises. */
#include "harness/survey/shares.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static char unit[] = "HS-1", id[] = "sim-a", path[] = "s.yaml";

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct survey_problems problems = { 0 };
    struct shares *shares = NULL;
    struct err e;
    struct handset_profile profile = { .id = id };
    struct survey_pair pair = { .unit = unit };
    struct survey survey = { .path = path,
                             .pairs = &pair,
                             .pair_count = 1,
                             .handset_profiles = &profile,
                             .handset_profile_count = 1 };
    struct shares_use use;
    double weight = -1.0;
    if (shares_load_text("fuzz.csv", (const char *)data, size, &shares, &problems, &e) == 0) {
        if (!(shares->sum >= 0.0 && shares->sum <= 1.0 + 1e-6) || shares->count == 0)
            abort();
        for (size_t i = 0; i < shares->count; i++)
            if (!(shares->items[i].share >= 0.0 && shares->items[i].share <= 1.0) ||
                !shares->items[i].handset[0])
                abort();
        if (shares_weights(shares, &survey, &weight, &use, &problems, &e) == 0 &&
            !(weight >= 0.0 && weight <= 1.0))
            abort();
    } else if (problems.count == 0) {
        abort();
    }
    shares_free(&shares);
    survey_problems_free(&problems);
    return 0;
}
