package import Domain
package import Ledger

/// The books as a plain-text journal that other people's bookkeeping programs read: one transaction
/// an entry, and assertions of what must stand in each account, so that such a program agrees with
/// our balances or refuses the file.
///
/// Amounts are whole GPU-milliseconds, in which they are exact. Equal arguments give equal bytes.
/// Of more entries than fit in memory it is written by ``JournalWriter``, in the same bytes.
package struct Journal: Sendable {
  private let writer: JournalWriter
  /// By the second that they are effective in, then in order of posting: those that are shown. Slurm
  /// tells whole seconds: a run that ends within the second of its hold is released before it, to the
  /// millisecond.
  private let shown: [Entry]
  /// The allocations of transfers, by their halves.
  private let counterparts: [EntryID: AllocationID]

  /// - Parameters:
  ///   - entries: every entry of the allocations that are shown, in order of posting, those before
  ///     `from` as well: the opening balances are their sums.
  ///   - scope: what the journal is of, in one line: `project acme`, `all projects`.
  ///   - counterparts: the allocations of halves of transfers that are not among the entries.
  ///   - closing: what is kept as the balance of each at the end, asserted there whatever the entries say;
  ///     nil asserts their sums.
  ///   - from: from and up to `to`, half-open, in effective time; nil for no bound.
  package init(
    _ dialect: JournalDialect, of scope: String, _ entries: [Entry], centre: Centre,
    counterparts others: [EntryID: AllocationID] = [:], from: Instant? = nil, to: Instant? = nil,
    closing: [AllocationID: Balance]? = nil
  ) {
    let ordered = entries.enumerated()
      .filter { _, entry in to.map { entry.effective < $0 } ?? true }
      .sorted {
        ($0.element.effective.wholeSeconds, $0.offset)
          < ($1.element.effective.wholeSeconds, $1.offset)
      }
      .map(\.element)
    counterparts = entries.reduce(into: others) { known, entry in
      if entry.otherHalf != nil { known[entry.id] = entry.allocation }
    }
    let before = ordered.filter { entry in from.map { entry.effective < $0 } ?? false }
    shown = ordered.filter { entry in from.map { entry.effective >= $0 } ?? true }
    writer = JournalWriter(
      dialect, of: scope, centre: centre, from: from, to: to,
      JournalOpening(
        entryCount: ordered.count, shownCount: shown.count,
        first: shown.map(\.effective).min(), last: shown.map(\.effective).max(),
        allocations: Set(ordered.map(\.allocation)).sorted(),
        balances: before.reduce(into: [:]) { balances, entry in
          balances[entry.allocation] =
            (balances[entry.allocation] ?? Balance()).after(entry.kind, entry.amount)
        }, closing: closing))
  }

  /// The whole text. Complexity: linear in the entries.
  package var text: String {
    var text = ""
    write { text += $0 }
    return text
  }

  /// Gives the text in pieces of whole lines, each of one transaction or so.
  package func write(_ emit: (String) -> Void) {
    var writer = writer
    writer.begin(emit)
    for entry in shown {
      writer.add(entry, counterpart: entry.otherHalf.flatMap { counterparts[$0] }, emit)
    }
    writer.end(emit)
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
