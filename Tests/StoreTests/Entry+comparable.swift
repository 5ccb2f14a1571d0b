// Why: two books that mean the same differ in what the clock of the store says.
import Domain
import Ledger
import Lifecycle
import Reporting
import Services

extension Entry {
  /// Without what depends on the clock of the store: when it was recorded, when a hold was
  /// extended or one that was given back ended, and the id of what the calendar does.
  var comparable: Entry {
    let isOfTheCalendar =
      run == nil && approval == nil
      && [.expiry, .instalment, .transferOut, .transferIn].contains(kind)
    let isNow =
      kind == .release || kind == .hold && part > 0 || isOfTheCalendar && kind == .instalment
    return Entry(
      id: isOfTheCalendar ? EntryID(kind.rawValue) : id, kind: kind, allocation: allocation,
      amount: amount, run: run, part: part, reason: reason, corrects: corrects,
      approval: approval, belated: belated, effective: isNow ? Example.past : effective,
      recorded: Example.past)
  }
}

extension PostingResult {
  /// As of its entries.
  var comparable: PostingResult {
    guard case .posted(let entries) = self else { return self }
    return .posted(entries.map(\.comparable))
  }
}

extension LimitOutcome {
  /// Without how long a run has run by the clock of the store.
  var comparable: LimitOutcome {
    if case .refused(let task, .past) = self { .refused(task, .past(ran: .zero)) } else { self }
  }
}

extension PaceFacts {
  /// Without when its acts were recorded, which is a clock's.
  var comparable: PaceFacts {
    PaceFacts(acts: acts.map(\.comparable), uses: uses, expired: expired)
  }
}
