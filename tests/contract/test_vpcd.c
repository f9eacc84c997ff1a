/*
 * The PC/SC driver over vsmartcard's virtual reader, which is not ours: tests/testbed/vpcd.bats starts a
 * pcscd with it and lays a card, and says in NFC_SURVEY_VPCD whether that card is `own`
 * (tests/testbed/vpcd-card, which leaves at a READ BINARY) or `vicc`. Alone it skips itself.
 */
#include "drivers/pcsc/pcsc.h"
#include "harness/base/clock.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

static const uint8_t get_challenge[] = { 0x00, 0x84, 0x00, 0x00, 0x08 };
static const uint8_t slow_select[] = { 0x00, 0xa4, 0x04, 0x0c, 0x09, 0xa0, 0x00,
                                       0x00, 0x01, 0x51, 0x43, 0x52, 0x53, 0x00 };
static const uint8_t read_binary[] = { 0x00, 0xb0, 0x00, 0x00, 0x08 };

struct bench {
    struct driver_found found[16];
    size_t count;
    struct driver_reader *reader;
    struct driver_target target;
    struct driver_fault fault;
    struct err e;
    uint8_t response[APDU_RESPONSE_MAX];
    struct driver_exchange x;
};

static int set_up(void **state)
{
    *state = calloc(1, sizeof(struct bench));
    return *state ? 0 : -1;
}

static int tear_down(void **state)
{
    struct bench *b = *state;
    driver_close(&b->reader);
    free(b);
    return 0;
}

static int try_to_come_up(struct bench *b)
{
    int status = driver_list(&driver_pcsc, NULL, 0, b->found, 16, &b->count, &b->e);
    size_t i = 0; /* the library has a second slot, which stays empty */
    while (i < b->count && !b->found[i].present)
        i++;
    assert_true(i < b->count);
    struct driver_open how = { .address = b->found[i].name };
    memset(&b->fault, 0, sizeof b->fault);
    if (status == 0)
        status = driver_open(&driver_pcsc, &how, &b->reader, &b->fault, &b->e);
    if (status == 0)
        status = driver_wait_present(b->reader, 5000, &b->target, &b->fault, &b->e);
    if (status == 0)
        status = driver_activate(b->reader, &b->target, &b->fault, &b->e);
    if (status != 0)
        driver_close(&b->reader);
    return status;
}

static void come_up(struct bench *b)
{
    assert_int_equal(try_to_come_up(b), 0);
}

static int exchange(struct bench *b, const uint8_t *command, size_t length)
{
    b->x = (struct driver_exchange) {
        .command = command,
        .command_length = length,
        .response = b->response,
        .response_capacity = sizeof b->response,
    };
    return driver_exchange(b->reader, &b->x, &b->fault, &b->e);
}

static void a_virtual_reader_is_a_sign_of_simulation(void **state)
{
    struct bench *b = *state;
    assert_int_equal(driver_list(&driver_pcsc, NULL, 0, b->found, 16, &b->count, &b->e), 0);
    assert_true(b->count > 0);
    for (size_t i = 0; i < b->count; i++) {
        assert_true(b->found[i].simulated);
        assert_non_null(strstr(said_text(&b->found[i].sign).text, "Virtual PCD"));
    }
}

static void a_card_that_is_not_ours_answers(void **state)
{
    struct bench *b = *state;
    come_up(b);
    assert_true(b->target.atr_length > 0);
    assert_int_equal(exchange(b, get_challenge, sizeof get_challenge), 0);
    assert_int_equal(b->x.response_length, 10);
    assert_int_equal(apdu_status_word(b->response, b->x.response_length), 0x9000);
}

/* vpcd answers with success and no bytes: it must not look like a response. */
static void a_card_that_leaves_in_an_exchange_never_looks_like_success(void **state)
{
    struct bench *b = *state;
    if (strcmp(getenv("NFC_SURVEY_VPCD"), "own") != 0)
        return;
    come_up(b);
    assert_int_equal(exchange(b, read_binary, sizeof read_binary), ERR_CARD);
    assert_int_equal(b->x.response_length, 0);
    assert_int_equal(b->fault.stage, STAGE_EXCHANGE);
    assert_true(b->fault.causes & CAUSE(16));
    assert_string_equal(b->fault.native, "SCARD_S_SUCCESS");
    /* What comes after is the library's ordinary "nothing there". */
    assert_int_not_equal(exchange(b, read_binary, sizeof read_binary), 0);
    assert_int_equal(b->x.response_length, 0);
    assert_int_equal(driver_activate(b->reader, &b->target, &b->fault, &b->e), ERR_NO_TARGET);
    assert_string_equal(b->fault.native, "SCARD_E_NO_SMARTCARD");
    assert_int_equal(driver_activate(b->reader, &b->target, &b->fault, &b->e), ERR_NO_TARGET);
    assert_int_equal(b->fault.causes, CAUSE(2) | CAUSE(3));
}

/* vpcd has no limit of its own: as long as the card is silent the call blocks, and then it succeeds. */
static void a_card_that_is_silent_is_waited_for(void **state)
{
    struct bench *b = *state;
    if (strcmp(getenv("NFC_SURVEY_VPCD"), "own") != 0)
        return;
    come_up(b);
    assert_int_equal(exchange(b, slow_select, sizeof slow_select), 0);
    assert_int_equal(apdu_status_word(b->response, b->x.response_length), 0x9000);
    assert_in_range((b->x.ended_ns - b->x.started_ns) / 1000000, 4000, 15000);
}

/* Nor does the end of the client end its call: the daemon still waits for the card, and until it answers the
 * reader is listed and busy. */
static void killing_a_client_does_not_free_a_silent_card(void **state)
{
    struct bench *b = *state;
    if (strcmp(getenv("NFC_SURVEY_VPCD"), "own") != 0)
        return;
    pid_t client = fork();
    assert_true(client >= 0);
    if (client == 0) {
        come_up(b);
        _exit(exchange(b, slow_select, sizeof slow_select) == 0 ? 0 : 1);
    }
    clock_sleep_ms(1500);
    int status;
    assert_int_equal(kill(client, SIGKILL), 0);
    assert_int_equal(waitpid(client, &status, 0), client);
    assert_true(WIFSIGNALED(status)); /* it was in its call */
    uint64_t killed_ns = clock_now_ns();
    while ((status = try_to_come_up(b)) != 0 && clock_now_ns() - killed_ns < UINT64_C(15000000000)) {
        assert_true(b->fault.busy);
        clock_sleep_ms(100);
    }
    assert_int_equal(status, 0);
    assert_in_range((clock_now_ns() - killed_ns) / 1000000, 1000, 20000);
    assert_int_equal(exchange(b, get_challenge, sizeof get_challenge), 0);
    assert_int_equal(apdu_status_word(b->response, b->x.response_length), 0x9000);
}

int main(void)
{
#define BEHAVIOUR(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        BEHAVIOUR(a_virtual_reader_is_a_sign_of_simulation),
        BEHAVIOUR(a_card_that_is_not_ours_answers),
        BEHAVIOUR(a_card_that_is_silent_is_waited_for),
        BEHAVIOUR(killing_a_client_does_not_free_a_silent_card),
        BEHAVIOUR(a_card_that_leaves_in_an_exchange_never_looks_like_success),
    };
    if (!getenv("NFC_SURVEY_VPCD") || !getenv("PCSCLITE_CSOCK_NAME")) {
        puts("1..0 # SKIP runs over a virtual reader: see tests/testbed/vpcd.bats");
        return 0;
    }
    cmocka_set_test_filter(getenv("CONTRACT_ONLY"));
    return cmocka_run_group_tests_name("vpcd", tests, NULL, NULL);
}
