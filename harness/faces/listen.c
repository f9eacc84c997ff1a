#include "harness/faces/listen.h"

#include "harness/base/text.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netdb.h>
#include <netinet/in.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>
#include <unistd.h>

#define WAITING_MAX 64

/* An address as it was given, in its parts. */
struct named {
    char host[256];
    unsigned port;
};

static int split(const char *address, struct named *out, struct err *e)
{
    const char *host = address ? address : "127.0.0.1", *end, *port;
    uint64_t number = 0;
    bool bracket = host[0] == '[';
    host += bracket;
    end = bracket ? strchr(host, ']') : strchr(host, ':');
    port = bracket && end ? end + 1 : end ? end : "";
    size_t length = end ? (size_t)(end - host) : strlen(host);
    bool wrong = (bracket && !end) || length == 0 || length >= sizeof out->host || (*port && *port != ':');
    if (!wrong && *port)
        wrong = !text_to_u64(port + 1, strlen(port + 1), &number) || number > 65535;
    if (wrong)
        return err_set(e, ERR_USAGE, "--station",
                       "`%s` is no ADDRESS:PORT, such as 127.0.0.1:8642 or [::1]:0", address);
    memcpy(out->host, host, length);
    out->host[length] = '\0';
    out->port = (unsigned)number;
    return 0;
}

static bool is_loopback(const struct sockaddr *a)
{
    if (a->sa_family == AF_INET)
        return ntohl(((const struct sockaddr_in *)(const void *)a)->sin_addr.s_addr) >> 24 == 127;
    return IN6_IS_ADDR_LOOPBACK(&((const struct sockaddr_in6 *)(const void *)a)->sin6_addr) != 0;
}

static bool is_wildcard(const struct sockaddr *a)
{
    if (a->sa_family == AF_INET)
        return ((const struct sockaddr_in *)(const void *)a)->sin_addr.s_addr == htonl(INADDR_ANY);
    return IN6_IS_ADDR_UNSPECIFIED(&((const struct sockaddr_in6 *)(const void *)a)->sin6_addr) != 0;
}

static int judge(const struct named *n, const struct sockaddr *a, bool secure, struct err *e)
{
    if (is_wildcard(a))
        return err_set(e, ERR_USAGE, "--station",
                       "%s is every address of this computer: name the one that the tablet uses", n->host);
    if (!is_loopback(a) && !secure)
        return err_set(e, ERR_USAGE, "--station",
                       "%s can be reached from other computers: that takes --tls-cert and --tls-key",
                       n->host);
    return 0;
}

static int bind_to(struct listening *l, const struct named *n, const struct sockaddr *a, socklen_t size,
                   struct err *e)
{
    struct sockaddr_in6 got = { 0 };
    socklen_t got_size = sizeof got;
    int one = 1;
    l->fd = socket(a->sa_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (l->fd < 0)
        return err_system(e, ERR_ENVIRONMENT, "--station", errno, "no socket");
    (void)setsockopt(l->fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one);
    if (bind(l->fd, a, size) != 0 || listen(l->fd, WAITING_MAX) != 0 ||
        getsockname(l->fd, (struct sockaddr *)(void *)&got, &got_size) != 0)
        return err_system(e, ERR_ENVIRONMENT, "--station", errno, "%s, port %u can't be used", n->host,
                          n->port);
    l->port = ntohs(got.sin6_port); /* which stands at the same place in both families */
    return 0;
}

/* A browser leaves out the port that its scheme has anyway. */
static void name_host(const struct listening *l, char out[LISTEN_NAME_MAX], const char *host)
{
    char port[16] = "";
    if (l->port != (l->secure ? 443u : 80u))
        snprintf(port, sizeof port, ":%u", l->port);
    bool six = strchr(host, ':') != NULL;
    snprintf(out, LISTEN_NAME_MAX, "%s%s%s%s", six ? "[" : "", host, six ? "]" : "", port);
}

int listen_open(struct listening *l, const char *address, bool secure, struct err *e)
{
    struct named n = { .port = 0 };
    struct addrinfo *found = NULL;
    const struct addrinfo wanted = { .ai_socktype = SOCK_STREAM };
    char numeric[INET6_ADDRSTRLEN] = "", port[8];
    *l = (struct listening) { .fd = -1, .secure = secure };
    int status = split(address, &n, e);
    if (status != 0)
        return status;
    snprintf(port, sizeof port, "%u", n.port);
    if (getaddrinfo(n.host, port, &wanted, &found) != 0 || !found)
        return err_set(e, ERR_USAGE, "--station", "`%s` is no address of this computer, and no name of one",
                       n.host);
    l->six = found->ai_family == AF_INET6;
    status = judge(&n, found->ai_addr, secure, e);
    if (status == 0)
        status = bind_to(l, &n, found->ai_addr, found->ai_addrlen, e);
    (void)getnameinfo(found->ai_addr, found->ai_addrlen, numeric, sizeof numeric, NULL, 0, NI_NUMERICHOST);
    bool loopback = is_loopback(found->ai_addr);
    freeaddrinfo(found);
    if (status != 0) {
        listen_close(l);
        return status;
    }
    name_host(l, l->hosts[0], n.host);
    name_host(l, l->hosts[1], loopback ? "localhost" : numeric);
    snprintf(l->origin, sizeof l->origin, "%s://%s", secure ? "https" : "http", l->hosts[0]);
    return 0;
}

void listen_close(struct listening *l)
{
    if (l->fd >= 0)
        close(l->fd);
    l->fd = -1;
}

bool listen_is_ours(const struct listening *l, const char *value, bool with_scheme)
{
    const char *scheme = l->secure ? "https://" : "http://";
    if (with_scheme && strncmp(value, scheme, strlen(scheme)) != 0)
        return false;
    value += with_scheme ? strlen(scheme) : 0;
    return *value && (strcasecmp(value, l->hosts[0]) == 0 || strcasecmp(value, l->hosts[1]) == 0);
}
