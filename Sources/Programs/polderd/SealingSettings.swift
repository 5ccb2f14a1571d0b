import Documents
import Seals
import Services

/// `sealing:` of the configuration: the key and the certificate that reports are sealed with.
struct SealingSettings: Decodable {
  /// PEM without a passphrase, for polderd's account alone.
  let key: String
  /// PEM, with its chain behind it.
  let certificate: String
  /// The qualified trust service provider whose certificate it is; nil if it is none's.
  let provider: String?
  /// The URL of a time-stamping authority (RFC 3161), which `polder report seal` asks.
  let timeStamp: String?

  private enum CodingKeys: String, CodingKey { case key, certificate, provider, timeStamp }

  init(from decoder: any Decoder) throws {
    let keys = try decoder.container(keyedBy: CodingKeys.self)
    key = try keys.decode(String.self, forKey: .key)
    certificate = try keys.decode(String.self, forKey: .certificate)
    provider = try keys.decodeIfPresent(String.self, forKey: .provider)
    timeStamp = try keys.decodeIfPresent(String.self, forKey: .timeStamp)
    guard let timeStamp else { return }
    guard ["http://", "https://"].contains(where: timeStamp.hasPrefix) else {
      throw DecodingError.dataCorruptedError(
        forKey: .timeStamp, in: keys, debugDescription: "'\(timeStamp)' is no URL of http or https")
    }
  }

  private var sealer: KeySealer { KeySealer(key: key, certificate: certificate) }

  /// Why key and certificate can't seal now, if that is their time alone; throws if they never can.
  func check() throws(ConfigurationError) -> String? {
    do throws(SealFault) {
      return try sealer.check()
    } catch {
      throw ConfigurationError(message: "sealing: \(error.words)")
    }
  }

  var sealing: Sealing {
    Sealing(
      renderer: ReportFiles(), sealer: sealer,
      provider: provider, timeStamp: timeStamp)
  }
}
