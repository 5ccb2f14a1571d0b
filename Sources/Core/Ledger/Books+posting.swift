package import Domain

/// How each act is posted. A refusal leaves the books as they were.
extension Books {
  /// Posts one act at the store's instant `now`.
  package mutating func post(_ posting: Posting, now: Instant) -> PostingResult {
    switch posting {
    case .grant(let id, let allocation, let amount, let effective):
      return postOne(
        Entry.draft(id, .grant, allocation, amount, effective: effective, now: now),
        opensAccounts: true)
    case .withdraw(let id, let allocation, let amount, let effective):
      return postOne(
        Entry.draft(
          id, .withdrawal, allocation, amount, effective: effective ?? last(of: allocation, now),
          now: now),
        byHand: true)
    case .open(let id, let allocation, let amount, let effective):
      return postOne(
        Entry.draft(
          id, .opening, allocation, amount, reason: .takenOver, effective: effective, now: now))
    case .deferral(let id, let allocation, let amount, let effective):
      return postOne(
        Entry.draft(
          id, .deferral, allocation, amount, effective: effective ?? last(of: allocation, now),
          now: now))
    case .instalment(let id, let allocation, let amount, let effective):
      return postOne(
        Entry.draft(
          id, .instalment, allocation, amount, effective: effective ?? last(of: allocation, now),
          now: now))
    case .transfer(let transfer): return post(transfer, now: now)
    case .hold(let run, let allocation, let amount, let bearer, let effective):
      return hold(run, allocation, amount, bearer, effective: effective, now: now)
    case .extend(let run, let amount, let number, let effective):
      return extend(run, by: amount, number, effective: effective, now: now)
    case .settle(let run, let used, let pastEnd, let span):
      return settle(run, used: used, pastEnd: pastEnd, span, now: now)
    case .refund(let run, let reason, let effective):
      return refund(run, reason, effective: effective, now: now)
    case .correct(let correction): return post(correction, now: now)
    case .overrun(let run, let allocation, let amount, let reason, let effective):
      return postOne(
        Entry.draft(
          .overrun(run), .overrun, allocation, amount, run: run, reason: reason,
          effective: effective, now: now))
    case .expire(let id, let allocation, let carry, let effective):
      return expire(id, allocation, carry, effective: effective, now: now)
    }
  }

  /// When what is taken back, put off or released now is effective: not before what it moves came.
  private func last(of allocation: AllocationID, _ now: Instant) -> Instant {
    max(now, latest[allocation] ?? now)
  }

  private mutating func hold(
    _ run: RunID, _ allocation: AllocationID, _ amount: GPUTime, _ bearer: Bearer?,
    effective: Instant, now: Instant
  ) -> PostingResult {
    let draft = Entry.draft(
      .hold(run), .hold, allocation, amount, run: run, effective: effective, now: now)
    let refusal = refusal(of: draft) ?? capReached(by: amount, bearer, holdTaken: effective)
    if let standing = entry(draft.id) { return again(draft, standing) }
    if let refusal { return .refused(refusal) }
    // The account goes first: the entry is counted by the caps that cover it.
    openAccount(
      of: run,
      RunAccount(allocation: allocation, bearer: bearer, holdTaken: effective, held: amount))
    return postOne(draft)
  }

  private mutating func extend(
    _ run: RunID, by amount: GPUTime, _ number: Int, effective: Instant, now: Instant
  ) -> PostingResult {
    let id = EntryID.hold(run, part: number)
    guard let account = runs[run] else {
      let isInRange = amount > .zero && amount <= .largest
      return .refused(isInRange ? .noOpenHold(run) : .amountOutOfRange(amount))
    }
    let draft = Entry.draft(
      id, .hold, account.allocation, amount, run: run, part: number, effective: effective, now: now)
    if let standing = entry(id) { return again(draft, standing) }
    guard draft.entry != nil else { return .refused(.amountOutOfRange(amount)) }
    guard account.isOpen else { return .refused(.noOpenHold(run)) }
    guard number == account.extensions + 1 else {
      return .refused(.extensionOutOfOrder(run, next: account.extensions + 1))
    }
    if let refusal = refusal(of: draft)
      ?? capReached(by: amount, account.bearer, holdTaken: account.holdTaken)
    {
      return .refused(refusal)
    }
    extendAccount(of: run, by: amount)
    return postOne(draft)
  }

  private mutating func settle(
    _ run: RunID, used: GPUTime, pastEnd: GPUTime, _ span: Range<Instant>, now: Instant
  ) -> PostingResult {
    guard used >= .zero, used <= .largest else { return .refused(.amountOutOfRange(used)) }
    guard let account = runs[run] else { return .refused(.noOpenHold(run)) }
    let new = Settlement(hold: account.held, used: used, pastEnd: pastEnd).entries(
      run: run, allocation: account.allocation, over: span, now: now)
    guard account.isOpen else {
      let standing =
        account.charges.compactMap { entry($0) }
        + [EntryID.release(run), .overrun(run)].compactMap { entry($0) }
      let same =
        standing.count == new.count && zip(standing, new).allSatisfy { $0.saysTheSame(as: $1) }
      return same ? .alreadyPosted(standing) : .refused(.differentEntryExists(.charge(run)))
    }
    closeAccount(of: run)
    return write(new, since: account.holdTaken)
  }

  private mutating func refund(
    _ run: RunID, _ reason: EntryReason, effective: Instant, now: Instant
  ) -> PostingResult {
    if let standing = entry(.refund(run)) {
      guard standing.reason == reason else {
        return .refused(.differentEntryExists(.refund(run)))
      }
      let parts = 0..<(runs[run]?.corrections[.refund] ?? 0)
      let ids = parts.map { EntryID.refund(run, part: $0) } + [.lapse(run)]
      return .alreadyPosted(ids.compactMap { entry($0) })
    }
    let charges = runs[run]?.charges.compactMap { entry($0) } ?? []
    guard !charges.isEmpty else { return .refused(.notCharged(run)) }
    let new = Entry.refunds(
      of: charges.map { ($0, left[$0.id] ?? .zero) },
      firstPart: runs[run]?.corrections[.refund] ?? 0,
      reason, effective: max(effective, runs[run]?.holdTaken ?? effective), now: now)
    guard !new.isEmpty else { return .refused(.notCharged(run)) }
    return write(new + lapse(of: new, as: .lapse(run), run: run, now: now))
  }

  private mutating func post(_ correction: Correction, now: Instant) -> PostingResult {
    let kind = correction.kind.entryKind
    let standing = [correction.id, correction.id.lapse].compactMap { entry($0) }
    if let again = correction.again(standing) { return again }
    if let rival = rival(of: correction.id) { return .refused(.differentEntryExists(rival)) }
    guard let corrected = entry(correction.corrects) else {
      return .refused(.unknownEntry(correction.corrects))
    }
    let part = corrected.run.flatMap { runs[$0]?.corrections[kind] } ?? 0
    let draft = Entry.draft(
      correction.id, kind, corrected.allocation, correction.amount, run: corrected.run, part: part,
      reason: correction.reason, corrects: corrected.id, approval: correction.approval,
      effective: correction.effective, now: now)
    guard corrected.kind == .charge || corrected.kind == .opening && kind != .refund else {
      return .refused(.notCorrectable(corrected.id, corrected.kind))
    }
    if kind != .debit, draft.entry != nil, draft.closedRefusal(openFrom: openFrom) == nil,
      let left = left[corrected.id], correction.amount > left
    {
      return .refused(
        .moreThanCharged(corrected.id, requested: correction.amount, left: left))
    }
    if let refusal = refusal(of: draft, byHand: true) ?? capReached(by: correction, of: corrected)
      ?? heldReached(by: correction, of: corrected)
    {
      return .refused(refusal)
    }
    let new = [draft].compactMap(\.entry)
    return write(new + lapse(of: new, as: correction.id.lapse, now: now))
  }

  /// What stands under the key of an act by hand as an act of another kind.
  private func rival(of act: EntryID) -> EntryID? { act.rivals.first { entry($0) != nil } }

  /// A debit of a run's charge is use by that run: the hard cap above it that leaves less.
  private func capReached(by correction: Correction, of corrected: Entry) -> PostingRefusal? {
    guard correction.kind == .debit, let account = corrected.run.flatMap({ runs[$0] }) else {
      return nil
    }
    return capReached(
      by: correction.amount, account.bearer, holdTaken: account.holdTaken)
  }

  private func heldReached(by correction: Correction, of corrected: Entry) -> PostingRefusal? {
    guard let run = corrected.run, let account = runs[run] else { return nil }
    let costs = account.charges.reduce(GPUTime.zero) { $0 + (left[$1] ?? .zero) }
    return correction.refusal(of: run, held: account.held, costs: costs)
  }

  private func lapse(
    of given: [Entry], as id: EntryID, run: RunID? = nil, now: Instant
  ) -> [Entry] {
    [
      given.first.flatMap { windowEnds[$0.allocation] }.flatMap {
        Entry.lapse(of: given, as: id, run: run, windowEnd: $0, now: now)
      }
    ].compactMap { $0 }
  }

  private mutating func post(_ transfer: Transfer, now: Instant) -> PostingResult {
    let drafts = transfer.drafts(now: now)
    if let again = transfer.again(drafts.compactMap { entry($0.id) }) { return again }
    if let rival = rival(of: transfer.id) { return .refused(.differentEntryExists(rival)) }
    for allocation in [transfer.from, transfer.to] where balances[allocation] == nil {
      return .refused(.unknownAllocation(allocation))
    }
    guard transfer.from != transfer.to else { return .refused(.sameAllocation(transfer.from)) }
    for allocation in [transfer.from, transfer.to] {
      guard let end = windowEnds[allocation], end <= now else { continue }
      return .refused(.windowEnded(allocation, end))
    }
    if let refusal = refusal(of: drafts[0], byHand: true)
      ?? transfer.refusal(against: balances[transfer.to] ?? Balance())
    {
      return .refused(refusal)
    }
    return write(drafts.compactMap(\.entry))
  }

  private mutating func expire(
    _ id: EntryID, _ allocation: AllocationID, _ carry: CarryOver?, effective: Instant,
    now: Instant
  ) -> PostingResult {
    if let standing = entry(id) {
      let first = [EntryID("\(id):instalment")].compactMap { entry($0) }
      return .alreadyPosted(first + [standing])
    }
    guard let balance = balances[allocation] else {
      return .refused(.unknownAllocation(allocation))
    }
    let isCarried = entry(EntryID.carry(allocation).outgoing) != nil
    return write(
      balance.expiry(
        id, of: allocation, carry.flatMap { isCarried || balances[$0.to] == nil ? nil : $0 },
        effective: max(effective, latest[allocation] ?? effective), now: now))
  }

  // MARK: One entry

  private mutating func postOne(
    _ draft: Entry.Draft, byHand: Bool = false, opensAccounts: Bool = false
  ) -> PostingResult {
    if let standing = entry(draft.id) { return again(draft, standing) }
    if let refusal = refusal(of: draft, byHand: byHand, opensAccounts: opensAccounts) {
      return .refused(refusal)
    }
    return write([draft].compactMap(\.entry))
  }

  private func again(_ draft: Entry.Draft, _ standing: Entry) -> PostingResult {
    draft.matches(standing) ? .alreadyPosted([standing]) : .refused(.differentEntryExists(draft.id))
  }

  private func refusal(
    of draft: Entry.Draft, byHand: Bool = false, opensAccounts: Bool = false
  ) -> PostingRefusal? {
    draft.refusal(
      against: balances[draft.allocation], openFrom: openFrom, byHand: byHand,
      opensAccounts: opensAccounts)
  }

  /// - Parameter hold: since when the hold stands that they settle.
  private mutating func write(_ new: [Entry], since hold: Instant? = nil) -> PostingResult {
    let admitted = new.map { $0.admitted(openFrom: openFrom) }
      .map { entry in hold.map { entry.since(hold: $0) } ?? entry }
    admitted.forEach { append($0) }
    return .posted(admitted)
  }
}

extension Balance {
  /// The entries that close a window: what was deferred is released, what may be carried over
  /// moves on, and the rest expires. None if nothing is left.
  package func expiry(
    _ id: EntryID, of allocation: AllocationID, _ carry: CarryOver?, effective: Instant,
    now: Instant
  ) -> [Entry] {
    let all = available + deferred
    let carried = min(all, max(carry?.atMost ?? .zero, .zero))
    var drafts = [
      Entry.draft(
        EntryID("\(id):instalment"), .instalment, allocation, deferred, effective: effective,
        now: now)
    ]
    if let carry {
      drafts += [
        (EntryID.carry(allocation).outgoing, EntryKind.transferOut, allocation),
        (EntryID.carry(allocation).incoming, .transferIn, carry.to),
      ].map { id, kind, allocation in
        Entry.draft(
          id, kind, allocation, carried, reason: .carriedOver, effective: effective, now: now)
      }
    }
    drafts.append(
      Entry.draft(id, .expiry, allocation, all - carried, effective: effective, now: now))
    return drafts.compactMap(\.entry)
  }
}
