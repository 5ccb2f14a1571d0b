import Domain
import Postgres
import Reporting

/// What a report shows beside the sums of entries: the system, the centre and the nodes that were frozen at
/// the closing if its last month is closed, else those of now.
struct ReportStanding {
  let form: ReportForm
  /// Nil for the name that the system has now.
  let system: String?
  let centre: Centre
  let nodeChanges: [AccessTimeFacts.NodeChange]
  let closings: [AccountingPeriod: MonthStanding.Closing]
}

/// A closed month, with its facts if any were frozen.
private struct FrozenMonth {
  let month: AccountingPeriod
  let closed: Instant
  let facts: PeriodFacts?

  var closing: MonthStanding.Closing {
    MonthStanding.Closing(closed: closed, form: facts?.form ?? .first)
  }
}

/// What stands now, read when it is first needed.
private struct PresentStanding {
  /// Of node changes; no period ends later.
  let end: Instant
  var centre: Centre?
  var nodeChanges: [AccessTimeFacts.NodeChange]?
}

extension Transaction {
  borrowing func standing(
    over period: Range<Instant>, until end: Instant
  ) throws(PostgresError) -> ReportStanding {
    let frozen = try frozenMonths(over: period)
    var present = PresentStanding(end: end)
    return try standing(over: period, until: end, frozen, &present)
  }

  /// Of each of some periods, as if it were alone; what stands now is read once.
  ///
  /// - Parameter end: of those periods that end later.
  borrowing func standings(
    over periods: [Range<Instant>], until end: Instant
  ) throws(PostgresError) -> [ReportStanding] {
    guard let first = periods.map(\.lowerBound).min(), let last = periods.map(\.upperBound).max()
    else { return [] }
    let frozen = try frozenMonths(over: first..<last)
    var present = PresentStanding(end: end)
    var standings: [ReportStanding] = []
    for period in periods {
      standings.append(
        try standing(over: period, until: min(end, period.upperBound), frozen, &present))
    }
    return standings
  }

  /// The months that a period meets, and that are closed, in order of time.
  private borrowing func frozenMonths(
    over period: Range<Instant>
  ) throws(PostgresError) -> [FrozenMonth] {
    var months: [FrozenMonth] = []
    let (first, last) = period.months
    for row in try query(.periodFacts, [.month(first), .month(last)]) {
      let (month, closed) = (try row.month("month"), try row.instant("closed_at"))
      guard let bytes = try row.optionalBytes("facts") else {
        months.append(FrozenMonth(month: month, closed: closed, facts: nil))
        continue
      }
      guard let facts = PeriodFacts(bytes: bytes) else {
        throw .decoding("the frozen facts of \(month) are damaged: `polder admin verify`")
      }
      months.append(FrozenMonth(month: month, closed: closed, facts: facts))
    }
    return months
  }

  private borrowing func standing(
    over period: Range<Instant>, until end: Instant, _ frozen: [FrozenMonth],
    _ present: inout PresentStanding
  ) throws(PostgresError) -> ReportStanding {
    let (first, last) = period.months
    let own = frozen.filter { first <= $0.month && $0.month <= last }
    var closings: [AccountingPeriod: MonthStanding.Closing] = [:]
    for month in own { closings[month.month] = month.closing }
    guard let newest = own.last, newest.month == last, let newestFacts = newest.facts else {
      return ReportStanding(
        form: closings[last]?.form ?? .current, system: nil, centre: try centre(of: &present),
        nodeChanges: try nodeChanges(until: end, of: &present), closings: closings)
    }
    let known = own.compactMap { month in month.facts.map { (month.month, $0) } }
    var changes: [AccessTimeFacts.NodeChange] = []
    // Months before the first that was frozen have only what was recorded, which never changes.
    if let start = known.first?.0.start, period.lowerBound < start {
      changes = try nodeChanges(until: start, of: &present).filter { $0.at < start }
    }
    let recorded = Set(changes)
    changes += PeriodFacts.nodeChanges(known.map(\.1)).filter {
      !recorded.contains($0) && $0.at <= end
    }
    return ReportStanding(
      form: newestFacts.form, system: newestFacts.system, centre: newestFacts.centre,
      nodeChanges: changes, closings: closings)
  }

  /// What a report says of its facts' projects and organisations.
  borrowing func described(beside access: AccessTimeFacts) throws(PostgresError) -> Centre {
    access.form.freezesDescriptions ? access.centre : try centre(alsoRetired: true)
  }

  private borrowing func centre(
    of present: inout PresentStanding
  ) throws(PostgresError) -> Centre {
    if let known = present.centre { return known }
    let centre = try centre(alsoRetired: true)
    present.centre = centre
    return centre
  }

  private borrowing func nodeChanges(
    until end: Instant, of present: inout PresentStanding
  ) throws(PostgresError) -> [AccessTimeFacts.NodeChange] {
    if let known = present.nodeChanges { return known.filter { $0.at <= end } }
    let changes = try nodeChanges(until: present.end)
    present.nodeChanges = changes
    return changes.filter { $0.at <= end }
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

extension Range<Instant> {
  /// The first and the last that it meets.
  fileprivate var months: (AccountingPeriod, AccountingPeriod) {
    (
      AccountingPeriod(containing: lowerBound),
      AccountingPeriod(
        containing: Swift.max(lowerBound, Instant(milliseconds: upperBound.milliseconds - 1)))
    )
  }
}
