// Why: a seal says that the books say so: nobody seals what can still change, what the books do not bear
// out, or without that it is told.
import Domain
import Doubles
import Ledger
import Services
import Synchronization
import Testing
import Wire

@Suite("reports that are sealed") struct SealTests {
  /// Files that are their report in short.
  private struct Renderer: ReportRenderer {
    func files(
      of report: ReportView, _ kind: ReportKind?, named name: String
    ) -> [SealedFile] {
      [SealedFile(name: "\(name).csv", text: report.csv)]
    }
    func readme(_ reports: [String], standing: String) -> SealedFile {
      SealedFile(name: "README.txt", text: standing)
    }
    func text(of manifest: SealManifest) -> String { "\(manifest)" }
  }

  private final class Key: Sealer {
    let sealed = Mutex<[[UInt8]]>([])
    let fault: SealFault?

    init(_ fault: SealFault? = nil) { self.fault = fault }

    func seal(_ bytes: [UInt8]) async throws(SealFault) -> Seal {
      if let fault { throw fault }
      sealed.withLock { $0.append(bytes) }
      return Seal(signature: [1, 0xAB], signer: "CN=T", fingerprint: "f0")
    }
    func certificates() async throws(SealFault) -> String { "PEM" }
  }

  private static let month = SealRequest(from: "2026-11-01", to: "2026-11-30")

  private func front(
    _ town: Town, _ key: Key, provider: String? = nil
  ) -> Front {
    Front(
      store: town.store, board: town.board, accounts: Town.People(),
      roles: Roles(administrators: ["beheer"], auditors: ["auditor"], slurmUser: "slurm"),
      settings: Front.Settings(
        system: "Test", defaultPartition: "gpu", grace: Town.grace),
      sealing: Sealing(renderer: Renderer(), sealer: key, provider: provider, timeStamp: "http://t")
    )
  }

  /// November is closed, in December.
  private func closed() async throws -> Town {
    let town = try await Town()
    let december = try #require(CivilDate("2026-12-05"))
    await town.store.set(clock: december.start)
    let admin = try await town.caller("beheer")
    _ = try await town.front.close(period: "2026-11", admin)
    return town
  }

  @Test("have each report, and a manifest of them and of the closed month; twice the same")
  func content() async throws {
    let town = try await closed()
    let key = Key()
    let front = front(town, key)
    let admin = try await town.caller("beheer")
    let first = try await front.seal(Self.month, admin)
    #expect(
      first.files.map(\.name)
        == ReportKind.allCases.map { "\($0.rawValue).csv" } + ["README.txt"])
    let report = try await front.report(.projects, from: "2026-11-01", to: "2026-11-30", admin)
    #expect(first.files.first { $0.name == "projects.csv" }?.text == report.csv)
    #expect(first.signature == "01ab" && first.timeStamp == "http://t")
    let month = try #require(try await front.periods(admin).first { $0.period == "2026-11" })
    #expect(first.manifest.contains(month.sha256) && first.manifest.contains("2026-11"))
    #expect(key.sealed.withLock { $0 } == [Array(first.manifest.utf8)])
    await town.store.set(clock: try #require(CivilDate("2027-02-05")).start)
    #expect(try await front.seal(Self.month, admin) == first)
    #expect(first.standing.hasPrefix("Not a qualified seal"))
    #expect(
      try await self.front(town, Key(), provider: "Trust BV").sealCertificate().standing
        .contains("Trust BV"))
  }

  @Test("a seal is a line of the audit log with the digest of what is sealed, and so is an attempt")
  func audited() async throws {
    let town = try await closed()
    let admin = try await town.caller("beheer")
    let sealed = try await front(town, Key()).seal(
      SealRequest(from: "2026-11-01", to: "2026-11-30", project: "longscan"), admin)
    var line = try #require(await town.store.links.last?.line)
    #expect(line.action == .sealReport && line.result == .done)
    #expect(
      line.object == "reports 2026-11-01 to 2026-11-30: access-time of project longscan, statement "
        + "of project longscan")
    #expect(line.detail == "manifest SHA-256 \(sealed.manifestSHA256), certificate SHA-256 f0")
    let failing = front(town, Key(SealFault("the key file can't be read")))
    let problem = try await refusal { _ = try await failing.seal(Self.month, admin) }
    #expect(problem.code == "seal" && problem.detail == "the key file can't be read")
    line = try #require(await town.store.links.last?.line)
    #expect(line.action == .sealReport && line.result == .failed)
    for account in ["auditor", "anouk", "stranger"] {
      let caller = try await town.caller(account)
      let problem = try await refusal {
        _ = try await front(town, Key()).seal(Self.month, caller)
      }
      #expect(problem.status == 403, "\(account)")
      #expect(await town.store.links.last?.line.result == .refused)
    }
  }

  @Test("an open month is not sealed, and where there is no key nothing is")
  func refused() async throws {
    let town = try await closed()
    let admin = try await town.caller("beheer")
    let key = Key()
    func code(_ request: SealRequest, _ front: Front) async throws -> String {
      try await refusal { _ = try await front.seal(request, admin) }.code
    }
    let open = SealRequest(from: "2026-11-01", to: "2026-12-31")
    #expect(try await code(open, front(town, key)) == "period-open")
    let before = SealRequest(from: "2026-09-01", to: "2026-09-30")
    #expect(try await code(before, front(town, key)) == "period-open")
    #expect(try await code(Self.month, town.front) == "no-seal")
    for (request, expected) in [
      (SealRequest(from: "2026-11-01", to: "2026-11-30", reports: ["project"]), "invalid"),
      (.init(from: "2026-11-01", to: "2026-11-30", reports: ["statement"]), "invalid"),
      (
        .init(from: "2026-11-01", to: "2026-11-30", reports: ["projects"], funder: "x"),
        "invalid"
      ),
      (.init(from: "2026-11-01", to: "2026-11-30", project: "longscam"), "unknown-project"),
      (.init(from: "2027-11-01", to: "2027-11-30"), "invalid-date"),
      (.init(from: "2026-11-01", to: "9999-12-31"), "invalid-date"),
      (.init(from: "2026-11-01", to: "2026-11-30", reports: []), "invalid"),
      (
        .init(
          from: "2026-11-01", to: "2026-11-30", reports: ["statement"], funder: "rug",
          project: "longscan"), "invalid"
      ),
    ] {
      #expect(try await code(request, front(town, key)) == expected, "\(request)")
    }
    #expect(key.sealed.withLock { $0.isEmpty })
  }

  @Test("what was typed and is no id of the description is not in the audit log")
  func typed() async throws {
    let town = try await closed()
    let admin = try await town.caller("beheer")
    for request in [
      SealRequest(from: "2026-11-01", to: "2026-11-30", project: "Jan Jansen"),
      .init(from: "2026-11-01", to: "2026-11-30", funder: "Jan Jansen"),
      .init(from: "2026-11-01", to: "2026-11-30", programme: "Jan Jansen"),
      .init(from: "2026-11-01", to: "2026-11-30", reports: ["statement"], project: "Jan Jansen"),
    ] {
      let problem = try await refusal {
        _ = try await front(town, Key()).seal(request, admin)
      }
      #expect(problem.code.hasPrefix("unknown-"))
      let line = try #require(await town.store.links.last?.line)
      #expect(line.result == .failed && !"\(line)".contains("Jansen"), "\(line)")
    }
  }

  @Test("nothing is sealed while a sum that reports stand on does not follow from the entries")
  func wrongSums() async throws {
    let town = try await closed()
    await town.store.breakSum(of: try #require(AllocationID("longscan-1")))
    let admin = try await town.caller("beheer")
    let key = Key()
    let problem = try await refusal { _ = try await front(town, key).seal(Self.month, admin) }
    #expect(problem.code == "books" && problem.detail.contains("longscan-1"))
    #expect(key.sealed.withLock { $0.isEmpty })
  }

  @Test("a month that is not as it was closed is not sealed")
  func broken() async throws {
    let town = try await closed()
    await town.store.breakSeal(of: try #require(AccountingPeriod("2026-11")))
    let admin = try await town.caller("beheer")
    let problem = try await refusal {
      _ = try await front(town, Key()).seal(Self.month, admin)
    }
    #expect(problem.code == "books" && problem.detail.contains("2026-11"))
  }

  @Test("a statement that is sealed has no notes: they can be erased, and a sealed file can't")
  func notes() async throws {
    let town = try await Town()
    await town.store.set(clock: Town.now + Seconds(60))
    let admin = try await town.caller("beheer")
    _ = try await town.front.transfer(
      TransferRequest(
        from: "longscan-1", to: "seals-1", amount: "1 GPU-h", approvedBy: "beheer",
        note: "for Anouk"), key: "t-1", admin)
    await town.store.set(clock: try #require(CivilDate("2026-12-05")).start)
    _ = try await town.front.close(period: "2026-11", admin)
    let sealed = try await front(town, Key()).seal(
      SealRequest(from: "2026-11-01", to: "2026-11-30", project: "longscan"), admin)
    let statement = try #require(sealed.files.first { $0.name == "statement-longscan.csv" })
    #expect(statement.text.contains("seals-1") && !statement.text.contains("for Anouk"))
  }
}
