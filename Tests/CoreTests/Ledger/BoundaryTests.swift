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
}
