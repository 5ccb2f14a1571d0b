package import Domain
import Engine
package import Ledger
import Lifecycle
package import Reporting
package import Services

/// Bookkeeping in memory, on nothing but `Books`. The place of an entry is its number, from 1.
extension MemoryStore {
  /// Something else was taken from its allocation since its start was decided.
  func isOutdated(_ run: RunRecord) -> Bool {
    books.entries.contains {
      $0.kind.source == .available && ($0.kind != .hold || $0.part > 0)
        && $0.allocation == run.allocation && $0.effective >= run.committed
        && $0.effective <= $0.recorded
    }
  }

  package func notes(of acts: [EntryID]) throws(StoreError) -> [EntryID: ActNote] {
    try reach()
    return actNotes.filter { acts.contains($0.key) }.reduce(into: [:]) { notes, kept in
      let own = books.entries.filter { $0.act == kept.key }.map(\.allocation)
      notes[kept.key] = ActNote(text: kept.value, allocations: Set(own).sorted())
    }
  }

  package func post(
    _ posting: Posting, ifStill judged: Centre?, note: String, audit line: AuditLine
  ) throws(StoreError) -> PostingResult? {
    try reach()
    if judged != nil, let coming { describeBetween(coming) }
    guard judged == nil || judged == state.centre else { return nil }
    switch posting {
    case .hold(let run, _, _, _, _), .extend(let run, _, _, _), .settle(let run, _, _, _),
      .refund(let run, _, _), .overrun(let run, _, _, _, _):
      throw .broken("what is about run \(run) is posted by the run's own step")
    case .grant, .withdraw, .open, .deferral, .instalment, .transfer, .correct, .expire: break
    }
    let result = underCapsOfItsTime(posting)
    if case .posted(let entries) = result, !entries.isEmpty {
      append(line)
      if !note.isEmpty, let act = entries.first?.act { actNotes[act] = note }
    }
    return result
  }

  /// A debit of a run's charge is held against the caps as they stood when the run was committed,
  /// which may be last year's.
  private func underCapsOfItsTime(_ posting: Posting) -> PostingResult {
    guard case .correct(let correction) = posting, correction.kind == .debit,
      let run = books.entry(correction.corrects)?.run, let committed = histories[run]?.run.committed
    else { return post(posting) }
    _ = standingCaps()
    describe(state.centre.caps(at: committed))
    defer { describe(state.caps) }
    return post(posting)
  }

  package func standing(_ ids: [EntryID]) throws(StoreError) -> [Entry] {
    try reach()
    return ids.compactMap { books.entry($0) }
  }

  package func awarded(in allocations: [AllocationID]) throws(StoreError) -> AwardedBalances {
    try reach()
    return AwardedBalances(
      now: clock, balances: books.balances.filter { allocations.contains($0.key) },
      awards: Dictionary(
        grouping: books.entries.filter { allocations.contains($0.allocation) && $0.isActOfPace },
        by: \.allocation))
  }

  package func paceFacts(
    of allocations: [AllocationID], at moments: PaceMoments
  ) throws(StoreError) -> [AllocationID: PaceFacts] {
    try reach()
    var facts: [AllocationID: PaceFacts] = [:]
    for id in allocations {
      let window = state.centre.allocations[id]?.window
      let cuts = [window?.lowerBound, window?.upperBound, moments.recently, moments.asOf]
      let exact = PaceFacts(books.entries.filter { $0.allocation == id }, asOf: moments.asOf)
      // Where the part of a day begins that an instant lies in.
      let parts = Dictionary(grouping: exact.uses) { use in
        let day = CivilDate(use.from).start
        return cuts.compactMap { $0 }.filter { $0 <= use.from }.reduce(day, max)
      }
      let uses = parts.map { from, uses in
        PaceFacts.Use(from: from, amount: uses.reduce(.zero) { $0 + $1.amount })
      }.filter { $0.amount != .zero }.sorted { $0.from < $1.from }
      let known = PaceFacts(acts: exact.acts, uses: uses, expired: exact.expired)
      if known != PaceFacts([], asOf: moments.asOf) { facts[id] = known }
    }
    return facts
  }

  package func entries(_ filter: EntryFilter) throws(StoreError) -> EntryPage {
    try reach()
    let own = filter.project.map { Set(state.centre.allocations(of: $0).map(\.id)) }
    let first = filter.after?.seq ?? 0
    let found = zip(Int64(1)..., books.entries).filter { seq, entry in
      seq > first && filter.admits(entry) && own?.contains(entry.allocation) ?? true
    }
    let page = found.prefix(max(filter.limit, 1))
    return EntryPage(
      entries: page.map(\.1),
      next: page.count < found.count ? page.last.map { EntryCursor(seq: $0.0) } : nil)
  }

  package func balances(
    of allocations: [AllocationID], effectiveBefore effective: Instant?,
    recordedBefore recorded: Instant?
  ) throws(StoreError) -> [AllocationID: Balance] {
    try reach()
    let own = Set(allocations)
    return books.balances(effectiveBefore: effective, recordedBefore: recorded)
      .filter { own.contains($0.key) }
  }

  package func capUses() throws(StoreError) -> [CapStanding] {
    try reach()
    return standingCaps().map { CapStanding(cap: $0, use: books.capUses[$0.id] ?? CapUse()) }
  }

  package func closedPeriods() throws(StoreError) -> [ClosedPeriod] {
    try reach()
    return closedPeriodList
  }

  package func close(
    _ period: AccountingPeriod, system: String, audit line: AuditLine
  ) throws(StoreError) -> PeriodClosing {
    try reach()
    guard books.closed.map({ $0 < period }) ?? true else { return .alreadyClosed }
    let earliest = books.entries.map(\.effective).min().map(AccountingPeriod.init(containing:))
    var next = books.closed?.next ?? min(earliest ?? period, period)
    guard closeBooks(period) else { return .notOver(until: period.end) }
    var new: [ClosedPeriod] = []
    while next <= period {
      new.append(
        ClosedPeriod(period: next, seal: seal(of: next), closed: clock, closedBy: line.actor))
      next = next.next
    }
    closedPeriodList += new
    append(line)
    return .closed(new)
  }

  package func outlook(
    onClosing period: AccountingPeriod
  ) throws(StoreError) -> ClosingOutlook {
    try reach()
    guard books.closed.map({ $0 < period }) ?? true else { return .alreadyClosed }
    guard period.end <= clock else { return .notOver(until: period.end) }
    let earliest = books.entries.map(\.effective).min().map(AccountingPeriod.init(containing:))
    var next = books.closed?.next ?? min(earliest ?? period, period)
    var periods: [OpenPeriod] = []
    while next <= period {
      periods.append(OpenPeriod(period: next, seal: seal(of: next)))
      next = next.next
    }
    let runs = state.runs.values.count { ($0.started ?? $0.committed) < period.end }
    return .closes(WhatCloses(periods: periods, unchargedRuns: runs, end: period.end))
  }

  package func brokenSeals(
    of periods: [AccountingPeriod]?
  ) throws(StoreError) -> [BrokenSeal] {
    try reach()
    return closedPeriodList.filter { periods?.contains($0.period) ?? true }.compactMap { closed in
      let found = seal(of: closed.period)
      return found == closed.seal
        ? nil : BrokenSeal(period: closed.period, recorded: closed.seal, found: found)
    }
  }

  package func wrongBalances() throws(StoreError) -> [AllocationID] {
    try reach()
    return wrongSums
  }

  package func audit() throws(StoreError) -> BooksAudit {
    try reach()
    let stray = state.runs.values.filter { $0.hold != books.openHold(of: $0.id) }.map(\.id)
    let states = state.tasks.values.map(\.state)
    return BooksAudit(
      wrong: books.verify() ? [] : books.balances.keys.sorted(), strayHolds: stray.sorted(),
      openHolds: state.runs.values.filter { $0.hold != nil }.count,
      waitingTasks: states.filter { $0 == .waiting }.count,
      runningTasks: states.filter { $0.run != nil }.count, asOf: clock)
  }

  private func seal(of period: AccountingPeriod) -> PeriodSeal {
    var sealer = PeriodSealer(period)
    for (seq, entry) in zip(Int64(1)..., books.entries)
    where period.interval.contains(entry.effective) {
      sealer.add(entry, at: EntryCursor(seq: seq))
    }
    return sealer.seal
  }
}

extension Books {
  /// Of all allocations of which a sum was not zero.
  fileprivate func balances(
    effectiveBefore effective: Instant?, recordedBefore recorded: Instant?
  ) -> [AllocationID: Balance] {
    var balances: [AllocationID: Balance] = [:]
    for entry in entries
    where effective.map({ entry.effective < $0 }) ?? true
      && recorded.map({ entry.recorded < $0 }) ?? true
    {
      balances[entry.allocation] =
        (balances[entry.allocation] ?? Balance()).after(entry.kind, entry.amount)
    }
    return balances.filter { $0.value != Balance() }
  }
}
