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
    let slot = PlannedReservation(
      task: task,
      placement: Placement(
        nodes: [try #require(NodeName("gn01"))],
        perNode: NodeResources(gpus: 1, cpus: 1, memoryMiB: 1)),
      allocation: try #require(AllocationID("a-1")), hold: .hours(1),
      start: Town.now + .hours(1), end: Town.now + .hours(2))
    let promise = KeptPromise(slot: slot, first: slot.start)
    try await town.store.keep([promise], instead: [], late: [])
    let second = try town.conductor()
    try await second.recallPromises()
    #expect(await second.promises.kept == [promise])
    // Its task is not there any more: nothing is promised, and nobody was late.
    _ = await second.round()
    #expect(try await town.store.promises().isEmpty)
    #expect(try await town.store.lateStarts(of: task.job).isEmpty)
  }

  @Test("that can't be written are with the next round, and hold nothing up")
  func unwritten() async throws {
    let town = try await Town()
    let conductor = try town.conductor()
    try await conductor.recallPromises()
    let task = TaskID(job: JobID(number: 7), index: nil)
    var state = EngineState(centre: Centre())
    state.tasks[task] = TaskRecord(id: task)
    let cycle = Cycle(
      planning: .conservative,
      lifecycle: LifecyclePolicy(
        grace: .zero, startTimeout: .hours(1), absenceTimeout: .hours(1)))
    let result = cycle.run(state, now: Town.now)
    let late = LateStart(
      task: task, promised: Town.now, expected: nil, cause: LateCause(.node), at: Town.now)
    await conductor.note(unwritten: late)
    await town.store.set(fault: .unavailable("away"))
    await conductor.keepPromises(result, state, now: Town.now)
    #expect(await conductor.unwrittenLate == [late])
    await town.store.set(fault: nil)
    await conductor.keepPromises(result, state, now: Town.now)
    #expect(await conductor.unwrittenLate.isEmpty)
    #expect(try await town.store.lateStarts(of: task.job) == [late])
  }
}

extension Conductor {
  fileprivate func note(unwritten late: LateStart) { unwrittenLate.append(late) }
}
