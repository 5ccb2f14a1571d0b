import Domain
import Ledger
import Lifecycle
import Testing

/// What is booked of runs that Slurm put back, started by itself, or ended too soon to be seen.
@Suite struct ReconciliationTests {
  private static let reconciliation = Reconciliation(
    policy: LifecyclePolicy(
      grace: Seconds(60), startTimeout: Seconds(30), absenceTimeout: Seconds(60)))
  private let task = TaskID(job: JobID(number: 7), index: nil)
  private let submitted = Instant(milliseconds: 1_000_000_900)

  private func job(requeue: Bool = false) throws -> JobRecord {
    JobRecord(
      id: task.job,
      request: JobRequest(
        name: "job", member: try #require(MemberID("m-1")),
        project: try #require(ProjectID("sealing")), allocation: nil,
        partition: try #require(PartitionName("gpu")), nodeCount: 1,
        perNode: NodeResources(gpus: 2, cpus: 8, memoryMiB: 1024), gpuType: nil,
        timeLimit: .hours(1), requeue: requeue),
      origin: .slurm, submitted: submitted, binding: .bound(41))
  }

  private func partition(rateVersion: Int = 1, perGPU: Int64 = 1000) throws -> Partition {
    Partition(
      name: try #require(PartitionName("gpu")), nodes: [try #require(NodeName("gn01"))],
      wholeNodes: false, defaultTimeLimit: .hours(1), maximumTimeLimit: .hours(24),
      defaultsPerGPU: .none,
      rateCards: [
        RateCard(
          version: rateVersion, inForceFrom: Instant(milliseconds: 0),
          rates: Rates(perGPU: perGPU, perCPU: 0, perGiB: 0))
      ])
  }

  private func run(started: Instant? = nil) throws -> RunRecord {
    RunRecord(
      id: RunID(task: task, attempt: 1), allocation: try #require(AllocationID("sealing-1")),
      placement: Placement(
        nodes: [try #require(NodeName("gn01"))],
        perNode: NodeResources(gpus: 2, cpus: 8, memoryMiB: 1024)),
      weight: Weight(thousandths: 2000), rateVersion: 1, hold: GPUTime(milliseconds: 7_320_000),
      reach: Seconds(3660), committed: submitted, started: started)
  }

  private func steps(
    _ state: TaskState, _ run: RunRecord?, _ observation: Observation, now: Instant,
    requeue: Bool = false, partition: Partition? = nil
  ) throws -> [Reconciliation.Step] {
    Self.reconciliation.steps(
      job: try job(requeue: requeue),
      task: TaskRecord(id: task, state: state, attempts: run == nil ? 0 : 1), run: run,
      partition: try partition ?? self.partition(), nodes: [:], adopter: AllocationID("sealing-1"),
      observation: observation, missingSince: run?.started ?? submitted, now: now)
  }

  private func ends(_ steps: [Reconciliation.Step]) -> [RunEnd] {
    steps.compactMap { step in
      if case .transition(.ended(_, let end)) = step { end } else { nil }
    }
  }

  @Test("a run that was put back in Slurm without a record is charged until then, not refunded")
  func chargesWhatWasPutBack() throws {
    let start = Instant(seconds: 1_000_010)
    let back = Instant(seconds: 1_004_010)
    let pending = Observation.pending(slurmJobID: 41, held: false, since: back, restarts: 1)
    let run = try run(started: start)
    let soon = try steps(
      .running(run.id), run, pending, now: back + Seconds(60), requeue: true)
    #expect(soon.isEmpty, "its record may still come")
    let late = ends(
      try steps(.running(run.id), run, pending, now: back + Seconds(61), requeue: true))
    let end = try #require(late.first)
    #expect(end.end == back)
    #expect(end.used == GPUTime(milliseconds: 8_000_000))
    #expect(end.refund == nil)
    #expect(end.requeued)
  }

  @Test("a first run counts as ended although Slurm's clock is a little behind Postgres's")
  func acceptsClocksThatDiffer() throws {
    let run = try run()
    let facts = Observation.EndedFacts(
      slurmJobID: 41, submissionID: 41, start: Instant(seconds: 999_999),
      end: Instant(seconds: 999_999),
      outcome: .completed, exitCode: 0, signal: 0)
    #expect(ends(try steps(.starting(run.id), run, .ended(facts), now: submitted)).count == 1)
  }

  @Test("an end without its start is charged from the start that was seen")
  func chargesFromTheStartThatWasSeen() throws {
    let run = try run(started: Instant(seconds: 1_000_010))
    let facts = Observation.EndedFacts(
      slurmJobID: 41, submissionID: 41, start: nil, end: Instant(seconds: 1_000_020),
      outcome: .completed,
      exitCode: 0, signal: 0)
    let end = try #require(
      ends(try steps(.running(run.id), run, .ended(facts), now: facts.end)).first)
    #expect(end.used == GPUTime(milliseconds: 20_000))
  }

  @Test("what Slurm ran without Polder, and was seen only after its end, is booked")
  func booksWhatRanUnseen() throws {
    let facts = Observation.EndedFacts(
      slurmJobID: 41, submissionID: 41, start: Instant(seconds: 1_000_100),
      end: Instant(seconds: 1_000_200),
      outcome: .completed, exitCode: 0, signal: 0)
    let now = Instant(seconds: 1_000_300)
    let taken = try steps(.waiting, nil, .ended(facts), now: now)
    guard case .transition(.adopted(task, let run, slurmJobID: 41, _)) = try #require(taken.first)
    else {
      Issue.record("not adopted: \(taken)")
      return
    }
    #expect(run.weight == Weight(thousandths: 2000))
    #expect(run.started == facts.start)
    // The books hold for it from when they hear of it, since what was available then they know.
    #expect(run.committed == now)
    #expect(ends(taken).map(\.used) == [GPUTime(milliseconds: 200_000)])
  }

  @Test("a run keeps its weight where Slurm shows no shares, or its rate card is not known")
  func keepsTheWeightOfTheHold() throws {
    let run = try run()
    let node = try #require(NodeName("gn01"))
    func weight(_ shares: [NodeName: NodeResources], _ partition: Partition) throws -> Weight? {
      let facts = Observation.RunningFacts(
        slurmJobID: 41, submissionID: 41, start: submitted, shares: shares, devices: [])
      let taken = try steps(
        .starting(run.id), run, .running(facts), now: submitted, partition: partition)
      guard case .transition(.started(_, _, let weight, _, _, _)) = taken.first else { return nil }
      return weight
    }
    let share = NodeResources(gpus: 2, cpus: 8, memoryMiB: 1024)
    #expect(try weight([:], partition()) == run.weight)
    #expect(try weight([node: share], partition(rateVersion: 2, perGPU: 9000)) == run.weight)
    #expect(
      try weight([node: NodeResources(gpus: 3, cpus: 8, memoryMiB: 1024)], partition())
        == Weight(thousandths: 3000))
  }
}
