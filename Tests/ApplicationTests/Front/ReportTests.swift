// Why: reports tell of all projects: whoever is not entitled to them gets none, and each look is told.
import Domain
import Doubles
import Engine
import Lifecycle
import Services
import Testing
import Wire

@Suite("reports over all projects") struct ReportTests {
  private typealias Ask = (Caller) async throws -> ReportView

  private static func reports(_ front: Front) -> [(name: String, ask: Ask)] {
    let (from, to) = ("2026-11-01", "2026-11-30")
    return ReportKind.allCases.map { kind in
      (kind.rawValue, { try await front.report(kind, from: from, to: to, $0) })
    }
  }

  @Test("are for administrators and auditors, and each reading is a line of the audit log")
  func rights() async throws {
    let town = try await Town()
    for (name, ask) in Self.reports(town.front) {
      for account in ["beheer", "auditor"] {
        let report = try await ask(try await town.caller(account))
        #expect(report.rows.allSatisfy { $0.count == report.columns.count })
        let line = try #require(await town.store.links.last?.line)
        #expect(line.action == .readReport && line.result == .done)
        #expect(line.object == "\(name) 2026-11-01 to 2026-11-30")
      }
      let anouk = try await town.caller("anouk")
      let problem = try await refusal { _ = try await ask(anouk) }
      #expect(problem.status == 403, "\(name)")
      #expect(await town.store.links.last?.line.result == .refused)
    }
  }

  @Test("have the CSV that belongs to their rows, and say how their months stand")
  func forms() async throws {
    let town = try await Town()
    for (name, ask) in Self.reports(town.front) {
      let report = try await ask(try await town.caller("auditor"))
      #expect(report.csv.hasPrefix("period,system,"), "\(name)")
      #expect(report.csv.split(separator: "\n").count == report.rows.count + 1, "\(name)")
      #expect(report.months.map(\.month) == ["2026-11"], "\(name)")
      #expect(!report.notes.isEmpty, "\(name)")
    }
  }

  @Test(
    "access time is told of one part, which the audit log names; of what is not there it is refused"
  )
  func parts() async throws {
    let town = try await Town()
    let (front, auditor) = (town.front, try await town.caller("auditor"))
    func report(
      _ kind: ReportKind, _ part: ReportPart
    ) async throws -> ReportView {
      try await front.report(kind, from: "2026-11-01", to: "2026-11-30", of: part, auditor)
    }
    let part = try await report(.accessTime, ReportPart(project: "longscan"))
    #expect(part.rows.count == 1 && part.rows[0].last == "project longscan")
    #expect(
      await town.store.links.last?.line.object
        == "access-time 2026-11-01 to 2026-11-30 of project longscan")
    for (part, code) in [
      (ReportPart(funder: "nobody"), "unknown-funder"),
      (ReportPart(programme: "nothing"), "unknown-programme"),
      (ReportPart(project: "longscam"), "unknown-project"),
      (ReportPart(funder: "a", project: "longscan"), "invalid"),
    ] {
      #expect(try await refusal { _ = try await report(.accessTime, part) }.code == code)
    }
    let near = try await refusal {
      _ = try await report(.accessTime, ReportPart(project: "longscam"))
    }
    #expect(near.detail.contains("longscan"))
    for kind in ReportKind.allCases where kind != .accessTime {
      let problem = try await refusal {
        _ = try await report(kind, ReportPart(project: "longscan"))
      }
      #expect(problem.status == 400, "\(kind)")
    }
  }

  @Test("a figure has the entries that it is the sum of, and each look is a line of the audit log")
  func figures() async throws {
    let town = try await Town()
    await town.store.set(clock: Town.now + Seconds(60))
    let auditor = try await town.caller("auditor")
    func lines(
      _ cell: String, _ kind: ReportKind = .accessTime, _ caller: Caller
    ) async throws -> [FigureLine] {
      var lines: [FigureLine] = []
      try await town.front.figure(
        cell, in: kind, from: "2026-11-01", to: "2026-11-30", caller
      ) {
        lines += $0
        return true
      }
      return lines
    }
    let report = try await town.front.report(
      .accessTime, from: "2026-11-01", to: "2026-11-30", auditor)
    // Awarded, of the first row that has any.
    let place = try #require(report.rows.firstIndex { $0[5] != "0.0000" })
    let told = try await lines("f\(place + 2)", .accessTime, auditor)
    let figure = try #require(told.first?.figure)
    #expect(figure.cell == "F\(place + 2)" && figure.column == "awarded GPU-h")
    #expect(figure.text == report.rows[place][5])
    #expect(figure.row.map(\.name) == ["period", "system", "share", "mode", "active projects"])
    let entries = told.dropFirst().compactMap(\.entry)
    #expect(!entries.isEmpty && entries.allSatisfy { $0.kind == "grant" && $0.project != nil })
    #expect(figure.sums.map(\.amount) == [entries.reduce(0) { $0 + ($1.amounts[0] ?? 0) }])
    #expect(figure.sums[0].measure == "awarded" && figure.sums[0].from == nil)
    let line = try #require(await town.store.links.last?.line)
    #expect(line.action == .readReport && line.detail == "the entries behind cell F\(place + 2)")
    // Used of the award has both; what is described, neither.
    #expect(try await lines("H2", .accessTime, auditor)[0].figure?.sums.count == 2)
    #expect(try await lines("C2", .accessTime, auditor).map(\.figure?.sums.count) == [0])
    #expect(try await lines("D2", .availability, auditor).map(\.figure?.sums.count) == [0])
    for (cell, code, status) in [
      ("G1", "invalid", 400), ("2G", "invalid", 400), ("", "invalid", 400), ("G", "invalid", 400),
      ("G99", "unknown-cell", 404), ("ZZ2", "unknown-cell", 404),
    ] {
      let problem = try await refusal { _ = try await lines(cell, .accessTime, auditor) }
      #expect(problem.code == code && problem.status == status, "\(cell)")
      if status == 404 { #expect(problem.detail.contains("from A2 to R"), "\(problem.detail)") }
    }
    #expect(report.columns.count == 18)
    let anouk = try await town.caller("anouk")
    #expect(try await refusal { _ = try await lines("F2", .accessTime, anouk) }.status == 403)
  }

  @Test("availability tells the wait of a job from its submission to its start, with its mode")
  func waits() async throws {
    let town = try await Town()
    let job = try await town.submit("anouk", "-A longscan --gpus=1")
    #expect(job.id == "P1")
    let task = try #require(TaskID(job.id))
    let allocation = try #require(AllocationID("longscan-1"))
    let node = try #require(try Town.centre().nodes.keys.min())
    let request = try #require(await town.store.state.jobs[task.job]?.request)
    let run = RunRecord(
      id: RunID(task: request.tasks(of: task.job)[0], attempt: 1), allocation: allocation,
      placement: Placement(nodes: [node], perNode: request.perNode),
      weight: Weight(thousandths: 1000), rateVersion: 1, hold: .hours(1), reach: .hours(1),
      committed: Town.now + Seconds(4))
    await town.store.set(clock: Town.now + Seconds(60))
    #expect(try await town.store.commit(run) == .done)
    #expect(
      try await town.store.perform(
        .started(
          run.id, at: Town.now + Seconds(5), weight: run.weight, slurmJobID: 7, devices: []))
        == .done)
    let report = try await town.front.report(
      .availability, from: "2026-11-01", to: "2026-11-30", try await town.caller("auditor"))
    let places = ["mode", "tasks begun", "waits known", "wait p50 s", "wait p95 s"].compactMap {
      report.columns.firstIndex(of: $0)
    }
    #expect(
      report.rows.map { row in places.map { row[$0] } } == [
        ["playground", "1", "1", "5", "5"], ["all", "1", "1", "5", "5"],
      ])
  }
}
