/* A sim in a folder: kept from one process to the next, one reader's at a time, and only what it says it is. */
#include "drivers/emulator/handset/handset.h"
#include "drivers/emulator/handset/sim_store.h"
#include "tests/unit/handset/sample.h"

#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

struct store {
    char folder[64];
    struct sample sample;
    struct virtual_sim other;
};

static int set_up(void **state)
{
    struct store *s = calloc(1, sizeof *s);
    if (!s)
        return 1;
    snprintf(s->folder, sizeof s->folder, "/tmp/nfc-survey-sims.XXXXXX");
    sample_fill(&s->sample, 'B');
    s->other = s->sample.sim;
    snprintf(s->sample.sim.id, sizeof s->sample.sim.id, "SIM 1/a");
    snprintf(s->other.id, sizeof s->other.id, "SIM-2");
    *state = s;
    return mkdtemp(s->folder) ? 0 : 1;
}

static int tear_down(void **state)
{
    struct store *s = *state;
    char path[128];
    static const char *const names[] = { "SIM%201%2Fa.sim", "SIM-2.sim", "sims/SIM-2.sim", "sims" };
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        snprintf(path, sizeof path, "%s/%s", s->folder, names[i]);
        remove(path);
    }
    rmdir(s->folder);
    free(s);
    return 0;
}

static void take(struct store *s, const struct virtual_sim *sim, struct sim_laid *laid)
{
    struct err e = { 0 };
    if (sim_store_lay(s->folder, sim, laid, &e) != 0)
        fail_msg("%s: %s", e.where, e.text);
}

static void a_sim_keeps_what_another_process_wrote(void **state)
{
    struct store *s = *state;
    struct sim_laid laid;
    pid_t child = fork();
    if (child == 0) {
        struct err e = { 0 };
        if (sim_store_lay(s->folder, &s->sample.sim, &laid, &e) != 0)
            _exit(1);
        sim_change(laid.state)->pins[SIM_AUTHENTICATION].tries = 1;
        sim_commit(laid.state);
        sim_change(laid.state)->pins[SIM_AUTHENTICATION].tries = 0; /* and ends in the middle of a change */
        _exit(0);
    }
    int status = 1;
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_int_equal(status, 0);
    take(s, &s->sample.sim, &laid);
    assert_int_equal(sim_now(laid.state)->pins[SIM_AUTHENTICATION].tries, 1);
    assert_int_equal(sim_now(laid.state)->writes, 1);
    sim_store_lift(&laid);
    assert_null(laid.state);
}

static void a_sim_is_on_one_reader_at_a_time(void **state)
{
    struct store *s = *state;
    struct sim_laid laid, second, other;
    struct err e = { 0 };
    take(s, &s->sample.sim, &laid);
    assert_int_equal(sim_store_lay(s->folder, &s->sample.sim, &second, &e), ERR_ENVIRONMENT);
    assert_non_null(strstr(e.text, "lies on another reader"));
    assert_null(second.state);
    take(s, &s->other, &other);
    sim_store_lift(&other);
    sim_store_lift(&laid);
    take(s, &s->sample.sim, &second);
    sim_store_lift(&second);
}

static void what_is_no_sim_is_refused(void **state)
{
    struct store *s = *state;
    struct sim_laid laid;
    struct err e = { 0 };
    char path[128], victim[128];
    snprintf(path, sizeof path, "%s/SIM-2.sim", s->folder);
    snprintf(victim, sizeof victim, "%s/victim", s->folder);
    int fd = open(path, O_CREAT | O_WRONLY, 0600);
    assert_int_equal(write(fd, "hello", 5), 5);
    assert_int_equal(sim_store_lay(s->folder, &s->other, &laid, &e), ERR_INPUT);
    assert_int_equal(ftruncate(fd, 0), 0);
    close(fd);
    take(s, &s->other, &laid); /* one that was never written to is new */
    laid.state->data[0].pins[0].tries = 200;
    sim_store_lift(&laid);
    assert_int_equal(sim_store_lay(s->folder, &s->other, &laid, &e), ERR_INPUT);
    remove(path);
    assert_int_equal(symlink(victim, path), 0);
    assert_int_equal(sim_store_lay(s->folder, &s->other, &laid, &e), ERR_ENVIRONMENT);
    assert_int_equal(access(victim, F_OK), -1);
    remove(path);
    take(s, &s->sample.sim, &laid);
    snprintf(laid.state->id, sizeof laid.state->id, "another");
    sim_store_lift(&laid);
    assert_int_equal(sim_store_lay(s->folder, &s->sample.sim, &laid, &e), ERR_INPUT);
}

static void a_folder_is_made_for_its_owner_alone(void **state)
{
    struct store *s = *state;
    struct sim_laid laid;
    struct stat st;
    char folder[128], path[160];
    struct err e = { 0 };
    snprintf(folder, sizeof folder, "%s/sims", s->folder);
    snprintf(path, sizeof path, "%s/SIM-2.sim", folder);
    assert_int_equal(sim_store_lay(folder, &s->other, &laid, &e), 0);
    sim_store_lift(&laid);
    assert_int_equal(stat(folder, &st), 0);
    assert_int_equal(st.st_mode & 0777, 0700);
    assert_int_equal(stat(path, &st), 0);
    assert_int_equal(st.st_mode & 0777, 0600);
}

/* ---- laid ---- */

static unsigned ask(struct handset *h, const uint8_t *command, size_t length)
{
    struct handset_answer a;
    handset_exchange(h, command, length, &a);
    return a.length >= 2 ? apdu_status_word(a.bytes, a.length) : 0;
}

SAMPLE_BYTES(select_pin, 0x00, 0xa4, 0x02, 0x0c, 0x02, 0x00, 0x18);
SAMPLE_BYTES(wrong_pin, 0x00, 0x20, 0x00, 0x80, 0x04, '0', '0', '0', '0');
SAMPLE_BYTES(ask_tries, 0x00, 0x20, 0x00, 0x80);

static unsigned tries_of(struct handset *h, const uint8_t *command, size_t length)
{
    struct handset_activation a;
    handset_begin(h, 1);
    handset_activate(h, &a);
    assert_true(a.activated);
    assert_int_equal(ask(h, sample_select_jpki, sizeof sample_select_jpki), 0x9000);
    assert_int_equal(ask(h, select_pin, sizeof select_pin), 0x9000);
    return ask(h, command, length);
}

static void a_sim_moves_from_phone_to_phone_with_what_it_keeps(void **state)
{
    struct store *s = *state;
    struct sample other;
    struct sim_laid laid;
    struct handset *one = handset_new(), *two = handset_new();
    sample_fill(&other, 'A');
    take(s, &s->sample.sim, &laid);
    s->sample.laying.state = laid.state;
    handset_lay(one, &s->sample.laying, &s->sample.reader);
    assert_int_equal(tries_of(one, wrong_pin, sizeof wrong_pin), 0x63c2);
    handset_lift(one);
    other.laying.sim = &s->sample.sim;
    other.laying.state = laid.state;
    handset_lay(two, &other.laying, &other.reader);
    assert_int_equal(tries_of(two, ask_tries, sizeof ask_tries), 0x63c2);
    other.laying.state = NULL; /* without a folder: one of its own */
    handset_lay(two, &other.laying, &other.reader);
    assert_int_equal(tries_of(two, ask_tries, sizeof ask_tries), 0x63c3);
    handset_free(&one);
    handset_free(&two);
    sim_store_lift(&laid);
}

static void a_cut_ends_the_field_until_the_next_activation(void **state)
{
    struct store *s = *state;
    struct handset *h = handset_new();
    struct handset_answer a;
    s->sample.laying.cut = (struct power_cut) { 1, true };
    handset_lay(h, &s->sample.laying, &s->sample.reader);
    assert_int_equal(tries_of(h, wrong_pin, sizeof wrong_pin), 0);
    handset_exchange(h, ask_tries, sizeof ask_tries, &a);
    assert_int_equal(a.length, 0);
    assert_int_equal(a.fault, 16); /* gone */
    assert_int_equal(tries_of(h, ask_tries, sizeof ask_tries), 0x63c2);
    assert_int_equal(tries_of(h, wrong_pin, sizeof wrong_pin), 0x63c1); /* once */
    handset_free(&h);
}

SAMPLE_BYTES(right_pin, 0x00, 0x20, 0x00, 0x80, 0x04, '1', '2', '3', '4');
SAMPLE_BYTES(select_key, 0x00, 0xa4, 0x02, 0x0c, 0x02, 0x00, 0x17);
SAMPLE_BYTES(sign, 0x80, 0x2a, 0x00, 0x80, 0x01, 0x00, 0x00);

static uint64_t signature_us(struct handset *h, const struct sample *s)
{
    struct handset_answer a;
    handset_lay(h, &s->laying, &s->reader);
    assert_int_equal(tries_of(h, right_pin, sizeof right_pin), 0x9000);
    assert_int_equal(ask(h, select_key, sizeof select_key), 0x9000);
    handset_exchange(h, sign, sizeof sign, &a);
    assert_int_equal(a.length, 256 + 2);
    return a.us;
}

static void a_signature_takes_the_time_that_the_profile_gives_it(void **state)
{
    struct store *s = *state;
    struct handset *h = handset_new();
    s->sample.handset.targets[0].spread = 0;
    uint64_t usual = signature_us(h, &s->sample);
    s->sample.handset.targets[0].sign_rsa_us = 30000;
    assert_int_equal(signature_us(h, &s->sample), usual + 30000);
    handset_free(&h);
}

int main(void)
{
#define T(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        T(a_sim_keeps_what_another_process_wrote),
        T(a_sim_is_on_one_reader_at_a_time),
        T(what_is_no_sim_is_refused),
        T(a_folder_is_made_for_its_owner_alone),
        T(a_sim_moves_from_phone_to_phone_with_what_it_keeps),
        T(a_cut_ends_the_field_until_the_next_activation),
        T(a_signature_takes_the_time_that_the_profile_gives_it),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
