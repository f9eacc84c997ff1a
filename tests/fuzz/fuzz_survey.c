/*
 * Hostile bytes for the survey room, as a journal embeds its files. The first byte chooses what the rest
 * stands for: the survey itself, or the reader, handset, script, criteria or application file that a fixed survey names.
 */
#include "harness/clauses/criteria_file.h"
#include "harness/survey/survey.h"

#include <stdint.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static char fixed[] =
    "format: nfc-survey/survey\nversion: 1\nid: fuzz\ntitle: Fuzz\nscheme: screen\nhands: sim\n"
    "readers: [x]\nsims: [{id: s, token_label: NFC-SURVEY VIRTUAL TOKEN, certificate_bytes: 1400}]\n"
    "conditions: [on-unlocked]\nscripts: [x]\nhandsets: [x]\ncriteria: x\napplications: [x]\n";

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static char kinds[][16] = { "survey", "reader", "handset", "script", "criteria", "application" };
    char survey_path[] = "fuzz.yaml", name[] = "x";
    if (size == 0)
        return 0;
    unsigned kind = data[0] % 6u; /* the digits '0' to '5', as the seeds begin, give 0 to 5 */
    struct survey_file files[2] = {
        { .kind = kinds[0], .path = survey_path, .text = fixed, .length = sizeof fixed - 1 },
        { .kind = kinds[kind], .path = name, .text = (char *)(uintptr_t)(data + 1), .length = size - 1 },
    };
    if (kind == 0) {
        files[0].text = files[1].text;
        files[0].length = files[1].length;
    }
    struct survey_problems problems = { 0 };
    struct survey *survey = NULL;
    struct err e;
    if (survey_load_embedded(files, kind == 0 ? 1 : 2, criteria_check, &survey, &problems, &e) == 0)
        survey_free(&survey);
    survey_problems_free(&problems);
    return 0;
}
