import Postgres
import Services

extension StoreCounts {
  init(of pools: [PostgresCounts]) {
    func sum(_ count: (PostgresCounts) -> Int) -> Int { pools.map(count).reduce(0, +) }
    self.init(
      commits: sum(\.commits), serializationRetries: sum(\.serializationRetries),
      deadlockRetries: sum(\.deadlockRetries),
      timeouts: sum { $0.statementTimeouts + $0.lockTimeouts },
      disconnected: sum(\.lostConnections), unknown: sum(\.unknownOutcomes))
  }
}
