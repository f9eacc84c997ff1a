/*
 * A worker gone mad, for strayed.bats: preloaded, it lets a worker's messages be sent otherwise than they were meant, as
 * NFC_SURVEY_STRAY says. Layouts are those of harness/station/wire.h.
 */
#define _GNU_SOURCE
#include "harness/station/trial_report.h"
#include "harness/station/wire.h"

#include <dlfcn.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/uio.h>

struct packet {
    uint32_t magic, kind, total, offset;
};

static ssize_t (*really_send)(int, const struct msghdr *, int);

static void send_kind(int fd, uint32_t kind, const void *body, size_t length)
{
    struct packet head = { 0x4e465357u, kind, (uint32_t)length, 0 };
    struct iovec parts[2] = { { &head, sizeof head }, { (void *)body, length } };
    struct msghdr message = { .msg_iov = parts, .msg_iovlen = 2 };
    really_send(fd, &message, MSG_NOSIGNAL);
}

static void send_nothing(int fd)
{
    struct packet head = { 0x4e465357u, WIRE_TRANSACTION, sizeof(struct trial_report), 0 };
    struct iovec part = { &head, sizeof head };
    struct msghdr message = { .msg_iov = &part, .msg_iovlen = 1 };
    while (really_send(fd, &message, MSG_NOSIGNAL) >= 0)
        ;
}

static void spoil(const char *how, int fd, const struct trial_report *was)
{
    static const char native[] = "\x01[\"absent\"]\xc2\x85";
    struct trial_report m = *was;
    const struct wire_placed placed = { .broken = 1 };
    if (strcmp(how, "more") == 0) { /* transactions without end */
        for (;; m.repeat++, m.order++)
            send_kind(fd, WIRE_TRANSACTION, &m, sizeof m);
    } else if (strcmp(how, "again") == 0) { /* one of them without end */
        for (;;)
            send_kind(fd, WIRE_TRANSACTION, &m, sizeof m);
    } else if (strcmp(how, "end") == 0) { /* the placement after one */
        send_kind(fd, WIRE_TRANSACTION, &m, sizeof m);
        send_kind(fd, WIRE_PLACED, &placed, sizeof placed);
    } else if (strcmp(how, "nothing") == 0) { /* fragments without content */
        send_nothing(fd);
    } else if (strcmp(how, "code") == 0) { /* a code that no journal holds */
        m.detail = (struct said) { .code = SAID_TOO_FEW_VERDICTS };
        m.outcome = OUTCOME_FAIL;
        m.stage = STAGE_EXCHANGE;
        send_kind(fd, WIRE_TRANSACTION, &m, sizeof m);
    } else { /* texts that a line must escape */
        m.detail = (struct said) { .text = "\x01status_word\t\x7f\xff\xef\xbf\xbf\"\\" };
        memcpy(m.native, native, sizeof native);
        m.outcome = OUTCOME_FAIL;
        m.stage = STAGE_EXCHANGE;
        m.causes = CAUSE(9);
        send_kind(fd, WIRE_TRANSACTION, &m, sizeof m);
    }
}

ssize_t sendmsg(int fd, const struct msghdr *message, int flags)
{
    const char *how = getenv("NFC_SURVEY_STRAY");
    const struct packet *head = message->msg_iovlen > 1 ? message->msg_iov[0].iov_base : NULL;
    if (!really_send)
        really_send = (ssize_t(*)(int, const struct msghdr *, int))dlsym(RTLD_NEXT, "sendmsg");
    if (!how || !head || message->msg_iov[0].iov_len != sizeof *head || head->magic != 0x4e465357u ||
        head->kind != WIRE_TRANSACTION)
        return really_send(fd, message, flags);
    spoil(how, fd, message->msg_iov[1].iov_base);
    return (ssize_t)(sizeof *head + head->total);
}
