#include "drivers/emulator/testbed/options.h"

#include <string.h>

static const char help[] =
    "usage: nfc-survey-testbed KIND --reader [KIND:]PROFILE [--reader ...] [--pcscd] [--usb] [--kernel]\n"
    "                          [--control SOCKET] [--profiles DATADIR] [--serial-base TEXT]\n"
    "                          [--sims FOLDER] [-- COMMAND...]\n"
    "       nfc-survey-testbed send SOCKET REQUEST...\n"
    "\n"
    "Serves emulated readers, each with a virtual handset in its field, to the real reader software. KIND "
    "is\n"
    "  pcsc     CCID readers on emulated USB, driven by a private pcscd (the same as ccid --pcscd)\n"
    "  ccid     CCID readers on emulated USB, for programs that open them by libusb\n"
    "  pn533    NXP PN533 sticks on emulated USB, for libnfc\n"
    "  port100  Sony RC-S380 on emulated USB\n"
    "  pn532    NXP PN532 boards at pseudo-terminals, for libnfc: NFC_SURVEY_PN532_0 names reader 0's\n"
    "  --reader PROFILE  one reader more, by its profile's id: reader 0, 1 ... of the control socket. USB "
    "readers have\n"
    "                    the serials SIM-0001, SIM-0002 ...; with KIND: before it, of another kind than the "
    "rest\n"
    "  --pcscd           start a private pcscd over the CCID readers; COMMAND finds it by "
    "PCSCLITE_CSOCK_NAME\n"
    "  --usb             COMMAND opens emulated USB devices by itself although there is a pcscd\n"
    "  --kernel          plug the USB readers into this machine's own kernel by vhci-hcd (root; for a "
    "virtual "
    "machine\n"
    "                    of one's own: everybody sees them)\n"
    "  --control SOCKET  where the control socket is made (NFC_SURVEY_TESTBED for COMMAND)\n"
    "  --profiles DIR    the data directory that holds `profiles`\n"
    "  --sims FOLDER     virtual sims keep their state here, a file each; without it every laying of another "
    "sim has a new one\n"
    "  --serial-base T   the serials' beginning, SIM- by default (a sign that readers are not real)\n"
    "  COMMAND           runs inside; its exit status is this program's. Without one a line beginning "
    "`ready` is\n"
    "                    printed, and the readers are served until SIGTERM or `quit`. Where it opens USB "
    "devices by\n"
    "                    itself it runs under umockdev's preload library.\n"
    "send  sends one request to a control socket and prints the answer; exit status 0 when it is `ok`.\n"
    "\n"
    "Requests, one a line (READER counts from 0):\n"
    "  lay READER HANDSET LABEL MODE X Y Z UNIT-KEY SESSION ORDINAL [sim=ID] [cut=WRITE | kept=WRITE]\n"
    "      lays a virtual handset (profile id; token label in hex or `-`; power mode; millimetres; draw "
    "keys);\n"
    "      which sim, where the label does not say it; the power goes at a write of its memory, before it or "
    "after\n"
    "  begin READER TRANSACTION\n"
    "      the next powering begins this transaction of the placement; 0 before `lay`: numbers will be "
    "given\n"
    "  lift READER | unplug READER | plug READER\n"
    "  state READER\n"
    "      of a USB reader: claimed or free, driver=none, attached or detached (see kernel-driver), "
    "powered=,\n"
    "      plugged=; of a serial one: plugged=\n"
    "  fault READER FAULT [COUNT]\n"
    "      a fault of the reader in exchanges with the handset, COUNT times or until it is set anew\n"
    "  pcscd kill | pcscd start | pid | quit\n"
    "\n"
    "Faults of a kind (and of any on umockdev's bus: kernel-driver, a driver of the kernel's has the "
    "interface "
    "until it is\n"
    "detached; gone, every request ends with ENODEV and no event reports it):\n";

static const char help_end[] =
    "\nExit status: COMMAND's; 0 served and ended; 2 usage; 3 profile invalid; 4 environment.\n";

static const struct {
    const char *name;
    enum bench_kind kind;
    bool pcscd;
} kinds[] = {
    { "pcsc", BENCH_CCID, true },        { "ccid", BENCH_CCID, false },   { "pn533", BENCH_PN533, false },
    { "port100", BENCH_PORT100, false }, { "pn532", BENCH_PN532, false },
};

#define KINDS (sizeof kinds / sizeof *kinds)

void options_help(FILE *out)
{
    fputs(help, out);
    fprintf(out, "  pcsc, ccid  %s\n", function_ccid.fault_help);
    fprintf(out, "  pn532, pn533  %s\n", function_pn533.fault_help);
    fprintf(out, "  port100  %s\n", function_port100.fault_help);
    fputs(help_end, out);
}

bool options_need_umockdev(const struct options *o)
{
    if (o->bus == BENCH_KERNEL)
        return false;
    for (size_t i = 0; i < o->reader_count; i++) {
        if (o->readers[i].kind != BENCH_PN532)
            return true;
    }
    return false;
}

bool options_need_usb(const struct options *o)
{
    if (o->bus == BENCH_KERNEL) /* they are this machine's own, for everybody */
        return false;
    for (size_t i = 0; i < o->reader_count; i++) {
        if (o->readers[i].kind == BENCH_PN533 || o->readers[i].kind == BENCH_PORT100 ||
            (o->readers[i].kind == BENCH_CCID && !o->pcscd))
            return true;
    }
    return o->usb;
}

/* The kind of this name (its length, for KIND:PROFILE), or KINDS. */
static size_t find_kind(const char *name, size_t length)
{
    size_t i = 0;
    while (i < KINDS && (strlen(kinds[i].name) != length || memcmp(kinds[i].name, name, length) != 0))
        i++;
    return i;
}

static int add_reader(struct options *o, enum bench_kind kind, const char *text, struct err *e)
{
    const char *colon = strchr(text, ':');
    size_t other = colon ? find_kind(text, (size_t)(colon - text)) : 0;
    if (o->reader_count == USB_READERS_MAX)
        return err_set(e, ERR_USAGE, "--reader", "at most %d readers", USB_READERS_MAX);
    if (other == KINDS)
        return err_set(e, ERR_USAGE, text, "no such kind of reader (see --help)");
    o->readers[o->reader_count++] =
        (struct options_reader) { colon ? kinds[other].kind : kind, colon ? colon + 1 : text };
    return 0;
}

static int take_value(int argc, char **argv, int *i, const char **out, struct err *e)
{
    if (*i + 1 >= argc)
        return err_set(e, ERR_USAGE, argv[*i], "this option needs a value");
    *out = argv[++*i];
    return 0;
}

static int parse_serve(int argc, char **argv, enum bench_kind kind, struct options *o, struct err *e)
{
    int status = 0;
    for (int i = 2; i < argc && status == 0; i++) {
        const char *reader = NULL;
        if (strcmp(argv[i], "--") == 0) {
            o->rest = argv + i + 1;
            break;
        }
        if (strcmp(argv[i], "--reader") == 0) {
            status = take_value(argc, argv, &i, &reader, e);
            if (status == 0)
                status = add_reader(o, kind, reader, e);
        } else if (strcmp(argv[i], "--serial-base") == 0) {
            status = take_value(argc, argv, &i, &o->serial_base, e);
        } else if (strcmp(argv[i], "--control") == 0) {
            status = take_value(argc, argv, &i, &o->control, e);
        } else if (strcmp(argv[i], "--profiles") == 0) {
            status = take_value(argc, argv, &i, &o->data, e);
        } else if (strcmp(argv[i], "--sims") == 0) {
            status = take_value(argc, argv, &i, &o->sims, e);
        } else if (strcmp(argv[i], "--pcscd") == 0) {
            o->pcscd = true;
        } else if (strcmp(argv[i], "--usb") == 0) {
            o->usb = true;
        } else if (strcmp(argv[i], "--kernel") == 0) {
            o->bus = BENCH_KERNEL;
        } else {
            status = err_set(e, ERR_USAGE, argv[i], "unknown option (a command to run comes after --)");
        }
    }
    if (status == 0 && o->reader_count == 0)
        status = err_set(e, ERR_USAGE, argv[1], "name at least one reader profile with --reader");
    if (status == 0 && strlen(o->serial_base) > 32)
        status = err_set(e, ERR_USAGE, "--serial-base", "at most 32 characters");
    return status;
}

int options_parse(int argc, char **argv, struct options *o, struct err *e)
{
    memset(o, 0, sizeof *o);
    o->serial_base = "SIM-";
    o->rest = argv + argc; /* argv[argc] is NULL: nothing */
    if (argc < 2)
        return err_set(e, ERR_USAGE, "nfc-survey-testbed", "say what to serve, `send`, or --help");
    if (strcmp(argv[1], "--help") == 0) {
        o->command = OPTIONS_HELP;
        return 0;
    }
    for (int i = 2; i < argc && strcmp(argv[i], "--") != 0; i++) {
        if (strcmp(argv[i], "--help") == 0) {
            o->command = OPTIONS_HELP;
            return 0;
        }
    }
    size_t kind = find_kind(argv[1], strlen(argv[1]));
    if (kind < KINDS) {
        o->command = OPTIONS_SERVE;
        o->pcscd = kinds[kind].pcscd;
        return parse_serve(argc, argv, kinds[kind].kind, o, e);
    }
    if (strcmp(argv[1], "send") == 0) {
        o->command = OPTIONS_SEND;
        if (argc < 4)
            return err_set(e, ERR_USAGE, "send", "needs a socket and a request");
        o->control = argv[2];
        o->rest = argv + 3;
        return 0;
    }
    return err_set(e, ERR_USAGE, argv[1],
                   "unknown subcommand: say pcsc, ccid, pn533, port100, pn532 or send");
}
