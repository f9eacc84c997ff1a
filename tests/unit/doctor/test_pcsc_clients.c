/* Who talks to pcscd: the kernel's list of sockets and their owners, on a real socket and on made trees of /proc. */
#include "harness/doctor/pcsc_clients.h"

#include "tests/unit/doctor/tree.h"

#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

/* ---- on a real socket ---- */

static int listen_as_pcscd(void)
{
    struct sockaddr_un at = { .sun_family = AF_UNIX };
    int fd = socket(AF_UNIX, SOCK_STREAM, 0);
    snprintf(at.sun_path, sizeof at.sun_path, "%s/pcscd.comm", tree);
    assert_int_equal(bind(fd, (struct sockaddr *)&at, sizeof at), 0);
    assert_int_equal(listen(fd, 4), 0);
    setenv("PCSCLITE_CSOCK_NAME", at.sun_path, 1);
    return fd;
}

static int connect_to_pcscd(void)
{
    struct sockaddr_un to = { .sun_family = AF_UNIX };
    int fd = socket(AF_UNIX, SOCK_STREAM, 0);
    snprintf(to.sun_path, sizeof to.sun_path, "%s", getenv("PCSCLITE_CSOCK_NAME"));
    assert_int_equal(connect(fd, (struct sockaddr *)&to, sizeof to), 0);
    return fd;
}

/* A client that is no descendant of ours: its parent is gone. It says its pid, and lives until `alive` is closed. */
static pid_t start_stranger(int *alive)
{
    int told[2], life[2];
    pid_t pid = 0;
    assert_int_equal(pipe(told), 0);
    assert_int_equal(pipe(life), 0);
    pid_t first = fork();
    if (first == 0) {
        if (fork() != 0)
            _exit(0);
        prctl(PR_SET_NAME, "scd) aemon");
        close(life[1]);
        connect_to_pcscd();
        while (getppid() == first)
            usleep(1000);
        pid = getpid();
        if (write(told[1], &pid, sizeof pid) != sizeof pid || read(life[0], &pid, 1) != 0)
            _exit(1);
        _exit(0);
    }
    waitpid(first, NULL, 0);
    assert_int_equal(read(told[0], &pid, sizeof pid), sizeof pid);
    close(told[0]);
    close(told[1]);
    close(life[0]);
    *alive = life[1];
    return pid;
}

static void assert_only_client_is(pid_t pid)
{
    struct pcsc_clients c;
    struct err e = { 0 };
    assert_int_equal(doctor_pcsc_clients(&c, &e), 0);
    assert_int_equal(c.unknown, 0);
    assert_int_equal(c.count, pid != 0);
    if (pid == 0)
        return;
    assert_int_equal(c.known[0].pid, pid);
    assert_string_equal(c.known[0].comm, "scd) aemon");
}

static void another_process_is_named_also_before_pcscd_takes_it_in_and_ours_are_not(void **state)
{
    (void)state;
    int alive, server = listen_as_pcscd();
    int ours = connect_to_pcscd(), accepted = accept(server, NULL, NULL);
    assert_only_client_is(0);
    pid_t stranger = start_stranger(&alive);
    assert_only_client_is(stranger);
    int other = accept(server, NULL, NULL);
    assert_only_client_is(stranger);
    close(alive);
    close(other);
    close(accepted);
    close(ours);
    close(server);
    unsetenv("PCSCLITE_CSOCK_NAME");
}

/* ---- on a made tree ---- */

static void make_process(pid_t pid, const char *comm, pid_t parent, const char *link)
{
    char name[64], stat[128];
    snprintf(name, sizeof name, "proc/%d/stat", (int)pid);
    snprintf(stat, sizeof stat, "%d (%s) S %d 1 1 0\n", (int)pid, comm, (int)parent);
    tree_file(name, stat);
    snprintf(name, sizeof name, "proc/%d/fd/3", (int)pid);
    tree_link(name, link);
}

static void clients_are_told_by_pid_without_us_our_workers_and_what_nobody_owns(void **state)
{
    (void)state;
    static const uint64_t peers[] = { 11, 12, 13, 14, 99 };
    struct pcsc_clients c;
    make_process(900, "scdaemon", 1, "socket:[14]");
    make_process(90, "opensc-tool", 1, "socket:[11]");
    make_process(500, "nfc-survey", 90, "socket:[12]");
    make_process(501, "nfc-survey", 500, "socket:[13]"); /* a worker of ours */
    make_process(502, "cat", 1, "/dev/null");
    pcsc_clients_of(tree, peers, 5, 500, &c);
    assert_int_equal(c.count, 2);
    assert_int_equal(c.known[0].pid, 90);
    assert_string_equal(c.known[0].comm, "opensc-tool");
    assert_int_equal(c.known[1].pid, 900);
    assert_string_equal(c.known[1].comm, "scdaemon");
    assert_int_equal(c.unknown, 1); /* 99 */
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(
            another_process_is_named_also_before_pcscd_takes_it_in_and_ours_are_not, tree_enter, tree_leave),
        cmocka_unit_test_setup_teardown(clients_are_told_by_pid_without_us_our_workers_and_what_nobody_owns,
                                        tree_enter, tree_leave),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
