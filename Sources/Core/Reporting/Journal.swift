package import Domain
package import Ledger

/// The books as a plain-text journal that other people's bookkeeping programs read: one transaction
/// an entry, and assertions of what must stand in each account, so that such a program agrees with
/// our balances or refuses the file.
///
/// Amounts are whole GPU-milliseconds, in which they are exact. Equal arguments give equal bytes.
package struct Journal: Sendable {
  package let dialect: JournalDialect
  /// What the journal is of, in one line: `project acme`, `all projects`.
  package let scope: String
  /// From and up to these instants, half-open, in effective time; nil for no bound.
  package let from: Instant?
  package let to: Instant?
  private let centre: Centre
  /// By effective time, then in order of posting; all that are effective before ``to``.
  private let entries: [Entry]

  /// - Parameter entries: every entry of the allocations that are shown, in order of posting, those
  ///   before `from` as well: the opening balances are their sums.
  package init(
    _ dialect: JournalDialect, of scope: String, _ entries: [Entry], centre: Centre,
    from: Instant? = nil, to: Instant? = nil
  ) {
    self.dialect = dialect
    self.scope = scope
    self.from = from
    self.to = to
    self.centre = centre
    self.entries = entries.enumerated()
      .filter { _, entry in to.map { entry.effective < $0 } ?? true }
      .sorted { ($0.element.effective, $0.offset) < ($1.element.effective, $1.offset) }
      .map(\.element)
  }

  /// The whole text. Complexity: linear in the entries.
  package var text: String {
    var text = ""
    write { text += $0 }
    return text
  }

  /// Gives the text in pieces of whole lines, each of one transaction or so.
  package func write(_ emit: (String) -> Void) {
    var standing = Standing()
    let before = entries.prefix { entry in from.map { entry.effective < $0 } ?? false }
    let shown = entries.dropFirst(before.count)
    for entry in before { standing.add(entry) }
    let days = days(shown)
    let allocations = Set(entries.map(\.allocation)).sorted()
    emit(dialect.preamble(scope: scope, note: note, day: days.lowerBound))
    for allocation in allocations {
      let names = Account.allCases.map { name($0, allocation) }.sorted()
      emit(names.map { dialect.opening(of: $0, day: days.lowerBound) }.joined())
    }
    for allocation in allocations {
      broughtForward(allocation, standing.balance(of: allocation), days.lowerBound).map(emit)
    }
    var month = AccountingPeriod(containing: shown.first?.effective ?? days.lowerBound.start)
    standing.touched = []
    for entry in shown {
      let next = AccountingPeriod(containing: entry.effective)
      if next != month {
        emit(
          assertions(standing, standing.touched.sorted(), CivilDate(month.end).advanced(days: -1)))
        standing.touched = []
        month = next
      }
      standing.add(entry)
      emit(dialect.transaction(transaction(entry)))
    }
    emit(assertions(standing, allocations, days.upperBound))
  }

  // MARK: Parts

  /// The balances so far.
  private struct Standing {
    private var balances: [AllocationID: Balance] = [:]
    /// Allocations with an entry since the last month end.
    var touched: Set<AllocationID> = []

    func balance(of allocation: AllocationID) -> Balance { balances[allocation] ?? Balance() }

    mutating func add(_ entry: Entry) {
      balances[entry.allocation] = balance(of: entry.allocation).after(entry.kind, entry.amount)
      touched.insert(entry.allocation)
    }
  }

  private func name(_ account: Account, _ allocation: AllocationID) -> String {
    JournalAccount(account, of: allocation, in: centre).name
  }

  /// The journal's first and last day.
  private func days(_ shown: ArraySlice<Entry>) -> ClosedRange<CivilDate> {
    let end = to.map { CivilDate(Instant(milliseconds: $0.milliseconds - 1)) }
    let first = from.map { CivilDate($0) } ?? shown.first.map { CivilDate($0.effective) }
    let last = end ?? shown.last.map { CivilDate($0.effective) }
    let low = first ?? last ?? CivilDate(Instant(seconds: 0))
    return low...max(low, last ?? low)
  }

  private var note: String {
    let begin = from.map { "from \($0) " } ?? ""
    let end = to.map { "to \($0) (not included), " } ?? (from == nil ? "" : "on, ")
    return "\(begin)\(end)\(entries.count) entries effective before its end"
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

  private func transaction(_ entry: Entry) -> JournalTransaction {
    var tags: [(String, String)] = [("id", entry.id.text)]
    if let run = entry.run {
      tags.append(("run", "\(run)"))
      tags.append(("part", "\(entry.part)"))
    }
    if let reason = entry.reason { tags.append(("reason", reason.rawValue)) }
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
    _ standing: Standing, _ allocations: [AllocationID], _ day: CivilDate
  ) -> String {
    allocations.map { allocation in
      let balance = standing.balance(of: allocation)
      return dialect.assertion(
        JournalTransaction(
          day: day, id: nil, title: "balances", tags: [("allocation", allocation.text)],
          postings: Account.allCases.map {
            .init(account: name($0, allocation), amount: balance.amount(in: $0))
          }))
    }.joined()
  }
}

/// One transaction of a journal, before it is written in a dialect.
struct JournalTransaction {
  struct Posting {
    let account: String
    let amount: GPUTime
  }

  let day: CivilDate
  let id: String?
  let title: String
  let tags: [(key: String, value: String)]
  let postings: [Posting]
}

extension Instant {
  /// `2026-11-23T20:39:11.250Z`.
  fileprivate var toTheMillisecond: String {
    let fraction = String(milliseconds - wholeSeconds * 1000)
    let zeros = String(repeating: "0", count: 3 - fraction.utf8.count)
    return "\(description.dropLast()).\(zeros)\(fraction)Z"
  }
}
