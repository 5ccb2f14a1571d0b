// Why: an array of a thousand tasks that is cancelled one by one keeps the loop from all else for as long.
import BridgeProtocol
import Domain
import Doubles
import Engine
import Lifecycle
import Synchronization
import Testing

@testable import Services

@Suite("cancelling in Slurm", .timeLimit(.minutes(1)))
struct CancelTests {
  /// What Slurm was asked to cancel.
  private func cancelled(
    _ indices: [Int], of all: [Int], isOpen: Bool = true
  ) async throws -> [String] {
    let targets = Mutex<[String]>([])
    let slurm = StillSlurm(nodes: [], clock: { 0 }) { target in
      targets.withLock { $0.append("\(target)") }
    }
    let dispatcher = Dispatcher(
      store: MemoryStore(centre: Centre(), now: Instant(seconds: 0)), slurm: slurm, grace: .zero)
    var (state, uncertain) = (EngineState(centre: Centre()), Set<JobID>())
    if isOpen { state = Listed.state(Listed.record(1, array: all, bound: 17)) }
    var rest = indices.map { Directive.cancel(Listed.task(1, $0), slurmJobID: 17) }[...]
    while !rest.isEmpty {
      let group = Dispatcher.group(rest)
      rest = rest.dropFirst(group.count)
      _ = try await dispatcher.perform(group, &uncertain, &state)
    }
    return targets.withLock { $0 }
  }

  @Test("an array of which nothing is to go on is one cancel")
  func whole() async throws {
    #expect(try await cancelled([1, 2, 3], of: [1, 2, 3]) == ["17"])
    #expect(try await cancelled([1, 2], of: [1, 2, 3], isOpen: false) == ["17"])
  }

  @Test("where another task goes on, each that does not is cancelled by itself")
  func part() async throws {
    #expect(try await cancelled([1, 3], of: [1, 2, 3]).first == "17_1")
    #expect(try await cancelled([2], of: [1, 2, 3]) == ["17_2"])
  }
}
