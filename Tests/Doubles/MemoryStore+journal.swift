import Domain
import Engine
import Ledger
import Reporting
package import Services
import Synchronization

extension MemoryStore {
  package func read(_ range: JournalRange, into reader: any JournalReader) throws(StoreError) {
    try reach()
    let own = Set(range.projects.flatMap { state.centre.allocations(of: $0).map(\.id) })
    let entries = books.entries.enumerated()
      .filter { _, entry in
        own.contains(entry.allocation) && range.to.map { entry.effective < $0 } ?? true
      }
      .sorted { ($0.element.effective, $0.offset) < ($1.element.effective, $1.offset) }
      .map(\.element)
    let before = entries.prefix { entry in range.from.map { entry.effective < $0 } ?? false }
    let shown = entries.dropFirst(before.count)
    let opening = JournalOpening(
      entryCount: entries.count, shownCount: shown.count, first: shown.first?.effective,
      last: shown.last?.effective, allocations: Set(entries.map(\.allocation)).sorted(),
      balances: before.reduce(into: [:]) { balances, entry in
        balances[entry.allocation] =
          (balances[entry.allocation] ?? Balance()).after(entry.kind, entry.amount)
      })
    guard reader.begin(opening) else { return }
    for entry in shown {
      let other = entry.otherHalf.flatMap { books.entry($0) }
      let counterparts = other.map { [$0.id: $0.allocation] } ?? [:]
      guard reader.take([entry], counterparts: counterparts) else { return }
    }
  }
}

/// Keeps a text in memory.
package final class CollectedText: TextSink {
  private let pieces = Mutex("")

  package init() {}

  package var text: String { pieces.withLock { $0 } }

  package func restart() -> Bool {
    pieces.withLock { $0 = "" }
    return true
  }

  package func write(_ piece: String) -> Bool {
    pieces.withLock { $0 += piece }
    return true
  }
}
