// Why: what was promised must outlive the daemon that promised it.
import Domain
import Engine
import Lifecycle
import Scheduling
import Services
import Store
import Testing

@Suite("promises", .serialized, .timeLimit(.minutes(1)))
struct PromiseTests {
  private func promise(
    _ task: TaskID, at start: Instant, in partition: PartitionName? = nil
  ) -> KeptPromise {
    let slot = PlannedReservation(
      task: task,
      placement: Placement(
        nodes: Array(Example.nodes.prefix(2)),
        perNode: NodeResources(gpus: 1, cpus: 20, memoryMiB: 64, gpuThousandths: 250),
        partition: partition),
      allocation: Example.large, hold: .hours(3), start: start, end: start + .hours(1))
    return KeptPromise(slot: slot, first: Instant(milliseconds: start.milliseconds - 5))
  }

  @Test("are read back as they were kept, changed and dropped")
  func kept() async throws {
    try await withStore { store, _ in
      #expect(try await store.promises().isEmpty)
      let jobs = [try await store.accepted(), try await store.accepted(Example.job(key: "second"))]
      let start = Instant(milliseconds: 1_800_000_000_250)
      let first = jobs.map { promise($0.task, at: start) }
      try await store.keep(first, instead: [], late: [])
      #expect(try await store.promises() == first)
      let second = [promise(jobs[1].task, at: start + Seconds(9), in: Example.gpu)]
      try await store.keep(second, instead: first, late: [])
      #expect(try await store.promises() == second)
      try await store.keep(second, instead: second, late: [])
      try await store.keep([], instead: second, late: [])
      #expect(try await store.promises().isEmpty)
    }
  }

  @Test("that were not kept stand for ever, each with its cause")
  func late() async throws {
    try await withStore { store, database in
      let job = try await store.accepted()
      let start = Instant(milliseconds: 1_800_000_000_250)
      let late = LateCause.Kind.allCases.enumerated().map { index, kind in
        LateStart(
          task: job.task, promised: start,
          expected: index == 0 ? nil : start + Seconds(Int64(index)),
          cause: LateCause(kind, nodes: index == 0 ? Example.nodes : []),
          at: start + Seconds(Int64(index)))
      }
      try await store.keep([], instead: [], late: late)
      // What was not known to be written is written again.
      try await store.keep([], instead: [], late: late)
      #expect(try await store.lateStarts(of: job.id) == late)
      #expect(try await store.lateStarts(of: JobID(number: job.id.number + 1)).isEmpty)
      await #expect(throws: (any Error).self) {
        try await database.run("DELETE FROM late_start")
      }
      await #expect(throws: (any Error).self) {
        try await database.run("UPDATE late_start SET cause = 'away'")
      }
    }
  }
}
