package import Domain

/// One line of the books: an amount that moved from one account to another. Immutable for ever;
/// a mistake is corrected by a further entry that names it.
package struct Entry: Hashable, Sendable {
  /// Made by the client from what it is about (`hold:P1042.1`), so that posting again is seen.
  package let id: EntryID
  package let kind: EntryKind
  package let allocation: AllocationID
  /// Always positive.
  package let amount: GPUTime
  /// The run it is about, for kinds that are about one.
  package let run: RunID?
  /// Which of the entries of its kind about its run this is, from 0: a hold that was extended, a
  /// charge over the end of a month, one refund after another.
  package let part: Int
  package let reason: EntryReason?
  /// The entry that this one corrects or reverses.
  package let corrects: EntryID?
  /// Who asked for it and who approved it, for what is done by hand.
  package let approval: Approval?
  /// The closed period that the fact belongs to, where it came too late to stand in it.
  package let belated: AccountingPeriod?
  /// When the fact holds in the world.
  package let effective: Instant
  /// When the books learnt of it: by the clock of the store.
  package let recorded: Instant

  package init(
    id: EntryID, kind: EntryKind, allocation: AllocationID, amount: GPUTime, run: RunID? = nil,
    part: Int = 0, reason: EntryReason? = nil, corrects: EntryID? = nil,
    approval: Approval? = nil, belated: AccountingPeriod? = nil, effective: Instant,
    recorded: Instant
  ) {
    precondition(amount > .zero, "an entry moves a positive amount")
    precondition(part >= 0, "parts are counted from 0")
    self.id = id
    self.kind = kind
    self.allocation = allocation
    self.amount = amount
    self.run = run
    self.part = part
    self.reason = reason
    self.corrects = corrects
    self.approval = approval
    self.belated = belated
    self.effective = effective
    self.recorded = recorded
  }
}

extension Entry {
  /// The act by hand that made it, of which it may be a half; nil if none did.
  package var act: EntryID? {
    approval == nil ? nil : whole ?? id
  }

  /// The other half of what moved between allocations, by hand or carried over; nil for what is no
  /// such half.
  package var otherHalf: EntryID? { kind == .transferOut ? whole?.incoming : whole?.outgoing }

  /// What it is a half of.
  private var whole: EntryID? {
    switch kind {
    case .transferOut where id.text.hasSuffix(":out"): EntryID(String(id.text.dropLast(4)))
    case .transferIn where id.text.hasSuffix(":in"): EntryID(String(id.text.dropLast(3)))
    default: nil
    }
  }
}

/// Who stands behind an entry that was made by hand: opaque subjects, never names.
package struct Approval: Hashable, Sendable {
  package let requestedBy: String
  package let approvedBy: String

  package init(requestedBy: String, approvedBy: String) {
    self.requestedBy = requestedBy
    self.approvedBy = approvedBy
  }

  /// Who asked approved it as well: nobody else looked at it.
  package var isOwn: Bool { requestedBy == approvedBy }
}

/// The client-made id of an entry, and the key of its idempotency.
package struct EntryID: Hashable, Comparable, Sendable {
  package let text: String

  package init(_ text: String) { self.text = text }

  package static func hold(_ run: RunID, part: Int = 0) -> EntryID { of("hold", run, part) }
  package static func charge(_ run: RunID, part: Int = 0) -> EntryID { of("charge", run, part) }
  package static func release(_ run: RunID) -> EntryID { of("release", run, 0) }
  package static func refund(_ run: RunID, part: Int = 0) -> EntryID { of("refund", run, part) }
  package static func overrun(_ run: RunID) -> EntryID { of("overrun", run, 0) }

  /// What expires at once of a refund by policy.
  package static func lapse(_ run: RunID) -> EntryID { of("expiry", run, 0) }
  /// What expires at once of a correction by hand.
  package var lapse: EntryID { EntryID("expiry:\(text)") }

  /// Of what is carried over from an allocation, which is done once.
  package static func carry(_ allocation: AllocationID) -> EntryID {
    EntryID("carry:\(allocation)")
  }

  /// The entries by which acts of other kinds would stand under the key of this one, an act by hand
  /// (`credit:KEY`): one key is one act. None for what has no such id.
  package var rivals: [EntryID] {
    let words = text.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
    guard words.count == 2 else { return [] }
    let (kind, key) = (String(words[0]), words[1])
    let corrections = ["refund", "credit", "debit"]
    guard kind == "transfer" || corrections.contains(kind) else { return [] }
    let others = corrections.filter { $0 != kind }.map { EntryID("\($0):\(key)") }
    return kind == "transfer" ? others : others + [EntryID("transfer:\(key)").outgoing]
  }

  /// The two halves of what moves between allocations.
  package var outgoing: EntryID { EntryID("\(text):out") }
  package var incoming: EntryID { EntryID("\(text):in") }

  package static func < (left: Self, right: Self) -> Bool { left.text < right.text }

  /// `charge:P1042.1`, and `charge:P1042.1/2` for part 2.
  private static func of(_ kind: String, _ run: RunID, _ part: Int) -> EntryID {
    EntryID(part == 0 ? "\(kind):\(run)" : "\(kind):\(run)/\(part)")
  }
}

extension EntryID: CustomStringConvertible {
  package var description: String { text }
}
