package import Domain
import Ledger
import Postgres
package import Services

extension PostgresStore {
  package func dailySums(
    of allocations: [AllocationID], cutAt moments: PaceMoments
  ) async throws(StoreError) -> [DailySum] {
    try await read { tx throws(PostgresError) in
      var sums: [DailySum] = []
      let keys: [Value] = [
        .textArray(allocations.sorted().map(\.text)), .instant(moments.recently),
        .instant(moments.asOf),
      ]
      for row in try tx.query(.dailySums, keys) {
        sums.append(
          DailySum(
            allocation: try row.identifier("allocation"), kind: try row.choice("kind"),
            first: try row.instant("first_at"), amount: try row.amount("amount_gpu_ms"),
            recorded: try row.instant("recorded_at"), isOfNoRun: try row.bool("is_of_no_run")))
      }
      return sums
    }
  }
}
