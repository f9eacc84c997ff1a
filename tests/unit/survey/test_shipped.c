/* Every file under profiles/: sound, named as its id, inside the guard; and a survey's texts alone give the
 * same. */
#include "harness/base/file.h"
#include "harness/card/guard.h"
#include "tests/unit/survey/sample.h"

#include <glob.h>

static void every_shipped_file_is_sound(void **state)
{
    (void)state;
    glob_t found;
    assert_int_equal(glob("profiles/*/*.yaml", 0, NULL, &found), 0);
    assert_true(found.gl_pathc > 150);
    for (size_t i = 0; i < found.gl_pathc; i++) {
        struct survey_problems p = { 0 };
        struct err e;
        const char *kind;
        if (survey_check_file(found.gl_pathv[i], ".", criteria_check, &kind, &p, &e) != 0)
            fail_msg("%s: %s", e.where, e.text);
        assert_non_null(strstr(found.gl_pathv[i], kind));
        assert_int_equal(p.count, 0);
    }
    globfree(&found);
}

static void named_as_its_id(const char *folder, const char *id)
{
    char path[256];
    snprintf(path, sizeof path, "profiles/%s/%s.yaml", folder, id);
    assert_int_equal(access(path, R_OK), 0);
}

static void every_shipped_profile_is_named_as_its_id(void **state)
{
    (void)state;
    struct survey_problems p = { 0 };
    struct profiles *all;
    struct err e;
    const struct reader_profile *readers;
    const struct handset_profile *handsets;
    const struct script *scripts;
    size_t simulated = 0;
    assert_int_equal(profiles_load(".", &all, &p, &e), 0);
    assert_int_equal(p.count, 0); /* no sick one is left out */
    for (size_t i = 0; i < profiles_readers(all, &readers); i++)
        named_as_its_id("readers", readers[i].id);
    for (size_t i = 0; i < profiles_scripts(all, &scripts); i++)
        named_as_its_id("scripts", scripts[i].id);
    for (size_t i = 0; i < profiles_handsets(all, &handsets); i++) {
        named_as_its_id("handsets", handsets[i].id);
        simulated += handsets[i].simulated;
        for (size_t k = 0; k < handsets[i].fact_count; k++)
            assert_true((handsets[i].facts[k].value && handsets[i].facts[k].source) ||
                        handsets[i].facts[k].absent);
    }
    assert_true(simulated >= 36);
    profiles_free(&all);
    assert_null(all);
}

/* ISO/IEC 14443-3, 6.5.2: of the bits b5 to b1 of the lower byte one is set, and the upper byte's four highest
 * are not: as received, the lower byte is the first. */
static void every_shipped_atqa_is_as_received(void **state)
{
    (void)state;
    struct survey_problems p = { 0 };
    struct profiles *all;
    struct err e;
    const struct handset_profile *handsets;
    size_t seen = 0;
    assert_int_equal(profiles_load(".", &all, &p, &e), 0);
    for (size_t i = 0; i < profiles_handsets(all, &handsets); i++) {
        const uint8_t *atqa = handsets[i].simulation.atqa;
        if (handsets[i].simulation.technology != 'A')
            continue;
        assert_int_equal(__builtin_popcount(atqa[0] & 0x1f), 1);
        assert_int_equal(atqa[1] & 0xf0, 0);
        seen++;
    }
    assert_int_equal(seen, 9);
    profiles_free(&all);
}

/* Sends what a step's template gives, with every variable that is not known yet as zeros. */
static size_t build(const struct script *s, const struct script_step *step, uint8_t out[600])
{
    size_t length = 0;
    for (size_t i = 0; i < step->send.count; i++) {
        const struct script_piece *piece = &step->send.pieces[i];
        const struct script_variable *v = &s->variables[piece->variable];
        const uint8_t *bytes = piece->variable ? v->bytes : piece->bytes;
        size_t n = piece->length ? piece->length : v->length;
        assert_true(length + n <= 600);
        memcpy(out + length, bytes, n);
        length += n;
    }
    return length;
}

static void every_shipped_script_stays_inside_the_guard(void **state)
{
    (void)state;
    struct survey_problems p = { 0 };
    struct profiles *all;
    struct err e;
    const struct script *scripts;
    assert_int_equal(profiles_load(".", &all, &p, &e), 0);
    assert_int_equal(p.count, 0); /* no sick one is left out */
    size_t count = profiles_scripts(all, &scripts);
    assert_int_equal(count, 8);
    for (size_t i = 0; i < count; i++) {
        struct guard g;
        guard_reset(&g);
        for (size_t k = 0; k < scripts[i].step_count; k++) {
            uint8_t command[600];
            if (scripts[i].steps[k].operation == SCRIPT_FIELD_RESET)
                guard_reset(&g);
            if (scripts[i].steps[k].operation != SCRIPT_SEND)
                continue;
            size_t length = build(&scripts[i], &scripts[i].steps[k], command);
            if (guard_check(&g, command, length, &e) != 0)
                fail_msg("%s, step %zu: %s", scripts[i].id, k + 1, e.text);
            guard_note(&g, command, length, 0x9000);
        }
    }
    profiles_free(&all);
}

static void same_survey(const struct survey *a, const struct survey *b)
{
    assert_string_equal(a->path, b->path);
    assert_int_equal(a->file_count, b->file_count);
    for (size_t i = 0; i < a->file_count; i++) {
        assert_string_equal(a->files[i].kind, b->files[i].kind);
        assert_string_equal(a->files[i].path, b->files[i].path);
        assert_string_equal(a->files[i].sha256, b->files[i].sha256);
    }
    assert_int_equal(survey_cell_count(a), survey_cell_count(b));
    assert_memory_equal(a->excluded, b->excluded, survey_cell_count(a));
    for (size_t r = 0; r < a->reader_count; r++) {
        assert_memory_equal(&a->reader_profiles[a->readers[r].profile].simulation,
                            &b->reader_profiles[b->readers[r].profile].simulation,
                            sizeof(struct virtual_reader));
        for (size_t h = 0; h < a->pair_count; h++)
            assert_true(survey_unit_key(a, r, h, 0) == survey_unit_key(b, r, h, 0));
    }
    for (size_t h = 0; h < a->pair_count; h++)
        assert_memory_equal(&a->handset_profiles[a->pairs[h].handset].simulation,
                            &b->handset_profiles[b->pairs[h].handset].simulation,
                            sizeof(struct virtual_handset));
    assert_string_equal(a->criteria_text, b->criteria_text);
    assert_string_equal(a->scheme.name, b->scheme.name);
    assert_int_equal(a->simulated, b->simulated);
}

static void the_embedded_texts_alone_give_the_same_survey(void **state)
{
    (void)state;
    static const char *const names[] = { "demo", "five-points", "testbed", "counter" };
    for (size_t i = 0; i < 4; i++) {
        char path[128];
        struct survey_problems p = { 0 };
        struct survey *disk, *embedded;
        struct err e;
        snprintf(path, sizeof path, "profiles/surveys/%s.yaml", names[i]);
        assert_int_equal(survey_load(path, ".", criteria_check, &disk, &p, &e), 0);
        assert_int_equal(
            survey_load_embedded(disk->files, disk->file_count, criteria_check, &embedded, &p, &e), 0);
        same_survey(disk, embedded);
        survey_free(&disk);
        survey_free(&embedded);
    }
}

static void the_demonstration_is_six_readers_by_thirty_six_handsets(void **state)
{
    (void)state;
    struct survey_problems p = { 0 };
    struct survey *s;
    struct err e;
    assert_int_equal(survey_load("profiles/surveys/demo.yaml", ".", criteria_check, &s, &p, &e), 0);
    assert_int_equal(s->reader_count, 6);
    assert_int_equal(s->pair_count, 36);
    assert_int_equal(survey_cell_count(s), 36 * 3 * 6 * 2);
    assert_true(s->simulated);
    survey_free(&s);
}

static void a_file_beside_the_survey_goes_before_the_shipped_one(void **state)
{
    (void)state;
    char folder[] = "/tmp/nfc-survey-test-XXXXXX", survey[64], script[64];
    struct survey_problems p = { 0 };
    struct survey *s;
    struct err e;
    assert_non_null(mkdtemp(folder));
    snprintf(survey, sizeof survey, "%s/s.yaml", folder);
    snprintf(script, sizeof script, "%s/read.yaml", folder);
    char *text = sample_replace(SAMPLE_SURVEY, "[sim-r]", "[sim-reader-a, ./own.yaml]");
    char *whole = sample_replace(text, "[sim-h]", "[sim-akane]");
    assert_int_equal(file_replace(survey, whole, strlen(whole), &e), 0);
    char *asks = sample_replace(SAMPLE_SCRIPT, "00 B0 00 00 20", "FF CA 00 00 00");
    assert_int_equal(file_replace(script, asks, strlen(asks), &e), 0);
    assert_int_equal(survey_load(survey, ".", criteria_check, &s, &p, &e), ERR_INPUT);
    assert_int_equal(p.count, 1);
    assert_non_null(strstr(p.items[0].where, "/s.yaml:8:25"));
    assert_non_null(strstr(p.items[0].text, "\"./own.yaml\" was not found"));
    survey_problems_free(&p);
    unlink(survey);
    unlink(script);
    rmdir(folder);
    free(text);
    free(whole);
    free(asks);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_shipped_file_is_sound),
        cmocka_unit_test(every_shipped_profile_is_named_as_its_id),
        cmocka_unit_test(every_shipped_atqa_is_as_received),
        cmocka_unit_test(every_shipped_script_stays_inside_the_guard),
        cmocka_unit_test(the_embedded_texts_alone_give_the_same_survey),
        cmocka_unit_test(the_demonstration_is_six_readers_by_thirty_six_handsets),
        cmocka_unit_test(a_file_beside_the_survey_goes_before_the_shipped_one),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
