import Domain
import Ledger
import Testing

/// What holds in the books whatever is posted, in whatever order.
@Suite("books")
struct BooksPropertyTests {
  @Test(
    "no order of postings overdraws, overcharges or unbalances the books",
    arguments: 1...40 as ClosedRange<UInt64>)
  func random(seed: UInt64) {
    var random = SplitMix64(seed: seed)
    var books = Books()
    var granted: [AllocationID: GPUTime] = [:]
    for step in 1...300 {
      let posting = randomPosting(&random, step)
      let before = books
      let result = books.post(posting, now: Instant(seconds: Int64(step)))
      switch result {
      case .alreadyPosted, .refused: #expect(books == before, "seed \(seed) step \(step)")
      case .posted(let entries):
        #expect(books.entries == before.entries + entries, "seed \(seed) step \(step)")
        for entry in entries where entry.kind == .grant {
          granted[entry.allocation, default: .zero] += entry.amount
        }
      }
      let again = books.post(posting, now: Instant(seconds: Int64(step) + 1))
      if case .posted(let entries) = again {
        // An expiry of nothing posts nothing, and may be said again.
        #expect(entries.isEmpty, "seed \(seed) step \(step): posted twice")
      }
      #expect(books.verify(), "seed \(seed) step \(step)")
      for (allocation, balance) in books.balances {
        #expect(balance.available >= .zero && balance.held >= .zero, "seed \(seed) step \(step)")
        #expect(
          balance.available + balance.held + balance.used + balance.expired == balance.granted,
          "seed \(seed) step \(step)")
        #expect(balance.granted <= granted[allocation] ?? .zero, "seed \(seed) step \(step)")
      }
    }
    expectChargesWithinHolds(books, seed)
  }

  @Test("equal postings give equal books")
  func determinism() {
    func books() -> Books {
      var random = SplitMix64(seed: 7)
      var books = Books()
      for step in 1...200 {
        _ = books.post(randomPosting(&random, step), now: Instant(seconds: Int64(step)))
      }
      return books
    }
    #expect(books() == books())
    #expect(books().entries.count > 40)
  }

  @Test("charge and release are the hold, and the overrun is the rest")
  func settlement() {
    for (hold, used) in [(10, 0), (10, 4), (10, 10), (10, 17), (10, -3)] as [(Int64, Int64)] {
      let parts = Settlement(hold: .hours(hold), used: .hours(used))
      #expect(parts.charge + parts.release == .hours(hold))
      #expect(parts.charge + parts.overrun == .hours(max(used, 0)))
    }
  }

  private func expectChargesWithinHolds(_ books: Books, _ seed: UInt64) {
    var held: [RunID: GPUTime] = [:]
    var taken: [RunID: GPUTime] = [:]
    for entry in books.entries {
      guard let run = entry.run else { continue }
      switch entry.kind {
      case .hold: held[run, default: .zero] += entry.amount
      case .charge, .release: taken[run, default: .zero] += entry.amount
      default: break
      }
    }
    for (run, amount) in taken { #expect(amount == held[run], "seed \(seed): \(run)") }
    for (run, amount) in held where taken[run] == nil {
      #expect(books.openHold(of: run) == amount, "seed \(seed): \(run)")
    }
  }

  private func randomPosting(_ random: inout SplitMix64, _ step: Int) -> Posting {
    let at = Instant(seconds: Int64(step))
    let names = ["acme", "brek", "cees"].compactMap { AllocationID($0) }
    let allocation = names[random.pick(0...2)]
    let task = TaskID(job: JobID(number: Int64(random.pick(1...25))), index: nil)
    let run = RunID(task: task, attempt: random.pick(1...2))
    let amount = GPUTime(milliseconds: Int64(random.pick(-2...60)) * 1000)
    let id = EntryID("e\(random.oneIn(4) ? random.pick(1...step) : step)")
    switch random.pick(1...12) {
    case 1, 2: return .grant(id, allocation, amount, effective: at)
    case 3: return .withdraw(id, allocation, amount, effective: at)
    case 4: return .open(id, allocation, amount, effective: at)
    case 5...7: return .hold(run, allocation, amount, effective: at)
    case 8, 9: return .settle(run, used: amount, over: at..<at)
    case 10: return .refund(run, random.oneIn(2) ? .nodeFailure : .vanished, effective: at)
    case 11: return .overrun(run, allocation, amount, .unplanned, effective: at)
    default: return .expire(id, allocation, effective: at)
    }
  }
}
