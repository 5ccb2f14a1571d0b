import BridgeProtocol
import Domain
import Engine
import Lifecycle
import Logging

/// What Slurm says of our tasks, written as transitions: many in one transaction, in order.
extension Conductor {
  /// So many transitions are gathered before they are written.
  private static let groupSize = 256

  enum RecordReading {
    case nothingNew, changedTasks
    /// Whether a run that Slurm no longer lists has ended can't be told now.
    case unreadable
  }

  /// Reads what slurmctld recorded of ended runs since the last round, to its end.
  func settleRecord(_ snapshot: Snapshot) async throws(StoreError) -> RecordReading {
    var cursor = snapshot.recordCursor.flatMap { RecordCursor($0) }
    var state = snapshot.state
    var changed = false
    var pending: [Transition] = []
    let submissions = Submissions(state)
    // Nothing is committed before the record was read to its end.
    let since = recordRead ?? state.runs.values.map(\.committed).max()
    while true {
      let page: EndedRunPage
      switch await slurm.endedRuns(after: cursor, limit: 500) {
      case .accepted(let next): page = next
      case .refused(let refusal):
        noteUnreachable(refusal.message)
        return .unreadable
      case .unavailable(let message), .unknown(let message):
        noteUnreachable(message)
        return .unreadable
      }
      for line in page.unreadable {
        logger.warning("a line of Slurm's record is unreadable", metadata: ["line": "\(line)"])
      }
      var unmatched: [EndedRun] = []
      for line in RecordOrder.read(page.runs, since: since, now: snapshot.now) {
        guard let match = submissions.match(line, state),
          try await !isOfEarlierRun(line, match.task, match.observation, state)
        else {
          unmatched.append(line)
          continue
        }
        pending += await steps(match.task, match.observation, &state, snapshot.now)
      }
      // What came before them on this page is in the store by then.
      if !unmatched.isEmpty { changed = try await perform(&pending) || changed }
      pending += try await repetitions(unmatched, state, snapshot.now)
      changed = try await perform(&pending) || changed
      guard let next = page.next, next != cursor else { break }
      try await store.saveRecordCursor(next.text)
      cursor = next
      if !page.more { break }
    }
    recordRead = snapshot.now
    return changed ? .changedTasks : .nothingNew
  }

  // MARK: Reconciliation

  func reconcile(
    _ snapshot: Snapshot, _ picture: SlurmPicture
  ) async throws(StoreError) -> Bool {
    var state = snapshot.state
    var changed = false
    var pending: [Transition] = []
    let doubtful = snapshot.state.tasks.values.filter { task in
      picture.tasks[task.id] != nil
        || state.jobs[task.id.job].map { Reconciliation.misses(task, of: $0) } ?? false
    }.map(\.id).sorted()
    noteMissing(doubtful, snapshot, picture)
    for task in doubtful {
      pending += await steps(task, picture.tasks[task] ?? .absent, &state, snapshot.now)
      if pending.count >= Self.groupSize { changed = try await perform(&pending) || changed }
    }
    return try await perform(&pending) || changed
  }

  /// Remembers since when looks in a row have not found a task where Polder has it. Forgotten with
  /// the process: then the time counts anew.
  private func noteMissing(
    _ doubtful: [TaskID], _ snapshot: Snapshot, _ picture: SlurmPicture
  ) {
    var missing: [TaskID: Instant] = [:]
    for id in doubtful {
      guard let task = snapshot.state.tasks[id] else { continue }
      switch (task.state, picture.tasks[id] ?? .absent) {
      case (.ended, _): break
      case (_, .absent), (.running, .pending), (.running, .removed):
        missing[id] = missingSince[id] ?? snapshot.now
      case (_, .ended(let facts)) where !facts.isRecorded:
        missing[id] = missingSince[id] ?? snapshot.now
      default: break
      }
    }
    missingSince = missing
  }

  /// What follows from an observation of a task. It is applied to the picture at once, so that what
  /// comes after it is decided as if it were written; the store decides whether it still applies,
  /// and the next round begins from what is there.
  func steps(
    _ id: TaskID, _ observation: Observation, _ state: inout EngineState, _ now: Instant
  ) async -> [Transition] {
    guard let task = state.tasks[id], let job = state.jobs[id.job] else { return [] }
    let centre = state.centre
    let reconciliation = Reconciliation(policy: cycle.lifecycle) {
      Cycle.goesOn($0, in: centre)
    }
    let run = task.state.run.flatMap { state.runs[$0] }
    let partition = run?.placement.partition ?? job.request.partition
    let steps = reconciliation.steps(
      job: job, task: task, run: run, partition: state.centre.partitions[partition],
      nodes: state.centre.nodes,
      adopter: Cycle.adopter(for: job.request, state.centre, now: now),
      observation: observation, missingSince: missingSince[id] ?? now, now: now)
    var transitions: [Transition] = []
    for step in steps {
      switch step {
      case .transition(let transition):
        if case .returned(let run, let cause) = transition {
          pause(run.task, cause, now: now)
        }
        transitions.append(transition)
      case .holdAgain(let task, let slurmJobID):
        let outcome = await slurm.hold(SlurmTarget(task, slurmJobID))
        logger.notice(
          "held again in Slurm: it was released without Polder",
          metadata: ["task": "\(task)", "outcome": "\(outcome)"])
      case .takeBack(let run, let slurmJobID):
        guard case .accepted = await slurm.hold(SlurmTarget(run.task, slurmJobID)) else { continue }
        let reason = slurmsReason(for: slurmJobID).map { ", and says \($0)" } ?? ""
        let cause = "Slurm did not start it within \(cycle.lifecycle.startTimeout)\(reason)"
        pause(run.task, cause, now: now)
        transitions.append(.returned(run, cause: cause))
      }
    }
    for transition in transitions { state.apply(transition) }
    return transitions
  }

  /// Writes transitions in order, many in one transaction. True if any applied.
  func perform(_ pending: inout [Transition]) async throws(StoreError) -> Bool {
    guard !pending.isEmpty else { return false }
    let transitions = pending
    pending = []
    let outcomes = try await store.perform(transitions)
    for (transition, outcome) in zip(transitions, outcomes) {
      switch outcome {
      case .done: logger.info("\(transition)")
      case .stale: break
      case .failed(let why): note(failed: "\(transition)", why)
      }
    }
    return outcomes.contains(.done)
  }

  /// A step that the store contradicts holds up no other; it is tried again by the next round.
  func note(failed step: String, _ why: String) {
    logger.error(
      "the store contradicts the code", metadata: ["step": "\(step)", "why": "\(why)"])
  }

  /// Cancels what waits in Slurm for nothing. Only after a while: a job that was accepted since the
  /// snapshot was taken is not in it yet.
  func clear(_ leftovers: Set<SlurmTarget>, now: Instant) async {
    leftoversSince = leftoversSince.filter { leftovers.contains($0.key) }
    for target in leftovers {
      let since = leftoversSince[target, default: now]
      leftoversSince[target] = since
      guard now.seconds(since: since) > cycle.lifecycle.absenceTimeout else { continue }
      let outcome = await slurm.cancel(target)
      logger.notice(
        "cancelled in Slurm: Polder has no such open task",
        metadata: ["job": "\(target)", "outcome": "\(outcome)"])
    }
  }
}
