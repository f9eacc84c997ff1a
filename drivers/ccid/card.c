/* Interface bytes; see card.h. */
#include "drivers/ccid/card.h"

#include <string.h>

#define TS_DIRECT   0x3b
#define TS_INVERSE  0x3f
#define DEFAULT_FI  0x11 /* Fi 372, Di 1 */
#define DEFAULT_WI  10
#define DEFAULT_T1  0x4d /* BWI 4, CWI 13 */
#define DEFAULT_IFS 32

/* The bytes of one group, TA to TD; present: those that are there. */
struct group {
    bool has[4];
    uint8_t value[4];
};

static void take_group(struct ccid_card *card, const struct group *g, unsigned number, unsigned protocol,
                       bool *t1_seen)
{
    if (number == 1) {
        card->fi_di = g->has[0] ? g->value[0] : DEFAULT_FI;
        card->guard = g->has[2] ? g->value[2] : 0;
    } else if (number == 2) {
        card->specific = g->has[0];
        card->waiting_t0 = g->has[2] ? g->value[2] : DEFAULT_WI;
    } else if (protocol == 1 && !*t1_seen) { /* the first group for T=1 counts */
        *t1_seen = true;
        if (g->has[0] && g->value[0] >= 1 && g->value[0] <= 254)
            card->ifsc = g->value[0];
        if (g->has[1])
            card->waiting_t1 = g->value[1];
        card->crc = g->has[2] && (g->value[2] & 1);
    }
}

bool ccid_card_read(const uint8_t *atr, size_t length, struct ccid_card *out, bool *known)
{
    *out = (struct ccid_card) {
        .fi_di = DEFAULT_FI, .waiting_t0 = DEFAULT_WI, .waiting_t1 = DEFAULT_T1, .ifsc = DEFAULT_IFS
    };
    *known = false;
    if (length < 2 || (atr[0] != TS_DIRECT && atr[0] != TS_INVERSE))
        return false;
    out->inverse = atr[0] == TS_INVERSE;
    uint8_t indicator = atr[1];
    unsigned protocol = 0, offered = 0, first = 0;
    bool t1_seen = false, any = false;
    size_t at = 2;
    for (unsigned number = 1; indicator & 0xf0; number++) {
        struct group g = { 0 };
        for (unsigned i = 0; i < 4; i++) {
            g.has[i] = indicator & (0x10u << i);
            if (g.has[i] && at == length)
                return false;
            if (g.has[i])
                g.value[i] = atr[at++];
        }
        take_group(out, &g, number, protocol, &t1_seen);
        if (number == 2 && g.has[0])
            first = g.value[0] & 0x0f; /* specific mode names the protocol */
        if (!g.has[3])
            break;
        indicator = g.value[3];
        protocol = indicator & 0x0f;
        if (!any)
            first = protocol;
        any = true;
        offered |= 1u << protocol;
    }
    if (!any)
        offered = 1; /* no TD1: T=0 */
    if (out->specific)
        offered = 1u << first;
    *known = offered & 3;
    out->protocol = offered & 2 ? 1 : 0;
    out->first_offered = out->protocol == first;
    if (!out->specific)
        out->fi_di = DEFAULT_FI; /* no other rate is proposed: the card's answers count here, not its speed */
    return true;
}

size_t ccid_card_parameters(const struct ccid_card *card, uint8_t out[7])
{
    uint8_t convention = card->inverse ? 0x02 : 0x00;
    memset(out, 0, 7);
    out[0] = card->fi_di;
    out[2] = card->guard;
    if (card->protocol == 0) {
        out[1] = convention;
        out[3] = card->waiting_t0;
        return 5;
    }
    out[1] = (uint8_t)(0x10 | convention | (card->crc ? 1 : 0));
    out[3] = card->waiting_t1;
    out[5] = card->ifsc;
    return 7;
}
