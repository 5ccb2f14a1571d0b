import Domain
import Ledger

/// What a project's final report is written from: of each allocation its award and what became of it, by month
/// and in all, as far as the books have it.
package struct FinalReport: Sendable {
  private let facts: StatementFacts
  /// With reference and title.
  private let project: Project?
  private let entries: [AllocationID: [Entry]]

  /// - Parameter facts: from the first month of the project's allocations on.
  package init(_ facts: StatementFacts) {
    self.facts = facts
    project = facts.centre.projects[facts.project]
    entries = Dictionary(grouping: facts.entries, by: \.allocation)
  }

  package var report: Report {
    let allocations = facts.centre.allocations.values.filter {
      $0.project == facts.project && $0.window.lowerBound < facts.asOf
    }.sorted { $0.id < $1.id }
    return Report(
      title: "For the final report of project \(facts.project)", period: facts.period,
      asOf: facts.asOf, columns: Self.columns, rows: allocations.flatMap(rows), notes: notes,
      months: facts.months)
  }

  private static let columns = [
    "system", "project", "JU id", "title", "share", "mode", "allocation", "start", "end",
    "final report due", "month", "awarded GPU-h", "used GPU-h", "used so far GPU-h",
    "used so far %", "refunded GPU-h", "runs charged", "overrun GPU-h", "unused GPU-h",
    "of that expired GPU-h", "refunds by reason", "as of",
  ]

  // MARK: Rows

  /// A row for each month of the window that has begun, or in which something is booked, and one of all.
  private func rows(_ allocation: Allocation) -> [[String]] {
    let own = entries[allocation.id] ?? []
    let byMonth = Dictionary(grouping: own) { AccountingPeriod(containing: $0.effective) }
    let about = about(allocation)
    var rows: [[String]] = []
    var sofar = facts.opening[allocation.id] ?? Balance()
    if sofar != Balance() {
      // Awarded ahead of its window.
      rows.append(about + ["earlier"] + figures([], sofar, sofar) + ["", "", "", asOf])
    }
    for month in facts.months.map(\.month) {
      let entries = byMonth[month] ?? []
      guard !entries.isEmpty || month.interval.overlaps(allocation.window) else { continue }
      let change = entries.reduce(Balance()) { $0.after($1.kind, $1.amount) }
      sofar = entries.reduce(sofar) { $0.after($1.kind, $1.amount) }
      rows.append(about + ["\(month)"] + figures(entries, change, sofar) + ["", "", "", asOf])
    }
    let closing = facts.closing[allocation.id] ?? Balance()
    rows.append(
      about + ["all"] + figures(own, closing, closing) + [
        (closing.awarded - closing.used).hoursText(), closing.expired.hoursText(),
        Self.refunds(own), asOf,
      ])
    return rows
  }

  private var asOf: String { "\(facts.asOf)" }

  private func about(_ allocation: Allocation) -> [String] {
    let programme = facts.centre.programmes[allocation.programme]
    let last = CivilDate(Instant(milliseconds: allocation.window.upperBound.milliseconds - 1))
    return [
      facts.system, facts.project.text, project?.reference ?? "", project?.title ?? "",
      programme.flatMap { facts.centre.funders[$0.funder]?.name } ?? "", programme?.mode ?? "",
      allocation.id.text, "\(CivilDate(allocation.window.lowerBound))", "\(last)",
      last.advanced(months: 3).map { "\($0)" } ?? "",
    ]
  }

  /// Awarded, used, used so far and its part of the award so far, refunded, runs charged, overrun.
  private func figures(
    _ entries: [Entry], _ change: Balance, _ sofar: Balance
  ) -> [String] {
    let charged = Set(entries.filter { $0.kind == .charge }.compactMap(\.run))
    return [
      change.awarded.hoursText(), change.used.hoursText(), sofar.used.hoursText(),
      Percentage(sofar.used, of: sofar.awarded).text, change.refunded.hoursText(),
      String(charged.count), change.overrun.hoursText(),
    ]
  }

  /// `node-failure 2 (12.0000 GPU-h)`, in the order of their words.
  private static func refunds(_ entries: [Entry]) -> String {
    let refunds = Dictionary(
      grouping: entries.filter { $0.kind == .refund || $0.kind == .credit }
    ) { $0.reason?.rawValue ?? "" }
    return refunds.sorted { $0.key < $1.key }.map { reason, entries in
      let sum = entries.reduce(GPUTime.zero) { $0 + $1.amount }
      return "\(reason) \(entries.count) (\(sum.hoursText()) GPU-h)"
    }.joined(separator: "; ")
  }

  // MARK: Notes

  private var notes: [String] {
    [
      "As of \(facts.asOf). Times are UTC. 1 GPU-h = one GPU-equivalent for one hour; figures are "
        + "rounded once, at print.",
      "Month: the month in which entries are effective; earlier, what was before the first window of the "
        + "project. Of an allocation a last row has all of it, by the balance that the books keep.",
      "Awarded: grants less withdrawals, and transfers in less those out.",
      "Used: charges, debits and use taken over, less refunds and credits. Used so far %: of what was awarded "
        + "by then.",
      "Refunded: refunds and credits, which used is after. Refunds by reason: how many entries, and how much.",
      "Runs charged: those with a charge in the month; one over the end of a month counts in both, and once "
        + "in all.",
      "Overrun: used by runs beyond what they held; the operator's, and no part of used.",
      "Unused: awarded less used. Of that expired: what was left when the window ended; the rest is "
        + "available, held or deferred still.",
      "Final report due: three calendar months after the last day of the allocation.",
      "Not told, since it is not measured or not recorded of projects: energy (kWh), emissions (kgCO2e), "
        + "and why time was not used (cluster full, nothing queued, held, downtime). Waits and failed nodes "
        + "are told of access modes (polder report availability). The sentence of acknowledgement is not "
        + "described.",
    ]
  }
}
