#include "copenssl_internal.h"

#include <openssl/bio.h>
#include <openssl/cms.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>

#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

// MARK: What both kinds need

// Nobody is asked for a passphrase.
static int no_passphrase(char *buffer, int size, int writing, void *context) {
  (void)buffer, (void)size, (void)writing, (void)context;
  return -1;
}

int copenssl_fail(int code, char words[COPENSSL_WORDS], const char *what) {
  unsigned long error = ERR_peek_last_error();
  const char *reason = error ? ERR_reason_error_string(error) : NULL;
  snprintf(words, COPENSSL_WORDS, reason ? "%s (%s)" : "%s", what, reason);
  ERR_clear_error();
  return code;
}

int copenssl_seconds(const ASN1_TIME *time, int64_t *seconds) {
  struct tm parts;
  if (!ASN1_TIME_to_tm(time, &parts)) return 0;
  *seconds = (int64_t)timegm(&parts);
  return 1;
}

int copenssl_describe(X509 *certificate, struct copenssl_signer *signer) {
  unsigned length = 0;
  BIO *name = BIO_new(BIO_s_mem());
  if (!name) return 0;
  int known = X509_NAME_print_ex(name, X509_get_subject_name(certificate), 0,
                                 XN_FLAG_RFC2253 & ~ASN1_STRFLGS_ESC_MSB) >= 0;
  int count = known ? BIO_read(name, signer->name, COPENSSL_NAME - 1) : 0;
  BIO_free(name);
  signer->name[count > 0 ? count : 0] = 0;
  return known && X509_digest(certificate, EVP_sha256(), signer->fingerprint, &length) &&
         copenssl_seconds(X509_get0_notBefore(certificate), &signer->not_before) &&
         copenssl_seconds(X509_get0_notAfter(certificate), &signer->not_after);
}

// Those of a PEM text; null if one of them can't be read. The caller frees them.
static STACK_OF(X509) *certificates_of(const uint8_t *pem, size_t length) {
  BIO *text = length > INT_MAX ? NULL : BIO_new_mem_buf(pem, (int)length);
  STACK_OF(X509) *all = sk_X509_new_null();
  X509 *next = NULL;
  int done = text && all;
  while (done && (next = PEM_read_bio_X509(text, NULL, no_passphrase, NULL))) {
    done = sk_X509_push(all, next) > 0;
    if (!done) X509_free(next);
  }
  BIO_free(text);
  // The end of the text is an error to the reader.
  ERR_clear_error();
  if (done) return all;
  sk_X509_pop_free(all, X509_free);
  return NULL;
}

X509_STORE *copenssl_store(const uint8_t *pem, size_t length, int which) {
  STACK_OF(X509) *all = certificates_of(pem, length);
  X509_STORE *store = X509_STORE_new();
  int count = sk_X509_num(all), own = 0, done = all && store && count > 0;
  for (int place = 0; place < count; place++)
    own += X509_check_ca(sk_X509_value(all, place)) == 0;
  for (int place = 0; done && place < count; place++) {
    X509 *certificate = sk_X509_value(all, place);
    if (which == COPENSSL_FIRST && place > 0) break;
    if (which == COPENSSL_OWN && own && X509_check_ca(certificate) != 0) continue;
    // It keeps a reference of its own.
    done = X509_STORE_add_cert(store, certificate);
  }
  sk_X509_pop_free(all, X509_free);
  ERR_clear_error();
  // What is named is trusted, be it a root or not.
  if (done && X509_STORE_set_flags(store, X509_V_FLAG_PARTIAL_CHAIN)) return store;
  X509_STORE_free(store);
  return NULL;
}

int copenssl_give(const uint8_t *bytes, int count, uint8_t *to, size_t room, size_t *written,
                  char words[COPENSSL_WORDS]) {
  if (count <= 0) return copenssl_fail(COPENSSL_FAILED, words, "it can't be written");
  if ((size_t)count > room) return copenssl_fail(COPENSSL_FAILED, words, "it is too long");
  memcpy(to, bytes, (size_t)count);
  *written = (size_t)count;
  return COPENSSL_DONE;
}

int copenssl_sha256(const uint8_t *bytes, size_t count, uint8_t digest[COPENSSL_SHA256]) {
  unsigned length = 0;
  int done = EVP_Digest(bytes, count, digest, &length, EVP_sha256(), NULL);
  ERR_clear_error();
  return done && length == COPENSSL_SHA256;
}

static BIO *source(const uint8_t *bytes, size_t count) {
  return count > INT_MAX ? NULL : BIO_new_mem_buf(count ? (const void *)bytes : "", (int)count);
}

// MARK: Signing

static EVP_PKEY *read_key(const char *path, char words[COPENSSL_WORDS]) {
  FILE *file = fopen(path, "re");
  struct stat status;
  if (!file || fstat(fileno(file), &status) != 0) {
    if (file) fclose(file);
    copenssl_fail(COPENSSL_KEY, words, "the key file can't be read");
    return NULL;
  }
  EVP_PKEY *key = NULL;
  if (status.st_mode & (S_IRWXG | S_IRWXO)) {
    copenssl_fail(COPENSSL_KEY, words, "the key file is open to other accounts: chmod 600");
  } else if (status.st_uid != geteuid() && status.st_uid != 0) {
    copenssl_fail(COPENSSL_KEY, words, "the key file is another account's: chown it to this one");
  } else {
    key = PEM_read_PrivateKey(file, NULL, no_passphrase, NULL);
    if (!key)
      copenssl_fail(COPENSSL_KEY, words, "the key file holds no PEM key without a passphrase");
  }
  fclose(file);
  return key;
}

// The certificates of a file, the first first; null, with words, if it has none, or anything else. The caller
// frees them.
static STACK_OF(X509) *read_certificates(const char *path, char words[COPENSSL_WORDS]) {
  BIO *file = BIO_new_file(path, "r");
  STACK_OF(X509) *all = sk_X509_new_null();
  const char *fault = file && all ? NULL : "the file can't be read";
  char *name = NULL, *header = NULL;
  uint8_t *data = NULL;
  long length = 0;
  while (!fault && PEM_read_bio(file, &name, &header, &data, &length)) {
    const uint8_t *at = data;
    int is_one = strcmp(name, PEM_STRING_X509) == 0;
    X509 *next = is_one ? d2i_X509(NULL, &at, length) : NULL;
    if (!is_one)
      fault = sk_X509_num(all) ? "the file holds more than certificates: the key has a file of its own"
                               : "the file holds no PEM certificate, or not as its first";
    else if (!next || at != data + length || !sk_X509_push(all, next))
      fault = "a certificate in the file can't be read", X509_free(next);
    OPENSSL_free(name);
    OPENSSL_free(header);
    OPENSSL_clear_free(data, (size_t)length);
  }
  // Its end, and that alone, has no further beginning.
  if (!fault && ERR_GET_REASON(ERR_peek_last_error()) != PEM_R_NO_START_LINE)
    fault = "the file holds a block that can't be read";
  if (!fault && !sk_X509_num(all)) fault = "the file holds no PEM certificate";
  BIO_free(file);
  ERR_clear_error();
  if (!fault) return all;
  copenssl_fail(COPENSSL_CERTIFICATE, words, fault);
  sk_X509_pop_free(all, X509_free);
  return NULL;
}

int copenssl_certificates(const char *certificate_file, uint8_t *pem, size_t room, size_t *written,
                          char words[COPENSSL_WORDS]) {
  STACK_OF(X509) *all = read_certificates(certificate_file, words);
  if (!all) return COPENSSL_CERTIFICATE;
  BIO *text = BIO_new(BIO_s_mem());
  int done = text != NULL;
  for (int place = 0; done && place < sk_X509_num(all); place++)
    done = PEM_write_bio_X509(text, sk_X509_value(all, place));
  char *bytes = NULL;
  long length = done ? BIO_get_mem_data(text, &bytes) : 0;
  int outcome = copenssl_give((const uint8_t *)bytes, length > INT_MAX ? 0 : (int)length, pem, room,
                              written, words);
  BIO_free(text);
  sk_X509_pop_free(all, X509_free);
  return outcome;
}

static int sign(const uint8_t *bytes, size_t count, EVP_PKEY *key, X509 *certificate,
                STACK_OF(X509) *chain, uint8_t *signature, size_t room, size_t *written,
                char words[COPENSSL_WORDS]) {
  if (!X509_check_private_key(certificate, key))
    return copenssl_fail(COPENSSL_CERTIFICATE, words, "the certificate is not of the key");
  if (X509_cmp_current_time(X509_get0_notBefore(certificate)) >= 0 ||
      X509_cmp_current_time(X509_get0_notAfter(certificate)) <= 0)
    return copenssl_fail(COPENSSL_NOT_VALID, words, "the certificate is not valid now");
  unsigned flags = CMS_DETACHED | CMS_BINARY | CMS_NOSMIMECAP | CMS_PARTIAL;
  BIO *data = source(bytes, count);
  CMS_ContentInfo *cms = CMS_sign(NULL, NULL, chain, NULL, flags);
  uint8_t *der = NULL;
  int outcome = COPENSSL_FAILED;
  if (data && cms && CMS_add1_signer(cms, certificate, key, EVP_sha256(), flags | CMS_CADES) &&
      CMS_final(cms, data, NULL, flags)) {
    int length = i2d_CMS_ContentInfo(cms, &der);
    outcome = copenssl_give(der, length, signature, room, written, words);
  } else {
    copenssl_fail(outcome, words, "it can't be signed");
  }
  OPENSSL_free(der);
  CMS_ContentInfo_free(cms);
  BIO_free(data);
  return outcome;
}

int copenssl_sign(const uint8_t *bytes, size_t count, const char *key_file,
                  const char *certificate_file, uint8_t *signature, size_t room, size_t *written,
                  struct copenssl_signer *signer, char words[COPENSSL_WORDS]) {
  memset(signer, 0, sizeof *signer);
  EVP_PKEY *key = read_key(key_file, words);
  if (!key) return COPENSSL_KEY;
  STACK_OF(X509) *chain = read_certificates(certificate_file, words);
  X509 *certificate = chain ? sk_X509_shift(chain) : NULL;
  int outcome = COPENSSL_CERTIFICATE;
  if (certificate && !copenssl_describe(certificate, signer))
    copenssl_fail(outcome, words, "the certificate has a name or a time that can't be read");
  else if (certificate)
    outcome = sign(bytes, count, key, certificate, chain, signature, room, written, words);
  sk_X509_pop_free(chain, X509_free);
  X509_free(certificate);
  EVP_PKEY_free(key);
  return outcome;
}

// MARK: Verifying

// What the signer says, if it says a time.
static int64_t stated_time(CMS_SignerInfo *info) {
  int place = CMS_signed_get_attr_by_NID(info, NID_pkcs9_signingTime, -1);
  X509_ATTRIBUTE *attribute = place < 0 ? NULL : CMS_signed_get_attr(info, place);
  ASN1_TYPE *value = attribute ? X509_ATTRIBUTE_get0_type(attribute, 0) : NULL;
  int64_t seconds = 0;
  if (!value || (value->type != V_ASN1_UTCTIME && value->type != V_ASN1_GENERALIZEDTIME)) return 0;
  return copenssl_seconds(value->value.asn1_string, &seconds) ? seconds : 0;
}

// SHA-2 alone: others have been forged, or are not what we make. And of the kind that it says it is of.
static int is_sound(CMS_SignerInfo *info) {
  EVP_PKEY *key = NULL;
  X509_ALGOR *digest = NULL, *algorithm = NULL;
  CMS_SignerInfo_get0_algs(info, &key, NULL, &digest, &algorithm);
  if (!key || !digest || !algorithm) return 0;
  int kind = OBJ_obj2nid(digest->algorithm), by = 0, with = 0;
  int stated = OBJ_obj2nid(algorithm->algorithm);
  if (kind != NID_sha256 && kind != NID_sha384 && kind != NID_sha512) return 0;
  if (stated == NID_rsaEncryption || stated == NID_rsassaPss) return EVP_PKEY_is_a(key, "RSA") ||
                                                                     EVP_PKEY_is_a(key, "RSA-PSS");
  return OBJ_find_sigid_algs(stated, &by, &with) && EVP_PKEY_get_base_id(key) == with &&
         (by == kind || by == NID_undef);
}

// Goes into the next element, or past it.
static int enter(const uint8_t **at, const uint8_t *end, int tag, int class) {
  long length = 0;
  int found = 0, kind = 0;
  int flags = ASN1_get_object(at, &length, &found, &kind, end - *at);
  return !(flags & 0x80) && found == tag && kind == class;
}

static int pass(const uint8_t **at, const uint8_t *end, int tag, int class) {
  long length = 0;
  int found = 0, kind = 0;
  const uint8_t *next = *at;
  if (next >= end || ASN1_get_object(&next, &length, &found, &kind, end - next) & 0x80 ||
      found != tag || kind != class)
    return 0;
  *at = next + length;
  return 1;
}

// The versions that RFC 5652 (5.1, 5.3) has for what is signed as data: OpenSSL reads others as well.
static int has_its_versions(const uint8_t *at, size_t length) {
  const uint8_t *end = at + length;
  if (!enter(&at, end, V_ASN1_SEQUENCE, V_ASN1_UNIVERSAL) ||
      !pass(&at, end, V_ASN1_OBJECT, V_ASN1_UNIVERSAL) ||
      !enter(&at, end, 0, V_ASN1_CONTEXT_SPECIFIC) ||
      !enter(&at, end, V_ASN1_SEQUENCE, V_ASN1_UNIVERSAL) ||
      !enter(&at, end, V_ASN1_INTEGER, V_ASN1_UNIVERSAL) || at >= end)
    return 0;
  uint8_t outer = *at++;
  if (!pass(&at, end, V_ASN1_SET, V_ASN1_UNIVERSAL) ||
      !pass(&at, end, V_ASN1_SEQUENCE, V_ASN1_UNIVERSAL))
    return 0;
  pass(&at, end, 0, V_ASN1_CONTEXT_SPECIFIC);
  pass(&at, end, 1, V_ASN1_CONTEXT_SPECIFIC);
  return enter(&at, end, V_ASN1_SET, V_ASN1_UNIVERSAL) &&
         enter(&at, end, V_ASN1_SEQUENCE, V_ASN1_UNIVERSAL) &&
         enter(&at, end, V_ASN1_INTEGER, V_ASN1_UNIVERSAL) && at < end && *at == outer &&
         (outer == 1 || outer == 3);
}

static int hold_chain(X509 *certificate, STACK_OF(X509) *chain, const uint8_t *trusted,
                      size_t trusted_length, int which, int64_t at, char words[COPENSSL_WORDS]) {
  if (!trusted) return copenssl_fail(COPENSSL_UNTRUSTED, words, "nobody is trusted");
  X509_STORE *store = copenssl_store(trusted, trusted_length, which);
  if (!store)
    return copenssl_fail(COPENSSL_CERTIFICATE, words, "what is trusted holds no PEM certificate");
  X509_STORE_CTX *context = X509_STORE_CTX_new();
  int outcome = COPENSSL_FAILED;
  if (context && X509_STORE_CTX_init(context, store, certificate, chain)) {
    // A seal may sign, or commit to content; what else its certificate is for is not asked.
    X509_STORE_CTX_set_purpose(context, X509_PURPOSE_ANY);
    if (at) X509_VERIFY_PARAM_set_time(X509_STORE_CTX_get0_param(context), (time_t)at);
    uint32_t use = X509_get_key_usage(certificate);
    int error = X509_verify_cert(context) == 1 ? X509_V_OK : X509_STORE_CTX_get_error(context);
    ERR_clear_error();
    if (error == X509_V_OK && use & (KU_DIGITAL_SIGNATURE | KU_NON_REPUDIATION))
      outcome = COPENSSL_DONE;
    else
      outcome = copenssl_fail(
          error == X509_V_ERR_CERT_HAS_EXPIRED || error == X509_V_ERR_CERT_NOT_YET_VALID
              ? COPENSSL_NOT_VALID
              : COPENSSL_UNTRUSTED,
          words,
          error == X509_V_OK ? "its certificate is not for signatures"
                             : X509_verify_cert_error_string(error));
  } else {
    copenssl_fail(outcome, words, "the chain can't be looked at");
  }
  X509_STORE_CTX_free(context);
  X509_STORE_free(store);
  return outcome;
}

static int verify(CMS_ContentInfo *cms, BIO *data, const uint8_t *trusted, size_t trusted_length,
                  int which, int64_t at, struct copenssl_signer *signer, char words[COPENSSL_WORDS]) {
  STACK_OF(CMS_SignerInfo) *infos = CMS_get0_SignerInfos(cms);
  if (OBJ_obj2nid(CMS_get0_type(cms)) != NID_pkcs7_signed || sk_CMS_SignerInfo_num(infos) != 1)
    return copenssl_fail(COPENSSL_UNREADABLE, words, "it is no signature of one signer");
  if (!CMS_is_detached(cms) || OBJ_obj2nid(CMS_get0_eContentType(cms)) != NID_pkcs7_data)
    return copenssl_fail(COPENSSL_UNREADABLE, words, "it has a content of its own");
  CMS_SignerInfo *info = sk_CMS_SignerInfo_value(infos, 0);
  if (CMS_verify(cms, NULL, NULL, data, NULL, CMS_BINARY | CMS_NO_SIGNER_CERT_VERIFY) != 1)
    return copenssl_fail(COPENSSL_OTHER, words, "the signature is not of these bytes");
  if (!is_sound(info))
    return copenssl_fail(COPENSSL_OTHER, words, "its digest is none of SHA-2");
  STACK_OF(X509) *signers = CMS_get0_signers(cms);
  STACK_OF(X509) *chain = CMS_get1_certs(cms);
  X509 *certificate = signers ? sk_X509_value(signers, 0) : NULL;
  int outcome;
  if (!certificate || !copenssl_describe(certificate, signer)) {
    outcome = copenssl_fail(COPENSSL_UNREADABLE, words, "it has no certificate of its signer");
  } else {
    signer->at = stated_time(info);
    outcome = hold_chain(certificate, chain, trusted, trusted_length, which, at, words);
  }
  sk_X509_pop_free(chain, X509_free);
  sk_X509_free(signers);
  return outcome;
}

int copenssl_verify(const uint8_t *bytes, size_t count, const uint8_t *signature, size_t length,
                    const uint8_t *trusted, size_t trusted_length, int which, int64_t at,
                    struct copenssl_signer *signer, char words[COPENSSL_WORDS]) {
  memset(signer, 0, sizeof *signer);
  const uint8_t *end = signature;
  CMS_ContentInfo *cms =
      length > LONG_MAX ? NULL : d2i_CMS_ContentInfo(NULL, &end, (long)length);
  BIO *data = source(bytes, count);
  uint8_t *again = NULL;
  int rewritten = cms ? i2d_CMS_ContentInfo(cms, &again) : 0;
  int outcome;
  // DER and nothing behind it: there is one way to write it.
  if (!cms || !data || rewritten < 0 || (size_t)rewritten != length || !again ||
      memcmp(again, signature, length) != 0 || !has_its_versions(signature, length))
    outcome = copenssl_fail(COPENSSL_UNREADABLE, words, "it is no signature in DER");
  else
    outcome = verify(cms, data, trusted, trusted_length, which, at, signer, words);
  OPENSSL_free(again);
  BIO_free(data);
  CMS_ContentInfo_free(cms);
  return outcome;
}
