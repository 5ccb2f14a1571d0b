import Domain
import Ledger
import Testing

/// The money scenarios of `Tables/money`: one act a line, and what the books answer.
@Suite("money tables")
struct MoneyTableTests {
  @Test("the books answer as the table says", arguments: TableFiles.names(in: "money"))
  func table(_ name: String) throws {
    var books = Books()
    var scene = MoneyScene()
    for line in try TableFiles.lines(of: name, in: "money") {
      scene.tick()
      let halves = line.text.split(separator: ">", maxSplits: 1)
      let act = words(halves[0].drop { $0 == " " }).filter { $0 != "->" && $0 != "-" }
      let place = "\(name):\(line.number)"
      switch act.first {
      case "is": #expect(figures(act, books) == act.dropFirst(2).joined(separator: " "), "\(place)")
      case "at": scene.set(try #require(Instant(act[1]), "\(place)"))
      case "window":
        let allocation = try #require(AllocationID(act[1]), "\(place)")
        let end: Instant = try #require(Instant(act[2]), "\(place)")
        books.windowEnds[allocation] = end
      case "cap":
        try scene.add(cap: act)
        books.describe(scene.caps)
      case "close":
        let period = try #require(AccountingPeriod(act[1]), "\(place)")
        let (was, done) = (books.closed, books.close(period, now: scene.now))
        let answer = done ? "closed" : was.map { $0 >= period } == true ? "was closed" : "not over"
        #expect(answer == words(halves[1]).joined(separator: " "), "\(place)")
      default:
        guard halves.count == 2, let posting = try scene.posting(act) else {
          throw TableError(table: name, line: line.number, problem: "not an act: \(line.text)")
        }
        let result = words(halves[1]).joined(separator: " ")
        let answer = text(books.post(posting, now: scene.now), at: scene.now)
        #expect(answer == result, "\(place)")
      }
      #expect(books.verify(), "\(place)")
    }
  }

  @Test("every scenario is read")
  func count() {
    #expect(TableFiles.names(in: "money").count >= 20)
  }

  private func text(_ result: PostingResult, at now: Instant) -> String {
    switch result {
    case .alreadyPosted: return "already"
    case .posted(let entries):
      return (["posted"] + entries.map { text($0, at: now) }).joined(separator: " ")
    case .refused(let refusal): return "refused " + text(refusal)
    }
  }

  /// Kind and hours; the month of what is effective in another one than the present, and in
  /// brackets the closed one that it belongs to.
  private func text(_ entry: Entry, at now: Instant) -> String {
    let month = AccountingPeriod(containing: entry.effective)
    let isElsewhere = month != AccountingPeriod(containing: now) || entry.belated != nil
    return "\(entry.kind.rawValue)=\(hours(entry.amount))" + (isElsewhere ? "@\(month)" : "")
      + (entry.belated.map { "(\($0))" } ?? "")
  }

  private func text(_ refusal: PostingRefusal) -> String {
    switch refusal {
    case .differentEntryExists: return "different"
    case .unknownAllocation: return "unknown-allocation"
    case .sameAllocation: return "same-allocation"
    case .windowEnded: return "window-ended"
    case .unknownEntry: return "unknown-entry"
    case .notCorrectable(_, let kind): return "not-correctable \(kind.rawValue)"
    case .amountOutOfRange: return "out-of-range"
    case .periodClosed(let period, _): return "closed \(period)"
    case .noOpenHold: return "no-open-hold"
    case .extensionOutOfOrder(_, let next): return "out-of-order next=\(next)"
    case .notCharged: return "not-charged"
    case .moreThanCharged(_, let requested, let left):
      return "more-than-charged requested=\(hours(requested)) left=\(hours(left))"
    case .notDeferred(_, let requested, let deferred):
      return "not-deferred requested=\(hours(requested)) deferred=\(hours(deferred))"
    case .insufficient(_, let requested, let available, let held):
      return "insufficient requested=\(hours(requested)) available=\(hours(available))"
        + " held=\(hours(held))"
    case .capReached(let cap, let requested, let limit, let use):
      return "cap \(cap) requested=\(hours(requested)) limit=\(hours(limit))"
        + " used=\(hours(use.used)) held=\(hours(use.held))"
    case .moreThanHeld(_, let requested, let left):
      return "more-than-held requested=\(hours(requested)) left=\(hours(left))"
    case .moreThanAwarded(_, let requested, let awarded, let most):
      return "more-than-awarded requested=\(hours(requested)) awarded=\(hours(awarded))"
        + " most=\(hours(most))"
    }
  }

  /// The figures of an allocation that are not zero, in the order of the equation.
  private func figures(_ act: [String], _ books: Books) -> String {
    guard act.count > 1, let id = AllocationID(act[1]), let balance = books.balances[id] else {
      return "no allocation"
    }
    let all = [
      ("granted", balance.granted), ("in", balance.transferredIn),
      ("out", balance.transferredOut), ("charged", balance.charged),
      ("refunded", balance.refunded), ("expired", balance.expired), ("held", balance.held),
      ("deferred", balance.deferred), ("overrun", balance.overrun),
      ("available", balance.available),
    ]
    return all.filter { $0.1 != .zero }.map { "\($0.0)=\(hours($0.1))" }.joined(separator: " ")
  }

  private func hours(_ amount: GPUTime) -> String { amount.hoursText(decimals: 0) }
}
