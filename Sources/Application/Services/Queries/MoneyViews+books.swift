package import Domain
package import Ledger
package import Reporting
package import Wire

extension BalanceView {
  package init(_ allocation: Allocation, _ balance: Balance, centre: Centre, asOf: Instant) {
    self.init(
      project: allocation.project.text, allocation: allocation.id.text,
      programme: allocation.programme.text,
      funder: centre.programmes[allocation.programme]?.funder.text ?? "",
      state: Self.state(allocation, balance, asOf),
      windowStart: allocation.window.lowerBound.milliseconds,
      windowEnd: allocation.window.upperBound.milliseconds,
      granted: balance.granted.milliseconds,
      transferredIn: balance.transferredIn.milliseconds,
      transferredOut: balance.transferredOut.milliseconds, charged: balance.charged.milliseconds,
      refunded: balance.refunded.milliseconds, expired: balance.expired.milliseconds,
      held: balance.held.milliseconds, deferred: balance.deferred.milliseconds,
      available: balance.available.milliseconds,
      overrun: balance.overrun.milliseconds, asOf: asOf.milliseconds)
  }

  private static func state(
    _ allocation: Allocation, _ balance: Balance, _ now: Instant
  ) -> String {
    if now < allocation.window.lowerBound { return "pending" }
    if now >= allocation.window.upperBound { return "expired" }
    return balance.available == .zero ? "exhausted" : "active"
  }
}

extension EntryView {
  /// The entries of a project in order of posting, each with what was available after it.
  package static func statement(_ entries: [Entry]) -> [EntryView] {
    var balances: [AllocationID: Balance] = [:]
    return entries.map { entry in
      let balance = (balances[entry.allocation] ?? Balance()).after(entry.kind, entry.amount)
      balances[entry.allocation] = balance
      return EntryView(
        id: entry.id.text, kind: entry.kind.rawValue, allocation: entry.allocation.text,
        amount: entry.amount.milliseconds, from: entry.kind.source.rawValue,
        to: entry.kind.destination.rawValue, run: entry.run.map { "\($0)" },
        reason: entry.reason?.rawValue, corrects: entry.corrects?.text,
        effective: entry.effective.milliseconds, recorded: entry.recorded.milliseconds,
        availableAfter: balance.available.milliseconds)
    }
  }
}

extension ReportView {
  package init(_ report: Report) {
    self.init(
      title: report.title, from: report.period.lowerBound.milliseconds,
      to: report.period.upperBound.milliseconds, asOf: report.asOf.milliseconds,
      columns: report.columns, rows: report.rows, notes: report.notes, csv: report.csv)
  }
}
