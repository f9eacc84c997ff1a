/*
 * pcscd and the readers behind it. Everything that asks the daemon is done in a child: behind a hung exchange a
 * connection, or the first question over it, blocks for minutes, and then that is what is to be said. A connection is
 * DIRECT and leaves the card as it is.
 */
#include "drivers/pcsc/pcsc.h"
#include "drivers/pcsc/pcsc_code.h"
#include "harness/base/child.h"
#include "harness/base/text.h"
#include "harness/doctor/examination.h"
#include "harness/doctor/pcsc_clients.h"

#include <PCSC/reader.h>
#include <PCSC/winscard.h>

#include <errno.h>
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#define LIMIT_FULL_MS  2000
#define LIMIT_QUICK_MS 40
#define READERS_MAX    16 /* pcsc-lite's PCSCLITE_MAX_READERS_CONTEXTS */
#define POLICY         "/usr/share/polkit-1/actions/org.debian.pcsc-lite.policy"
#define RULE           "polkit-1/rules.d/50-nfc-survey.rules"
#define ACCESS_PCSC    "org.debian.pcsc-lite.access_pcsc"
#define ACCESS_CARD    "org.debian.pcsc-lite.access_card"
#define START          "sudo systemctl enable --now pcscd.socket"
#define RESTART        "sudo systemctl restart pcscd"

/* ---- asking, in a child ---- */

enum asked { ASKED_SERVICE = 1, ASKED_STATE, ASKED_CONNECTING, ASKED_CONNECTED };

struct answer {
    enum asked what;
    unsigned reader;
    uint32_t code;  /* of the daemon or of the connection */
    uint32_t state; /* SCARD_STATE_ bits */
    char name[160];
};

struct look {
    char name[160];
    uint32_t state, code; /* code: of the connection; SCARD_S_SUCCESS when none was tried */
    bool hangs;
};

struct daemon_look {
    bool connect;  /* to each reader that nobody has to himself */
    unsigned from; /* readers before it were connected to, or hang */
    bool answered;
    uint32_t code;
    struct look readers[READERS_MAX];
    unsigned count;
    int connecting; /* reader that a connection is made to now; -1: none */
};

static void connect_each(const struct daemon_look *d, SCARDCONTEXT context, SCARD_READERSTATE *states,
                         unsigned count, struct child *c)
{
    for (unsigned i = d->from; i < count; i++) {
        struct answer said = { .what = ASKED_CONNECTING, .reader = i };
        SCARDHANDLE card;
        DWORD protocol;
        if (states[i].dwEventState & SCARD_STATE_EXCLUSIVE)
            continue; /* that says enough: it would refuse us */
        child_send(c, &said, sizeof said);
        LONG code = SCardConnect(context, states[i].szReader, SCARD_SHARE_DIRECT, 0, &card, &protocol);
        if (code == SCARD_S_SUCCESS) {
            uint8_t presence[8];
            DWORD length = sizeof presence;
            SCardGetAttrib(card, SCARD_ATTR_ICC_PRESENCE, presence,
                           &length); /* libccid asks the reader for it */
            SCardDisconnect(card, SCARD_LEAVE_CARD);
        }
        said.what = ASKED_CONNECTED;
        said.code = (uint32_t)code;
        child_send(c, &said, sizeof said);
    }
}

static LONG ask_readers(const struct daemon_look *d, SCARDCONTEXT context, struct child *c)
{
    char names[READERS_MAX * 160];
    DWORD length = sizeof names;
    SCARD_READERSTATE states[READERS_MAX];
    unsigned count = 0;
    LONG code = SCardListReaders(context, NULL, names, &length);
    if (code == SCARD_E_NO_READERS_AVAILABLE)
        return SCARD_S_SUCCESS;
    if (code != SCARD_S_SUCCESS)
        return code;
    memset(states, 0, sizeof states);
    for (const char *name = names; *name && count < READERS_MAX; name += strlen(name) + 1)
        states[count++].szReader = name;
    code = SCardGetStatusChange(context, 0, states, count);
    for (unsigned i = 0; i < count && code == SCARD_S_SUCCESS; i++) {
        struct answer said = { .what = ASKED_STATE, .reader = i, .state = (uint32_t)states[i].dwEventState };
        text_fit(said.name, sizeof said.name, states[i].szReader);
        child_send(c, &said, sizeof said);
    }
    if (d->connect && code == SCARD_S_SUCCESS)
        connect_each(d, context, states, count, c);
    return code;
}

static int ask(void *context, struct child *c, struct err *e)
{
    struct answer said = { .what = ASKED_SERVICE };
    SCARDCONTEXT daemon;
    int status = sandbox_enter(&driver_pcsc.needs, e);
    if (status != 0)
        return status;
    setenv("PCSCLITE_NO_BLOCKING", "1", 1); /* else a sharing violation is slept over */
    LONG code = SCardEstablishContext(SCARD_SCOPE_SYSTEM, NULL, NULL, &daemon);
    if (code == SCARD_S_SUCCESS) {
        code = ask_readers(context, daemon, c);
        SCardReleaseContext(daemon);
    }
    said.code = (uint32_t)code;
    child_send(c, &said, sizeof said);
    return 0;
}

/* ---- what came back ---- */

static void take(void *context, const char *bytes, size_t length)
{
    struct daemon_look *d = context;
    struct answer said;
    if (length != sizeof said)
        return;
    memcpy(&said, bytes, sizeof said);
    if (said.what == ASKED_SERVICE) {
        d->answered = true;
        d->code = said.code;
        return;
    }
    if (said.reader >= READERS_MAX)
        return;
    struct look *r = &d->readers[said.reader];
    d->connecting = said.what == ASKED_CONNECTING ? (int)said.reader : -1;
    if (said.what == ASKED_STATE) {
        memcpy(r->name, said.name, sizeof r->name);
        r->state = said.state;
        if (said.reader >= d->count)
            d->count = said.reader + 1;
    } else if (said.what == ASKED_CONNECTED) {
        r->code = said.code;
    }
}

/* A reader that hangs takes its child with it; the next one goes on behind it. */
static void look_at_daemon(bool connect, uint32_t limit_ms, struct daemon_look *d)
{
    struct err e;
    memset(d, 0, sizeof *d);
    d->connect = connect;
    do {
        d->answered = false;
        d->connecting = -1;
        if (child_run(ask, d, limit_ms, take, &e) == 0 || d->connecting < 0)
            return;
        d->readers[d->connecting].hangs = true;
        d->from = (unsigned)d->connecting + 1;
    } while (d->from < READERS_MAX);
}

/* ---- pcscd ---- */

static const char *user_name(void)
{
    const struct passwd *p = getpwuid(geteuid());
    return p ? p->pw_name : "$USER";
}

static void refused(struct examination *x, const char *subject, const char *action)
{
    if (!host_has(x, POLICY)) {
        found(x, DOCTOR_STOPS, subject, said_alone(SAID_PCSCD_REFUSES), "sudo journalctl -u pcscd -n 20");
        return;
    }
    if (host_has(x, "/etc/" RULE) || host_has(x, "/usr/share/" RULE)) {
        found(x, DOCTOR_STOPS, subject, SAY(SAID_POLKIT_REFUSES, action), "sudo usermod -aG plugdev %s",
              shell_word(user_name()).text);
        return;
    }
    found(x, DOCTOR_STOPS, subject, SAY(SAID_POLKIT_REFUSES, action),
          "echo 'polkit.addRule(function(action, subject) { if ((action.id == \"" ACCESS_PCSC
          "\" || action.id == \"" ACCESS_CARD
          "\") && subject.user == \"%s\") return polkit.Result.YES; });' | sudo tee "
          "/etc/" RULE,
          user_name());
}

static int connect_to(const char *path)
{
    struct sockaddr_un to = { .sun_family = AF_UNIX };
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    text_fit(to.sun_path, sizeof to.sun_path, path);
    int failed = fd < 0 || connect(fd, (struct sockaddr *)&to, sizeof to) != 0 ? errno : 0;
    if (fd >= 0)
        close(fd);
    return failed == EAGAIN ? 0 : failed; /* a full queue: it is there, and busy */
}

static void no_socket(struct examination *x, const char *path, int failed)
{
    if (failed == EACCES)
        found(x, DOCTOR_STOPS, path, SAY(SAID_PCSCD_SOCKET_CLOSED, err_of_errno(failed)), "ls -l %s",
              shell_word(path).text);
    else if (!host_has_program(x, "pcscd"))
        found(x, DOCTOR_STOPS, path, said_alone(SAID_PCSCD_ABSENT), "sudo apt-get install pcscd libccid");
    else
        found(x, DOCTOR_STOPS, path, said_alone(SAID_PCSCD_STOPPED), START);
}

/* What the daemon answered a client, in itself. */
static void judge_daemon(struct examination *x, const struct daemon_look *d)
{
    char name[48];
    if (!d->answered && d->count == 0 && !x->how->quick) /* milliseconds may not be enough on a busy host */
        found(x, DOCTOR_STOPS, "", said_alone(SAID_PCSCD_SILENT), RESTART);
    else if (d->answered && d->code == (uint32_t)SCARD_W_SECURITY_VIOLATION)
        refused(x, "", ACCESS_PCSC);
    else if (d->answered && d->code != (uint32_t)SCARD_S_SUCCESS)
        found(x, DOCTOR_STOPS, "", SAY(SAID_PCSCD_FAILS, pcsc_code_name(d->code, name)), RESTART);
}

void check_pcscd(struct examination *x)
{
    static const char drivers[] = "/usr/lib/pcsc/drivers/ifd-ccid.bundle";
    const char *path = pcsc_socket();
    int failed = connect_to(path);
    if (failed != 0) {
        no_socket(x, path, failed);
    } else if (!x->how->quick) {
        struct daemon_look d;
        look_at_daemon(false, LIMIT_FULL_MS, &d);
        judge_daemon(x, &d);
    }
    if (!host_has(x, drivers))
        found(x, DOCTOR_STOPS, drivers, said_alone(SAID_CCID_DRIVER_ABSENT), "sudo apt-get install libccid");
}

/* ---- readers ---- */

/* Their names, and the commands that end them. */
struct holders {
    bool looked; /* else the kernel does not tell */
    struct pcsc_clients clients;
    char names[200], fix[400];
};

static void find_holders(struct holders *h)
{
    struct err e;
    memset(h, 0, sizeof *h);
    h->looked = doctor_pcsc_clients(&h->clients, &e) == 0;
    for (size_t i = 0; i < h->clients.count; i++) {
        const struct pcsc_client *c = &h->clients.known[i];
        size_t n = strlen(h->names), f = strlen(h->fix);
        snprintf(h->names + n, sizeof h->names - n, "%s%s (%d)", n ? ", " : "", c->comm, (int)c->pid);
        if (strcmp(c->comm, "scdaemon") == 0) /* gpg-agent would start it again */
            snprintf(h->fix + f, sizeof h->fix - f, "%sgpgconf --kill scdaemon", f ? "\n" : "");
        else
            snprintf(h->fix + f, sizeof h->fix - f, "%skill %d", f ? "\n" : "", (int)c->pid);
    }
    if (h->clients.unknown > 0 || !h->looked)
        snprintf(h->fix + strlen(h->fix), sizeof h->fix - strlen(h->fix), "%ssudo ss -xp | grep pcscd",
                 h->fix[0] ? "\n" : "");
}

static void held(struct examination *x, const char *reader)
{
    struct holders h;
    find_holders(&h);
    if (h.looked && h.clients.count == 0 && h.clients.unknown == 0) {
        found(x, DOCTOR_STOPS, reader, said_alone(SAID_READER_STUCK), RESTART);
        return;
    }
    struct said said = h.clients.count == 0    ? said_alone(SAID_READER_HELD)
                       : h.clients.unknown > 0 ? SAY(SAID_READER_HELD_BY_SOME, h.names)
                                               : SAY(SAID_READER_HELD_BY, h.names);
    found(x, DOCTOR_STOPS, reader, said, "%s", h.fix);
}

static bool is_held(const struct look *r)
{
    return r->state & (SCARD_STATE_EXCLUSIVE | SCARD_STATE_INUSE) ||
           r->code == (uint32_t)SCARD_E_SHARING_VIOLATION;
}

static void judge_reader(struct examination *x, const struct look *r)
{
    char name[48];
    if (r->hangs) {
        struct holders h;
        find_holders(&h);
        found(x, DOCTOR_STOPS, r->name, said_alone(SAID_READER_HANGS), "%s%s" RESTART, h.fix,
              h.fix[0] ? "\n" : "");
    } else if (r->code == (uint32_t)SCARD_W_SECURITY_VIOLATION) {
        refused(x, r->name, ACCESS_CARD);
    } else if (is_held(r)) {
        held(x, r->name);
    } else if (r->code != (uint32_t)SCARD_S_SUCCESS) {
        found(x, DOCTOR_STOPS, r->name, SAY(SAID_READER_REFUSES, pcsc_code_name(r->code, name)), RESTART);
    }
}

void check_held(struct examination *x)
{
    struct daemon_look d;
    x->unseen = connect_to(pcsc_socket()) != 0; /* check_pcscd() said it */
    if (x->unseen)
        return;
    look_at_daemon(!x->how->quick, x->how->quick ? LIMIT_QUICK_MS : LIMIT_FULL_MS, &d);
    if (x->how->quick)
        judge_daemon(x, &d);
    bool any_held = false;
    for (unsigned i = 0; i < d.count; i++) {
        judge_reader(x, &d.readers[i]);
        any_held |= is_held(&d.readers[i]);
    }
    if (any_held)
        return;
    struct holders h; /* while no card lies on a reader, no state tells that it is held */
    find_holders(&h);
    if (h.clients.count > 0)
        found(x, DOCTOR_SPOILS, "", SAY(SAID_PCSC_CLIENTS, h.names), "%s", h.fix);
}
