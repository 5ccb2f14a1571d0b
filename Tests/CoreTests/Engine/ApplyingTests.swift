import Domain
import Engine
import Ledger
import Lifecycle
import Testing

/// What each decision and transition does to the picture: the same as the store to its tables.
@Suite("applying to the state")
struct ApplyingTests {
  private let look = Look(.waiting, .polder)
  private let hold = Weight(thousandths: 1000) * Seconds(110)

  private func balance(_ state: EngineState) -> Balance? { state.balances[SmallSite.large] }

  @Test("a start takes its hold, and a second start of the same task is stale")
  func start() throws {
    let state = try #require(look.state.after(.start(look.run)))
    #expect(state.tasks[look.task.id]?.state == .starting(look.run.id))
    #expect(balance(state)?.held == hold)
    #expect(state.after(.start(look.run)) == nil)
  }

  @Test("a start that its allocation can't carry any more is stale")
  func overBudget() {
    var state = look.state
    state.balances[SmallSite.large] = Balance(granted: hold - GPUTime(milliseconds: 1))
    #expect(state.after(.start(look.run)) == nil)
  }

  @Test("a start of an attempt that is not the next one is stale")
  func otherAttempt() {
    var state = look.state
    state.tasks[look.task.id]?.attempts = 1
    #expect(state.after(.start(look.run)) == nil)
  }

  @Test("a run costs what it used, once, and the rest of its hold is released")
  func end() throws {
    let running = Look(.running, .polder)
    let used = running.run.weight * Seconds(25)
    let state = try #require(running.state.after(running.end(used: used)))
    #expect(balance(state) == Balance(granted: .hours(100), charged: used), "nothing is held")
    #expect(state.runs.isEmpty)
    #expect(state.after(running.end(used: used)) == nil)
  }

  @Test("what a run uses beyond its hold is the operator's")
  func overrun() throws {
    let running = Look(.running, .polder)
    let state = try #require(
      running.state.after(running.end(used: hold + GPUTime(milliseconds: 5000))))
    #expect(balance(state)?.charged == hold)
    #expect(balance(state)?.overrun == GPUTime(milliseconds: 5000))
  }

  @Test("a refunded run costs nothing, and stands in the books as charged and refunded")
  func refund() throws {
    let running = Look(.running, .polder)
    let used = running.run.weight * Seconds(25)
    let end = running.end(used: used, .nodeFailed, refund: .nodeFailure)
    let state = try #require(running.state.after(end))
    #expect(balance(state) == Balance(granted: .hours(100), charged: used, refunded: used))
    #expect(state.tasks[running.task.id]?.state == .ended(.nodeFailed))
  }

  @Test(
    "a requeued task of Polder's is submitted anew; one of sbatch is requeued by Slurm itself",
    arguments: [(JobOrigin.polder, 2), (.slurm, 1)])
  func requeue(origin: JobOrigin, generation: Int) throws {
    let running = Look(.running, origin)
    let end = running.end(used: .zero, .nodeFailed, refund: .nodeFailure, requeued: true)
    let task = try #require(running.state.after(end)?.tasks[running.task.id])
    #expect(task.state == .waiting)
    #expect(task.generation == generation)
    #expect(task.nextRun.attempt == 2, "each requeue is a new run with a new hold")
  }

  @Test("a start that Slurm did not perform gives the whole hold back, once")
  func returned() throws {
    let starting = Look(.starting, .polder)
    let back = Transition.returned(starting.run.id, cause: "not started")
    let state = try #require(starting.state.after(back))
    #expect(balance(state) == Balance(granted: .hours(100)))
    #expect(state.tasks[starting.task.id]?.state == .waiting)
    #expect(state.after(back) == nil)
  }

  @Test("an adopted run takes its hold where the allocation can carry it")
  func adopted() throws {
    let adopted = Transition.adopted(look.task.id, look.run, slurmJobID: 17)
    let state = try #require(look.state.after(adopted))
    #expect(balance(state)?.held == hold)
    #expect(state.after(adopted) == nil)
  }

  @Test("an adopted run that no allocation can carry is the operator's")
  func adoptedByTheOperator() throws {
    var poor = look.state
    poor.balances[SmallSite.large] = Balance(granted: .hours(1), charged: .hours(1))
    let running = try #require(
      poor.after(.adopted(look.task.id, look.run, slurmJobID: 17)))
    #expect(balance(running)?.held == .zero)
    let used = look.run.weight * Seconds(25)
    let ended = try #require(running.after(look.end(used: used)))
    #expect(balance(ended)?.overrun == used)
    #expect(balance(ended)?.available == .zero)
  }

  @Test("only a waiting task is dropped")
  func dropped() throws {
    let drop = Transition.dropped(look.task.id, .cancelled, cause: "by its owner")
    let state = try #require(look.state.after(drop))
    #expect(state.tasks[look.task.id]?.state == .ended(.cancelled))
    #expect(state.after(drop) == nil)
    #expect(Look(.running, .polder).state.after(drop) == nil)
  }

  @Test("a binding may be replaced, and is for the generation that it names")
  func bound() throws {
    let first = SlurmKey(job: look.job, task: look.task)
    #expect(look.state.after(.bound(first, slurmJobID: 17)) == nil, "bound to it already")
    var state = try #require(look.state.after(.bound(first, slurmJobID: 18)))
    #expect(state.jobs[look.job.id]?.binding == .bound(18))
    let second = try #require(SlurmKey("P1042+2"))
    #expect(state.after(.bound(second, slurmJobID: 19)) == nil, "no second generation yet")
    state.tasks[look.task.id]?.generation = 2
    state = try #require(state.after(.bound(second, slurmJobID: 19)))
    #expect(state.tasks[look.task.id]?.slurmJobID(in: look.job) == 19)
  }

  @Test("what is left when the window closes expires, once")
  func expire() throws {
    let state = try #require(look.state.after(.expire(SmallSite.small)))
    #expect(
      state.balances[SmallSite.small] == Balance(granted: .hours(1), expired: .hours(1)))
    #expect(state.after(.expire(SmallSite.small)) == nil)
  }
}

extension Look {
  /// The end of this task's run.
  func end(
    used: GPUTime, _ outcome: TaskOutcome = .completed, refund: EntryReason? = nil,
    requeued: Bool = false
  ) -> Transition {
    .ended(
      run.id,
      RunEnd(
        start: SmallSite.at(5), end: SmallSite.at(30), outcome: outcome, exitCode: 0, signal: 0,
        used: used, refund: refund, requeued: requeued))
  }
}
