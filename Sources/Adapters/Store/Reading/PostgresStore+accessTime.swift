package import Domain
import Postgres
package import Reporting
package import Services

extension PostgresStore {
  /// The centre in it also has what has left the description, since the past needs it.
  package func accessTimeFacts(
    period: Range<Instant>, system: String
  ) async throws(StoreError) -> AccessTimeFacts {
    try await read { tx throws(PostgresError) in
      let asOf = min(try tx.now(), period.upperBound)
      var delivered: [AllocationID: GPUTime] = [:]
      var used: [AllocationID: GPUTime] = [:]
      var granted: [AllocationID: GPUTime] = [:]
      for row in try tx.query(.accessSums, [.instant(period.lowerBound), .instant(asOf)]) {
        let allocation: AllocationID = try row.identifier("allocation")
        delivered[allocation] = try row.optionalAmount("delivered_gpu_ms")
        used[allocation] = try row.optionalAmount("used_gpu_ms")
        granted[allocation] = try row.optionalAmount("granted_gpu_ms")
      }
      var changes: [AccessTimeFacts.NodeChange] = []
      for row in try tx.query(.nodeChanges, [.instant(asOf)]) {
        changes.append(
          AccessTimeFacts.NodeChange(
            node: try row.identifier("node"), at: try row.instant("at"), up: try row.bool("up"),
            gpus: try row.integer("gpus")))
      }
      return AccessTimeFacts(
        system: system, period: period, asOf: asOf, centre: try tx.centre(alsoRetired: true),
        delivered: delivered, used: used, granted: granted, nodeChanges: changes)
    }
  }
}
