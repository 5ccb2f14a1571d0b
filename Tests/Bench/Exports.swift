import Domain
import Ledger
import Reporting
import Services
import Store
import Synchronization

/// Writes the books as a journal to nowhere: how long it takes, and how much memory.
enum Exports {
  static func run(conninfo: String) async throws {
    let store = try await PostgresStore.open(conninfo: conninfo)
    let centre = try await store.centre()
    let before = Bench.peakMiB
    let month = try await store.now() - Seconds(31 * 86_400)
    for (name, projects, from) in [
      ("one_project", [Town.project(0)], nil),
      ("all_in_31_days", centre.projects.keys.sorted(), month),
    ] as [(String, [ProjectID], Instant?)] {
      let writing = Writing(scope: name, centre: centre)
      let clock = ContinuousClock()
      let begin = clock.now
      try await store.read(JournalRange(projects: projects, from: from, to: nil), into: writing)
      let (entries, bytes) = writing.finish()
      Bench.report("journal_\(name)_entries", Double(entries))
      Bench.report("journal_\(name)_s", Bench.milliseconds(clock.now - begin) / 1000)
      Bench.report("journal_\(name)_text_mib", Double(bytes) / 1_048_576)
      // What the process had before it read an entry is not the journal's.
      Bench.report("journal_\(name)_more_mib", Double(Bench.peakMiB - before))
    }
    await store.close()
  }

  private final class Writing: JournalReader {
    private struct State {
      var writer: JournalWriter?
      var entries = 0
      var bytes = 0
    }

    private let scope: String
    private let centre: Centre
    private let state = Mutex(State())

    init(scope: String, centre: Centre) {
      self.scope = scope
      self.centre = centre
    }

    func begin(_ opening: JournalOpening) -> Bool {
      state.withLock { state in
        let writer = JournalWriter(.hledger, of: scope, centre: centre, from: nil, to: nil, opening)
        state = State(writer: writer)
        writer.begin { state.bytes += $0.utf8.count }
        return true
      }
    }

    func take(_ page: [Entry], counterparts: [EntryID: AllocationID]) -> Bool {
      state.withLock { state in
        guard var writer = state.writer else { return false }
        for entry in page {
          writer.add(entry, counterpart: entry.otherHalf.flatMap { counterparts[$0] }) {
            state.bytes += $0.utf8.count
          }
        }
        state.entries += page.count
        state.writer = writer
        return true
      }
    }

    func finish() -> (entries: Int, bytes: Int) {
      state.withLock { state in
        state.writer?.end { state.bytes += $0.utf8.count }
        return (state.entries, state.bytes)
      }
    }
  }
}
