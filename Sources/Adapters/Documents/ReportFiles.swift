import FoundationEssentials
import Services
package import Wire

/// Reports as the files of a folder that is sealed. When they were made is in none of them, so that the same
/// reports are the same bytes.
package struct ReportFiles: ReportRenderer {
  package init() {}

  package func files(
    of report: ReportView, _ kind: ReportKind?, named name: String
  ) -> [SealedFile] {
    [
      SealedFile(name: "\(name).csv", text: report.csv),
      SealedFile(name: "\(name).html", text: ReportPage(report, of: kind).html),
      SealedFile(name: "\(name).json", text: Self.json(TimelessReport(report))),
    ]
  }

  package func text(of manifest: SealManifest) -> String { Self.json(manifest) }

  package func readme(_ reports: [String], standing: String) -> SealedFile {
    SealedFile(
      name: "README.txt",
      text: """
        Sealed reports

        \(reports.map { "* \($0)" }.joined(separator: "\n"))

        \(standing)

        manifest.json names every file here with its SHA-256, and the months of the books that the reports
        are made of with the SHA-256 of their entries. manifest.json.p7s is a signature of it (CMS, DER).
        manifest.json.p7s.tsr, if it is here, is a time-stamp (RFC 3161) of that signature.

        With Polder, where seal.pem is the certificate of the centre, which you have from the centre itself and
        not from this folder:

          polder report verify . --certificate seal.pem

        Without Polder, where seal.pem holds that certificate alone, without its chain (openssl x509 -in FILE
        takes the first of a file), and authority.pem that of the time-stamping authority or of who issued it:

          openssl cms -verify -binary -purpose any -partial_chain -inform DER -in manifest.json.p7s \\
            -content manifest.json -CAfile seal.pem -out /dev/null
          jq -r '.files[] | "\\(.sha256)  \\(.name)"' manifest.json | sha256sum --check --strict
          openssl ts -verify -partial_chain -data manifest.json.p7s -in manifest.json.p7s.tsr \\
            -CAfile authority.pem

        If the certificate has expired since, and the time-stamp is accepted, add -attime SECONDS to the first:
        the moment of the time-stamp in seconds since 1970. sha256sum looks at the files that the manifest
        names, and sees no others: besides them only manifest.json, its .p7s and its .tsr belong here. None of
        these asks whether a certificate was revoked.

        """)
  }

  private static func json(_ value: some Encodable) -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    do {
      return String(decoding: try encoder.encode(value), as: UTF8.self) + "\n"
    } catch {
      preconditionFailure("texts and whole numbers are JSON: \(error)")
    }
  }
}

/// A report without the moment at which it was made, and without its CSV, which has a file of its own.
private struct TimelessReport: Encodable {
  let title: String
  let from: Int64
  let to: Int64
  let asOf: Int64
  let months: [ReportView.Month]
  let columns: [String]
  let rows: [[String]]
  let notes: [String]

  init(_ report: ReportView) {
    title = report.title
    from = report.from
    to = report.to
    asOf = report.asOf
    months = report.months
    columns = report.columns
    rows = report.rows
    notes = report.notes
  }
}
