// Flat functions over OpenSSL's libcrypto (3.0 or later): detached CMS signatures and RFC 3161
// time-stamps. Nothing that OpenSSL allocates is handed out; each function may be called on any thread.
//
// A function that can fail gives COPENSSL_DONE or why not, and then says more in `words`, which is
// terminated by zero.
#ifndef COPENSSL_H
#define COPENSSL_H

#include <stddef.h>
#include <stdint.h>

enum {
  COPENSSL_DONE = 0,
  // The key file can't be read, is no PEM key without a passphrase, is open to other accounts, or is another
  // account's than ours and root's.
  COPENSSL_KEY = 1,
  // The certificate file can't be read, holds more than certificates, or is not of the key.
  COPENSSL_CERTIFICATE = 2,
  // The certificate is not valid yet, or no longer.
  COPENSSL_NOT_VALID = 3,
  // The bytes are no signature or time-stamp, or more than one.
  COPENSSL_UNREADABLE = 4,
  // It is not of these bytes.
  COPENSSL_OTHER = 5,
  // It fits, but who made it is not among those that are trusted.
  COPENSSL_UNTRUSTED = 6,
  // OpenSSL could not do it.
  COPENSSL_FAILED = 7,
};

// Which of several certificates in PEM are trusted.
enum {
  COPENSSL_ALL = 0,
  // The first alone.
  COPENSSL_FIRST = 1,
  // Those that may not issue others, if there are any; else all.
  COPENSSL_OWN = 2,
};

enum { COPENSSL_NAME = 512, COPENSSL_WORDS = 512, COPENSSL_SHA256 = 32 };

// Who signed. Times in seconds since 1970.
struct copenssl_signer {
  // RFC 2253, UTF-8, terminated by zero.
  char name[COPENSSL_NAME];
  // SHA-256 of the certificate in DER.
  uint8_t fingerprint[COPENSSL_SHA256];
  int64_t not_before, not_after;
  // What the signer says, or what a time-stamp says; 0 if nothing.
  int64_t at;
};

// SHA-256 of `count` bytes. False if OpenSSL refuses.
int copenssl_sha256(const uint8_t *bytes, size_t count, uint8_t digest[COPENSSL_SHA256]);

// A detached CMS signature (RFC 5652, DER, SHA-256, CAdES-BES) over `count` bytes, by the first certificate
// of a PEM file, with the others in it as its chain, and the key of another.
// `signature` has room for `room` bytes; how many were written is in `written`.
int copenssl_sign(const uint8_t *bytes, size_t count, const char *key_file,
                  const char *certificate_file, uint8_t *signature, size_t room, size_t *written,
                  struct copenssl_signer *signer, char words[COPENSSL_WORDS]);

// The certificates of a PEM file, written anew, so that nothing else of the file is in `pem`. Refuses a
// file that holds something else.
int copenssl_certificates(const char *certificate_file, uint8_t *pem, size_t room, size_t *written,
                          char words[COPENSSL_WORDS]);

// Holds a detached signature in DER against its bytes; fills `signer` also where it is not trusted.
// `trusted`: certificates in PEM; those that `which` says are trusted for themselves and what they issued;
// null for none, so that the best outcome is COPENSSL_UNTRUSTED. `at`: when the chain has to have been valid;
// 0 for now.
int copenssl_verify(const uint8_t *bytes, size_t count, const uint8_t *signature, size_t length,
                    const uint8_t *trusted, size_t trusted_length, int which, int64_t at,
                    struct copenssl_signer *signer, char words[COPENSSL_WORDS]);

// A request for a time-stamp of `count` bytes (SHA-256), with a random nonce, that asks for the certificate.
int copenssl_stamp_request(const uint8_t *bytes, size_t count, uint8_t *request, size_t room,
                           size_t *written, char words[COPENSSL_WORDS]);

// Holds the answer of a time-stamping authority against the bytes, and against the request if one is given
// (`request` may be null): see copenssl_verify. `stamp->at` is the time that it states.
int copenssl_stamp_verify(const uint8_t *bytes, size_t count, const uint8_t *answer, size_t length,
                          const uint8_t *request, size_t request_length, const uint8_t *trusted,
                          size_t trusted_length, struct copenssl_signer *stamp, char words[COPENSSL_WORDS]);

#endif
