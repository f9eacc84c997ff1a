#include "harness/station/binding.h"

#include "drivers/driver.h"
#include "harness/base/digest.h"
#include "harness/base/text.h"
#include "harness/station/supervisor.h"

#include <errno.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

/* A name without its place, which another plug or another reader beside it changes: "Acme Wave 00 01", "pn53x_usb:001:004". */
static size_t placeless(const char *name)
{
    size_t length = strlen(name);
    while (length > 0 && strchr("0123456789: ", name[length - 1]))
        length--;
    return length;
}

static bool same_name(const char *a, const char *b)
{
    size_t length = placeless(a);
    return length == placeless(b) && strncmp(a, b, length) == 0;
}

void binding_fold(struct binding *of, const struct survey *s, const struct journal_readers *found,
                  const char *replaced)
{
    for (size_t i = 0; i < found->count; i++) {
        const struct journal_reader_found *now = &found->items[i];
        size_t reader = 0;
        while (reader < s->reader_count && strcmp(s->readers[reader].unit, now->unit) != 0)
            reader++;
        if (reader == s->reader_count || (replaced && !text_lists(replaced, now->unit)))
            continue;
        text_fit(of[reader].name, sizeof of[reader].name, now->name);
        text_fit(of[reader].serial, sizeof of[reader].serial, now->serial);
    }
}

void binding_fold_health(struct binding *of, const struct survey *s, const struct journal_health *h)
{
    for (size_t i = 0; i < s->reader_count && said_is(h->detail, SAID_FOUND_AS); i++) {
        if (strcmp(s->readers[i].unit, h->reader) != 0 || of[i].name[0])
            continue;
        text_fit(of[i].name, sizeof of[i].name, said_argument(h->detail, 0));
        text_fit(of[i].serial, sizeof of[i].serial, said_argument(h->detail, 1));
    }
}

static bool is_replaced(const struct station *st, unsigned reader)
{
    return text_lists(st->options->replace, st->survey->readers[reader].unit);
}

const char *binding_serial(const struct station *st, unsigned reader)
{
    const char *given = st->survey->readers[reader].serial;
    if (is_replaced(st, reader))
        return "";
    return given ? given : st->state.bound[reader].serial;
}

int binding_check_options(const struct station *st, struct err *e)
{
    for (const char *at = st->options->replace; at && *at; at += strspn(at, ", ")) {
        size_t length = strcspn(at, ","), i = 0;
        while (i < st->survey->reader_count && (strlen(st->survey->readers[i].unit) != length ||
                                                strncmp(at, st->survey->readers[i].unit, length) != 0))
            i++;
        if (i == st->survey->reader_count)
            return err_set(e, ERR_USAGE, "--replace", "%.*s is no reader of this run", (int)length, at);
        at += length;
    }
    return 0;
}

int binding_check(const struct station *st, unsigned reader, struct err *e)
{
    const struct binding *bound = &st->state.bound[reader];
    const struct trial_opened *now = &st->units[reader].found;
    const char *unit = st->survey->readers[reader].unit;
    bool by_serial = bound->serial[0] != '\0';
    if (!bound->name[0] || is_replaced(st, reader) ||
        (by_serial ? strcmp(bound->serial, now->serial) == 0 : same_name(bound->name, now->name)))
        return 0;
    return err_set(
        e, ERR_ENVIRONMENT, unit,
        "is another reader (%s %s) than the one that this run was begun with (%s %s): attach that one, or, "
        "if this one takes its place, go on with `run --resume %s --replace %s`",
        by_serial ? "serial" : "named", by_serial ? now->serial : now->name, by_serial ? "serial" : "named",
        by_serial ? bound->serial : bound->name, st->options->directory, unit);
}

const char *binding_hint(const struct station *st, unsigned reader)
{
    return st->options->resume && st->state.bound[reader].serial[0] && !st->units[reader].found.busy &&
                   !is_replaced(st, reader)
               ? "; where another reader takes its place, --replace says so"
               : "";
}

/* ---- the lock: a name in the abstract namespace, which the kernel frees with its last holder ---- */

/* Readers of two testbeds are not the same ones, whatever they are called. */
static const char *bus_of(const struct survey *s)
{
    const char *testbed = getenv("NFC_SURVEY_TESTBED"), *daemon = getenv("PCSCLITE_CSOCK_NAME");
    if (s->hands == HANDS_TESTBED)
        return testbed && *testbed ? testbed : s->hands_argument;
    return daemon ? daemon : "";
}

int binding_lock(const struct survey *s, unsigned reader, const char *name, const char *serial, int *lock,
                 struct err *e)
{
    const struct survey_reader *unit = &s->readers[reader];
    struct sockaddr_un address = { .sun_family = AF_UNIX };
    char identity[600], digest[65];
    snprintf(identity, sizeof identity, "%s %s %s %.300s", unit->driver, name, serial, bus_of(s));
    digest_bytes(identity, strlen(identity), digest);
    int length = snprintf(address.sun_path + 1, sizeof address.sun_path - 1, "nfc-survey-reader-%s", digest);
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (fd >= 0 && bind(fd, (struct sockaddr *)&address,
                        (socklen_t)(offsetof(struct sockaddr_un, sun_path) + 1 + (size_t)length)) == 0) {
        *lock = fd;
        return 0;
    }
    int status =
        errno == EADDRINUSE
            ? err_set(e, ERR_ENVIRONMENT, unit->unit,
                      "another run of nfc-survey uses this reader (%s): wait for its end, or stop it", name)
            : err_system(e, ERR_ENVIRONMENT, unit->unit, errno, "the reader could not be locked");
    if (fd >= 0)
        close(fd);
    return status;
}

int binding_lock_unit(struct station *st, unsigned reader, struct err *e)
{
    struct unit *u = &st->units[reader];
    const struct driver_ops *ops = driver_by_name(st->survey->readers[reader].driver);
    if (u->lock > 0 || !ops || ops->capabilities & DRIVER_SIMULATED)
        return 0;
    return binding_lock(st->survey, reader, u->found.name, u->found.serial, &u->lock, e);
}

void binding_unlock_all(struct station *st)
{
    for (unsigned i = 0; i < SURVEY_READERS_MAX; i++) {
        if (st->units[i].lock > 0)
            close(st->units[i].lock);
        st->units[i].lock = 0;
    }
}
