// Why: by slurmctld's local times an hour comes twice when clocks go back. Runs of that night were
// charged an hour too much or too little, and those submitted in it were taken for lost.
import BridgeProtocol
import Domain
import Engine
import Lifecycle
import Testing

@testable import Services

@Suite("the hour that comes twice")
struct RecordHourTests {
  /// Seconds are counted from 2027-10-31T00:00:00Z, when it is 02:00 in Amsterdam; an hour later it is
  /// 02:00 again.
  private static func at(_ second: Int) -> Instant {
    Instant(seconds: 1_824_940_800 + Int64(second))
  }

  private let task = Listed.task(1042)

  /// A line whose times can mean each of these.
  private func line(_ times: (submit: Int, start: Int, end: Int)...) -> EndedRun {
    let readings = times.map { times in
      let base = Int(Self.at(0).wholeSeconds)
      return JobTimes(
        submit: base + times.submit, eligible: nil, start: base + times.start,
        end: base + times.end)
    }
    return EndedRun(
      jobID: 17, arrayJobID: nil, arrayTask: nil, uid: 64_009, account: "longscan",
      partition: "gpu", name: "primes", state: .completed, times: readings[0],
      otherTimes: Array(readings.dropFirst()), exit: ExitStatus(code: 0, signal: 0),
      nodes: ["gn01"])
  }

  /// A run of a job that was submitted at one second and committed at another.
  private func state(
    submitted: Int = -86_400, committed: Int, started: Int? = nil
  ) throws -> EngineState {
    let listed = Listed.record(1042, bound: 17)
    let job = JobRecord(
      id: listed.id, request: listed.request, origin: .slurm, submitted: Self.at(submitted),
      binding: .bound(17))
    var state = Listed.state(job)
    let run = RunID(task: task, attempt: 1)
    state.tasks[task] = TaskRecord(
      id: task, state: started == nil ? .starting(run) : .running(run), attempts: 1)
    state.runs[run] = RunRecord(
      id: run, allocation: try #require(AllocationID("longscan-1")),
      placement: Placement(nodes: [], perNode: job.request.perNode),
      weight: Weight(thousandths: 1000), rateVersion: 1, hold: nil, reach: .hours(24),
      committed: Self.at(committed), started: started.map(Self.at))
    return state
  }

  /// The seconds that a line charges, read at `now` if the record ended before `since` already.
  private func charged(
    _ line: EndedRun, _ state: EngineState, since: Int? = nil, now: Int = 36_000
  ) throws -> Int64 {
    let read = RecordOrder.read([line], since: since.map(Self.at), now: Self.at(now))
    let match = try #require(Submissions(state).match(read[0], state))
    let (job, record) = (try #require(state.jobs[task.job]), try #require(state.tasks[task]))
    let run = try #require(record.state.run.flatMap { state.runs[$0] })
    let steps = Reconciliation(
      policy: LifecyclePolicy(
        grace: Seconds(60), startTimeout: Seconds(30), absenceTimeout: Seconds(60))
    ).steps(
      job: job, task: record, run: run, partition: nil, nodes: [:], adopter: nil,
      observation: match.observation, missingSince: Self.at(now), now: Self.at(now))
    let end = steps.lazy.compactMap { step in
      if case .transition(.ended(_, let end)) = step { end } else { nil }
    }.first
    return try #require(end).used.milliseconds / 1000
  }

  @Test("a run is charged from the start that was seen, whichever the line could mean")
  func seenToBegin() throws {
    // 02:10 to 03:20.
    let second = (submit: -86_400, start: 4200, end: 8400)
    let first = (submit: -86_400, start: 600, end: 8400)
    for line in [line(first, second), line(second, first)] {
      #expect(try charged(line, try state(committed: 4199, started: 4200)) == 4200)
      #expect(try charged(line, try state(committed: 599, started: 600)) == 7800)
      // Its start was not seen: it began soon after it was released.
      #expect(try charged(line, try state(committed: 4199)) == 4200)
      #expect(try charged(line, try state(committed: 599)) == 7800)
    }
  }

  @Test("an end is after the record was last read, and before now; else the shorter run counts")
  func end() throws {
    // 00:30 to 02:30.
    let line = line(
      (submit: -86_400, start: -5400, end: 1800), (submit: -86_400, start: -5400, end: 5400))
    let state = try state(committed: -5401, started: -5400)
    #expect(try charged(line, state, since: 5399, now: 5400) == 10_800)
    #expect(try charged(line, state, since: 1799, now: 1800) == 7200)
    #expect(try charged(line, state, now: 5397) == 7200)
    #expect(try charged(line, state) == 7200, "nothing proves the hour")
  }

  @Test("a job that was submitted in the hour has its line")
  func submitted() throws {
    let first = (submit: 600, start: 660, end: 8400)
    let second = (submit: 4200, start: 4260, end: 8400)
    let state = try state(submitted: 4200, committed: 4258)
    #expect(try charged(line(first, second), state) == 4140)
  }

  @Test("lines stand in the order of their ends")
  func order() {
    func ends(_ lines: [EndedRun], since: Int? = nil, now: Int = 36_000) -> [Int] {
      RecordOrder.read(lines, since: since.map(Self.at), now: Self.at(now)).compactMap { line in
        line.times.end.map { $0 - Int(Self.at(0).wholeSeconds) }
      }
    }
    /// Ends so many minutes after two o'clock.
    func line(_ minutes: Int) -> EndedRun {
      let end = minutes * 60
      return self.line(
        (submit: -9000, start: -8000, end: end), (submit: -9000, start: -8000, end: end + 3600))
    }
    // 02:50 stands before 02:05: the hour began anew between them.
    #expect(ends([line(40), line(50), line(5), line(20)]) == [2400, 3000, 3900, 4800])
    #expect(ends([line(30), line(55)], since: 5390) == [5400, 6900])
    #expect(ends([line(30), line(55)], now: 3301) == [1800, 3300])
    #expect(ends([line(30), line(28)]) == [1800, 1680], "a failed node is noticed late")
    let plain = self.line((submit: 0, start: 0, end: 99_999))
    #expect(RecordOrder.read([plain], since: nil, now: Self.at(0)) == [plain], "by a false clock")
  }

  @Test("all that the start can mean is known of the end, so that a line read again gives nothing")
  func readAgain() {
    let facts = Submissions.facts(
      of: line(
        (submit: 0, start: 600, end: 1200), (submit: 0, start: 600, end: 4800),
        (submit: 0, start: 4200, end: 4800)))
    #expect(facts.start == Self.at(600))
    #expect(facts.otherStarts == [Self.at(4200)])
  }
}
