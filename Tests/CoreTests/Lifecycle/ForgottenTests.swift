import Domain
import Engine
import Ledger
import Lifecycle
import Testing

/// A slurmctld that was killed within seconds of a change goes on from what it saved before.
@Suite("what slurmctld forgot")
struct ForgottenTests {
  private let site = SmallSite.self

  private func ending(_ steps: [Reconciliation.Step]) -> RunEnd? {
    steps.lazy.compactMap { step in
      if case .transition(.ended(_, let end)) = step { end } else { nil }
    }.first
  }

  @Test("the end that Slurm lists counts where its record is silent, and is not waited for")
  func unrecorded() {
    let look = Look(.running, .polder)
    let listed = Observation.ended(Seen.ended(.cancelled, from: 5, to: 5, isRecorded: false))
    #expect(look.steps(listed, now: 25, missingSince: 15) == [])
    // Another end was recorded in time.
    #expect(
      look.steps(.ended(Seen.ended(.cancelled, from: 5, to: 6)), now: 25, missingSince: 15)
        == look.ended(.cancelled, from: 5, to: 6, seconds: 1))
    #expect(
      look.steps(listed, now: 26, missingSince: 15)
        == look.ended(.cancelled, from: 5, to: 5, seconds: 0))
  }

  @Test("what never ran has ended as soon as Slurm lists it")
  func neverRan() {
    let look = Look(.waiting, .slurm)
    let facts = Seen.ended(.cancelled, from: nil, isRecorded: false)
    #expect(
      look.steps(.ended(facts), now: 20, missingSince: 20)
        == look.steps(.ended(Seen.ended(.cancelled, from: nil)), now: 20))
  }

  @Test("a run whose start it forgot is lost, and its charge up to then is given back")
  func start() throws {
    let look = Look(.running, .slurm, request: site.request(requeue: true))
    let forgotten = Observation.pending(slurmJobID: 17, held: false, since: site.at(0))
    #expect(look.steps(forgotten, now: 80, missingSince: 20) == [], "it may yet begin again")
    let end = try #require(ending(look.steps(forgotten, now: 81, missingSince: 20)))
    #expect(end.outcome == .lost)
    #expect(end.end == site.at(20), "no look found it running after that")
    #expect(end.used == look.run.weight * Seconds(15))
    #expect(end.refund == .vanished)
    #expect(end.requeued)
  }

  @Test("a run that it counts as put back was put back by somebody: it stays charged")
  func putBack() throws {
    let look = Look(.running, .slurm)
    let back = Observation.pending(slurmJobID: 17, held: false, since: site.at(30), restarts: 1)
    let end = try #require(ending(look.steps(back, now: 100)))
    #expect(end.outcome == .preempted)
    #expect(end.refund == nil)
  }

  private func repetition(
    _ look: Look, from start: Int64?, to end: Int64, isSites: Bool = true,
    orFrom others: [Int64] = []
  ) -> [Transition] {
    Reconciliation(policy: site.policy).repetition(
      of: look.task, job: look.job, after: look.run, starts: [site.at(5)],
      Seen.ended(.completed, from: start, to: end, orFrom: others), isSites: isSites,
      now: site.at(end + 1))
  }

  @Test("what it starts again after its end is one more run, charged and given back")
  func again() throws {
    let look = Look(.ended, .slurm)
    guard
      case .repeated(let task, let run, 17, let end)? = repetition(look, from: 30, to: 42).first
    else {
      Issue.record("no run")
      return
    }
    #expect(task == look.task.id)
    #expect(run.id.attempt == 2)
    #expect(run.hold == look.run.hold)
    #expect(run.placement == look.run.placement)
    #expect(end.used == look.run.weight * Seconds(12))
    #expect(end.refund == .vanished)
    #expect(!end.requeued)
  }

  @Test("an end that was accounted for, one that never ran, and one of an open task give nothing")
  func nothing() {
    #expect(repetition(Look(.ended, .slurm), from: 5, to: 42) == [])
    #expect(
      repetition(Look(.ended, .slurm), from: 3605, to: 3642, orFrom: [5]) == [],
      "an hour comes twice")
    #expect(repetition(Look(.ended, .slurm), from: nil, to: 42) == [])
    #expect(repetition(Look(.running, .slurm), from: 30, to: 42) == [])
  }

  @Test("a run that begins an hour after another to the second is one more run")
  func anHourLater() {
    #expect(repetition(Look(.ended, .slurm), from: 3605, to: 3642).count == 1)
  }

  @Test("what somebody put back and nobody saw run is charged, and stays charged")
  func putBackUnseen() throws {
    let after = repetition(Look(.ended, .slurm), from: 30, to: 42, isSites: false)
    guard case .repeated(_, _, _, let end)? = after.first else {
      Issue.record("no run")
      return
    }
    #expect(end.refund == nil)
    let waiting = Look(.waiting, .slurm, attempts: 1)
    let steps = repetition(waiting, from: 30, to: 42)
    guard steps.count == 2, case .adopted(_, let run, 17, _) = steps[0],
      case .ended(run.id, let later) = steps[1]
    else {
      Issue.record("\(steps)")
      return
    }
    #expect(run.id.attempt == 2)
    #expect(later.used == waiting.run.weight * Seconds(12))
    #expect(later.refund == nil)
    #expect(later.outcome == .completed)
  }

  @Test("the task stays as it ended, and the books are as before but for the refund")
  func applied() throws {
    let look = Look(.ended, .slurm)
    var state = look.state
    let before = try #require(state.balances[look.run.allocation])
    let transition = try #require(repetition(look, from: 30, to: 42).first)
    let isDone = state.apply(transition)
    #expect(isDone)
    #expect(state.tasks[look.task.id]?.state == .ended(.completed))
    #expect(state.tasks[look.task.id]?.attempts == 2)
    #expect(state.runs.isEmpty)
    let after = try #require(state.balances[look.run.allocation])
    #expect(after.available == before.available)
    #expect(after.held == before.held)
    let isDoneAgain = state.apply(transition)
    #expect(!isDoneAgain)
  }
}
