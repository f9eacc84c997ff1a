/*
 * libcrypto's ECDSA draws its nonce, so that no two runs give the same bytes, or as many of them. Here it is drawn from the key and
 * the message, until both numbers have 32 bytes and one of them a leading zero in DER.
 */
#include "drivers/emulator/handset/p256.h"

#include <openssl/bn.h>
#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/obj_mac.h>
#include <string.h>

#define ROUNDS 256 /* about one in two is of the right length */

struct curve {
    EC_GROUP *group;
    BN_CTX *numbers;
    const BIGNUM *order; /* the group's */
};

static bool curve_open(struct curve *c)
{
    c->group = EC_GROUP_new_by_curve_name(NID_X9_62_prime256v1);
    c->numbers = BN_CTX_new();
    c->order = c->group ? EC_GROUP_get0_order(c->group) : NULL;
    if (c->numbers)
        BN_CTX_start(c->numbers);
    return c->numbers && c->order;
}

static void curve_close(struct curve *c)
{
    if (c->numbers)
        BN_CTX_end(c->numbers);
    BN_CTX_free(c->numbers);
    EC_GROUP_free(c->group);
}

/* SHA-256 of a, b and the round, below the order. */
static bool draw(const struct curve *c, const void *a, size_t a_length, const void *b, size_t b_length,
                 unsigned round, BIGNUM *out)
{
    uint8_t digest[32], number = (uint8_t)round;
    EVP_MD_CTX *md = EVP_MD_CTX_new();
    bool done = md && EVP_DigestInit_ex(md, EVP_sha256(), NULL) == 1 &&
                EVP_DigestUpdate(md, a, a_length) == 1 && EVP_DigestUpdate(md, b, b_length) == 1 &&
                EVP_DigestUpdate(md, &number, 1) == 1 && EVP_DigestFinal_ex(md, digest, NULL) == 1 &&
                BN_bin2bn(digest, sizeof digest, out) && BN_nnmod(out, out, c->order, c->numbers) == 1 &&
                !BN_is_zero(out);
    EVP_MD_CTX_free(md);
    return done;
}

bool p256_derive(const void *seed, size_t length, uint8_t private_number[P256_NUMBER])
{
    struct curve c;
    bool done = curve_open(&c);
    BIGNUM *d = done ? BN_CTX_get(c.numbers) : NULL;
    done = d && draw(&c, seed, length, "", 0, 0, d) && BN_bn2binpad(d, private_number, P256_NUMBER) > 0;
    curve_close(&c);
    return done;
}

bool p256_public(const uint8_t private_number[P256_NUMBER], uint8_t point[P256_POINT])
{
    struct curve c;
    bool done = curve_open(&c);
    BIGNUM *d = done ? BN_CTX_get(c.numbers) : NULL;
    EC_POINT *q = done ? EC_POINT_new(c.group) : NULL;
    done = d && q && BN_bin2bn(private_number, P256_NUMBER, d) &&
           EC_POINT_mul(c.group, q, d, NULL, NULL, c.numbers) == 1 &&
           EC_POINT_point2oct(c.group, q, POINT_CONVERSION_UNCOMPRESSED, point, P256_POINT, c.numbers) ==
               P256_POINT;
    EC_POINT_free(q);
    curve_close(&c);
    return done;
}

bool p256_public_der(const uint8_t private_number[P256_NUMBER], uint8_t der[P256_PUBLIC_DER])
{
    static const uint8_t head[] = { 0x30, 0x59, 0x30, 0x13, 0x06, 0x07, 0x2a, 0x86, 0x48,
                                    0xce, 0x3d, 0x02, 0x01, 0x06, 0x08, 0x2a, 0x86, 0x48,
                                    0xce, 0x3d, 0x03, 0x01, 0x07, 0x03, 0x42, 0x00 };
    memcpy(der, head, sizeof head);
    return p256_public(private_number, der + sizeof head);
}

/* s = (e + r d) / k, r = x of k G. */
static bool sign_with(const struct curve *c, const BIGNUM *d, const BIGNUM *e, const BIGNUM *k, BIGNUM *r,
                      BIGNUM *s)
{
    BIGNUM *inverse = BN_CTX_get(c->numbers);
    EC_POINT *point = EC_POINT_new(c->group);
    bool done = inverse && point && EC_POINT_mul(c->group, point, k, NULL, NULL, c->numbers) == 1 &&
                EC_POINT_get_affine_coordinates(c->group, point, r, NULL, c->numbers) == 1 &&
                BN_nnmod(r, r, c->order, c->numbers) == 1 && BN_mod_mul(s, r, d, c->order, c->numbers) == 1 &&
                BN_mod_add(s, s, e, c->order, c->numbers) == 1 &&
                BN_mod_inverse(inverse, k, c->order, c->numbers) &&
                BN_mod_mul(s, s, inverse, c->order, c->numbers) == 1;
    EC_POINT_free(point);
    return done;
}

static size_t add_integer(uint8_t *out, const BIGNUM *n)
{
    size_t zero = BN_num_bits(n) == 256 ? 1 : 0;
    out[0] = 0x02;
    out[1] = (uint8_t)(P256_NUMBER + zero);
    out[2] = 0x00;
    BN_bn2binpad(n, out + 2 + zero, P256_NUMBER);
    return 2 + zero + P256_NUMBER;
}

/* So many bits make 32 bytes in DER, or 33. */
static bool of_length(const BIGNUM *r, const BIGNUM *s)
{
    int r_bits = BN_num_bits(r), s_bits = BN_num_bits(s);
    return r_bits > 247 && s_bits > 247 && (r_bits == 256) != (s_bits == 256);
}

bool p256_sign(const uint8_t private_number[P256_NUMBER], const uint8_t digest[32],
               uint8_t signature[P256_SIGNATURE])
{
    struct curve c;
    bool open = curve_open(&c), done = false;
    BIGNUM *d = open ? BN_CTX_get(c.numbers) : NULL, *e = open ? BN_CTX_get(c.numbers) : NULL,
           *k = open ? BN_CTX_get(c.numbers) : NULL, *r = open ? BN_CTX_get(c.numbers) : NULL,
           *s = open ? BN_CTX_get(c.numbers) : NULL;
    open = s && BN_bin2bn(private_number, P256_NUMBER, d) && BN_bin2bn(digest, 32, e);
    for (unsigned round = 0; open && !done && round < ROUNDS; round++)
        done = draw(&c, private_number, P256_NUMBER, digest, 32, round, k) && sign_with(&c, d, e, k, r, s) &&
               of_length(r, s);
    if (done) {
        signature[0] = 0x30;
        signature[1] = P256_SIGNATURE - 2;
        size_t n = 2 + add_integer(signature + 2, r);
        add_integer(signature + n, s);
    }
    curve_close(&c);
    return done;
}
