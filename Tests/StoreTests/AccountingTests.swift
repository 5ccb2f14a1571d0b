// Why: what sacct tells of a time is all that was open or ended in it, found without reading history.
import Domain
import Lifecycle
import Postgres
import Services
import Store
import Testing

@Suite("accounting", .serialized, .timeLimit(.minutes(1)))
struct AccountingTests {
  private func ended(
    _ store: PostgresStore, _ job: JobRecord, slurmID: Int64
  ) async throws {
    let run = Example.run(job.firstRun)
    _ = try await store.commit(run)
    _ = try await store.perform(
      .started(run.id, at: run.committed, weight: run.weight, slurmJobID: slurmID, devices: []))
    _ = try await store.perform(.ended(run.id, Example.end(used: .hours(1))))
  }

  private func numbers(
    _ store: PostgresStore, _ choice: AccountingFilter.Choice,
    _ change: (inout AccountingFilter) -> Void = { _ in }
  ) async throws -> [JobID] {
    var filter = AccountingFilter(choice: choice, limit: 100)
    change(&filter)
    return try await store.accounting(filter).map(\.job.id)
  }

  @Test("jobs are told that are open or have ended since, with when their tasks ended")
  func since() async throws {
    try await withStore { store, _ in
      let before = try await store.now()
      let ran = try await store.accepted()
      let waits = try await store.accepted()
      let cancelled = try await store.accepted()
      try await ended(store, ran, slurmID: 4)
      _ = try await store.cancel([cancelled.task], by: "m-alice")
      let after = try await store.now() + Seconds(1)

      let all = [ran.id, waits.id, cancelled.id]
      #expect(try await numbers(store, .openSince(before)) == all)
      #expect(try await numbers(store, .openSince(after)) == [waits.id])
      let sheets = try await store.accounting(
        AccountingFilter(choice: .openSince(before), limit: 100))
      #expect(sheets.map(\.ended.count) == [1, 0, 1])
      for end in sheets.flatMap(\.ended.values) { #expect(end >= before && end < after) }
    }
  }

  @Test("of many jobs the walk over them tells the same as the list of them, part by part")
  func walk() async throws {
    try await withStore { store, database in
      for number in 1...12 {
        let job = try await store.accepted(
          Example.job(Example.request(number % 3 == 0 ? Example.roads : Example.longscan)))
        if number % 4 != 0 { _ = try await store.cancel([job.task], by: "m-alice") }
        if number == 6 { try await database.run("UPDATE task SET ended_at = '2020-01-01'") }
      }
      let sql = [Query.accountingSince, .accountingWalk].map(\.statement)
      for since in ["2019-01-01", "2021-01-01", "2100-01-01"] {
        for projects in [nil, [Example.roads.text]] as [[String?]?] {
          for after in [0, 3, 8, 99] as [Int64] {
            var told: [[Int64]] = []
            for statement in sql {
              let instant = try #require(Instant(since))
              told.append(
                try await database.raw.transaction { tx throws(PostgresError) in
                  var numbers: [Int64] = []
                  let columns: [Value] = [
                    .timestamp(milliseconds: instant.milliseconds), .null,
                    projects.map { .textArray($0) } ?? .null, .null, .null, .int64(after),
                    .int64(4),
                  ]
                  for row in try tx.query(statement, columns) { numbers.append(try row.int64(0)) }
                  return numbers
                })
            }
            #expect(told[0] == told[1], "since \(since) of \(projects ?? []) after \(after)")
          }
        }
      }
    }
  }

  @Test("parts follow each other, and filters hold together")
  func filters() async throws {
    try await withStore { store, _ in
      var jobs: [JobID] = []
      for _ in 1...3 { jobs.append(try await store.accepted().id) }
      let other = try await store.accepted(Example.job(Example.request(Example.roads))).id
      let since = AccountingFilter.Choice.openSince(Example.past)
      #expect(try await numbers(store, since) { $0.limit = 2 } == Array(jobs.prefix(2)))
      #expect(try await numbers(store, since) { $0.after = jobs[1] } == [jobs[2], other])
      #expect(try await numbers(store, since) { $0.projects = [Example.roads] } == [other])
      #expect(try await numbers(store, since) { $0.members = [Example.bob] }.isEmpty)
      #expect(try await numbers(store, since) { $0.names = ["train"] }.count == 4)
      #expect(try await numbers(store, since) { $0.names = ["other"] }.isEmpty)
      #expect(try await numbers(store, since) { $0.before = Example.past }.isEmpty)
    }
  }

  @Test("jobs are found by Slurm's ids, of an array, of a run, and by Polder's")
  func named() async throws {
    try await withStore { store, _ in
      let first = try await store.accepted()
      let second = try await store.accepted()
      let third = try await store.accepted()
      try await ended(store, first, slurmID: 40)
      let key = try #require(SlurmKey("\(second.id)"))
      _ = try await store.perform(.bound(key, slurmJobID: 41))
      #expect(
        try await numbers(store, .named(jobs: [third.id], slurmJobs: [40, 41]))
          == [first.id, second.id, third.id])
      #expect(try await numbers(store, .named(jobs: [], slurmJobs: [42])).isEmpty)
    }
  }

  @Test("folders and comments are told of what keeps them")
  func folders() async throws {
    try await withStore { store, _ in
      let job = try await store.accepted()
      let folders = try await store.folders(of: [job.id, JobID(number: 99)])
      #expect(folders == [job.id: JobFolder(folder: "/home/anouk", comment: "")])
    }
  }
}
