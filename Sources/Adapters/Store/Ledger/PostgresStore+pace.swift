package import Domain
import Ledger
import Postgres
package import Services

extension PostgresStore {
  package func dailySums(
    of allocations: [AllocationID]
  ) async throws(StoreError) -> [DailySum] {
    try await read { tx throws(PostgresError) in
      var sums: [DailySum] = []
      for row in try tx.query(.dailySums, [.textArray(allocations.sorted().map(\.text))]) {
        sums.append(
          DailySum(
            allocation: try row.identifier("allocation"), kind: try row.choice("kind"),
            day: try row.instant("day"), amount: try row.amount("amount_gpu_ms")))
      }
      return sums
    }
  }
}
