/* Signals that wait: nothing happens inside a hold, all of it after the last one. */
#include "harness/base/signal_block.h"

#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

/* The signal that ended a child which is sent `number` inside two holds; -1 when it did not get to their
 * end. */
static int ended_by(int number)
{
    int pipes[2], status = 0;
    char got = 0;
    assert_int_equal(pipe(pipes), 0);
    pid_t child = fork();
    if (child == 0) {
        sigset_t outer, inner;
        (void)signal(number, SIG_DFL); /* a shell's background jobs ignore SIGINT */
        bool held = signal_block_begin(&outer) && signal_block_begin(&inner) && !signal_block_has_pending();
        (void)raise(number);
        held = held && signal_block_has_pending();
        signal_block_end(&inner);
        if (held && write(pipes[1], "x", 1) == 1)
            signal_block_end(&outer);
        _exit(0);
    }
    close(pipes[1]);
    assert_int_equal(waitpid(child, &status, 0), child);
    bool got_there = read(pipes[0], &got, 1) == 1 && got == 'x';
    close(pipes[0]);
    return got_there && WIFSIGNALED(status) ? WTERMSIG(status) : -1;
}

static void each_signal_waits_for_the_end_of_the_outermost_hold_and_then_takes_effect(void **state)
{
    (void)state;
    assert_int_equal(ended_by(SIGINT), SIGINT);
    assert_int_equal(ended_by(SIGTERM), SIGTERM);
    assert_int_equal(ended_by(SIGHUP), SIGHUP);
    assert_int_equal(ended_by(SIGUSR1), -1); /* others are not held */
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_signal_waits_for_the_end_of_the_outermost_hold_and_then_takes_effect),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
