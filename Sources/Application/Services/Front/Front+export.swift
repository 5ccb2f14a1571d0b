import Domain
import Ledger
import Reporting
import Synchronization
package import Wire

extension Front {
  // MARK: Export

  /// Which books, for which program, over which days.
  package struct JournalQuestion: Sendable {
    /// `hledger`, `ledger` or `beancount`.
    package var format: String?
    /// One project; nil for all.
    package var project: String?
    /// Days in UTC, `YYYY-MM-DD`, both included; nil for no bound.
    package var from: String?
    package var to: String?

    package init(
      format: String? = nil, project: String? = nil, from: String? = nil, to: String? = nil
    ) {
      self.format = format
      self.project = project
      self.from = from
      self.to = to
    }
  }

  /// Writes the books as a plain-text journal, piece by piece: memory is that of the allocations. One
  /// project: whoever may see its money. All: auditors and administrators.
  package func journal(
    _ question: JournalQuestion, _ caller: Caller, to sink: any TextSink
  ) async throws(Problem) {
    guard let dialect = question.format.flatMap({ JournalDialect(rawValue: $0) }) else {
      let accepted = JournalDialect.allCases.map(\.rawValue).joined(separator: ", ")
      throw Problem(
        title: "No such format", status: 400, code: "invalid",
        detail: "format=\(question.format ?? ""): accepted are \(accepted)")
    }
    let (from, to) = try await pastDays(from: question.from, to: question.to)
    let (scope, projects, centre) = try await journalScope(question.project, caller)
    let range = JournalRange(
      projects: projects, from: from, to: to)
    let printer = JournalPrinter(
      sink: sink,
      writer: {
        JournalWriter(
          dialect, of: scope, centre: centre, from: range.from, to: range.to, $0)
      })
    try await asked { () async throws(StoreError) in try await store.read(range, into: printer) }
    guard printer.finish() else {
      throw Problem(
        title: "No room for the journal", status: 503, code: "unavailable",
        detail: "polderd could not write it to its temporary folder",
        nextStep: "ask for fewer days, or have an administrator make room there")
    }
  }

  private func journalScope(
    _ project: String?, _ caller: Caller
  ) async throws(Problem) -> (scope: String, projects: [ProjectID], centre: Centre) {
    if let project {
      let centre = try await centre()
      let id = try readableProject(project, caller, centre).id
      try await record(.readLedger, "journal of project \(id)", of: [id], caller, centre)
      return ("project \(id)", [id], centre)
    }
    let all = "journal of all projects"
    try await requireOffice(
      caller, to: "export the books of all projects", .readLedger, all,
      instead: "name one of your projects: `polder export journal --project ID`")
    try await record(caller.line(.readLedger, all))
    // The facts of a report know what has left the description as well: its entries stand for ever.
    let facts = try await asked { () async throws(StoreError) in
      let now = try await store.now()
      return try await store.accessTimeFacts(period: now..<now, system: settings.system)
    }
    return ("all projects", facts.centre.projects.keys.sorted(), facts.centre)
  }
}

/// Writes a journal while it is read.
private final class JournalPrinter: JournalReader {
  private struct State {
    var writer: JournalWriter?
    var isWritten = true
  }

  private let sink: any TextSink
  private let make: @Sendable (JournalOpening) -> JournalWriter
  private let state = Mutex(State())

  init(
    sink: any TextSink, writer make: @escaping @Sendable (JournalOpening) -> JournalWriter
  ) {
    self.sink = sink
    self.make = make
  }

  func begin(_ opening: JournalOpening) -> Bool {
    state.withLock { state in
      let writer = make(opening)
      state = State(writer: writer, isWritten: sink.restart())
      writer.begin { state.isWritten = state.isWritten && sink.write($0) }
      return state.isWritten
    }
  }

  func take(_ page: [Entry], counterparts: [EntryID: AllocationID]) -> Bool {
    state.withLock { state in
      guard var writer = state.writer else { return false }
      for entry in page where state.isWritten {
        writer.add(entry, counterpart: entry.otherHalf.flatMap { counterparts[$0] }) {
          state.isWritten = state.isWritten && sink.write($0)
        }
      }
      state.writer = writer
      return state.isWritten
    }
  }

  /// False if not all of it could be written.
  func finish() -> Bool {
    state.withLock { state in
      state.writer?.end { state.isWritten = state.isWritten && sink.write($0) }
      return state.isWritten
    }
  }
}
