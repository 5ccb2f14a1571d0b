import Domain
import Ledger
import Testing

/// Scenarios count in hours; an account is kept to the millisecond.
@Suite("boundaries")
struct BoundaryTests {
  @Test("all that is available can be held, and not a millisecond more")
  func lastMillisecond() throws {
    let allocation = try #require(AllocationID("acme"))
    let job = JobID(number: 1)
    let run = RunID(task: TaskID(job: job, index: nil), attempt: 1)
    let now = Instant(milliseconds: 0)
    var books = Books()
    guard
      case .posted = books.post(
        .grant(EntryID("g1"), allocation, .hours(1), effective: now), now: now)
    else {
      Issue.record("nothing was granted")
      return
    }
    let more = GPUTime.hours(1) + GPUTime(milliseconds: 1)
    guard
      case .refused(.insufficient) = books.post(
        .hold(run, allocation, more, bearer: nil, effective: now), now: now)
    else {
      Issue.record("more was held than there is")
      return
    }
    guard
      case .posted = books.post(
        .hold(run, allocation, .hours(1), bearer: nil, effective: now), now: now)
    else {
      Issue.record("what there is could not be held")
      return
    }
    #expect(books.balances[allocation]?.available == .zero)
  }

  @Test(
    "what a run releases after the window's end expires no earlier, and no moment is below zero")
  func releasedLate() throws {
    let allocation = try #require(AllocationID("acme"))
    let run = RunID(task: TaskID(job: JobID(number: 1), index: nil), attempt: 1)
    func at(_ hour: Int64) -> Instant { Instant(seconds: hour * 3600) }
    var books = Books()
    for (posting, hour) in [
      (.grant(EntryID("g"), allocation, .hours(100), effective: at(0)), 0),
      (.hold(run, allocation, .hours(30), bearer: nil, effective: at(1)), 1),
      (.expire(EntryID("e1"), allocation, effective: at(12)), 12),
      (.settle(run, used: .hours(10), over: at(1)..<at(17)), 17),
      (.expire(EntryID("e2"), allocation, effective: at(12)), 18),
    ] as [(Posting, Int64)] {
      guard case .posted = books.post(posting, now: at(hour)) else {
        Issue.record("not posted: \(posting)")
        return
      }
    }
    #expect(books.balances[allocation]?.expired == .hours(90))
    let expiries = books.entries.filter { $0.kind == .expiry }
    #expect(expiries.map(\.effective) == [at(12), at(17)])
    for hour in 0...19 as ClosedRange<Int64> {
      let balance = books.balance(of: allocation, effectiveBefore: at(hour))
      #expect(balance.available >= .zero, "at \(hour) h")
    }
  }

  @Test("what ran before the books held for it is settled since then, and no moment is below zero")
  func heldLate() throws {
    let allocation = try #require(AllocationID("acme"))
    func run(_ job: Int64) -> RunID {
      RunID(task: TaskID(job: JobID(number: job), index: nil), attempt: 1)
    }
    func at(_ hour: Int64) -> Instant { Instant(seconds: hour * 3600) }
    var books = Books()
    // The second ran from 3 to 5, when the first held all but 5: the books heard of it at 9.
    for (posting, hour) in [
      (.grant(EntryID("g"), allocation, .hours(100), effective: at(0)), 0),
      (.hold(run(1), allocation, .hours(95), bearer: nil, effective: at(1)), 1),
      (.settle(run(1), used: .hours(5), over: at(1)..<at(8)), 8),
      (.hold(run(2), allocation, .hours(50), bearer: nil, effective: at(9)), 9),
      (.settle(run(2), used: .hours(10), over: at(3)..<at(5)), 9),
      (.refund(run(2), .nodeFailure, effective: at(5)), 9),
    ] as [(Posting, Int64)] {
      guard case .posted = books.post(posting, now: at(hour)) else {
        Issue.record("not posted: \(posting)")
        return
      }
    }
    #expect(books.entries.suffix(4).map(\.effective) == [at(9), at(9), at(9), at(9)])
    for hour in 0...10 as ClosedRange<Int64> {
      let balance = books.balance(of: allocation, effectiveBefore: at(hour))
      #expect(balance.available >= .zero && balance.held >= .zero, "at \(hour) h")
    }
  }
}
