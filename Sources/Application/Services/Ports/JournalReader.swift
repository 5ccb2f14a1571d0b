package import Domain
package import Ledger
package import Reporting

/// Which entries a journal is of.
package struct JournalRange: Hashable, Sendable {
  /// Of all allocations of these projects, also of those that left the description.
  package let projects: [ProjectID]
  /// Effective from here on, up to there, half-open; nil for no bound.
  package let from: Instant?
  package let to: Instant?

  package init(projects: [ProjectID], from: Instant?, to: Instant?) {
    self.projects = projects
    self.from = from
    self.to = to
  }
}

/// Takes what is read for a journal, on one thread at a time. Both give false to be given no more.
package protocol JournalReader: Sendable {
  /// First of all; once more, and from the beginning, if the store had to begin anew.
  func begin(_ opening: JournalOpening) -> Bool
  /// The next of the entries that are shown: by effective time, then in order of posting.
  ///
  /// - Parameter counterparts: the allocations of the other halves of transfers among them.
  func take(_ page: [Entry], counterparts: [EntryID: AllocationID]) -> Bool
}

/// Takes a long text in pieces. Both give false if there is no room for it.
package protocol TextSink: Sendable {
  /// What was written so far is void.
  func restart() -> Bool
  func write(_ piece: String) -> Bool
}
