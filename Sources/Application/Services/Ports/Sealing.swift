package import Wire

/// What makes files of reports, and a seal of files.
package struct Sealing: Sendable {
  package let renderer: any ReportRenderer
  package let sealer: any Sealer
  /// The qualified trust service provider whose certificate it is, as the site says; nil for none.
  package let provider: String?
  /// The authority that whoever files the reports is to ask for a time-stamp; nil for none.
  package let timeStamp: String?

  package init(
    renderer: any ReportRenderer, sealer: any Sealer, provider: String? = nil,
    timeStamp: String? = nil
  ) {
    self.renderer = renderer
    self.sealer = sealer
    self.provider = provider
    self.timeStamp = timeStamp
  }

  /// What kind of seal it is.
  package var standing: String {
    provider.map {
      "Electronic seal by a certificate of \($0), which the operator names as its qualified trust service "
        + "provider. Polder does not check that: the trusted list of its member state tells."
    }
      ?? "Not a qualified seal in the sense of Regulation (EU) No 910/2014 (eIDAS): an electronic seal by a "
      + "key and a certificate of the operator's own choice."
  }
}

/// Makes the files of reports. The same report gives the same bytes, whenever it is made.
package protocol ReportRenderer: Sendable {
  /// CSV, JSON and HTML.
  ///
  /// - Parameters:
  ///   - name: of the files, without their ending.
  ///   - kind: nil of a statement.
  func files(of report: ReportView, _ kind: ReportKind?, named name: String) -> [SealedFile]
  /// What a person who gets the folder is to know.
  func readme(_ reports: [String], standing: String) -> SealedFile
  /// The manifest in JSON, the same bytes for the same manifest.
  func text(of manifest: SealManifest) -> String
}

/// Seals bytes with the site's key.
package protocol Sealer: Sendable {
  func seal(_ bytes: [UInt8]) async throws(SealFault) -> Seal
  /// The certificate with its chain, in PEM.
  func certificates() async throws(SealFault) -> String
}

/// A detached CMS signature, and whose.
package struct Seal: Hashable, Sendable {
  /// DER.
  package let signature: [UInt8]
  package let signer: String
  /// SHA-256 of the certificate in hexadecimal.
  package let fingerprint: String

  package init(signature: [UInt8], signer: String, fingerprint: String) {
    self.signature = signature
    self.signer = signer
    self.fingerprint = fingerprint
  }
}

/// Why nothing was sealed: key or certificate can't be used, in words that name no secret.
package struct SealFault: Error, Hashable, Sendable {
  package let words: String

  package init(_ words: String) { self.words = words }
}
