package import Domain
package import Ledger

/// The facts behind the statement of a project, all of one picture of the books.
package struct StatementFacts: Sendable {
  package let form: ReportForm
  /// The system's name as reports print it.
  package let system: String
  package let project: ProjectID
  /// Half-open.
  package let period: Range<Instant>
  /// The moment up to which the facts reach: the period's end, or earlier while it runs.
  package let asOf: Instant
  /// Of closed periods as it stood at the closing.
  package let centre: Centre
  /// How the books of each month that the period meets stood, in order of time.
  package let months: [MonthStanding]
  /// Of what was effective before the period, by allocation of the project. Summed by the store.
  package let opening: [AllocationID: Balance]
  /// The same of what was effective before ``asOf``.
  package let closing: [AllocationID: Balance]
  /// What is effective in between, of the project's allocations; those of each in order of posting. Not
  /// all, where they are more than were asked for.
  package let entries: [Entry]

  package init(
    form: ReportForm = .current, system: String, project: ProjectID, period: Range<Instant>,
    asOf: Instant, centre: Centre, months: [MonthStanding], opening: [AllocationID: Balance],
    closing: [AllocationID: Balance], entries: [Entry]
  ) {
    self.form = form
    self.system = system
    self.project = project
    self.period = period
    self.asOf = asOf
    self.centre = centre
    self.months = months
    self.opening = opening
    self.closing = closing
    self.entries = entries
  }

  /// The project's allocations, by id, whether there is something to tell of them or not.
  package static func allocations(
    of project: ProjectID, in centre: Centre
  ) -> [AllocationID] {
    centre.allocations.values.filter { $0.project == project }.map(\.id).sorted()
  }
}

/// What stands beside entries and is not in the books, by entry: for whoever may see it.
package struct EntryRemarks: Hashable, Sendable {
  /// What was written with acts by hand.
  package var notes: [EntryID: String]
  /// The allocation that an amount went to, or came from.
  package var counterparts: [EntryID: String]

  package init(notes: [EntryID: String] = [:], counterparts: [EntryID: String] = [:]) {
    self.notes = notes
    self.counterparts = counterparts
  }
}
