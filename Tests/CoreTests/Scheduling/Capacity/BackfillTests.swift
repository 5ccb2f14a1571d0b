import Scheduling
import Testing

/// Small schedules worked by hand, on a machine of four processors.
@Suite("backfill")
struct BackfillTests {
  /// submit, processors, limit, run; then the start under FCFS, EASY, conservative.
  private static let table: [[Int64]] = [
    [0, 3, 10, 10, 0, 0, 0],
    // The head: three processors are free at 10.
    [1, 3, 10, 10, 10, 10, 10],
    // All four: behind the head at 20; EASY has promised it nothing.
    [2, 4, 10, 10, 20, 33, 20],
    // Beside the head, but not beside the third.
    [3, 1, 30, 30, 30, 3, 30],
  ]

  @Test(
    "EASY protects the head alone, conservative backfill everybody ahead",
    arguments: PlanningPolicy.allCases)
  func classic(policy: PlanningPolicy) {
    #expect(starts(Self.table, policy) == Self.table.map { $0[column(policy)] })
  }

  /// The first ends at 10 and not at its limit of 40.
  private static let early: [[Int64]] = [
    [0, 4, 40, 10, 0, 0, 0],
    [1, 4, 10, 10, 10, 10, 10],
    [2, 1, 10, 10, 20, 20, 20],
    [3, 4, 10, 10, 30, 30, 30],
  ]

  @Test("who ends early lets all that wait move up", arguments: PlanningPolicy.allCases)
  func endsEarly(policy: PlanningPolicy) {
    #expect(starts(Self.early, policy) == Self.early.map { $0[column(policy)] })
  }

  /// The first is told to have ended after the second arrived, in the same second.
  private static let sameSecond: [[Int64]] = [
    [0, 4, 10, 10, 0, 0, 0],
    [10, 4, 5, 5, 10, 10, 10],
  ]

  @Test(
    "what has reached its limit counts as gone before its end is told",
    arguments: PlanningPolicy.allCases)
  func atLimit(policy: PlanningPolicy) {
    #expect(starts(Self.sameSecond, policy) == [0, 10])
  }

  @Test("who asks for more than there is never starts, and holds nobody up")
  func tooLarge() {
    let jobs: [[Int64]] = [[0, 5, 10, 10], [1, 4, 10, 10]]
    #expect(starts(jobs, .fcfs) == [-1, 1])
    #expect(starts(jobs, .easy) == [-1, 1])
    #expect(starts(jobs, .conservative) == [-1, 1])
  }

  @Test("a shape of two lanes starts when both are free, and takes from both")
  func lanes() {
    // GPUs are taken until 20, one CPU from 15 until 30.
    var profile = Profile(from: 0, values: [4, 8])
    profile.add([-4], from: 0, until: 20)
    profile.add([0, -1], from: 15, until: 30)
    var capacity = Capacity(pools: [profile])
    let shape = capacity.addShape(
      on: 0,
      [Capacity.Part(lane: 0, needs: 2, takes: 2), Capacity.Part(lane: 1, needs: 8, takes: 4)])
    #expect(capacity.earliest(shape, span: 10, notBefore: 0) == 30)
    capacity.take(shape, from: 30, until: 40)
    #expect(capacity.earliest(shape, span: 10, notBefore: 0) == 40)
    #expect(!capacity.has(shape, from: 39, span: 1) && capacity.has(shape, from: 40, span: 1))
  }

  private func column(_ policy: PlanningPolicy) -> Int {
    switch policy {
    case .fcfs: 4
    case .easy: 5
    case .conservative: 6
    }
  }

  private func starts(_ jobs: [[Int64]], _ policy: PlanningPolicy) -> [Int64] {
    Self.starts(jobs, policy, on: 4)
  }

  private static func starts(
    _ jobs: [[Int64]], _ policy: PlanningPolicy, on processors: Int64
  ) -> [Int64] {
    switch policy {
    case .fcfs: starts(jobs, HeadBackfill(processors: processors, overtakes: false))
    case .easy: starts(jobs, HeadBackfill(processors: processors, overtakes: true))
    case .conservative: starts(jobs, ConservativeBackfill(processors: processors, from: 0))
    }
  }

  /// Events of one second: submissions, then ends, then starts.
  private static func starts(_ jobs: [[Int64]], _ fresh: some Backfill) -> [Int64] {
    var backfill = fresh
    var starts = [Int64](repeating: -1, count: jobs.count)
    var ends: [(time: Int64, task: Int)] = []
    var arrived = 0
    while true {
      ends.sort { ($0.time, $0.task) < ($1.time, $1.task) }
      let arrival = arrived < jobs.count ? jobs[arrived][0] : .max
      let now = min(arrival, ends.first?.time ?? .max, backfill.nextStart)
      guard now < .max else { return starts }
      if arrival == now {
        _ = backfill.submit(jobs[arrived][1], span: jobs[arrived][2], at: now)
        arrived += 1
      } else if ends.first?.time == now {
        backfill.end(ends.removeFirst().task, at: now)
      }
      backfill.step(at: now)
      for task in backfill.started {
        starts[task] = now
        ends.append((now + jobs[task][3], task))
      }
    }
  }

  @Test(
    "what is made for speed starts everybody when the rules as they stand do",
    arguments: PlanningPolicy.allCases)
  func plain(policy: PlanningPolicy) {
    for seed in 1...300 as ClosedRange<UInt64> {
      var dice = SplitMix64(seed: seed)
      // Few processors and long queues, or many and short ones; limits that are alike, or not.
      let processors = [3, 8, 40, 1000][dice.pick(0...3)]
      let gap = [1, 5, 30][dice.pick(0...2)]
      let longest = [4, 30, 500][dice.pick(0...2)]
      var now: Int64 = 0
      let jobs: [[Int64]] = (0..<[20, 50, 150][dice.pick(0...2)]).map { _ in
        now += Int64(dice.pick(0...gap))
        let limit = dice.pick(1...longest)
        let run = dice.pick(0...2) == 0 ? limit : dice.pick(0...limit)
        let widest = dice.pick(0...3) == 0 ? processors + 1 : max(processors / 4, 1)
        return [
          now, Int64(dice.pick(1...widest) - (dice.oneIn(50) ? 1 : 0)), Int64(limit), Int64(run),
        ]
      }
      let expected = Self.starts(jobs, PlainBackfill(policy, processors: processors, from: 0))
      let found = Self.starts(jobs, policy, on: Int64(processors))
      #expect(found == expected, "seed \(seed), \(policy)")
    }
  }
}
