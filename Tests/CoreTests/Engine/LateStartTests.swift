// Why: a promise that is silently given up is none; each that is not kept has one of few causes.
import Domain
import Engine
import Ledger
import Lifecycle
import Scheduling
import Testing

@Suite("promises that are not kept") struct LateStartTests {
  private let site = SmallSite.self
  private let waiting = TaskID(job: JobID(number: 9), index: nil)

  /// Four runs of whole nodes until 110 s, and a job behind them that is promised to start then.
  private func promised(
    _ request: JobRequest? = nil, wishes: TimeWishes = .none
  ) throws -> (state: EngineState, promises: [PlannedReservation]) {
    var state = site.empty
    for number in 1...4 as ClosedRange<Int64> {
      state = state.with(site.job(number, site.request(partition: site.whole)))
    }
    state = state.cycled(now: site.at(0)).state
    let own = request ?? site.request(partition: site.whole, nodes: 2, wishes: wishes)
    state = state.with(site.job(9, own))
    let result = site.cycle.run(state, now: site.at(1))
    try #require(result.promises.map(\.task) == [waiting])
    #expect(result.promises.first?.start == site.at(110) && result.late.isEmpty)
    return (state, result.promises)
  }

  private func late(
    _ state: EngineState, _ promises: [PlannedReservation], at second: Int64,
    by cycle: Cycle? = nil
  ) -> [LateStart] {
    (cycle ?? site.cycle).run(state, promises: promises, now: site.at(second)).late
  }

  @Test("one that is kept, or comes sooner, is not late; nor is a job that ended")
  func kept() throws {
    var (state, promises) = try promised()
    #expect(late(state, promises, at: 60).isEmpty)
    var early = state
    early.runs = early.runs.filter { $0.key.task.job.number > 2 }
    #expect(late(early, promises, at: 60).isEmpty)
    state.tasks[waiting]?.state = .ended(.cancelled)
    #expect(late(state, promises, at: 60).isEmpty)
  }

  @Test("a node that goes down is named")
  func node() throws {
    var (state, promises) = try promised()
    let down = try #require(promises.first?.placement.nodes)
    for node in site.nodes { state.nodeStates[node] = .unavailable("DOWN") }
    #expect(
      late(state, promises, at: 60) == [
        LateStart(
          task: waiting, promised: site.at(110), expected: nil,
          cause: LateCause(.node, nodes: down), at: site.at(60))
      ])
    // Of four nodes two more are there: it starts when it was to.
    state = try promised().state
    state.nodeStates[down[0]] = .unavailable("DOWN")
    #expect(late(state, promises, at: 60).isEmpty)
  }

  @Test("nodes that are set aside are named")
  func reservation() throws {
    var (state, promises) = try promised()
    state.reserved = [
      try #require(
        Reservation(
          name: "course", nodes: site.nodes, from: site.at(200), until: site.at(300),
          isMaintenance: false))
    ]
    let found = late(state, promises, at: 60)
    #expect(found.first?.expected == site.at(300))
    #expect(found.first?.cause.kind == .reservation && found.first?.cause.nodes.count == 2)
  }

  @Test("a run past its end is in the way")
  func overrun() throws {
    let (state, promises) = try promised()
    let found = late(state, promises, at: 111)
    #expect(found.first?.cause.kind == .overrun && found.count == 1)
    #expect(found.first.map { $0.expected ?? $0.promised > $0.promised } ?? false)
  }

  @Test("so is what the job waits for itself, its money, and a job that was changed")
  func own() throws {
    var (state, promises) = try promised()
    let pause = StartPause.after(nil, first: Seconds(600), cause: "refused", now: site.at(60))
    let barred = site.cycle.run(
      state, promises: promises, barred: [waiting: pause], now: site.at(60)
    ).late
    #expect(barred.map(\.cause) == [LateCause(.blocked)])
    var poor = state
    poor.balances[site.large] = Balance(granted: .hours(100), charged: .hours(100))
    #expect(late(poor, promises, at: 60).map(\.cause) == [LateCause(.money)])
    let other = site.request(partition: site.whole, nodes: 3)
    // Its nodes are other ones, and it starts as soon as it was to.
    state.jobs[waiting.job] = site.job(9, other)
    #expect(late(state, promises, at: 60).isEmpty)
    state.jobs[waiting.job] = site.job(9, site.request(partition: site.whole, nodes: 4))
    for node in site.nodes.prefix(1) { state.nodeStates[node] = .unavailable("DOWN") }
    #expect(late(state, promises, at: 60).map(\.cause) == [LateCause(.request)])
  }

  @Test("a round that comes much later than the start was due says so")
  func away() throws {
    var (state, promises) = try promised()
    state.runs = [:]
    #expect(late(state, promises, at: 170).isEmpty)
    #expect(
      late(state, promises, at: 171) == [
        LateStart(
          task: waiting, promised: site.at(110), expected: site.at(171),
          cause: LateCause(.away), at: site.at(171))
      ])
  }

  @Test("a class has promises of its own, further ahead or nearer than the order's")
  func classes() throws {
    let id = try #require(QOSName("course"))
    for (own, kept) in [(nil, 0), (Seconds(109), 1), (Seconds(108), 0)] as [(Seconds?, Int)] {
      var (state, _) = try promised(wishes: TimeWishes(qos: id))
      state.order = OrderState(policy: state.order.policy, promiseAhead: Seconds(60))
      state.centre.qosClasses = [id: QOSClass(id: id, priority: 0, promiseAhead: own)]
      #expect(site.cycle.run(state, now: site.at(1)).promises.count == kept)
    }
  }

  @Test("a policy that keeps no promises is a cause of its own")
  func policy() throws {
    var (state, promises) = try promised()
    // First come, first served: who is ahead waits for all four nodes.
    state = state.with(site.job(5, site.request(partition: site.whole, nodes: 4)))
    let cycle = Cycle(planning: .fcfs, lifecycle: site.policy)
    #expect(late(state, promises, at: 60, by: cycle).map(\.cause) == [LateCause(.policy)])
  }
}
