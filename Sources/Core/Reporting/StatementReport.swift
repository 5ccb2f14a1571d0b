package import Domain
import Ledger

/// The statement of a project: of each allocation how it stood when the period began, every entry that is
/// effective in it, and how it stood at the end. In each column of amounts the first and the entries sum to
/// the last.
package struct StatementReport: Sendable {
  private let facts: StatementFacts
  private let remarks: EntryRemarks
  /// By allocation, in order of time, then of posting.
  private let entries: [AllocationID: [Entry]]
  /// How each month of the period stands, and all of them, in words.
  private let monthTexts: [AccountingPeriod: String]
  private let monthsText: String

  package init(_ facts: StatementFacts, remarks: EntryRemarks = EntryRemarks()) {
    self.facts = facts
    self.remarks = remarks
    monthTexts = Dictionary(facts.months.map { ($0.month, $0.description) }) { first, _ in first }
    monthsText = facts.months.map(\.description).joined(separator: "; ")
    entries = Dictionary(grouping: facts.entries, by: \.allocation).mapValues { own in
      own.enumerated().sorted {
        ($0.element.effective, $0.offset) < ($1.element.effective, $1.offset)
      }.map(\.element)
    }
  }

  /// Allocations of which the opening balance and the entries do not sum to the closing balance, by id:
  /// none, unless the books are damaged.
  package var disagreeing: [AllocationID] {
    StatementFacts.allocations(of: facts.project, in: facts.centre).filter { id in
      let sum = (entries[id] ?? []).reduce(opening(of: id)) { $0.after($1.kind, $1.amount) }
      return sum != closing(of: id)
    }
  }

  package var report: Report {
    let told = told
    var rows = told.flatMap(rows)
    if told.count > 1 {
      rows.append(
        standing(
          "all", "opening balance", facts.period.lowerBound, told.map { opening(of: $0.id) }))
      rows.append(
        standing("all", "closing balance", facts.asOf, told.map { closing(of: $0.id) }))
    }
    return Report(
      title: "Statement of project \(facts.project)", period: facts.period, asOf: facts.asOf,
      columns: Self.columns, rows: rows, notes: notes, months: facts.months)
  }

  private static let columns = [
    "period", "system", "project", "share", "mode", "allocation", "line", "effective", "run",
    "awarded GPU-h", "used GPU-h", "held GPU-h", "deferred GPU-h", "expired GPU-h",
    "available GPU-h", "overrun GPU-h", "available after GPU-h", "amount GPU-ms",
    "available after GPU-ms", "entry", "reason", "corrects", "counterpart", "belongs to month",
    "recorded", "requested by", "approved by", "note", "months", "as of",
  ]

  // MARK: Rows

  /// Those with a window in the period, with an entry in it, or with something left when it began.
  private var told: [Allocation] {
    facts.centre.allocations.values.filter { allocation in
      let opening = opening(of: allocation.id)
      let isLeft = [opening.available, opening.held, opening.deferred].contains { $0 != .zero }
      return allocation.project == facts.project
        && (allocation.window.overlaps(facts.period) && allocation.window.lowerBound < facts.asOf
          || entries[allocation.id] != nil || isLeft)
    }.sorted { $0.id < $1.id }
  }

  private func opening(of id: AllocationID) -> Balance { facts.opening[id] ?? Balance() }
  private func closing(of id: AllocationID) -> Balance { facts.closing[id] ?? Balance() }

  private func rows(_ allocation: Allocation) -> [[String]] {
    var balance = opening(of: allocation.id)
    var rows = [
      standing(
        allocation.id.text, "opening balance", facts.period.lowerBound, [balance], of: allocation)
    ]
    for entry in entries[allocation.id] ?? [] {
      balance = balance.after(entry.kind, entry.amount)
      rows.append(row(entry, of: allocation, after: balance))
    }
    // As the store sums it, and not as the entries above do.
    rows.append(
      standing(
        allocation.id.text, "closing balance", facts.asOf, [closing(of: allocation.id)],
        of: allocation))
    return rows
  }

  /// A row of balances, or of the sum of several.
  private func standing(
    _ name: String, _ line: String, _ at: Instant, _ balances: [Balance],
    of allocation: Allocation? = nil
  ) -> [String] {
    let figures = balances.map(\.figures).reduce(Array(repeating: .zero, count: 7)) {
      zip($0, $1).map { $0 + $1 }
    }
    let available = figures[5]
    return beginning(name, allocation) + [line, "\(at)", ""] + figures.map { $0.hoursText() }
      + [available.hoursText(), "", "\(available.milliseconds)"]
      + Array(repeating: "", count: 9) + [monthsText, asOf]
  }

  private func row(
    _ entry: Entry, of allocation: Allocation, after balance: Balance
  ) -> [String] {
    let change = Balance().after(entry.kind, entry.amount)
    return beginning(allocation.id.text, allocation) + [
      entry.kind.rawValue, "\(entry.effective)", entry.run.map { "\($0)" } ?? "",
    ] + change.figures.map { $0 == .zero ? "" : $0.hoursText() }
      + [
        balance.available.hoursText(), "\(entry.amount.milliseconds)",
        "\(balance.available.milliseconds)", entry.id.text, entry.reason?.rawValue ?? "",
        entry.corrects?.text ?? "", remarks.counterparts[entry.id] ?? "",
        entry.belated.map { "\($0)" } ?? "", "\(entry.recorded)",
        entry.approval?.requestedBy ?? "", entry.approval?.approvedBy ?? "",
        remarks.notes[entry.id] ?? "",
        // Of its own month alone: as many rows as entries, with all months in each, grow with both.
        monthTexts[AccountingPeriod(containing: entry.effective)] ?? "", asOf,
      ]
  }

  private func beginning(_ name: String, _ allocation: Allocation?) -> [String] {
    let programme = allocation.flatMap { facts.centre.programmes[$0.programme] }
    let share = programme.flatMap { facts.centre.funders[$0.funder]?.name }
    return [
      Report.text(of: facts.period), facts.system, facts.project.text,
      allocation == nil ? "all" : share ?? "", allocation == nil ? "all" : programme?.mode ?? "",
      name,
    ]
  }

  private var asOf: String { "\(facts.asOf)" }

  // MARK: Notes

  private var notes: [String] {
    [
      "As of \(facts.asOf). Times are UTC, the period includes both days. 1 GPU-h = one "
        + "GPU-equivalent for one hour; figures in GPU-h are rounded once, at print, so that a column may "
        + "miss its closing balance by the last digit. In GPU-ms they are exact.",
      "Line: the balance when the period began, each entry that is effective in it, in order of time and "
        + "then of posting, and the balance at the end. In each column from awarded to overrun the "
        + "opening balance and the entries sum to the closing balance; this is held against the sums that "
        + "the books keep.",
      "Awarded: grants less withdrawals, and transfers in less those out.",
      "Used: charges, debits and use taken over, less refunds and credits.",
      "Held: kept for runs that have begun and are not charged yet. Deferred: granted and not yet "
        + "released for use. Expired: not used when the window ended.",
      "Available: awarded − used − held − deferred − expired. It is what can be held for runs.",
      "Overrun: used by runs beyond what they held; the operator's, and no part of the equation.",
      "Available after: what was available after the line, of what was effective by then. What came late "
        + "is effective before entries that were posted earlier (recorded).",
      "Belongs to month: of what came late, the closed month that it belongs to.",
      "Requested by, approved by: opaque ids of who did by hand what the line tells.",
      "Note: what was written with an act by hand, for who may see all of that act. Notes are no part of "
        + "the books: one that was erased is gone.",
      "In the column months an entry has the month in which it is effective, a balance those of the period.",
      facts.form.noteOfMonths(
        earlier:
          "Months: entries of a closed month can't change. What is described of shares and modes "
          + "is as it was when the last month was closed; if that is open, as of now."),
    ]
  }
}

extension Balance {
  /// Awarded, used, held, deferred, expired, available, overrun.
  fileprivate var figures: [GPUTime] {
    [awarded, used, held, deferred, expired, available, overrun]
  }
}
