import Domain
import Engine
import Ledger
import Lifecycle

/// One task of the small site at a stage of its life, for a look at Slurm to be held against.
struct Look {
  enum Stage: CaseIterable { case waiting, starting, running, ended }

  let job: JobRecord
  let task: TaskRecord
  /// Committed at second 0; of a running task started at second 5.
  let run: RunRecord

  init(
    _ stage: Stage, _ origin: JobOrigin, bound slurmJobID: Int64? = 17, attempts: Int? = nil,
    request: JobRequest = SmallSite.request()
  ) {
    job = SmallSite.job(1042, request, origin, bound: slurmJobID)
    let id = request.tasks(of: job.id)[0]
    let attempts = attempts ?? (stage == .waiting ? 0 : 1)
    let runID = RunID(task: id, attempt: max(attempts, 1))
    let weight = Weight(thousandths: request.partition == SmallSite.whole ? 4000 : 1000)
    run = RunRecord(
      id: runID, allocation: SmallSite.large,
      placement: Placement(nodes: [SmallSite.nodes[0]], perNode: SmallSite.oneGPU), weight: weight,
      rateVersion: 3, hold: weight * Seconds(110), reach: Seconds(110),
      committed: SmallSite.at(0), started: stage == .running ? SmallSite.at(5) : nil)
    let state: TaskState =
      switch stage {
      case .waiting: .waiting
      case .starting: .starting(runID)
      case .running: .running(runID)
      case .ended: .ended(.completed)
      }
    task = TaskRecord(id: id, state: state, attempts: attempts)
  }

  var key: SlurmKey { SlurmKey(job: job, task: task) }

  /// The small site with this task alone, its hold taken if it has a run.
  var state: EngineState {
    var state = SmallSite.empty.with(job)
    state.tasks[task.id] = task
    if task.state.run != nil, let hold = run.hold {
      state.runs[run.id] = run
      state.balances[run.allocation] = state.balances[run.allocation]?.after(.hold, hold)
    }
    return state
  }

  func steps(
    _ observation: Observation, now: Int64 = 20, missingSince: Int64? = nil,
    in state: EngineState? = nil
  ) -> [Reconciliation.Step] {
    let state = state ?? self.state
    guard let job = state.jobs[job.id], let task = state.tasks[task.id] else { return [] }
    let run = task.state.run.flatMap { state.runs[$0] }
    // Unless a test says otherwise it has been missing ever since it should have been there.
    let missing = missingSince.map { SmallSite.at($0) } ?? run?.started ?? job.submitted
    return Reconciliation(policy: SmallSite.policy).steps(
      job: job, task: task, run: run,
      partition: state.centre.partitions[job.request.partition], nodes: state.centre.nodes,
      adopter: SmallSite.large,
      observation: observation, missingSince: missing, now: SmallSite.at(now))
  }

  /// The one step that ends this task's run.
  func ended(
    _ outcome: TaskOutcome, from start: Int64?, to end: Int64, seconds: Int64,
    refund: EntryReason? = nil, requeued: Bool = false
  ) -> [Reconciliation.Step] {
    [
      .transition(
        .ended(
          run.id,
          RunEnd(
            start: start.map(SmallSite.at), end: SmallSite.at(end), outcome: outcome,
            exitCode: outcome == .failed ? 1 : 0, signal: 0, used: run.weight * Seconds(seconds),
            refund: refund, requeued: requeued)))
    ]
  }
}

/// What Slurm may say of a task, as Slurm job 17.
enum Seen {
  /// Waiting since second 0.
  static func pending(held: Bool) -> Observation {
    .pending(slurmJobID: 17, held: held, since: SmallSite.at(0))
  }

  static func running(gpus: Int, array: Int64? = nil) -> Observation.RunningFacts {
    Observation.RunningFacts(
      slurmJobID: 17, submissionID: array ?? 17, start: SmallSite.at(5),
      shares: [
        SmallSite.nodes[0]: NodeResources(gpus: gpus, cpus: 20, memoryMiB: 64_000)
      ], devices: ["gn01:0"])
  }

  static func ended(
    _ outcome: TaskOutcome, from start: Int64?, to end: Int64 = 15, array: Int64? = nil,
    isRecorded: Bool = true, orFrom others: [Int64] = []
  ) -> Observation.EndedFacts {
    Observation.EndedFacts(
      slurmJobID: 17, submissionID: array ?? 17, start: start.map(SmallSite.at),
      otherStarts: others.map(SmallSite.at),
      end: SmallSite.at(end), outcome: outcome, exitCode: outcome == .failed ? 1 : 0, signal: 0,
      isRecorded: isRecorded)
  }

  /// One of each kind.
  static let all: [Observation] = [
    .absent, pending(held: true), pending(held: false),
    .running(running(gpus: 1)), .ended(ended(.completed, from: 5)),
    .ended(ended(.cancelled, from: nil)), .ended(ended(.nodeFailed, from: 5)),
  ]
}
