// Why: a plan is made of a picture that others change meanwhile; what it starts must not take more than
// there is, however many plan at once.
import Domain
import Engine
import Ledger
import Lifecycle
import Postgres
import Scheduling
import Services
import Store
import Testing

@Suite("a race of plans", .serialized, .timeLimit(.minutes(3)))
struct PlannedRaceTests {
  private static let writers = 64
  private static let tasks = 500
  /// What a hundred of the runs hold: one GPU for 36 seconds each.
  private static let limit = GPUTime.hours(1)

  enum Limit: String, CaseIterable, Sendable {
    case allocation, member, project, programme, funder, commercial
  }

  /// The example with a machine that all of the runs fit on at once.
  private static func centre(_ limit: Limit) -> Centre {
    var centre = Example.centre
    let large = NodeResources(gpus: 200, cpus: 4000, memoryMiB: 25_600_000)
    for name in Example.nodes {
      centre.nodes[name] = Node(name: name, gpuType: "h100", capacity: large)
    }
    let scope: CapScope
    switch limit {
    case .allocation: return centre
    case .member: scope = .member(Example.alice, Example.longscan)
    case .project: scope = .project(Example.longscan)
    case .programme: scope = .programmes([Example.id("playground")])
    case .funder: scope = .funder(Example.id("state"))
    case .commercial: scope = .commercial(Example.id("state"))
    }
    centre.capRules[Example.id("race")] = CapRule(
      id: Example.id("race"), scope: scope, limit: .amount(Self.limit),
      span: .window(Example.past..<Example.future), strength: .hard)
    return centre
  }

  private static func request(_ limit: Limit) -> JobRequest {
    let project = limit == .commercial ? Example.roads : Example.longscan
    let allocation =
      switch limit {
      case .allocation: Example.small
      case .commercial: Example.fast
      default: Example.large
      }
    return JobRequest(
      name: "train", member: Example.alice, project: project, allocation: allocation,
      partition: Example.gpu, nodeCount: 1,
      perNode: NodeResources(gpus: 1, cpus: 20, memoryMiB: 128_000), gpuType: "h100",
      timeLimit: Seconds(36), arrayIndices: Array(0..<tasks), arrayThrottle: nil, dependencies: [],
      notBefore: nil, requeue: false)
  }

  /// Plans every so many-th of the tasks on the picture as it is, and starts what the plan starts; how
  /// many were planned to start, and how many did.
  private static func plan(
    _ writer: Int, _ picture: EngineState, _ now: Instant, _ store: PostgresStore
  ) async throws -> (planned: Int, done: Int) {
    let policy = LifecyclePolicy(
      grace: .zero, startTimeout: Seconds(30), absenceTimeout: Seconds(60))
    let cycle = Cycle(planning: .conservative, lifecycle: policy)
    var state = picture
    for task in picture.tasks.keys where (task.index ?? 0) % writers != writer {
      state.tasks[task] = nil
    }
    let runs = cycle.run(state, now: now).decisions.compactMap {
      if case .start(let run) = $0 { run } else { nil }
    }
    var done = 0
    for run in runs {
      let outcome = try await persistently { () async throws(StoreError) in
        try await store.commit(run)
      }
      if outcome == .done { done += 1 }
    }
    return (runs.count, done)
  }

  @Test(
    "500 placeable tasks that 64 writers plan at once get the 100 holds that a limit carries",
    arguments: Limit.allCases)
  func plans(under limit: Limit) async throws {
    try await withStore(connections: 64) { store, database in
      let centre = Self.centre(limit)
      #expect(
        try await store.replaceCentre(
          with: centre, postings: [], ifStill: Example.centre, by: "m-1") == .done)
      _ = try await store.accepted(Example.job(Self.request(limit)))
      var state = try await store.snapshot().state
      for node in Example.nodes { state.nodeStates[node] = .up }
      let (picture, now) = (state, try await store.now())
      let (planned, done) = try await withThrowingTaskGroup(of: (Int, Int).self) { group in
        for writer in 0..<Self.writers {
          group.addTask { try await Self.plan(writer, picture, now, store) }
        }
        return try await group.reduce((0, 0)) { ($0.0 + $1.0, $0.1 + $1.1) }
      }
      #expect(planned == Self.tasks, "each plan believes that its own are carried")
      #expect(done == 100)
      try await expectHundredHolds(
        of: Self.limit, isOfAllocation: limit == .allocation, store, database)
      print("race of plans under the \(limit): \(store.counts.retries)")
      #expect(store.counts.deadlockRetries == 0, "balances and then caps are locked in order")
    }
  }
}
