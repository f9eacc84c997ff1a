#include "harness/base/sandbox.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/landlock.h>
#include <linux/seccomp.h>
#include <openssl/crypto.h>
#include <seccomp.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#if defined(__SANITIZE_ADDRESS__)
#define SANITIZED true
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define SANITIZED true
#endif
#endif
#ifndef SANITIZED
#define SANITIZED false
#endif

struct sandbox_kernel sandbox_of_kernel(void)
{
    const uint32_t kill = SECCOMP_RET_KILL_PROCESS;
    struct sandbox_kernel k = { .sanitized = SANITIZED };
    if (SANITIZED)
        return k;
    long abi = syscall(SYS_landlock_create_ruleset, NULL, 0, LANDLOCK_CREATE_RULESET_VERSION);
    k.landlock_off = abi < 0 && errno == EOPNOTSUPP;
    k.landlock_abi = abi > 0 ? (unsigned)abi : 0;
    k.seccomp = syscall(SYS_seccomp, SECCOMP_GET_ACTION_AVAIL, 0, &kill) == 0;
    return k;
}

/* ---- files ---- */

/* Debian 12's header ends at ABI 2; one binary serves all kernels. */
#define ABI_1_RIGHTS (LANDLOCK_ACCESS_FS_MAKE_SYM * 2 - 1) /* EXECUTE .. MAKE_SYM */
#define TRUNCATE     (UINT64_C(1) << 14)
#define IOCTL_DEV    (UINT64_C(1) << 15)
#define ALL_TCP      UINT64_C(3) /* bind, connect */
#define ALL_SCOPES   UINT64_C(3) /* abstract sockets and processes of others */

struct ruleset {
    uint64_t files, network, scopes; /* what no rule allows is denied */
};

/* Its length grew with the ABI, and a kernel refuses members that it does not know. */
static size_t ruleset_of_abi(unsigned abi, struct ruleset *r)
{
    *r = (struct ruleset) { .files = ABI_1_RIGHTS };
    if (abi >= 2)
        r->files |= LANDLOCK_ACCESS_FS_REFER;
    if (abi >= 3)
        r->files |= TRUNCATE;
    if (abi >= 5)
        r->files |= IOCTL_DEV;
    if (abi >= 4)
        r->network = ALL_TCP;
    if (abi >= 6)
        r->scopes = ALL_SCOPES;
    return abi >= 6   ? sizeof *r
           : abi >= 4 ? offsetof(struct ruleset, scopes)
                      : offsetof(struct ruleset, network);
}

/* rights: a right to list is one of folders only, and one that the kernel does not know is refused. */
static int allow_below(int set, const struct ruleset *r, const char *path, uint64_t rights)
{
    struct stat is;
    /* not open(): umockdev's preloaded library, in tests, has its own meaning of some paths */
    int fd = (int)syscall(SYS_openat, AT_FDCWD, path, O_PATH | O_CLOEXEC);
    if (fd < 0)
        return 0;
    if (fstat(fd, &is) != 0 || !S_ISDIR(is.st_mode))
        rights &= ~(uint64_t)LANDLOCK_ACCESS_FS_READ_DIR;
    struct landlock_path_beneath_attr rule = { .allowed_access = rights & r->files, .parent_fd = fd };
    int failed = (int)syscall(SYS_landlock_add_rule, set, LANDLOCK_RULE_PATH_BENEATH, &rule, 0);
    close(fd);
    return failed;
}

/* In a testbed, umockdev's preloaded library keeps sockets and files in a folder of its own. */
static const char *mock_folder(void)
{
    const char *folder = getenv("UMOCKDEV_DIR");
    return folder && folder[0] ? folder : NULL;
}

static int hold_files(unsigned abi, const struct sandbox_path *paths)
{
    const uint64_t to_read = LANDLOCK_ACCESS_FS_READ_FILE | LANDLOCK_ACCESS_FS_READ_DIR;
    struct ruleset r;
    size_t length = ruleset_of_abi(abi, &r);
    int set = (int)syscall(SYS_landlock_create_ruleset, &r, length, 0);
    if (set < 0)
        return -1;
    int failed = 0;
    for (; failed == 0 && paths && paths->path; paths++)
        failed = allow_below(set, &r, paths->path,
                             to_read | (paths->write ? LANDLOCK_ACCESS_FS_WRITE_FILE | IOCTL_DEV : 0));
    if (failed == 0 && mock_folder())
        failed = allow_below(set, &r, mock_folder(), r.files & ~(uint64_t)LANDLOCK_ACCESS_FS_EXECUTE);
    if (failed == 0)
        failed = (int)syscall(SYS_landlock_restrict_self, set, 0);
    close(set);
    return failed;
}

/* ---- system calls ---- */

#define LIST(...) ((const int[]) { __VA_ARGS__, -1 })

/* group 0: of every process. What the libraries were seen to call (strace), and what glibc may in their place. */
static const struct {
    unsigned group;
    const int *calls;
} allowed[] = {
    { 0, LIST(SCMP_SYS(read), SCMP_SYS(write), SCMP_SYS(readv), SCMP_SYS(writev), SCMP_SYS(close),
              SCMP_SYS(poll), SCMP_SYS(ppoll), SCMP_SYS(select), SCMP_SYS(pselect6), SCMP_SYS(lseek),
              SCMP_SYS(dup), SCMP_SYS(pipe2), SCMP_SYS(fcntl), SCMP_SYS(fstat), SCMP_SYS(newfstatat)) },
    { 0, LIST(SCMP_SYS(recvfrom), SCMP_SYS(recvmsg), SCMP_SYS(sendto), SCMP_SYS(sendmsg), SCMP_SYS(shutdown),
              SCMP_SYS(connect), SCMP_SYS(bind), SCMP_SYS(setsockopt), SCMP_SYS(getsockopt),
              SCMP_SYS(getsockname)) },
    { 0, LIST(SCMP_SYS(futex), SCMP_SYS(brk), SCMP_SYS(munmap), SCMP_SYS(mremap), SCMP_SYS(madvise),
              SCMP_SYS(getrandom), SCMP_SYS(sysinfo), SCMP_SYS(uname), SCMP_SYS(sched_yield),
              SCMP_SYS(sched_getaffinity)) },
    { 0, LIST(SCMP_SYS(clock_gettime), SCMP_SYS(clock_getres), SCMP_SYS(gettimeofday), SCMP_SYS(time),
              SCMP_SYS(clock_nanosleep), SCMP_SYS(nanosleep), SCMP_SYS(restart_syscall)) },
    { 0, LIST(SCMP_SYS(getpid), SCMP_SYS(gettid), SCMP_SYS(getppid), SCMP_SYS(getuid), SCMP_SYS(geteuid),
              SCMP_SYS(getgid), SCMP_SYS(getegid), SCMP_SYS(rt_sigaction), SCMP_SYS(rt_sigprocmask),
              SCMP_SYS(rt_sigreturn), SCMP_SYS(tgkill), SCMP_SYS(exit), SCMP_SYS(exit_group)) },
    { SANDBOX_FILES, LIST(SCMP_SYS(openat), SCMP_SYS(access), SCMP_SYS(faccessat), SCMP_SYS(faccessat2),
                          SCMP_SYS(getdents64), SCMP_SYS(readlink), SCMP_SYS(readlinkat), SCMP_SYS(statfs),
                          SCMP_SYS(fstatfs), SCMP_SYS(statx), SCMP_SYS(pread64)) },
    { SANDBOX_LINE, LIST(SCMP_SYS(flock)) },
    { SANDBOX_USB,
      LIST(SCMP_SYS(flock), SCMP_SYS(eventfd2), SCMP_SYS(timerfd_create), SCMP_SYS(timerfd_settime),
           SCMP_SYS(epoll_create1), SCMP_SYS(epoll_ctl), SCMP_SYS(epoll_wait)) },
    { SANDBOX_USB, /* libusb's thread that hears of plugs */
      LIST(SCMP_SYS(clone), SCMP_SYS(rseq), SCMP_SYS(set_robust_list), SCMP_SYS(prctl)) },
};
static const int mock_calls[] = { SCMP_SYS(getcwd), SCMP_SYS(unlink), -1 };

static int allow_list(scmp_filter_ctx c, const int *calls)
{
    int failed = 0;
    for (; failed == 0 && *calls != -1; calls++)
        failed = seccomp_rule_add(c, SCMP_ACT_ALLOW, *calls, 0);
    return failed;
}

static int allow_when(scmp_filter_ctx c, int call, struct scmp_arg_cmp when)
{
    return seccomp_rule_add_array(c, SCMP_ACT_ALLOW, call, 1, &when);
}

/* Calls that are allowed by what they are asked for. Memory that can be executed is not to be had. */
static int allow_by_argument(scmp_filter_ctx c, unsigned groups)
{
    int failed = allow_when(c, SCMP_SYS(mmap), SCMP_A2(SCMP_CMP_MASKED_EQ, PROT_EXEC, 0));
    if (failed == 0)
        failed = allow_when(c, SCMP_SYS(mprotect), SCMP_A2(SCMP_CMP_MASKED_EQ, PROT_EXEC, 0));
    if (failed == 0)
        failed = allow_when(c, SCMP_SYS(socket), SCMP_A0(SCMP_CMP_EQ, AF_UNIX, 0));
    if (failed == 0) /* isatty() */
        failed = allow_when(c, SCMP_SYS(ioctl), SCMP_A1(SCMP_CMP_EQ, TCGETS, 0));
    if (failed == 0 && groups & SANDBOX_LINE)
        failed = allow_when(c, SCMP_SYS(ioctl), SCMP_A1(SCMP_CMP_MASKED_EQ, 0xff00, 'T' << 8));
    if (failed == 0 && groups & SANDBOX_USB)
        failed = allow_when(c, SCMP_SYS(ioctl), SCMP_A1(SCMP_CMP_MASKED_EQ, 0xff00, 'U' << 8));
    if (failed == 0 && groups & SANDBOX_USB)
        failed = allow_when(c, SCMP_SYS(socket), SCMP_A0(SCMP_CMP_EQ, AF_NETLINK, 0));
    if (failed == 0) /* what it asks for stands in memory, where no filter looks: glibc takes clone instead */
        failed = seccomp_rule_add(c, SCMP_ACT_ERRNO(ENOSYS), SCMP_SYS(clone3), 0);
    return failed;
}

/* 0 or a negative errno. */
static int hold_calls(unsigned groups)
{
    scmp_filter_ctx c = seccomp_init(SCMP_ACT_KILL_PROCESS);
    if (!c)
        return -ENOMEM;
    int failed = seccomp_attr_set(c, SCMP_FLTATR_ACT_BADARCH, SCMP_ACT_KILL_PROCESS);
    if (failed == 0)
        failed =
            seccomp_attr_set(c, SCMP_FLTATR_CTL_OPTIMIZE, 2); /* a tree: some 200 calls are compared with */
    for (size_t i = 0; failed == 0 && i < sizeof allowed / sizeof *allowed; i++) {
        if (!allowed[i].group || allowed[i].group & groups)
            failed = allow_list(c, allowed[i].calls);
    }
    if (failed == 0)
        failed = allow_by_argument(c, groups);
    if (failed == 0 && mock_folder())
        failed = allow_list(c, mock_calls);
    if (failed == 0)
        failed = seccomp_load(c);
    seccomp_release(c);
    return failed;
}

int sandbox_enter(const struct sandbox_needs *needs, struct err *e)
{
    struct sandbox_kernel k = sandbox_of_kernel();
    tzset(); /* /etc/localtime is read once: by a certificate's dates, too */
    if (OPENSSL_init_crypto(OPENSSL_INIT_LOAD_CONFIG, NULL) !=
        1) /* it would open its file at the first digest */
        return err_set(e, ERR_ENVIRONMENT, "", "libcrypto does not start");
    if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0)
        return err_system(e, ERR_ENVIRONMENT, "", errno, "the driver's process keeps its privileges");
    if (k.landlock_abi > 0 && hold_files(k.landlock_abi, needs->paths) != 0)
        return err_system(e, ERR_ENVIRONMENT, "", errno,
                          "the driver's process could not be held by Landlock");
    int failed = k.seccomp ? hold_calls(needs->calls) : 0;
    if (failed != 0)
        return err_system(e, ERR_ENVIRONMENT, "", -failed,
                          "the driver's process could not be held by seccomp");
    return 0;
}
