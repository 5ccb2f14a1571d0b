import Domain
import Ledger
import Testing

/// The money scenarios of `Tables/money`: one act a line, and what the books answer.
@Suite("money tables")
struct MoneyTableTests {
  @Test("the books answer as the table says", arguments: TableFiles.names(in: "money"))
  func table(_ name: String) throws {
    var books = Books()
    var second: Int64 = 0
    for line in try TableFiles.lines(of: name, in: "money") {
      second += 1
      let now = Instant(seconds: second)
      let halves = line.text.split(separator: ">", maxSplits: 1)
      let act = words(halves[0].drop { $0 == " " }).filter { $0 != "-" }
      if act.first == "is" {
        #expect(figures(act, books) == act.dropFirst(2).joined(separator: " "), "\(name):\(line)")
        continue
      }
      guard halves.count == 2, let posting = posting(act, now) else {
        throw TableError(table: name, line: line.number, problem: "not an act: \(line.text)")
      }
      let result = words(halves[1]).joined(separator: " ")
      #expect(text(books.post(posting, now: now)) == result, "\(name):\(line.number)")
      #expect(books.verify(), "\(name):\(line.number)")
    }
  }

  @Test("every scenario is read")
  func count() {
    #expect(TableFiles.names(in: "money").count >= 9)
  }

  private func posting(_ act: [String], _ now: Instant) -> Posting? {
    let amount = act.lazy.compactMap { Int64($0) }.first.map(GPUTime.hours) ?? .zero
    let entry = EntryID(act.count > 1 ? act[1] : "")
    let run = act.count > 1 ? RunID(act[1]) : nil
    let allocation = act.count > 2 ? AllocationID(act[2]) : nil
    let reason = act.last.flatMap { EntryReason(rawValue: $0) }
    switch (act.first, run, allocation, reason) {
    case ("grant", _, let allocation?, _): return .grant(entry, allocation, amount, effective: now)
    case ("withdraw", _, let allocation?, _):
      return .withdraw(entry, allocation, amount, effective: now)
    case ("open", _, let allocation?, _): return .open(entry, allocation, amount, effective: now)
    case ("expire", _, let allocation?, _): return .expire(entry, allocation, effective: now)
    case ("hold", let run?, let allocation?, _):
      return .hold(run, allocation, amount, effective: now)
    case ("settle", let run?, _, _): return .settle(run, used: amount, over: now..<now)
    case ("refund", let run?, _, let reason?): return .refund(run, reason, effective: now)
    case ("overrun", let run?, let allocation?, let reason?):
      return .overrun(run, allocation, amount, reason, effective: now)
    default: return nil
    }
  }

  private func text(_ result: PostingResult) -> String {
    switch result {
    case .alreadyPosted: return "already"
    case .posted(let entries):
      return (["posted"] + entries.map { "\($0.kind.rawValue)=\(hours($0.amount))" })
        .joined(separator: " ")
    case .refused(let refusal):
      switch refusal {
      case .differentEntryExists: return "refused different"
      case .unknownAllocation: return "refused unknown-allocation"
      case .amountOutOfRange: return "refused out-of-range"
      case .noOpenHold: return "refused no-open-hold"
      case .notCharged: return "refused not-charged"
      case .sameAllocation: return "refused same-allocation"
      case .unknownEntry: return "refused unknown-entry"
      case .notCorrectable(_, let kind): return "refused not-correctable \(kind.rawValue)"
      case .periodClosed(let period, _): return "refused closed \(period)"
      case .extensionOutOfOrder(_, let next): return "refused out-of-order next=\(next)"
      case .moreThanCharged(_, let requested, let left):
        return "refused more-than-charged requested=\(hours(requested)) left=\(hours(left))"
      case .notDeferred(_, let requested, let deferred):
        return "refused not-deferred requested=\(hours(requested)) deferred=\(hours(deferred))"
      case .capReached(let cap, let requested, let limit, let use):
        return "refused cap \(cap) requested=\(hours(requested)) limit=\(hours(limit))"
          + " used=\(hours(use.used)) held=\(hours(use.held))"
      case .insufficient(_, let requested, let available, let held):
        return "refused insufficient requested=\(hours(requested)) available=\(hours(available))"
          + " held=\(hours(held))"
      }
    }
  }

  /// The figures of an allocation that are not zero, in the order of the equation.
  private func figures(_ act: [String], _ books: Books) -> String {
    guard act.count > 1, let id = AllocationID(act[1]), let balance = books.balances[id] else {
      return "no allocation"
    }
    let all = [
      ("granted", balance.granted), ("in", balance.transferredIn),
      ("out", balance.transferredOut), ("charged", balance.charged), ("refunded", balance.refunded),
      ("expired", balance.expired), ("held", balance.held),
      ("deferred", balance.deferred), ("overrun", balance.overrun),
      ("available", balance.available),
    ]
    return all.filter { $0.1 != .zero }.map { "\($0.0)=\(hours($0.1))" }.joined(separator: " ")
  }

  private func hours(_ amount: GPUTime) -> String { amount.hoursText(decimals: 0) }
}
