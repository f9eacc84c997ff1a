/*
 * Journals of version 1 hold what a card told of itself as it came: identifiers that readers and chips give, and what
 * the guard of then let be read of applications that are closed now. The file stays as it is; whoever reads it sees
 * what a record of today would hold.
 */
#include "harness/base/text.h"
#include "harness/card/apdu.h"
#include "harness/card/atr.h"
#include "harness/card/guard.h"
#include "harness/journal/line.h"

#include <stdlib.h>
#include <string.h>

#define UID_MAX 16

/* The arena's copy of a line is the reader's own, and nothing here makes it longer. */
static char *own(const char *text)
{
    return (char *)(uintptr_t)text;
}

static void hide_answer(const struct said *s,
                        uint64_t (*hidden_of)(const uint8_t *, size_t, const uint8_t *, size_t))
{
    uint8_t bytes[64];
    size_t length = 0;
    const char *hex = journal_shown(s);
    if (!text_to_bytes(hex, strlen(hex), bytes, sizeof bytes, &length) || strlen(hex) != 2 * length)
        return;
    uint64_t hidden = hidden_of(bytes, length, NULL, 0);
    for (size_t i = 0; i < length; i++)
        if (hidden >> i & 1)
            memset(own(hex) + 2 * i, 'x', 2);
}

struct scratch {
    struct guard guard;
    uint8_t command[APDU_COMMAND_MAX], response[APDU_RESPONSE_MAX];
    struct buf hex;
};

/* What the guard of today knows of an exchange is all that is shown. One that is cut, or was secret already, leaves
 * nothing known. */
static void hide_response(struct scratch *s, struct journal_byte_pair *pair)
{
    size_t command, response;
    if (!text_to_bytes(pair->command, strlen(pair->command), s->command, sizeof s->command, &command) ||
        command == 0) {
        guard_reset(&s->guard);
        return;
    }
    if (!text_to_bytes(pair->response, strlen(pair->response), s->response, sizeof s->response, &response))
        response = 0;
    buf_clear(&s->hex);
    guard_add_response_hex(&s->hex, &s->guard, s->command, command, s->response, response);
    guard_note(&s->guard, s->command, command, apdu_status_word(s->response, response));
    if (response > 0 && !s->hex.failed && s->hex.length <= strlen(pair->response)) {
        memcpy(own(pair->response), s->hex.data, s->hex.length);
        own(pair->response)[s->hex.length] = '\0';
    }
}

static void hide_bytes(const struct journal_transaction *t)
{
    struct scratch *s = calloc(1, sizeof *s);
    uint32_t before = 1;
    if (s)
        buf_init(&s->hex, 2 * APDU_RESPONSE_MAX + 2);
    for (size_t i = 0; i < t->bytes.count; i++) {
        uint32_t step = i < t->exchanges.count ? t->exchanges.items[i].step : 0;
        if (s && step > before + 1) /* the field may have been reset between them */
            guard_reset(&s->guard);
        before = step;
        if (s)
            hide_response(s, &t->bytes.items[i]);
        else
            t->bytes.items[i].response = "";
    }
    if (s)
        buf_free(&s->hex);
    free(s);
}

void journal_hide_old_identifiers(struct journal_record *r)
{
    if (r->kind != JOURNAL_KIND_TRANSACTION)
        return;
    hide_answer(r->as.transaction.atr, atr_hidden);
    hide_answer(r->as.transaction.ats, ats_hidden);
    if (r->as.transaction.bytes.count > 0)
        hide_bytes(&r->as.transaction);
}
