/* Shared by the survey's tests: a small sound survey as embedded texts, and problems looked up by place. */
#ifndef NFC_SURVEY_TESTS_SURVEY_SAMPLE_H
#define NFC_SURVEY_TESTS_SURVEY_SAMPLE_H

#include "harness/clauses/criteria_file.h"
#include "harness/survey/load.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#define SAMPLE_SURVEY                                                                                        \
    "format: nfc-survey/survey\n"                                                                            \
    "version: 1\n"                                                                                           \
    "id: sample\n"                                                                                           \
    "title: {en: Sample, ja: 見本}\n"                                                                      \
    "seed: 5\n"                                                                                              \
    "scheme: {preset: screen, k: 5}\n"                                                                       \
    "hands: sim\n"                                                                                           \
    "readers: [sim-r]\n"                                                                                     \
    "sims: [{id: vs, token_label: NFC-SURVEY VIRTUAL TOKEN, certificate_bytes: 1400}]\n"                     \
    "conditions: [on-unlocked, \"off\"]\n"                                                                   \
    "scripts: [read]\n"                                                                                      \
    "handsets: [sim-h]\n"

#define SAMPLE_READER                                                                                        \
    "format: nfc-survey/reader\nversion: 1\nid: sim-r\nmaker: M\nmodel: R\nsource: simulated\n"              \
    "simulation: {level: short, max_message_bytes: 271, interrupt_endpoint: true, detect_quantum_us: "       \
    "10000,\n"                                                                                               \
    "  polling: BA, max_kbit_s: 424, fsd_bytes: 256, host_us: 1000, host_spread: 0.1, field_db: 0, "         \
    "radius_mm: 30}\n"

#define SAMPLE_REAL_READER                                                                                   \
    "format: nfc-survey/reader\nversion: 1\nid: real-r\nmaker: Maker\nmodel: RX-1\nsource: a descriptor\n"   \
    "usb: {vendor: \"054C\", product: \"0DC8\", class: \"0B\"}\n"                                            \
    "ccid: {features: \"00 04 00 7E\", level: short+extended, max_message_bytes: 522, ifsd_bytes: 254,\n"    \
    "  endpoints: 3, busy_slots: 1}\n"

#define SAMPLE_HANDSET                                                                                       \
    "format: nfc-survey/handset\nversion: 1\nid: sim-h\nsource: simulated\nfacts: {maker: M, name: H}\n"     \
    "absent_modes: {modes: [\"off\"], source: said so}\n"                                                    \
    "simulation:\n"                                                                                          \
    "  technology: B\n  uid: \"01 02 03 04\"\n  fsci: 8\n  fwi: 8\n  max_kbit_s: 106\n"                      \
    "  targets:\n"                                                                                           \
    "    - {target: uicc, power_modes: [on-unlocked], applets: [jpki], select_us: 1, command_us: 1,\n"       \
    "       per_byte_ns: 1, spread: 0.1}\n"                                                                  \
    "  margin_db: 12\n  placement_sd_db: 2\n  session_sd_db: 1\n"

#define SAMPLE_REAL_HANDSET                                                                                  \
    "format: nfc-survey/handset\nversion: 1\nid: real-h\nsource: a list\n"                                   \
    "facts: {maker: {value: Maker, mark: R}, name: Phone, model_code: P-1, felica: {absent: not stated}}\n"

#define SAMPLE_SCRIPT                                                                                        \
    "format: nfc-survey/script\nversion: 1\nid: read\ntitle: Read\ntime_limit_ms: 1000\ndeadline_ms: 5000\n" \
    "steps:\n  - {send: \"00 B0 00 00 20\"}\n"

/* Which text a load gets under which kind and name; the survey first. */
static inline void sample_files(struct survey_file out[8], const char *survey)
{
    static const char *const texts[][3] = { { "reader", "sim-r", SAMPLE_READER },
                                            { "reader", "real-r", SAMPLE_REAL_READER },
                                            { "handset", "sim-h", SAMPLE_HANDSET },
                                            { "handset", "real-h", SAMPLE_REAL_HANDSET },
                                            { "script", "read", SAMPLE_SCRIPT } };
    memset(out, 0, 8 * sizeof *out);
    out[0] = (struct survey_file) {
        .kind = (char *)"survey", .path = (char *)"s.yaml", .text = (char *)survey, .length = strlen(survey)
    };
    for (size_t i = 0; i < 5; i++)
        out[i + 1] = (struct survey_file) { .kind = (char *)texts[i][0],
                                            .path = (char *)texts[i][1],
                                            .text = (char *)texts[i][2],
                                            .length = strlen(texts[i][2]) };
}

static inline int sample_load(const char *survey, struct survey **out, struct survey_problems *p)
{
    struct survey_file files[8];
    struct err e;
    sample_files(files, survey);
    return survey_load_embedded(files, 6, criteria_check, out, p, &e);
}

/* Reads one file of a kind by itself. */
static inline void sample_read(const char *kind, const char *text, size_t length,
                               struct survey_problems *list)
{
    struct problems p = { .list = list };
    struct reader_profile reader = { 0 };
    struct handset_profile handset = { 0 };
    struct script script = { 0 };
    struct tree_node *root = tree_parse(&p, "f.yaml", text, length);
    if (root && strcmp(kind, "reader") == 0)
        reader_profile_read(&reader, &p, "f.yaml", root);
    if (root && strcmp(kind, "handset") == 0)
        handset_profile_read(&handset, &p, "f.yaml", root);
    if (root && strcmp(kind, "script") == 0)
        script_read(&script, &p, "f.yaml", root);
    if (root && strcmp(kind, "criteria") == 0)
        criteria_check(&p, "f.yaml", root);
    reader_profile_clear(&reader);
    handset_profile_clear(&handset);
    script_clear(&script);
    tree_free(&root);
}

static inline bool sample_has(const struct survey_problems *p, const char *where, const char *fragment)
{
    for (size_t i = 0; i < p->count; i++)
        if (strcmp(p->items[i].where, where) == 0 && strstr(p->items[i].text, fragment))
            return true;
    return false;
}

static inline void sample_expect(const struct survey_problems *p, const char *where, const char *fragment)
{
    if (sample_has(p, where, fragment))
        return;
    for (size_t i = 0; i < p->count; i++)
        print_error("found    %s: %s\n", p->items[i].where, p->items[i].text);
    print_error("expected %s: ...%s...\n", where, fragment);
    fail();
}

/* text with its first `from` replaced; the caller frees. */
static inline char *sample_replace(const char *text, const char *from, const char *to)
{
    const char *at = strstr(text, from);
    size_t size = strlen(text) + strlen(to) + 1;
    char *out = malloc(size);
    if (!at || !out) {
        print_error("no %s in the sample\n", from);
        abort();
    }
    snprintf(out, size, "%.*s%s%s", (int)(at - text), text, to, at + strlen(from));
    return out;
}

#endif
