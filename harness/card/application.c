#include "harness/card/application.h"

#include <string.h>

/* Those from 00E0 on, and what can be written, are of test targets: no real card has them, or lets it happen. */
static const struct application_file jpki_files[] = {
    { .id = 0x0001, .uses = FILE_READ | FILE_WRITE, .secret = true, .proven = true }, /* of the signature */
    { .id = 0x0002, .uses = FILE_READ | FILE_WRITE }, /* CA certificate, signature */
    { .id = 0x0006, .uses = FILE_READ },              /* token information */
    { .id = 0x0008, .uses = FILE_READ | FILE_WRITE }, /* availability of the certificates */
    { .id = 0x000A,
      .uses = FILE_READ | FILE_WRITE,
      .secret = true },                                 /* a person's certificate; free on a card */
    { .id = 0x000B, .uses = FILE_READ | FILE_WRITE },   /* CA certificate, authentication */
    { .id = 0x0017, .uses = FILE_KEY, .proven = true }, /* authentication key */
    { .id = 0x0018, .uses = FILE_TRIES | FILE_PIN },    /* authentication PIN */
    { .id = 0x001A, .uses = FILE_KEY, .proven = true }, /* signature key */
    { .id = 0x001B, .uses = FILE_TRIES | FILE_PIN, .proven = true },     /* signature PIN */
    { .id = 0x00E0, .uses = FILE_READ, .secret = true },                 /* factory certificate */
    { .id = 0x00E1, .uses = FILE_READ, .secret = true, .proven = true }, /* public key, authentication */
    { .id = 0x00E2, .uses = FILE_READ, .secret = true, .proven = true }, /* public key, signature */
    { .id = 0x00E3, .uses = FILE_READ | FILE_WRITE, .secret = true, .proven = true }, /* binding to a phone */
    { .id = 0x00E4, .uses = FILE_READ, .proven = true },                 /* state: what a resume asks */
    { .id = 0x00E5, .uses = FILE_READ, .secret = true, .proven = true }, /* the last signature */
};

static const struct application_tag jpki_tags[] = { { .cla = 0x00, .tag = 0x0042 },
                                                    { .cla = 0x00, .tag = 0x0066 },
                                                    { .cla = 0x00, .tag = 0x00F0 } };
/* Of the CPLC, fabricator, type, date, serial number and batch of the chip are one chip's for life; what stands between
 * them an update of its system changes. */
static const struct application_tag domain_tags[] = { { .cla = 0x80,
                                                        .tag = 0x9F7F,
                                                        .secret = true,
                                                        .identifiers = { { IDENTIFIER_CPLC, 0, 4 },
                                                                         { IDENTIFIER_CPLC, 10, 8 } } } };
/* Rules, all of them, the next part, and the tag that changes with them. */
static const struct application_tag rule_tags[] = { { .cla = 0x80, .tag = 0xFF40 },
                                                    { .cla = 0x80, .tag = 0xFF60 },
                                                    { .cla = 0x80, .tag = 0xDF20 } };

#define COUNT(a)  (sizeof(a) / sizeof *(a))
#define FILES(of) .files = (of), .file_count = COUNT(of)
#define TAGS(of)  .tags = (of), .tag_count = COUNT(of)

static const struct application own_table[] = {
    { .id = "jpki",
      .aid = { 0xD3, 0x92, 0xF0, 0x00, 0x26, 0x01, 0x00, 0x00, 0x00, 0x01 },
      .aid_length = 10,
      .challenge = true,
      FILES(jpki_files),
      TAGS(jpki_tags),
      .proof = 0x00E0,
      .keys = { 0x17, 0x1A },
      .key_count = 2,
      .life_cycle = true },
    { .id = "android-hce",
      .aid = { 0xA0, 0x00, 0x00, 0x04, 0x76, 0x41, 0x6E, 0x64, 0x72, 0x6F, 0x69, 0x64, 0x48, 0x43, 0x45 },
      .aid_length = 15 },
    { .id = "ppse",
      .aid = { 0x32, 0x50, 0x41, 0x59, 0x2E, 0x53, 0x59, 0x53, 0x2E, 0x44, 0x44, 0x46, 0x30, 0x31 },
      .aid_length = 14 },
    { .id = "issuer-domain",
      .aid = { 0xA0, 0x00, 0x00, 0x01, 0x51, 0x00, 0x00, 0x00 },
      .aid_length = 8,
      TAGS(domain_tags) },
    { .id = "issuer-domain-older",
      .aid = { 0xA0, 0x00, 0x00, 0x00, 0x03, 0x00, 0x00, 0x00 },
      .aid_length = 8,
      TAGS(domain_tags) },
    { .id = "crs", .aid = { 0xA0, 0x00, 0x00, 0x01, 0x51, 0x43, 0x52, 0x53, 0x00 }, .aid_length = 9 },
    { .id = "ara-m",
      .aid = { 0xA0, 0x00, 0x00, 0x01, 0x51, 0x41, 0x43, 0x4C, 0x00 },
      .aid_length = 9,
      TAGS(rule_tags) },
    { .id = "ladder", /* the project's own */
      .aid = { 0xF0, 0x4E, 0x46, 0x43, 0x53, 0x55, 0x52, 0x56, 0x45, 0x59 },
      .aid_length = 10,
      .answers_all = true },
};

/* What each name begins with. */
static const struct {
    uint8_t aid[APPLICATION_AID_MOST];
    size_t length;
    const char *about;
} closed[] = {
    { { 0xD3, 0x92, 0x10, 0x00, 0x31, 0x00, 0x01, 0x01, 0x04 },
      9,
      "personal data of a My Number card (kenmen, juki)" },
    { { 0xD3, 0x92, 0xF0, 0x00, 0x4F }, 5, "a residence card" },
    { { 0xA0, 0x00, 0x00, 0x02, 0x31 }, 5, "a driving licence" },
    { { 0xA0, 0x00, 0x00, 0x02, 0x48 }, 5, "a driving licence" },
    { { 0xA0, 0x00, 0x00, 0x02, 0x47 }, 5, "a passport" },
    { { 0xA0, 0x00, 0x00, 0x00, 0x87 }, 5, "a USIM: the subscriber's identifiers" },
    { { 0xA0, 0x00, 0x00, 0x00, 0x09 }, 5, "a SIM: the subscriber's identifiers" },
    { { 0xA0, 0x00, 0x00, 0x03, 0x43 }, 5, "a CSIM: the subscriber's identifiers" },
    { { 0xA0, 0x00, 0x00, 0x05, 0x59 }, 5, "an eUICC: its identifier" },
};

const struct application *application_table_add(struct application_table *table,
                                                const struct application *one)
{
    for (size_t i = 0; i < table->count; i++)
        if (application_names_touch(&table->items[i], one))
            return &table->items[i];
    table->items[table->count++] = *one;
    return NULL;
}

const struct application *application_at(const struct application_table *own, size_t i)
{
    if (i < COUNT(own_table))
        return &own_table[i];
    i -= COUNT(own_table);
    return own && i < own->count ? &own->items[i] : NULL;
}

const struct application *application_of_aid(const struct application_table *own, const uint8_t *aid,
                                             size_t length)
{
    const struct application *a;
    for (size_t i = 0; (a = application_at(own, i)); i++)
        if (a->aid_length == length && memcmp(a->aid, aid, length) == 0)
            return a;
    return NULL;
}

const char *application_closed(const uint8_t *aid, size_t length)
{
    for (size_t i = 0; i < COUNT(closed); i++) {
        size_t common = length < closed[i].length ? length : closed[i].length;
        if (common == 0 || memcmp(aid, closed[i].aid, common) == 0)
            return closed[i].about;
    }
    return NULL;
}

bool application_names_touch(const struct application *a, const struct application *b)
{
    size_t common = a->aid_length < b->aid_length ? a->aid_length : b->aid_length;
    return memcmp(a->aid, b->aid, common) == 0;
}

const struct application_file *application_file(const struct application *a, uint16_t id)
{
    for (size_t i = 0; a && i < a->file_count; i++)
        if (a->files[i].id == id)
            return &a->files[i];
    return NULL;
}

const struct application_file *application_pin(const struct application *a, size_t i)
{
    for (size_t f = 0; a && f < a->file_count; f++)
        if (a->files[f].uses & FILE_PIN && i-- == 0)
            return &a->files[f];
    return NULL;
}

bool application_has_key(const struct application *a, uint8_t reference)
{
    return a && memchr(a->keys, reference, a->key_count) != NULL;
}

const struct application_file *application_brief(const struct application *a, unsigned brief)
{
    for (size_t i = 0; a && brief > 0 && i < a->file_count; i++)
        if (a->files[i].brief == brief)
            return &a->files[i];
    return NULL;
}

const struct application_tag *application_tag(const struct application *a, uint8_t cla, uint16_t tag)
{
    for (size_t i = 0; a && i < a->tag_count; i++)
        if (a->tags[i].cla == cla && a->tags[i].tag == tag)
            return &a->tags[i];
    return NULL;
}
