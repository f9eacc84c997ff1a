#include "harness/base/digest.h"

#include <errno.h>
#include <stdbool.h>
#include <stdio.h>

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

void digest_bytes(const void *bytes, size_t length, char out[65])
{
    EVP_MD_CTX *digest = digest_begin();
    out[0] = '\0';
    if (digest && EVP_DigestUpdate(digest, bytes, length) == 1)
        digest_text(digest, out);
    EVP_MD_CTX_free(digest);
}

int digest_file(const char *path, char out[65], struct err *e)
{
    unsigned char block[65536];
    EVP_MD_CTX *digest = digest_begin();
    FILE *file = fopen(path, "rb");
    int code = file ? 0 : err_system(e, ERR_INPUT, path, errno, "can't be read");
    bool good = digest != NULL;
    for (size_t got = 1; file && good && got > 0;) {
        got = fread(block, 1, sizeof block, file);
        good = EVP_DigestUpdate(digest, block, got) == 1;
    }
    if (file && ferror(file))
        code = err_set(e, ERR_INPUT, path, "can't be read to its end");
    digest_text(good ? digest : NULL, out);
    if (code == 0 && !out[0])
        code = err_set(e, ERR_ENVIRONMENT, path, "SHA-256 is not available from libcrypto");
    if (file)
        (void)fclose(file); /* read only */
    EVP_MD_CTX_free(digest);
    return code;
}
