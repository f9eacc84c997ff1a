#include "harness/station/testbed_control.h"

#include "harness/base/clock.h"

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/un.h>
#include <unistd.h>

#define ANSWER_MS 10000 /* for the whole of it */

int testbed_control_connect(const struct survey *s, int *fd, struct err *e)
{
    const char *path = s->hands_argument;
    const char *named = getenv("NFC_SURVEY_TESTBED");
    struct sockaddr_un address = { .sun_family = AF_UNIX };
    int length;
    *fd = -1;
    if (named && *named)
        path = named; /* a testbed that was just started knows its socket best */
    if (!path)
        return err_set(e, ERR_ENVIRONMENT, "hands",
                       "the testbed's control socket is not known: start `nfc-survey testbed`, or set "
                       "NFC_SURVEY_TESTBED");
    if (path[0] != '/' && path == s->hands_argument && s->directory)
        length = snprintf(address.sun_path, sizeof address.sun_path, "%s/%s", s->directory, path);
    else
        length = snprintf(address.sun_path, sizeof address.sun_path, "%s", path);
    if (length >= (int)sizeof address.sun_path)
        return err_set(e, ERR_ENVIRONMENT, path, "the path of the testbed's control socket is too long");
    int s_fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    /* a testbed that accepts nobody would hold connect() for ever */
    struct timeval patience = { .tv_sec = ANSWER_MS / 1000 };
    if (s_fd >= 0 && setsockopt(s_fd, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof patience) == 0 &&
        connect(s_fd, (struct sockaddr *)&address, sizeof address) == 0) {
        *fd = s_fd;
        return 0;
    }
    int status =
        err_system(e, ERR_ENVIRONMENT, path, errno, "no testbed answers there; start `nfc-survey testbed`");
    if (s_fd >= 0)
        close(s_fd);
    return status;
}

int testbed_control_ask(int fd, const char *request, struct err *e)
{
    return testbed_control_ask_within(fd, request, ANSWER_MS, e);
}

int testbed_control_ask_within(int fd, const char *request, uint32_t limit_ms, struct err *e)
{
    char answer[512];
    size_t length = 0;
    struct pollfd wait = { .fd = fd, .events = POLLIN };
    uint64_t started_ns = clock_now_ns();
    if (send(fd, request, strlen(request), MSG_NOSIGNAL) != (ssize_t)strlen(request))
        return err_system(e, ERR_ENVIRONMENT, "testbed", errno, "the control socket does not take a request");
    while (length == 0 || answer[length - 1] != '\n') {
        uint64_t past_ms = (clock_now_ns() - started_ns) / 1000000;
        int ready = past_ms < limit_ms ? poll(&wait, 1, (int)(limit_ms - past_ms)) : 0;
        if (ready < 0 && errno == EINTR)
            continue;
        ssize_t n = ready > 0 ? recv(fd, answer + length, sizeof answer - 1 - length, 0) : -1;
        if (n <= 0 || length + (size_t)n == sizeof answer - 1)
            return err_set(e, ERR_ENVIRONMENT, "testbed", "the control socket gives no answer");
        length += (size_t)n;
    }
    answer[length - 1] = '\0';
    if (strcmp(answer, "ok") != 0)
        return err_set(e, ERR_ENVIRONMENT, "testbed", "%s", answer);
    return 0;
}
