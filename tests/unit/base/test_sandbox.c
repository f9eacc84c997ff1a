/* A process in the sandbox, as seen from outside: what it still does, and how it ends at what it may not. */
#include "harness/base/sandbox.h"

#include <fcntl.h>
#include <netinet/in.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

static const struct sandbox_needs nothing,
    readable = { SANDBOX_FILES, (const struct sandbox_path[]) {
                                    { "/usr", false }, { "/no/such", true }, { "/dev/null", true }, { 0 } } };

/* How a child ends that enters and then does this: its status for a true, 1 for a false. */
static int ends(const struct sandbox_needs *needs, bool (*act)(void))
{
    int how;
    pid_t pid = fork();
    if (pid == 0) {
        struct err e;
        _exit(sandbox_enter(needs, &e) != 0 ? 99 : act() ? 0 : 1);
    }
    assert_int_equal(waitpid(pid, &how, 0), pid);
    return how;
}

static void is_killed(const struct sandbox_needs *needs, bool (*act)(void))
{
    int how = ends(needs, act);
    assert_true(WIFSIGNALED(how));
    assert_int_equal(WTERMSIG(how), SIGSYS);
}

static bool opens(const char *path, int flags)
{
    return open(path, flags | O_CLOEXEC, 0600) >= 0;
}

static bool opens_listed(void)
{
    return opens("/usr/bin", O_RDONLY | O_DIRECTORY) && opens("/dev/null", O_RDWR);
}
static bool opens_a_file(void)
{
    return opens("/etc/passwd", O_RDONLY);
}
static bool opens_to_write(void)
{
    return opens("/dev/zero", O_RDWR);
}
static bool creates(void)
{
    return opens("/tmp/nfc-survey-sandbox", O_RDWR | O_CREAT);
}

static bool computes(void)
{
    char text[32];
    void *memory = malloc(1 << 22); /* of its own mapping */
    int local = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    struct timespec now;
    bool done = memory && local >= 0 && clock_gettime(CLOCK_BOOTTIME, &now) == 0 &&
                snprintf(text, sizeof text, "%p", memory) > 0 && isatty(STDERR_FILENO) >= 0;
    free(memory);
    return done;
}

static bool starts_a_program(void)
{
    return execl("/bin/true", "true", (char *)NULL) == 0;
}
static bool reaches_the_network(void)
{
    return socket(AF_INET, SOCK_STREAM, 0) >= 0;
}
static bool makes_code(void)
{
    return mmap(NULL, 4096, PROT_READ | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0) != MAP_FAILED;
}
static bool kills(void)
{
    return kill(getppid(), 0) == 0;
}
static bool truncates(void)
{
    return truncate("/dev/null", 0) == 0;
}

static void only_what_is_declared_can_be_opened(void **state)
{
    (void)state;
    if (sandbox_of_kernel().landlock_abi == 0)
        skip();
    assert_int_equal(ends(&readable, opens_listed), 0);
    assert_int_equal(WEXITSTATUS(ends(&readable, opens_a_file)), 1);
    assert_int_equal(WEXITSTATUS(ends(&readable, opens_to_write)), 1);
    assert_int_equal(WEXITSTATUS(ends(&readable, creates)), 1);
}

static void a_call_that_nobody_declared_ends_the_process_with_sigsys(void **state)
{
    (void)state;
    if (!sandbox_of_kernel().seccomp)
        skip();
    assert_int_equal(ends(&nothing, computes), 0);
    is_killed(&nothing, opens_a_file);
    is_killed(&readable, starts_a_program);
    is_killed(&readable, reaches_the_network);
    is_killed(&readable, makes_code);
    is_killed(&readable, kills);
    is_killed(&readable, truncates); /* which Landlock holds only from ABI 3 on */
}

static void a_sanitizers_build_says_that_it_has_none(void **state)
{
    (void)state;
    struct sandbox_kernel k = sandbox_of_kernel();
    if (!k.sanitized)
        skip();
    assert_false(k.seccomp);
    assert_int_equal(k.landlock_abi, 0);
    assert_int_equal(ends(&nothing, opens_a_file), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(only_what_is_declared_can_be_opened),
        cmocka_unit_test(a_call_that_nobody_declared_ends_the_process_with_sigsys),
        cmocka_unit_test(a_sanitizers_build_says_that_it_has_none),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
