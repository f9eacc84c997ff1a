#include "drivers/emulator/testbed/pcscd.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#define LISTEN_FD 3 /* SD_LISTEN_FDS_START */

static int listen_at(const char *path, struct err *e)
{
    struct sockaddr_un address = { .sun_family = AF_UNIX };
    if (strlen(path) >= sizeof address.sun_path)
        return err_set(e, ERR_ENVIRONMENT, path, "the path is too long for a socket (107 bytes)");
    memcpy(address.sun_path, path, strlen(path) + 1);
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (fd < 0)
        return err_system(e, ERR_ENVIRONMENT, path, errno, "cannot make pcscd's socket");
    unlink(path);
    if (bind(fd, (const struct sockaddr *)&address, sizeof address) == 0 && listen(fd, 16) == 0)
        return fd;
    int status = err_system(e, ERR_ENVIRONMENT, path, errno, "cannot listen on pcscd's socket");
    close(fd);
    return status;
}

/* In the child: the socket as fd 3, output to the log, then pcscd. */
__attribute__((noreturn)) static void become(int fd, const char *log, const char *config)
{
    char pid[32];
    sigset_t none;
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    int out = open(log, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
    if (out >= 0) {
        dup2(out, STDOUT_FILENO);
        dup2(out, STDERR_FILENO);
    }
    if (fd == LISTEN_FD)
        fcntl(fd, F_SETFD, 0);
    else
        dup2(fd, LISTEN_FD);
    snprintf(pid, sizeof pid, "%d", (int)getpid());
    setenv("LISTEN_PID", pid, 1);
    setenv("LISTEN_FDS", "1", 1);
    execlp("pcscd", "pcscd", "-f", "-c", config, (char *)NULL);
    execl("/usr/sbin/pcscd", "pcscd", "-f", "-c", config, (char *)NULL);
    _exit(127);
}

int pcscd_start(struct pcscd *p, struct err *e)
{
    char log[600], config[600];
    if (p->pid)
        return err_set(e, ERR_INPUT, "pcscd", "it runs already");
    snprintf(p->socket, sizeof p->socket, "%s/pcscd.sock", p->directory);
    snprintf(log, sizeof log, "%s/pcscd.log", p->directory);
    snprintf(config, sizeof config, "%s/reader.conf.d", p->directory);
    if (mkdir(config, 0700) != 0 && errno != EEXIST)
        return err_system(e, ERR_ENVIRONMENT, config, errno, "cannot make the directory");
    int fd = listen_at(p->socket, e);
    if (fd < 0)
        return fd;
    pid_t pid = fork();
    if (pid == 0)
        become(fd, log, config);
    /* Not kept open here: when the daemon dies its clients must be refused, not queued. */
    close(fd);
    if (pid < 0)
        return err_system(e, ERR_ENVIRONMENT, "pcscd", errno, "cannot start it");
    p->pid = pid;
    return 0;
}

void pcscd_kill(struct pcscd *p)
{
    if (!p->pid)
        return;
    kill(p->pid, SIGKILL);
    waitpid(p->pid, NULL, 0);
    p->pid = 0;
}
