import Domain
import Engine
import Ledger
import Lifecycle
import Testing

/// A long random life of the small site: cycles, and Slurm's answers in any order, some of them
/// twice. Whatever happens, the money and the nodes are never over-committed.
@Suite("random walks of the engine")
struct WalkTests {
  @Test(
    "no walk overdraws an allocation, loses a hold or over-commits a node",
    arguments: 1...20 as ClosedRange<UInt64>)
  func walk(seed: UInt64) {
    var walk = Walk(seed: seed)
    for _ in 0..<100 {
      walk.step()
      walk.check()
    }
    #expect(walk.startedRuns >= 5, "seed \(seed): a walk that starts little tests little")
    walk.finish()
    #expect(walk.state.runs.isEmpty, "seed \(seed)")
    for (allocation, balance) in walk.state.balances {
      #expect(balance.held == .zero, "seed \(seed): \(allocation) keeps a hold")
    }
  }

  @Test(
    "what was decided, replayed on the first state, gives the same state, which decides the same",
    arguments: 1...20 as ClosedRange<UInt64>)
  func replayed(seed: UInt64) {
    var walk = Walk(seed: seed)
    let first = walk.state
    for step in 1...100 {
      walk.step()
      guard step.isMultiple(of: 25) else { continue }
      var again = first
      for event in walk.history {
        let applied =
          switch event {
          case .accepted(let job): again.accept(job)
          case .decided(let decision): again.apply(decision)
          case .seen(let transition): again.apply(transition)
          }
        #expect(applied, "seed \(seed): \(event)")
      }
      #expect(again == walk.state, "seed \(seed), step \(step)")
      #expect(
        SmallSite.cycle.run(again, now: walk.now).decisions
          == SmallSite.cycle.run(walk.state, now: walk.now).decisions, "seed \(seed), step \(step)")
    }
  }

  @Test("the same seed walks the same way")
  func determinism() {
    func end(_ seed: UInt64) -> EngineState {
      var walk = Walk(seed: seed)
      for _ in 0..<100 { walk.step() }
      return walk.state
    }
    #expect(end(11) == end(11))
  }
}

/// The walker: a state, a clock, and the next job's number.
private struct Walk {
  private let seed: UInt64
  private var random: SplitMix64
  private var second: Int64 = 0
  private var jobs: Int64 = 0
  private(set) var state = SmallSite.empty
  private(set) var startedRuns = 0
  /// All that changed the state, in order.
  private(set) var history: [Event] = []

  enum Event {
    case accepted(JobRecord)
    case decided(Decision)
    case seen(Transition)
  }

  init(seed: UInt64) {
    self.seed = seed
    random = SplitMix64(seed: seed)
    // Little money on every other walk, so that it is a limit too.
    state.balances[SmallSite.large] = Balance(granted: .hours(seed % 2 == 0 ? 3 : 60))
  }

  var now: Instant { SmallSite.at(second) }

  mutating func step() {
    second += Int64(random.pick(1...40))
    switch random.pick(1...8) {
    case 1...3: submit()
    case 4, 5: cycle()
    default: observe()
    }
  }

  /// Ends every run, and drops what waits.
  mutating func finish() {
    for run in state.runs.keys.sorted() { apply(end(run)) }
    for task in state.tasks.keys.sorted() {
      apply(.dropped(task, .cancelled, cause: "the walk is over"))
    }
  }

  private mutating func submit() {
    jobs += 1
    let request = SmallSite.request(
      partition: random.oneIn(4) ? SmallSite.whole : SmallSite.gpu,
      allocation: random.oneIn(2) ? nil : SmallSite.large, nodes: random.pick(1...3),
      perNode: NodeResources(
        gpus: random.pick(1...4), cpus: random.pick(1...80), memoryMiB: 1000),
      limit: Int64(random.pick(10...900)), array: random.oneIn(4) ? [0, 1, 2, 5] : [],
      throttle: random.oneIn(2) ? 2 : nil,
      after: random.oneIn(5) && jobs > 1
        ? [Dependency(condition: .afterany, job: JobID(number: jobs - 1))] : [],
      requeue: random.oneIn(2))
    let origin: JobOrigin = random.oneIn(2) ? .polder : .slurm
    let job = SmallSite.job(jobs, request, origin, bound: origin == .slurm ? 100 + jobs : nil)
    state = state.with(job)
    history.append(.accepted(job))
  }

  private mutating func cycle() {
    for decision in SmallSite.cycle.run(state, now: now).decisions {
      guard case .start = decision else {
        if state.apply(decision) { history.append(.decided(decision)) }
        continue
      }
      // Between the plan and the commit the world may move.
      if random.oneIn(10) { observe() }
      if let next = state.after(decision) {
        state = next
        history.append(.decided(decision))
        startedRuns += 1
      }
      #expect(state.after(decision) == nil, "seed \(seed): started twice")
    }
  }

  private mutating func observe() {
    let runs = state.runs.keys.sorted()
    let waiting = state.tasks.values.filter { $0.state == .waiting }.map(\.id).sorted()
    if let task = waiting.randomElement(using: &random), random.oneIn(6) {
      apply(random.oneIn(2) ? .dropped(task, .cancelled, cause: "by its owner") : adopt(task))
    }
    guard let run = runs.randomElement(using: &random) else { return }
    switch (state.tasks[run.task]?.state, random.pick(1...6)) {
    case (.starting, 1): apply(.returned(run, cause: "not started"))
    case (.starting, 2...5): apply(started(run))
    default: apply(end(run))
    }
  }

  /// Applies a transition once, and once more in vain.
  private mutating func apply(_ transition: Transition) {
    guard let next = state.after(transition) else { return }
    state = next
    history.append(.seen(transition))
    #expect(state.after(transition) == nil, "seed \(seed): applied twice: \(transition)")
  }

  private func started(_ run: RunID) -> Transition {
    .started(
      run, at: now, weight: state.runs[run]?.weight ?? .zero, slurmJobID: 17, devices: [])
  }

  private mutating func end(_ run: RunID) -> Transition {
    let outcome = TaskOutcome.allCases[random.pick(0...TaskOutcome.allCases.count - 1)]
    let record = state.runs[run]
    let used = (record?.weight ?? .zero) * Seconds(Int64(random.pick(0...1200)))
    let wantsRequeue = state.jobs[run.task.job]?.request.requeue ?? false
    return .ended(
      run,
      RunEnd(
        start: record?.started, end: now, outcome: outcome, exitCode: 0, signal: 0, used: used,
        refund: SmallSite.policy.refund(for: outcome, because: nil),
        requeued: outcome.isSiteFailure && wantsRequeue))
  }

  private func adopt(_ task: TaskID) -> Transition {
    let weight = Weight(thousandths: 1000)
    let run = RunRecord(
      id: state.tasks[task]?.nextRun ?? RunID(task: task, attempt: 1), allocation: SmallSite.large,
      placement: Placement(nodes: [SmallSite.nodes[0]], perNode: SmallSite.oneGPU), weight: weight,
      rateVersion: 3, hold: weight * Self.adoptedReach, reach: Self.adoptedReach, committed: now,
      started: now)
    return .adopted(task, run, slurmJobID: 17)
  }

  /// The rules that hold after every step, each broken one in words.
  func check() {
    var held: [AllocationID: GPUTime] = [:]
    for run in state.runs.values { held[run.allocation, default: .zero] += run.hold ?? .zero }
    var broken: [String] = []
    for (allocation, balance) in state.balances {
      if balance.available < .zero { broken.append("\(allocation) is overdrawn") }
      if balance.held != held[allocation] ?? .zero { broken.append("\(allocation): stray hold") }
    }
    for task in state.tasks.values {
      guard let run = task.state.run, state.runs[run] == nil else { continue }
      broken.append("\(task.id) is without its run")
    }
    broken += SmallSite.nodes.filter(isOvercommitted).map { "\($0) is over-committed" }
    #expect(broken.isEmpty, "seed \(seed) at second \(second)")
  }

  /// What Polder itself started fits; a run that Slurm started without us may lie over it.
  private func isOvercommitted(_ node: NodeName) -> Bool {
    let taken = state.runs.values
      .filter { $0.placement.nodes.contains(node) && $0.reach != Self.adoptedReach }
      .reduce(NodeResources.none) { $0 + $1.placement.perNode }
    return !taken.fits(in: SmallSite.capacity)
  }

  private static let adoptedReach = Seconds(1000)
}

extension EngineState {
  fileprivate mutating func accept(_ job: JobRecord) -> Bool {
    self = with(job)
    return true
  }
}
