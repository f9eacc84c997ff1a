#include "harness/card/permission.h"

#include <stdio.h>
#include <string.h>

#define PIN_FIELD       16 /* a PIN padded with FF */
#define TRIES_LEAST     2
#define ALGORITHM_FIRST 0x01 /* RSA of 2048 bits; 02: P-256 */
#define ALGORITHM_LAST  0x02

enum body {
    BODY_NONE = 0,
    BODY_PIN,      /* 1 to 16 bytes */
    BODY_TWO_PINS, /* old and new */
    BODY_KEY_PAIR, /* B6 with the key's reference, and may be an algorithm */
    BODY_KEY,      /* 84 01 and the key's reference */
    BODY_DIGEST,   /* 20 to 64 bytes: a hash, or DigestInfo around it */
    BODY_BLOCK,    /* of a file, 1 to 4096 bytes */
    BODY_KEY_FILE, /* 83 02 and a key's file */
    BODY_OWN_NAME, /* the application's */
};

enum le_rule { LE_NONE = 0, LE_MUST, LE_MAY };

/* One whose P1 and P2 are given whole. */
#define EXACT(cla, ins, p1, p2, body, le, uses, allow, cost)                                                 \
    {                                                                                                        \
        cla, ins, p1, 0xFF, p2, 0xFF, body, le, uses,                                                        \
        {                                                                                                    \
            allow, cost                                                                                      \
        }                                                                                                    \
    }

static const struct form {
    uint8_t cla, ins, p1, p1_mask, p2, p2_mask;
    enum body body;
    enum le_rule le;
    unsigned uses; /* enum file_use that the selected file must have; 0: any or none */
    struct permission permission;
} forms[] = {
    /* VERIFY, CHANGE with the old PIN, a new PIN, RESET with a new PIN */
    EXACT(0x00, 0x20, 0x00, 0x80, BODY_PIN, LE_NONE, FILE_PIN, GUARD_ALLOW_PIN, GUARD_COST_TRY),
    EXACT(0x00, 0x24, 0x00, 0x80, BODY_TWO_PINS, LE_NONE, FILE_PIN, GUARD_ALLOW_PIN, GUARD_COST_TRY),
    EXACT(0x00, 0x24, 0x01, 0x80, BODY_PIN, LE_NONE, FILE_PIN, GUARD_ALLOW_PIN, GUARD_COST_WRITE),
    EXACT(0x00, 0x2C, 0x02, 0x80, BODY_PIN, LE_NONE, FILE_PIN, GUARD_ALLOW_PIN, GUARD_COST_WRITE),
    /* which key, and its signature: ISO/IEC 7816-8, and as JPKI has it */
    EXACT(0x00, 0x22, 0x41, 0xB6, BODY_KEY, LE_NONE, 0, GUARD_ALLOW_PIN, GUARD_COST_NONE),
    EXACT(0x00, 0x2A, 0x9E, 0x9A, BODY_DIGEST, LE_MUST, 0, GUARD_ALLOW_PIN, GUARD_COST_NONE),
    EXACT(0x80, 0x2A, 0x00, 0x80, BODY_DIGEST, LE_MUST, FILE_KEY, GUARD_ALLOW_PIN, GUARD_COST_NONE),
    /* GENERATE ASYMMETRIC KEY PAIR, and its public key once more */
    EXACT(0x00, 0x47, 0x80, 0x00, BODY_KEY_PAIR, LE_MAY, 0, GUARD_ALLOW_WRITE, GUARD_COST_WRITE),
    EXACT(0x00, 0x47, 0x81, 0x00, BODY_KEY_PAIR, LE_MAY, 0, GUARD_ALLOW_WRITE, GUARD_COST_NONE),
    /* UPDATE BINARY at an offset up to 7fff, and what makes it the file's */
    { 0x00,
      0xD6,
      0x00,
      0x80,
      0x00,
      0x00,
      BODY_BLOCK,
      LE_NONE,
      FILE_WRITE,
      { GUARD_ALLOW_WRITE, GUARD_COST_WRITE } },
    EXACT(0x00, 0x44, 0x00, 0x00, BODY_NONE, LE_NONE, FILE_WRITE, GUARD_ALLOW_WRITE, GUARD_COST_WRITE),
    /* SET STATUS: selectable, personalised, locked */
    EXACT(0x80, 0xF0, 0x40, 0x07, BODY_OWN_NAME, LE_NONE, 0, GUARD_ALLOW_WRITE, GUARD_COST_WRITE),
    EXACT(0x80, 0xF0, 0x40, 0x0F, BODY_OWN_NAME, LE_NONE, 0, GUARD_ALLOW_WRITE, GUARD_COST_WRITE),
    EXACT(0x80, 0xF0, 0x40, 0x83, BODY_OWN_NAME, LE_NONE, 0, GUARD_ALLOW_BLOCK, GUARD_COST_WRITE),
    /* DELETE FILE: the one that is selected, or a key's */
    EXACT(0x00, 0xE4, 0x00, 0x00, BODY_NONE, LE_NONE, FILE_WRITE, GUARD_ALLOW_BLOCK, GUARD_COST_WRITE),
    EXACT(0x00, 0xE4, 0x00, 0x00, BODY_KEY_FILE, LE_NONE, 0, GUARD_ALLOW_BLOCK, GUARD_COST_WRITE),
};

/* B6 03 { 84 01 key }, or B6 06 with { 80 01 algorithm } behind it. */
static bool is_key_pair(const struct application *own, const struct apdu *a)
{
    const uint8_t *d = a->data;
    if (a->data_length != 5 && a->data_length != 8)
        return false;
    return d[0] == 0xB6 && d[1] == a->data_length - 2 && d[2] == 0x84 && d[3] == 0x01 &&
           application_has_key(own, d[4]) &&
           (a->data_length == 5 ||
            (d[5] == 0x80 && d[6] == 0x01 && d[7] >= ALGORITHM_FIRST && d[7] <= ALGORITHM_LAST));
}

static bool is_key_file(const struct application *own, const struct apdu *a)
{
    const uint8_t *d = a->data;
    if (a->data_length != 4 || d[0] != 0x83 || d[1] != 0x02)
        return false;
    const struct application_file *f = application_file(own, (uint16_t)(d[2] << 8 | d[3]));
    return f && f->uses & FILE_KEY;
}

static bool body_fits(enum body body, const struct application *own, const struct apdu *a)
{
    size_t n = a->data_length;
    switch (body) {
    case BODY_NONE:
        return n == 0;
    case BODY_PIN:
        return n >= 1 && n <= PIN_FIELD;
    case BODY_TWO_PINS:
        return n == (size_t)2 * PIN_FIELD;
    case BODY_KEY_PAIR:
        return is_key_pair(own, a);
    case BODY_KEY:
        return n == 3 && a->data[0] == 0x84 && a->data[1] == 0x01 && application_has_key(own, a->data[2]);
    case BODY_DIGEST:
        return n >= 20 && n <= 64;
    case BODY_BLOCK:
        return n >= 1 && n <= 4096;
    case BODY_KEY_FILE:
        return is_key_file(own, a);
    case BODY_OWN_NAME:
        return own->life_cycle && n == own->aid_length && memcmp(a->data, own->aid, n) == 0;
    }
    return false;
}

static bool le_fits(enum le_rule rule, const struct apdu *a)
{
    return rule == LE_MAY || a->has_le == (rule == LE_MUST);
}

const struct permission *permission_of(const struct application *application,
                                       const struct application_file *file, const struct apdu *a)
{
    if (!application || !application->proof)
        return NULL;
    for (size_t i = 0; i < sizeof forms / sizeof *forms; i++) {
        const struct form *f = &forms[i];
        if (a->cla == f->cla && a->ins == f->ins && (a->p1 & f->p1_mask) == f->p1 &&
            (a->p2 & f->p2_mask) == f->p2 && (f->uses == 0 || (file && file->uses & f->uses)) &&
            (!a->extended || f->body == BODY_BLOCK) && le_fits(f->le, a) &&
            body_fits(f->body, application, a))
            return &f->permission;
    }
    return NULL;
}

/* Of forms that no word permits as they are: the word that their instruction would need; unlisted ones write. */
static unsigned word_of_instruction(uint8_t ins)
{
    switch (ins) {
    case 0x20: /* VERIFY */
    case 0x21: /* VERIFY, data objects */
    case 0x22: /* MANAGE SECURITY ENVIRONMENT */
    case 0x24: /* CHANGE */
    case 0x25: /* CHANGE, data objects */
    case 0x2A: /* COMPUTE DIGITAL SIGNATURE */
    case 0x2C: /* RESET */
    case 0x2D: /* RESET, data objects */
    case 0x82: /* EXTERNAL AUTHENTICATE: has tries of its own */
        return GUARD_ALLOW_PIN;
    case 0x04: /* DEACTIVATE FILE */
    case 0x06: /* ERASE */
    case 0x32: /* CHANGE KEY */
    case 0x50: /* LOCK DF */
    case 0xE4: /* DELETE FILE */
    case 0xE6: /* TERMINATE DF */
    case 0xE8: /* TERMINATE EF */
    case 0xF0: /* SET STATUS */
    case 0xFE: /* TERMINATE CARD USAGE */
        return GUARD_ALLOW_BLOCK;
    default:
        return GUARD_ALLOW_WRITE;
    }
}

/* The tries that the selected PIN has left, of a command that spends one; NULL: of none that is known. */
static const struct guard_tries *tries_of(const struct guard *g)
{
    for (size_t i = 0; i < APPLICATION_PINS_MAX; i++)
        if (g->file && application_pin(g->application, i) == g->file)
            return &g->tries[i];
    return NULL;
}

static bool too_few_tries(const struct guard *g, char *why, size_t capacity)
{
    const struct guard_tries *t = tries_of(g);
    bool known = t && t->known;
    if (known && (t->left >= TRIES_LEAST || g->permit.allowed & GUARD_ALLOW_BLOCK))
        return false;
    if (why && known)
        snprintf(why, capacity, "this PIN has %u %s left, and the last ones need `--allow block`", t->left,
                 t->left == 1 ? "try" : "tries");
    else if (why)
        snprintf(why, capacity,
                 "how many tries this PIN has left is not known: ask by the empty VERIFY before, in this "
                 "activation");
    return true;
}

static bool is_proven(const struct guard *g)
{
    return g->application && g->proven == g->application;
}

static bool lacks_nothing(const struct guard *g, unsigned word)
{
    return g->permit.allowed & word && g->permit.test_targets && is_proven(g);
}

static void list_missing(const struct guard *g, unsigned word, char *why, size_t capacity)
{
    const char *about = word == GUARD_ALLOW_PIN     ? "uses a PIN, a key or their tries"
                        : word == GUARD_ALLOW_WRITE ? "isn't on the list of harmless ones"
                                                    : "can block a PIN or the card";
    const char *missing[3];
    char name[16], by_word[40];
    size_t n = 0, at = (size_t)snprintf(why, capacity, "this form %s, and it lacks ", about);
    guard_allow_text(word, name);
    snprintf(by_word, sizeof by_word, "`--allow %s`", name);
    if (!(g->permit.allowed & word))
        missing[n++] = by_word;
    if (!g->permit.test_targets)
        missing[n++] = "`writes: test-target` in the survey";
    if (!is_proven(g))
        missing[n++] = "the target's proof, in this activation, that it is for tests";
    for (size_t i = 0; i < n && at < capacity; i++)
        at += (size_t)snprintf(why + at, capacity - at, "%s%s", i ? i + 1 == n ? " and " : ", " : "",
                               missing[i]);
}

bool permission_missing(const struct guard *g, const struct apdu *a, char *why, size_t capacity)
{
    const struct permission *p = permission_of(g->application, g->file, a);
    unsigned word = p ? p->word : word_of_instruction(a->ins);
    if (!lacks_nothing(g, word)) {
        if (why)
            list_missing(g, word, why, capacity);
        return true;
    }
    if (p)
        return p->cost == GUARD_COST_TRY && too_few_tries(g, why, capacity);
    if (why)
        snprintf(why, capacity,
                 "no `--allow` word permits this form in the application and file that are selected; "
                 "docs/permissions.md lists those that pass");
    return true;
}

/* ---- the words, and what the driver asks ---- */

static const struct {
    const char *name;
    unsigned bit;
} words[] = { { "pin", GUARD_ALLOW_PIN }, { "write", GUARD_ALLOW_WRITE }, { "block", GUARD_ALLOW_BLOCK } };

unsigned guard_allow_of_name(const char *name)
{
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (strcmp(words[i].name, name) == 0)
            return words[i].bit;
    return 0;
}

void guard_allow_text(unsigned allowed, char out[16])
{
    out[0] = '\0';
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (allowed & words[i].bit)
            snprintf(out + strlen(out), 16 - strlen(out), "%s%s", out[0] ? " " : "", words[i].name);
}

int guard_check_channel(const struct guard *g, struct err *e)
{
    char why[400];
    unsigned word = g->permit.allowed & GUARD_ALLOW_PIN ? GUARD_ALLOW_PIN : GUARD_ALLOW_WRITE;
    if (lacks_nothing(g, word))
        return 0;
    list_missing(g, word, why, sizeof why);
    return err_set(e, ERR_REFUSED, "secure channel", "%s", why);
}

enum guard_cost guard_cost(const struct guard *g, const uint8_t *command, size_t length)
{
    struct apdu a;
    const struct permission *p =
        apdu_parse(command, length, &a) ? permission_of(g->application, g->file, &a) : NULL;
    return p ? p->cost : GUARD_COST_NONE;
}
