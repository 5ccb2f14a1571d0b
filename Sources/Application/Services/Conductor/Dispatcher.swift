import BridgeProtocol
import Domain
import Engine
import Lifecycle

/// Performs directives through the bridge. Every act is safe to repeat: a submission is held and
/// carries our key, so that a repeated one is adopted; a release of a running job, or putting back
/// one that waits, is refused without harm.
///
/// Simply said, each directive is performed and its outcome written before the next. Starts go in
/// groups, so that many outcomes are one transaction: first all that Slurm does not have are
/// submitted, held; then their Slurm ids are written; then all are released. What is cut short in
/// between is repeated by the next round.
struct Dispatcher: Sendable {
  let store: any Store
  let slurm: any SlurmPort
  /// Held beyond a run's limit.
  let grace: Seconds

  enum Verdict: Sendable {
    case performed
    case refused(TaskID, String)
    /// Slurm does not take it as things stand: the money goes back, and it waits for another try.
    case putOff(TaskID, String)
    /// Nothing can be said yet of this one: repeat it in a later round.
    case later(String)
    /// Slurm can't be asked now: nothing happened, and the rest can wait too.
    case unavailable(String)
  }

  struct Result: Sendable {
    /// Of those that came to be tried, in order; after `unavailable` there is none.
    var verdicts: [(Directive, Verdict)] = []
    /// What was written of them.
    var transitions: [Transition] = []
  }

  /// So many starts are one group.
  private static let groupSize = 64

  /// What is performed together next: starts that follow each other, cancels of tasks of one job, or
  /// one of another kind.
  static func group(_ directives: ArraySlice<Directive>) -> [Directive] {
    let starts = directives.prefix(groupSize).prefix { $0.isStart }
    guard starts.isEmpty else { return Array(starts) }
    guard case .cancel(let task, let id)? = directives.first else {
      return Array(directives.prefix(1))
    }
    return Array(
      directives.prefix {
        if case .cancel(let other, let otherID) = $0 {
          other.job == task.job && otherID == id
        } else {
          false
        }
      })
  }

  /// - Parameter uncertain: jobs whose directives wait, since one before them had no known outcome.
  func perform(
    _ group: [Directive], _ uncertain: inout Set<JobID>, _ state: inout EngineState
  ) async throws(StoreError) -> Result {
    var result = Result()
    if let together = await cancel(group, state) {
      result.verdicts = group.map { ($0, together) }
      if case .later = together { uncertain.formUnion(group.map(\.job)) }
      try await store.finish(together.isFinal ? group : [])
      return result
    }
    var placed: [(Directive, Placed)] = []
    for directive in group where !uncertain.contains(directive.job) {
      let next: Placed
      if case .start(let run) = directive {
        next = try await place(run, &state, &result)
      } else {
        next = .verdict(await perform(directive, state))
      }
      if case .verdict(.later) = next { uncertain.insert(directive.job) }
      placed.append((directive, next))
      if case .verdict(.unavailable) = next { break }
    }
    // Which Slurm job a start became is written before it can run.
    if !result.transitions.isEmpty { _ = try await store.perform(result.transitions) }
    var refused: [Transition] = []
    for (directive, next) in placed {
      let verdict: Verdict
      switch next {
      case .verdict(let known): verdict = known
      case .release(let run, let slurmJobID):
        verdict = try await release(run, slurmJobID, &state, &result)
      }
      if case .start(let run) = directive {
        switch verdict {
        case .refused(_, let message): refused += refusal(of: run, message)
        case .putOff(_, let message): refused.append(.returned(run, cause: message))
        case .performed, .later, .unavailable: break
        }
      }
      if case .later = verdict { uncertain.insert(directive.job) }
      result.verdicts.append((directive, verdict))
      if case .unavailable = verdict { break }
    }
    for transition in refused { state.apply(transition) }
    if !refused.isEmpty { _ = try await store.perform(refused) }
    result.transitions += refused
    try await store.finish(result.verdicts.filter { $0.1.isFinal }.map(\.0))
    return result
  }

  /// Ends an array in Slurm at once, where that is what its tasks' cancels together come to: none of
  /// it is to go on. Nil if they are to be performed one by one.
  private func cancel(_ group: [Directive], _ state: EngineState) async -> Verdict? {
    guard group.count > 1, case .cancel(let first, let given)? = group.first else { return nil }
    let job = state.jobs[first.job]
    guard let slurmJobID = given ?? job?.binding.slurmJobID else { return nil }
    // One that has no open task is not in the state.
    var rest = Set(job?.request.tasks(of: first.job) ?? [])
    for case .cancel(let task, _) in group { rest.remove(task) }
    let goesOn = rest.contains { id in
      guard let job, let task = state.tasks[id], !task.isEnded else { return false }
      return task.slurmJobID(in: job) == slurmJobID
    }
    guard !goesOn else { return nil }
    let target = SlurmTarget(jobID: Int(slurmJobID), owner: "\(first.job)")
    return verdict(of: await slurm.cancel(target), first)
  }

  /// How far a directive came in the first half.
  private enum Placed {
    case verdict(Verdict)
    /// Slurm has it, held.
    case release(RunRecord, Int64)
  }

  /// A directive that is no start.
  private func perform(_ directive: Directive, _ state: EngineState) async -> Verdict {
    switch directive {
    case .start: return .performed
    case .cancel(let task, let slurmJobID):
      let known =
        slurmJobID ?? state.jobs[task.job].flatMap { state.tasks[task]?.slurmJobID(in: $0) }
      guard let known else { return .performed }
      return verdict(of: await slurm.cancel(SlurmTarget(task, known)), task)
    case .signal(let run, let signal):
      guard let target = target(run, state) else { return .performed }
      await notify(target, EndMessage.warning(of: run, state))
      return verdict(of: await slurm.signal(target, number: signal.number), run.task)
    case .end(let run):
      guard let target = target(run, state) else { return .performed }
      await notify(target, EndMessage.end(of: run, state))
      return isPutBack(run, state)
        ? await putBack(target, run) : verdict(of: await slurm.cancel(target), run.task)
    case .limit(let run, let limit):
      guard let target = target(run, state) else { return .performed }
      let minutes = Int((limit.count + 59) / 60)
      return verdict(of: await slurm.limit(target, minutes: minutes), run.task)
    }
  }

  /// Ends a run and has it wait again in Slurm. Only where Slurm says that it can't is it cancelled:
  /// after any other answer it may wait already, and a cancel would be the end of it.
  private func putBack(_ target: SlurmTarget, _ run: RunID) async -> Verdict {
    switch await slurm.putBack(target) {
    case .accepted: return .performed
    case .refused(let refusal):
      switch refusal.reason {
      case .noSuchJob, .alreadyEnded, .notWaiting, .rule: return .performed
      case .version, .impossible, .notNow, .nameTaken, .noSuchReservation, .other:
        return verdict(of: await slurm.cancel(target), run.task)
      }
    case .unavailable(let message): return .unavailable(message)
    case .unknown(let message): return .later(message)
    }
  }

  /// True for what makes way and waits again under its id in Slurm, since Slurm alone has its
  /// script. What Polder submitted is cancelled, and submitted once more when its turn has come.
  private func isPutBack(_ run: RunID, _ state: EngineState) -> Bool {
    guard let job = state.jobs[run.task.job] else { return false }
    return job.origin.isSlurms && job.request.requeue
      && state.runs[run]?.closing.cause == .preempted
  }

  /// Where a run is in Slurm; nil if it has ended.
  private func target(_ run: RunID, _ state: EngineState) -> SlurmTarget? {
    guard let job = state.jobs[run.task.job], let task = state.tasks[run.task],
      task.state.run == run, let slurmJobID = task.slurmJobID(in: job)
    else { return nil }
    return SlurmTarget(run.task, slurmJobID)
  }

  /// Has Slurm hold the job of a run, if it does not yet.
  private func place(
    _ id: RunID, _ state: inout EngineState, _ result: inout Result
  ) async throws(StoreError) -> Placed {
    guard let job = state.jobs[id.task.job], let task = state.tasks[id.task],
      task.state == .starting(id), let run = state.runs[id]
    else { return .verdict(.performed) }
    if let slurmJobID = task.slurmJobID(in: job) {
      // What stands in Slurm may have the limit of an earlier run, or of another task.
      let isOther = job.isLimitChanged || job.request.leastLimit < job.request.timeLimit
      if isOther, let waits = await tellLimit(of: run, job, task, slurmJobID) {
        return .verdict(waits)
      }
      return .release(run, slurmJobID)
    }
    if job.origin.isSlurms { return .verdict(.later("not seen in Slurm yet")) }
    return try await submit(run, &state, &result)
  }

  private func submit(
    _ run: RunRecord, _ state: inout EngineState, _ result: inout Result
  ) async throws(StoreError) -> Placed {
    guard let job = state.jobs[run.id.task.job], let task = state.tasks[run.id.task] else {
      return .verdict(.performed)
    }
    guard let payload = try await store.payload(of: job.id) else {
      return .verdict(.refused(task.id, "its script is gone"))
    }
    let key = SlurmKey(job: job, task: task)
    let held = HeldJob(
      key: key, job: job, task: task, run: run, payload: payload,
      limitMinutes: limit(of: run, job, task), centre: state.centre)
    switch await slurm.submitHeld(held) {
    case .accepted(let submitted):
      let slurmJobID = Int64(submitted.slurmJobID)
      let bound = Transition.bound(key, slurmJobID: slurmJobID)
      state.apply(bound)
      result.transitions.append(bound)
      return .release(run, slurmJobID)
    case .refused(let refusal): return .verdict(Self.verdict(of: refusal, task.id))
    case .unavailable(let message): return .verdict(.unavailable(message))
    case .unknown(let message): return .verdict(.later(message))
    }
  }

  /// Releases a run on its nodes. If Slurm has lost the job it is submitted once more.
  private func release(
    _ run: RunRecord, _ slurmJobID: Int64, _ state: inout EngineState, _ result: inout Result
  ) async throws(StoreError) -> Verdict {
    let released = await release(run, slurmJobID)
    guard case .refused(let refusal) = released, refusal.reason == .noSuchJob,
      state.jobs[run.id.task.job]?.origin == .polder
    else { return conclude(released, run) }
    let known = result.transitions.count
    switch try await submit(run, &state, &result) {
    case .verdict(let verdict): return verdict
    case .release(_, let slurmJobID):
      _ = try await store.perform(Array(result.transitions[known...]))
      return conclude(await release(run, slurmJobID), run)
    }
  }

  /// The limit that a run's hold covers: the request's, but for a change since the run was committed.
  private func limit(of run: RunRecord, _ job: JobRecord, _ task: TaskRecord) -> Int {
    let seconds = min(job.request(of: task).timeLimit.count, (run.reach - grace).count)
    return Int((seconds + 59) / 60)
  }

  /// Has Slurm know the limit before it can start the run; nil if it does, or if the release will say
  /// what is wrong.
  private func tellLimit(
    of run: RunRecord, _ job: JobRecord, _ task: TaskRecord, _ slurmJobID: Int64
  ) async -> Verdict? {
    let target = SlurmTarget(run.id.task, slurmJobID)
    switch await slurm.limit(target, minutes: limit(of: run, job, task)) {
    case .accepted: return nil
    case .refused(let refusal):
      return refusal.reason == .noSuchJob || refusal.reason == .alreadyEnded
        ? nil : Self.verdict(of: refusal, run.id.task)
    case .unavailable(let message): return .unavailable(message)
    case .unknown(let message): return .later(message)
    }
  }

  private func release(_ run: RunRecord, _ slurmJobID: Int64) async -> BridgeOutcome<Done> {
    await slurm.release(
      SlurmTarget(run.id.task, slurmJobID), on: run.placement.nodes.map(\.text),
      in: run.placement.partition?.text)
  }

  /// What becomes of a task whose start Slurm refused.
  private static func verdict(of refusal: BridgeRefusal, _ task: TaskID) -> Verdict {
    refusal.reason == .notNow ? .putOff(task, refusal.message) : .refused(task, refusal.message)
  }

  private func conclude(_ outcome: BridgeOutcome<Done>, _ run: RunRecord) -> Verdict {
    switch outcome {
    case .accepted: .performed
    case .refused(let refusal):
      switch refusal.reason {
      // It runs or has run, or is gone: the next look at Slurm says which.
      case .notWaiting, .alreadyEnded, .noSuchJob: .performed
      case .version, .rule, .impossible, .notNow, .nameTaken, .noSuchReservation, .other:
        Self.verdict(of: refusal, run.id.task)
      }
    case .unavailable(let message): .unavailable(message)
    case .unknown(let message): .later(message)
    }
  }

  /// Slurm will not take it: the money goes back, and the task ends with Slurm's words.
  private func refusal(of run: RunID, _ message: String) -> [Transition] {
    [
      .returned(run, cause: message),
      .dropped(run.task, .refused, cause: "Slurm refused it: \(message)"),
    ]
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

extension Dispatcher.Verdict {
  /// The directive is over, so that it is not performed again.
  fileprivate var isFinal: Bool {
    switch self {
    case .performed, .refused, .putOff: true
    case .later, .unavailable: false
    }
  }
}

extension Directive {
  fileprivate var isStart: Bool { if case .start = self { true } else { false } }

  /// What the bridge has to do for an act.
  init(_ act: RunAct) {
    switch act {
    case .signal(let run, let signal): self = .signal(run, signal)
    case .evict(let run, let signal, _): self = .signal(run, signal)
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
    limitMinutes: Int, centre: Centre
  ) {
    let request = job.request
    let indices = key.task == nil ? request.arrayIndices : [task.id.index].compactMap { $0 }
    let share = run.placement.perNode
    let gpus = share.gpuThousandths > 0 ? 0 : share.gpus
    self.init(
      key: "\(key)", uid: Int(payload.uid), gid: Int(payload.gid), name: request.name,
      script: payload.script, environment: payload.environment,
      workingDirectory: payload.workingDirectory, account: request.project.text,
      partition: (run.placement.partition ?? request.partition).text,
      resources: HeldResources(
        nodes: request.nodeCount, tasks: payload.taskCount, cpusPerTask: payload.cpusPerTask,
        // A restarted slurmctld miscounts the GPUs of jobs that name no type, where nodes do.
        gpusPerNode: gpus > 0 ? GPUCount(type: centre.gpuType(for: request), count: gpus) : nil,
        shardsPerNode: run.placement.nodes.first.flatMap { centre.nodes[$0]?.shards(in: share) },
        memoryMiBPerNode: run.placement.perNode.memoryMiB,
        // Of a list the partition's own rule decides, since another run may lie in another.
        exclusive: request.otherPartitions.isEmpty
          && centre.partitions[request.partition]?.wholeNodes ?? false),
      timeLimitMinutes: limitMinutes,
      array: indices.isEmpty ? nil : indices.map(String.init).joined(separator: ","),
      comment: payload.comment, standardOutput: payload.standardOutput,
      standardError: payload.standardError, standardInput: payload.standardInput,
      reservation: request.terms.reservation?.text)
  }
}
