package import Domain
import Ledger

/// What Polder holds against what Slurm says: the truth about runs, while events are hints.
///
/// A pure function of one task and one observation, safe to repeat: an observation that was
/// accounted for already gives nothing.
package struct Reconciliation: Sendable {
  package let policy: LifecyclePolicy
  /// From when on a run goes on past the end of its allocation, if it does.
  private let goesOn: @Sendable (RunRecord) -> Instant?

  /// Slurm's clock may be this far behind Postgres's: beyond it nothing is started.
  private static let clockDifference = Seconds(2)
  /// What Slurm lists as ended it has recorded by then, if it can record anything.
  private static let recordTimeout = Seconds(10)

  package init(
    policy: LifecyclePolicy, goesOn: @escaping @Sendable (RunRecord) -> Instant? = { _ in nil }
  ) {
    self.policy = policy
    self.goesOn = goesOn
  }

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
  ///   - nodes: the centre's, whose GPU types weigh.
  ///   - adopter: the allocation that carries the task if Slurm started it without us.
  ///   - missingSince: the first of the looks in a row, this one the last, that did not find the
  ///     task where Polder has it, or an end that is not recorded; `now` if this is the first.
  ///   - now: the store's clock.
  package func steps(
    job: JobRecord, task: TaskRecord, run: RunRecord?, partition: Partition?,
    nodes: [NodeName: Node], adopter: @autoclosure () -> AllocationID?,
    observation: Observation, missingSince: Instant, now: Instant
  ) -> [Step] {
    let place = partition.map { Place(partition: $0, nodes: nodes) }
    // A run can't be missed before it was begun.
    let missing = max(missingSince, run?.committed ?? missingSince)
    let isGone = now.seconds(since: missing) > policy.absenceTimeout
    let isSilent = now.seconds(since: missing) > Self.recordTimeout
    guard isSilent || Self.counts(observation, for: run) else { return [] }
    switch (task.state, observation) {
    case (.ended, _):
      return []
    case (.waiting, .pending(let slurmJobID, let held, _, _)):
      let first = bind(job, task, slurmJobID)
      return held ? first : first + [.holdAgain(task.id, slurmJobID: slurmJobID)]
    case (.waiting, .running(let facts)):
      return bind(job, task, facts.submissionID)
        + adopt(job, task, facts, place, adopter(), now: now)
    case (.waiting, .ended(let facts)):
      return ended(job, task, facts, place, adopter(), now: now)
    case (.waiting, .removed):
      return [.transition(.dropped(task.id, .cancelled, cause: "cancelled in Slurm"))]
    case (.starting(let run), .removed):
      return [
        .transition(.returned(run, cause: "cancelled in Slurm")),
        .transition(.dropped(task.id, .cancelled, cause: "cancelled in Slurm")),
      ]
    case (.waiting, .absent):
      return isGone ? lapse(job, task) : []
    case (.starting, .pending(let slurmJobID, _, _, _)):
      guard let run, now.seconds(since: run.committed) > policy.startTimeout else { return [] }
      return [.takeBack(run.id, slurmJobID: slurmJobID)]
    case (.starting, .running(let facts)):
      guard let run else { return [] }
      let seen = weight(of: facts, for: run, in: place)
      return [
        .transition(
          .started(
            run.id, at: facts.start, weight: seen ?? run.weight, slurmJobID: facts.slurmJobID,
            devices: facts.devices,
            allocated: seen == nil ? [:] : facts.shares(unlike: run.placement)))
      ]
    case (.running, .running):
      return []
    case (.running, .pending(_, _, let since, let restarts)):
      guard let run else { return [] }
      // Of a later restart it can't be told whether Slurm counts it: then somebody put it back.
      return restarts == 0 && run.closing.cause != .preempted
        ? isGone ? lost(job, run, until: missing) : []
        : putBack(job, run, since: since, now: now)
    case (.starting, .ended(let facts)):
      guard let run else { return [] }
      let steps = end(job, run, facts)
      // It began and ended between two looks: the run is told which Slurm job it was.
      guard !steps.isEmpty, let start = facts.start else { return steps }
      return [
        .transition(
          .started(
            run.id, at: start, weight: run.weight, slurmJobID: facts.slurmJobID, devices: []))
      ] + steps
    case (.running, .ended(let facts)):
      guard let run else { return [] }
      return end(job, run, facts)
    case (.starting, .absent), (.running, .absent), (.running, .removed):
      return isGone ? lost(job, run, until: now) : []
    }
  }

  /// False for the end of a run that Slurm lists and has not recorded. Where nothing ran there is
  /// nothing that a second would change.
  private static func counts(_ observation: Observation, for run: RunRecord?) -> Bool {
    guard case .ended(let facts) = observation else { return true }
    return facts.isRecorded || run == nil && facts.start == nil
  }

  /// False for a task of which it gives nothing however long no look finds it, as most of a long
  /// queue are: one that has ended, or that waits for Polder to submit it.
  package static func misses(_ task: TaskRecord, of job: JobRecord) -> Bool {
    switch task.state {
    case .ended: false
    case .waiting: job.origin.isSlurms
    case .starting, .running: true
    }
  }

  private func bind(_ job: JobRecord, _ task: TaskRecord, _ slurmJobID: Int64) -> [Step] {
    task.slurmJobID(in: job) == nil
      ? [.transition(.bound(SlurmKey(job: job, task: task), slurmJobID: slurmJobID))] : []
  }

  /// Where a run is, for what it weighs.
  private struct Place {
    let partition: Partition
    let nodes: [NodeName: Node]

    func weight(of shares: [NodeName: NodeResources], by card: RateCard) -> Weight {
      shares.reduce(Weight.zero) { sum, share in
        sum + card.rates.weight(of: share.value, gpuType: nodes[share.key]?.gpuType)
      }
    }

    /// Of a request whose nodes were never seen: of the lightest type that it can have run on.
    func weight(of request: JobRequest, by card: RateCard) -> Weight {
      let types = partition.nodes.compactMap { nodes[$0] }
        .filter { request.perNode.fits(in: $0.capacity) }.map(\.gpuType)
        .filter { request.gpuType == nil || $0 == request.gpuType }
      let weights = types.map { card.rates.weight(of: request.perNode, gpuType: $0) }
      let lightest =
        weights.min() ?? card.rates.weight(of: request.perNode, gpuType: request.gpuType)
      return Weight(thousandths: lightest.thousandths * Int64(request.nodeCount))
    }
  }

  /// What Slurm allocated, in GPU-equivalents of the version that the run was started with,
  /// whichever is in force by now; nil where the partition's whole-node rule decides and what Slurm
  /// lists of each node does not matter.
  private func weight(
    of facts: Observation.RunningFacts, for run: RunRecord, in place: Place?
  ) -> Weight? {
    guard let place, !place.partition.wholeNodes, !facts.shares.isEmpty,
      let card = place.partition.rateCard(version: run.rateVersion)
    else { return nil }
    return place.weight(of: facts.shares, by: card)
  }

  /// - Parameter isProven: false if it is a guess that the site ended it: a member can put back an
  ///   own job, which gives nothing back.
  private func end(
    _ job: JobRecord, _ run: RunRecord, _ facts: Observation.EndedFacts, isProven: Bool = true
  ) -> [Step] {
    guard Self.isOf(facts, run, job) else { return [] }
    let start = facts.start ?? run.started
    let seconds = start.map { facts.end.seconds(since: $0) } ?? .zero
    let (closing, outcome) = (run.closing, run.closing.outcome(facts.outcome))
    // A member can put back an own job at any time, so that only what Polder ended gives back.
    let isProven = isProven && (outcome != .preempted || closing.isPreempted)
    // Slurm alone has the script of what came through it, and of what ended by itself it lets go.
    let canRunAgain = job.origin == .polder || facts.outcome != .failed
    return [
      .transition(
        .ended(
          run.id,
          RunEnd(
            start: start, end: facts.end, outcome: outcome, exitCode: facts.exitCode,
            signal: facts.signal, used: run.weight * max(seconds, .zero),
            pastEnd: pastEnd(run, from: start, to: facts.end),
            refund: isProven ? policy.refund(for: outcome, because: closing.cause) : nil,
            requeued: outcome.isSiteFailure && job.request.requeue && canRunAgain)))
    ]
  }

  /// False for the end of an earlier run of the same Slurm job.
  ///
  /// A start that was seen is in Slurm's own time; else Slurm's clock may be behind. Before the first
  /// run there was none. A later one has as a rule begun since its start was committed, and what
  /// began before that but ended after it is this one as well.
  private static func isOf(
    _ facts: Observation.EndedFacts, _ run: RunRecord, _ job: JobRecord
  ) -> Bool {
    let end = facts.end.wholeSeconds
    if let started = run.started { return end >= started.wholeSeconds }
    let first = (run.id.attempt == 1 ? job.submitted : run.committed) - clockDifference
    guard run.id.attempt > 1, end < run.committed.wholeSeconds else {
      return end >= first.wholeSeconds
    }
    return min(facts.start ?? facts.end, facts.end).wholeSeconds >= first.wholeSeconds
  }

  /// What a run used after the end of its allocation. It may have begun since it was seen last.
  private func pastEnd(_ run: RunRecord, from start: Instant?, to end: Instant) -> GPUTime {
    guard let start, let from = goesOn(run.running(since: start, weight: run.weight)) else {
      return .zero
    }
    return run.weight * max(end.seconds(since: max(from, start)), .zero)
  }

  private func ended(
    _ job: JobRecord, _ task: TaskRecord, _ facts: Observation.EndedFacts,
    _ place: Place?, _ adopter: AllocationID?, now: Instant
  ) -> [Step] {
    guard facts.end.wholeSeconds >= (job.submitted - Self.clockDifference).wholeSeconds else {
      return []
    }
    // A requeued task still sees the end of its earlier runs in Slurm's record.
    guard facts.start == nil || task.attempts == 0 else { return [] }
    if let start = facts.start, let place, let adopter {
      // It ran without Polder, between two looks: what is known of its shares is what it asked for.
      let card = place.partition.rateCard(at: start)
      let run = unplanned(
        job, task, on: Placement(nodes: [], perNode: job.request.perNode),
        place.weight(of: job.request, by: card), since: start, card, adopter, now: now)
      return bind(job, task, facts.submissionID)
        + [.transition(.adopted(task.id, run, slurmJobID: facts.slurmJobID))]
        + end(job, run, facts)
    }
    return bind(job, task, facts.submissionID) + [
      .transition(
        .dropped(task.id, facts.outcome, cause: "ended in Slurm before Polder started it"))
    ]
  }

  /// Slurm put a running job back to wait, and counts that: of one that it does not count it forgot the
  /// start, as a slurmctld does that is killed before it saves it. The record of its end arrives apart and says why; without
  /// one it is charged until then: it did run, and a member may put back an own job.
  private func putBack(
    _ job: JobRecord, _ run: RunRecord, since: Instant, now: Instant
  ) -> [Step] {
    guard now.seconds(since: since) > policy.absenceTimeout else { return [] }
    return end(
      job, run,
      Observation.EndedFacts(
        slurmJobID: 0, submissionID: 0, start: run.started, end: max(since, run.started ?? since),
        outcome: .preempted, exitCode: 0, signal: 0), isProven: run.closing.cause == .preempted)
  }

  /// - Parameter end: when it was there at the latest.
  private func lost(_ job: JobRecord, _ run: RunRecord?, until end: Instant) -> [Step] {
    guard let run else { return [] }
    guard let start = run.started else {
      return [.transition(.returned(run.id, cause: "Slurm does not know it any more"))]
    }
    return [
      .transition(
        .ended(
          run.id,
          RunEnd(
            start: start, end: end, outcome: .lost, exitCode: 0, signal: 0,
            used: run.weight * max(end.seconds(since: start), .zero),
            pastEnd: pastEnd(run, from: start, to: end),
            refund: policy.refund(for: .lost, because: nil),
            requeued: job.request.requeue)))
    ]
  }

  private func lapse(_ job: JobRecord, _ task: TaskRecord) -> [Step] {
    switch (job.origin, job.binding) {
    case (.slurm, .unbound), (.adopted, .unbound):
      return [.transition(.dropped(task.id, .refused, cause: "never appeared in Slurm"))]
    case (.slurm, .bound), (.adopted, .bound):
      return [.transition(.dropped(task.id, .lost, cause: "Slurm does not know it any more"))]
    case (.polder, _):
      // Polder has the script and submits it (again) when it is its turn.
      return []
    }
  }

  private func adopt(
    _ job: JobRecord, _ task: TaskRecord, _ facts: Observation.RunningFacts,
    _ place: Place?, _ adopter: AllocationID?, now: Instant
  ) -> [Step] {
    guard let place, let adopter, let share = facts.shares.min(by: { $0.key < $1.key })?.value
    else { return [] }
    let card = place.partition.rateCard(at: facts.start)
    let run = unplanned(
      job, task, on: Placement(nodes: Array(facts.shares.keys), perNode: share),
      place.weight(of: facts.shares, by: card), since: facts.start, card, adopter, now: now)
    return [
      .transition(
        .adopted(
          task.id, run, slurmJobID: facts.slurmJobID,
          allocated: facts.shares(unlike: run.placement)))
    ]
  }

  private func unplanned(
    _ job: JobRecord, _ task: TaskRecord, on placement: Placement, _ weight: Weight,
    since start: Instant, _ card: RateCard, _ adopter: AllocationID, now: Instant
  ) -> RunRecord {
    let reach = job.request(of: task).timeLimit + policy.grace
    return RunRecord(
      id: task.nextRun, allocation: adopter, placement: placement, weight: weight,
      rateVersion: card.version, hold: weight * reach, reach: reach,
      committed: now, started: start)
  }

  // MARK: Run again

  /// What Slurm ran of a task beside the runs that are known: after its end, by a slurmctld that was
  /// killed before it saved the end and starts the job again by itself; or while the task waited for
  /// another run and nobody looked.
  ///
  /// - Parameters:
  ///   - last: the task's last run, by whose allocation, shares and rates this one is charged.
  ///   - starts: of all runs of the task as this job of Slurm's.
  ///   - isSites: false if somebody put the job back, which Slurm counts as a new submission: such a
  ///     run stays charged.
  /// - Returns: nothing if the end is none of another run: it was accounted for already.
  package func repetition(
    of task: TaskRecord, job: JobRecord, after last: RunRecord, starts: [Instant],
    _ facts: Observation.EndedFacts, isSites: Bool, now: Instant
  ) -> [Transition] {
    guard let start = facts.start, facts.end >= start,
      start.wholeSeconds >= (job.submitted - Self.clockDifference).wholeSeconds,
      !starts.contains(where: { Self.isSame($0, facts) })
    else { return [] }
    let run = RunRecord(
      id: task.nextRun, allocation: last.allocation, placement: last.placement,
      weight: last.weight, rateVersion: last.rateVersion, hold: last.weight * last.reach,
      reach: last.reach, committed: now, started: start)
    switch task.state {
    case .starting, .running: return []
    case .waiting:
      let ends = end(job, run, facts).compactMap { step in
        if case .transition(let transition) = step { transition } else { nil }
      }
      return [.adopted(task.id, run, slurmJobID: facts.slurmJobID)] + ends
    case .ended:
      return [
        .repeated(
          task.id, run, slurmJobID: facts.slurmJobID,
          RunEnd(
            start: start, end: facts.end, outcome: facts.outcome, exitCode: facts.exitCode,
            signal: facts.signal, used: run.weight * facts.end.seconds(since: start),
            pastEnd: pastEnd(run, from: start, to: facts.end),
            refund: isSites ? policy.refund(for: .lost, because: nil) : nil, requeued: false))
      ]
    }
  }

  /// True if a run that began then can be the one whose end was recorded.
  private static func isSame(_ start: Instant, _ facts: Observation.EndedFacts) -> Bool {
    ([facts.start].compactMap { $0 } + facts.otherStarts)
      .contains { $0.wholeSeconds == start.wholeSeconds }
  }
}
