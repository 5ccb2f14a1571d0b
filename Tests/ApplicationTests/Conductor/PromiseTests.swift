// Why: a daemon that begins anew must keep what the one before it promised.
import Domain
import Doubles
import Engine
import Lifecycle
import Scheduling
import Testing

@testable import Services

@Suite("promises over rounds", .timeLimit(.minutes(1)))
struct PromiseTests {
  @Test("are written by a round, recalled by the next daemon, and told when they are not kept")
  func recalled() async throws {
    let town = try await Town()
    let first = try town.conductor()
    _ = await first.round()
    #expect(await first.storedPromises == [])
    let task = TaskID(job: JobID(number: 1), index: nil)
    let promise = PlannedReservation(
      task: task,
      placement: Placement(
        nodes: [try #require(NodeName("gn01"))],
        perNode: NodeResources(gpus: 1, cpus: 1, memoryMiB: 1)),
      allocation: try #require(AllocationID("a-1")), hold: .hours(1),
      start: Town.now + .hours(1), end: Town.now + .hours(2))
    try await town.store.keep([promise], instead: [], late: [])
    let second = try town.conductor()
    try await second.recallPromises()
    #expect(await second.promises == [promise])
    // Its task is not there any more: nothing is promised, and nobody was late.
    _ = await second.round()
    #expect(try await town.store.promises().isEmpty)
    #expect(try await town.store.lateStarts(of: task.job).isEmpty)
  }

  @Test("whose start did not come to be committed stay promises")
  func uncommitted() async throws {
    let town = try await Town()
    let conductor = try town.conductor()
    let task = TaskID(job: JobID(number: 7), index: nil)
    let promise = PlannedReservation(
      task: task, placement: Placement(nodes: [], perNode: .none),
      allocation: try #require(AllocationID("a-1")), hold: .hours(1), start: Town.now,
      end: Town.now + .hours(1))
    var state = EngineState(centre: Centre())
    let result = Cycle(
      planning: .conservative,
      lifecycle: LifecyclePolicy(
        grace: .zero, startTimeout: .hours(1), absenceTimeout: .hours(1))
    ).run(state, now: Town.now)
    try await town.store.keep([promise], instead: [], late: [])
    try await conductor.recallPromises()
    state.tasks[task] = TaskRecord(id: task)
    try await conductor.keepPromises(result, due: [task], state)
    #expect(await conductor.promises == [promise])
    state.tasks[task]?.state = .starting(RunID(task: task, attempt: 1))
    try await conductor.keepPromises(result, due: [task], state)
    #expect(await conductor.promises == [])
    #expect(try await town.store.promises().isEmpty)
  }
}
