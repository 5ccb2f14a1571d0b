import BridgeProtocol
import Domain
import Engine
import Lifecycle
import Logging

extension Conductor {
  /// So many are adopted a round.
  private static let adoptedAtOnce = 256

  /// Takes jobs that Slurm runs and Polder never took into its books, by the site's policy, and
  /// remembers why it did not take the others.
  ///
  /// Polder's key is written into the job in Slurm, so that all goes on as with one that came by
  /// `sbatch`. Each step can be repeated: the job is found again by Slurm's id and second of
  /// submission, and is bound before it is marked, so that its end is known by Slurm's record
  /// even if it comes first.
  func adopt(
    _ strangers: [JobObservation], _ state: EngineState, now: Instant
  ) async throws(StoreError) {
    guard let adoption else { return }
    var left: [Adoption.Stranger] = []
    var rest = Self.adoptedAtOnce
    settled.formIntersection(strangers.map { Adoption.key(of: $0) })
    for seen in strangers where !settled.contains(Adoption.key(of: seen)) {
      switch adoption.job(of: seen, in: state) {
      case .failure(let refusal):
        // What has ended is nobody's concern any more.
        if seen.runs { left.append(adoption.stranger(seen, refusal)) }
      case .success(let new):
        guard rest > 0 else { continue }
        rest -= 1
        if let reason = try await adopt(seen, as: new, state, now) {
          left.append(adoption.stranger(seen, Adoption.Refusal(reason: reason)))
        }
      }
    }
    board.strangers = left.filter { !$0.nodes.isEmpty }
  }

  /// Nil once it is adopted; else why it is not.
  private func adopt(
    _ seen: JobObservation, as new: NewJob, _ state: EngineState, _ now: Instant
  ) async throws(StoreError) -> String? {
    var job: JobRecord
    switch try await store.accept(new) {
    case .accepted(let accepted): job = accepted
    case .again(let known):
      job = known
      // Marked as a job that has ended it would be ended in Slurm, too.
      let isOpen = known.request.tasks(of: known.id).contains {
        state.tasks[$0].map { !$0.isEnded } ?? false
      }
      guard isOpen else {
        if seen.state.isEnded { settled.insert(Adoption.key(of: seen)) }
        return seen.state.isEnded ? nil : "it was adopted as \(known.id), which has ended"
      }
    case .keyUsedOtherwise(let other): return "\(other) was adopted under its id"
    case .refused: return "a limit on what waits is reached"
    }
    let key = SlurmKey(job: job, task: TaskRecord(id: TaskID(job: job.id, index: nil)))
    let submissionID = Int64(seen.array?.arrayJobID ?? seen.jobID)
    _ = try await store.perform([.bound(key, slurmJobID: submissionID)])
    job.binding = .bound(submissionID)
    if seen.state.isEnded { return try await settle(seen, job, state, now) }
    // A task by its index: the last of an array to leave it keeps the array's id, which means all.
    let index: Int? = if case .task(_, let index)? = seen.array { index } else { nil }
    let target = SlurmTarget(jobID: Int(submissionID), arrayTask: index)
    let outcome = await slurm.mark(target, key: "\(key)")
    logger.notice(
      "adopted: Slurm runs it, and Polder never took it",
      metadata: ["job": "\(job.id)", "slurm": "\(seen.jobID)", "outcome": "\(outcome)"])
    guard case .accepted = outcome else { return "it could not be marked in Slurm yet" }
    return nil
  }

  /// Accounts for one that has ended meanwhile, of which Slurm takes no mark any more.
  private func settle(
    _ seen: JobObservation, _ job: JobRecord, _ state: EngineState, _ now: Instant
  ) async throws(StoreError) -> String? {
    var state = state
    state.jobs[job.id] = job
    let tasks = job.request.tasks(of: job.id)
    for task in tasks { state.tasks[task] = TaskRecord(id: task) }
    var pending: [Transition] = []
    // It is charged for what Slurm gave it, as one that was seen while it ran.
    var running = seen
    running.state = .running
    for (task, seen) in tasks.flatMap({ [($0, running), ($0, seen)] }) {
      pending += await steps(
        task, SlurmPicture.observation(of: seen, state.centre), &state, now)
    }
    _ = try await perform(&pending)
    settled.insert(Adoption.key(of: seen))
    return nil
  }
}
