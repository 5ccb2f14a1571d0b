package import Domain
package import Ledger

/// What has to be known of a journal's entries before the first of them is written.
package struct JournalOpening: Hashable, Sendable {
  /// How many are effective before the journal's end.
  package let entryCount: Int
  /// How many of them are shown.
  package let shownCount: Int
  /// On their days (UTC) the first and the last of those that are shown are effective, and none is
  /// outside of them; nil if none is shown.
  package let first: Instant?
  package let last: Instant?
  /// Those that have entries before the journal's end, in the order of their ids.
  package let allocations: [AllocationID]
  /// What stood in each before the journal begins.
  package let balances: [AllocationID: Balance]
  /// What Polder keeps as the balance of each at the journal's end, which is asserted there whatever the
  /// entries say; nil asserts their sums.
  package let closing: [AllocationID: Balance]?

  package init(
    entryCount: Int, shownCount: Int, first: Instant?, last: Instant?,
    allocations: [AllocationID], balances: [AllocationID: Balance],
    closing: [AllocationID: Balance]? = nil
  ) {
    self.closing = closing
    self.entryCount = entryCount
    self.shownCount = shownCount
    self.first = first
    self.last = last
    self.allocations = allocations
    self.balances = balances
  }
}

/// Writes a journal entry by entry, and keeps none of them: its memory is that of the allocations.
package struct JournalWriter: Sendable {
  private let dialect: JournalDialect
  private let scope: String
  private let from: Instant?
  private let to: Instant?
  private let centre: Centre
  private let opening: JournalOpening
  private var balances: [AllocationID: Balance]
  /// Allocations with an entry since the last month end.
  private var touched: Set<AllocationID> = []
  private var month: AccountingPeriod?

  /// - Parameters: as those of ``Journal``.
  package init(
    _ dialect: JournalDialect, of scope: String, centre: Centre, from: Instant?, to: Instant?,
    _ opening: JournalOpening
  ) {
    self.dialect = dialect
    self.scope = scope
    self.from = from
    self.to = to
    self.centre = centre
    self.opening = opening
    balances = opening.balances
  }

  /// The preamble, the accounts, and what was brought forward.
  package func begin(_ emit: (String) -> Void) {
    let day = days.lowerBound
    emit(dialect.preamble(scope: scope, note: note, day: day))
    for allocation in opening.allocations {
      let names = Account.allCases.map { name($0, allocation) }.sorted()
      emit(names.map { dialect.opening(of: $0, day: day) }.joined())
    }
    for allocation in opening.allocations {
      broughtForward(allocation, balance(of: allocation), day).map(emit)
    }
  }

  /// The next entry that is shown, by the second that it is effective in, then in order of posting.
  ///
  /// - Parameter counterpart: the allocation of its other half, of what moved between two.
  package mutating func add(
    _ entry: Entry, counterpart: AllocationID? = nil, _ emit: (String) -> Void
  ) {
    let next = AccountingPeriod(containing: entry.effective)
    if let month, next != month {
      emit(assertions(touched.sorted(), CivilDate(month.end).advanced(days: -1), balances))
      touched = []
    }
    month = next
    balances[entry.allocation] = balance(of: entry.allocation).after(entry.kind, entry.amount)
    touched.insert(entry.allocation)
    emit(dialect.transaction(transaction(entry, counterpart)))
  }

  /// What must stand in each account at the end.
  package func end(_ emit: (String) -> Void) {
    emit(assertions(opening.allocations, days.upperBound, opening.closing ?? balances))
  }

  // MARK: Parts

  private func balance(of allocation: AllocationID) -> Balance {
    balances[allocation] ?? Balance()
  }

  private func name(_ account: Account, _ allocation: AllocationID) -> String {
    JournalAccount(account, of: allocation, in: centre).name
  }

  /// The journal's first and last day.
  private var days: ClosedRange<CivilDate> {
    let end = to.map { CivilDate(Instant(milliseconds: $0.milliseconds - 1)) }
    let first = from.map { CivilDate($0) } ?? opening.first.map { CivilDate($0) }
    let last = end ?? opening.last.map { CivilDate($0) }
    let low = first ?? last ?? CivilDate(Instant(seconds: 0))
    return low...max(low, last ?? low)
  }

  private var note: String {
    let begin = from.map { "from \($0) " } ?? ""
    let end = to.map { "to \($0) (not included), " } ?? (from == nil ? "" : "on, ")
    let count = opening.entryCount == 1 ? "1 entry" : "\(opening.entryCount) entries"
    return "\(begin)\(end)\(count) effective before its end"
  }

  private func broughtForward(
    _ allocation: AllocationID, _ balance: Balance, _ day: CivilDate
  ) -> String? {
    let postings = Account.allCases.map {
      JournalTransaction.Posting(account: name($0, allocation), amount: balance.amount(in: $0))
    }.filter { $0.amount != .zero }
    guard !postings.isEmpty else { return nil }
    return dialect.transaction(
      JournalTransaction(
        day: day, id: nil, title: "brought forward", tags: [("allocation", allocation.text)],
        postings: postings))
  }

  private func transaction(
    _ entry: Entry, _ counterpart: AllocationID?
  ) -> JournalTransaction {
    var tags: [(String, String)] = [("id", entry.id.text)]
    if let run = entry.run {
      tags.append(("run", "\(run)"))
      tags.append(("part", "\(entry.part)"))
    }
    if let reason = entry.reason { tags.append(("reason", reason.rawValue)) }
    if let counterpart { tags.append(("counterpart", counterpart.text)) }
    if let corrects = entry.corrects { tags.append(("corrects", corrects.text)) }
    if let approval = entry.approval {
      tags.append(("requested-by", approval.requestedBy))
      tags.append(("approved-by", approval.approvedBy))
    }
    if let belated = entry.belated { tags.append(("belated", "\(belated)")) }
    tags.append(("effective", entry.effective.toTheMillisecond))
    tags.append(("recorded", entry.recorded.toTheMillisecond))
    return JournalTransaction(
      day: CivilDate(entry.effective), id: entry.id.text, title: entry.kind.rawValue, tags: tags,
      postings: [
        .init(account: name(entry.kind.destination, entry.allocation), amount: entry.amount),
        .init(account: name(entry.kind.source, entry.allocation), amount: .zero - entry.amount),
      ])
  }

  /// What stands in every account at the end of a day.
  private func assertions(
    _ allocations: [AllocationID], _ day: CivilDate, _ standing: [AllocationID: Balance]
  ) -> String {
    allocations.map { allocation in
      let balance = standing[allocation] ?? Balance()
      return dialect.assertion(
        JournalTransaction(
          day: day, id: nil, title: "balances", tags: [("allocation", allocation.text)],
          postings: Account.allCases.map {
            .init(account: name($0, allocation), amount: balance.amount(in: $0))
          }))
    }.joined()
  }
}

extension Instant {
  /// `2026-11-23T20:39:11.250Z`.
  fileprivate var toTheMillisecond: String {
    let fraction = String(milliseconds - wholeSeconds * 1000)
    let zeros = String(repeating: "0", count: 3 - fraction.utf8.count)
    return "\(description.dropLast()).\(zeros)\(fraction)Z"
  }
}
