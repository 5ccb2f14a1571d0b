import Simulation
import Testing

/// Figures worked by hand.
@Suite("metrics")
struct MetricsTests {
  static func metrics(
    _ jobs: [WorkloadJob], _ machine: MachineModel, starts: [Int64]
  ) -> (ReplayMetrics, ReplayTimeline) {
    let workload = Workload(jobs: jobs)
    let ends = zip(jobs, starts).map { $1 < 0 ? -1 : $1 + $0.run }
    let result = ReplayResult(starts: starts, ends: ends)
    let timeline = ReplayTimeline(machine, workload, result, buckets: 4)
    return (ReplayMetrics(machine, workload, result, timeline), timeline)
  }

  /// Four processors: 3 of them for 10 s; all for 20 s, waited for 8 s; 1 that never runs; 2 for 5 s
  /// at the end.
  static let hand = metrics(
    ReplayTests.jobs("0 10 10 3\n2 20 20 4\n3 5 5 9\n25 10 10 2"), .processors(4),
    starts: [0, 10, -1, 30])

  @Test("waits: mean, median, 95th of a hundred by nearest rank, longest")
  func waits() {
    let waits = Self.hand.0.waits
    #expect(waits.jobs == 3 && Self.hand.0.neverStarted == 1)
    #expect(waits.meanThousandths == 4333)
    #expect(waits.medianSeconds == 5 && waits.p95Seconds == 8 && waits.maxSeconds == 8)
    let hundred = WaitSummary(Array(1...100))
    #expect(hundred.medianSeconds == 50 && hundred.p95Seconds == 95)
    #expect(WaitSummary([]).maxSeconds == 0)
  }

  @Test("bounded slowdown: at least one, and a run counts as ten seconds at least")
  func slowdown() {
    // 1, (8 + 20) / 20 = 1.4, (5 + 10) / 10 = 1.5: their mean is 1.3.
    #expect(Self.hand.0.boundedSlowdownThousandths == 1300)
    let (short, _) = Self.metrics(
      ReplayTests.jobs("0 1 1 1\n0 2 2 1"), .processors(1), starts: [0, 28])
    // max(1, 1/10) and 30/10.
    #expect(short.boundedSlowdownThousandths == 2000)
  }

  @Test("utilisation: what was used of the machine from the first submission to the last end")
  func utilisation() {
    // (3 × 10 + 4 × 20 + 2 × 10) / (4 × 40)
    #expect(Self.hand.0.makespanSeconds == 40)
    #expect(Self.hand.0.utilisationMillionths == 812_500)
  }

  @Test("loss of capacity: what is idle while those that wait ask for it, and no more than that")
  func loss() {
    // One processor for the 8 s in which a job of four waits.
    #expect(Self.hand.0.lossOfCapacityMillionths == 50_000)
    let (small, _) = Self.metrics(
      ReplayTests.jobs("0 10 10 1\n0 10 10 1"), .processors(8), starts: [0, 10])
    // Seven are idle, and one is asked for.
    #expect(small.lossOfCapacityMillionths == 1_000_000 * 10 / (8 * 20))
  }

  @Test("queue: its mean over time and its longest")
  func queue() {
    // 8 s of one, 5 s of one; in 40 s.
    #expect(Self.hand.0.queueMeanThousandths == 325)
    #expect(Self.hand.0.queueMax == 1)
    #expect(Self.hand.1.buckets.map(\.queueThousandths) == [800, 0, 500, 0])
    #expect(
      Self.hand.1.buckets.map(\.usedMillionths) == [750_000, 1_000_000, 1_000_000, 500_000])
  }

  @Test("fair start: who starts after all that was there before is a miss, and nobody under FCFS")
  func fairStart() throws {
    // Job 3 comes last and overtakes 2, which would fairly have begun at 10.
    let (overtaken, _) = Self.metrics(
      ReplayTests.jobs("0 10 10 3\n1 5 5 4\n2 20 20 1"), .processors(4), starts: [0, 22, 2])
    #expect(overtaken.fairStart.lookedAt == 3 && overtaken.fairStart.misses == 1)
    #expect(overtaken.fairStart.meanMissThousandths == 4000)
    let workload = Generator.lublin(jobs: 300, processors: 64, load: 1.5, seed: 3)
    let machine = MachineModel.processors(64)
    let result = try Replay(machine: machine, workload: workload, policy: .fcfs).run()
    #expect(FairStart(machine, workload, result).misses == 0)
  }

  @Test("Jain's index: 1 where all users are served alike, 1/n where one of n gets all")
  func jain() {
    func job(_ member: String) -> WorkloadJob {
      WorkloadJob(
        number: 1, times: WorkloadTimes(submit: 0, run: 10, limit: 10), nodes: 1,
        owner: WorkloadOwner(member: member))
    }
    let alike = Self.metrics([job("a"), job("b")], .processors(2), starts: [10, 10]).0
    #expect(alike.jainMillionths == 1_000_000)
    // Served: 1 and 1/4. (5/4)² / (2 × 17/16) = 25/34.
    let other = Self.metrics([job("a"), job("b")], .processors(2), starts: [0, 30]).0
    #expect(other.jainMillionths == 735_294)
    #expect(Self.hand.0.jainMillionths == nil)
  }

  @Test("funders: what each used until the last submission, less its entitlement")
  func funders() {
    func job(_ funder: String, _ submit: Int64, _ run: Int64) -> WorkloadJob {
      WorkloadJob(
        number: 1, times: WorkloadTimes(submit: submit, run: run, limit: run), nodes: 1,
        owner: WorkloadOwner(funder: funder))
    }
    let machine = MachineModel(
      groups: MachineModel.processors(2).groups,
      shares: [
        FunderShare(funder: "x", thousandths: 600), FunderShare(funder: "y", thousandths: 400),
      ])
    // Until 40: y 10 s, x 30 of 90 s; what runs later counts for what was asked only.
    let uses = Self.metrics(
      [job("y", 0, 10), job("x", 10, 90), job("x", 40, 60)], machine, starts: [0, 10, 40]
    ).0.funders
    #expect(uses.map(\.funder) == ["x", "y"])
    #expect(uses.map(\.usedMillionths) == [750_000, 250_000])
    #expect(uses.map(\.askedMillionths) == [937_500, 62_500])
    #expect(uses.map(\.deviationMillionths) == [150_000, -150_000])
  }

  @Test("classes: by access mode where there are modes, else by size, in order")
  func classes() {
    #expect(Self.hand.0.waitsByClass.map(\.name) == ["2–4 wide"])
    let workload = Generator.aiFactory(jobs: 200, machine: .aiFactory, load: 0.5, seed: 1)
    let starts = workload.jobs.map(\.submit)
    let metrics = Self.metrics(workload.jobs, .aiFactory, starts: starts).0
    #expect(metrics.waitsByClass.map(\.name).contains("fast-lane"))
    #expect(metrics.waitsByClass.map(\.waits.jobs).reduce(0, +) == 200)
  }
}
