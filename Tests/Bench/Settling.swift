import Domain
import Lifecycle
import Services
import Store
import Synchronization

/// Takes jobs from acceptance to their charge, each through four writes of the store.
///
/// As in service: submissions arrive at once, each from a client of its own, and share transactions
/// as they meet; starts and ends come from the one round that decided or saw them.
struct Settling {
  let store: PostgresStore
  let callers: Int
  let seconds: Int
  /// So many jobs are submitted at once, and their starts, or ends, are one transaction; 1 for each
  /// on its own.
  let batch: Int

  func run() async throws {
    let clock = ContinuousClock()
    let begin = clock.now
    let end = begin + .seconds(seconds)
    let settled = try await withThrowingTaskGroup(of: Int.self) { group in
      for caller in 0..<callers {
        group.addTask {
          var count = 0
          while clock.now < end {
            try await settle((0..<batch).map { caller + (count + $0) * callers })
            count += batch
          }
          return count
        }
      }
      return try await group.reduce(0, +)
    }
    let elapsed = Bench.milliseconds(clock.now - begin) / 1e3
    Bench.report("settled_per_second", Double(settled) / elapsed)
    Bench.report("peak_mib", Double(Bench.peakMiB))
  }

  private func settle(_ numbers: [Int]) async throws {
    let runs = try await withThrowingTaskGroup(of: RunRecord.self) { group in
      for number in numbers { group.addTask { try await accepted(number) } }
      return try await group.reduce(into: []) { $0.append($1) }
    }
    try check(await store.commit(runs))
    try check(await store.perform(runs.map { started($0) }))
    try check(await store.perform(runs.map { ended($0) }))
  }

  private func accepted(_ number: Int) async throws -> RunRecord {
    let key = String(UInt64.random(in: .min ... .max), radix: 36)
    guard case .accepted(let job) = try await store.accept(Town.job(number, key: key)) else {
      throw Failure("a fresh key was used before")
    }
    let task = job.request.tasks(of: job.id)[0]
    return RunRecord(
      id: RunID(task: task, attempt: 1), allocation: Town.allocation(number),
      placement: Placement(
        nodes: [Town.nodes[number % Town.nodes.count]], perNode: job.request.perNode),
      weight: Weight(thousandths: 1000), rateVersion: 1, hold: .hours(1), reach: .hours(1),
      committed: job.submitted)
  }

  private func started(_ run: RunRecord) -> Transition {
    .started(
      run.id, at: run.committed, weight: run.weight, slurmJobID: run.id.task.job.number,
      devices: ["gn1001:0"])
  }

  private func ended(_ run: RunRecord) -> Transition {
    .ended(
      run.id,
      RunEnd(
        start: run.committed, end: run.committed + Seconds(1800), outcome: .completed,
        exitCode: 0, signal: 0, used: GPUTime(milliseconds: 1_800_000), refund: nil,
        requeued: false))
  }

  private func check(_ outcomes: [GuardedOutcome]) throws {
    guard outcomes.allSatisfy({ $0 == .done }) else { throw Failure("a step was stale") }
  }

  struct Failure: Error, CustomStringConvertible {
    let description: String
    init(_ description: String) { self.description = description }
  }
}
