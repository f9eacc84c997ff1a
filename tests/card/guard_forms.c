/*
 * Which forms does the guard let pass? Reads a state a line, exchanges in hex with the status word behind each
 * ("00A4...:9000 ..."), then prints every form that passes in it, of all instructions, in all classes with a few parameters,
 * and all parameters of those that have a form at all; with the first bodies. The others are tried with SELECT alone.
 * A state may also hold "allow=BITS", "writes" and "prove"; where it begins with "permissions", the bodies behind the line
 * of that name are tried with all that needs a permission. tests/card/guard.py has a table of its own to hold it against.
 */
#include "harness/base/text.h"
#include "harness/card/guard.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const uint8_t parameters[][2] = { { 0x00, 0x00 }, { 0x04, 0x0C }, { 0x04, 0x00 }, { 0x02, 0x0C },
                                         { 0x02, 0x00 }, { 0x00, 0x80 }, { 0x9F, 0x7F }, { 0x01, 0x00 },
                                         { 0x8A, 0x00 }, { 0xFF, 0xFF } };
#define FIRST_BODIES 6
static char bodies[160][160];
static size_t body_count, permission_bodies; /* those from there on */

static void print_if_it_passes(const struct guard *state, const uint8_t *command, size_t length)
{
    struct guard g = *state;
    if (guard_check(&g, command, length, NULL) != 0)
        return;
    for (size_t i = 0; i < length; i++)
        printf("%02x", command[i]);
    putchar('\n');
}

static void with_few_parameters(const struct guard *state, uint8_t *command, size_t length)
{
    for (unsigned pair = 0; pair <= 0xFFFF; pair++) {
        bool known = pair >> 8 == 0x00 || pair >> 8 == 0x80 || pair >> 8 == 0xFF;
        for (size_t p = 0; p < (known ? sizeof parameters / sizeof *parameters : 2); p++) {
            command[0] = (uint8_t)(pair >> 8);
            command[1] = (uint8_t)pair;
            memcpy(command + 2, parameters[p], 2);
            print_if_it_passes(state, command, length);
        }
    }
}

static void with_all_parameters(const struct guard *state, uint8_t *command, size_t length)
{
    static const uint8_t with_forms[][2] = { { 0x00, 0x20 }, { 0x00, 0x84 }, { 0x00, 0xA4 },
                                             { 0x00, 0xB0 }, { 0x00, 0xB2 }, { 0x00, 0xC0 },
                                             { 0x00, 0xCA }, { 0x80, 0xCA }, { 0xFF, 0xCA } };
    for (size_t i = 0; i < sizeof with_forms / sizeof *with_forms; i++)
        for (unsigned both = 0; both <= 0xFFFF; both++) {
            memcpy(command, with_forms[i], 2);
            command[2] = (uint8_t)(both >> 8);
            command[3] = (uint8_t)both;
            print_if_it_passes(state, command, length);
        }
}

static void with_select(const struct guard *state, uint8_t *command, size_t length)
{
    command[0] = 0x00;
    command[1] = 0xA4;
    for (size_t p = 0; p < sizeof parameters / sizeof *parameters; p++) {
        memcpy(command + 2, parameters[p], 2);
        print_if_it_passes(state, command, length);
    }
}

static size_t body_to_bytes(size_t b, uint8_t *command)
{
    size_t length = 0;
    if (!text_to_bytes(bodies[b], strlen(bodies[b]), command + 4, 96, &length))
        abort();
    return length;
}

static const uint8_t firsts[] = { 0x00, 0x01, 0x02, 0x03, 0x40, 0x41, 0x7F, 0x80, 0x81, 0x9E };
static const uint8_t seconds[] = { 0x00, 0x07, 0x0F, 0x80, 0x81, 0x83, 0x9A, 0xB6 };

static void with_parameters(const struct guard *state, uint8_t *command, size_t length, unsigned p1,
                            unsigned p2)
{
    command[2] = (uint8_t)p1;
    command[3] = (uint8_t)p2;
    print_if_it_passes(state, command, length);
}

/* Every instruction but those whose forms need no permission, with the parameters of any form, and each of them beside all. */
static void sweep_permissions(const struct guard *state)
{
    static const uint8_t free_ones[] = { 0xA4, 0xB0, 0xB2, 0xC0, 0xCA, 0x84 };
    static const uint8_t with_forms[] = { 0x20, 0x22, 0x24, 0x2A, 0x2C, 0x44, 0x47, 0x88, 0xD6, 0xE4, 0xF0 };
    uint8_t command[100];
    for (size_t b = permission_bodies; b < body_count; b++) {
        size_t length = body_to_bytes(b, command) + 4;
        for (unsigned pair = 0; pair < 512; pair++) {
            command[0] = pair >> 8 ? 0x80 : 0x00;
            command[1] = (uint8_t)pair;
            if (memchr(free_ones, command[1], sizeof free_ones))
                continue;
            bool has_form = memchr(with_forms, command[1], sizeof with_forms);
            for (size_t i = 0; i < sizeof firsts; i += has_form ? 1 : 3)
                for (size_t j = 0; j < sizeof seconds; j += has_form ? 1 : 3)
                    with_parameters(state, command, length, firsts[i], seconds[j]);
            for (unsigned p = 0; p <= 0xFF && has_form; p++) {
                with_parameters(state, command, length, 0x00, p);
                with_parameters(state, command, length, p, 0x00);
                with_parameters(state, command, length, p, 0x80);
            }
        }
    }
    puts("end");
}

static void sweep(const struct guard *state)
{
    uint8_t command[100];
    for (size_t b = 0; b < permission_bodies; b++) {
        size_t length = body_to_bytes(b, command);
        if (b < FIRST_BODIES) {
            with_few_parameters(state, command, length + 4);
            with_all_parameters(state, command, length + 4);
        } else {
            with_select(state, command, length + 4);
        }
    }
    puts("end");
}

/* "00A4040C...:9000" */
static bool follow(struct guard *g, char *exchange)
{
    uint8_t command[64];
    size_t length = 0;
    char *colon = strchr(exchange, ':');
    if (strncmp(exchange, "allow=", 6) == 0)
        g->permit.allowed = (unsigned)strtoul(exchange + 6, NULL, 10);
    else if (strcmp(exchange, "writes") == 0)
        g->permit.test_targets = true;
    else if (strcmp(exchange, "prove") == 0)
        guard_prove(g);
    if (!colon)
        return true;
    if (!colon || !text_to_bytes(exchange, (size_t)(colon - exchange), command, sizeof command, &length))
        return false;
    guard_note(g, command, length, (uint16_t)strtoul(colon + 1, NULL, 16));
    return true;
}

/* Bodies first, a line each, "" for none; "permissions" and theirs; then "states". */
int main(void)
{
    char line[1024];
    while (fgets(line, sizeof line, stdin) && strcmp(line, "states\n") != 0 && body_count < 160) {
        line[strcspn(line, "\n")] = '\0';
        if (strcmp(line, "permissions") == 0)
            permission_bodies = body_count;
        else
            snprintf(bodies[body_count++], sizeof *bodies, "%.159s", line);
    }
    while (fgets(line, sizeof line, stdin)) {
        struct guard g = { 0 };
        char *rest = NULL;
        line[strcspn(line, "\n")] = '\0';
        bool permissions = strncmp(line, "permissions", 11) == 0;
        for (char *x = strtok_r(line, " ", &rest); x; x = strtok_r(NULL, " ", &rest))
            if (!follow(&g, x))
                return 1;
        if (permissions)
            sweep_permissions(&g);
        else
            sweep(&g);
    }
    return 0;
}
