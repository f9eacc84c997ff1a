/* The command line of nfc-survey-testbed. */
#ifndef NFC_SURVEY_TESTBED_OPTIONS_H
#define NFC_SURVEY_TESTBED_OPTIONS_H

#include "drivers/emulator/testbed/bench.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

enum options_command { OPTIONS_HELP = 1, OPTIONS_SERVE, OPTIONS_SEND };

struct options_reader {
    enum bench_kind kind;
    const char *profile; /* its id */
};

struct options {
    enum options_command command;
    struct options_reader readers[USB_READERS_MAX];
    size_t reader_count;
    const char *serial_base; /* "SIM-" */
    const char *control; /* socket path, or NULL: one in the run's own directory; for `send`: the socket */
    const char *data;    /* data directory, or NULL */
    const char *sims;    /* folder of virtual sims, or NULL */
    bool pcscd, usb;
    enum bench_bus bus;
    char **rest; /* the command to run, or the words to send; NULL-terminated, may be empty */
};

/* 0 or ERR_USAGE. */
int options_parse(int argc, char **argv, struct options *out, struct err *e)
    __attribute__((warn_unused_result));
bool options_need_umockdev(const struct options *o);
bool options_need_usb(const struct options *o); /* COMMAND opens emulated USB devices by itself */
void options_help(FILE *out);

#endif
