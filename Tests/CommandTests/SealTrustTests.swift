// Why: a certificate comes with those of who issued it, and a key may lie beside it: neither another customer of
// the same authority may seal for the centre, nor may the key leave the machine.
import ArgumentParser
import Client
import Documents
import Domain
import Foundation
import OpenSSL
import Reporting
import Seals
import Services
import Testing
import Wire

@testable import polder

@Suite("who may seal", .timeLimit(.minutes(2)))
struct SealTrustTests {
  /// `own.pem` and `stranger.pem` are of one intermediate, with whose chain `own-chain.pem` ends.
  private func fixture() throws -> SealFixture {
    let fixture = try SealFixture()
    try fixture.issue("root", by: nil, mayIssue: true)
    try fixture.issue("intermediate", by: "root", mayIssue: true)
    for name in ["own", "stranger"] {
      try fixture.issue(name, by: "intermediate")
      try fixture.join(
        "\(name).pem", "intermediate.pem", "root.pem", into: "\(name)-chain.pem")
    }
    return fixture
  }

  private func sealed(_ fixture: SealFixture, by name: String) async throws -> String {
    let folder = fixture.path("sealed-by-\(name)")
    try SealedFolder(path: folder).write(
      await fixture.reports(
        by: KeySealer(
          key: fixture.path("\(name).key"), certificate: fixture.path("\(name)-chain.pem"))),
      timeStamp: nil)
    return folder
  }

  /// Nil if it is accepted; without a file the daemon serves the centre's certificate with its chain.
  private func refusal(
    _ folder: String, _ fixture: SealFixture, by file: String?
  ) async throws -> Failure? {
    let served = try await KeySealer(
      key: fixture.path("own.key"), certificate: fixture.path("own-chain.pem")
    ).certificates()
    let server = try await CannedServer([
      .json(200, try json(SealCertificateView(certificates: served, standing: "")))
    ])
    let options = file.map { ["--certificate", fixture.path($0)] } ?? []
    var command = try #require(
      try Polder.parseAsRoot(
        ["report", "verify", folder, "--socket", server.socket] + options) as? ReportVerify)
    var failure: Failure?
    do {
      try await command.run()
    } catch let refused as Failure {
      failure = refused
    }
    try await server.close()
    return failure
  }

  @Test("is who has the certificate, and nobody else to whom the same authority gave one")
  func issued() async throws {
    let fixture = try fixture()
    defer { fixture.remove() }
    let own = try await sealed(fixture, by: "own")
    let stranger = try await sealed(fixture, by: "stranger")
    for file in [nil, "own.pem", "own-chain.pem"] as [String?] {
      #expect(try await refusal(own, fixture, by: file)?.text == nil, "\(file ?? "served")")
      let refused = try await refusal(stranger, fixture, by: file)
      #expect(refused?.code == .jobFailed, "\(file ?? "served")")
      #expect(refused?.text.contains("CN=Test stranger") == true)
    }
    // Who names the authority trusts whomever it gave one to.
    #expect(try await refusal(stranger, fixture, by: "root.pem")?.text == nil)
  }

  @Test("README.txt tells the command of openssl that takes the certificate alone")
  func readme() async throws {
    let fixture = try fixture()
    defer { fixture.remove() }
    for (name, isAccepted) in [("own", true), ("stranger", false)] {
      let folder = try await sealed(fixture, by: name)
      let accepts = try fixture.readme(
        of: folder, "openssl cms -verify", "seal.pem", is: "own.pem")
      #expect(accepts == isAccepted, "\(name)")
    }
  }

  @Test("a file with the key in it is not sealed with, and nothing of it but certificates is told")
  func combined() async throws {
    let fixture = try fixture()
    defer { fixture.remove() }
    try fixture.join("own.pem", "own.key", "intermediate.pem", into: "own-chain.pem")
    let sealer = KeySealer(
      key: fixture.path("own.key"), certificate: fixture.path("own-chain.pem"))
    for attempt in [
      { _ = try await sealer.certificates() }, { _ = try await sealer.seal([1]) },
      { _ = try sealer.check() },
    ] as [() async throws -> Void] {
      let fault = await #expect(throws: SealFault.self) { try await attempt() }
      #expect(fault?.words.contains("more than certificates") == true, "\(fault as Any)")
    }
    // What stands between certificates is no part of them.
    try ("# of the centre\n" + String(contentsOfFile: fixture.path("own.pem"), encoding: .utf8))
      .write(toFile: fixture.path("own-chain.pem"), atomically: true, encoding: .utf8)
    #expect(
      try await sealer.certificates()
        == String(contentsOfFile: fixture.path("own.pem"), encoding: .utf8))
    #expect(try sealer.check() == nil)
  }

  @Test("what a terminal would act on is told by its number")
  func plain() async throws {
    #expect(
      Text.plain("a\u{1B}[2Jb\u{9B}c\u{202E}d\né ☃") == #"a\u{1B}[2Jb\u{9B}c\u{202E}d\u{A}é ☃"#)
    let fixture = try fixture()
    defer { fixture.remove() }
    let folder = try await sealed(fixture, by: "own")
    try Data().write(to: URL(filePath: "\(folder)/x\u{1B}[1A\u{202E}vsc"))
    let refused = try await refusal(folder, fixture, by: "own.pem")
    #expect(
      refused?.text.contains(#"x\u{1B}[1A\u{202E}vsc is not of what was sealed"#) == true)
  }

  @Test("the longest statement fits into an answer, also in three formats with a year's months")
  func size() throws {
    let row = [
      "2026-01-01 to 2026-12-31", "Groningen AI Factory", "flood-forecasts", "Groningen region",
      "Fast Lane", "flood-forecasts-1", "charge", "2026-11-03T10:20:30Z", "P1234567.123",
      "", "128.0000", "-128.0000", "", "", "0.0000", "", "10234.1234", "460800000", "36842844240",
      "charge:P1234567.123", "", "", "", "", "2026-11-03T10:20:35Z", "", "", "",
      "2026-11 closed 2026-12-03T10:00:00Z form 5", "2026-12-31T00:00:00Z",
    ]
    let count = 500
    let report = Report(
      title: "Statement", period: Instant(seconds: 0)..<Instant(seconds: 1),
      asOf: Instant(seconds: 1), columns: row.indices.map { "column \($0) GPU-h" },
      rows: Array(repeating: row, count: count), notes: [], months: [])
    let view = ReportView(report, made: Instant(seconds: 2))
    let files = ReportFiles().files(of: view, nil, named: "statement")
    for bytes in [try JSONEncoder().encode(view).count, try JSONEncoder().encode(files).count] {
      #expect(bytes / count * Front.mostEntries < PolderClient.largestAnswer, "\(bytes / count)")
    }
  }
}
