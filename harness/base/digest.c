#include "harness/base/digest.h"

EVP_MD_CTX *digest_begin(void)
{
    EVP_MD_CTX *digest = EVP_MD_CTX_new();
    if (digest && EVP_DigestInit_ex(digest, EVP_sha256(), NULL) != 1) {
        EVP_MD_CTX_free(digest);
        return NULL;
    }
    return digest;
}

void digest_text(const EVP_MD_CTX *digest, char out[65])
{
    static const char digits[] = "0123456789abcdef";
    unsigned char bytes[32];
    EVP_MD_CTX *copy = digest ? EVP_MD_CTX_new() : NULL;
    out[0] = '\0';
    if (copy && EVP_MD_CTX_copy_ex(copy, digest) && EVP_DigestFinal_ex(copy, bytes, NULL)) {
        for (size_t i = 0; i < sizeof bytes; i++) {
            out[2 * i] = digits[bytes[i] >> 4];
            out[2 * i + 1] = digits[bytes[i] & 15];
        }
        out[64] = '\0';
    }
    EVP_MD_CTX_free(copy);
}
