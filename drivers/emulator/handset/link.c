/*
 * Frame times. Type A: 9 bits a byte (8 and parity) and a start and an end bit; type B: 10 etu a byte, SOF of
 * 10 + 2 and EOF of 10 etu, no extra guard time. Checked against the published floors by test_link.
 */
#include "drivers/emulator/handset/link.h"

/* An etu at 106 kbit/s is 128 carrier periods of 13.56 MHz. */
#define CARRIER_HZ       13560000u
#define ETU_CARRIERS     128u
#define BLOCK_OVERHEAD   3u /* PCB and two bytes of CRC; no CID, no NAD */
#define CHARACTER_BITS_A 9u
#define FRAMING_BITS_A   2u
#define CHARACTER_ETU_B  10u
#define FRAMING_ETU_B    22u

/* ISO/IEC 14443-3: frame delay of type A at least 1172 carriers; type B TR0 1024 and TR1 1280 carriers. */
#define DELAY_CARRIERS_A 1172u
#define DELAY_CARRIERS_B 2304u

static uint64_t carriers_ns(uint64_t carriers)
{
    return carriers * 1000000000u / CARRIER_HZ;
}

unsigned link_rate(unsigned handset_kbit_s, unsigned reader_kbit_s)
{
    unsigned least = handset_kbit_s < reader_kbit_s ? handset_kbit_s : reader_kbit_s;
    return least >= 424 ? 424 : least >= 212 ? 212 : 106;
}

uint64_t link_frame_ns(const struct link *l, size_t bytes)
{
    uint64_t etu = l->technology == 'B' ? (uint64_t)bytes * CHARACTER_ETU_B + FRAMING_ETU_B
                                        : (uint64_t)bytes * CHARACTER_BITS_A + FRAMING_BITS_A;
    return carriers_ns(etu * ETU_CARRIERS / (l->kbit_s / 106));
}

size_t link_blocks(const struct link *l, size_t payload)
{
    size_t room = l->frame > BLOCK_OVERHEAD ? l->frame - BLOCK_OVERHEAD : 1;
    return payload == 0 ? 1 : (payload + room - 1) / room;
}

uint64_t link_payload_ns(const struct link *l, size_t payload)
{
    uint64_t blocks = link_blocks(l, payload);
    uint64_t bytes = (uint64_t)payload + blocks * BLOCK_OVERHEAD;
    uint64_t etu = l->technology == 'B' ? bytes * CHARACTER_ETU_B + blocks * FRAMING_ETU_B
                                        : bytes * CHARACTER_BITS_A + blocks * FRAMING_BITS_A;
    return carriers_ns(etu * ETU_CARRIERS / (l->kbit_s / 106));
}

uint64_t link_delay_ns(const struct link *l)
{
    return carriers_ns(l->technology == 'B' ? DELAY_CARRIERS_B : DELAY_CARRIERS_A);
}

uint64_t link_transfer_ns(const struct link *l, size_t payload)
{
    uint64_t chained = link_blocks(l, payload) - 1;
    return link_payload_ns(l, payload) + chained * (link_frame_ns(l, BLOCK_OVERHEAD) + 2 * link_delay_ns(l));
}

uint64_t link_extension_ns(const struct link *l)
{
    return 2 * (link_frame_ns(l, BLOCK_OVERHEAD + 1) + link_delay_ns(l));
}
