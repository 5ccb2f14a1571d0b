import Domain
import Ledger
import Reporting
package import Wire

/// The ledger over many projects, and what stands with entries besides.
extension Front {
  /// Whose entries, and of which days. One of the first three is named.
  package struct LedgersQuestion: Sendable {
    package var programme: String?
    package var funder: String?
    package var all: Bool
    /// Effective on days in UTC, `YYYY-MM-DD`, both included; nil for no bound.
    package var from: String?
    package var to: String?

    package init(
      programme: String? = nil, funder: String? = nil, all: Bool = false, from: String? = nil,
      to: String? = nil
    ) {
      self.programme = programme
      self.funder = funder
      self.all = all
      self.from = from
      self.to = to
    }
  }

  /// So many entries are in memory at once.
  private static let ledgerPage = 5_000

  /// The entries of all projects, or of those of a programme or a funder, in order of posting, as
  /// ``ledger(project:part:_:)`` shows those of one; each with its project. Auditors and
  /// administrators. What is posted after it began is not in it.
  ///
  /// - Parameter take: gets them page by page; false ends it.
  /// - Complexity: linear in all entries that these allocations ever had, whatever days are asked for:
  ///   what was available after each follows from all before it. Memory is that of a page.
  package func ledgers(
    _ question: LedgersQuestion, _ caller: Caller,
    take: ([EntryView]) throws(Problem) -> Bool
  ) async throws(Problem) {
    let (from, to) = try await pastDays(from: question.from, to: question.to)
    let object = try Self.object(of: question)
    try await requireOffice(
      caller, to: "read the ledger of \(object)", .readLedger, object,
      instead: "name one of your projects: `polder ledger PROJECT`")
    // The facts of a report know what has left the description as well: its entries stand for ever.
    let (now, facts) = try await asked { () async throws(StoreError) in
      let now = try await store.now()
      return (now, try await store.accessTimeFacts(period: now..<now, system: settings.system))
    }
    let scope = try Self.scope(of: question, facts.centre)
    try await record(caller.line(.readLedger, object))
    var filter = EntryFilter(
      allocations: scope, recordedBefore: Instant(milliseconds: now.milliseconds + 1),
      limit: Self.ledgerPage)
    var statement = EntryStatement()
    while true {
      let asked = filter
      let page = try await self.asked { () async throws(StoreError) in
        try await store.entries(asked)
      }
      var shown: [(Entry, EntryView)] = []
      for entry in page.entries {
        var view = statement.view(of: entry)
        view.project = facts.centre.allocations[entry.allocation]?.project.text
        let isAsked =
          (from.map { $0 <= entry.effective } ?? true) && (to.map { entry.effective < $0 } ?? true)
        if isAsked { shown.append((entry, view)) }
      }
      guard try take(try await annotated(shown, for: caller, facts.centre)), let next = page.next
      else { return }
      filter.after = next
    }
  }

  private static func object(of question: LedgersQuestion) throws(Problem) -> String {
    switch (question.programme, question.funder, question.all) {
    case (let programme?, nil, false): return "programme \(programme)"
    case (nil, let funder?, false): return "funder \(funder)"
    case (nil, nil, true): return "all projects"
    default:
      throw Problem(
        title: "Whose ledger?", status: 400, code: "invalid",
        detail: "a programme, a funder or all is asked for, and one of them alone")
    }
  }

  /// The allocations of it; nil for all.
  private static func scope(
    of question: LedgersQuestion, _ centre: Centre
  ) throws(Problem) -> Set<AllocationID>? {
    var programmes: Set<ProgrammeID>
    if let text = question.programme {
      guard let id = ProgrammeID(text), centre.programmes[id] != nil else {
        throw unknown("programme", text, centre.programmes.keys.map(\.text))
      }
      programmes = [id]
    } else if let text = question.funder {
      guard let id = FunderID(text), centre.funders[id] != nil else {
        throw unknown("funder", text, centre.funders.keys.map(\.text))
      }
      programmes = Set(centre.programmes.values.filter { $0.funder == id }.map(\.id))
    } else {
      return nil
    }
    return Set(
      centre.allocations.values.filter { programmes.contains($0.programme) }.map(\.id))
  }

  static func unknown(_ kind: String, _ text: String, _ known: [String]) -> Problem {
    let near = Spelling.nearest(to: text, in: known.sorted())
    return Problem(
      title: "No such \(kind)", status: 404, code: "unknown-\(kind)",
      detail: "there is no \(kind) '\(text)'" + (near.map { "; do you mean \($0)?" } ?? ""),
      nextStep: "they are: \(known.sorted().joined(separator: ", "))")
  }

  /// The views with what was written with acts by hand, of acts all of whose entries the caller may
  /// see: the note of a transfer between two projects is for those of both, auditors and
  /// administrators, since it may say of the one what is not the other's.
  func annotated(
    _ shown: [(entry: Entry, view: EntryView)], for caller: Caller, _ centre: Centre
  ) async throws(Problem) -> [EntryView] {
    let notes = try await asked { () async throws(StoreError) in
      try await store.notes(of: shown.compactMap(\.entry.act))
    }
    let counterparts = try await counterparts(of: shown.map(\.entry))
    let seesAll = caller.role == .administrator || caller.role == .auditor
    let readable = readableProjects(of: caller, in: centre)
    return shown.map { entry, view in
      var view = view
      view.counterpart = entry.otherHalf.flatMap { counterparts[$0]?.text }
      if let note = entry.act.flatMap({ notes[$0] }),
        seesAll
          || note.allocations.allSatisfy({
            centre.allocations[$0].map { readable.contains($0.project) } ?? false
          })
      {
        view.note = note.text
      }
      return view
    }
  }

  /// The allocations of the other halves of transfers: either side may know where it went.
  private func counterparts(
    of entries: [Entry]
  ) async throws(Problem) -> [EntryID: AllocationID] {
    let halves = entries.filter { $0.otherHalf != nil }
    var known = Dictionary(halves.map { ($0.id, $0.allocation) }) { first, _ in first }
    let others = halves.compactMap(\.otherHalf).filter { known[$0] == nil }
    guard !others.isEmpty else { return known }
    for entry in try await standing(others) { known[entry.id] = entry.allocation }
    return known
  }
}
