/* Messages between supervisor and worker: fragments, and packets that no worker of ours would send. */
#include "harness/station/wire.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

static void pair_of(int ends[2])
{
    int size = 1 << 20;
    assert_int_equal(socketpair(AF_UNIX, SOCK_SEQPACKET, 0, ends), 0);
    setsockopt(ends[0], SOL_SOCKET, SO_SNDBUF, &size, sizeof size);
}

static void a_message_longer_than_a_packet_arrives_whole(void **state)
{
    static char tail[150000];
    struct wire_exchange head = { .step = 3, .command_hex = 5, .response_hex = sizeof tail - 5 };
    struct wire_inbox in;
    enum wire_received got;
    int ends[2];
    (void)state;
    pair_of(ends);
    wire_inbox_init(&in);
    memset(tail, 'a', sizeof tail);
    tail[sizeof tail - 1] = 'z';
    assert_true(wire_send(ends[0], WIRE_EXCHANGE, &head, sizeof head, tail, sizeof tail));
    unsigned packets = 1;
    while ((got = wire_receive(ends[1], false, &in)) == WIRE_AGAIN && packets < 10)
        packets++;
    assert_int_equal(got, WIRE_MESSAGE);
    assert_true(packets > 2);
    assert_int_equal(in.kind, WIRE_EXCHANGE);
    const struct wire_exchange *m = wire_body(&in, sizeof *m, true);
    assert_non_null(m);
    assert_int_equal(m->step, 3);
    assert_int_equal(in.body.length, sizeof head + sizeof tail);
    assert_int_equal(in.body.data[in.body.length - 1], 'z');
    assert_null(wire_body(&in, sizeof *m, false)); /* a tail that was not asked for */
    wire_inbox_free(&in);
    close(ends[0]);
    close(ends[1]);
}

static void strangers_packets_are_broken_never_a_message(void **state)
{
    static const struct {
        uint32_t word[5];
        size_t length;
    } packets[] = {
        { { 0x4e465357u, WIRE_PLACED, 4, 0, 0 }, 3 },            /* shorter than a head */
        { { 0x12345678u, WIRE_PLACED, 4, 0, 0 }, 20 },           /* no magic */
        { { 0x4e465357u, 0, 4, 0, 0 }, 20 },                     /* no kind */
        { { 0x4e465357u, WIRE_KIND_COUNT, 4, 0, 0 }, 20 },       /* a kind that is none */
        { { 0x4e465357u, WIRE_PLACED, 0xffffffffu, 0, 0 }, 20 }, /* too long */
        { { 0x4e465357u, WIRE_PLACED, 4, 8, 0 }, 20 },           /* a fragment of nothing */
        { { 0x4e465357u, WIRE_PLACED, 2, 0, 0 }, 20 },           /* more than it says */
        { { 0x4e465357u, WIRE_PLACED, 4, 0 }, 16 },              /* nothing of it */
    };
    (void)state;
    for (size_t i = 0; i < sizeof packets / sizeof *packets; i++) {
        struct wire_inbox in;
        int ends[2];
        pair_of(ends);
        wire_inbox_init(&in);
        assert_int_equal(send(ends[0], packets[i].word, packets[i].length, 0), packets[i].length);
        assert_int_equal(wire_receive(ends[1], false, &in), WIRE_BROKEN);
        wire_inbox_free(&in);
        close(ends[0]);
        close(ends[1]);
    }
}

/* A message that begins anew each time would never be whole. */
static void a_message_is_not_begun_again_in_its_middle(void **state)
{
    const uint32_t half[5] = { 0x4e465357u, WIRE_PLACED, 8, 0, 0 };
    struct wire_inbox in;
    int ends[2];
    (void)state;
    pair_of(ends);
    wire_inbox_init(&in);
    for (unsigned i = 0; i < 2; i++) {
        assert_int_equal(send(ends[0], half, sizeof half, 0), sizeof half);
        assert_int_equal(wire_receive(ends[1], false, &in), i == 0 ? WIRE_AGAIN : WIRE_BROKEN);
    }
    wire_inbox_free(&in);
    close(ends[0]);
    close(ends[1]);
}

static void a_dead_peer_is_closed_and_a_silent_one_is_waited_for(void **state)
{
    struct wire_inbox in;
    int ends[2];
    (void)state;
    pair_of(ends);
    wire_inbox_init(&in);
    assert_int_equal(wire_receive(ends[1], false, &in), WIRE_AGAIN);
    assert_true(wire_send(ends[0], WIRE_FINISH, NULL, 0, NULL, 0));
    close(ends[0]);
    assert_int_equal(wire_receive(ends[1], false, &in), WIRE_MESSAGE);
    assert_int_equal(in.kind, WIRE_FINISH);
    assert_int_equal(wire_receive(ends[1], false, &in), WIRE_CLOSED);
    assert_false(wire_send(ends[1], WIRE_QUIT, NULL, 0, NULL, 0)); /* and no SIGPIPE */
    wire_inbox_free(&in);
    close(ends[1]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_message_longer_than_a_packet_arrives_whole),
        cmocka_unit_test(strangers_packets_are_broken_never_a_message),
        cmocka_unit_test(a_message_is_not_begun_again_in_its_middle),
        cmocka_unit_test(a_dead_peer_is_closed_and_a_silent_one_is_waited_for),
    };
    return cmocka_run_group_tests_name("wire", tests, NULL, NULL);
}
