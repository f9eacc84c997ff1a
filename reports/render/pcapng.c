#include "reports/render/pcapng.h"

#include <string.h>

#define BLOCK_SECTION   0x0a0d0d0aU
#define BLOCK_INTERFACE 1
#define BLOCK_PACKET    6
#define BYTE_ORDER      0x1a2b3c4dU

#define OPTION_END        0
#define OPTION_COMMENT    1
#define OPTION_NAME       2 /* of an interface; of a packet its flags */
#define OPTION_ABOUT      3
#define OPTION_PROGRAM    4
#define OPTION_RESOLUTION 9
#define OPTION_BYTES_MAX  65535
#define FLAG_FROM_CARD    1
#define FLAG_TO_CARD      2

#define LINK_UPPER_PDU 252
#define LINK_ISO_14443 264
enum interface { INTERFACE_APDU, INTERFACE_AIR };

/* Of an exported PDU: tag, length, value, all big-endian. */
#define TAG_DISSECTOR 12
#define TAG_DIRECTION 39

/* Of a frame on the air: a version, an event, and the length of what follows. */
#define EVENT_TO_CARD   0xfa /* without its checksum */
#define EVENT_FROM_CARD 0xfb

static void add_padding(struct buf *b, size_t length)
{
    for (; length % 4; length++)
        buf_add_char(b, '\0');
}

static void add_option(struct buf *b, unsigned code, const void *bytes, size_t length)
{
    if (length > OPTION_BYTES_MAX)
        length = OPTION_BYTES_MAX;
    buf_add_u16(b, code);
    buf_add_u16(b, (unsigned)length);
    buf_add(b, bytes, length);
    add_padding(b, length);
}

static void add_text_option(struct buf *b, unsigned code, const char *text)
{
    add_option(b, code, text, strlen(text));
}

/* Its length stands at both ends: the first one is filled in when the block ends. */
static size_t open_block(struct buf *b, uint32_t type)
{
    buf_add_u32(b, type);
    buf_add_u32(b, 0);
    return b->length - 2 * sizeof(uint32_t);
}

static void close_block(struct buf *b, size_t start)
{
    add_option(b, OPTION_END, "", 0);
    uint32_t length = (uint32_t)(b->length - start + sizeof(uint32_t));
    buf_add_u32(b, length);
    for (unsigned i = 0; i < sizeof length && !b->failed; i++)
        b->data[start + sizeof length + i] = (char)(length >> 8 * i & 0xff);
}

static void add_interface(struct buf *b, unsigned link, const char *name, const char *about)
{
    size_t start = open_block(b, BLOCK_INTERFACE);
    buf_add_u16(b, link);
    buf_add_u16(b, 0);
    buf_add_u32(b, 0); /* of a packet all bytes are there */
    add_text_option(b, OPTION_NAME, name);
    add_text_option(b, OPTION_ABOUT, about);
    add_option(b, OPTION_RESOLUTION, "\x09", 1); /* 10^-9 s */
    close_block(b, start);
}

void pcapng_begin(struct buf *b, const char *program, const char *comment)
{
    size_t start = open_block(b, BLOCK_SECTION);
    buf_add_u32(b, BYTE_ORDER);
    buf_add_u16(b, 1);
    buf_add_u16(b, 0);
    buf_add_u32(b, UINT32_MAX); /* the section's length is not told */
    buf_add_u32(b, UINT32_MAX);
    add_text_option(b, OPTION_PROGRAM, program);
    add_text_option(b, OPTION_COMMENT, comment);
    close_block(b, start);
    add_interface(b, LINK_UPPER_PDU, "apdu", "commands and responses as the host sees them");
    add_interface(b, LINK_ISO_14443, "air", "what the reader told of frames, without checksums");
}

static void add_packet(struct buf *b, enum interface interface, const struct pcapng_packet *p,
                       const uint8_t *head, size_t head_length)
{
    size_t start = open_block(b, BLOCK_PACKET), length = head_length + p->length;
    char flags[] = { p->to_card ? FLAG_TO_CARD : FLAG_FROM_CARD, 0, 0, 0 };
    buf_add_u32(b, interface);
    buf_add_u32(b, (uint32_t)(p->ns >> 32));
    buf_add_u32(b, (uint32_t)p->ns);
    buf_add_u32(b, (uint32_t)length);
    buf_add_u32(b, (uint32_t)length);
    buf_add(b, head, head_length);
    buf_add(b, p->bytes, p->length);
    add_padding(b, length);
    add_option(b, OPTION_NAME, flags, sizeof flags);
    add_text_option(b, OPTION_COMMENT, p->comment);
    close_block(b, start);
}

void pcapng_apdu(struct buf *b, const struct pcapng_packet *p)
{
    uint8_t head[] = {
        0, TAG_DISSECTOR,      0, 8, 'i', 's', 'o', '7', '8', '1', '6', 0, 0, TAG_DIRECTION, 0, 4, 0, 0,
        0, p->to_card ? 0 : 1, 0, 0, 0,   0
    };
    add_packet(b, INTERFACE_APDU, p, head, sizeof head);
}

void pcapng_frame(struct buf *b, const struct pcapng_packet *p)
{
    uint8_t head[] = { 0, p->to_card ? EVENT_TO_CARD : EVENT_FROM_CARD, (uint8_t)(p->length >> 8),
                       (uint8_t)p->length };
    add_packet(b, INTERFACE_AIR, p, head, sizeof head);
}
