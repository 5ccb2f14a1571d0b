#include "copenssl_internal.h"

#include <openssl/bio.h>
#include <openssl/evp.h>
#include <openssl/rand.h>
#include <openssl/ts.h>

#include <limits.h>
#include <string.h>

// MARK: Asking

// With the digest of the bytes, and a nonce.
static int fill(TS_REQ *request, const uint8_t digest[COPENSSL_SHA256]) {
  uint8_t random[8];
  TS_MSG_IMPRINT *imprint = TS_MSG_IMPRINT_new();
  X509_ALGOR *algorithm = X509_ALGOR_new();
  BIGNUM *number = NULL;
  ASN1_INTEGER *nonce = NULL;
  int done = imprint && algorithm && RAND_bytes(random, sizeof random) == 1;
  if (done) {
    random[0] |= 0x40;
    X509_ALGOR_set0(algorithm, OBJ_nid2obj(NID_sha256), V_ASN1_NULL, NULL);
    number = BN_bin2bn(random, sizeof random, NULL);
    nonce = number ? BN_to_ASN1_INTEGER(number, NULL) : NULL;
    // Each of these copies what it is given.
    done = nonce && TS_REQ_set_version(request, 1) && TS_MSG_IMPRINT_set_algo(imprint, algorithm) &&
           TS_MSG_IMPRINT_set_msg(imprint, (unsigned char *)digest, COPENSSL_SHA256) &&
           TS_REQ_set_msg_imprint(request, imprint) && TS_REQ_set_nonce(request, nonce) &&
           TS_REQ_set_cert_req(request, 1);
  }
  ASN1_INTEGER_free(nonce);
  BN_free(number);
  X509_ALGOR_free(algorithm);
  TS_MSG_IMPRINT_free(imprint);
  return done;
}

int copenssl_stamp_request(const uint8_t *bytes, size_t count, uint8_t *request, size_t room,
                           size_t *written, char words[COPENSSL_WORDS]) {
  uint8_t digest[COPENSSL_SHA256];
  uint8_t *der = NULL;
  TS_REQ *asked = TS_REQ_new();
  int outcome = COPENSSL_FAILED;
  if (asked && copenssl_sha256(bytes, count, digest) && fill(asked, digest)) {
    int length = i2d_TS_REQ(asked, &der);
    outcome = copenssl_give(der, length, request, room, written, words);
  } else {
    copenssl_fail(outcome, words, "the request can't be made");
  }
  OPENSSL_free(der);
  TS_REQ_free(asked);
  return outcome;
}

// MARK: Holding the answer against what was asked

// The authority by which it is signed, as it says itself; the time that it states.
static int describe(TS_RESP *answer, struct copenssl_signer *stamp) {
  PKCS7 *token = TS_RESP_get_token(answer);
  TS_TST_INFO *info = TS_RESP_get_tst_info(answer);
  if (!token || !info || !copenssl_seconds(TS_TST_INFO_get_time(info), &stamp->at)) return 0;
  STACK_OF(X509) *signers = PKCS7_get0_signers(token, NULL, 0);
  X509 *certificate = signers ? sk_X509_value(signers, 0) : NULL;
  int known = certificate && copenssl_describe(certificate, stamp);
  sk_X509_free(signers);
  return known;
}

// SHA-2 alone, as of signatures.
static int is_sound(TS_RESP *answer) {
  TS_MSG_IMPRINT *imprint = TS_TST_INFO_get_msg_imprint(TS_RESP_get_tst_info(answer));
  const ASN1_OBJECT *kind = NULL;
  X509_ALGOR_get0(&kind, NULL, NULL, TS_MSG_IMPRINT_get_algo(imprint));
  int id = OBJ_obj2nid(kind);
  return id == NID_sha256 || id == NID_sha384 || id == NID_sha512;
}

// Whether it is of the bytes, by the imprint, and of the request; with a store, also by whom.
static int holds(TS_RESP *answer, const uint8_t *bytes, size_t count, TS_REQ *request,
                 X509_STORE *store) {
  TS_VERIFY_CTX *context = TS_VERIFY_CTX_new();
  if (!context) {
    X509_STORE_free(store);
    return 0;
  }
  int flags = TS_VFY_VERSION | TS_VFY_DATA;
  int ready = 1;
  if (request) {
    // It takes over the imprint and the nonce; the bytes are looked at besides.
    ready = TS_REQ_to_TS_VERIFY_CTX(request, context) != NULL;
    flags = TS_VFY_VERSION | TS_VFY_IMPRINT | TS_VFY_NONCE;
  } else {
    TS_VERIFY_CTX_set_data(context, BIO_new_mem_buf(bytes, (int)count));
  }
  if (store) {
    // The context frees it.
    TS_VERIFY_CTX_set_store(context, store);
    flags |= TS_VFY_SIGNATURE;
  }
  TS_VERIFY_CTX_set_flags(context, flags);
  int fits = ready && TS_RESP_verify_response(context, answer) == 1;
  TS_VERIFY_CTX_free(context);
  return fits;
}

// Whether it is signed by the key of the certificate that it brings, whoever's that is.
static int is_signed(TS_RESP *answer) {
  return PKCS7_verify(TS_RESP_get_token(answer), NULL, NULL, NULL, NULL, PKCS7_NOVERIFY) == 1;
}

static int verify(TS_RESP *answer, const uint8_t *bytes, size_t count, TS_REQ *request,
                  const uint8_t *trusted, size_t trusted_length, struct copenssl_signer *stamp,
                  char words[COPENSSL_WORDS]) {
  int64_t status = -1;
  ASN1_INTEGER_get_int64(&status, TS_STATUS_INFO_get0_status(TS_RESP_get_status_info(answer)));
  if (status != TS_STATUS_GRANTED && status != TS_STATUS_GRANTED_WITH_MODS)
    return copenssl_fail(COPENSSL_UNREADABLE, words, "the authority did not grant a time-stamp");
  if (!describe(answer, stamp))
    return copenssl_fail(COPENSSL_UNREADABLE, words, "it has no certificate of its authority");
  if (!is_sound(answer))
    return copenssl_fail(COPENSSL_OTHER, words, "its digest is none of SHA-2");
  if (!holds(answer, bytes, count, NULL, NULL) ||
      (request && !holds(answer, bytes, count, request, NULL)))
    return copenssl_fail(COPENSSL_OTHER, words, "the time-stamp is of something else");
  if (!is_signed(answer))
    return copenssl_fail(COPENSSL_OTHER, words, "its signature is not of what it states");
  if (!trusted) return copenssl_fail(COPENSSL_UNTRUSTED, words, "nobody is trusted");
  X509_STORE *store = copenssl_store(trusted, trusted_length, COPENSSL_ALL);
  if (!store)
    return copenssl_fail(COPENSSL_CERTIFICATE, words, "what is trusted holds no PEM certificate");
  if (!holds(answer, bytes, count, NULL, store))
    return copenssl_fail(COPENSSL_UNTRUSTED, words, "its authority is not trusted, or did not sign it");
  return COPENSSL_DONE;
}

int copenssl_stamp_verify(const uint8_t *bytes, size_t count, const uint8_t *answer, size_t length,
                          const uint8_t *request, size_t request_length, const uint8_t *trusted,
                          size_t trusted_length, struct copenssl_signer *stamp, char words[COPENSSL_WORDS]) {
  memset(stamp, 0, sizeof *stamp);
  if (length > LONG_MAX || request_length > LONG_MAX || count > INT_MAX)
    return copenssl_fail(COPENSSL_UNREADABLE, words, "it is too long");
  const uint8_t *end = answer, *asked_end = request;
  TS_RESP *answered = d2i_TS_RESP(NULL, &end, (long)length);
  TS_REQ *asked = request ? d2i_TS_REQ(NULL, &asked_end, (long)request_length) : NULL;
  int outcome;
  if (!answered || end != answer + length || (request && !asked))
    outcome = copenssl_fail(COPENSSL_UNREADABLE, words, "it is no answer of an authority");
  else
    outcome = verify(answered, bytes, count, asked, trusted, trusted_length, stamp, words);
  TS_REQ_free(asked);
  TS_RESP_free(answered);
  return outcome;
}
