/*
 * The CA certificate that a virtual sim serves, as long as its profile asks for: the checked-in one with
 * another comment in it, signed anew by the test CA. Same length, same bytes, always.
 */
#ifndef NFC_SURVEY_HANDSET_CERTIFICATE_H
#define NFC_SURVEY_HANDSET_CERTIFICATE_H

#include <stddef.h>
#include <stdint.h>

#define CERTIFICATE_CACHE 4

/* Those made last; zeroes are an empty one. */
struct certificate_cache {
    struct {
        size_t asked;
        uint8_t *der; /* owned */
        size_t length;
    } made[CERTIFICATE_CACHE];
    unsigned next;
};

/*
 * A certificate (DER) of exactly so many bytes, or the shortest there is (CERTIFICATE_SHORTEST at most) when
 * fewer are asked for; the checked-in one for 0, or when none can be made. Valid until CERTIFICATE_CACHE
 * others were asked for.
 */
#define CERTIFICATE_SHORTEST 1024
const uint8_t *certificate_of_length(struct certificate_cache *cache, size_t bytes, size_t *length);

void certificate_free(struct certificate_cache *cache);

#endif
