/*
 * Hostile targets on the air, and hostile Port-100 frames. The input is what is answered, frame by frame: a
 * byte that says how it ends (silence, damage, collision, or a frame of so many bytes), then the bytes.
 * Whatever comes: nothing outside of it is read, no response is longer than its buffer, and every call ends.
 */
#include "drivers/isodep/isodep.h"
#include "drivers/port100/frame.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#define FRAMES_MAX 100000
#define FRAME_NS   1000000

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void must(bool holds)
{
    if (!holds)
        abort();
}

struct air {
    const uint8_t *at;
    size_t left;
    unsigned frames;
};

static enum isodep_air transceive(void *context, struct isodep_frame *f)
{
    struct air *a = context;
    must(++a->frames < FRAMES_MAX && f->length <= ISODEP_FRAME_MAX && f->last_bits < 8);
    f->answer_length = f->answer_bits = 0;
    f->native[0] = '\0';
    if (a->left == 0)
        return ISODEP_AIR_SILENT;
    unsigned how = *a->at++;
    a->left--;
    if (how >= 0xf0) {
        if (how < 0xf8)
            return ISODEP_AIR_CORRUPT;
        return how < 0xfc ? ISODEP_AIR_COLLISION : how < 0xfe ? ISODEP_AIR_SILENT : ISODEP_AIR_BROKEN;
    }
    size_t n = how < a->left ? how : a->left;
    memcpy(f->answer, a->at, n);
    f->answer_length = n;
    a->at += n;
    a->left -= n;
    return n ? ISODEP_AIR_OK : ISODEP_AIR_SILENT;
}

static uint64_t now_ns(void *context)
{
    const struct air *a = context;
    return a->frames * (uint64_t)FRAME_NS;
}

static void check_target(const uint8_t *data, size_t size)
{
    struct air a = { data, size, 0 };
    const struct isodep_link link = { &a, transceive, now_ns };
    uint8_t command[300] = { 0x00, 0xa4 }, response[200];
    struct isodep d;
    struct err e = { 0 };
    isodep_init(&d, &link, 256);
    if (isodep_poll(&d, "BAF", &e) != ISODEP_OK)
        return;
    must(d.target.uid_length <= sizeof d.target.uid);
    if (isodep_activate(&d, 424, &e) != ISODEP_OK)
        return;
    must(d.target.ats_length <= sizeof d.target.ats && d.target.fsc >= 16 && d.target.fsc <= 256);
    for (unsigned i = 0; i < 4 && a.left; i++) {
        size_t length = 1;
        enum isodep_end end = isodep_exchange(&d, command, i % 2 ? 5 : sizeof command, response,
                                              sizeof response, &length, UINT64_C(20000000000), &e);
        must(length <= sizeof response && (end == ISODEP_OK || length == 0) && d.block <= 1);
    }
}

static void check_frame(const uint8_t *data, size_t size)
{
    struct port100_frame f;
    port100_decode(data, size, &f);
    must(f.kind != PORT100_KIND_DATA || (f.data >= data && f.data + f.length + 2 <= data + size));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size == 0)
        return 0;
    uint8_t *bytes = malloc(size > 1 ? size - 1 : 1); /* of its exact size: reading past it shows */
    must(bytes != NULL);
    memcpy(bytes, data + 1, size - 1);
    if (data[0] & 1)
        check_frame(bytes, size - 1);
    else
        check_target(bytes, size - 1);
    free(bytes);
    return 0;
}
