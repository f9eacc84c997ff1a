/* A robot's command: how it is run, how often, how long, and how it ends. */
#include "harness/station/robot.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static struct survey_reader readers[] = { { .unit = "RW-A" } };
static struct survey_pair pairs[] = { { .unit = "HS-001" } };
static struct sim_card sim = { .id = "sim-1" };
static struct survey_condition conditions[] = {
    { .id = "off", .power_mode = POWER_OFF, .handset_case = "book" }
};
static char folder[64];
static struct survey survey;

static int fresh(void **state)
{
    (void)state;
    snprintf(folder, sizeof folder, "/tmp/nfc-survey-robot-XXXXXX");
    assert_non_null(mkdtemp(folder));
    survey = (struct survey) { .readers = readers,
                               .reader_count = 1,
                               .pairs = pairs,
                               .pair_count = 1,
                               .sims = &sim,
                               .sim_count = 1,
                               .conditions = conditions,
                               .condition_count = 1,
                               .directory = folder,
                               .hands = HANDS_COMMAND,
                               .hands_limit_s = 10 };
    return 0;
}

static int clean(void **state)
{
    (void)state;
    char path[96];
    snprintf(path, sizeof path, "%s/told", folder);
    unlink(path);
    return rmdir(folder);
}

static int run(const char *command, const struct robot_watch *watch, struct err *e)
{
    const struct plan_placement p = { .session = 2 };
    const struct robot_order order = { .action = "lay", .p = &p, .number = 17 };
    const struct robot_watch none = { 0 };
    memset(e, 0, sizeof *e);
    survey.hands_argument = (char *)(uintptr_t)command;
    return robot_run(&survey, &order, watch ? watch : &none, e);
}

/* What the command wrote into the file `told` of the survey's folder. */
static const char *told(void)
{
    static char text[512];
    char path[96];
    snprintf(path, sizeof path, "%s/told", folder);
    FILE *f = fopen(path, "re");
    text[f ? fread(text, 1, sizeof text - 1, f) : 0] = '\0';
    if (f)
        fclose(f);
    return text;
}

static void it_runs_in_the_surveys_folder_and_is_told_what_to_do(void **state)
{
    (void)state;
    struct err e;
    assert_int_equal(run("echo \"$NFC_SURVEY_ACTION $NFC_SURVEY_READER $NFC_SURVEY_HANDSET $NFC_SURVEY_CASE "
                         "$NFC_SURVEY_SESSION $NFC_SURVEY_PLACEMENT\" >told",
                         NULL, &e),
                     0);
    assert_string_equal(told(), "lay RW-A HS-001 book 2 17\n");
}

static void it_has_a_group_of_its_own_and_nothing_to_read(void **state)
{
    (void)state;
    struct err e;
    char group[32];
    assert_int_equal(run("ps -o pgid= -p $$ | tr -d ' ' >told; ! read line", NULL, &e), 0);
    snprintf(group, sizeof group, "%d\n", (int)getpgrp());
    assert_string_not_equal(told(), group);
    assert_string_not_equal(told(), "");
}

static void only_one_that_asks_for_it_is_tried_again(void **state)
{
    (void)state;
    struct err e;
    survey.hands_retries = 2;
    assert_int_equal(run("echo x >>told; test $(wc -l <told) = 3 || exit 75", NULL, &e), 0);
    assert_string_equal(told(), "x\nx\nx\n");
    assert_int_equal(run("echo x >>told; exit 75", NULL, &e), ERR_ENVIRONMENT);
    assert_string_equal(told(), "x\nx\nx\nx\nx\nx\n");
    assert_non_null(strstr(e.text, "status 75"));
    assert_int_equal(run("echo x >>told; exit 1", NULL, &e), ERR_ENVIRONMENT);
    assert_string_equal(told(), "x\nx\nx\nx\nx\nx\nx\n");
}

/* A process that the command started, and that must not outlive it. */
static void is_gone(void)
{
    pid_t pid = (pid_t)strtol(told(), NULL, 10);
    struct timespec moment = { .tv_nsec = 10000000 };
    assert_true(pid > 1);
    for (unsigned i = 0; i < 200 && kill(pid, 0) == 0; i++)
        nanosleep(&moment, NULL);
    assert_int_equal(kill(pid, 0), -1);
    assert_int_equal(errno, ESRCH);
}

static void one_that_takes_too_long_is_killed_with_all_that_it_started(void **state)
{
    (void)state;
    struct err e;
    survey.hands_limit_s = 0.2;
    assert_int_equal(run("sleep 1000 & echo $! >told; wait", NULL, &e), ERR_ENVIRONMENT);
    assert_non_null(strstr(e.text, "took longer than 0.2 s (lay)"));
    is_gone();
}

static void work(void *context, int fd)
{
    (void)fd;
    ++*(unsigned *)context;
    nanosleep(&(struct timespec) { .tv_nsec = 10000000 }, NULL);
}

static bool after_some_work(void *context)
{
    return *(unsigned *)context > 20;
}

static void one_that_is_given_up_is_killed_and_other_work_goes_on_till_then(void **state)
{
    (void)state;
    struct err e;
    unsigned turns = 0;
    const struct robot_watch watch = { &turns, work, after_some_work };
    assert_int_equal(run("sleep 1000 & echo $! >told; wait", &watch, &e), ERR_INTERRUPTED);
    assert_int_equal(turns, 21);
    is_gone();
}

/* The shell that is told does not tell the command that it waits for. */
static void one_whose_station_is_killed_ends_with_all_that_it_started(void **state)
{
    (void)state;
    struct timespec moment = { .tv_nsec = 10000000 };
    pid_t station = fork();
    if (station == 0) {
        struct err e;
        _exit(run("sh -c 'echo $$ >told; sleep 1000; true'; true", NULL, &e) != 0);
    }
    for (unsigned i = 0; i < 500 && !strchr(told(), '\n'); i++)
        nanosleep(&moment, NULL);
    kill(station, SIGKILL);
    waitpid(station, NULL, 0);
    is_gone();
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(it_runs_in_the_surveys_folder_and_is_told_what_to_do, fresh, clean),
        cmocka_unit_test_setup_teardown(it_has_a_group_of_its_own_and_nothing_to_read, fresh, clean),
        cmocka_unit_test_setup_teardown(only_one_that_asks_for_it_is_tried_again, fresh, clean),
        cmocka_unit_test_setup_teardown(one_that_takes_too_long_is_killed_with_all_that_it_started, fresh,
                                        clean),
        cmocka_unit_test_setup_teardown(one_that_is_given_up_is_killed_and_other_work_goes_on_till_then,
                                        fresh, clean),
        cmocka_unit_test_setup_teardown(one_whose_station_is_killed_ends_with_all_that_it_started, fresh,
                                        clean),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
