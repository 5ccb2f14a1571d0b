package import Domain
package import Ledger
package import Reporting

/// The books as the use cases need them: acts by hand, entries, balances as of any moment, closed
/// periods, and what has been taken of caps. Each function is one transaction, as in ``Store``.
package protocol Bookkeeping: Sendable {
  /// Posts an act by hand or of the calendar: grant, withdraw, open, defer, release an instalment,
  /// transfer, correct. `line` is written with it if something is posted, and not otherwise; so is
  /// `note` of an act by hand, for those who may see its entries, unless it is empty.
  ///
  /// Ids are the client's, of the form `kind:key`, where the key is not that of a run (`P12.1`).
  /// Throws `broken` for an act about a run, which is posted by the run's own step.
  ///
  /// - Returns: nil, with nothing written, if `centre` was judged by and another one stands.
  func post(
    _ posting: Posting, ifStill centre: Centre?, note: String, audit line: AuditLine
  ) async throws(StoreError) -> PostingResult?

  /// What was written with acts by hand, of those with which something was.
  func notes(of acts: [EntryID]) async throws(StoreError) -> [EntryID: ActNote]

  /// The entries of these ids that stand, in the order in which they are asked for.
  func standing(_ ids: [EntryID]) async throws(StoreError) -> [Entry]

  /// One page of entries in order of posting.
  func entries(_ filter: EntryFilter) async throws(StoreError) -> EntryPage

  /// Balances of what was effective and what was recorded before moments; nil for no bound. An
  /// allocation of which every sum was zero then is not in it.
  func balances(
    of allocations: [AllocationID], effectiveBefore effective: Instant?,
    recordedBefore recorded: Instant?
  ) async throws(StoreError) -> [AllocationID: Balance]

  /// How allocations stand now, and what was awarded in them, in one picture.
  func awarded(in allocations: [AllocationID]) async throws(StoreError) -> AwardedBalances

  /// What the pace of allocations is made of, as of ``PaceMoments/asOf``. Uses are by day, UTC; a day
  /// is cut where the allocation's window begins or ends and at `moments`, so that each sum is as
  /// good as its entries to whoever asks for no other instants. One of which the books have nothing
  /// is not in it.
  ///
  /// - Complexity: linear in days, and in the runs that ended on the four days that are cut.
  func paceFacts(
    of allocations: [AllocationID], at moments: PaceMoments
  ) async throws(StoreError) -> [AllocationID: PaceFacts]

  /// What has been taken of each cap that stands now, by id.
  func capUses() async throws(StoreError) -> [CapStanding]

  /// Reads what a journal is made of, out of one picture, page by page, and keeps nothing of it. It may
  /// take minutes.
  func read(_ range: JournalRange, into reader: any JournalReader) async throws(StoreError)

  /// In order of time.
  func closedPeriods() async throws(StoreError) -> [ClosedPeriod]

  /// Closes a period that is over, and every earlier one: from here on no entry is effective in it.
  /// Its actor is the one of `line`, which is written if the books were open in it. What its reports
  /// need beside the entries is frozen and sealed with it, `system` being its name in them.
  ///
  /// Safe to repeat, also after a failure in its midst: the books are closed first, then sealed.
  func close(
    _ period: AccountingPeriod, system: String, audit line: AuditLine
  ) async throws(StoreError) -> PeriodClosing

  /// What closing a period would close now; nothing is written.
  ///
  /// - Complexity: linear in the entries of what is not closed, as ``close(_:system:audit:)``.
  func outlook(
    onClosing period: AccountingPeriod
  ) async throws(StoreError) -> ClosingOutlook

  /// Makes the seals of closed periods again from their entries, of all if none are named; those that
  /// differ.
  func brokenSeals(of periods: [AccountingPeriod]?) async throws(StoreError) -> [BrokenSeal]
}

extension Bookkeeping {
  /// Of all closed periods.
  package func brokenSeals() async throws(StoreError) -> [BrokenSeal] {
    try await brokenSeals(of: nil)
  }

  /// Whatever centre stands.
  package func post(
    _ posting: Posting, note: String = "", audit line: AuditLine
  ) async throws(StoreError) -> PostingResult {
    guard let result = try await post(posting, ifStill: nil, note: note, audit: line) else {
      throw .broken("a posting that no centre was given for was judged by one")
    }
    return result
  }
}

/// What an administrator wrote with an act by hand.
package struct ActNote: Hashable, Sendable {
  package let text: String
  /// Those that the act moved something in, by id: of a transfer both.
  package let allocations: [AllocationID]

  package init(text: String, allocations: [AllocationID]) {
    self.text = text
    self.allocations = allocations
  }
}

/// Which entries to read.
package struct EntryFilter: Hashable, Sendable {
  /// Of all allocations of a project, also of those that left the description.
  package var project: ProjectID?
  package var allocation: AllocationID?
  /// Of these alone; nil for all. Not beside a project or an allocation.
  package var allocations: Set<AllocationID>?
  /// Effective at or after.
  package var effectiveFrom: Instant?
  /// Effective before.
  package var effectiveTo: Instant?
  /// Recorded before.
  package var recordedBefore: Instant?
  /// The page after this one.
  package var after: EntryCursor?
  /// Entries on a page, at least 1.
  package var limit: Int

  package init(
    project: ProjectID? = nil, allocation: AllocationID? = nil,
    allocations: Set<AllocationID>? = nil, effectiveFrom: Instant? = nil,
    effectiveTo: Instant? = nil, recordedBefore: Instant? = nil, after: EntryCursor? = nil,
    limit: Int = 1000
  ) {
    self.allocations = allocations
    self.project = project
    self.allocation = allocation
    self.effectiveFrom = effectiveFrom
    self.effectiveTo = effectiveTo
    self.recordedBefore = recordedBefore
    self.after = after
    self.limit = limit
  }

  /// Where an entry stands is not asked.
  package func admits(_ entry: Entry) -> Bool {
    (allocation.map { entry.allocation == $0 } ?? true)
      && (allocations.map { $0.contains(entry.allocation) } ?? true)
      && (effectiveFrom.map { $0 <= entry.effective } ?? true)
      && (effectiveTo.map { entry.effective < $0 } ?? true)
      && (recordedBefore.map { entry.recorded < $0 } ?? true)
  }
}

/// The place of an entry in the order of posting.
package struct EntryCursor: Hashable, Sendable {
  package let seq: Int64

  package init(seq: Int64) { self.seq = seq }
}

/// The instants besides those of its window that a pace looks at.
package struct PaceMoments: Hashable, Sendable {
  package let asOf: Instant
  /// Where what is recent begins.
  package let recently: Instant

  package init(asOf: Instant) {
    self.asOf = asOf
    recently = asOf - Seconds(Pace.recentDays * 86_400)
  }
}

/// Some entries, in order of posting.
package struct EntryPage: Hashable, Sendable {
  package let entries: [Entry]
  /// Nil if this is the last page.
  package let next: EntryCursor?

  package init(entries: [Entry], next: EntryCursor?) {
    self.entries = entries
    self.next = next
  }
}

/// A cap and what has been taken of it in its period.
package struct CapStanding: Hashable, Sendable {
  package let cap: Cap
  package let use: CapUse

  package init(cap: Cap, use: CapUse) {
    self.cap = cap
    self.use = use
  }
}

/// An accounting period that is closed for ever.
package struct ClosedPeriod: Hashable, Sendable {
  package let period: AccountingPeriod
  package let seal: PeriodSeal
  package let closed: Instant
  /// An opaque subject, never a name.
  package let closedBy: String

  package init(period: AccountingPeriod, seal: PeriodSeal, closed: Instant, closedBy: String) {
    self.period = period
    self.seal = seal
    self.closed = closed
    self.closedBy = closedBy
  }
}

/// The outcome of a closing, in order of precedence.
package enum PeriodClosing: Hashable, Sendable {
  case alreadyClosed
  /// It lasts until then.
  case notOver(until: Instant)
  /// All that were closed by it, in order of time.
  case closed([ClosedPeriod])
}

/// What a closing would do, in the same order of precedence.
package enum ClosingOutlook: Hashable, Sendable {
  case alreadyClosed
  /// It lasts until then.
  case notOver(until: Instant)
  case closes(WhatCloses)
}

/// What a closing would close, as the books are now.
package struct WhatCloses: Hashable, Sendable {
  /// In order of time.
  package let periods: [OpenPeriod]
  /// Runs under way that began in these periods: what they used there comes late.
  package let unchargedRuns: Int
  /// From here on the books would be open.
  package let end: Instant

  package init(periods: [OpenPeriod], unchargedRuns: Int, end: Instant) {
    self.periods = periods
    self.unchargedRuns = unchargedRuns
    self.end = end
  }
}

/// A period that can be closed.
package struct OpenPeriod: Hashable, Sendable {
  package let period: AccountingPeriod
  /// That of its entries as they are now, without facts: another one if any is booked in it yet.
  package let seal: PeriodSeal

  package init(period: AccountingPeriod, seal: PeriodSeal) {
    self.period = period
    self.seal = seal
  }
}

/// A closed period whose entries, or frozen facts, are not those that it was closed with.
package struct BrokenSeal: Hashable, Sendable {
  package let period: AccountingPeriod
  package let recorded: PeriodSeal
  package let found: PeriodSeal

  package init(period: AccountingPeriod, recorded: PeriodSeal, found: PeriodSeal) {
    self.period = period
    self.recorded = recorded
    self.found = found
  }

  /// True if its entries are not those that it was closed with, whatever its facts are.
  package var areEntriesOthers: Bool {
    recorded.with(facts: nil) != found.with(facts: nil)
  }

  /// True if its frozen facts are others, or were taken away.
  package var areFactsOthers: Bool { recorded.facts != found.facts }
}
