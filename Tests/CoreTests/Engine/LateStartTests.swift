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
    wishes: TimeWishes = .none
  ) throws -> (state: EngineState, book: PromiseBook) {
    var state = site.empty
    for number in 1...4 as ClosedRange<Int64> {
      state = state.with(site.job(number, site.request(partition: site.whole)))
    }
    state = state.cycled(now: site.at(0)).state
    state = state.with(
      site.job(9, site.request(partition: site.whole, nodes: 2, wishes: wishes)))
    var book = PromiseBook()
    #expect(round(state, &book, at: 1).isEmpty)
    try #require(book.kept.map(\.slot.task) == [waiting])
    #expect(book.kept.first?.first == site.at(110) && book.slots.first?.start == site.at(110))
    return (state, book)
  }

  /// Of one round, of which nothing is committed.
  private func round(
    _ state: EngineState, _ book: inout PromiseBook, at second: Int64, by cycle: Cycle? = nil,
    barred: [TaskID: StartPause] = [:]
  ) -> [LateStart] {
    let now = site.at(second)
    let result = (cycle ?? site.cycle).run(
      state, promises: book.slots, barred: barred, now: now)
    return book.follow(result, state, now: now)
  }

  private func late(
    _ state: EngineState, _ book: PromiseBook, at second: Int64, by cycle: Cycle? = nil,
    barred: [TaskID: StartPause] = [:]
  ) -> [LateStart] {
    var book = book
    return round(state, &book, at: second, by: cycle, barred: barred)
  }

  @Test("one that is kept, or comes sooner, is not late; nor is a job that ended")
  func kept() throws {
    var (state, book) = try promised()
    #expect(late(state, book, at: 60).isEmpty)
    var early = state
    early.runs = early.runs.filter { $0.key.task.job.number > 2 }
    #expect(late(early, book, at: 60).isEmpty)
    state.tasks[waiting]?.state = .ended(.cancelled)
    #expect(late(state, book, at: 60).isEmpty)
  }

  @Test("a node that goes down is named")
  func node() throws {
    var (state, book) = try promised()
    let down = try #require(book.slots.first?.placement.nodes)
    for node in site.nodes { state.nodeStates[node] = .unavailable("DOWN") }
    #expect(
      late(state, book, at: 60) == [
        LateStart(
          task: waiting, promised: site.at(110), expected: nil,
          cause: LateCause(.node, nodes: down), at: site.at(60))
      ])
    // Of four nodes two more are there: it starts when it was to.
    state = try promised().state
    state.nodeStates[down[0]] = .unavailable("DOWN")
    #expect(late(state, book, at: 60).isEmpty)
  }

  @Test("nodes that are set aside are named")
  func reservation() throws {
    var (state, book) = try promised()
    state.reserved = [
      try #require(
        Reservation(
          name: "course", nodes: site.nodes, from: site.at(200), until: site.at(300),
          isMaintenance: false))
    ]
    let found = late(state, book, at: 60)
    #expect(found.first?.expected == site.at(300))
    #expect(found.first?.cause.kind == .reservation && found.first?.cause.nodes.count == 2)
  }

  @Test("a run past its end is in the way: told once it is a minute, and when that has doubled")
  func overrun() throws {
    var (state, book) = try promised()
    var told: [LateStart] = []
    for second in 110...600 as ClosedRange<Int64> {
      told += round(state, &book, at: second)
    }
    #expect(told.allSatisfy { $0.cause.kind == .overrun && $0.promised == site.at(110) })
    let delays = told.map { (($0.expected?.milliseconds ?? 0) - $0.promised.milliseconds) / 1000 }
    #expect(delays == [61, 122, 244, 488])
    // It is gone after all, and the task starts at once.
    state.runs = [:]
    #expect(round(state, &book, at: 601).isEmpty)
    #expect(book.kept.map(\.first) == [site.at(110)], "its start is not committed yet")
    let run = RunID(task: waiting, attempt: 1)
    state.tasks[waiting]?.state = .starting(run)
    #expect(round(state, &book, at: 602).isEmpty && book.kept.isEmpty)
  }

  @Test(
    "what moves by less than a minute is kept, and a start that another way committed late told")
  func punctual() throws {
    var (state, book) = try promised()
    #expect(round(state, &book, at: 109).isEmpty && book.slots.count == 1)
    let run = RunID(task: waiting, attempt: 1)
    for (second, count) in [(170, 0), (171, 1)] as [(Int64, Int)] {
      var other = book
      state.tasks[waiting]?.state = .starting(run)
      #expect(round(state, &other, at: second).map(\.cause.kind).count == count)
      #expect(other.kept.isEmpty)
    }
  }

  @Test("a promise that the order gives no more is late by the policy, once it moves")
  func order() throws {
    var (state, book) = try promised()
    state.order = OrderState(policy: state.order.policy, promiseAhead: Seconds(10))
    #expect(round(state, &book, at: 50).isEmpty && book.kept.isEmpty)
    for node in site.nodes { state.nodeStates[node] = .unavailable("DOWN") }
    #expect(round(state, &book, at: 60).map(\.cause.kind) == [.policy])
  }

  @Test("so is what the job waits for itself, its money, and a job that was changed")
  func own() throws {
    var (state, book) = try promised()
    let pause = StartPause.after(nil, first: Seconds(600), cause: "refused", now: site.at(60))
    let barred = late(state, book, at: 60, barred: [waiting: pause])
    #expect(barred.map(\.cause) == [LateCause(.blocked)])
    var poor = state
    poor.balances[site.large] = Balance(granted: .hours(100), charged: .hours(100))
    #expect(late(poor, book, at: 60).map(\.cause) == [LateCause(.money)])
    let other = site.request(partition: site.whole, nodes: 3)
    // Its nodes are other ones, and it starts as soon as it was to.
    state.jobs[waiting.job] = site.job(9, other)
    #expect(late(state, book, at: 60).isEmpty)
    state.jobs[waiting.job] = site.job(9, site.request(partition: site.whole, nodes: 4))
    for node in site.nodes.prefix(1) { state.nodeStates[node] = .unavailable("DOWN") }
    #expect(late(state, book, at: 60).map(\.cause) == [LateCause(.request)])
  }

  @Test("a round that comes much later than the start was due says so")
  func away() throws {
    var (state, book) = try promised()
    state.runs = [:]
    #expect(late(state, book, at: 170).isEmpty)
    #expect(
      late(state, book, at: 171) == [
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
    var (state, book) = try promised()
    // First come, first served: who is ahead waits for all four nodes.
    state = state.with(site.job(5, site.request(partition: site.whole, nodes: 4)))
    let cycle = Cycle(planning: .fcfs, lifecycle: site.policy)
    #expect(late(state, book, at: 60, by: cycle).map(\.cause) == [LateCause(.policy)])
  }
}
