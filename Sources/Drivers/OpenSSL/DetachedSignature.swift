import COpenSSL

/// A detached CMS signature (RFC 5652) in DER, by a key and a certificate in files.
package enum DetachedSignature {
  /// Bytes of a signature with its chain, at most.
  private static let most = 1 << 16

  /// Signs.
  ///
  /// - Parameters:
  ///   - key: the path of a private key in PEM, without a passphrase, that not every account can read.
  ///   - certificate: the path of its certificate in PEM, with its chain behind it.
  package static func make(
    of bytes: [UInt8], key: String, certificate: String
  ) throws(OpenSSLError) -> (der: [UInt8], signer: Signer) {
    var der = [UInt8](repeating: 0, count: most)
    var written = 0
    var signer = copenssl_signer()
    var words = Words()
    // Each array lives through the call, and is as long as is said.
    let outcome = unsafe words.fill { words in
      unsafe copenssl_sign(
        bytes, bytes.count, key, certificate, &der, most, &written, &signer, words)
    }
    guard Int(outcome) == COPENSSL_DONE else { throw OpenSSLError(outcome, words.text) }
    return (Array(der.prefix(written)), Signer(signer))
  }

  /// The certificates of a PEM file, and nothing else of it; a file that holds something else is refused.
  package static func certificates(in file: String) throws(OpenSSLError) -> String {
    var pem = [UInt8](repeating: 0, count: most)
    var written = 0
    var words = Words()
    // Each array lives through the call, and is as long as is said.
    let outcome = unsafe words.fill { words in
      unsafe copenssl_certificates(file, &pem, most, &written, words)
    }
    guard Int(outcome) == COPENSSL_DONE else { throw OpenSSLError(outcome, words.text) }
    return String(decoding: pem.prefix(written), as: UTF8.self)
  }

  /// Which of several certificates are trusted.
  package enum Trust: Sendable {
    /// The first alone: those behind it are its chain.
    case first
    /// Those that may not issue others, if there are any; else all.
    case own

    fileprivate var code: Int32 { Int32(self == .first ? COPENSSL_FIRST : COPENSSL_OWN) }
  }

  /// Holds a signature against its bytes.
  ///
  /// - Parameters:
  ///   - trusted: certificates in PEM, trusted for themselves and what they issued; nil for none.
  ///   - which: of several.
  ///   - at: when certificates have to have been valid, in seconds since 1970; nil for now.
  package static func verify(
    _ der: [UInt8], of bytes: [UInt8], trusted: [UInt8]?, _ which: Trust = .own,
    at: Int64? = nil
  ) -> Verification {
    var signer = copenssl_signer()
    var words = Words()
    // As above; nothing is kept of what is handed over.
    let outcome = unsafe words.fill { words in
      unsafe Self.orNull(trusted) { trusted, count in
        unsafe copenssl_verify(
          bytes, bytes.count, der, der.count, trusted, count, which.code, at ?? 0, &signer,
          words)
      }
    }
    return Verification(outcome, signer, words.text)
  }

  /// Null where there are no bytes to be handed over.
  static func orNull<Outcome>(
    _ bytes: [UInt8]?, _ body: (UnsafePointer<UInt8>?, Int) -> Outcome
  ) -> Outcome {
    guard let bytes else { return body(nil, 0) }
    // The array lives through the call, and is as long as is said.
    return unsafe bytes.withUnsafeBufferPointer { unsafe body($0.baseAddress, $0.count) }
  }
}

/// A time-stamp of an authority (RFC 3161), as its whole answer in DER.
package enum TimeStamp {
  private static let most = 1 << 10

  /// What an authority is asked, with a random nonce.
  package static func request(for bytes: [UInt8]) throws(OpenSSLError) -> [UInt8] {
    var request = [UInt8](repeating: 0, count: most)
    var written = 0
    var words = Words()
    // Each array lives through the call, and is as long as is said.
    let outcome = unsafe words.fill { words in
      unsafe copenssl_stamp_request(bytes, bytes.count, &request, most, &written, words)
    }
    guard Int(outcome) == COPENSSL_DONE else { throw OpenSSLError(outcome, words.text) }
    return Array(request.prefix(written))
  }

  /// Holds an answer against the bytes, and against the request that it answers if there is one.
  ///
  /// - Parameter trusted: certificates of authorities in PEM; nil for none.
  package static func verify(
    _ answer: [UInt8], of bytes: [UInt8], request: [UInt8]? = nil, trusted: [UInt8]?
  ) -> Verification {
    var stamp = copenssl_signer()
    var words = Words()
    // As above.
    let outcome = unsafe words.fill { words in
      unsafe DetachedSignature.orNull(request) { asked, askedCount in
        unsafe DetachedSignature.orNull(trusted) { trusted, count in
          unsafe copenssl_stamp_verify(
            bytes, bytes.count, answer, answer.count, asked, askedCount, trusted, count, &stamp,
            words)
        }
      }
    }
    return Verification(outcome, stamp, words.text)
  }
}
