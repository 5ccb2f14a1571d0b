import Simulation
import Testing

/// The schedules of the three policies, on a count of processors.
@Suite("replay")
struct ReplayTests {
  /// Rows of: submit, run, limit, processors.
  static func jobs(_ table: String) -> [WorkloadJob] {
    table.split(separator: "\n").enumerated().map { index, line in
      let numbers = line.split(separator: " ").compactMap { Int64($0) }
      return WorkloadJob(
        number: Int64(index + 1),
        times: WorkloadTimes(submit: numbers[0], run: numbers[1], limit: numbers[2]),
        nodes: Int(numbers[3]))
    }
  }

  static func starts(_ jobs: [WorkloadJob], on processors: Int, _ policy: ReplayPolicy) throws
    -> [Int64]
  {
    let machine = MachineModel.processors(processors)
    return try Replay(machine: machine, workload: Workload(jobs: jobs), policy: policy).run().starts
  }

  /// Four processors. Job 1 ends at 6 instead of 10. Job 2 needs all; 3 is short and fits beside 1;
  /// 4 fits beside 1 but would delay 2; 5 fits nowhere before 2.
  static let table = """
    0 6 10 3
    1 5 5 4
    2 3 8 1
    3 9 20 1
    4 2 2 2
    """

  @Test("worked by hand: each policy has its own schedule of the same five jobs")
  func byHand() throws {
    let jobs = Self.jobs(Self.table)
    #expect(try Self.starts(jobs, on: 4, .fcfs) == [0, 6, 11, 11, 11])
    #expect(try Self.starts(jobs, on: 4, .easy) == [0, 6, 2, 11, 11])
    #expect(try Self.starts(jobs, on: 4, .conservative) == [0, 6, 2, 11, 11])
  }

  /// Three processors. Job 4 fits beside 1 and beside 2, the head; it would delay 3 alone.
  @Test("worked by hand: conservative backfill delays nobody in line, EASY not the first")
  func promises() throws {
    let jobs = Self.jobs("0 10 10 2\n1 10 10 2\n2 10 10 3\n3 30 30 1")
    #expect(try Self.starts(jobs, on: 3, .easy) == [0, 10, 33, 3])
    #expect(try Self.starts(jobs, on: 3, .conservative) == [0, 10, 20, 30])
  }

  @Test("a job wider than the machine never starts, and holds nobody up")
  func tooWide() throws {
    let jobs = Self.jobs("0 5 5 9\n1 5 5 2")
    for policy in ReplayPolicy.allCases {
      #expect(try Self.starts(jobs, on: 4, policy) == [-1, 1])
    }
  }

  @Test("a machine of nothing is an error")
  func empty() {
    #expect(throws: ReplayError.emptyMachine) { try Self.starts([], on: 0, .easy) }
  }

  @Test("random workloads have the schedule that the rules give word by word")
  func oracle() throws {
    for seed in 1...100 as ClosedRange<UInt64> {
      var dice = SplitMix64(seed: seed)
      let processors = dice.number(1...12)
      var submit: Int64 = 0
      let jobs = (1...25).map { number in
        submit += Int64(dice.number(0...6))
        let limit = Int64(dice.number(1...30))
        let run = dice.number(0...2) == 0 ? limit : Int64(dice.number(1...Int(limit)))
        return WorkloadJob(
          number: Int64(number), times: WorkloadTimes(submit: submit, run: run, limit: limit),
          nodes: dice.number(1...processors))
      }
      for policy in ReplayPolicy.allCases {
        let expected = NaiveReplay.starts(jobs, processors: processors, policy)
        let found = try Self.starts(jobs, on: processors, policy)
        #expect(found == expected, "seed \(seed), \(policy)")
      }
    }
  }
}
