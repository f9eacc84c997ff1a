/*
 * Bytes and times of the activation. Codings as ISO/IEC 14443-3 and -4 have them: rates B3 for 106 to 424
 * kbit/s the same both ways, 91 for 106 and 212, 80 for 106 only; ATQB protocol info: rates, FSCI and
 * protocol, FWI.
 */
#include "drivers/emulator/handset/identity.h"

#include "drivers/emulator/handset/keys.h"
#include "drivers/emulator/handset/link.h"
#include "drivers/emulator/handset/pace.h"
#include "harness/base/keyed_random.h"

#include <math.h>
#include <string.h>

#define GUARD_NS         5000000u /* a reader sends nothing in the first 5 ms of its field (ISO/IEC 14443-3) */
#define RATS_WAIT_NS     4833000u /* activation frame waiting time, 65536 carriers */
#define RATS_TRIES       3u
#define APPLICATION_DATA 4

static uint8_t rates_byte(unsigned kbit_s)
{
    return kbit_s >= 424 ? 0xb3 : kbit_s >= 212 ? 0x91 : 0x80;
}

static void fill_uid(const struct virtual_handset *h, uint64_t key, struct handset_activation *out)
{
    if (!h->random_uid && h->uid_length > 0 && h->uid_length <= sizeof out->uid) {
        memcpy(out->uid, h->uid, h->uid_length);
        out->uid_length = h->uid_length;
        return;
    }
    uint64_t bits = random_u64(key, DRAW_PURPOSE_UID);
    for (size_t i = 0; i < 4; i++)
        out->uid[i] = (uint8_t)(bits >> 8 * i);
    if (h->technology == 'A')
        out->uid[0] = 0x08; /* a random UID says so */
    out->uid_length = 4;
}

static void fill_ats(const struct virtual_handset *h, struct handset_activation *out)
{
    memcpy(out->atqa, h->atqa, sizeof out->atqa);
    out->sak = h->sak;
    size_t n = h->historical_length <= sizeof h->historical ? h->historical_length : sizeof h->historical;
    out->ats[0] = (uint8_t)(5 + n);
    out->ats[1] = (uint8_t)(0x70 | (h->fsci & 0x0f));
    out->ats[2] = rates_byte(h->max_kbit_s);
    out->ats[3] = (uint8_t)((h->fwi & 0x0f) << 4);
    out->ats[4] = 0x02; /* CID, no NAD */
    memcpy(out->ats + 5, h->historical, n);
    out->ats_length = 5 + n;
    out->atr_length = atr_of_historical(h->historical, n, out->atr);
}

static void fill_atqb(const struct virtual_handset *h, struct handset_activation *out)
{
    out->atqb[0] = 0x50;
    memcpy(out->atqb + 1, out->uid, 4);
    if (h->historical_length >= APPLICATION_DATA) /* type B has no historical bytes: four serve here */
        memcpy(out->atqb + 5, h->historical, 4);
    out->atqb[9] = rates_byte(h->max_kbit_s);
    out->atqb[10] = (uint8_t)((h->fsci & 0x0f) << 4 | 0x01);
    out->atqb[11] = (uint8_t)((h->fwi & 0x0f) << 4 | 0x01);
    out->atqb_length = 12;
    out->atr_length = atr_of_atqb(out->atqb, 0, out->atr);
}

void identity_fill(const struct virtual_handset *handset, const struct virtual_reader *reader, uint64_t key,
                   struct handset_activation *out)
{
    fill_uid(handset, key, out);
    if (handset->technology == 'B')
        fill_atqb(handset, out);
    else
        fill_ats(handset, out);
    out->fwt_us = frame_waiting_time_us(handset->fwi);
    out->kbit_s = link_rate(handset->max_kbit_s, reader->max_kbit_s);
}

static const char *polling(const struct virtual_reader *reader)
{
    return reader->polling[0] ? reader->polling : "AB";
}

bool identity_polled(const struct virtual_handset *handset, const struct virtual_reader *reader,
                     unsigned *polled_before)
{
    const char *order = polling(reader);
    unsigned i = 0;
    while (i < sizeof reader->polling && order[i] && order[i] != handset->technology)
        i++;
    *polled_before = i;
    return i < sizeof reader->polling && order[i] == handset->technology;
}

uint64_t identity_detect_ns(const struct virtual_handset *handset, const struct virtual_reader *reader,
                            bool found)
{
    unsigned before;
    bool polled = identity_polled(handset, reader, &before);
    struct link l = { handset->technology, 106, 256 };
    uint64_t request_ns = link_frame_ns(&l, handset->technology == 'B' ? 5 : 1);
    uint64_t rounds = before + (polled ? 1u : 0u);
    uint64_t ns = rounds * (GUARD_NS + request_ns);
    return found ? ns + link_delay_ns(&l) + link_frame_ns(&l, handset->technology == 'B' ? 14 : 2) : ns;
}

uint64_t identity_link_up_ns(const struct virtual_handset *handset,
                             const struct handset_activation *activation)
{
    struct link l = { handset->technology, 106, 256 };
    uint64_t ns = 0;
    unsigned frames = 2;
    if (handset->technology == 'B') { /* ATTRIB and its answer */
        ns += link_frame_ns(&l, 11) + link_frame_ns(&l, 3);
    } else { /* a cascade level: ANTICOLLISION 2 and 5, SELECT 9 and 3 bytes; then RATS and ATS, PPS */
        unsigned levels = activation->uid_length > 7 ? 3 : activation->uid_length > 4 ? 2 : 1;
        ns += levels *
              (link_frame_ns(&l, 2) + link_frame_ns(&l, 5) + link_frame_ns(&l, 9) + link_frame_ns(&l, 3));
        ns += link_frame_ns(&l, 4) + link_frame_ns(&l, activation->ats_length + 2);
        frames += 4 * levels;
        if (activation->kbit_s > 106) {
            ns += link_frame_ns(&l, 5) + link_frame_ns(&l, 3);
            frames += 2;
        }
    }
    return ns + frames * link_delay_ns(&l);
}

uint64_t identity_activate_ns(const struct virtual_handset *handset,
                              const struct handset_activation *activation, uint64_t key)
{
    double z = random_normal(key, DRAW_PURPOSE_WAKE);
    z = z > PACE_CUT_SD ? PACE_CUT_SD : z < -PACE_CUT_SD ? -PACE_CUT_SD : z;
    return identity_link_up_ns(handset, activation) +
           (uint64_t)(IDENTITY_WAKE_NS * exp(IDENTITY_WAKE_SPREAD * z));
}

uint64_t identity_give_up_ns(void)
{
    return RATS_TRIES * RATS_WAIT_NS;
}
