// Why: who asks under the name of sacct must be told no more than who asks Polder by its own.
import Domain
import Doubles
import Lifecycle
import Services
import Testing
import Wire

@Suite("what is told under the name of sacct")
struct AccountingTests {
  private func ran(
    _ town: Town, _ job: Int64, index: Int? = nil, attempt: Int = 1, slurmID: Int64 = 71,
    requeued: Bool = false
  ) async throws {
    let task = TaskID(job: JobID(number: job), index: index)
    let nodes = [try #require(NodeName("gn02")), try #require(NodeName("gn01"))]
    let run = RunRecord(
      id: RunID(task: task, attempt: attempt),
      allocation: try #require(AllocationID("longscan-1")),
      placement: Placement(
        nodes: nodes, perNode: NodeResources(gpus: 2, cpus: 20, memoryMiB: 64_000)),
      weight: Weight(thousandths: 4000), rateVersion: 1, hold: .hours(8),
      reach: .hours(2), committed: Town.now)
    _ = try await town.store.commit(run)
    let began = Town.now + Seconds(60)
    _ = try await town.store.perform(
      .started(run.id, at: began, weight: run.weight, slurmJobID: slurmID, devices: []))
    let ended = RunEnd(
      start: began, end: Town.now + Seconds(600), outcome: requeued ? .nodeFailed : .completed,
      exitCode: 0, signal: 0, used: .hours(1), refund: nil, requeued: requeued)
    _ = try await town.store.perform(.ended(run.id, ended))
  }

  private func told(
    _ town: Town, _ query: AccountingQuery, as account: String
  ) async throws -> [AccountingRow] {
    try await town.front.accounting(query, try await town.caller(account)).rows
  }

  @Test("a run is told with what it asked, what it got, and who it was")
  func facts() async throws {
    let town = try await Town()
    _ = try await town.submit("bram", "-A longscan -N2 --gpus-per-node=h100:2 -J scan --comment=x")
    try await ran(town, 1)
    let rows = try await told(town, AccountingQuery(wantsFolders: true), as: "bram")
    let row = try #require(rows.first)
    #expect(rows.count == 1 && row.id == "P1" && row.slurmRunID == 71 && row.name == "scan")
    #expect(row.user == "bram" && row.uid == 64012 && row.group == "bram")
    #expect(row.project == "longscan" && row.partition == "gpu" && row.state == "completed")
    let now = Town.now.milliseconds
    #expect(row.submitted == now && row.eligible == now)
    #expect(row.start == now + 60_000 && row.end == now + 600_000)
    #expect(row.nodes == ["gn01", "gn02"] && row.limitSeconds == 3600)
    let share = AccountingShare(nodes: 2, cpus: 40, memoryMiB: 128_000, gpus: 4, gpuType: "h100")
    #expect(row.allocated == share)
    #expect(row.asked.nodes == 2 && row.asked.gpus == 4)
    #expect(row.folder == "/home/x" && row.comment == "x")
  }

  @Test("members see their projects' jobs, by default their own; folders are told of own jobs")
  func rights() async throws {
    let town = try await Town()
    _ = try await town.submit("bram", "-A longscan --gpus=1")
    _ = try await town.submit("ivo", "-A seals --gpus=1 --time=10", key: "other")
    let all = AccountingQuery(everyone: true, wantsFolders: true)
    #expect(try await told(town, AccountingQuery(), as: "anouk").isEmpty)
    #expect(try await told(town, all, as: "anouk").map(\.id) == ["P1", "P2"])
    #expect(try await told(town, all, as: "anouk").allSatisfy { $0.folder == nil })
    #expect(try await told(town, all, as: "bram").map(\.id) == ["P1"])
    #expect(try await told(town, AccountingQuery(jobs: ["P2"], everyone: true), as: "bram").isEmpty)
    #expect(try await told(town, AccountingQuery(projects: ["seals"]), as: "bram").isEmpty)
    #expect(try await told(town, all, as: "stranger").isEmpty)
    #expect(try await told(town, all, as: "beheer").map(\.folder) == ["/home/x", "/home/x"])
    #expect(try await told(town, all, as: "auditor").map(\.folder) == [nil, nil])
    let byUser = AccountingQuery(users: ["64013"])
    #expect(try await told(town, byUser, as: "beheer").map(\.id) == ["P2"])
  }

  @Test("auditors are told people by opaque ids, and can't ask whose id is whose")
  func opaque() async throws {
    let town = try await Town()
    _ = try await town.submit("bram", "-A longscan --gpus=1")
    _ = try await town.submit("ivo", "-A seals --gpus=1 --time=10", key: "other")
    let all = AccountingQuery(everyone: true)
    #expect(try await told(town, all, as: "beheer").map(\.user) == ["bram", "ivo"])
    let rows = try await told(town, all, as: "auditor")
    #expect(rows.map(\.user) == ["m-bram", "m-ivo"] && rows.map(\.name) == ["", ""])
    #expect(rows.allSatisfy { $0.uid == nil && $0.gid == nil && $0.group == nil })
    #expect(
      try await told(town, AccountingQuery(users: ["m-ivo"]), as: "auditor").map(\.id) == ["P2"])
    let byName = await #expect(throws: Problem.self) {
      _ = try await told(town, AccountingQuery(everyone: true, names: ["train"]), as: "auditor")
    }
    #expect(byName?.status == 403)
    for user in ["ivo", "64013"] {
      let problem = await #expect(throws: Problem.self) {
        _ = try await told(town, AccountingQuery(users: [user]), as: "auditor")
      }
      #expect(problem?.code == "unknown-user")
    }
  }

  @Test("a user that the machine does not know is refused in sacct's words")
  func unknownUser() async throws {
    let town = try await Town()
    let problem = await #expect(throws: Problem.self) {
      _ = try await told(town, AccountingQuery(users: ["nobody-here"]), as: "beheer")
    }
    #expect(problem?.detail == "Invalid user id: nobody-here")
  }

  @Test("reads in office are lines of the audit log, one in ten minutes; members are not watched")
  func audited() async throws {
    let town = try await Town()
    _ = try await town.submit("bram", "-A longscan --gpus=1")
    func lines() async throws -> Int {
      try await town.store.auditLines(AuditFilter(action: "read-jobs")).count
    }
    _ = try await told(town, AccountingQuery(everyone: true), as: "bram")
    #expect(try await lines() == 0)
    _ = try await told(town, AccountingQuery(everyone: true), as: "beheer")
    _ = try await told(town, AccountingQuery(everyone: true), as: "beheer")
    #expect(try await lines() == 1)
    _ = try await told(town, AccountingQuery(everyone: true), as: "auditor")
    #expect(try await lines() == 2)
  }

  @Test("tasks of an array that wait alike are one row, behind those that ran")
  func arrays() async throws {
    let town = try await Town()
    _ = try await town.submit("bram", "-A longscan --gpus=1 --array=0-5%2")
    try await ran(town, 1, index: 3)
    let rows = try await told(town, AccountingQuery(), as: "bram")
    #expect(rows.map(\.id) == ["P1_3", "P1"])
    #expect(rows.map(\.indices) == [[3], [0, 1, 2, 4, 5]])
    #expect(rows.allSatisfy { $0.isArray && $0.throttle == 2 })
    let byTask = AccountingQuery(jobs: ["P1_3", "71"], everyone: true)
    #expect(try await told(town, byTask, as: "bram").map(\.id) == ["P1_3"])
    #expect(
      try await told(town, AccountingQuery(jobs: ["P1_4"], everyone: true), as: "bram")
        .map(\.indices) == [[0, 1, 2, 4, 5]])
  }

  @Test("a run that was put back and what waits of it are two rows")
  func requeued() async throws {
    let town = try await Town()
    _ = try await town.submit("bram", "-A longscan --gpus=1 --requeue")
    try await ran(town, 1, requeued: true)
    let rows = try await told(town, AccountingQuery(), as: "bram")
    #expect(rows.map(\.state) == ["node-failed", "waiting"])
  }

  @Test("what ended before the time, or can't begin before its end, is left out")
  func times() async throws {
    let town = try await Town()
    _ = try await town.submit("bram", "-A longscan --gpus=1")
    try await ran(town, 1)
    func told(_ from: Int64, _ before: Int64) async throws -> Int {
      let now = Town.now.milliseconds
      let query = AccountingQuery(from: now + from * 1000, before: now + before * 1000)
      return try await self.told(town, query, as: "bram").count
    }
    #expect(try await told(0, 3600) == 1)
    #expect(try await told(600, 3600) == 1)
    #expect(try await told(601, 3600) == 0)
    #expect(try await told(-3600, 0) == 0)
  }

  @Test("ids that are none are refused")
  func noIDs() async throws {
    let town = try await Town()
    for id in ["x", "1_2_3", "-4", ""] {
      let problem = await #expect(throws: Problem.self) {
        _ = try await told(town, AccountingQuery(jobs: [id]), as: "bram")
      }
      #expect(problem?.code == "invalid-id")
    }
  }
}
