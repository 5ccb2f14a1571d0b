import ArgumentParser
import Client
import OpenSSL
import Wire

/// `polder report seal`.
struct ReportSeal: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "seal",
    abstract: "Reports of closed months in a folder, with a signature and a time-stamp.",
    discussion: """
      For administrators. The folder gets each report as CSV, JSON and HTML, a manifest with the SHA-256 of \
      each file and of the months of the books behind it, and a detached signature (CMS) of the manifest by \
      the key of polderd; a time-stamp (RFC 3161) of the signature where an authority is configured. Without \
      --report all reports are in it; with --funder or --programme that of access time, with --project also \
      the statement. Notes of acts by hand are not. Of the same closed months the manifest and the files are the \
      same whenever they are made. The seal is a line of the audit log, with the digest of the manifest.

      Examples:

        polder report seal november --month 2026-11
        polder report seal ezk-november --month 2026-11 --funder ezk
        polder report seal q4 --from 2026-10-01 --to 2026-12-31 --report access-time --report projects
        polder report verify november
      """)

  @Argument(help: ArgumentHelp("The folder: one that is not there yet.", valueName: "folder"))
  var folder: String

  @OptionGroup var days: PeriodOptions

  @Option(
    help: ArgumentHelp(
      "access-time, availability, indicators, projects, statement or worth; repeatable.",
      valueName: "name"))
  var report: [String] = []

  @Option(help: ArgumentHelp("Of this funder.", valueName: "id"))
  var funder: String?

  @Option(help: ArgumentHelp("Of this programme.", valueName: "id"))
  var programme: String?

  @Option(help: ArgumentHelp("Of this project.", valueName: "id"))
  var project: String?

  @OptionGroup var connection: Connection

  mutating func run() async throws {
    let period = try days.period()
    let target = SealedFolder(path: folder)
    try target.requireFree()
    let request = SealRequest(
      from: period.from, to: period.to, reports: report.isEmpty ? nil : report, funder: funder,
      programme: programme, project: project)
    let reports = try await connection.client { client in try await client.seal(request) }
    let stamp = try await Self.timeStamp(of: reports)
    try target.write(reports, timeStamp: stamp?.answer)
    Terminal.say("Sealed in \(folder): \(reports.files.count) files")
    Terminal.say("Manifest SHA-256 \(reports.manifestSHA256)")
    Terminal.say(
      "Signed by \(Text.plain(reports.signer)), certificate SHA-256 \(reports.fingerprint)")
    if let stamp { Terminal.say(SealText.timeStamp(stamp.signer)) }
    Text.wrapped(reports.standing, width: Terminal.columns).forEach(Terminal.say)
  }

  /// Nil where no authority is configured.
  private static func timeStamp(
    of reports: SealedReportsView
  ) async throws(Failure) -> (answer: [UInt8], signer: Signer)? {
    guard let url = reports.timeStamp else { return nil }
    let signature = Hexadecimal.bytes(reports.signature) ?? []
    do {
      let request = try TimeStamp.request(for: signature)
      let answer = try await TimeStampAuthority.ask(url, request)
      // Whether the authority is trusted is for who verifies.
      switch TimeStamp.verify(answer, of: signature, request: request, trusted: nil) {
      case .untrusted(let signer, _), .trusted(let signer), .notValid(let signer, _):
        return (answer, signer)
      case .refused(let words), .noTrust(let words), .failed(let words):
        throw TimeStampError(words: words)
      }
    } catch {
      let words = (error as? TimeStampError)?.words ?? "\(error)"
      throw Failure(
        .unavailable, "no time-stamp from \(url): \(words). Nothing was written.",
        next: "try again; without a time-stamp, take timeStamp: out of polderd.yaml")
    }
  }
}
