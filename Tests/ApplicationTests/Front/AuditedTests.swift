// Why: who has every right must be seen to use it; who reads their own must not be watched.
import Domain
import Doubles
import Services
import Testing
import Wire

@Suite("what the audit log tells") struct AuditedTests {
  private func lines(_ town: Town) async -> [String] {
    await town.store.links.map(\.line).map {
      "\($0.actor) \($0.action.rawValue) \($0.object): \($0.result.rawValue)"
    }
  }

  @Test("staff who read what is others' are recorded, members who read their own are not")
  func reads() async throws {
    let town = try await Town()
    _ = try await town.submit("anouk", "-A longscan --gpus=1")
    let front = town.front
    let anouk = try await town.caller("anouk")
    _ = try await front.jobs(all: true, project: nil, anouk)
    _ = try await front.job("P1", anouk)
    _ = try await front.balances(project: nil, anouk)
    _ = try await front.ledger(project: "longscan", anouk)
    #expect(await lines(town) == [])
    let admin = try await town.caller("beheer")
    let auditor = try await town.caller("auditor")
    _ = try await front.jobs(all: true, project: "longscan", admin)
    _ = try await front.job("P1", admin)
    _ = try await front.balances(project: nil, auditor)
    _ = try await front.ledger(project: "seals", auditor)
    _ = try await front.report(.accessTime, from: "2026-11-01", to: "2026-11-30", auditor)
    _ = try await front.auditLines(Front.AuditQuestion(), auditor)
    #expect(
      await lines(town) == [
        "uid-64001 read-jobs project longscan: done", "uid-64001 read-jobs job P1: done",
        "uid-64002 read-balances projects: done", "uid-64002 read-ledger project seals: done",
        "uid-64002 read-report access-time 2026-11-01 to 2026-11-30: done",
        "uid-64002 read-audit audit log: done",
      ])
    #expect(try await front.verifyAudit(expected: nil, auditor).finding == nil)
  }

  @Test("what was read in the database itself is taken before the log or its head is told")
  func readBeside() async throws {
    let town = try await Town()
    let auditor = try await town.caller("auditor")
    let read = AuditLine(
      actor: "login ezk_reports", action: .readDatabase, object: "tables run", origin: "database")
    await town.store.read(beside: read)
    let told = try await town.front.auditLines(.init(actor: read.actor), auditor)
    #expect(told.map(\.object) == ["tables run"])
    // One that read nothing is a question as any other.
    #expect(try await town.front.auditLines(.init(actor: "login other"), auditor).isEmpty)
    let head = try await town.store.auditStanding().head.seq
    await town.store.read(beside: read)
    #expect(try await town.front.auditHead(auditor).text.hasPrefix("\(head + 1):"))
    await town.store.read(beside: read)
    #expect(try await town.front.verifyAudit(expected: nil, auditor).lines == head + 2)
  }

  @Test("a question for an action that is none is refused with those that are")
  func unknownAction() async throws {
    let town = try await Town()
    let auditor = try await town.caller("auditor")
    let problem = await #expect(throws: Problem.self) {
      _ = try await town.front.auditLines(.init(action: "read-job"), auditor)
    }
    #expect(problem?.code == "unknown-action")
    #expect(problem?.detail.contains("do you mean read-jobs?") == true)
    #expect(problem?.nextStep.contains("close-period") == true)
    for action in AuditAction.known {
      _ = try await town.front.auditLines(.init(action: action.rawValue), auditor)
    }
  }

  @Test("a refused act names what is there, and nothing that was typed and is none")
  func objects() async throws {
    let town = try await Town()
    let bram = try await town.caller("bram")
    func refused(_ act: () async throws -> Void) async {
      await #expect(throws: Problem.self) { try await act() }
    }
    for entry in ["grant:longscan-1", "of Jan Jansen"] {
      await refused {
        _ = try await town.front.correct(
          CorrectionRequest(
            kind: "credit", entry: entry, amount: "1 GPU-h", reason: "miscount",
            approvedBy: "m-bram", note: ""), key: "k", bram)
      }
    }
    for name in ["gn01", "Jan Jansen"] {
      await refused {
        _ = try await town.front.drain(name, DrainRequest(reason: "hot"), bram)
      }
    }
    for name in ["gpu", "Jan"] {
      await refused {
        _ = try await town.front.set(
          partition: name, to: PartitionStateRequest(state: "down"), bram)
      }
    }
    await refused { _ = try await town.front.deleteReservation("Jan", bram) }
    let objects = await town.store.links.map(\.line.object)
    #expect(
      objects == [
        "entry grant:longscan-1", "an unknown entry", "node gn01", "an unknown node",
        "partition gpu", "an unknown partition", "an unknown reservation",
      ])
  }

  @Test("acts that are refused or fail are recorded too, without a name")
  func refusals() async throws {
    let town = try await Town()
    _ = try await town.submit("anouk", "-A longscan --gpus=1")
    let front = town.front
    let bram = try await town.caller("bram")
    let admin = try await town.caller("beheer")
    let apply = ApplyRequest(objects: [], dryRun: false)
    await #expect(throws: Problem.self) { _ = try await front.apply(apply, bram) }
    await #expect(throws: Problem.self) { _ = try await front.cancel("P1", bram) }
    await #expect(throws: Problem.self) {
      _ = try await front.auditLines(Front.AuditQuestion(), bram)
    }
    await #expect(throws: Problem.self) { _ = try await front.erase(member: "m-anouk", bram) }
    _ = try await front.cancel("P1", admin)
    await #expect(throws: Problem.self) { _ = try await front.cancel("P1", admin) }
    await #expect(throws: Problem.self) { _ = try await front.erase(member: "m-anouk", admin) }
    #expect(
      await lines(town) == [
        "m-bram apply centre: refused", "m-bram cancel job P1: refused",
        "m-bram read-audit audit log: refused", "m-bram erase-subject member m-anouk: refused",
        "uid-64001 cancel job P1: done", "uid-64001 cancel job P1: failed",
        "uid-64001 erase-subject member m-anouk: failed",
      ])
    let told = await town.store.links.map { "\($0.line.detail) \($0.line.origin)" }.joined()
    #expect(!told.contains("bram") && !told.contains("64012"))
  }

  @Test("a refused description is a line if it was to be applied, and none in a dry run")
  func descriptions() async throws {
    let town = try await Town()
    let admin = try await town.caller("beheer")
    let wrong = DescribedObject(
      kind: .member, id: "m-9", fields: ["account": "root"], file: "c.yaml", line: 1,
      fieldLines: [:])
    func apply(dryRun: Bool, thenApply: Bool?) async throws {
      let result = try await town.front.apply(
        ApplyRequest(objects: [wrong], dryRun: dryRun, thenApply: thenApply), admin)
      #expect(!result.refusals.isEmpty && !result.applied)
    }
    try await apply(dryRun: true, thenApply: nil)
    try await apply(dryRun: true, thenApply: false)
    #expect(await lines(town) == [])
    try await apply(dryRun: true, thenApply: true)
    #expect(await lines(town) == ["uid-64001 apply centre: refused"])
    try await apply(dryRun: false, thenApply: nil)
    #expect(await lines(town).count == 2)
    #expect(await town.store.links.allSatisfy { $0.line.detail.contains("sha256") })
    let detail = await town.store.links.last?.line.detail ?? ""
    // Which fault it was, without what it says of a person; nothing reads as if it was done.
    #expect(
      detail.hasPrefix("refused, nothing was changed: 2 faults; Member m-9 line 1: account; "),
      "\(detail)")
    #expect(!detail.contains("root") && detail.contains(": would be 0 created"))
  }

  @Test("of a refused award the line says in words what was wrong")
  func award() async throws {
    let town = try await Town()
    let admin = try await town.caller("beheer")
    let award = DescribedObject(
      kind: .allocation, id: "a-9", fields: ["granted": "5 core-h"], file: "/home/x/c.yaml",
      line: 3, fieldLines: ["granted": 5])
    _ = try await town.front.apply(ApplyRequest(objects: [award], dryRun: false), admin)
    let detail = await town.store.links.last?.line.detail ?? ""
    #expect(detail.contains("; Allocation a-9 line 5: granted: "), "\(detail)")
    #expect(!detail.contains("/home/"))
  }

  @Test("one's own export needs no right, another's needs an administrator; both are recorded")
  func export() async throws {
    let town = try await Town()
    _ = try await town.submit("anouk", "-A longscan --gpus=1")
    let anouk = try await town.caller("anouk")
    let own = try await town.front.export(member: nil, after: nil, anouk)
    #expect(own.account == "anouk" && own.jobs.count == 1 && own.next == nil)
    #expect(own.memberships.map(\.project) == ["longscan", "seals"])
    #expect(own.jobs.first?.payload?.environment.contains("SECRET=1") == true)
    let bram = try await town.caller("bram")
    await #expect(throws: Problem.self) {
      _ = try await town.front.export(member: "m-anouk", after: nil, bram)
    }
    let admin = try await town.caller("beheer")
    let again = try await town.front.export(member: "m-anouk", after: nil, admin)
    #expect(again.auditLines.map(\.result) == ["refused", "done"])
    #expect(await lines(town).last == "uid-64001 export-subject member m-anouk: done")
    #expect(!again.hasOlderAuditLines)
  }

  @Test("who asks for a later part of an export alone is recorded as well")
  func laterPart() async throws {
    let town = try await Town()
    let first = try await town.submit("anouk", "-A longscan --gpus=1").id
    _ = try await town.submit("anouk", "-A longscan --gpus=1", key: "second")
    let admin = try await town.caller("beheer")
    let part = try await town.front.export(member: "m-anouk", after: first, admin)
    #expect(part.jobs.count == 1 && part.jobs.first?.payload != nil)
    let line = try #require(await town.store.links.last?.line)
    #expect(line.action == .exportSubject && line.object == "member m-anouk")
    #expect(line.detail == "what comes after \(first)")
  }

  @Test("whoever in office follows a job is one line in ten minutes, and not one a look")
  func followed() async throws {
    let town = try await Town()
    let job = try await town.submit("anouk", "--account=longscan --gpus=1").id
    let beheer = try await town.caller("beheer")
    func lines() async -> Int {
      await town.store.links.count { $0.line.action == .readJobs }
    }
    for _ in 1...5 { _ = try await town.front.job(job, beheer) }
    #expect(await lines() == 1)
    await town.store.set(clock: Town.now + .minutes(9))
    _ = try await town.front.job(job, beheer)
    #expect(await lines() == 1)
    await town.store.set(clock: Town.now + .minutes(10))
    _ = try await town.front.job(job, beheer)
    #expect(await lines() == 2)
    let other = try await town.submit("anouk", "--account=longscan --gpus=1", key: "other").id
    _ = try await town.front.job(other, beheer)
    #expect(await lines() == 3, "another job is another line")
  }
}
