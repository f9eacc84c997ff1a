/* The control socket's client: answers whole, refused, late in pieces, and none. */
#include "harness/station/testbed_control.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

/* What is asked of a peer that sends these pieces so many milliseconds apart, and then nothing. */
static int ask(const char *const *pieces, unsigned apart_ms, uint32_t limit_ms, struct err *e)
{
    int ends[2];
    assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, ends), 0);
    pid_t peer = fork();
    assert_true(peer >= 0);
    if (peer == 0) {
        close(ends[0]);
        for (; *pieces && send(ends[1], *pieces, strlen(*pieces), MSG_NOSIGNAL) >= 0; pieces++)
            usleep(apart_ms * 1000);
        char byte;
        while (recv(ends[1], &byte, 1, 0) > 0)
            ;
        _exit(0);
    }
    close(ends[1]);
    int status = testbed_control_ask_within(ends[0], "lift 0\n", limit_ms, e);
    close(ends[0]);
    waitpid(peer, NULL, 0);
    return status;
}

static void an_answer_in_pieces_is_put_together(void **state)
{
    (void)state;
    struct err e;
    assert_int_equal(ask((const char *const[]) { "o", "k\n", NULL }, 1, 60000, &e), 0);
    assert_int_equal(ask((const char *const[]) { "no such", " reader\n", NULL }, 1, 60000, &e),
                     ERR_ENVIRONMENT);
    assert_string_equal(e.text, "no such reader");
}

/* Each piece is in time, the whole is not: a peer that dribbles holds nobody. */
static void the_limit_is_for_the_whole_answer(void **state)
{
    (void)state;
    struct err e;
    assert_int_equal(ask((const char *const[]) { "o", "k", "\n", NULL }, 60, 100, &e), ERR_ENVIRONMENT);
    assert_non_null(strstr(e.text, "no answer"));
    assert_int_equal(ask((const char *const[]) { NULL }, 0, 20, &e), ERR_ENVIRONMENT);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_answer_in_pieces_is_put_together),
        cmocka_unit_test(the_limit_is_for_the_whole_answer),
    };
    return cmocka_run_group_tests_name("testbed_control", tests, NULL, NULL);
}
