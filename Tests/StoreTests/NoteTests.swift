// Why: why something was moved by hand is read with the entry, years later, as it was written then.
import Domain
import Ledger
import Services
import Store
import Testing

@Suite("notes of acts by hand", .serialized, .timeLimit(.minutes(1)))
struct NoteTests {
  private static let line = AuditLine(
    actor: "m-beheer", action: .transfer, object: "allocations", origin: "a test")

  private static func transfer(_ key: String, _ effective: Instant) -> Posting {
    .transfer(
      Transfer(
        id: EntryID("transfer:by-hand-\(key)"), from: Example.large, to: Example.small,
        amount: .hours(1), approval: Approval(requestedBy: "m-1", approvedBy: "m-2"),
        effective: effective))
  }

  @Test("a note is written once with its act, and is found from both of its entries")
  func written() async throws {
    try await withStore { store, _ in
      let now = try await store.now()
      for (key, note) in [("a:in", "for a course"), ("b", "")] {
        guard
          case .posted = try await store.post(
            Self.transfer(key, now), note: note, audit: Self.line)
        else { throw Unexpected("not posted") }
      }
      _ = try await store.post(Self.transfer("a:in", now), note: "another", audit: Self.line)
      let page = try await store.entries(EntryFilter(allocations: [Example.large, Example.small]))
      let acts = page.entries.compactMap(\.act)
      let id = EntryID("transfer:by-hand-a:in")
      #expect(acts == [id, id] + Array(repeating: EntryID("transfer:by-hand-b"), count: 2))
      #expect(
        try await store.notes(of: acts) == [
          id: ActNote(text: "for a course", allocations: [Example.large, Example.small])
        ])
      #expect(try await store.notes(of: []) == [:])
    }
  }

  @Test("the entries of some allocations are read page by page in order of posting")
  func pages() async throws {
    try await withStore { store, _ in
      let wanted: Set = [Example.small, Example.fast]
      let all = try await store.entries(EntryFilter(limit: 1000)).entries
        .filter { wanted.contains($0.allocation) }
      var found: [Entry] = []
      var filter = EntryFilter(allocations: wanted, limit: 1)
      while true {
        let page = try await store.entries(filter)
        found += page.entries
        guard let next = page.next else { break }
        filter.after = next
      }
      #expect(found == all && all.count >= 2)
    }
  }
}
