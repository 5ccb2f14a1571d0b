package import Domain
import Postgres
package import Reporting
package import Services

extension PostgresStore {
  /// The centre in it also has what has left the description, since the past needs it. Of closed
  /// periods it is the one that was frozen when they were closed (`PeriodFacts`), and the figures
  /// are of entries that are sealed: none can be effective there any more.
  package func accessTimeFacts(
    period: Range<Instant>, system: String
  ) async throws(StoreError) -> AccessTimeFacts {
    try await read { tx throws(PostgresError) in
      let asOf = min(try tx.now(), period.upperBound)
      return try tx.accessTimeFacts(
        period, asOf: asOf, try tx.standing(over: period, until: asOf), system: system)
    }
  }
}

extension PostgresStore {
  /// The centre is that of ``accessTimeFacts(period:system:)``; rates are those that were in force, which
  /// never change.
  package func worthFacts(
    period: Range<Instant>, system: String
  ) async throws(StoreError) -> WorthFacts {
    try await read { tx throws(PostgresError) in
      let asOf = min(try tx.now(), period.upperBound)
      let partitions = try tx.centre(alsoRetired: true).partitions
      var deliveries: [WorthFacts.Delivery] = []
      for row in try tx.query(.worthSums, [.instant(period.lowerBound), .instant(asOf)]) {
        let partition: PartitionName = try row.identifier("partition")
        let card = partitions[partition]?.rateCard(version: try row.integer("rate_version"))
        deliveries.append(
          WorthFacts.Delivery(
            allocation: try row.identifier("allocation"),
            amount: try row.amount("delivered_gpu_ms"), centsPerGPUHour: card?.centsPerGPUHour))
      }
      let standing = try tx.standing(over: period, until: asOf)
      return WorthFacts(
        system: standing.system ?? system, period: period, asOf: asOf, centre: standing.centre,
        deliveries: deliveries,
        months: MonthStanding.all(of: period, closings: standing.closings))
    }
  }
}

extension Transaction {
  /// The facts of a report of access time, with what it shows beside the sums of entries.
  borrowing func accessTimeFacts(
    _ period: Range<Instant>, asOf: Instant, _ standing: ReportStanding, system: String
  ) throws(PostgresError) -> AccessTimeFacts {
    var delivered: [AllocationID: GPUTime] = [:]
    var used: [AllocationID: GPUTime] = [:]
    var granted: [AllocationID: GPUTime] = [:]
    for row in try query(.accessSums, [.instant(period.lowerBound), .instant(asOf)]) {
      let allocation: AllocationID = try row.identifier("allocation")
      delivered[allocation] = try row.optionalAmount("delivered_gpu_ms")
      used[allocation] = try row.optionalAmount("used_gpu_ms")
      granted[allocation] = try row.optionalAmount("granted_gpu_ms")
    }
    var bookedLate: Set<AllocationID> = []
    for row in try query(.bookedLate, [.instant(period.lowerBound), .instant(asOf)]) {
      bookedLate.insert(try row.identifier("allocation"))
    }
    return AccessTimeFacts(
      form: standing.form, system: standing.system ?? system, period: period, asOf: asOf,
      centre: standing.centre, delivered: delivered, used: used, granted: granted,
      bookedLate: bookedLate,
      months: MonthStanding.all(of: period, closings: standing.closings),
      nodeChanges: standing.nodeChanges)
  }
}
