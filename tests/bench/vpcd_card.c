/*
 * The fastest card that a PC/SC program can meet here: it answers vsmartcard's virtual reader with fixed
 * bytes and without delay. Usage: vpcd_card PORT
 */
#include "harness/base/err.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

static const uint8_t atr[] = { 0x3b, 0x88, 0x80, 0x01, 0, 0, 0, 0, 0x80, 0x81, 0xa1, 0x00, 0xa9 };

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

int main(int argc, char **argv)
{
    long port = argc == 2 ? strtol(argv[1], NULL, 10) : 0;
    if (port < 1 || port > UINT16_MAX) {
        fprintf(stderr, "usage: vpcd_card PORT\n");
        return EXIT_STATUS_USAGE;
    }
    struct sockaddr_in address = { .sin_family = AF_INET,
                                   .sin_port = htons((uint16_t)port),
                                   .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
    int yes = 1;
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (fd < 0 || connect(fd, (struct sockaddr *)&address, sizeof address) != 0) {
        perror("vpcd_card");
        return EXIT_STATUS_ENVIRONMENT;
    }
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
    while (serve_one(fd))
        ;
    close(fd);
    return 0;
}
