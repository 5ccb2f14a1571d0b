import BridgeProtocol
import Domain
import Engine
import Lifecycle

/// Performs one directive through the bridge. Every act is safe to repeat: a submission is held and
/// carries our key, so that a repeated one is adopted; a release of a running job is refused
/// without harm.
struct Dispatcher: Sendable {
  let store: any Store
  let slurm: any SlurmPort

  enum Verdict: Sendable {
    case performed
    case refused(TaskID, String)
    /// Nothing can be said yet of this one: repeat it in a later round.
    case later(String)
    /// Slurm can't be asked now: nothing happened, and the rest can wait too.
    case unavailable(String)
  }

  struct Result: Sendable {
    var verdict: Verdict
    var transitions: [Transition] = []
  }

  func perform(_ directive: Directive, _ state: EngineState) async throws(StoreError) -> Result {
    switch directive {
    case .cancel(let task, let slurmJobID):
      let known =
        slurmJobID ?? state.jobs[task.job].flatMap { state.tasks[task]?.slurmJobID(in: $0) }
      guard let known else { return Result(verdict: .performed) }
      return Result(verdict: verdict(of: await slurm.cancel(SlurmTarget(task, known)), task))
    case .signal(let run, let signal):
      guard let target = target(run, state) else { return Result(verdict: .performed) }
      return Result(
        verdict: verdict(of: await slurm.signal(target, number: signal.number), run.task))
    case .end(let run):
      guard let target = target(run, state) else { return Result(verdict: .performed) }
      return Result(verdict: verdict(of: await slurm.cancel(target), run.task))
    case .limit(let run, let limit):
      guard let target = target(run, state) else { return Result(verdict: .performed) }
      let minutes = Int((limit.count + 59) / 60)
      return Result(
        verdict: verdict(of: await slurm.limit(target, minutes: minutes), run.task))
    case .start(let run):
      guard let job = state.jobs[run.task.job], let task = state.tasks[run.task],
        task.state == .starting(run), let record = state.runs[run]
      else { return Result(verdict: .performed) }
      return try await start(record, task, job, state)
    }
  }

  /// Where a run is in Slurm; nil if it has ended.
  private func target(_ run: RunID, _ state: EngineState) -> SlurmTarget? {
    guard let job = state.jobs[run.task.job], let task = state.tasks[run.task],
      task.state.run == run, let slurmJobID = task.slurmJobID(in: job)
    else { return nil }
    return SlurmTarget(run.task, slurmJobID)
  }

  private func start(
    _ run: RunRecord, _ task: TaskRecord, _ job: JobRecord, _ state: EngineState
  ) async throws(StoreError) -> Result {
    if let slurmJobID = task.slurmJobID(in: job) {
      let released = await release(run, slurmJobID)
      guard case .refused(let refusal) = released, refusal.reason == .noSuchJob,
        job.origin == .polder
      else { return try await conclude(released, run) }
    } else if job.origin == .slurm {
      return Result(verdict: .later("not seen in Slurm yet"))
    }
    guard let payload = try await store.payload(of: job.id) else {
      return try await refuse(run, "its script is gone")
    }
    let key = SlurmKey(job: job, task: task)
    let held = HeldJob(
      key: key, job: job, task: task, run: run, payload: payload,
      centre: state.centre)
    switch await slurm.submitHeld(held) {
    case .accepted(let submitted):
      let bound = Transition.bound(key, slurmJobID: Int64(submitted.slurmJobID))
      _ = try await store.perform(bound)
      var result = try await conclude(
        await release(run, Int64(submitted.slurmJobID)), run)
      result.transitions.insert(bound, at: 0)
      return result
    case .refused(let refusal): return try await refuse(run, refusal.message)
    case .unavailable(let message): return Result(verdict: .unavailable(message))
    case .unknown(let message): return Result(verdict: .later(message))
    }
  }

  private func release(_ run: RunRecord, _ slurmJobID: Int64) async -> BridgeOutcome<Done> {
    await slurm.release(
      SlurmTarget(run.id.task, slurmJobID), on: run.placement.nodes.map(\.text))
  }

  private func conclude(
    _ outcome: BridgeOutcome<Done>, _ run: RunRecord
  ) async throws(StoreError) -> Result {
    switch outcome {
    case .accepted: return Result(verdict: .performed)
    case .refused(let refusal):
      switch refusal.reason {
      case .notWaiting, .alreadyEnded, .noSuchJob:
        // It runs or has run, or is gone: the next look at Slurm says which.
        return Result(verdict: .performed)
      case .version, .rule, .impossible, .other:
        return try await refuse(run, refusal.message)
      }
    case .unavailable(let message): return Result(verdict: .unavailable(message))
    case .unknown(let message): return Result(verdict: .later(message))
    }
  }

  /// Slurm will not take it: the money goes back, and the task ends with Slurm's words.
  private func refuse(_ run: RunRecord, _ message: String) async throws(StoreError) -> Result {
    let steps: [Transition] = [
      .returned(run.id, cause: message),
      .dropped(run.id.task, .refused, cause: "Slurm refused it: \(message)"),
    ]
    for step in steps { _ = try await store.perform(step) }
    return Result(verdict: .refused(run.id.task, message), transitions: steps)
  }

  private func verdict(of outcome: BridgeOutcome<Done>, _ task: TaskID) -> Verdict {
    switch outcome {
    case .accepted: .performed
    case .refused(let refusal):
      refusal.reason == .noSuchJob || refusal.reason == .alreadyEnded
        ? .performed : .refused(task, refusal.message)
    case .unavailable(let message): .unavailable(message)
    case .unknown(let message): .later(message)
    }
  }
}

extension Directive {
  /// What the bridge has to do for an act.
  init(_ act: RunAct) {
    switch act {
    case .signal(let run, let signal): self = .signal(run, signal)
    case .end(let run, _): self = .end(run)
    case .limit(let run, let limit, _): self = .limit(run, limit)
    }
  }
}

extension JobSignal {
  /// As Linux numbers it.
  var number: Int {
    switch self {
    case .hup: 1
    case .int: 2
    case .usr1: 10
    case .usr2: 12
    case .term: 15
    case .cont: 18
    case .urg: 23
    }
  }
}

extension SlurmTarget {
  init(_ task: TaskID, _ slurmJobID: Int64) {
    self.init(jobID: Int(slurmJobID), arrayTask: task.index, owner: "\(task.job)")
  }
}

extension HeldJob {
  /// What is submitted for a job's first submission, or for the one task that is submitted anew.
  init(
    key: SlurmKey, job: JobRecord, task: TaskRecord, run: RunRecord, payload: JobPayload,
    centre: Centre
  ) {
    let request = job.request
    let indices = key.task == nil ? request.arrayIndices : [task.id.index].compactMap { $0 }
    let gpus = run.placement.perNode.gpus
    self.init(
      key: "\(key)", uid: Int(payload.uid), gid: Int(payload.gid), name: request.name,
      script: payload.script, environment: payload.environment,
      workingDirectory: payload.workingDirectory, account: request.project.text,
      partition: request.partition.text,
      resources: HeldResources(
        nodes: request.nodeCount, tasks: payload.taskCount, cpusPerTask: payload.cpusPerTask,
        // A restarted slurmctld miscounts the GPUs of jobs that name no type, where nodes do.
        gpusPerNode: gpus > 0 ? GPUCount(type: centre.gpuType(for: request), count: gpus) : nil,
        memoryMiBPerNode: run.placement.perNode.memoryMiB,
        exclusive: centre.partitions[request.partition]?.wholeNodes ?? false),
      timeLimitMinutes: Int((request.timeLimit.count + 59) / 60),
      array: indices.isEmpty ? nil : indices.map(String.init).joined(separator: ","),
      comment: payload.comment, standardOutput: payload.standardOutput,
      standardError: payload.standardError, standardInput: payload.standardInput)
  }
}
