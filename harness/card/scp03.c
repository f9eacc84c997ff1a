#include "harness/card/scp03.h"

#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/params.h>
#include <string.h>

#define BLOCK 16

enum constant {
    OF_CARD_CRYPTOGRAM = 0,
    OF_HOST_CRYPTOGRAM = 1,
    OF_CARD_CHALLENGE = 2,
    OF_ENC = 4,
    OF_MAC = 6,
    OF_RMAC = 7,
};

static const char *cipher_name(size_t key_length)
{
    return key_length == 16 ? "AES-128-CBC" : key_length == 24 ? "AES-192-CBC" : "AES-256-CBC";
}

/* Of a, then b; out may be either. */
static bool cmac(const uint8_t *key, size_t key_length, const void *a, size_t a_length, const void *b,
                 size_t b_length, uint8_t out[BLOCK])
{
    static EVP_MAC *mac; /* fetched once: fetching costs more than the MAC */
    if (!mac && !(mac = EVP_MAC_fetch(NULL, "CMAC", NULL)))
        return false;
    char name[16];
    size_t n = 0;
    memcpy(name, cipher_name(key_length), strlen(cipher_name(key_length)) + 1);
    const OSSL_PARAM parameters[] = { OSSL_PARAM_construct_utf8_string(OSSL_MAC_PARAM_CIPHER, name, 0),
                                      OSSL_PARAM_construct_end() };
    EVP_MAC_CTX *c = EVP_MAC_CTX_new(mac);
    bool good =
        c && EVP_MAC_init(c, key, key_length, parameters) == 1 && EVP_MAC_update(c, a, a_length) == 1 &&
        (b_length == 0 || EVP_MAC_update(c, b, b_length) == 1) && EVP_MAC_final(c, out, &n, BLOCK) == 1;
    EVP_MAC_CTX_free(c);
    return good && n == BLOCK;
}

/* Whole blocks, in place or not. */
static bool cbc(bool encrypt, const uint8_t *key, size_t key_length, const uint8_t iv[BLOCK],
                const uint8_t *in, size_t length, uint8_t *out)
{
    static EVP_CIPHER *ciphers[3];
    EVP_CIPHER **cipher = &ciphers[key_length / 8 - 2];
    if (!*cipher && !(*cipher = EVP_CIPHER_fetch(NULL, cipher_name(key_length), NULL)))
        return false;
    int written = 0, rest = 0;
    EVP_CIPHER_CTX *c = EVP_CIPHER_CTX_new();
    bool good = c && EVP_CipherInit_ex2(c, *cipher, key, iv, encrypt, NULL) == 1 &&
                EVP_CIPHER_CTX_set_padding(c, 0) == 1 &&
                EVP_CipherUpdate(c, out, &written, in, (int)length) == 1 &&
                EVP_CipherFinal_ex(c, out + written, &rest) == 1;
    EVP_CIPHER_CTX_free(c);
    return good;
}

bool scp03_derive(const uint8_t *key, size_t key_length, uint8_t constant, unsigned bits,
                  const uint8_t *context, size_t context_length, uint8_t *out)
{
    uint8_t head[BLOCK] = { [11] = constant, [13] = (uint8_t)(bits >> 8), [14] = (uint8_t)bits },
            block[BLOCK];
    bool good = true;
    for (unsigned done = 0; good && done < bits / 8; done += BLOCK) {
        unsigned rest = bits / 8 - done;
        head[15] = (uint8_t)(done / BLOCK + 1);
        good = cmac(key, key_length, head, sizeof head, context, context_length, block);
        if (good)
            memcpy(out + done, block, rest < BLOCK ? rest : BLOCK);
    }
    OPENSSL_cleanse(block, sizeof block);
    return good;
}

bool scp03_check_value(const uint8_t *key, size_t length, uint8_t out[3])
{
    static const uint8_t zero[BLOCK];
    uint8_t block[BLOCK];
    memset(block, 0x01, sizeof block);
    if (!cbc(true, key, length, zero, block, sizeof block, block))
        return false;
    memcpy(out, block, 3);
    return true;
}

void scp03_close(struct scp03 *c)
{
    OPENSSL_cleanse(c, sizeof *c);
}

/* Session keys and cryptograms of both challenges, the host's already there. */
static bool derive_session(struct scp03 *c, const struct scp03_keys *keys, const uint8_t *card_challenge)
{
    uint8_t context[32];
    unsigned bits = (unsigned)keys->length * 8, s = c->s;
    memcpy(context, c->host_challenge, s);
    memcpy(context + s, card_challenge, s);
    c->key_length = keys->length;
    return scp03_derive(keys->enc, keys->length, OF_ENC, bits, context, 2 * (size_t)s, c->enc) &&
           scp03_derive(keys->mac, keys->length, OF_MAC, bits, context, 2 * (size_t)s, c->mac) &&
           scp03_derive(keys->mac, keys->length, OF_RMAC, bits, context, 2 * (size_t)s, c->rmac) &&
           scp03_derive(c->mac, keys->length, OF_CARD_CRYPTOGRAM, s * 8, context, 2 * (size_t)s,
                        c->card_cryptogram) &&
           scp03_derive(c->mac, keys->length, OF_HOST_CRYPTOGRAM, s * 8, context, 2 * (size_t)s,
                        c->host_cryptogram);
}

static bool level_exists(unsigned level)
{
    static const uint8_t levels[] = { 0x00, 0x01, 0x03, 0x11, 0x13, 0x33 };
    for (size_t i = 0; i < sizeof levels; i++)
        if (levels[i] == level)
            return true;
    return false;
}

/* The counter as a block, of answers with 80 in front, under S-ENC. */
static bool first_block(const struct scp03 *c, bool answer, uint8_t out[BLOCK])
{
    static const uint8_t zero[BLOCK];
    memset(out, 0, BLOCK);
    for (int i = 0; i < 8; i++)
        out[15 - i] = (uint8_t)(c->counter >> (8 * i));
    out[0] = answer ? 0x80 : 0;
    return cbc(true, c->enc, c->key_length, zero, out, BLOCK, out);
}

static size_t pad(uint8_t *data, size_t length)
{
    data[length++] = 0x80;
    while (length % BLOCK)
        data[length++] = 0;
    return length;
}

/* Cards that add a whole block of zeros are in use: all zeros go. */
static bool unpad(const uint8_t *data, size_t *length)
{
    size_t n = *length;
    while (n > 0 && data[n - 1] == 0)
        n--;
    if (n == 0 || data[n - 1] != 0x80)
        return false;
    *length = n - 1;
    return true;
}

static bool encrypt_data(const struct scp03 *c, bool answer, uint8_t *data, size_t *length)
{
    uint8_t iv[BLOCK];
    *length = pad(data, *length);
    return first_block(c, answer, iv) && cbc(true, c->enc, c->key_length, iv, data, *length, data);
}

static bool decrypt_data(const struct scp03 *c, bool answer, uint8_t *data, size_t *length)
{
    uint8_t iv[BLOCK];
    return *length % BLOCK == 0 && first_block(c, answer, iv) &&
           cbc(false, c->enc, c->key_length, iv, data, *length, data) && unpad(data, length);
}

static bool is_error(uint16_t sw)
{
    return sw != 0x9000 && sw >> 8 != 0x62 && sw >> 8 != 0x63;
}

/* ---- commands ---- */

/* Header, Lc and data to the same with the C-MAC behind it, the chain moved on. The MAC is of channel 0. */
static bool add_mac(struct scp03 *c, uint8_t *command, size_t data_length)
{
    uint8_t cla = command[0];
    command[0] = (uint8_t)((cla & 0xF0) | 0x04);
    command[4] = (uint8_t)(data_length + c->s);
    bool good = cmac(c->mac, c->key_length, c->chain, BLOCK, command, 5 + data_length, c->chain);
    memcpy(command + 5 + data_length, c->chain, c->s);
    command[0] = (uint8_t)(command[0] | (cla & 0x03));
    return good;
}

size_t scp03_initialize(struct scp03 *c, unsigned s, uint8_t key_version, const uint8_t *challenge,
                        uint8_t out[SCP03_INITIALIZE])
{
    *c = (struct scp03) { .s = s };
    memcpy(c->host_challenge, challenge, s);
    memcpy(out, (const uint8_t[]) { 0x80, 0x50, key_version, 0x00, (uint8_t)s }, 5);
    memcpy(out + 5, challenge, s);
    out[5 + s] = 0x00;
    return 5 + s + 1;
}

/* 10 bytes of diversification, key version, 03, i, challenge, cryptogram, and the sequence counter where i has 10. */
bool scp03_card_is_true(struct scp03 *c, const struct scp03_keys *keys, const uint8_t *answer, size_t length)
{
    size_t least = 13 + 2 * (size_t)c->s;
    bool good = c->s > 0 && (length == least || length == least + 3) && answer[11] == 0x03 &&
                derive_session(c, keys, answer + 13) &&
                CRYPTO_memcmp(c->card_cryptogram, answer + 13 + c->s, c->s) == 0;
    if (!good)
        scp03_close(c);
    return good;
}

size_t scp03_authenticate(struct scp03 *c, unsigned level, uint8_t out[SCP03_AUTHENTICATE])
{
    if (c->key_length == 0 || !level_exists(level))
        return 0;
    memcpy(out, (const uint8_t[]) { 0x80, 0x82, (uint8_t)level, 0x00 }, 4);
    memcpy(out + 5, c->host_cryptogram, c->s);
    if (!add_mac(c, out, c->s)) {
        scp03_close(c);
        return 0;
    }
    c->level = level;
    return 5 + 2 * (size_t)c->s;
}

void scp03_opened(struct scp03 *c)
{
    c->open = c->key_length > 0;
}

size_t scp03_command_room(const struct scp03 *c)
{
    size_t room = c->level & SCP03_C_MAC ? 255 - (size_t)c->s : 255;
    return c->level & SCP03_C_DECRYPTION ? room / BLOCK * BLOCK - 1 : room;
}

size_t scp03_answer_room(const struct scp03 *c)
{
    size_t room = c->level & SCP03_R_MAC ? 256 - (size_t)c->s : 256;
    return c->level & SCP03_R_ENCRYPTION ? room / BLOCK * BLOCK - 1 : room;
}

/* Length of a short APDU's data, and whether it has an Le; false when it is none. */
static bool take_apart(const uint8_t *plain, size_t length, size_t *data_length, bool *has_le)
{
    *data_length = length > 5 ? plain[4] : 0;
    *has_le = length == 5 || length == 6 + *data_length;
    return length == 4 || length == 5 || (*data_length > 0 && (length == 5 + *data_length || *has_le));
}

size_t scp03_wrap(struct scp03 *c, const uint8_t *plain, size_t length, uint8_t out[SCP03_WIRE_MAX])
{
    size_t n;
    bool has_le;
    bool good = c->open && take_apart(plain, length, &n, &has_le) && n <= scp03_command_room(c);
    if (good && !(c->level & SCP03_C_MAC)) {
        memcpy(out, plain, length);
        return length;
    }
    if (good) {
        memcpy(out, plain, 4);
        memcpy(out + 5, plain + 5, n);
        c->counter += c->level & SCP03_C_DECRYPTION ? 1 : 0; /* of a command without data, too */
        if (c->level & SCP03_C_DECRYPTION && n > 0)
            good = encrypt_data(c, false, out + 5, &n);
        good = good && add_mac(c, out, n);
    }
    if (!good) {
        scp03_close(c);
        return 0;
    }
    n += 5 + (size_t)c->s;
    if (has_le) /* room for MAC and padding, whatever the plain one was */
        out[n++] = 0x00;
    return n;
}

bool scp03_accept(struct scp03 *c, const uint8_t *command, size_t length, uint8_t *out, size_t *out_length)
{
    size_t n = length > 5 ? command[4] : 0;
    if (c->open && !(c->level & SCP03_C_MAC)) {
        memcpy(out, command, length);
        *out_length = length;
        return true;
    }
    uint8_t mac[BLOCK], message[BLOCK + 5];
    bool good = c->open && length >= 5 && (command[0] & 0x0C) == 0x04 && n >= c->s &&
                (length == 5 + n || length == 6 + n);
    if (good) {
        n -= c->s;
        memcpy(message, c->chain, BLOCK);
        memcpy(message + BLOCK, command, 5);
        message[BLOCK] = (uint8_t)((command[0] & 0xF0) | 0x04);
        good = cmac(c->mac, c->key_length, message, sizeof message, command + 5, n, mac) &&
               CRYPTO_memcmp(mac, command + 5 + n, c->s) == 0;
    }
    if (good) {
        memcpy(c->chain, mac, BLOCK);
        memcpy(out, command, 4);
        memcpy(out + 5, command + 5, n);
        c->counter += c->level & SCP03_C_DECRYPTION ? 1 : 0;
        if (c->level & SCP03_C_DECRYPTION && n > 0)
            good = decrypt_data(c, false, out + 5, &n);
    }
    if (!good) {
        scp03_close(c);
        return false;
    }
    out[0] = (uint8_t)(command[0] & ~0x04);
    out[4] = (uint8_t)n;
    *out_length = n > 0 ? 5 + n : 4;
    if (length == 6 + (size_t)command[4]) /* it had an Le */
        out[(*out_length)++] = 0x00;
    return true;
}

/* ---- answers ---- */

static bool answer_mac(const struct scp03 *c, const uint8_t *data, size_t length, uint16_t sw,
                       uint8_t out[BLOCK])
{
    uint8_t message[BLOCK + 256 + 2];
    if (length > 256)
        return false;
    memcpy(message, c->chain, BLOCK);
    memcpy(message + BLOCK, data, length);
    message[BLOCK + length] = (uint8_t)(sw >> 8);
    message[BLOCK + length + 1] = (uint8_t)sw;
    return cmac(c->rmac, c->key_length, message, BLOCK + length + 2, NULL, 0, out);
}

bool scp03_unwrap(struct scp03 *c, uint8_t *data, size_t *length, uint16_t sw)
{
    uint8_t mac[BLOCK];
    bool good = c->open;
    if (good && c->level & SCP03_R_MAC && is_error(sw)) {
        good = *length == 0;
    } else if (good && c->level & SCP03_R_MAC) {
        good = *length >= c->s;
        *length -= good ? c->s : 0;
        good = good && answer_mac(c, data, *length, sw, mac) && CRYPTO_memcmp(mac, data + *length, c->s) == 0;
        if (good && c->level & SCP03_R_ENCRYPTION && *length > 0)
            good = decrypt_data(c, true, data, length);
    }
    if (!good)
        scp03_close(c);
    return good;
}

size_t scp03_protect(struct scp03 *c, uint8_t *data, size_t length, uint16_t sw)
{
    uint8_t mac[BLOCK];
    if (is_error(sw))
        return 0;
    if (!c->open || !(c->level & SCP03_R_MAC))
        return length;
    if (length > scp03_answer_room(c) ||
        (c->level & SCP03_R_ENCRYPTION && length > 0 && !encrypt_data(c, true, data, &length)) ||
        !answer_mac(c, data, length, sw, mac)) {
        scp03_close(c);
        return 0;
    }
    memcpy(data + length, mac, c->s);
    return length + c->s;
}

/* ---- the target's side of the opening ---- */

size_t scp03_answer_initialize(struct scp03 *c, const struct scp03_keys *keys,
                               const uint8_t diversification[10], uint32_t sequence, const uint8_t *aid,
                               size_t aid_length, const uint8_t *command, size_t length,
                               uint8_t out[SCP03_INITIALIZED])
{
    uint8_t context[3 + 16] = { (uint8_t)(sequence >> 16), (uint8_t)(sequence >> 8), (uint8_t)sequence };
    unsigned s = length > 5 ? command[4] : 0;
    scp03_close(c);
    if ((s != 8 && s != 16) || (length != 5 + s && length != 6 + s) || command[0] != 0x80 ||
        command[1] != 0x50 || (command[2] != 0 && command[2] != keys->version) || aid_length > 16)
        return 0;
    c->s = s;
    memcpy(c->host_challenge, command + 5, s);
    memcpy(context + 3, aid, aid_length);
    memcpy(out, diversification, 10);
    out[10] = keys->version;
    out[11] = 0x03;
    out[12] = s == 16 ? 0x71 : 0x70; /* pseudo-random, R-MAC, R-ENC; S16 */
    if (!scp03_derive(keys->enc, keys->length, OF_CARD_CHALLENGE, s * 8, context, 3 + aid_length, out + 13) ||
        !derive_session(c, keys, out + 13)) {
        scp03_close(c);
        return 0;
    }
    memcpy(out + 13 + s, c->card_cryptogram, s);
    memcpy(out + 13 + 2 * s, context, 3);
    return 13 + 2 * (size_t)s + 3;
}

bool scp03_host_is_true(struct scp03 *c, const uint8_t *command, size_t length)
{
    uint8_t plain[SCP03_WIRE_MAX];
    size_t n = 0;
    unsigned level = length > 2 ? command[2] : 0;
    bool good = c->key_length > 0 && !c->open && length == 5 + 2 * (size_t)c->s && command[1] == 0x82 &&
                command[3] == 0x00 && level_exists(level);
    if (good) { /* it is under C-MAC itself, and never encrypted */
        c->level = SCP03_C_MAC;
        c->open = true;
        good = scp03_accept(c, command, length, plain, &n) && n == 5 + (size_t)c->s &&
               CRYPTO_memcmp(plain + 5, c->host_cryptogram, c->s) == 0;
    }
    if (good)
        c->level = level;
    else
        scp03_close(c);
    return good;
}
