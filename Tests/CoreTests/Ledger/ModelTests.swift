import Domain
import Ledger
import Testing

/// The books against a deliberately naive model of them: the same random acts, the same answers.
@Suite("the books and their naive model")
struct ModelTests {
  @Test("every random history gets the same answers", arguments: 1...150 as ClosedRange<UInt64>)
  func history(seed: UInt64) throws {
    var random = SplitMix64(seed: seed)
    var (books, model) = (Books(), NaiveBooks())
    var acts = Acts()
    for step in 1...160 {
      acts.clock += Int64(random.pick(1...40)) * 3_600_000
      let now = Instant(milliseconds: acts.clock)
      if random.oneIn(40) {
        let period = AccountingPeriod(containing: now).previous
        if books.close(period, now: now) { model.closedBefore = period.end.milliseconds }
        continue
      }
      if random.oneIn(30) {
        let caps = try acts.caps(&random)
        books.describe(caps)
        model.caps = caps
      }
      let posting = try acts.posting(&random, step)
      let answer = model.post(posting, now: acts.clock)
      let result = books.post(posting, now: now)
      #expect(same(result, answer), "seed \(seed) step \(step): \(posting)\n\(result)\n\(answer)")
      #expect(books.verify(), "seed \(seed) step \(step): \(posting)")
    }
    for (allocation, balance) in books.balances {
      #expect(balance.available.milliseconds == model.available(allocation.text), "seed \(seed)")
      #expect(balance.held.milliseconds == model.held(allocation.text), "seed \(seed)")
    }
    for cap in books.caps.values {
      let (taken, use) = (model.taken(cap), books.capUses[cap.id] ?? CapUse())
      #expect(use.held.milliseconds == taken.held && use.used.milliseconds == taken.used)
    }
    asOf(books, model, seed)
  }

  /// Balances as of moments, in either sense of time.
  private func asOf(_ books: Books, _ model: NaiveBooks, _ seed: UInt64) {
    for line in model.lines.prefix(200) where line.seqModulo(7) {
      let moment = Instant(milliseconds: line.effective)
      var earlier = model
      earlier.lines = model.lines.filter { $0.effective < line.effective }
      for (allocation, _) in books.balances {
        #expect(
          books.balance(of: allocation, effectiveBefore: moment).available.milliseconds
            == earlier.available(allocation.text), "seed \(seed)")
      }
      earlier.lines = model.lines.filter { $0.recorded < line.recorded }
      for (allocation, _) in books.balances {
        #expect(
          books.balance(
            of: allocation, recordedBefore: Instant(milliseconds: line.recorded)
          ).available.milliseconds == earlier.available(allocation.text), "seed \(seed)")
      }
    }
  }

  @Test("histories reach every kind of entry and every refusal")
  func coverage() throws {
    var (kinds, words): (Set<String>, Set<String>) = ([], [])
    for seed in 1...150 as ClosedRange<UInt64> {
      var random = SplitMix64(seed: seed)
      var model = NaiveBooks()
      var acts = Acts()
      for step in 1...160 {
        acts.clock += Int64(random.pick(1...40)) * 3_600_000
        if random.oneIn(60) {
          model.closedBefore =
            AccountingPeriod(containing: Instant(milliseconds: acts.clock)).start.milliseconds
        }
        if random.oneIn(30) { model.caps = try acts.caps(&random) }
        switch model.post(try acts.posting(&random, step), now: acts.clock) {
        case .again: words.insert("again")
        case .refused(let word): words.insert(word)
        case .lines(let lines): kinds.formUnion(lines.map(\.kind))
        }
      }
    }
    #expect(kinds == Set(EntryKind.allCases.map(\.rawValue)))
    #expect(
      words == [
        "again", "different", "unknown allocation", "same allocation", "unknown entry",
        "not correctable", "range", "closed", "no hold", "order", "not charged",
        "more than charged", "not deferred", "insufficient", "cap", "more than held",
      ])
  }

  private func same(_ result: PostingResult, _ answer: NaiveBooks.Answer) -> Bool {
    switch (result, answer) {
    case (.alreadyPosted, .again): true
    case (.refused(let refusal), .refused(let word)): Self.word(refusal) == word
    case (.posted(let entries), .lines(let lines)):
      entries.map { NaiveBooks.Line($0) } == lines
    default: false
    }
  }

  static func word(_ refusal: PostingRefusal) -> String {
    switch refusal {
    case .differentEntryExists: "different"
    case .unknownAllocation: "unknown allocation"
    case .sameAllocation: "same allocation"
    case .windowEnded: "window ended"
    case .unknownEntry: "unknown entry"
    case .notCorrectable: "not correctable"
    case .amountOutOfRange: "range"
    case .periodClosed: "closed"
    case .noOpenHold: "no hold"
    case .extensionOutOfOrder: "order"
    case .notCharged: "not charged"
    case .moreThanCharged: "more than charged"
    case .moreThanHeld: "more than held"
    case .moreThanAwarded: "more than awarded"
    case .notDeferred: "not deferred"
    case .insufficient: "insufficient"
    case .capReached: "cap"
    }
  }
}

extension NaiveBooks.Line {
  fileprivate func seqModulo(_ number: Int64) -> Bool { milliseconds / 1000 % number == 0 }
}
