/*
 * What a driver adds to its library: the same exchanges through driver_exchange() and in a bare loop over the
 * same library, by turns on the same emulated device, with a type B handset laid on it already. Prints for
 * each round `driver US` and `bare US`, the time of one exchange, the work between two of them included.
 * Usage: bench_driver DRIVER ROUNDS EXCHANGES [ADDRESS]
 */
#include "tests/bench/bare.h"

#include "drivers/driver.h"
#include "harness/base/clock.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define PRESENT_MS  5000
#define DEADLINE_MS 3000 /* as a survey's exchange has one */
#define FOUND_MAX   16

static const uint8_t select_jpki[] = { 0x00, 0xa4, 0x04, 0x0c, 0x0a, 0xd3, 0x92, 0xf0,
                                       0x00, 0x26, 0x01, 0x00, 0x00, 0x00, 0x01 };
static const uint8_t get_challenge[] = { 0x00, 0x84, 0x00, 0x00, 0x08 };

static const struct bare *const bares[] = { &bare_pcsc, &bare_nfc, &bare_ccid, &bare_port100, NULL };

static int complain(const char *what, const struct err *e)
{
    fprintf(stderr, "bench_driver: %s: %s: %s\n", what, e->where, e->text);
    return -1;
}

static int exchange(struct driver_reader *r, const uint8_t *command, size_t length)
{
    static uint8_t response[APDU_RESPONSE_MAX];
    struct driver_exchange x = { .command = command,
                                 .command_length = length,
                                 .response = response,
                                 .response_capacity = sizeof response,
                                 .deadline_ms = DEADLINE_MS };
    struct driver_fault fault;
    struct err e;
    if (driver_exchange(r, &x, &fault, &e) != 0)
        return complain("exchange", &e);
    if (x.response_length < 2 || response[x.response_length - 2] != 0x90) {
        fprintf(stderr, "bench_driver: the handset refused a command\n");
        return -1;
    }
    return 0;
}

static int time_driver(const struct driver_ops *ops, const char *address, unsigned count, double *us)
{
    const struct driver_open how = { .address = address, .polling = "B" };
    struct driver_reader *r = NULL;
    struct driver_target target;
    struct driver_fault fault;
    struct err e;
    if (driver_open(ops, &how, &r, &fault, &e) != 0)
        return complain("open", &e);
    int status = driver_wait_present(r, PRESENT_MS, &target, &fault, &e);
    if (status == 0)
        status = driver_activate(r, &target, &fault, &e);
    if (status != 0)
        complain("activate", &e);
    if (status == 0)
        status = exchange(r, select_jpki, sizeof select_jpki);
    uint64_t started_ns = clock_now_ns();
    for (unsigned i = 0; i < count && status == 0; i++)
        status = exchange(r, get_challenge, sizeof get_challenge);
    *us = (double)(clock_now_ns() - started_ns) / 1e3 / count;
    driver_close(&r);
    return status;
}

static int time_bare(const struct bare *bare, const char *address, unsigned count, double *us)
{
    uint8_t response[BARE_RESPONSE_MAX];
    void *self = bare->open(address);
    if (!self)
        return -1;
    int length = bare->exchange(self, select_jpki, sizeof select_jpki, response);
    uint64_t started_ns = clock_now_ns();
    for (unsigned i = 0; i < count && length >= 2; i++)
        length = bare->exchange(self, get_challenge, sizeof get_challenge, response);
    *us = (double)(clock_now_ns() - started_ns) / 1e3 / count;
    bare->close(self);
    if (length < 2 || response[length - 2] != 0x90) {
        fprintf(stderr, "bench_driver: the bare loop over %s failed\n", bare->name);
        return -1;
    }
    return 0;
}

static int find_address(const struct driver_ops *ops, char *out, size_t capacity)
{
    static struct driver_found found[FOUND_MAX];
    size_t count = 0;
    struct err e;
    if (driver_list(ops, NULL, 0, found, FOUND_MAX, &count, &e) != 0)
        return complain("list", &e);
    if (count == 0) {
        fprintf(stderr, "bench_driver: %s finds no reader\n", ops->name);
        return -1;
    }
    snprintf(out, capacity, "%s", found[0].name);
    return 0;
}

int main(int argc, char **argv)
{
    char address[160] = "";
    const struct driver_ops *ops = argc > 3 ? driver_by_name(argv[1]) : NULL;
    size_t i = 0;
    while (ops && bares[i] && strcmp(bares[i]->name, ops->name) != 0)
        i++;
    if (!ops || !bares[i]) {
        fprintf(stderr, "usage: bench_driver DRIVER ROUNDS EXCHANGES [ADDRESS]\n");
        return 2;
    }
    unsigned rounds = (unsigned)strtoul(argv[2], NULL, 10), count = (unsigned)strtoul(argv[3], NULL, 10);
    if (argc > 4)
        snprintf(address, sizeof address, "%s", argv[4]);
    else if (find_address(ops, address, sizeof address) != 0)
        return 4;
    for (unsigned round = 0; round < rounds; round++) {
        double driver_us, bare_us;
        if (time_driver(ops, address, count, &driver_us) != 0 ||
            time_bare(bares[i], address, count, &bare_us) != 0)
            return 4;
        printf("driver %.3f\nbare %.3f\n", driver_us, bare_us);
        fflush(stdout);
    }
    return 0;
}
