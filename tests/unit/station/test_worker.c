/* A worker that takes no orders keeps nobody waiting. */
#include "harness/station/health.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <signal.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

static void a_worker_whose_queue_is_full_is_killed_instead_of_waited_for(void **state)
{
    static struct station st;
    struct survey_reader reader = { .unit = (char[]) { "RW-A" }, .driver = (char[]) { "sim" } };
    struct survey survey = { .readers = &reader, .reader_count = 1 };
    struct station_options options = { .directory = "r" };
    struct err e;
    unsigned taken = 0;
    (void)state;
    st.survey = &survey;
    st.options = &options;
    st.units[0].state = READER_OPENING;
    assert_int_equal(worker_start(&st.units[0].worker, &survey, &st.key, NULL, 0, &e), 0);
    pid_t pid = st.units[0].worker.pid;
    assert_int_equal(kill(pid, SIGSTOP), 0);
    alarm(60); /* a send that waits would wait for good */
    while (unit_order(&st, 0, WIRE_GO, NULL, 0))
        taken++;
    alarm(0);
    assert_true(taken > 0);
    assert_int_equal(st.units[0].worker.pid, 0);
    assert_int_equal(kill(pid, 0), -1); /* killed and reaped */
    assert_int_equal(st.units[0].state, READER_LOST);
    assert_string_equal(st.units[0].found.text, "the reader's worker took no more orders, and was killed");
    worker_release(&st.units[0].worker);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_worker_whose_queue_is_full_is_killed_instead_of_waited_for),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
