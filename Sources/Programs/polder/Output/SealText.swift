import Domain
import OpenSSL
import Wire

/// What is told of sealed reports.
enum SealText {
  /// A time-stamp that fits.
  struct Stamp {
    let signer: Signer
    /// Its authority is one of those that were named.
    let isTrusted: Bool
  }

  static func timeStamp(_ signer: Signer, isTrusted: Bool? = nil) -> String {
    let at = signer.at.map { "\(Instant(seconds: $0))" } ?? "no time"
    let note = isTrusted == false ? "; whether that is to be trusted, --authority says" : ""
    return "Time-stamp of \(at) by \(Text.plain(signer.name))\(note)"
  }

  /// Of a folder in which all is as it was sealed.
  static func sound(
    _ manifest: SealManifest, _ signer: Signer, _ stamp: Stamp?
  ) -> [String] {
    let said = signer.at.map { " on \(Instant(seconds: $0)), as it says itself" } ?? ""
    let months = manifest.ledger.map { month in
      "Books of \(month.month), closed \(month.closed): \(month.entries) entries, "
        + "SHA-256 \(month.entriesSHA256)"
    }
    let text =
      [
        "Sealed reports of \(manifest.from) to \(manifest.to): "
          + manifest.reports.joined(separator: ", "),
        "As they were sealed: \(manifest.files.count) files and the manifest",
        "Signed by \(signer.name)\(said), certificate SHA-256 \(signer.fingerprint)",
      ] + (stamp.map { [timeStamp($0.signer, isTrusted: $0.isTrusted)] } ?? []) + months
      + [manifest.seal]
    return text.map(Text.plain).flatMap { Text.wrapped($0, width: Terminal.columns) }
  }
}
