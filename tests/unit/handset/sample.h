/* A good phone, sim, reader and laying for tests; each test changes what it is about. */
#ifndef NFC_SURVEY_TESTS_UNIT_HANDSET_SAMPLE_H
#define NFC_SURVEY_TESTS_UNIT_HANDSET_SAMPLE_H

#include "harness/card/virtual.h"

#include <string.h>

#define SAMPLE_LABEL "SIM-VIRTUALTOKEN                "

struct sample {
    struct virtual_handset handset;
    struct virtual_sim sim;
    struct virtual_reader reader;
    struct laying laying;
};

static inline void sample_fill(struct sample *s, char technology)
{
    memset(s, 0, sizeof *s);
    struct virtual_target uicc = { .target = TARGET_UICC,
                                   .power_modes = 1u << POWER_ON_UNLOCKED | 1u << POWER_OFF,
                                   .applets = VIRTUAL_APPLET_JPKI | VIRTUAL_APPLET_CPLC |
                                              VIRTUAL_APPLET_PPSE | VIRTUAL_APPLET_LADDER,
                                   .select_us = 8000,
                                   .command_us = 5000,
                                   .per_byte_ns = 2000,
                                   .spread = 0.2 };
    struct virtual_target hce = { .target = TARGET_HCE,
                                  .power_modes = 1u << POWER_ON_UNLOCKED,
                                  .applets = VIRTUAL_APPLET_HCE_PROBE,
                                  .select_us = 20000,
                                  .command_us = 20000,
                                  .spread = 0.4 };
    s->handset = (struct virtual_handset) { .technology = technology,
                                            .random_uid = true,
                                            .atqa = { 0x04, 0x00 },
                                            .sak = 0x20,
                                            .fsci = 8,
                                            .fwi = 8,
                                            .max_kbit_s = 424,
                                            .targets = { uicc, hce },
                                            .target_count = 2,
                                            .margin_db = 30 };
    memcpy(s->sim.token_label, SAMPLE_LABEL, 33);
    s->reader = (struct virtual_reader) { .level = READER_LEVEL_EXTENDED,
                                          .max_message = 1034,
                                          .detect_quantum_us = 400000,
                                          .polling = "BA",
                                          .max_kbit_s = 424,
                                          .fsd = 256,
                                          .host_us = 1500,
                                          .host_spread = 0.1,
                                          .radius_mm = 25 };
    s->laying = (struct laying) {
        .handset = &s->handset, .sim = &s->sim, .power_mode = POWER_ON_UNLOCKED, .unit_key = 7, .session = 1
    };
}

static inline struct virtual_fault *sample_fault(struct sample *s, unsigned cause, enum virtual_per per,
                                                 double rate)
{
    struct virtual_fault *f = &s->handset.faults[s->handset.fault_count++];
    *f = (struct virtual_fault) { .cause = cause, .rate = rate, .per = per };
    return f;
}

#define SAMPLE_BYTES(name, ...) static const uint8_t name[] = { __VA_ARGS__ }
SAMPLE_BYTES(sample_select_jpki, 0x00, 0xa4, 0x04, 0x0c, 0x0a, 0xd3, 0x92, 0xf0, 0x00, 0x26, 0x01, 0x00, 0x00,
             0x00, 0x01);
SAMPLE_BYTES(sample_select_token, 0x00, 0xa4, 0x02, 0x0c, 0x02, 0x00, 0x06);
SAMPLE_BYTES(sample_read_label, 0x00, 0xb0, 0x00, 0x00, 0x20);
SAMPLE_BYTES(sample_select_ca, 0x00, 0xa4, 0x02, 0x0c, 0x02, 0x00, 0x0b);
SAMPLE_BYTES(sample_read_256, 0x00, 0xb0, 0x00, 0x00, 0x00);
SAMPLE_BYTES(sample_read_16, 0x00, 0xb0, 0x00, 0x00, 0x10);

#endif
