/* Shipped files with bytes flipped, cut off or doubled: loaded or refused with a problem, never more than
 * that. */
#include "harness/base/keyed_random.h"
#include "tests/unit/survey/sample.h"

#define ROUNDS 1500

static void mutate(struct buf *text, uint64_t key)
{
    uint64_t kind = random_u64(key, 1) % 4;
    size_t at = (size_t)(random_u64(key, 2) % text->length);
    if (kind == 0) {
        text->data[at] = (char)(text->data[at] ^ (1 << random_u64(key, 3) % 8));
    } else if (kind == 1) {
        static const char odd[] = "{}[]:,\"'&*!<#-? \n\t\xff\xe3";
        text->data[at] = odd[random_u64(key, 3) % (sizeof odd - 1)];
    } else if (kind == 2) {
        text->length = at ? at : 1;
    } else {
        size_t length = text->length - at < 64 ? text->length - at : 64;
        char block[64];
        memcpy(block, text->data + at, length);
        buf_add(text, block, length);
    }
}

/* Loads the survey with one of its files changed; what comes out is whole or comes with a problem. */
static void load_changed(const struct survey *s, size_t file, const struct buf *text)
{
    struct survey_file files[64];
    struct survey_problems p = { 0 };
    struct survey *out = NULL;
    struct err e;
    memcpy(files, s->files, s->file_count * sizeof *files);
    files[file].text = text->data;
    files[file].length = text->length;
    int status = survey_load_embedded(files, s->file_count, criteria_check, &out, &p, &e);
    if (status == 0) {
        assert_non_null(out);
        assert_int_equal(p.count, 0);
    } else {
        assert_null(out);
        assert_true(p.count > 0);
    }
    survey_free(&out);
    survey_problems_free(&p);
}

static void changed_files_are_loaded_or_refused(void **state)
{
    (void)state;
    static const char *const names[] = { "demo", "five-points", "counter" };
    size_t loads = 0;
    for (size_t n = 0; n < 3; n++) {
        char path[128];
        struct survey_problems p = { 0 };
        struct survey *s;
        struct err e;
        snprintf(path, sizeof path, "profiles/surveys/%s.yaml", names[n]);
        assert_int_equal(survey_load(path, ".", criteria_check, &s, &p, &e), 0);
        assert_true(s->file_count <= 64);
        for (uint64_t i = 0; i < (n == 0 ? ROUNDS / 10 : ROUNDS); i++) {
            uint64_t key = random_key(n, i);
            size_t file = random_u64(key, 0) % 2 ? 0 : (size_t)(random_u64(key, 9) % s->file_count);
            struct buf text;
            buf_init(&text, 1 << 20);
            buf_add(&text, s->files[file].text, s->files[file].length);
            for (uint64_t m = 0; m <= random_u64(key, 4) % 3; m++)
                mutate(&text, random_key(key, m));
            load_changed(s, file, &text);
            buf_free(&text);
            loads++;
        }
        survey_free(&s);
    }
    assert_true(loads > 3000);
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(changed_files_are_loaded_or_refused) };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
