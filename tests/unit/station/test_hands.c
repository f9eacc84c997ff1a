/* Hands: what a robot's command is told, and what its failure means; the simulator's
 * time. */
#include "harness/station/hands.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

/* A survey of two readers and two handsets, by hand: only what hands look at. */
struct bench {
    struct survey survey;
    struct survey_reader readers[2];
    struct survey_pair pairs[2];
    struct sim_card sim;
    struct survey_condition conditions[2];
    struct hands hands;
};

static struct bench bench;

static int fresh(void **state)
{
    struct bench *b = &bench;
    memset(b, 0, sizeof *b);
    b->readers[0].unit = "reader `touch /tmp/pwned` $(id) '\"";
    b->readers[1].unit = "r2";
    b->sim.id = "sim-1";
    b->pairs[0].unit = "端末 1";
    b->pairs[1].unit = "h2";
    b->conditions[0] = (struct survey_condition) {
        .id = "off", .power_mode = POWER_OFF, .position = "x-plus-10", .x_mm = 10
    };
    b->conditions[1] = (struct survey_condition) { .id = "on", .power_mode = POWER_ON_UNLOCKED };
    b->survey = (struct survey) { .readers = b->readers,
                                  .reader_count = 2,
                                  .pairs = b->pairs,
                                  .pair_count = 2,
                                  .sims = &b->sim,
                                  .sim_count = 1,
                                  .conditions = b->conditions,
                                  .condition_count = 2,
                                  .hands_limit_s = 10,
                                  .times = { .place_s = 12, .change_s = 20, .mode_s = 5 } };
    *state = b;
    return 0;
}

static int lay(struct bench *b, struct err *e)
{
    const struct plan_placement p = { .reader = 0, .pair = 0, .condition = 0 };
    assert_int_equal(hands_open(&b->hands, &b->survey, e), 0);
    bool stopped;
    int status = hands_lay(&b->hands, &p, &stopped, e);
    hands_close(&b->hands);
    return status;
}

static void a_command_is_told_everything_in_its_environment_and_nothing_reaches_its_shell(void **state)
{
    struct bench *b = *state;
    struct err e = { 0 };
    char command[512], path[64], line[512] = "";
    snprintf(path, sizeof path, "/tmp/nfc-survey-hands.%ld", (long)getpid());
    snprintf(command, sizeof command,
             "printf '%%s|%%s|%%s|%%s|%%s|%%s|%%s' \"$NFC_SURVEY_ACTION\" \"$NFC_SURVEY_READER\" "
             "\"$NFC_SURVEY_HANDSET\" "
             "\"$NFC_SURVEY_SIM\" \"$NFC_SURVEY_POWER_MODE\" \"$NFC_SURVEY_POSITION\" "
             "\"$NFC_SURVEY_POSITION_MM\" > %s",
             path);
    b->survey.hands = HANDS_COMMAND;
    b->survey.hands_argument = command;
    assert_int_equal(lay(b, &e), 0);
    FILE *f = fopen(path, "r");
    assert_non_null(f);
    assert_non_null(fgets(line, sizeof line, f));
    fclose(f);
    unlink(path);
    assert_string_equal(
        line, "lay|reader `touch /tmp/pwned` $(id) '\"|端末 1|sim-1|off|x-plus-10|10.000 0.000 0.000");
    assert_int_equal(access("/tmp/pwned", F_OK), -1);
}

static void a_command_that_fails_stops_the_sweep_with_its_status(void **state)
{
    struct bench *b = *state;
    struct err e = { 0 };
    b->survey.hands = HANDS_COMMAND;
    b->survey.hands_argument = "exit 3";
    assert_int_equal(lay(b, &e), ERR_ENVIRONMENT);
    assert_non_null(strstr(e.text, "status 3"));
}

static void a_testbed_that_is_not_there_is_said(void **state)
{
    struct bench *b = *state;
    struct err e = { 0 };
    unsetenv("NFC_SURVEY_TESTBED");
    b->survey.hands = HANDS_TESTBED;
    b->survey.hands_argument = "/nonexistent/socket";
    assert_int_equal(hands_open(&b->hands, &b->survey, &e), ERR_ENVIRONMENT);
    assert_string_equal(e.where, "/nonexistent/socket");
    assert_string_equal(e.native, "ENOENT");
    hands_close(&b->hands);
}

/* Connections wait in the listener's queue; once it is full, connect() blocks. Some ten seconds are the
 * patience. */
static void a_testbed_that_accepts_nobody_is_said_and_not_waited_for(void **state)
{
    struct bench *b = *state;
    struct err e = { 0 };
    struct sockaddr_un address = { .sun_family = AF_UNIX };
    char folder[] = "/tmp/nfc-survey-hands-XXXXXX";
    int waiting[64], count = 0;
    assert_non_null(mkdtemp(folder));
    snprintf(address.sun_path, sizeof address.sun_path, "%s/socket", folder);
    int listener = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    assert_int_equal(bind(listener, (struct sockaddr *)&address, sizeof address), 0);
    assert_int_equal(listen(listener, 0), 0);
    do {
        assert_true(count < 64);
        waiting[count] = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    } while (connect(waiting[count++], (struct sockaddr *)&address, sizeof address) == 0);
    unsetenv("NFC_SURVEY_TESTBED");
    b->survey.hands = HANDS_TESTBED;
    b->survey.hands_argument = address.sun_path;
    assert_int_equal(hands_open(&b->hands, &b->survey, &e), ERR_ENVIRONMENT);
    assert_string_equal(e.where, address.sun_path);
    assert_string_equal(e.native, "EAGAIN");
    hands_close(&b->hands);
    while (count > 0)
        close(waiting[--count]);
    close(listener);
    unlink(address.sun_path);
    rmdir(folder);
}

static void the_simulator_s_hands_take_time_for_fetching_and_for_another_mode(void **state)
{
    struct bench *b = *state;
    struct err e = { 0 };
    const struct plan_placement first = { .reader = 0, .pair = 0, .condition = 0 };
    const struct plan_placement other_reader = { .reader = 1, .pair = 0, .condition = 0 };
    const struct plan_placement other_mode = { .reader = 0, .pair = 0, .condition = 1 };
    const struct plan_placement other_phone = { .reader = 0, .pair = 1, .condition = 1 };
    b->survey.hands = HANDS_SIM;
    assert_int_equal(hands_open(&b->hands, &b->survey, &e), 0);
    assert_int_equal((int)hands_virtual_seconds(&b->hands, &first), 32);
    assert_int_equal((int)hands_virtual_seconds(&b->hands, &other_reader), 12);
    assert_int_equal((int)hands_virtual_seconds(&b->hands, &other_mode), 17);
    assert_int_equal((int)hands_virtual_seconds(&b->hands, &other_phone), 32);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(a_command_is_told_everything_in_its_environment_and_nothing_reaches_its_shell,
                               fresh),
        cmocka_unit_test_setup(a_command_that_fails_stops_the_sweep_with_its_status, fresh),
        cmocka_unit_test_setup(a_testbed_that_is_not_there_is_said, fresh),
        cmocka_unit_test_setup(a_testbed_that_accepts_nobody_is_said_and_not_waited_for, fresh),
        cmocka_unit_test_setup(the_simulator_s_hands_take_time_for_fetching_and_for_another_mode, fresh),
    };
    return cmocka_run_group_tests_name("hands", tests, NULL, NULL);
}
