#include "harness/station/wire.h"

#include <errno.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/uio.h>

#define MAGIC 0x4e465357u /* "NFSW" */

struct packet {
    uint32_t magic;
    uint32_t kind;
    uint32_t total;  /* length of the whole message's body */
    uint32_t offset; /* of this fragment in it */
};

static bool send_packet(int fd, const struct iovec *parts, int count)
{
    struct msghdr message = { .msg_iov = (struct iovec *)parts, .msg_iovlen = (size_t)count };
    for (;;) {
        if (sendmsg(fd, &message, MSG_NOSIGNAL) >= 0)
            return true;
        if (errno != EINTR)
            return false;
    }
}

bool wire_send(int fd, enum wire_kind kind, const void *body, size_t length, const void *more,
               size_t more_length)
{
    struct packet head = { .magic = MAGIC, .kind = kind, .total = (uint32_t)(length + more_length) };
    if (length + more_length <= WIRE_PACKET_MAX) {
        struct iovec parts[3] = { { &head, sizeof head },
                                  { (void *)body, length },
                                  { (void *)more, more_length } };
        return send_packet(fd, parts, 3);
    }
    if (length > WIRE_PACKET_MAX || length + more_length > WIRE_MESSAGE_MAX)
        return false;
    struct iovec first[2] = { { &head, sizeof head }, { (void *)body, length } };
    if (!send_packet(fd, first, 2))
        return false;
    for (size_t at = 0; at < more_length;) {
        size_t n = more_length - at < WIRE_PACKET_MAX ? more_length - at : WIRE_PACKET_MAX;
        head.offset = (uint32_t)(length + at);
        struct iovec next[2] = { { &head, sizeof head }, { (uint8_t *)more + at, n } };
        if (!send_packet(fd, next, 2))
            return false;
        at += n;
    }
    return true;
}

void wire_inbox_init(struct wire_inbox *in)
{
    memset(in, 0, sizeof *in);
    buf_init(&in->body, WIRE_MESSAGE_MAX);
}

void wire_inbox_free(struct wire_inbox *in)
{
    buf_free(&in->body);
}

static enum wire_received take_packet(struct wire_inbox *in, const uint8_t *bytes, size_t length)
{
    struct packet head;
    if (length < sizeof head)
        return WIRE_BROKEN;
    memcpy(&head, bytes, sizeof head);
    if (head.magic != MAGIC || head.kind == WIRE_NONE || head.kind >= WIRE_KIND_COUNT ||
        head.total > WIRE_MESSAGE_MAX)
        return WIRE_BROKEN;
    bool whole = in->body.length == in->total;
    if (length == sizeof head && head.total > 0)
        return WIRE_BROKEN; /* nothing of it: without end there would be no message */
    if (head.offset == 0 && !whole)
        return WIRE_BROKEN;
    if (head.offset == 0) {
        buf_clear(&in->body);
        in->kind = (enum wire_kind)head.kind;
        in->total = head.total;
    }
    if (head.kind != (uint32_t)in->kind || head.total != in->total || head.offset != in->body.length)
        return WIRE_BROKEN;
    buf_add(&in->body, bytes + sizeof head, length - sizeof head);
    if (in->body.failed || in->body.length > in->total)
        return WIRE_BROKEN;
    return in->body.length == in->total ? WIRE_MESSAGE : WIRE_AGAIN;
}

enum wire_received wire_receive(int fd, bool wait, struct wire_inbox *in)
{
    static uint8_t bytes[WIRE_PACKET_MAX * 2 + sizeof(struct packet)];
    for (;;) {
        ssize_t n = recv(fd, bytes, sizeof bytes, wait ? 0 : MSG_DONTWAIT);
        if (n > 0)
            return take_packet(in, bytes, (size_t)n);
        if (n == 0)
            return WIRE_CLOSED;
        if (errno == EINTR)
            continue;
        return errno == EAGAIN || errno == EWOULDBLOCK ? WIRE_AGAIN : WIRE_CLOSED;
    }
}

const void *wire_body(const struct wire_inbox *in, size_t size, bool tail_allowed)
{
    if (in->body.length < size || (in->body.length > size && !tail_allowed))
        return NULL;
    return in->body.data;
}
