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
      var delivered: [AllocationID: GPUTime] = [:]
      var used: [AllocationID: GPUTime] = [:]
      var granted: [AllocationID: GPUTime] = [:]
      for row in try tx.query(.accessSums, [.instant(period.lowerBound), .instant(asOf)]) {
        let allocation: AllocationID = try row.identifier("allocation")
        delivered[allocation] = try row.optionalAmount("delivered_gpu_ms")
        used[allocation] = try row.optionalAmount("used_gpu_ms")
        granted[allocation] = try row.optionalAmount("granted_gpu_ms")
      }
      var bookedLate: Set<AllocationID> = []
      for row in try tx.query(.bookedLate, [.instant(period.lowerBound), .instant(asOf)]) {
        bookedLate.insert(try row.identifier("allocation"))
      }
      let standing = try tx.standing(over: period, until: asOf)
      return AccessTimeFacts(
        form: standing.form, system: standing.system ?? system, period: period, asOf: asOf,
        centre: standing.centre, delivered: delivered, used: used, granted: granted,
        bookedLate: bookedLate,
        months: MonthStanding.all(of: period, closings: standing.closings),
        nodeChanges: standing.nodeChanges)
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

/// What a report shows beside the sums of entries.
private struct Standing {
  let form: ReportForm
  /// Nil for the name that the system has now.
  let system: String?
  let centre: Centre
  let nodeChanges: [AccessTimeFacts.NodeChange]
  let closings: [AccountingPeriod: MonthStanding.Closing]
}

extension Transaction {
  /// The system, the centre and the nodes that a report of a period shows: those frozen at the
  /// closing if its last month is closed, else those of now.
  fileprivate borrowing func standing(
    over period: Range<Instant>, until end: Instant
  ) throws(PostgresError) -> Standing {
    let first = AccountingPeriod(containing: period.lowerBound)
    let last = AccountingPeriod(
      containing: max(
        period.lowerBound, Instant(milliseconds: period.upperBound.milliseconds - 1)))
    var form = ReportForm.current
    var frozen: [(month: AccountingPeriod, facts: PeriodFacts)] = []
    var closings: [AccountingPeriod: MonthStanding.Closing] = [:]
    for row in try query(.periodFacts, [.month(first), .month(last)]) {
      let (month, closed) = (try row.month("month"), try row.instant("closed_at"))
      guard let bytes = try row.optionalBytes("facts") else {
        if month == last { form = .first }
        closings[month] = MonthStanding.Closing(closed: closed, form: .first)
        continue
      }
      guard let facts = PeriodFacts(bytes: bytes) else {
        throw .decoding("the frozen facts of \(month) are damaged: `polder admin verify`")
      }
      closings[month] = MonthStanding.Closing(closed: closed, form: facts.form)
      frozen.append((month, facts))
    }
    guard let newest = frozen.last, newest.month == last, let oldest = frozen.first else {
      return Standing(
        form: form, system: nil, centre: try centre(alsoRetired: true),
        nodeChanges: try nodeChanges(until: end), closings: closings)
    }
    var changes: [AccessTimeFacts.NodeChange] = []
    // Months before the first that was frozen have only what was recorded, which never changes.
    if period.lowerBound < oldest.month.start {
      let start = oldest.month.start
      changes = try nodeChanges(until: start).filter { $0.at < start }
    }
    let known = Set(changes)
    changes += PeriodFacts.nodeChanges(frozen.map(\.facts)).filter {
      !known.contains($0) && $0.at <= end
    }
    return Standing(
      form: newest.facts.form, system: newest.facts.system, centre: newest.facts.centre,
      nodeChanges: changes, closings: closings)
  }

  /// Up to an instant, in order of time, ties by node.
  borrowing func nodeChanges(
    until end: Instant
  ) throws(PostgresError) -> [AccessTimeFacts.NodeChange] {
    var changes: [AccessTimeFacts.NodeChange] = []
    for row in try query(.nodeChanges, [.instant(end)]) {
      changes.append(
        AccessTimeFacts.NodeChange(
          node: try row.identifier("node"), at: try row.instant("at"), up: try row.bool("up"),
          gpus: try row.integer("gpus"),
          weight: try row.optionalInt64("weight_thousandths").map { Weight(thousandths: $0) }))
    }
    return changes
  }
}
