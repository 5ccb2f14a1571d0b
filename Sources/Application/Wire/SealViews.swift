/// Which reports are to be sealed. `POST /v1/reports/seals`.
package struct SealRequest: Codable, Equatable, Sendable {
  /// Whole days in UTC, `YYYY-MM-DD`, both included.
  package var from: String
  package var to: String
  /// By their names, `statement` among them; nil for all that there are of what is named.
  package var reports: [String]?
  /// The part of the report of access time; a project also for its statement.
  package var funder: String?
  package var programme: String?
  package var project: String?

  package init(
    from: String, to: String, reports: [String]? = nil, funder: String? = nil,
    programme: String? = nil, project: String? = nil
  ) {
    self.from = from
    self.to = to
    self.reports = reports
    self.funder = funder
    self.programme = programme
    self.project = project
  }
}

/// A file of a sealed report: text in UTF-8.
package struct SealedFile: Codable, Equatable, Sendable {
  package var name: String
  package var text: String

  package init(name: String, text: String) {
    self.name = name
    self.text = text
  }
}

/// Sealed reports as they leave polderd, for a folder.
package struct SealedReportsView: Codable, Equatable, Sendable {
  package var files: [SealedFile]
  /// `manifest.json`, byte for byte.
  package var manifest: String
  /// SHA-256 of the manifest, as the audit log has it.
  package var manifestSHA256: String
  /// Detached CMS signature of the manifest in DER, in hexadecimal.
  package var signature: String
  /// Subject and SHA-256 of the certificate.
  package var signer: String
  package var fingerprint: String
  /// What kind of seal it is.
  package var standing: String
  /// The authority to ask for a time-stamp of the signature; nil if none is configured.
  package var timeStamp: String?

  package init(
    files: [SealedFile], manifest: String, manifestSHA256: String, signature: String,
    signer: String, fingerprint: String, standing: String, timeStamp: String?
  ) {
    self.files = files
    self.manifest = manifest
    self.manifestSHA256 = manifestSHA256
    self.signature = signature
    self.signer = signer
    self.fingerprint = fingerprint
    self.standing = standing
    self.timeStamp = timeStamp
  }
}

/// What this site seals with. `GET /v1/reports/seals/certificate`.
package struct SealCertificateView: Codable, Equatable, Sendable {
  /// The certificate with its chain, in PEM.
  package var certificates: String
  /// What kind of seal it makes.
  package var standing: String

  package init(certificates: String, standing: String) {
    self.certificates = certificates
    self.standing = standing
  }
}

/// `manifest.json`: what is sealed. Of the same closed months the same release makes the same bytes.
package struct SealManifest: Codable, Equatable, Sendable {
  /// Of manifests of this form.
  package static let format = "polder-sealed-reports-1"
  /// The names of what is in a folder besides the files of the manifest.
  package static let name = "manifest.json"
  package static let signatureName = "manifest.json.p7s"
  package static let timeStampName = "manifest.json.p7s.tsr"

  package var format: String
  /// Of Polder.
  package var release: String
  /// Both days are included, UTC.
  package var from: String
  package var to: String
  /// What kind of seal it is, and what it is not.
  package var seal: String
  /// Name of each report, with whom it is of.
  package var reports: [String]
  /// By name.
  package var files: [File]
  /// The months of the books behind it, in order of time.
  package var ledger: [Month]

  package struct File: Codable, Equatable, Sendable {
    package var name: String
    package var bytes: Int
    /// 64 hexadecimal digits.
    package var sha256: String

    package init(name: String, bytes: Int, sha256: String) {
      self.name = name
      self.bytes = bytes
      self.sha256 = sha256
    }
  }

  /// A closed month with the seal that it got at its closing.
  package struct Month: Codable, Equatable, Sendable {
    /// `YYYY-MM`.
    package var month: String
    /// When it was closed, UTC.
    package var closed: String
    /// How many entries are effective in it.
    package var entries: Int64
    /// Of the line `polder-period-1 YYYY-MM` and of their canonical bytes; 64 hexadecimal digits.
    package var entriesSHA256: String
    /// Of what was frozen with it; nil if nothing was.
    package var factsSHA256: String?

    package init(
      month: String, closed: String, entries: Int64, entriesSHA256: String, factsSHA256: String?
    ) {
      self.month = month
      self.closed = closed
      self.entries = entries
      self.entriesSHA256 = entriesSHA256
      self.factsSHA256 = factsSHA256
    }
  }

  package init(
    release: String, from: String, to: String, seal: String, reports: [String], files: [File],
    ledger: [Month]
  ) {
    format = Self.format
    self.release = release
    self.from = from
    self.to = to
    self.seal = seal
    self.reports = reports
    self.files = files
    self.ledger = ledger
  }
}
