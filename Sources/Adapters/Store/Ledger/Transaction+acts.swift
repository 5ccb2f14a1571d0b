import Domain
import Ledger
import Lifecycle
import Postgres

/// The acts of administrators and of the calendar, each posted as `Books` posts it.
extension Transaction {
  /// Posts one act; those about runs are posted by what happens to the run.
  borrowing func post(
    _ posting: Posting, _ books: OpenBooks, _ centre: Centre
  ) throws(PostgresError) -> PostingResult {
    switch posting {
    case .grant(let id, let allocation, let amount, let effective):
      return try postOne(allocation, books, opensAccounts: true) { now in
        Entry.draft(id, .grant, allocation, amount, effective: effective, now: now)
      }
    case .withdraw(let id, let allocation, let amount, let effective):
      return try postOne(allocation, books, byHand: true) { now throws(PostgresError) in
        Entry.draft(
          id, .withdrawal, allocation, amount,
          effective: try moment(effective, of: allocation, now), now: now)
      }
    case .open(let id, let allocation, let amount, let effective):
      return try postOne(allocation, books) { now in
        Entry.draft(
          id, .opening, allocation, amount, reason: .takenOver, effective: effective, now: now)
      }
    case .deferral(let id, let allocation, let amount, let effective):
      return try postOne(allocation, books) { now throws(PostgresError) in
        Entry.draft(
          id, .deferral, allocation, amount,
          effective: try moment(effective, of: allocation, now), now: now)
      }
    case .instalment(let id, let allocation, let amount, let effective):
      return try postOne(allocation, books) { now throws(PostgresError) in
        Entry.draft(
          id, .instalment, allocation, amount,
          effective: try moment(effective, of: allocation, now), now: now)
      }
    case .transfer(let transfer): return try post(transfer, books)
    case .correct(let correction): return try post(correction, books, centre)
    case .expire(let id, let allocation, let carry, let effective):
      return try expire(id, allocation, carry, effective: effective, books)
    case .hold(let run, _, _, _, _), .extend(let run, _, _, _), .settle(let run, _, _, _),
      .refund(let run, _, _), .overrun(let run, _, _, _, _):
      throw .encoding("what is about run \(run) is posted by the run's own step")
    }
  }

  /// When what is taken back, put off or released is effective: not before what it moves came.
  private borrowing func moment(
    _ said: Instant?, of allocation: AllocationID, _ now: Instant
  ) throws(PostgresError) -> Instant {
    if let said { return said }
    return try latestEffective(of: allocation, since: now)
  }

  /// - Parameter draft: of the clock after the lock: what came in while it waited was not there before.
  private borrowing func postOne(
    _ allocation: AllocationID, _ books: OpenBooks, byHand: Bool = false,
    opensAccounts: Bool = false, _ draft: (Instant) throws(PostgresError) -> Entry.Draft
  ) throws(PostgresError) -> PostingResult {
    // Locked first, so that of two equal postings at once the second sees the first.
    let balance = try lockedBalance(of: allocation)
    let draft = try draft(try now())
    if let standing = try entry(draft.id) { return draft.again(standing) }
    if let refusal = draft.refusal(
      against: balance, openFrom: books.openFrom, byHand: byHand, opensAccounts: opensAccounts)
    {
      return .refused(refusal)
    }
    return try write([draft].compactMap(\.entry), books)
  }

  private borrowing func post(
    _ transfer: Transfer, _ books: OpenBooks
  ) throws(PostgresError) -> PostingResult {
    try lockKey(of: transfer.id)
    let balances = try lockedBalances(of: [transfer.from, transfer.to])
    // By the clock after the locks: the wait for them may have lasted beyond an end, and what came in
    // meanwhile was not there before.
    let now = try self.now()
    let drafts = transfer.drafts(now: now)
    if let again = transfer.again(try standing(drafts.map(\.id))) { return again }
    if let rival = try standing(transfer.id.rivals).first {
      return .refused(.differentEntryExists(rival.id))
    }
    for allocation in [transfer.from, transfer.to] where balances[allocation] == nil {
      return .refused(.unknownAllocation(allocation))
    }
    guard transfer.from != transfer.to else { return .refused(.sameAllocation(transfer.from)) }
    for allocation in [transfer.from, transfer.to] {
      guard let end = try windowEnd(of: allocation), end <= now else { continue }
      return .refused(.windowEnded(allocation, end))
    }
    if let refusal = drafts[0].refusal(
      against: balances[transfer.from], openFrom: books.openFrom, byHand: true)
      ?? transfer.refusal(against: balances[transfer.to] ?? Balance())
    {
      return .refused(refusal)
    }
    return try write(drafts.compactMap(\.entry), books)
  }

  private borrowing func post(
    _ correction: Correction, _ books: OpenBooks, _ centre: Centre
  ) throws(PostgresError) -> PostingResult {
    let kind = correction.kind.entryKind
    let ids = [correction.id, correction.id.lapse]
    try lockKey(of: correction.id)
    if let again = correction.again(try standing(ids)) { return again }
    if let rival = try standing(correction.id.rivals).first {
      return .refused(.differentEntryExists(rival.id))
    }
    guard let row = try query(.entry, [.text(correction.corrects.text)]).onlyOrNone() else {
      return .refused(.unknownEntry(correction.corrects))
    }
    let (corrected, booked) = (try row.entry(), try row.instant("booked_at"))
    // Whoever else corrects it waits for this.
    let balance = try lockedBalance(of: corrected.allocation)
    // What came in while it waited was not there before.
    let now = try self.now()
    let others =
      try corrected.run.map { run throws(PostgresError) in try entries(of: run, booked) } ?? []
    let draft = Entry.draft(
      correction.id, kind, corrected.allocation, correction.amount, run: corrected.run,
      part: others.count { $0.kind == kind },
      reason: correction.reason, corrects: corrected.id, approval: correction.approval,
      effective: correction.effective, now: now)
    guard corrected.kind == .charge || corrected.kind == .opening && kind != .refund else {
      return .refused(.notCorrectable(corrected.id, corrected.kind))
    }
    let left =
      corrected.amount
      + (try query(.corrected, [.text(corrected.id.text)]).only().amount("amount_gpu_ms"))
    if kind != .debit, draft.entry != nil, draft.closedRefusal(openFrom: books.openFrom) == nil,
      correction.amount > left
    {
      return .refused(
        .moreThanCharged(corrected.id, requested: correction.amount, left: left))
    }
    if let refusal = draft.refusal(against: balance, openFrom: books.openFrom, byHand: true) {
      return .refused(refusal)
    }
    if kind == .debit, let run = corrected.run {
      let caps = try lockedCaps(of: run, committed: booked, centre)
      let held = others.reduce(GPUTime.zero) { $1.kind == .hold ? $0 + $1.amount : $0 }
      let costs = others.reduce(Balance()) { $0.after($1.kind, $1.amount) }.used
      if let refusal = caps.reached(by: correction.amount, above: run)
        ?? correction.refusal(of: run, held: held, costs: costs)
      {
        return .refused(refusal)
      }
    }
    var new = [draft].compactMap(\.entry)
    if let end = try windowEnd(of: corrected.allocation),
      let lapse = Entry.lapse(of: new, as: correction.id.lapse, windowEnd: end, now: now)
    {
      new.append(lapse)
    }
    return try write(new, booked: booked, books)
  }

  /// Of acts under one key the second waits for the first, of whatever kind and allocation they are:
  /// the locks of balances would let two pass that move different ones. Taken before those.
  private borrowing func lockKey(of act: EntryID) throws(PostgresError) {
    guard let key = act.text.split(separator: ":", maxSplits: 1).last else { return }
    try execute(.lockActKey, [.text(String(key))])
  }

  /// In order of posting. `booked` is when the run was committed.
  borrowing func entries(
    of run: RunID, _ booked: Instant
  ) throws(PostgresError) -> [Entry] {
    var entries: [Entry] = []
    for row in try query(.runEntries, run.key + [.instant(booked)]) {
      entries.append(try row.entry())
    }
    return entries
  }

  private borrowing func expire(
    _ id: EntryID, _ allocation: AllocationID, _ carry: CarryOver?, effective: Instant,
    _ books: OpenBooks
  ) throws(PostgresError) -> PostingResult {
    let balances = try lockedBalances(of: Set([allocation] + [carry?.to].compactMap { $0 }))
    let first = try standing([EntryID("\(id):instalment"), id])
    if first.last?.id == id { return .alreadyPosted(first) }
    guard let balance = balances[allocation] else {
      return .refused(.unknownAllocation(allocation))
    }
    let isCarried = try entry(EntryID.carry(allocation).outgoing) != nil
    return try write(
      balance.expiry(
        id, of: allocation, carry.flatMap { isCarried || balances[$0.to] == nil ? nil : $0 },
        effective: try latestEffective(of: allocation, since: effective), now: books.now), books)
  }

  /// When the latest entry of an allocation is effective; `end` if none is later than that.
  private borrowing func latestEffective(
    of allocation: AllocationID, since end: Instant
  ) throws(PostgresError) -> Instant {
    try query(.latestEffective, [.id(allocation), .instant(end)]).only()
      .optionalInstant("effective_at") ?? end
  }
}

extension Entry.Draft {
  /// What its posting is if an entry of its id stands already.
  func again(_ standing: Entry) -> PostingResult {
    matches(standing) ? .alreadyPosted([standing]) : .refused(.differentEntryExists(id))
  }
}
