/* SHA-256 by libcrypto, written as 64 lower-case digits: of bytes that come piece by piece, at once, or of a file. */
#ifndef NFC_SURVEY_BASE_DIGEST_H
#define NFC_SURVEY_BASE_DIGEST_H

#include "harness/base/err.h"

#include <openssl/evp.h>
#include <stddef.h>

/* For EVP_DigestUpdate(); EVP_MD_CTX_free() is the caller's. NULL when out of memory. */
EVP_MD_CTX *digest_begin(void);

/* Of what was added so far; the digest goes on. "" when out of memory. */
void digest_text(const EVP_MD_CTX *digest, char out[65]);

void digest_bytes(const void *bytes, size_t length, char out[65]); /* "" when out of memory */
/* ERR_INPUT when it can't be read; ERR_ENVIRONMENT without SHA-256. */
int digest_file(const char *path, char out[65], struct err *e) __attribute__((warn_unused_result));

#endif
