import OpenSSL
package import Services

/// Seals with a key in a file. Both files are read anew for each seal, so that a key can be replaced while the
/// daemon runs.
package struct KeySealer: Sealer {
  private let key: String
  private let certificate: String

  /// - Parameters:
  ///   - key: the path of a PEM key without a passphrase, that its owner alone can read: the daemon's account,
  ///     or root.
  ///   - certificate: the path of its PEM certificate, with its chain behind it.
  package init(key: String, certificate: String) {
    self.key = key
    self.certificate = certificate
  }

  /// It takes some milliseconds of a thread, and waits for nothing but the two files.
  package func seal(_ bytes: [UInt8]) async throws(SealFault) -> Seal {
    do throws(OpenSSLError) {
      return try made(of: bytes)
    } catch {
      throw fault(error)
    }
  }

  /// The certificates alone, written anew, whatever else the file holds: it goes to everybody.
  package func certificates() async throws(SealFault) -> String {
    do throws(OpenSSLError) {
      return try DetachedSignature.certificates(in: certificate)
    } catch {
      throw fault(error)
    }
  }

  /// Throws if key and certificate can't seal; why they can't now alone, if the certificate is not valid.
  package func check() throws(SealFault) -> String? {
    do throws(OpenSSLError) {
      _ = try made(of: [])
      return nil
    } catch {
      if case .notValid = error { return fault(error).words }
      throw fault(error)
    }
  }

  private func made(of bytes: [UInt8]) throws(OpenSSLError) -> Seal {
    let made = try DetachedSignature.make(of: bytes, key: key, certificate: certificate)
    return Seal(
      signature: made.der, signer: made.signer.name, fingerprint: made.signer.fingerprint)
  }

  private func fault(_ error: OpenSSLError) -> SealFault {
    switch error {
    case .key(let words): SealFault("\(key): \(words)")
    case .certificate(let words), .notValid(let words): SealFault("\(certificate): \(words)")
    case .failed(let words): SealFault(words)
    }
  }
}
