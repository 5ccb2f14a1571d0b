// Why: a cap is described on books of ten million runs while others write; it must count all of them, to the
// moment at which its window cuts a day, and must not look at each.
import Domain
import Ledger
import Lifecycle
import Services
import Store
import Testing

@Suite("caps counted anew", .serialized, .timeLimit(.minutes(1)))
struct CapCountTests {
  /// A midnight, UTC.
  private static let day = Instant(seconds: 1_700_006_400)

  private static func at(_ hours: Int64) -> Instant { day + .hours(hours) }

  /// Runs whose holds were taken at these moments, and what each was charged; nil is under way and
  /// holds an hour.
  private static let runs: [(taken: Instant, used: Int64?, project: ProjectID)] = [
    (at(-1), 1, Example.longscan), (day - Seconds(1), 2, Example.roads),
    (at(0), 4, Example.longscan), (at(23), 8, Example.longscan),
    (at(24) - Seconds(1), 16, Example.roads), (at(24), 32, Example.longscan),
    (at(53), 64, Example.longscan), (at(60), 128, Example.roads), (at(61), nil, Example.longscan),
  ]

  private static let windows: [Range<Instant>] = [
    at(-1)..<at(100), at(0)..<at(24), at(1)..<at(23), at(1)..<at(24), at(0)..<at(23),
    at(23)..<at(54), at(54)..<at(70), (at(24) - Seconds(1))..<at(24), at(70)..<at(90),
  ]

  private static let scopes: [CapScope] = [
    .member(Example.alice, Example.longscan), .member(Example.bob, Example.longscan),
    .project(Example.roads), .programmes([Example.id("playground"), Example.id("fast-lane")]),
    .funder(Example.id("state")), .commercial(Example.id("state")),
    .funder(Example.id("eurohpc")),
  ]

  private func load(_ store: PostgresStore) async throws {
    for (number, run) in Self.runs.enumerated() {
      let job = try await store.accepted(
        Example.job(Example.request(run.project), key: "run \(number)"))
      let allocation = run.project == Example.roads ? Example.fast : Example.large
      let record = Example.run(
        job.firstRun, from: allocation, hold: .hours(run.used ?? 1), at: run.taken)
      try #require(try await store.commit(record) == .done)
      guard let used = run.used else { continue }
      let end = RunEnd(
        start: run.taken, end: run.taken + .hours(30), outcome: .completed, exitCode: 0, signal: 0,
        used: .hours(used), refund: nil, requeued: false)
      try #require(try await store.perform(.ended(record.id, end)) == .done)
    }
  }

  private func covers(_ scope: CapScope, _ project: ProjectID) -> Bool {
    switch scope {
    case .member(let member, let own): member == Example.alice && own == project
    case .project(let own): own == project
    case .programmes: true
    case .funder(let funder): funder.text == "state"
    case .commercial(let funder): funder.text == "state" && project == Example.roads
    }
  }

  @Test(
    "a cap that is described counts what was taken in its window, to the second, in every scope")
  func windows() async throws {
    try await withStore { store, database in
      try await load(store)
      var centre = Example.centre
      var expected: [String: Int64] = [:]
      for (i, scope) in Self.scopes.enumerated() {
        for (j, window) in Self.windows.enumerated() {
          let id: CapID = Example.id("cap-\(i)-\(j)")
          centre.capRules[id] = CapRule(
            id: id, scope: scope, limit: .amount(.hours(1_000_000)), span: .window(window),
            strength: .hard)
          let counted = Self.runs.filter {
            window.contains($0.taken) && covers(scope, $0.project)
          }
          let (used, held) = (
            counted.compactMap(\.used).reduce(0, +), Int64(counted.count { $0.used == nil })
          )
          if used + held > 0 { expected[id.text] = used * 1000 + held }
        }
        let year: CapID = Example.id("year-\(i)")
        centre.capRules[year] = CapRule(
          id: year, scope: scope, limit: .amount(.hours(1_000_000)), span: .calendarYear,
          strength: .soft)
      }
      #expect(
        try await store.replaceCentre(
          with: centre, postings: [], ifStill: Example.centre, by: "m-1") == .done)
      #expect(try await store.audit().balanced)
      var found: [String: Int64] = [:]
      for id in centre.capRules.keys where id.text.hasPrefix("cap-") {
        found[id.text] = try await database.number(
          """
          SELECT (coalesce(sum(used_gpu_ms * 1000 + held_gpu_ms), 0) / 3600000)::bigint FROM cap_use
          WHERE cap = '\(id)'
          """)
      }
      #expect(found.filter { $0.value != 0 } == expected)
      #expect(expected.count > 25)
    }
  }

  @Test("days that do not follow from the entries are found, and so is a run in none")
  func wrongDays() async throws {
    try await withStore { store, database in
      try await load(store)
      #expect(try await store.audit().wrong == [])
      try await database.run(
        "UPDATE borne_day SET used_gpu_ms = used_gpu_ms + 1 WHERE allocation = 'roads-fast'")
      #expect(try await store.audit().wrong == [Example.fast])
      try await database.run("DELETE FROM borne_day")
      #expect(try await store.audit().wrong == [Example.large, Example.fast])
    }
  }
}
