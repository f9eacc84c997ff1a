/*
 * The fastest card that a PC/SC program can meet here: it answers vsmartcard's virtual reader with fixed
 * bytes and without delay. It is laid and lifted like a testbed's handset, by requests to a control socket.
 * Usage: vpcd_card PORT SOCKET
 */
#include "harness/base/err.h"

#include <arpa/inet.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

static const uint8_t atr[] = { 0x3b, 0x88, 0x80, 0x01, 0, 0, 0, 0, 0x80, 0x81, 0xa1, 0x00, 0xa9 };

#define HANDS_MOST 4 /* the station's hands and its worker each have a connection */

struct card {
    uint16_t port;
    int listener, reader, hands[HANDS_MOST]; /* sockets; -1: none */
};

/* vpcd sends length and body apart: without an acknowledgement at once, Nagle holds the body for 40 ms. */
static bool receive(int fd, uint8_t *bytes, size_t length)
{
    int yes = 1;
    for (size_t have = 0; have < length;) {
        setsockopt(fd, IPPROTO_TCP, TCP_QUICKACK, &yes, sizeof yes);
        ssize_t n = recv(fd, bytes + have, length - have, 0);
        setsockopt(fd, IPPROTO_TCP, TCP_QUICKACK, &yes, sizeof yes);
        if (n <= 0)
            return false;
        have += (size_t)n;
    }
    return true;
}

static bool answer(int fd, const uint8_t *bytes, size_t length)
{
    uint8_t message[64] = { (uint8_t)(length >> 8), (uint8_t)length };
    memcpy(message + 2, bytes, length);
    return send(fd, message, length + 2, MSG_NOSIGNAL) == (ssize_t)length + 2;
}

/* One byte is a request to the card's power: only 4, "the ATR", has an answer. */
static bool serve_one(int fd)
{
    static const uint8_t challenge[] = { 1, 2, 3, 4, 5, 6, 7, 8, 0x90, 0x00 };
    uint8_t head[2], body[UINT16_MAX];
    if (!receive(fd, head, sizeof head))
        return false;
    size_t length = (size_t)head[0] << 8 | head[1];
    if (!receive(fd, body, length))
        return false;
    if (length == 1)
        return body[0] != 4 || answer(fd, atr, sizeof atr);
    if (length > 1 && body[1] == 0x84)
        return answer(fd, challenge, sizeof challenge);
    return answer(fd, challenge + 8, 2);
}

static void shut(int *fd)
{
    if (*fd >= 0)
        close(*fd);
    *fd = -1;
}

static bool lay(struct card *c)
{
    struct sockaddr_in address = { .sin_family = AF_INET,
                                   .sin_port = htons(c->port),
                                   .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
    int yes = 1;
    shut(&c->reader);
    c->reader = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (c->reader < 0 || connect(c->reader, (struct sockaddr *)&address, sizeof address) != 0) {
        shut(&c->reader);
        return false;
    }
    return setsockopt(c->reader, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes) == 0;
}

/* Whatever is neither laid nor lifted, such as which transaction comes next, is the same to this card. */
static bool obey(struct card *c, int hand)
{
    char request[512];
    ssize_t n = recv(hand, request, sizeof request - 1, 0);
    if (n <= 0)
        return false;
    request[n] = '\0';
    bool done = true;
    if (strncmp(request, "lay ", 4) == 0)
        done = lay(c);
    else if (strncmp(request, "lift", 4) == 0)
        shut(&c->reader);
    const char *reply = done ? "ok\n" : "error no virtual reader listens\n";
    return send(hand, reply, strlen(reply), MSG_NOSIGNAL) > 0;
}

static void take_hand(struct card *c)
{
    int hand = accept(c->listener, NULL, NULL), i = 0;
    while (i < HANDS_MOST && c->hands[i] >= 0)
        i++;
    if (i < HANDS_MOST)
        c->hands[i] = hand;
    else
        shut(&hand);
}

static void serve(struct card *c)
{
    for (;;) {
        struct pollfd fds[2 + HANDS_MOST] = { { .fd = c->listener, .events = POLLIN },
                                              { .fd = c->reader, .events = POLLIN } };
        for (int i = 0; i < HANDS_MOST; i++)
            fds[2 + i] = (struct pollfd) { .fd = c->hands[i], .events = POLLIN };
        if (poll(fds, 2 + HANDS_MOST, -1) < 0)
            return;
        if (fds[1].revents && !serve_one(c->reader))
            shut(&c->reader);
        for (int i = 0; i < HANDS_MOST; i++)
            if (fds[2 + i].revents && !obey(c, c->hands[i]))
                shut(&c->hands[i]);
        if (fds[0].revents)
            take_hand(c);
    }
}

int main(int argc, char **argv)
{
    long port = argc == 3 ? strtol(argv[1], NULL, 10) : 0;
    struct sockaddr_un address = { .sun_family = AF_UNIX };
    if (port < 1 || port > UINT16_MAX || strlen(argv[2]) >= sizeof address.sun_path) {
        fprintf(stderr, "usage: vpcd_card PORT SOCKET\n");
        return EXIT_STATUS_USAGE;
    }
    struct card c = { .port = (uint16_t)port, .reader = -1, .hands = { -1, -1, -1, -1 } };
    memcpy(address.sun_path, argv[2], strlen(argv[2]) + 1);
    c.listener = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (c.listener >= 0 && bind(c.listener, (struct sockaddr *)&address, sizeof address) == 0 &&
        listen(c.listener, 4) == 0)
        serve(&c);
    perror("vpcd_card");
    return EXIT_STATUS_ENVIRONMENT;
}
