/* SHA-256 of bytes that come piece by piece: libcrypto's context, begun and written out in one place. */
#ifndef NFC_SURVEY_BASE_DIGEST_H
#define NFC_SURVEY_BASE_DIGEST_H

#include <openssl/evp.h>

/* For EVP_DigestUpdate(); EVP_MD_CTX_free() is the caller's. NULL when out of memory. */
EVP_MD_CTX *digest_begin(void);

/* Of what was added so far, 64 lower-case digits; the digest goes on. "" when out of memory. */
void digest_text(const EVP_MD_CTX *digest, char out[65]);

#endif
