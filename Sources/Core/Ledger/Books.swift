package import Domain

/// The books as a pure state machine: what the store keeps in Postgres, in memory. Quota decisions
/// and statements read from nothing else, and in tests it is the store's oracle.
///
/// Equal postings in equal order give equal books. Complexity of a posting: constant.
package struct Books: Sendable, Equatable {
  /// Every entry in the order of posting.
  package private(set) var entries: [Entry] = []
  package private(set) var balances: [AllocationID: Balance] = [:]
  private var positions: [EntryID: Int] = [:]
  private var holds: [RunID: Hold] = [:]

  private struct Hold: Equatable {
    let allocation: AllocationID
    let amount: GPUTime
    var open: Bool
  }

  package init() {}

  /// The open hold of a run, or nil.
  package func openHold(of run: RunID) -> GPUTime? {
    guard let hold = holds[run], hold.open else { return nil }
    return hold.amount
  }

  package func entry(_ id: EntryID) -> Entry? { positions[id].map { entries[$0] } }

  /// Posts one act at the store's instant `now`.
  package mutating func post(_ posting: Posting, now: Instant) -> PostingResult {
    switch posting {
    case .grant(let id, let allocation, let amount, let effective):
      return postOne(
        Entry.draft(id, .grant, allocation, amount, effective: effective, now: now),
        opensAccounts: true)
    case .withdraw(let id, let allocation, let amount, let effective):
      return postOne(
        Entry.draft(id, .withdrawal, allocation, amount, effective: effective, now: now))
    case .open(let id, let allocation, let amount, let effective):
      return postOne(
        Entry.draft(
          id, .opening, allocation, amount, reason: .takenOver, effective: effective, now: now))
    case .hold(let run, let allocation, let amount, let effective):
      let result = postOne(
        Entry.draft(.hold(run), .hold, allocation, amount, run: run, effective: effective, now: now)
      )
      if case .posted = result {
        holds[run] = Hold(allocation: allocation, amount: amount, open: true)
      }
      return result
    case .settle(let run, let used, let effective):
      return settle(run, used: used, effective: effective, now: now)
    case .refund(let run, let reason, let effective):
      return refund(run, reason, effective: effective, now: now)
    case .overrun(let run, let allocation, let amount, let reason, let effective):
      return postOne(
        Entry.draft(
          .overrun(run), .overrun, allocation, amount, run: run, reason: reason,
          effective: effective, now: now))
    case .expire(let id, let allocation, let effective):
      guard entry(id) == nil else { return .alreadyPosted }
      guard let balance = balances[allocation] else {
        return .refused(.unknownAllocation(allocation))
      }
      guard balance.available > .zero else { return .posted([]) }
      return postOne(
        Entry.draft(id, .expiry, allocation, balance.available, effective: effective, now: now))
    }
  }

  private mutating func settle(
    _ run: RunID, used: GPUTime, effective: Instant, now: Instant
  ) -> PostingResult {
    guard let hold = holds[run] else { return .refused(.noOpenHold(run)) }
    guard used >= .zero, used <= .largest else { return .refused(.amountOutOfRange(used)) }
    let entries = Settlement(hold: hold.amount, used: used).entries(
      run: run, allocation: hold.allocation, effective: effective, now: now)
    guard hold.open else {
      let standing = [EntryID.charge(run), .release(run), .overrun(run)].compactMap { entry($0) }
      let same =
        standing.count == entries.count
        && zip(standing, entries).allSatisfy { $0.saysTheSame(as: $1) }
      return same ? .alreadyPosted : .refused(.differentEntryExists(.charge(run)))
    }
    holds[run]?.open = false
    entries.forEach { append($0) }
    return .posted(entries)
  }

  private mutating func refund(
    _ run: RunID, _ reason: EntryReason, effective: Instant, now: Instant
  ) -> PostingResult {
    guard let charge = entry(.charge(run)) else { return .refused(.notCharged(run)) }
    return postOne(
      Entry(
        id: .refund(run), kind: .refund, allocation: charge.allocation, amount: charge.amount,
        run: run, reason: reason, corrects: charge.id, effective: effective, recorded: now))
  }

  private mutating func postOne(_ draft: Entry.Draft, opensAccounts: Bool = false) -> PostingResult
  {
    if let standing = entry(draft.id) {
      return draft.matches(standing)
        ? .alreadyPosted : .refused(.differentEntryExists(draft.id))
    }
    guard opensAccounts || balances[draft.allocation] != nil else {
      return .refused(.unknownAllocation(draft.allocation))
    }
    guard let new = draft.entry else { return .refused(.amountOutOfRange(draft.amount)) }
    return postOne(new)
  }

  private mutating func postOne(_ new: Entry) -> PostingResult {
    if let standing = entry(new.id) {
      return standing.saysTheSame(as: new)
        ? .alreadyPosted : .refused(.differentEntryExists(new.id))
    }
    let balance = balances[new.allocation] ?? Balance()
    guard new.kind.source != .available || new.amount <= balance.available else {
      return .refused(
        .insufficient(
          new.allocation, requested: new.amount, available: balance.available, held: balance.held))
    }
    append(new)
    return .posted([new])
  }

  private mutating func append(_ entry: Entry) {
    positions[entry.id] = entries.count
    entries.append(entry)
    balances[entry.allocation] =
      (balances[entry.allocation] ?? Balance()).after(entry.kind, entry.amount)
  }
}

extension Books {
  /// Sums every account of every allocation anew from the entries alone. All true: the balances
  /// follow from the entries, no allocation is below zero, and each allocation's accounts sum to
  /// zero.
  package func verify() -> Bool {
    var accounts: [AllocationID: [Account: GPUTime]] = [:]
    for entry in entries {
      accounts[entry.allocation, default: [:]][entry.kind.source, default: .zero] -= entry.amount
      accounts[entry.allocation, default: [:]][entry.kind.destination, default: .zero] +=
        entry.amount
    }
    return accounts.allSatisfy { allocation, sums in
      guard let balance = balances[allocation] else { return false }
      return balance.available == sums[.available] ?? .zero && balance.available >= .zero
        && balance.held == sums[.held] ?? .zero && balance.held >= .zero
        && balance.used == sums[.charged] ?? .zero
        && sums.values.reduce(.zero, +) == .zero
    }
  }
}
