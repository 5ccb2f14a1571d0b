// Why: Slurm alone has the script of a job that came through sbatch. If the answer to "put it back" is
// lost, a cancel after it would be the end of a job that waits already.
import BridgeProtocol
import Domain
import Doubles
import Engine
import Lifecycle
import Synchronization
import Testing

@testable import Services

@Suite("putting back", .timeLimit(.minutes(1)))
struct PutBackTests {
  private static let run = RunID(task: Listed.task(1), attempt: 1)

  private func state(_ origin: JobOrigin, requeue: Bool = true) throws -> EngineState {
    var state = EngineState(centre: Centre())
    let request = JobRequest(
      name: "spare", member: try #require(MemberID("m-1")),
      project: try #require(ProjectID("longscan")), allocation: nil,
      partition: try #require(PartitionName("gpu")), nodeCount: 1,
      perNode: NodeResources(gpus: 1, cpus: 1, memoryMiB: 1), gpuType: nil,
      timeLimit: .hours(1), requeue: requeue)
    let task = Self.run.task
    state.jobs[task.job] = JobRecord(
      id: task.job, request: request, origin: origin, submitted: Instant(seconds: 0),
      binding: .bound(17))
    state.tasks[task] = TaskRecord(id: task, state: .running(Self.run), attempts: 1)
    state.runs[Self.run] = RunRecord(
      id: Self.run, allocation: try #require(AllocationID("longscan-1")),
      placement: Placement(nodes: [], perNode: request.perNode), weight: Weight(thousandths: 1),
      rateVersion: 1, hold: nil, reach: .hours(1), committed: Instant(seconds: 0),
      started: Instant(seconds: 0), closing: RunClosing(cause: .preempted))
    return state
  }

  /// What became of the directive, and how many cancels there were.
  private func performed(
    _ answer: BridgeOutcome<Done>, _ before: EngineState
  ) async throws -> (isOver: Bool, cancels: Int) {
    let cancels = Mutex(0)
    let slurm = StillSlurm(nodes: [], clock: { 0 }, putBack: answer) { _ in
      cancels.withLock { $0 += 1 }
    }
    let dispatcher = Dispatcher(
      store: MemoryStore(centre: Centre(), now: Instant(seconds: 0)), slurm: slurm, grace: .zero)
    var (state, uncertain) = (before, Set<JobID>())
    let result = try await dispatcher.perform([.end(Self.run)], &uncertain, &state)
    let isOver =
      switch result.verdicts.first?.1 {
      case .performed, .refused, .putOff: true
      case .later, .unavailable, nil: false
      }
    return (isOver, cancels.withLock { $0 })
  }

  private func refusal(_ reason: BridgeRefusalReason) -> BridgeOutcome<Done> {
    .refused(refusal: BridgeRefusal(code: 0, reason: reason, message: "no"))
  }

  @Test("it is done once, repeated if nobody knows, and never followed by a cancel of what waits")
  func outcomes() async throws {
    let state = try state(.slurm)
    let done = try await performed(.accepted(value: Done()), state)
    #expect(done == (true, 0))
    for answer in [.unknown(message: "?"), .unavailable(message: "!")] as [BridgeOutcome<Done>] {
      let open = try await performed(answer, state)
      #expect(open == (false, 0), "\(answer)")
    }
    for reason in [.rule, .alreadyEnded, .noSuchJob] as [BridgeRefusalReason] {
      let over = try await performed(refusal(reason), state)
      #expect(over == (true, 0), "\(reason)")
    }
  }

  @Test("what Slurm can't put back, and what Polder has the script of, is cancelled")
  func cancelled() async throws {
    let refused = try await performed(refusal(.other), state(.slurm))
    #expect(refused.cancels == 1)
    let own = try await performed(.accepted(value: Done()), state(.polder))
    #expect(own.cancels == 1)
    let last = try await performed(.accepted(value: Done()), state(.slurm, requeue: false))
    #expect(last.cancels == 1)
  }
}
