package import Domain

/// The books as a pure state machine: what the store keeps in Postgres, in memory. Quota decisions
/// and statements read from nothing else, and in tests it is the store's oracle.
///
/// Equal postings in equal order give equal books. Complexity of a posting: constant, but for the
/// caps, which are few.
package struct Books: Sendable, Equatable {
  /// Every entry in the order of posting.
  package private(set) var entries: [Entry] = []
  package private(set) var balances: [AllocationID: Balance] = [:]
  /// The caps as they stand now, by id.
  package private(set) var caps: [CapID: Cap] = [:]
  package private(set) var capUses: [CapID: CapUse] = [:]
  /// Where the windows of allocations end: what is given back after it expires at once.
  package var windowEnds: [AllocationID: Instant] = [:]
  /// The last period that was closed; everything before its end is.
  package private(set) var closed: AccountingPeriod?
  /// When the latest entry of each allocation is effective.
  private(set) var latest: [AllocationID: Instant] = [:]
  private var positions: [EntryID: Int] = [:]
  private(set) var runs: [RunID: RunAccount] = [:]
  /// What is left of each charge and opening after its corrections.
  private(set) var left: [EntryID: GPUTime] = [:]

  /// What the books know of one run.
  struct RunAccount: Equatable {
    let allocation: AllocationID
    let bearer: Bearer?
    let holdTaken: Instant
    var held: GPUTime
    var isOpen = true
    var extensions = 0
    /// In order of time.
    var charges: [EntryID] = []
    /// Entries of a correcting kind so far: the part of the next.
    var corrections: [EntryKind: Int] = [:]
  }

  package init() {}

  /// The open hold of a run with its extensions, or nil.
  package func openHold(of run: RunID) -> GPUTime? {
    guard let account = runs[run], account.isOpen else { return nil }
    return account.held
  }

  package func entry(_ id: EntryID) -> Entry? { positions[id].map { entries[$0] } }

  /// From here on the books are open.
  package var openFrom: Instant? { closed?.end }

  /// Describes the caps anew. What they count follows from the entries, whenever they were made.
  package mutating func describe(_ caps: [Cap]) {
    self.caps = Dictionary(caps.map { ($0.id, $0) }) { first, _ in first }
    capUses = self.caps.mapValues { cap in
      entries.reduce(CapUse()) { use, entry in
        guard let account = entry.run.flatMap({ runs[$0] }), let bearer = account.bearer,
          cap.covers(bearer, holdTaken: account.holdTaken)
        else { return use }
        return use.after(entry.kind, entry.amount)
      }
    }
  }

  /// Closes every period up to this one, if it is over. False if it is not over, or was closed.
  package mutating func close(_ period: AccountingPeriod, now: Instant) -> Bool {
    guard period.end <= now, closed.map({ $0 < period }) ?? true else { return false }
    closed = period
    return true
  }

  /// The balance of an allocation as of moments: of what was effective and what was recorded
  /// before them; nil for no bound. Complexity: linear in the entries.
  package func balance(
    of allocation: AllocationID, effectiveBefore effective: Instant? = nil,
    recordedBefore recorded: Instant? = nil
  ) -> Balance {
    entries.reduce(Balance()) { balance, entry in
      guard entry.allocation == allocation, effective.map({ entry.effective < $0 }) ?? true,
        recorded.map({ entry.recorded < $0 }) ?? true
      else { return balance }
      return balance.after(entry.kind, entry.amount)
    }
  }

  // MARK: What posting changes

  mutating func append(_ entry: Entry) {
    positions[entry.id] = entries.count
    entries.append(entry)
    latest[entry.allocation] = max(latest[entry.allocation] ?? entry.effective, entry.effective)
    balances[entry.allocation] =
      (balances[entry.allocation] ?? Balance()).after(entry.kind, entry.amount)
    switch entry.kind {
    case .charge, .opening: left[entry.id] = entry.amount
    case .refund, .credit:
      if let corrected = entry.corrects { left[corrected, default: .zero] -= entry.amount }
    case .debit:
      if let corrected = entry.corrects { left[corrected, default: .zero] += entry.amount }
    default: break
    }
    guard let run = entry.run, var account = runs[run] else { return }
    switch entry.kind {
    case .charge: account.charges.append(entry.id)
    case .refund, .credit, .debit: account.corrections[entry.kind, default: 0] += 1
    default: break
    }
    runs[run] = account
    guard let bearer = account.bearer else { return }
    for cap in caps.values where cap.covers(bearer, holdTaken: account.holdTaken) {
      capUses[cap.id] = (capUses[cap.id] ?? CapUse()).after(entry.kind, entry.amount)
    }
  }

  mutating func openAccount(of run: RunID, _ account: RunAccount) { runs[run] = account }

  mutating func extendAccount(of run: RunID, by amount: GPUTime) {
    runs[run]?.held += amount
    runs[run]?.extensions += 1
  }

  mutating func closeAccount(of run: RunID) { runs[run]?.isOpen = false }

  /// The hard cap that leaves less than an amount, the narrowest first, or nil.
  func capReached(
    by amount: GPUTime, _ bearer: Bearer?, holdTaken: Instant
  ) -> PostingRefusal? {
    guard let bearer else { return nil }
    for cap in caps.values.covering(bearer, holdTaken: holdTaken) where cap.strength == .hard {
      let use = capUses[cap.id] ?? CapUse()
      if use.taken + amount > cap.limit {
        return .capReached(cap.id, requested: amount, limit: cap.limit, use: use)
      }
    }
    return nil
  }
}

extension Books {
  /// Sums every account of every allocation anew from the entries alone. All true: the balances
  /// follow from the entries, no allocation is below zero, each allocation's accounts sum to zero,
  /// transfers sum to zero over all, and the use of each cap follows from the entries.
  package func verify() -> Bool {
    var accounts: [AllocationID: [Account: GPUTime]] = [:]
    for entry in entries {
      accounts[entry.allocation, default: [:]][entry.kind.source, default: .zero] -= entry.amount
      accounts[entry.allocation, default: [:]][entry.kind.destination, default: .zero] +=
        entry.amount
    }
    let transfers = accounts.values.map { $0[.transfers] ?? .zero }.reduce(.zero, +)
    var again = self
    again.describe(Array(caps.values))
    return transfers == .zero && again.capUses == capUses
      && left.values.allSatisfy { $0 >= .zero }
      && accounts.allSatisfy { allocation, sums in
        guard let balance = balances[allocation] else { return false }
        return balance.available == sums[.available] ?? .zero && balance.available >= .zero
          && balance.held == sums[.held] ?? .zero && balance.held >= .zero
          && balance.deferred == sums[.deferred] ?? .zero && balance.deferred >= .zero
          && balance.used == sums[.charged] ?? .zero && balance.used >= .zero
          && sums.values.reduce(.zero, +) == .zero
      }
  }
}
