// Why: two books that mean the same differ in what the clock of the store says.
import Ledger

extension Entry {
  /// Without what depends on the clock of the store: when it was recorded, when a hold that was
  /// given back ended, and the id of what the calendar does.
  var comparable: Entry {
    let isOfTheCalendar =
      run == nil && approval == nil
      && [.expiry, .instalment, .transferOut, .transferIn].contains(kind)
    let isNow = kind == .release || isOfTheCalendar && kind == .instalment
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
