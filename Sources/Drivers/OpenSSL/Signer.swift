import COpenSSL

/// Who signed, by a certificate.
package struct Signer: Sendable, Equatable {
  /// The subject, as RFC 2253 writes it.
  package let name: String
  /// SHA-256 of the certificate in DER, in hexadecimal.
  package let fingerprint: String
  /// Seconds since 1970.
  package let notBefore: Int64
  package let notAfter: Int64
  /// When, as a time-stamp states, or as the signer says; nil if nothing is said. Seconds since 1970.
  package let at: Int64?

  init(_ signer: copenssl_signer) {
    // Copies of our own, which live through the calls; the name ends with a zero within its array.
    name = unsafe withUnsafeBytes(of: signer.name) { bytes in
      unsafe String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
    }
    fingerprint = unsafe withUnsafeBytes(of: signer.fingerprint) { unsafe Hexadecimal.text($0) }
    notBefore = signer.not_before
    notAfter = signer.not_after
    at = signer.at == 0 ? nil : signer.at
  }
}

/// What holding a signature or a time-stamp against its bytes gave.
package enum Verification: Sendable, Equatable {
  /// It is of these bytes, and who made it is trusted.
  case trusted(Signer)
  /// It is of these bytes; who made it is not among those that are trusted, for this reason.
  case untrusted(Signer, String)
  /// It is of these bytes; the certificate was not valid at that time.
  case notValid(Signer, String)
  /// It is not of these bytes, or nothing that can be read.
  case refused(String)
  /// The file of who is trusted can't be read.
  case noTrust(String)
  /// OpenSSL could not tell.
  case failed(String)

  init(_ outcome: Int32, _ signer: copenssl_signer, _ words: String) {
    switch Int(outcome) {
    case COPENSSL_DONE: self = .trusted(Signer(signer))
    case COPENSSL_UNTRUSTED: self = .untrusted(Signer(signer), words)
    case COPENSSL_NOT_VALID: self = .notValid(Signer(signer), words)
    case COPENSSL_UNREADABLE, COPENSSL_OTHER: self = .refused(words)
    case COPENSSL_CERTIFICATE: self = .noTrust(words)
    default: self = .failed(words)
    }
  }
}

/// Why something could not be made.
package enum OpenSSLError: Error, Sendable, Equatable {
  /// The key can't be used, in words.
  case key(String)
  /// The certificate can't be used, or is not of the key.
  case certificate(String)
  /// The certificate is not valid now.
  case notValid(String)
  case failed(String)

  init(_ outcome: Int32, _ words: String) {
    switch Int(outcome) {
    case COPENSSL_KEY: self = .key(words)
    case COPENSSL_CERTIFICATE: self = .certificate(words)
    case COPENSSL_NOT_VALID: self = .notValid(words)
    default: self = .failed(words)
    }
  }
}

/// The words of a call.
struct Words {
  private var bytes = [CChar](repeating: 0, count: Int(COPENSSL_WORDS))

  mutating func fill<Outcome>(_ call: (UnsafeMutablePointer<CChar>?) -> Outcome) -> Outcome {
    // The array lives through the call, which writes at most COPENSSL_WORDS bytes, the last of them zero.
    unsafe bytes.withUnsafeMutableBufferPointer { unsafe call($0.baseAddress) }
  }

  var text: String {
    String(decoding: bytes.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
  }
}

/// Bytes as digits.
package enum Hexadecimal {
  package static func text(_ bytes: some Sequence<UInt8>) -> String {
    let digits = Array("0123456789abcdef".utf8)
    return String(
      decoding: bytes.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }, as: UTF8.self)
  }

  /// Nil for what is not that.
  package static func bytes(_ text: String) -> [UInt8]? {
    let digits = text.utf8.map { Character(Unicode.Scalar($0)).hexDigitValue }
    guard digits.count.isMultiple(of: 2) else { return nil }
    var bytes: [UInt8] = []
    for place in stride(from: 0, to: digits.count, by: 2) {
      guard let high = digits[place], let low = digits[place + 1] else { return nil }
      bytes.append(UInt8(high << 4 | low))
    }
    return bytes
  }
}

/// SHA-256.
package enum Digest {
  /// In hexadecimal; nil if OpenSSL refuses.
  package static func sha256(_ bytes: [UInt8]) -> String? {
    var digest = [UInt8](repeating: 0, count: Int(COPENSSL_SHA256))
    // Both arrays live through the call; the second has the 32 bytes that it writes.
    guard unsafe copenssl_sha256(bytes, bytes.count, &digest) == 1 else { return nil }
    return Hexadecimal.text(digest)
  }
}
