// Why: competing companies share the machine. Nobody sees another project's jobs, names or figures.
import Domain
import Doubles
import Engine
import Ledger
import Lifecycle
import Scheduling
import Services
import Testing
import Wire

@Suite("what each may see and do") struct PrivacyTests {
  /// Anouk's job P1 in longscan, Ivo's job P2 in seals.
  private func town() async throws -> Town {
    let town = try await Town()
    _ = try await town.submit("anouk", "-A longscan --gpus=1")
    _ = try await town.submit("ivo", "-A seals --gpus=1 -t 30")
    return town
  }

  @Test(
    "jobs are seen by the project's members, administrators and auditors",
    arguments: [
      ("anouk", ["P2", "P1"]), ("bram", ["P1"]), ("ivo", ["P2"]), ("vera", ["P2"]),
      ("beheer", ["P2", "P1"]), ("auditor", ["P2", "P1"]), ("stranger", []),
    ])
  func jobs(account: String, ids: [String]) async throws {
    let town = try await town()
    let caller = try await town.caller(account)
    #expect(try await town.front.jobs(all: true, project: nil, caller).map(\.id) == ids)
  }

  @Test("a job of others and one that is none are refused in the same words")
  func foreignJob() async throws {
    let town = try await town()
    let bram = try await town.caller("bram")
    let foreign = try await refusal { _ = try await town.front.job("P2", bram) }
    let none = try await refusal { _ = try await town.front.job("P9", bram) }
    #expect(foreign.status == 404)
    #expect(foreign.detail.replacing("P2", with: "X") == none.detail.replacing("P9", with: "X"))
    #expect(try await refusal { _ = try await town.front.cancel("P2", bram) }.status == 404)
  }

  @Test(
    "a job is cancelled by its owner, its PI or an administrator",
    arguments: [("ivo", nil), ("beheer", nil), ("anouk", 403), ("vera", 403), ("bram", 404)])
  func cancel(account: String, status: Int?) async throws {
    let town = try await town()
    let caller = try await town.caller(account)
    if let status {
      #expect(try await refusal { _ = try await town.front.cancel("P2", caller) }.status == status)
      #expect(await town.store.state.tasks.values.allSatisfy { $0.state == .waiting })
    } else {
      #expect(try await town.front.cancel("P2", caller).tasks[0].state == "cancelled")
      let again = try await refusal { _ = try await town.front.cancel("P2", caller) }
      #expect(again.code == "already-ended")
    }
  }

  @Test("of an account nothing is exported or erased, and no line repeats what may be a name")
  func subjectsByName() async throws {
    let town = try await town()
    let beheer = try await town.caller("beheer")
    let export = try await refusal {
      _ = try await town.front.export(member: "anouk", after: nil, beheer)
    }
    let erasure = try await refusal { _ = try await town.front.erase(member: "anouk", beheer) }
    #expect(export.code == "unknown-member" && erasure.code == "unknown-member")
    let lines = await town.store.links.map(\.line)
    #expect(lines.suffix(2).map(\.object) == ["member unknown", "member unknown"])
    #expect(lines.suffix(2).allSatisfy { $0.result == .failed })
  }

  @Test("an erasure that was done before says when, and so does its line")
  func erasedTwice() async throws {
    let town = try await Town()
    let standing = try await town.store.centre()
    var centre = standing
    let id = try #require(MemberID("m-zoe"))
    centre.members[id] = Member(id: id, account: "zoe", name: "Zoe")
    let line = AuditLine(actor: "m-1", action: .apply, object: "centre", origin: "a test")
    #expect(
      try await town.store.replaceCentre(
        with: centre, postings: [], ifStill: standing, audit: line) == .done)
    let beheer = try await town.caller("beheer")
    #expect(try await town.front.erase(member: "m-zoe", beheer).before == nil)
    await town.store.set(clock: Town.now + .hours(2))
    let again = try await town.front.erase(member: "m-zoe", beheer)
    #expect(
      again == ErasureView(member: "m-zoe", jobNames: 0, payloads: 0, before: Town.now.milliseconds)
    )
    let lines = await town.store.links.map(\.line).filter { $0.action == .eraseSubject }
    #expect(lines.map(\.detail) == ["", "again: was erased at \(Town.now)"])
  }

  @Test("one's own export has the rules that name the member, and nobody else's")
  func rulesInExport() async throws {
    let town = try await Town()
    let standing = try await town.store.centre()
    var centre = standing
    let (anouk, longscan) = (
      try #require(MemberID("m-anouk")), try #require(ProjectID("longscan"))
    )
    for (text, scope) in [
      ("of-anouk", .member(anouk, longscan)), ("of-all", .project(longscan)),
      ("of-bram", .member(try #require(MemberID("m-bram")), longscan)),
    ] as [(String, CapScope)] {
      let id = try #require(CapID(text))
      centre.capRules[id] = CapRule(
        id: id, scope: scope, limit: .amount(.hours(1000)), span: .calendarYear, strength: .hard)
      let limit = try #require(LimitID("jobs-\(text)"))
      centre.limitRules[limit] = LimitRule(id: limit, scope: scope, most: [.waiting: 10])
    }
    centre.order = OrderRule(policy: .shared, shares: ShareWeights(members: [anouk: 3]))
    let line = AuditLine(actor: "m-1", action: .apply, object: "centre", origin: "a test")
    #expect(
      try await town.store.replaceCentre(
        with: centre, postings: [], ifStill: standing, audit: line) == .done)
    let export = try await town.front.export(
      member: nil, after: nil, try await town.caller("anouk"))
    #expect(
      export.rules.map { "\($0.kind) \($0.id)" } == [
        "cap of-anouk", "limit jobs-of-anouk", "shares 3",
      ])
  }

  @Test("the note of one act is erased by either of its entries, by administrators alone")
  func erasedNote() async throws {
    let town = try await Town()
    let (anouk, beheer) = (try await town.caller("anouk"), try await town.caller("beheer"))
    let act = "transfer:by-hand-k"
    let transfer = TransferRequest(
      from: "longscan-1", to: "seals-1", amount: "1 GPU-h", approvedBy: "beheer",
      note: "for de heer Jansen")
    _ = try await town.front.transfer(transfer, key: "k", beheer)
    for (entry, caller, code) in [
      ("\(act):in", anouk, "not-allowed"), ("anouk", anouk, "not-allowed"),
      ("anouk", beheer, "unknown-entry"), ("grant:seals-1", beheer, "no-note"),
    ] {
      let problem = try await refusal {
        _ = try await town.front.eraseNote(entry: entry, caller)
      }
      #expect(problem.code == code)
    }
    let done = try await town.front.eraseNote(entry: "\(act):in", beheer)
    #expect(done.act == act)
    #expect(try await town.store.notes(of: [EntryID(act)]).isEmpty)
    let again = try await refusal {
      _ = try await town.front.eraseNote(entry: "\(act):out", beheer)
    }
    #expect(again.code == "no-note")
    let lines = await town.store.links.map(\.line).filter { $0.action == .eraseNote }
    #expect(
      lines.map { "\($0.object): \($0.result.rawValue)" } == [
        "note of \(act): refused", "note of an unknown entry: refused",
        "note of an unknown entry: failed", "note of grant:seals-1: failed",
        "note of \(act): done", "note of \(act): failed",
      ])
  }

  @Test(
    "balances are read by members, auditors and administrators",
    arguments: [
      ("bram", ["longscan-1"]), ("anouk", ["longscan-1", "seals-1"]),
      ("auditor", ["flood-1", "flood-2", "longscan-1", "seals-1"]),
      ("beheer", ["flood-1", "flood-2", "longscan-1", "seals-1"]), ("stranger", []),
    ])
  func balances(account: String, allocations: [String]) async throws {
    let town = try await town()
    let caller = try await town.caller(account)
    let views = try await town.front.balances(project: nil, caller)
    #expect(views.map(\.allocation) == allocations)
  }

  @Test("a ledger is read by the project's members, auditors and administrators")
  func ledger() async throws {
    let town = try await town()
    for account in ["ivo", "vera", "auditor", "beheer"] {
      let entries = try await town.front.ledger(project: "seals", try await town.caller(account))
      #expect(entries.map(\.kind) == ["grant"])
    }
    for account in ["bram", "stranger"] {
      let caller = try await town.caller(account)
      let foreign = try await refusal { _ = try await town.front.ledger(project: "seals", caller) }
      #expect(foreign.status == 404)
    }
  }

  @Test("reports over all are for auditors and administrators, descriptions for administrators")
  func operations() async throws {
    let town = try await town()
    for account in ["anouk", "stranger", "auditor"] {
      let caller = try await town.caller(account)
      let request = ApplyRequest(objects: [], dryRun: true)
      #expect(
        try await refusal { _ = try await town.front.apply(request, caller) }.status == 403)
      guard account != "auditor" else { continue }
      #expect(
        try await refusal {
          _ = try await town.front.report(.accessTime, from: nil, to: nil, caller)
        }.status == 403)
    }
    let report = try await town.front.report(
      .accessTime, from: "2026-11-01", to: "2026-11-30", try await town.caller("auditor"))
    #expect(report.rows.count == 1)
  }

  @Test("jobs of other projects in the way are counts, never ids")
  func reasons() async throws {
    let town = try await town()
    let own = try #require(TaskID("P1"))
    let others = try #require(TaskID("P2"))
    var state = await town.board.current()
    let shortfall = ResourceShortfall(
      resource: .gpus, wantedPerNode: 1, wantedNodes: 1, freeNodes: 0, freeInAll: 0,
      blockingTasks: [own, others], jobsAhead: 1)
    state.plan[own] = BoardState.Wait(reason: .resources(shortfall), expectedStart: Town.now)
    await town.board.set(state)
    let bram = try await town.caller("bram")
    let reason = try #require(try await town.front.job("P1", bram).tasks[0].reason)
    #expect(reason.text.contains("P1 and 1 job of other projects"))
    #expect(!reason.text.contains("P2"))
    state.plan[own] = BoardState.Wait(
      reason: .priority(ahead: others, jobsAhead: 1), expectedStart: nil)
    await town.board.set(state)
    let priority = try #require(try await town.front.job("P1", bram).tasks[0].reason)
    #expect(priority.text.contains("a job of another project"))
  }

  @Test("only slurmctld's account and root ask as the plugin; it hears refusals as lines")
  func plugin() async throws {
    let town = try await town()
    var seen = PluginSubmission(submitUID: 64012, userUID: 64012)
    seen.tresPerJob = "gres:gpu:2"
    seen.timeLimitMinutes = 10
    let asked = seen
    let foreign = try await refusal {
      _ = try await town.front.pluginSubmit(asked, peerUID: 64012)
    }
    #expect(foreign.status == 403)
    let answer = try await town.front.pluginSubmit(asked, peerUID: 64030)
    let lines = answer.split(separator: "\n")
    #expect(lines.first == "decision=accept")
    for line in [
      "key=P3", "account=longscan", "nodes=1", "tasks=1", "cpusPerTask=40",
      "memoryMiBPerNode=256000", "timeLimitMinutes=10", "tresPerNode=gres:gpu:h100:2",
    ] {
      #expect(lines.contains { $0 == line }, "\(line)")
    }
    seen.account = "seals"
    let refused = try await town.front.pluginSubmit(seen, peerUID: 0)
    #expect(refused.hasPrefix("decision=refuse\n"))
    #expect(refused.contains("message="))
    // What a member says is told back to him; it answers nothing in Polder's stead.
    for text in ["x\r\ndecision=accept\r\nkey=P1", "x\ndecision=accept", "x\\ndecision=accept"] {
      seen.account = text
      let lines = try await town.front.pluginSubmit(seen, peerUID: 0)
      #expect(lines.utf8.split(separator: 0x0A).count == 3, "\(lines)")
      #expect(!lines.utf8.contains(0x0D))
    }
    seen.account = "longscan"
    for (name, folder) in [("x JobState=FAILED", "/tmp"), ("x", "/tmp ArrayTaskId=1")] {
      (seen.name, seen.workingDirectory) = (name, folder)
      let lines = try await town.front.pluginSubmit(seen, peerUID: 0)
      #expect(lines.hasPrefix("decision=refuse\ncode=invalid\n"), "\(lines)")
    }
  }
}
