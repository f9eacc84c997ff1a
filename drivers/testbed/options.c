#include "drivers/testbed/options.h"

#include <string.h>

static const char help[] =
    "usage: nfc-survey-testbed ccid --reader PROFILE [--reader PROFILE ...] [--pcscd] [--control SOCKET]\n"
    "                               [--profiles DATADIR] [--serial-base TEXT] [-- COMMAND...]\n"
    "       nfc-survey-testbed send SOCKET REQUEST...\n"
    "\n"
    "ccid  serves emulated USB CCID readers with a virtual handset in each field. They wear the descriptors "
    "of the\n"
    "      reader profiles named, and serials SIM-0001, SIM-0002 ...: reader 1, 2 ... of the control "
    "socket.\n"
    "  --pcscd           start a private pcscd over them; COMMAND then finds it by PCSCLITE_CSOCK_NAME\n"
    "  --control SOCKET  where the control socket is made (NFC_SURVEY_TESTBED for COMMAND)\n"
    "  --profiles DIR    the data directory that holds `profiles`\n"
    "  --serial-base T   the serials' beginning, SIM- by default (a sign that readers are not real)\n"
    "  COMMAND           runs inside; its exit status is this program's. Without one a line beginning "
    "`ready` is\n"
    "                    printed, and the readers are served until SIGTERM or `quit`.\n"
    "                    Without --pcscd, COMMAND itself runs under umockdev's preload library and sees the "
    "USB\n"
    "                    devices.\n"
    "send  sends one request to a control socket and prints the answer; exit status 0 when it is `ok`.\n"
    "\n"
    "Requests, one a line (READER counts from 0):\n"
    "  lay READER HANDSET LABEL MODE X Y Z UNIT-KEY SESSION ORDINAL\n"
    "      lays a virtual handset (profile id; token label in hex or `-`; power mode; millimetres; draw "
    "keys)\n"
    "  lift READER | unplug READER | plug READER\n"
    "  fault READER mute|silent|stall|wrong-seq|truncate|parity|slow:MS|remove-at:N|none [COUNT]\n"
    "      a fault of the reader in exchanges with the handset, COUNT times or until it is set anew\n"
    "  pcscd kill | pcscd start | pid | quit\n"
    "\n"
    "Exit status: COMMAND's; 0 served and ended; 2 usage; 3 profile invalid; 4 environment.\n";

void options_help(FILE *out)
{
    fputs(help, out);
}

static int take_value(int argc, char **argv, int *i, const char **out, struct err *e)
{
    if (*i + 1 >= argc)
        return err_set(e, ERR_USAGE, argv[*i], "this option needs a value");
    *out = argv[++*i];
    return 0;
}

static int parse_ccid(int argc, char **argv, struct options *o, struct err *e)
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
            if (status == 0 && o->reader_count == USB_READERS_MAX)
                status = err_set(e, ERR_USAGE, "--reader", "at most %d readers", USB_READERS_MAX);
            if (status == 0)
                o->readers[o->reader_count++] = reader;
        } else if (strcmp(argv[i], "--serial-base") == 0) {
            status = take_value(argc, argv, &i, &o->serial_base, e);
        } else if (strcmp(argv[i], "--control") == 0) {
            status = take_value(argc, argv, &i, &o->control, e);
        } else if (strcmp(argv[i], "--profiles") == 0) {
            status = take_value(argc, argv, &i, &o->data, e);
        } else if (strcmp(argv[i], "--pcscd") == 0) {
            o->pcscd = true;
        } else {
            status = err_set(e, ERR_USAGE, argv[i], "unknown option (a command to run comes after --)");
        }
    }
    if (status == 0 && o->reader_count == 0)
        status = err_set(e, ERR_USAGE, "ccid", "name at least one reader profile with --reader");
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
        return err_set(e, ERR_USAGE, "nfc-survey-testbed", "say `ccid`, `send` or --help");
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
    if (strcmp(argv[1], "ccid") == 0) {
        o->command = OPTIONS_CCID;
        return parse_ccid(argc, argv, o, e);
    }
    if (strcmp(argv[1], "send") == 0) {
        o->command = OPTIONS_SEND;
        if (argc < 4)
            return err_set(e, ERR_USAGE, "send", "needs a socket and a request");
        o->control = argv[2];
        o->rest = argv + 3;
        return 0;
    }
    return err_set(e, ERR_USAGE, argv[1], "unknown subcommand: say `ccid` or `send`");
}
