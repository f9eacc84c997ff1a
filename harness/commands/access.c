#include "harness/commands/access.h"

#include "harness/commands/pin_entry.h"
#include "harness/survey/channel_keys_file.h"

#include <fcntl.h>
#include <string.h>

/* As the virtual sims have them from the factory. */
static const struct {
    enum pin_kind kind;
    const char *text;
} virtual_pins[] = { { PIN_AUTHENTICATION, "1234" }, { PIN_SIGNATURE, "SIM123" }, { PIN_NEW, "5678" } };

static int read_words(const struct options *o, struct target_access *out, struct err *e)
{
    for (size_t i = 0; i < options_count(o, "allow"); i++) {
        unsigned bit = guard_allow_of_name(options_text_at(o, "allow", i));
        if (!bit)
            return err_set(e, ERR_USAGE, "", "--allow takes pin, write or block, not `%s`",
                           options_text_at(o, "allow", i));
        out->permit.allowed |= bit;
    }
    static const char *const others[] = { "test-ca", "channel-keys", "pin-fd" };
    for (size_t i = 0; i < sizeof others / sizeof *others && !out->permit.allowed; i++)
        if (options_has(o, others[i]))
            return err_set(e, ERR_USAGE, "", "--%s goes with --allow", others[i]);
    return 0;
}

static int ask_pins(const struct options *o, bool simulated, unsigned asked, struct target_access *out,
                    struct err *e)
{
    uint64_t fd = 0;
    int status = 0;
    if (options_has(o, "pin-fd")) {
        if (!options_number(o, "pin-fd", 0, 1023, &fd))
            return ERR_USAGE;
        if (fcntl((int)fd, F_GETFD) < 0)
            return err_set(e, ERR_USAGE, "", "--pin-fd: descriptor %u is not open", (unsigned)fd);
        return pin_entry_read((int)fd, out->pins, e);
    }
    for (size_t i = 0; i < sizeof virtual_pins / sizeof *virtual_pins && simulated; i++) {
        struct pin *p = &out->pins->of[virtual_pins[i].kind];
        p->length = (uint8_t)strlen(virtual_pins[i].text);
        memcpy(p->bytes, virtual_pins[i].text, p->length);
    }
    for (unsigned kind = 0; kind < PIN_KINDS && !simulated && status == 0; kind++)
        if (asked & 1u << kind)
            status = pin_entry_ask((enum pin_kind)kind, &out->pins->of[kind], e);
    return status;
}

static int read_keys(const struct options *o, struct target_access *out, struct err *e)
{
    if (options_has(o, "channel-keys"))
        return channel_keys_load(options_text(o, "channel-keys"), &out->keys, e);
    return channel_keys_public(&out->keys) ? 0 : err_set(e, ERR_ENVIRONMENT, "", "libcrypto has no SHA-256");
}

int access_open(const struct options *o, bool simulated, unsigned asked, struct target_access *out,
                struct err *e)
{
    memset(out, 0, sizeof *out);
    int status = read_words(o, out, e);
    if (status != 0 || !out->permit.allowed)
        return status;
    if (options_has(o, "test-ca"))
        status = test_ca_load(options_text(o, "test-ca"), &out->ca, e);
    else if (!(out->ca = test_ca_virtual()))
        status = err_set(e, ERR_MEMORY, "", "out of memory");
    if (status == 0)
        status = read_keys(o, out, e);
    if (status == 0 && !(out->pins = pins_new()))
        status = err_set(e, ERR_MEMORY, "", "out of memory");
    if (status == 0 && out->ca && !test_ca_is_virtual(out->ca))
        status = target_budget_open(&out->budget, e);
    if (status == 0)
        status = ask_pins(o, simulated, asked, out, e);
    if (status != 0)
        access_close(out);
    return status;
}

void access_close(struct target_access *a)
{
    test_ca_free(&a->ca);
    pins_free(&a->pins);
    target_budget_close(&a->budget);
    explicit_bzero(a, sizeof *a);
}
