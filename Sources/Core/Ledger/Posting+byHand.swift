package import Domain

/// Acts by hand: when they are repeated under their key, and what bounds them. Of a repeated one what
/// holds of the world by then is not asked: the first answer stands.
extension Transfer {
  /// Its two entries, before they are checked.
  package func drafts(now: Instant) -> [Entry.Draft] {
    [
      (id.outgoing, EntryKind.transferOut, from), (id.incoming, EntryKind.transferIn, to),
    ].map { id, kind, allocation in
      Entry.draft(
        id, kind, allocation, amount, approval: approval, effective: effective, now: now)
    }
  }

  /// What posting it again is; nil if it was not posted.
  ///
  /// - Parameter standing: those of ``EntryID/outgoing`` and ``EntryID/incoming`` that stand, in that
  ///   order.
  package func again(_ standing: [Entry]) -> PostingResult? {
    guard !standing.isEmpty else { return nil }
    let new = drafts(now: effective ?? standing[0].effective)
    let same = new.count == standing.count && zip(new, standing).allSatisfy { $0.matches($1) }
    return same ? .alreadyPosted(standing) : .refused(.differentEntryExists(id))
  }

  /// That it would bring its receiver beyond what may be awarded to it; nil if not.
  package func refusal(against receiver: Balance) -> PostingRefusal? {
    guard let most = mostAwarded, receiver.awarded + amount > most else { return nil }
    return .moreThanAwarded(to, requested: amount, awarded: receiver.awarded, most: most)
  }
}

extension Correction {
  /// What posting it again is; nil if it was not posted.
  ///
  /// - Parameter standing: those of its id and its ``EntryID/lapse`` that stand, in that order.
  package func again(_ standing: [Entry]) -> PostingResult? {
    guard let first = standing.first, first.id == id else { return nil }
    let same =
      first.kind == kind.entryKind && first.amount == amount && first.reason == reason
      && first.corrects == corrects
    return same ? .alreadyPosted(standing) : .refused(.differentEntryExists(id))
  }

  /// That a debit would make its run cost more than its hold; nil if not.
  ///
  /// - Parameter costs: what the run was charged, after its corrections.
  package func refusal(of run: RunID, held: GPUTime, costs: GPUTime) -> PostingRefusal? {
    guard kind == .debit, costs + amount > held else { return nil }
    return .moreThanHeld(run, requested: amount, left: held - costs)
  }
}
