package import Domain
package import Ledger
package import Reporting
package import Wire

extension BalanceView {
  /// - Parameters:
  ///   - standing: nil if the books have nothing of it, which is another thing than nothing left.
  ///   - known: what was recorded before it; nil for all that is.
  package init(
    _ allocation: Allocation, _ standing: Balance?, centre: Centre, asOf: Instant,
    known: Instant? = nil
  ) {
    let balance = standing ?? Balance()
    self.init(
      project: allocation.project.text, allocation: allocation.id.text,
      programme: allocation.programme.text,
      funder: centre.programmes[allocation.programme]?.funder.text ?? "",
      state: Self.state(allocation, standing, asOf),
      windowStart: allocation.window.lowerBound.milliseconds,
      windowEnd: allocation.window.upperBound.milliseconds,
      granted: balance.granted.milliseconds,
      transferredIn: balance.transferredIn.milliseconds,
      transferredOut: balance.transferredOut.milliseconds, charged: balance.charged.milliseconds,
      refunded: balance.refunded.milliseconds, expired: balance.expired.milliseconds,
      held: balance.held.milliseconds, deferred: balance.deferred.milliseconds,
      available: balance.available.milliseconds,
      overrun: balance.overrun.milliseconds, asOf: asOf.milliseconds,
      knownAt: known?.milliseconds,
      suspendedSince: allocation.suspension(at: asOf)?.milliseconds)
  }

  private static func state(
    _ allocation: Allocation, _ balance: Balance?, _ now: Instant
  ) -> String {
    if now < allocation.window.lowerBound { return "pending" }
    // At another moment, or in what was known at one: the books had nothing of it yet.
    guard let balance else { return "not yet awarded" }
    if now >= allocation.window.upperBound { return "expired" }
    if allocation.suspension(at: now) != nil { return "suspended" }
    return balance.available == .zero ? "exhausted" : "active"
  }
}

/// Shows all entries of allocations, one after the other in order of posting.
package struct EntryStatement: Sendable {
  private var balances: [AllocationID: Balance] = [:]

  package init() {}

  /// The next entry, with what was available to its allocation after it.
  package mutating func view(of entry: Entry) -> EntryView {
    let balance = (balances[entry.allocation] ?? Balance()).after(entry.kind, entry.amount)
    balances[entry.allocation] = balance
    return EntryView(
      id: entry.id.text, kind: entry.kind.rawValue, allocation: entry.allocation.text,
      amount: entry.amount.milliseconds, from: entry.kind.source.rawValue,
      to: entry.kind.destination.rawValue, run: entry.run.map { "\($0)" },
      reason: entry.reason?.rawValue, corrects: entry.corrects?.text,
      effective: entry.effective.milliseconds, recorded: entry.recorded.milliseconds,
      availableAfter: balance.available.milliseconds,
      requestedBy: entry.approval?.requestedBy, approvedBy: entry.approval?.approvedBy,
      belated: entry.belated.map { "\($0)" })
  }
}

extension ReportView {
  package init(_ report: Report, made: Instant) {
    self.init(
      title: report.title, from: report.period.lowerBound.milliseconds,
      to: report.period.upperBound.milliseconds, asOf: report.asOf.milliseconds,
      made: made.milliseconds,
      months: report.months.map {
        Month(
          month: "\($0.month)", closed: $0.closing?.closed.milliseconds,
          form: $0.closing?.form.rawValue)
      },
      columns: report.columns, rows: report.rows, notes: report.notes, csv: report.csv)
  }
}
