#include "harness/doctor/pcsc_clients.h"

#include "harness/base/text.h"
#include "harness/doctor/proc.h"

#include <errno.h>
#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <linux/sock_diag.h>
#include <linux/unix_diag.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#define PCSCD_SOCKET    "/run/pcscd/pcscd.comm"
#define SOCKETS_MAX     256 /* pcscd takes 200 clients */
#define ANSWER_LIMIT_US 500000

struct sockets {
    uint64_t inodes[SOCKETS_MAX];
    size_t count;
};

/* ---- the kernel's list of Unix sockets ---- */

static int ask_kernel(int fd)
{
    struct {
        struct nlmsghdr header;
        struct unix_diag_req request;
    } ask = {
        .header = { .nlmsg_len = sizeof ask,
                    .nlmsg_type = SOCK_DIAG_BY_FAMILY,
                    .nlmsg_flags = NLM_F_REQUEST | NLM_F_DUMP },
        .request = { .sdiag_family = AF_UNIX,
                     .udiag_states = UINT32_MAX,
                     .udiag_show = UDIAG_SHOW_NAME | UDIAG_SHOW_PEER | UDIAG_SHOW_ICONS },
    };
    struct timeval limit = { .tv_usec = ANSWER_LIMIT_US };
    if (setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit) != 0)
        return -1;
    return send(fd, &ask, sizeof ask, 0) == (ssize_t)sizeof ask ? 0 : -1;
}

static void note_peer(struct sockets *out, uint32_t inode)
{
    if (inode != 0 && out->count < SOCKETS_MAX)
        out->inodes[out->count++] = inode;
}

/* Of a socket of this name: its peer, when it is pcscd's end of a connection; when pcscd listens on it, those whose
 * connection it has not accepted yet, as a hung one never does. */
static void note_peers(const struct nlmsghdr *header, const char *name, struct sockets *out)
{
    const struct unix_diag_msg *m = NLMSG_DATA(header);
    const struct rtattr *a = (const struct rtattr *)(const void *)(m + 1), *peers = NULL;
    size_t left = NLMSG_PAYLOAD(header, sizeof *m);
    bool named = false;
    for (; RTA_OK(a, left); a = RTA_NEXT(a, left)) {
        if (a->rta_type == UNIX_DIAG_NAME)
            named = RTA_PAYLOAD(a) >= strlen(name) && strncmp(RTA_DATA(a), name, RTA_PAYLOAD(a)) == 0;
        else if (a->rta_type == UNIX_DIAG_PEER || a->rta_type == UNIX_DIAG_ICONS)
            peers = a;
    }
    for (size_t at = 0; named && peers && at + sizeof(uint32_t) <= RTA_PAYLOAD(peers);
         at += sizeof(uint32_t)) {
        uint32_t inode;
        memcpy(&inode, (const char *)RTA_DATA(peers) + at, sizeof inode);
        note_peer(out, inode);
    }
}

/* 1 when the list goes on, 0 at its end, -1 with errno. */
static int read_part(int fd, const char *name, struct sockets *out)
{
    static _Alignas(struct nlmsghdr) char part[32768];
    ssize_t n = recv(fd, part, sizeof part, 0);
    if (n <= 0)
        return n < 0 && errno == EINTR ? 1 : -1;
    size_t left = (size_t)n;
    for (const struct nlmsghdr *h = (const void *)part; NLMSG_OK(h, left); h = NLMSG_NEXT(h, left)) {
        if (h->nlmsg_type == NLMSG_DONE)
            return 0;
        if (h->nlmsg_type == NLMSG_ERROR) {
            errno = -((const struct nlmsgerr *)NLMSG_DATA(h))->error;
            return -1;
        }
        if (h->nlmsg_type == SOCK_DIAG_BY_FAMILY &&
            h->nlmsg_len >= NLMSG_LENGTH(sizeof(struct unix_diag_msg)))
            note_peers(h, name, out);
    }
    return 1;
}

static int list_peers(const char *name, struct sockets *out, struct err *e)
{
    int more = 1;
    int fd = socket(AF_NETLINK, SOCK_DGRAM | SOCK_CLOEXEC, NETLINK_SOCK_DIAG);
    if (fd < 0 || ask_kernel(fd) != 0)
        more = -1;
    while (more > 0)
        more = read_part(fd, name, out);
    int status = more == 0 ? 0
                           : err_system(e, ERR_ENVIRONMENT, name, errno,
                                        "the kernel does not say who is connected to it");
    if (fd >= 0)
        close(fd);
    return status;
}

/* ---- whose they are ---- */

/* 0: it is no socket. */
static uint64_t socket_of_link(const char *target)
{
    uint64_t inode;
    size_t length = strlen(target);
    if (length <= 9 || strncmp(target, "socket:[", 8) != 0 || target[length - 1] != ']')
        return 0;
    return text_to_u64(target + 8, length - 9, &inode) ? inode : 0;
}

struct owners {
    const char *root;
    const uint64_t *inodes;
    size_t count;
    bool owned[SOCKETS_MAX]; /* beside the inodes */
    pid_t self, last;        /* last: whose links are read, when it has one of the sockets */
    struct pcsc_clients *out;
};

static void note_owner(struct owners *o, pid_t pid)
{
    struct pcsc_client c = { .pid = pid };
    pid_t parent;
    if (pid == o->last || proc_descends_from(o->root, pid, o->self))
        return;
    o->last = pid;
    if (o->out->count < PCSC_CLIENTS_MAX && proc_stat(o->root, pid, c.comm, &parent))
        o->out->known[o->out->count++] = c;
    else
        o->out->unknown++;
}

static void see_link(void *context, pid_t pid, const char *target)
{
    struct owners *o = context;
    uint64_t inode = socket_of_link(target);
    for (size_t i = 0; inode != 0 && i < o->count; i++) {
        if (o->inodes[i] != inode)
            continue;
        o->owned[i] = true;
        note_owner(o, pid);
    }
}

static int by_pid(const void *a, const void *b)
{
    const struct pcsc_client *x = a, *y = b;
    return (x->pid > y->pid) - (x->pid < y->pid);
}

void pcsc_clients_of(const char *root, const uint64_t *inodes, size_t count, pid_t self,
                     struct pcsc_clients *out)
{
    struct owners o = { .root = root, .inodes = inodes, .self = self, .out = out };
    memset(out, 0, sizeof *out);
    o.count = count < SOCKETS_MAX ? count : SOCKETS_MAX;
    if (count > 0)
        proc_each_link(root, see_link, &o);
    for (size_t i = 0; i < o.count; i++)
        out->unknown += !o.owned[i];
    qsort(out->known, out->count, sizeof *out->known, by_pid);
}

const char *pcsc_socket(void)
{
    const char *name = getenv("PCSCLITE_CSOCK_NAME");
    return name ? name : PCSCD_SOCKET;
}

int doctor_pcsc_clients(struct pcsc_clients *out, struct err *e)
{
    struct sockets peers = { .count = 0 };
    memset(out, 0, sizeof *out);
    int status = list_peers(pcsc_socket(), &peers, e);
    if (status == 0)
        pcsc_clients_of("", peers.inodes, peers.count, getpid(), out);
    return status;
}
