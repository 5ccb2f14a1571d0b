import Domain
import Engine
import Lifecycle
import Scheduling
import Testing

/// What would become of the starts if something were otherwise.
@Suite("suppositions")
struct SupposingTests {
  private static let wholeNode = NodeResources(gpus: 4, cpus: 4, memoryMiB: 1000)
  private let wide = TaskID(job: JobID(number: 5), index: nil)
  private let narrow = TaskID(job: JobID(number: 6), index: nil)

  /// The four nodes are full until 1010, 2010, 3010 and 3010 seconds; one task waits for two of them
  /// and has the promise of 2010, one behind it for one, at 3010.
  private func waiting() -> (EngineState, [PlannedReservation]) {
    var state = SmallSite.empty
    for (number, limit) in [(1, 1000), (2, 2000), (3, 3000), (4, 3000)] as [(Int64, Int64)] {
      state = state.with(SmallSite.job(number, request(nodes: 1, limit: limit), .polder))
    }
    for decision in SmallSite.cycle.run(state, now: SmallSite.at(0)).decisions {
      state.apply(decision)
    }
    state = state.with(SmallSite.job(5, request(nodes: 2, limit: 3600), .polder))
      .with(SmallSite.job(6, request(nodes: 1, limit: 1200), .polder))
    return (state, SmallSite.cycle.run(state, now: SmallSite.at(1)).promises)
  }

  private func request(nodes: Int, limit: Int64) -> JobRequest {
    SmallSite.request(nodes: nodes, perNode: Self.wholeNode, limit: limit)
  }

  private func supposing(_ suppositions: Supposition...) -> Supposed {
    let (state, promises) = waiting()
    return SmallSite.cycle.supposing(
      suppositions, state, promises: promises, now: SmallSite.at(1))
  }

  @Test("nothing supposed changes nothing")
  func nothing() {
    #expect(supposing() == Supposed(changed: [], unchanged: 2, added: nil))
  }

  @Test("nodes out for a time move what is promised on them, and what that moves")
  func nodesOut() {
    let out = supposing(
      .nodesOut([SmallSite.nodes[0]], SmallSite.at(500)..<SmallSite.at(5000)))
    // The wide one gets a later pair of nodes; the narrow one keeps its promise.
    #expect(
      out.changed == [
        SupposedStart(task: wide, before: SmallSite.at(2010), after: SmallSite.at(3010))
      ])
    #expect(out.unchanged == 1)
  }

  @Test("a shorter limit lets a task go before, and nobody later")
  func limit() {
    let short = supposing(.limit(narrow.job, Seconds(600)))
    #expect(
      short.changed == [
        SupposedStart(task: narrow, before: SmallSite.at(3010), after: SmallSite.at(1010))
      ])
  }

  @Test("another policy plans all anew")
  func policy() {
    let easy = supposing(.policy(.easy))
    // Under EASY only the head of the queue has a planned start.
    #expect(
      easy.changed == [SupposedStart(task: narrow, before: SmallSite.at(3010), after: nil)])
  }

  @Test("a job more comes last: nobody moves, and it is told when it would start")
  func job() throws {
    let supposed = supposing(.job(request(nodes: 4, limit: 60)))
    #expect(supposed.changed.isEmpty && supposed.unchanged == 2)
    guard case .wait(.resources, let start) = try #require(supposed.added) else {
      Issue.record("\(supposed)")
      return
    }
    #expect(start == SmallSite.at(2010 + 3610))
  }

  /// One more job of a node for a minute, that wishes and depends.
  private func more(
    _ wishes: TimeWishes = .none, nodes: Int = 1, array: [Int] = [],
    after dependencies: [Dependency] = []
  ) -> Supposition {
    .job(
      SmallSite.request(
        nodes: nodes, perNode: Self.wholeNode, limit: 3600, array: array, after: dependencies,
        wishes: wishes))
  }

  @Test("a job more stands where its priority puts it, and those behind it move")
  func ranked() {
    let urgent = SmallSite.name("urgent", QOSName.self)
    var (state, _) = waiting()
    state.order = OrderState(policy: .shared)
    state.centre.qosClasses[urgent] = QOSClass(id: urgent, priority: 1_000_000)
    let supposed = SmallSite.cycle.supposing(
      [more(TimeWishes(qos: urgent), nodes: 2)], state, now: SmallSite.at(1))
    #expect(supposed.added?.expectedStart == SmallSite.at(2010))
    #expect(
      supposed.changed.first
        == SupposedStart(
          task: wide, before: SmallSite.at(2010), after: SmallSite.at(3010)))
    let behind = SmallSite.cycle.supposing([more()], state, now: SmallSite.at(1))
    #expect(behind.changed.isEmpty)
  }

  @Test("a job more waits for one of its name, and each of its tasks for its own of another array")
  func waitsForOthers() {
    guard
      case .wait(.singleton(let job, _), nil)? =
        supposing(more(TimeWishes(isSingleton: true))).added, job.number == 1
    else {
      Issue.record("one that runs is of the same name")
      return
    }
    var (state, _) = waiting()
    let array = JobID(number: 7)
    state = state.with(SmallSite.job(7, SmallSite.request(array: [1, 2])))
    state.tasks[TaskID(job: array, index: 1)]?.state = .ended(.completed)
    let corresponding = Dependency(condition: .aftercorr, job: array)
    let supposed = SmallSite.cycle.supposing(
      [more(array: [1, 2], after: [corresponding])], state, now: SmallSite.at(1))
    guard case .wait(.resources, .some)? = supposed.added else {
      Issue.record("\(String(describing: supposed.added))")
      return
    }
  }

  @Test("runs that may be preempted make way for a job more, and those that wait wait longer")
  func makesWay() {
    let spare = SmallSite.name("spare", QOSName.self)
    var state = SmallSite.empty
    state.centre.qosClasses[spare] = QOSClass(
      id: spare, priority: 0, preemption: QOSClass.Preemption(signal: .usr2, notice: Seconds(60)))
    for number in 1...5 as ClosedRange<Int64> {
      state = state.with(
        SmallSite.job(
          number,
          SmallSite.request(
            perNode: SmallSite.capacity, limit: 1000 * number, wishes: TimeWishes(qos: spare))))
    }
    let (next, started) = state.cycled(now: SmallSite.at(0))
    state = next
    for run in started { state = state.started(run, at: SmallSite.at(run.id.task.job.number)) }
    let supposed = SmallSite.cycle.supposing(
      [.job(request(nodes: 4, limit: 5000))], state, now: SmallSite.at(10))
    #expect(supposed.added?.expectedStart == SmallSite.at(70) + SmallSite.policy.grace)
    #expect(
      supposed.changed == [
        SupposedStart(
          task: TaskID(job: JobID(number: 5), index: nil), before: SmallSite.at(1011),
          after: SmallSite.at(80 + 5010))
      ])
  }

  @Test("other weights of the order, and other entitlements, put others first")
  func order() {
    var town = OrderTown.with(.shared)
      .with(OrderTown.job(1, of: OrderTown.anna, nodes: 4, at: 0))
      .with(OrderTown.job(2, of: OrderTown.bea, nodes: 4, at: 0))
    town.order.usage.add(
      .hours(61), of: Leaves.leaf("union/up/alpha/anna"), at: SmallSite.at(0))
    town.order.usage.add(.hours(39), of: Leaves.leaf("state/sp/beta/bea"), at: SmallSite.at(0))
    let swapped = [
      SupposedStart(
        task: TaskID(job: JobID(number: 2), index: nil), before: SmallSite.at(1),
        after: SmallSite.at(111)),
      SupposedStart(
        task: TaskID(job: JobID(number: 1), index: nil), before: SmallSite.at(111),
        after: SmallSite.at(1)),
    ]
    func changed(_ suppositions: Supposition...) -> [SupposedStart] {
      SmallSite.cycle.supposing(suppositions, town, now: SmallSite.at(1)).changed
    }
    #expect(changed().isEmpty && changed(.weight(.age, 5)).isEmpty)
    #expect(changed(.weight(.entitlement, 0), .weight(.fairShare, 0)) == swapped)
    #expect(
      changed(
        .share(OrderTown.union, basisPoints: 9000), .share(OrderTown.state, basisPoints: 1000))
        == swapped)
  }

  @Test("what would not have been promised gives way to who comes before it")
  func promiseAhead() {
    let urgent = SmallSite.name("urgent", QOSName.self)
    var (state, promises) = waiting()
    state.order = OrderState(policy: .shared, promiseAhead: .hours(1))
    state.centre.qosClasses[urgent] = QOSClass(id: urgent, priority: 1_000_000)
    let first = more(TimeWishes(qos: urgent), nodes: 2)
    let cycle = SmallSite.cycle
    let kept = cycle.supposing([first], state, promises: promises, now: SmallSite.at(1))
    #expect(kept.changed.isEmpty)
    let moved = cycle.supposing(
      [first, .promiseAhead(.minutes(10))], state, promises: promises, now: SmallSite.at(1))
    #expect(moved.changed.first?.task == wide)
  }

  @Test("suppositions add up")
  func together() {
    let both = supposing(
      .nodesOut([SmallSite.nodes[0]], SmallSite.at(500)..<SmallSite.at(5000)),
      .limit(narrow.job, Seconds(600)))
    #expect(both.changed.map(\.task) == [wide, narrow])
    #expect(both.changed.last?.after == SmallSite.at(2010))
  }
}

extension PlannedTask.Outcome {
  fileprivate var expectedStart: Instant? {
    if case .wait(_, let expected) = self { expected } else { nil }
  }
}
