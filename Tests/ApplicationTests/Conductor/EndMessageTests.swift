// Why: a job that Polder ends wants to know why, in its own output. What it is told must be true, and
// must not keep its end from it.
import BridgeProtocol
import Domain
import Doubles
import Engine
import Lifecycle
import Synchronization
import Testing

@testable import Services

@Suite("what a run is told of its end", .timeLimit(.minutes(1)))
struct EndMessageTests {
  private static let run = RunID(task: Listed.task(1), attempt: 1)
  private static let allocation = "allocation longscan-1"

  /// A run from the first second on, whose hold reaches for two hours.
  private func state(
    _ policy: ClosingPolicy = .standard, suspended: Instant? = nil, closing: RunClosing,
    hold: GPUTime? = .hours(2)
  ) throws -> EngineState {
    let id = try #require(AllocationID("longscan-1"))
    let project = try #require(ProjectID("longscan"))
    var centre = Centre()
    centre.allocations[id] = Allocation(
      id: id, project: project, programme: try #require(ProgrammeID("playground")),
      granted: .hours(10), window: Instant(seconds: 0)..<Instant(seconds: 3600), opening: .zero,
      suspended: suspended, policy: policy)
    var state = EngineState(centre: centre)
    let request = JobRequest(
      name: "spare", member: try #require(MemberID("m-1")), project: project, allocation: nil,
      partition: try #require(PartitionName("gpu")), nodeCount: 1,
      perNode: NodeResources(gpus: 1, cpus: 1, memoryMiB: 1), gpuType: nil, timeLimit: .hours(2))
    let task = Self.run.task
    state.jobs[task.job] = JobRecord(
      id: task.job, request: request, origin: .polder, submitted: Instant(seconds: 0),
      binding: .bound(17))
    state.tasks[task] = TaskRecord(id: task, state: .running(Self.run), attempts: 1)
    state.runs[Self.run] = RunRecord(
      id: Self.run, allocation: id,
      placement: Placement(nodes: [], perNode: request.perNode), weight: Weight(thousandths: 1000),
      rateVersion: 1, hold: hold, reach: .hours(2), committed: Instant(seconds: 0),
      started: Instant(seconds: 0), closing: closing)
    return state
  }

  private func warning(
    _ policy: ClosingPolicy, suspended: Instant? = nil, closing: RunClosing = RunClosing(),
    hold: GPUTime? = .hours(2)
  ) throws -> String? {
    EndMessage.warning(
      of: Self.run,
      try state(policy, suspended: suspended, closing: closing, hold: hold))
  }

  @Test("a warning names the earliest of what ends the run, to the second, and why")
  func warnings() throws {
    let signal = ClosingPolicy(atEnd: .signal, atExhaustion: .signal, ahead: .minutes(10))
    #expect(
      try warning(signal)
        == "Polder ends job P1 at 1970-01-01T01:00:00Z: the window of \(Self.allocation) ends")
    #expect(
      try warning(signal, suspended: Instant(seconds: 1200))
        == "Polder ends job P1 at 1970-01-01T00:20:00Z: \(Self.allocation) is suspended")
    #expect(
      try warning(signal, hold: nil)
        == "Polder ends job P1 at 1970-01-01T00:10:00Z: \(Self.allocation) can't pay for it")
    let evicted = RunClosing(evictedAt: Instant(seconds: 60))
    #expect(
      try warning(signal, closing: evicted)
        == "Polder ends job P1 at 1970-01-01T00:01:00Z: another job needs its nodes")
    let later = RunClosing(evictedAt: Instant(seconds: 3601))
    #expect(
      try warning(signal, closing: later)
        == "Polder ends job P1 at 1970-01-01T01:00:00Z: the window of \(Self.allocation) ends")
  }

  @Test("a run that nothing ends any more is told nothing")
  func nothing() throws {
    #expect(try warning(.standard) == nil)
    #expect(EndMessage.warning(of: Self.run, EngineState(centre: Centre())) == nil)
  }

  @Test(
    "a run that is ended without a warning is told why, unless an administrator cancelled it; it is ended whatever becomes of that"
  )
  func ends() async throws {
    var told: [String] = []
    for cause in EndCause.allCases {
      let (lines, cancels) = try await performed(.end(Self.run), RunClosing(cause: cause))
      told += lines
      // The bridge took none of the messages.
      #expect(cancels == 1, "\(cause)")
    }
    #expect(
      told == [
        "Polder ends job P1: the window of \(Self.allocation) ends",
        "Polder ends job P1: \(Self.allocation) is suspended",
        "Polder ends job P1: \(Self.allocation) can't pay for it",
        "Polder ends job P1: \(Self.allocation) went on past its end as far as is allowed",
        "Polder ends job P1: another job needs its nodes",
      ])
    let evicted = RunClosing(evictedAt: Instant(seconds: 60))
    #expect(
      try await performed(.signal(Self.run, .usr1), evicted).told
        == ["Polder ends job P1 at 1970-01-01T00:01:00Z: another job needs its nodes"])
    let warned = RunClosing(signalled: true, cause: .windowEnded)
    let (lines, cancels) = try await performed(.end(Self.run), warned)
    #expect(lines.isEmpty && cancels == 1)
  }

  /// What it was told, and how many cancels there were, on a Slurm that takes no message.
  private func performed(
    _ directive: Directive, _ closing: RunClosing
  ) async throws -> (told: [String], cancels: Int) {
    let seen = Mutex((told: [String](), cancels: 0))
    let slurm = StillSlurm(
      nodes: [], clock: { 0 }, cancels: { _ in seen.withLock { $0.cancels += 1 } },
      messages: { text in seen.withLock { $0.told.append(text) } })
    let dispatcher = Dispatcher(
      store: MemoryStore(centre: Centre(), now: Instant(seconds: 0)), slurm: slurm, grace: .zero)
    var (state, uncertain) = (try state(closing: closing), Set<JobID>())
    _ = try await dispatcher.perform([directive], &uncertain, &state)
    return seen.withLock { $0 }
  }
}
