// Why: a funder's auditor has the folder, openssl and no reason to believe us: what was sealed must be told
// from what was changed, by us and by openssl alone.
import ArgumentParser
import Foundation
import OpenSSL
import Seals
import Services
import Testing
import Wire

@testable import polder

@Suite("sealed reports", .timeLimit(.minutes(2)))
struct SealTests {
  /// Seals by the command, with what a daemon answers.
  private func seal(
    _ fixture: SealFixture, in name: String = "sealed", timeStamp: String? = nil,
    by sealer: KeySealer? = nil
  ) async throws -> String {
    let server = try await CannedServer([
      .json(200, try json(await fixture.reports(timeStamp: timeStamp, by: sealer)))
    ])
    let folder = fixture.path(name)
    var command = try #require(
      try Polder.parseAsRoot([
        "report", "seal", folder, "--month", "2026-11", "--socket", server.socket,
      ]) as? ReportSeal)
    do {
      try await command.run()
    } catch {
      try await server.close()
      throw error
    }
    #expect(server.requests.map(\.line) == ["POST /v1/reports/seals"])
    try await server.close()
    return folder
  }

  /// Nil if it is accepted.
  private func refusal(_ folder: String, _ options: String...) async throws -> Failure? {
    var command = try #require(
      try Polder.parseAsRoot(
        ["report", "verify", folder, "--socket", "/nowhere"] + options) as? ReportVerify)
    do {
      try await command.run()
      return nil
    } catch let failure as Failure {
      return failure
    }
  }

  private func change(_ path: String, at part: Double = 0.5) throws {
    var bytes = try Data(contentsOf: URL(filePath: path))
    bytes[Int(Double(bytes.count - 1) * part)] ^= 1
    try bytes.write(to: URL(filePath: path))
  }

  @Test(
    "are accepted as they are, by us and by openssl, and refused with one byte changed anywhere")
  func changed() async throws {
    let fixture = try SealFixture()
    defer { fixture.remove() }
    let folder = try await seal(fixture)
    let certificate = fixture.path("seal.pem")
    let names = try FileManager.default.contentsOfDirectory(atPath: folder).sorted()
    #expect(
      names == [
        "README.txt", "manifest.json", "manifest.json.p7s", "projects.csv", "projects.html",
        "projects.json",
      ])
    #expect(try await refusal(folder, "--certificate", certificate)?.text == nil)
    #expect(try fixture.readme(of: folder, "openssl cms -verify", "seal.pem", is: "seal.pem"))
    for name in names {
      let kept = try Data(contentsOf: URL(filePath: "\(folder)/\(name)"))
      for part in [0, 0.5, 1] {
        try change("\(folder)/\(name)", at: part)
        let refused = try await refusal(folder, "--certificate", certificate)
        #expect(refused?.code == .jobFailed, "\(name) at \(part)")
        if name == "manifest.json" {
          #expect(
            try !fixture.readme(of: folder, "openssl cms -verify", "seal.pem", is: "seal.pem"))
        }
        try kept.write(to: URL(filePath: "\(folder)/\(name)"))
      }
    }
    #expect(try await refusal(folder, "--certificate", certificate)?.text == nil)
  }

  @Test("what lies beside what was sealed, or is missing, is told")
  func beside() async throws {
    let fixture = try SealFixture()
    defer { fixture.remove() }
    let folder = try await seal(fixture)
    let certificate = fixture.path("seal.pem")
    try Data("x".utf8).write(to: URL(filePath: "\(folder)/totals.csv"))
    var refused = try await refusal(folder, "--certificate", certificate)
    #expect(refused?.text.contains("totals.csv is not of what was sealed") == true)
    try FileManager.default.removeItem(atPath: "\(folder)/totals.csv")
    try FileManager.default.removeItem(atPath: "\(folder)/projects.csv")
    refused = try await refusal(folder, "--certificate", certificate)
    #expect(refused?.text.contains("projects.csv is missing") == true)
    try FileManager.default.createSymbolicLink(
      atPath: "\(folder)/projects.csv", withDestinationPath: "projects.json")
    #expect(try await refusal(folder, "--certificate", certificate)?.code == .jobFailed)
  }

  @Test("another's seal, and one of nobody that is trusted, are refused with whose it is")
  func others() async throws {
    let fixture = try SealFixture()
    defer { fixture.remove() }
    let folder = try await seal(fixture)
    for options in [[], ["--certificate", fixture.path("other.pem")]] {
      var command = try #require(
        try Polder.parseAsRoot(
          ["report", "verify", folder, "--socket", "/nowhere"] + options) as? ReportVerify)
      let failure = await #expect(throws: Failure.self) { try await command.run() }
      #expect(failure?.code == .jobFailed && failure?.text.contains("CN=Test seal") == true)
    }
    // Without a file, the daemon of this machine says who is trusted.
    let pem = try String(contentsOfFile: fixture.path("seal.pem"), encoding: .utf8)
    let server = try await CannedServer([
      .json(200, try json(SealCertificateView(certificates: pem, standing: "")))
    ])
    var command = try #require(
      try Polder.parseAsRoot(["report", "verify", folder, "--socket", server.socket])
        as? ReportVerify)
    try await command.run()
    try await server.close()
  }

  @Test("a folder that is there is not written to")
  func there() async throws {
    let fixture = try SealFixture()
    defer { fixture.remove() }
    let folder = try await seal(fixture)
    await #expect(throws: Failure.self) { _ = try await seal(fixture) }
    #expect(try await refusal(folder, "--certificate", fixture.path("seal.pem")) == nil)
  }

  // MARK: Time-stamps

  @Test("have a time-stamp of an authority, which openssl accepts, and which is of this seal alone")
  func stamped() async throws {
    let fixture = try SealFixture()
    defer { fixture.remove() }
    let authority = try await BodyServer { (try? fixture.stamp($0)) ?? [] }
    let folder = try await seal(fixture, timeStamp: authority.url)
    let other = try await seal(fixture, in: "other", timeStamp: authority.url)
    try await authority.close()
    let trust = ["--certificate", fixture.path("seal.pem")]
    #expect(try await refusal(folder, trust[0], trust[1]) == nil)
    #expect(
      try await refusal(folder, trust[0], trust[1], "--authority", fixture.path("tsa.pem")) == nil)
    #expect(
      try await refusal(folder, trust[0], trust[1], "--authority", fixture.path("other.pem"))?.code
        == .jobFailed)
    #expect(
      try fixture.readme(
        of: folder, "openssl ts -verify", "authority.pem", is: "tsa.pem"))
    let stamp = "\(folder)/manifest.json.p7s.tsr"
    let kept = try Data(contentsOf: URL(filePath: stamp))
    try Data(contentsOf: URL(filePath: "\(other)/manifest.json.p7s.tsr"))
      .write(to: URL(filePath: stamp))
    #expect(try await refusal(folder, trust[0], trust[1])?.code == .jobFailed)
    try kept.write(to: URL(filePath: stamp))
    // The last bytes are the authority's signature, which counts whoever is trusted.
    for part in [0.3, 0.5, 0.7, 0.999] {
      try change(stamp, at: part)
      let nobody = try await refusal(folder, trust[0], trust[1])
      #expect(part < 0.9 || nobody?.code == .jobFailed, "\(part)")
      let refused = try await refusal(
        folder, trust[0], trust[1], "--authority", fixture.path("tsa.pem"))
      #expect(refused?.code == .jobFailed, "\(part)")
      try kept.write(to: URL(filePath: stamp))
    }
    try FileManager.default.removeItem(atPath: stamp)
    #expect(
      try await refusal(folder, trust[0], trust[1], "--authority", fixture.path("tsa.pem"))?.code
        == .jobFailed)
  }

  @Test("where the authority does not answer, or answers another, nothing is written")
  func unstamped() async throws {
    let fixture = try SealFixture()
    defer { fixture.remove() }
    let replayed = try fixture.stamp(try TimeStamp.request(for: [1, 2, 3]))
    for answer in [[], Array("no".utf8), replayed] as [[UInt8]] {
      let authority = try await BodyServer { _ in answer }
      let failure = await #expect(throws: Failure.self) {
        _ = try await seal(fixture, timeStamp: authority.url)
      }
      #expect(failure?.code == .unavailable)
      #expect(failure?.text.contains("Nothing was written") == true)
      #expect(!FileManager.default.fileExists(atPath: fixture.path("sealed")))
      try await authority.close()
    }
  }

  // MARK: Keys

  @Test("no seal is made with a key that all can read, that is another's, or is none")
  func keys() async throws {
    let fixture = try SealFixture()
    defer { fixture.remove() }
    try FileManager.default.copyItem(
      atPath: fixture.path("seal.key"), toPath: fixture.path("open.key"))
    try FileManager.default.copyItem(
      atPath: fixture.path("seal.key"), toPath: fixture.path("group.key"))
    for (name, permissions) in [("open.key", 0o644), ("group.key", 0o640)] {
      try FileManager.default.setAttributes(
        [.posixPermissions: permissions], ofItemAtPath: fixture.path(name))
    }
    try fixture.openssl([
      "ec", "-in", fixture.path("seal.key"), "-aes256", "-passout", "pass:x", "-out",
      fixture.path("locked.key"),
    ])
    try FileManager.default.setAttributes(
      [.posixPermissions: 0o600], ofItemAtPath: fixture.path("locked.key"))
    for (key, certificate, words) in [
      ("open.key", "seal.pem", "chmod 600"), ("seal.key", "other.pem", "not of the key"),
      ("group.key", "seal.pem", "chmod 600"),
      ("nothing.key", "seal.pem", "can't be read"), ("locked.key", "seal.pem", "passphrase"),
      ("seal.key", "seal.key", "no PEM certificate"), ("seal.pem", "seal.pem", "chmod 600"),
    ] {
      let sealer = KeySealer(key: fixture.path(key), certificate: fixture.path(certificate))
      let fault = await #expect(throws: SealFault.self) { _ = try await sealer.seal([1]) }
      #expect(fault?.words.contains(words) == true, "\(key), \(certificate): \(fault as Any)")
      #expect(throws: SealFault.self) { _ = try sealer.check() }
    }
  }

  @Test("no byte of a signature can be another, and nothing can stand behind it")
  func signatures() async throws {
    let fixture = try SealFixture()
    defer { fixture.remove() }
    let bytes = Array("the manifest".utf8)
    let trusted = Array(try Data(contentsOf: URL(filePath: fixture.path("seal.pem"))))
    let signature = try await fixture.sealer.seal(bytes).signature
    func isTrusted(_ der: [UInt8]) -> Bool {
      if case .trusted = DetachedSignature.verify(der, of: bytes, trusted: trusted) {
        return true
      }
      return false
    }
    #expect(isTrusted(signature) && !isTrusted(signature + [0]) && !isTrusted([]))
    for bit: UInt8 in [1, 2, 128] {
      let accepted = signature.indices.filter { place in
        var other = signature
        other[place] ^= bit
        return isTrusted(other)
      }
      #expect(accepted == [], "of \(signature.count), \(bit)")
    }
  }
}
