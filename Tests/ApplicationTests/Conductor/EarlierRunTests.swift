// Why: Slurm's clock may be behind ours, so that the line of a task's run before, read again, looks as if
// it could be the present one's. Taken for it, the present run would be settled by the other's times, or
// a short run of its own passed over.
import BridgeProtocol
import Domain
import Doubles
import Engine
import Ledger
import Lifecycle
import Testing

@testable import Services

@Suite("a line of an earlier run", .timeLimit(.minutes(1)))
struct EarlierRunTests {
  private static let begun = Int(Town.now.wholeSeconds)

  /// A line of Slurm's record whose run began and ended so many seconds after the town's moment.
  private func line(_ start: Int, _ end: Int, as slurmJobID: Int = 17) -> EndedRun {
    EndedRun(
      jobID: slurmJobID, arrayJobID: nil, arrayTask: nil, uid: 64_011, account: "longscan",
      partition: "gpu", name: "train", state: .failed,
      times: JobTimes(
        submit: Self.begun, eligible: nil, start: Self.begun + start, end: Self.begun + end),
      exit: ExitStatus(code: 1, signal: 0), nodes: ["gn01"])
  }

  /// A job of which run 1 went from second 0 to 60, and run 2 was committed at second 60.
  private func town() async throws -> (town: Town, conductor: Conductor, task: TaskID) {
    let town = try await Town()
    let conductor = try town.conductor()
    _ = try await town.submit("anouk", "-A longscan -G1 -t 60 --requeue")
    _ = await conductor.round()
    let state = await town.store.state
    let first = try #require(state.runs.values.first)
    let job = try #require(state.jobs[first.id.task.job])
    let task = try #require(state.tasks[first.id.task])
    let (start, end) = (Town.now, Town.now + Seconds(60))
    await town.store.set(clock: end)
    let done = try await town.store.perform([
      .bound(SlurmKey(job: job, task: task), slurmJobID: 17),
      .started(first.id, at: start, weight: first.weight, slurmJobID: 17, devices: []),
      .ended(
        first.id,
        RunEnd(
          start: start, end: end, outcome: .failed, exitCode: 1, signal: 0,
          used: first.weight * Seconds(60), refund: nil, requeued: true)),
    ])
    try #require(done == [.done, .done, .done])
    let again = RunRecord(
      id: RunID(task: task.id, attempt: 2), allocation: first.allocation,
      placement: first.placement, weight: first.weight, rateVersion: first.rateVersion,
      hold: first.hold, reach: first.reach, committed: end)
    try #require(try await town.store.commit(again) == .done)
    return (town, conductor, task.id)
  }

  @Test("is of the run that is written already, and of no other")
  func known() async throws {
    let (town, conductor, task) = try await town()
    let state = try await town.store.snapshot().state
    func isEarlier(_ line: EndedRun) async throws -> Bool {
      try await conductor.isOfEarlierRun(line, task, .ended(Submissions.facts(of: line)), state)
    }
    #expect(try await isEarlier(line(0, 59)), "read again")
    #expect(try await !isEarlier(line(59, 59)), "the present one, by a clock that is behind")
    #expect(try await !isEarlier(line(61, 62)), "it ended after the present one was committed")
    #expect(try await !isEarlier(line(0, 59, as: 18)), "another job of Slurm's")
  }
}
