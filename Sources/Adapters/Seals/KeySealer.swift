import FoundationEssentials
import OpenSSL
package import Services

/// Seals with a key in a file. Both files are read anew for each seal, so that a key can be replaced while the
/// daemon runs.
package struct KeySealer: Sealer {
  private let key: String
  private let certificate: String

  /// - Parameters:
  ///   - key: the path of a PEM key without a passphrase, that not every account can read.
  ///   - certificate: the path of its PEM certificate, with its chain behind it.
  package init(key: String, certificate: String) {
    self.key = key
    self.certificate = certificate
  }

  /// It takes some milliseconds of a thread, and waits for nothing but the two files.
  package func seal(_ bytes: [UInt8]) async throws(SealFault) -> Seal {
    do throws(OpenSSLError) {
      let made = try DetachedSignature.make(of: bytes, key: key, certificate: certificate)
      return Seal(
        signature: made.der, signer: made.signer.name, fingerprint: made.signer.fingerprint)
    } catch {
      switch error {
      case .key(let words): throw SealFault("\(key): \(words)")
      case .certificate(let words), .notValid(let words):
        throw SealFault("\(certificate): \(words)")
      case .failed(let words): throw SealFault(words)
      }
    }
  }

  package func certificates() async throws(SealFault) -> String {
    do {
      return try String(contentsOf: URL(filePath: certificate), encoding: .utf8)
    } catch {
      throw SealFault("\(certificate) can't be read")
    }
  }
}
