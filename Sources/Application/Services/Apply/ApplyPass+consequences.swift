import Domain
import Ledger

/// What a description does besides what it says: told before it is applied.
extension ApplyPass {
  /// Says which allocations end, and how much of them expires at once and can't be brought back,
  /// where a window ends in the past by this description; and what would expire where one ends earlier
  /// than it did.
  mutating func noteExpiries() {
    for after in next.allocations.values.sorted(by: { $0.id < $1.id }) {
      let before = context.centre.allocations[after.id]
      if let before, context.now < after.window.upperBound,
        after.window.upperBound < before.window.upperBound
      {
        noteShortening(of: after, before)
      }
      guard after.window.upperBound <= context.now,
        before.map({ $0.window.upperBound > context.now }) ?? true
      else { continue }
      noteExpiry(of: after, before)
    }
  }

  /// Nothing is lost yet: a longer window brings it back until then.
  private mutating func noteShortening(of after: Allocation, _ before: Allocation) {
    var standing = context.balances[after.id] ?? Balance()
    standing.granted += after.granted - before.granted
    let rest = standing.available + standing.deferred + standing.held
    guard rest > .zero else { return }
    var text =
      "\(after.id) ends at \(after.window.upperBound) instead of \(before.window.upperBound): what "
      + "is not used by then expires, of the \(CanonicalText.told(rest)) that are left now"
    if standing.held > .zero {
      text += " (\(CanonicalText.told(standing.held)) of them held by runs)"
    }
    if let carry = next.carryOver(of: after.id, standing), carry.atMost > .zero {
      text += "; at most \(CanonicalText.told(carry.atMost)) move to \(carry.to)"
    }
    effects.append(text)
  }

  private mutating func noteExpiry(of after: Allocation, _ before: Allocation?) {
    var standing = context.balances[after.id] ?? Balance()
    standing.granted += after.granted - (before?.granted ?? .zero)
    if before == nil { standing.charged += after.opening }
    let rest = standing.available + standing.deferred
    let carry = next.carryOver(of: after.id, standing)
    // What is carried over waits until all runs have released what they hold.
    let all = carry == nil ? rest : rest + standing.held
    let moved = min(all, carry?.atMost ?? .zero)
    guard all > .zero || standing.held > .zero else {
      // What begins as over was never a right to anything.
      guard before != nil else { return }
      return noteEnd(
        "\(after.id) ends for good, with nothing left in it: its window ends at "
          + "\(after.window.upperBound), which is past")
    }
    var text =
      "\(CanonicalText.told(all - moved)) of \(after.id) expire and don't come back: its "
      + "window ends at \(after.window.upperBound), which is past"
    if let carry, moved > .zero {
      text += "; at most \(CanonicalText.told(moved)) move to \(carry.to)"
    }
    if carry == nil, standing.held > .zero {
      let held = CanonicalText.told(standing.held)
      text += "; so does what its runs leave of the \(held) that they hold"
    }
    noteEnd(text)
  }

  private mutating func noteEnd(_ text: String) {
    effects.append(text)
    irrevocable.append(text)
  }

  /// Says which caps become others though nothing is said of them: those in percent follow nodes,
  /// their rates and the shares of funders.
  mutating func noteMovedCaps() {
    let rules = Dictionary(context.centre.allCapRules.map { ($0.id, $0) }) { first, _ in first }
    let described = Dictionary(next.allCapRules.map { ($0.id, $0) }) { first, _ in first }
    let old = Dictionary(context.centre.caps(at: context.now).map { ($0.id, $0) }) { first, _ in
      first
    }
    for cap in next.caps(at: context.now).sorted(by: { $0.id < $1.id }) {
      guard let standing = old[cap.id], standing.limit != cap.limit,
        rules[cap.id] == described[cap.id]
      else { continue }
      effects.append(
        "cap \(cap.id) becomes \(CanonicalText.told(cap.limit)), which was "
          + "\(CanonicalText.told(standing.limit)): it is a part of what the machine can charge, "
          + "by its nodes, their rates and the share of its funder")
    }
  }

  /// Says where a cap is made, or made less, below what is taken under it or awarded: it takes nothing
  /// back, and yet nothing new starts under it.
  mutating func noteCrossedCaps() {
    let old = Dictionary(context.centre.caps(at: context.now).map { ($0.id, $0) }) { first, _ in
      first
    }
    for cap in next.caps(at: context.now).sorted(by: { $0.id < $1.id }) {
      guard cap.leavesLess(than: old[cap.id]) else { continue }
      let allows = "cap \(cap.id) allows \(CanonicalText.told(cap.limit)), and "
      let until = cap.period.upperBound
      let taken = taken(under: cap, before: old[cap.id])
      let awarded = next.allocations.values.filter { covers(cap, $0) }
        .reduce(GPUTime.zero) { $0 + $1.granted }
      if taken > cap.limit {
        effects.append(
          allows + "\(CanonicalText.told(taken)) are used and held under it already: "
            + (cap.strength == .hard
              ? "nothing new starts under it until \(until), unless it is raised"
              : "whoever submits under it is warned, and such jobs start after others"))
      } else if cap.strength == .hard, awarded > cap.limit {
        effects.append(
          allows
            + "\(CanonicalText.told(awarded)) are awarded under it: what is above it can't be "
            + "used before \(until), unless it is raised")
      }
    }
  }

  /// What is used and held under a cap by now. Of a new one that of the allocations which begin in its
  /// period: what the books will count, run by run, is known when it is described.
  private func taken(under cap: Cap, before: Cap?) -> GPUTime {
    if let before, before.scope == cap.scope, before.period == cap.period {
      return context.capUses[cap.id]?.taken ?? .zero
    }
    return context.centre.allocations.values.filter { covers(cap, $0) }
      .reduce(GPUTime.zero) { sum, allocation in
        let balance = context.balances[allocation.id] ?? Balance()
        return sum + max(balance.used + balance.held - allocation.opening, .zero)
      }
  }

  /// Nothing in the books of an allocation is later than its end.
  func checkLastEntry(of after: Allocation, _ fields: inout FieldReader) {
    guard let last = context.lastEntries[after.id], last > after.window.upperBound else { return }
    // Whoever writes what is told, in whole seconds, is not refused once more.
    let due = Instant(seconds: (last.milliseconds + 999) / 1000)
    fields.refuse(
      "window.until",
      "\(after.window.upperBound) is before the last entry of \(after.id), which is effective at "
        + "\(due): what is booked stands; end it then or later")
  }
}

extension Cap {
  /// True if it bounds what another one did not, or did at more; nil for none before.
  fileprivate func leavesLess(than before: Cap?) -> Bool {
    guard let before, before.scope == scope, before.period == period else { return true }
    return limit < before.limit || (strength == .hard && before.strength == .soft)
  }
}
