// Why: "partition not accepting jobs" ended every job whose turn came while an administrator had
// closed the partition for an hour.
import BridgeProtocol
import Domain
import Doubles
import Engine
import Lifecycle
import Testing

@testable import Services

@Suite("what Slurm does not take now", .timeLimit(.minutes(1)))
struct PutOffTests {
  private static let run = RunID(task: Listed.task(1), attempt: 1)

  private func state() throws -> EngineState {
    var state = EngineState(centre: Centre())
    let request = JobRequest(
      name: "primes", member: try #require(MemberID("m-1")),
      project: try #require(ProjectID("longscan")), allocation: nil,
      partition: try #require(PartitionName("gpu")), nodeCount: 1,
      perNode: NodeResources(gpus: 1, cpus: 1, memoryMiB: 1), gpuType: nil, timeLimit: .hours(1))
    let task = Self.run.task
    state.jobs[task.job] = JobRecord(
      id: task.job, request: request, origin: .slurm, submitted: Instant(seconds: 0),
      binding: .bound(17))
    state.tasks[task] = TaskRecord(id: task, state: .starting(Self.run), attempts: 1)
    state.runs[Self.run] = RunRecord(
      id: Self.run, allocation: try #require(AllocationID("longscan-1")),
      placement: Placement(nodes: [], perNode: request.perNode), weight: Weight(thousandths: 1),
      rateVersion: 1, hold: nil, reach: .hours(1), committed: Instant(seconds: 0))
    return state
  }

  private func refused(_ reason: BridgeRefusalReason) async throws -> TaskState? {
    let answer = BridgeOutcome<Done>.refused(
      refusal: BridgeRefusal(code: 2070, reason: reason, message: "not accepting jobs"))
    let dispatcher = Dispatcher(
      store: MemoryStore(centre: Centre(), now: Instant(seconds: 0)),
      slurm: StillSlurm(nodes: [], clock: { 0 }, release: answer), grace: .zero)
    var (state, uncertain) = (try state(), Set<JobID>())
    let result = try await dispatcher.perform([.start(Self.run)], &uncertain, &state)
    #expect(result.transitions.first == .returned(Self.run, cause: "not accepting jobs"))
    #expect(state.runs.isEmpty, "the hold is given back")
    return state.tasks[Self.run.task]?.state
  }

  @Test("a start that Slurm does not take now gives its hold back, and its task waits for another")
  func putOff() async throws {
    #expect(try await refused(.notNow) == .waiting)
  }

  @Test("a start that Slurm can never take ends its task")
  func ended() async throws {
    #expect(try await refused(.impossible) == .ended(.refused))
  }
}
