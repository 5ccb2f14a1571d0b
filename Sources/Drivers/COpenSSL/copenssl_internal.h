#ifndef COPENSSL_INTERNAL_H
#define COPENSSL_INTERNAL_H

#include "copenssl.h"

#include <openssl/x509.h>

// Writes the words, and what OpenSSL says of the last error behind them; gives `code`.
int copenssl_fail(int code, char words[COPENSSL_WORDS], const char *what);
// Of a certificate; `at` is left alone. False if it has a time or a name that can't be read.
int copenssl_describe(X509 *certificate, struct copenssl_signer *signer);
// Seconds since 1970; false if it can't be read.
int copenssl_seconds(const ASN1_TIME *time, int64_t *seconds);
// Of those certificates in PEM that `which` says (COPENSSL_ALL); null if there is none. The caller frees it.
X509_STORE *copenssl_store(const uint8_t *pem, size_t length, int which);
// Copies `bytes` where there is room.
int copenssl_give(const uint8_t *bytes, int count, uint8_t *to, size_t room, size_t *written,
                  char words[COPENSSL_WORDS]);

#endif
