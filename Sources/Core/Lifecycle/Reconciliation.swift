package import Domain
import Ledger

/// What Polder holds against what Slurm says: the truth about runs, while events are hints.
///
/// A pure function of one task and one observation, safe to repeat: an observation that was
/// accounted for already gives nothing.
package struct Reconciliation: Sendable {
  package let policy: LifecyclePolicy

  /// Slurm's clock may be this far behind Postgres's: beyond it nothing is started.
  private static let clockDifference = Seconds(2)

  package init(policy: LifecyclePolicy) { self.policy = policy }

  /// What follows for a task.
  package enum Step: Hashable, Sendable {
    case transition(Transition)
    /// Slurm could start it although Polder has not committed a start: hold it again.
    case holdAgain(TaskID, slurmJobID: Int64)
    /// Released long ago and not started: hold it, and if Slurm agrees give the money back.
    case takeBack(RunID, slurmJobID: Int64)
  }

  /// - Parameters:
  ///   - run: the record of the task's current run, if it has one.
  ///   - partition: of the job's request; nil if the centre no longer has it.
  ///   - adopter: the allocation that carries the task if Slurm started it without us.
  ///   - missingSince: the first of the looks in a row, this one the last, that did not find the
  ///     task where Polder has it; `now` if this one does, or is the first that does not.
  ///   - now: the store's clock.
  package func steps(
    job: JobRecord, task: TaskRecord, run: RunRecord?, partition: Partition?,
    adopter: AllocationID?, observation: Observation, missingSince: Instant, now: Instant
  ) -> [Step] {
    // A run can't be missed before it was begun.
    let missing = max(missingSince, run?.committed ?? missingSince)
    let isGone = now.seconds(since: missing) > policy.absenceTimeout
    switch (task.state, observation) {
    case (.ended, _):
      return []
    case (.waiting, .pending(let slurmJobID, let held, _)):
      let first = bind(job, task, slurmJobID)
      return held ? first : first + [.holdAgain(task.id, slurmJobID: slurmJobID)]
    case (.waiting, .running(let facts)):
      return bind(job, task, facts.submissionID)
        + adopt(job, task, facts, partition, adopter, now: now)
    case (.waiting, .ended(let facts)):
      return ended(job, task, facts, partition, adopter, now: now)
    case (.waiting, .removed):
      return [.transition(.dropped(task.id, .cancelled, cause: "cancelled in Slurm"))]
    case (.starting(let run), .removed):
      return [
        .transition(.returned(run, cause: "cancelled in Slurm")),
        .transition(.dropped(task.id, .cancelled, cause: "cancelled in Slurm")),
      ]
    case (.waiting, .absent):
      return isGone ? lapse(job, task) : []
    case (.starting, .pending(let slurmJobID, _, _)):
      guard let run, now.seconds(since: run.committed) > policy.startTimeout else { return [] }
      return [.takeBack(run.id, slurmJobID: slurmJobID)]
    case (.starting, .running(let facts)):
      guard let run else { return [] }
      return [
        .transition(
          .started(
            run.id, at: facts.start,
            weight: weight(of: facts, for: run, in: partition) ?? run.weight,
            slurmJobID: facts.slurmJobID, devices: facts.devices))
      ]
    case (.running, .running):
      return []
    case (.running, .pending(_, _, let since)):
      guard let run else { return [] }
      return putBack(job, run, since: since, now: now)
    case (.starting, .ended(let facts)), (.running, .ended(let facts)):
      guard let run else { return [] }
      return end(job, run, facts)
    case (.starting, .absent), (.running, .absent), (.running, .removed):
      return isGone ? lost(job, run, now: now) : []
    }
  }

  private func bind(_ job: JobRecord, _ task: TaskRecord, _ slurmJobID: Int64) -> [Step] {
    task.slurmJobID(in: job) == nil
      ? [.transition(.bound(SlurmKey(job: job, task: task), slurmJobID: slurmJobID))] : []
  }

  /// What Slurm allocated, in GPU-equivalents; nil where the partition's whole-node rule decides
  /// and what Slurm lists of each node does not matter.
  private func weight(
    of facts: Observation.RunningFacts, for run: RunRecord, in partition: Partition?
  ) -> Weight? {
    guard let partition, !partition.wholeNodes, partition.rateVersion == run.rateVersion,
      !facts.shares.isEmpty
    else { return nil }
    return facts.shares.values.reduce(.zero) { $0 + partition.rates.weight(of: $1) }
  }

  private func end(_ job: JobRecord, _ run: RunRecord, _ facts: Observation.EndedFacts) -> [Step] {
    // The record of an earlier run of the same Slurm job is not about this one. Before the first
    // there was none, so that clocks may differ; a start that was seen is in Slurm's own time.
    let first = run.id.attempt == 1 ? job.submitted - Self.clockDifference : run.committed
    guard facts.end.wholeSeconds >= (run.started ?? first).wholeSeconds else { return [] }
    let start = facts.start ?? run.started
    let seconds = start.map { facts.end.seconds(since: $0) } ?? .zero
    return [
      .transition(
        .ended(
          run.id,
          RunEnd(
            start: start, end: facts.end, outcome: facts.outcome, exitCode: facts.exitCode,
            signal: facts.signal, used: run.weight * max(seconds, .zero),
            refund: policy.refunds[facts.outcome],
            requeued: facts.outcome.isSiteFailure && job.request.requeue)))
    ]
  }

  private func ended(
    _ job: JobRecord, _ task: TaskRecord, _ facts: Observation.EndedFacts,
    _ partition: Partition?, _ adopter: AllocationID?, now: Instant
  ) -> [Step] {
    guard facts.end.wholeSeconds >= (job.submitted - Self.clockDifference).wholeSeconds else {
      return []
    }
    // A requeued task still sees the end of its earlier runs in Slurm's record.
    guard facts.start == nil || task.attempts == 0 else { return [] }
    if let start = facts.start, let partition, let adopter {
      // It ran without Polder, between two looks: what is known of its shares is what it asked for.
      let share = job.request.perNode
      let weight = (0..<job.request.nodeCount).reduce(Weight.zero) { sum, _ in
        sum + partition.rates.weight(of: share)
      }
      let run = unplanned(
        job, task, on: Placement(nodes: [], perNode: share), weight, since: start, partition,
        adopter, now: now)
      return bind(job, task, facts.submissionID)
        + [.transition(.adopted(task.id, run, slurmJobID: facts.slurmJobID))]
        + end(job, run, facts)
    }
    return bind(job, task, facts.submissionID) + [
      .transition(
        .dropped(task.id, facts.outcome, cause: "ended in Slurm before Polder started it"))
    ]
  }

  /// Slurm put a running job back to wait. The record of its end arrives apart and says why; without
  /// one it is charged until then: it did run, and a member may put back an own job.
  private func putBack(
    _ job: JobRecord, _ run: RunRecord, since: Instant, now: Instant
  ) -> [Step] {
    guard now.seconds(since: since) > policy.absenceTimeout else { return [] }
    return end(
      job, run,
      Observation.EndedFacts(
        slurmJobID: 0, submissionID: 0, start: run.started, end: max(since, run.started ?? since),
        outcome: .preempted, exitCode: 0, signal: 0))
  }

  private func lost(_ job: JobRecord, _ run: RunRecord?, now: Instant) -> [Step] {
    guard let run else { return [] }
    guard let start = run.started else {
      return [.transition(.returned(run.id, cause: "Slurm does not know it any more"))]
    }
    return [
      .transition(
        .ended(
          run.id,
          RunEnd(
            start: start, end: now, outcome: .lost, exitCode: 0, signal: 0,
            used: run.weight * now.seconds(since: start), refund: policy.refunds[.lost],
            requeued: job.request.requeue)))
    ]
  }

  private func lapse(_ job: JobRecord, _ task: TaskRecord) -> [Step] {
    switch (job.origin, job.binding) {
    case (.slurm, .unbound):
      return [.transition(.dropped(task.id, .refused, cause: "never appeared in Slurm"))]
    case (.slurm, .bound):
      return [.transition(.dropped(task.id, .lost, cause: "Slurm does not know it any more"))]
    case (.polder, _):
      // Polder has the script and submits it (again) when it is its turn.
      return []
    }
  }

  private func adopt(
    _ job: JobRecord, _ task: TaskRecord, _ facts: Observation.RunningFacts,
    _ partition: Partition?, _ adopter: AllocationID?, now: Instant
  ) -> [Step] {
    guard let partition, let adopter, let share = facts.shares.min(by: { $0.key < $1.key })?.value
    else { return [] }
    let weight = facts.shares.values.reduce(Weight.zero) { $0 + partition.rates.weight(of: $1) }
    let run = unplanned(
      job, task, on: Placement(nodes: Array(facts.shares.keys), perNode: share), weight,
      since: facts.start, partition, adopter, now: now)
    return [.transition(.adopted(task.id, run, slurmJobID: facts.slurmJobID))]
  }

  private func unplanned(
    _ job: JobRecord, _ task: TaskRecord, on placement: Placement, _ weight: Weight,
    since start: Instant, _ partition: Partition, _ adopter: AllocationID, now: Instant
  ) -> RunRecord {
    let reach = job.request.timeLimit + policy.grace
    return RunRecord(
      id: task.nextRun, allocation: adopter, placement: placement, weight: weight,
      rateVersion: partition.rateVersion, hold: weight * reach, reach: reach,
      committed: min(start, now), started: start)
  }
}
