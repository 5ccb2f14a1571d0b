import BridgeProtocol
import Domain
import Engine
import Lifecycle
import Logging

/// What a slurmctld does that forgets: killed within seconds of a change it goes on from the state
/// that it saved before, gives ids again, and starts again what had ended.
extension Conductor {
  /// Runs of jobs that had ended, by lines of Slurm's record that no open task is meant by. Lines of
  /// ends that were seen before give nothing.
  func repetitions(
    _ lines: [EndedRun], _ state: EngineState, _ now: Instant
  ) async throws(StoreError) -> [Transition] {
    let lines = lines.filter { line in
      line.times.start != nil && line.times.end != nil && !line.nodes.isEmpty
        && state.centre.projects.keys.contains { $0.text == line.account }
    }
    guard !lines.isEmpty else { return [] }
    let ids = Set(lines.map { Int64($0.arrayJobID ?? $0.jobID) }).sorted()
    var transitions: [Transition] = []
    var sheets = try await store.sheets(submittedAs: ids)
    for line in lines where !sheets.contains(where: { $0.knows(line) }) {
      // An id can be given again: the latest that can be meant.
      for place in sheets.indices.reversed() {
        let found = repetition(line, sheets[place], state, now)
        guard !found.isEmpty else { continue }
        transitions += found
        sheets[place] = sheets[place].after(found)
        break
      }
    }
    return transitions
  }

  private func repetition(
    _ line: EndedRun, _ sheet: JobSheet, _ state: EngineState, _ now: Instant
  ) -> [Transition] {
    let job = sheet.job
    let facts = Submissions.facts(of: Submissions.read(line, of: job))
    guard job.request.project.text == line.account,
      Submissions.isOf(line, job), Submissions.isSubmitted(line, as: job)
    else { return [] }
    let centre = state.centre
    let reconciliation = Reconciliation(policy: cycle.lifecycle) { Cycle.goesOn($0, in: centre) }
    for task in sheet.tasks where line.arrayTask == nil || task.id.index == line.arrayTask {
      let given = [task.slurmJobID(in: job), job.binding.slurmJobID]
      let runs = sheet.runs.filter { $0.run.id.task == task.id }
      guard given.contains(facts.submissionID),
        let last = runs.last(where: { $0.run.started != nil })?.run
      else { continue }
      return reconciliation.repetition(
        of: task, job: job, after: last,
        starts: runs.filter { $0.slurmJobID == facts.slurmJobID }.compactMap(\.run.started),
        facts, isSites: job.origin == .polder || Submissions.isAtOnce(line, job), now: now)
    }
    return []
  }

  /// True for the end of a run before the task's present one, read again or announced twice. Slurm's
  /// clock may be behind, so that an end just before the present start was committed can be either's.
  func isOfEarlierRun(
    _ line: EndedRun, _ task: TaskID, _ seen: Observation, _ state: EngineState
  ) async throws(StoreError) -> Bool {
    guard let run = state.tasks[task]?.state.run.flatMap({ state.runs[$0] }), run.id.attempt > 1,
      run.started == nil, case .ended(let facts) = seen, facts.end < run.committed
    else { return false }
    return try await store.sheets(submittedAs: [facts.submissionID]).contains { $0.knows(line) }
  }

  /// Ends at once in Slurm what runs or may start there although its task has ended, or runs as a
  /// later job of Slurm's. What the store does not know is left alone: a restored one may lack it.
  func end(_ astray: Set<SlurmPicture.Astray>) async throws(StoreError) {
    for one in astray.sorted(by: { $0.task < $1.task }) {
      let sheet = try await store.sheets(SheetFilter(job: one.task.job, ended: true)).first
      guard let task = sheet?.tasks.first(where: { $0.id == one.task }),
        task.isEnded || task.generation > one.generation
      else { continue }
      let outcome = await slurm.cancel(one.target)
      logger.notice(
        "cancelled in Slurm: it began anew what had ended",
        metadata: ["task": "\(one.task)", "job": "\(one.target)", "outcome": "\(outcome)"])
    }
  }
}

extension JobSheet {
  /// The run that a line tells of is written already, of whichever job.
  fileprivate func knows(_ line: EndedRun) -> Bool {
    let starts = Set(line.starts)
    return runs.contains { sheet in
      sheet.slurmJobID == Int64(line.jobID)
        && sheet.run.started.map { starts.contains($0.wholeSeconds) } ?? false
    }
  }

  /// The same once a run is written, for what comes after it in the record.
  fileprivate func after(_ transitions: [Transition]) -> JobSheet {
    var (tasks, runs) = (tasks, runs)
    for transition in transitions {
      let written: (run: RunRecord, slurmJobID: Int64, end: RunEnd?)
      switch transition {
      case .repeated(_, let run, let slurmJobID, let end): written = (run, slurmJobID, end)
      case .adopted(_, let run, let slurmJobID, _): written = (run, slurmJobID, nil)
      default: continue
      }
      for place in tasks.indices where tasks[place].id == written.run.id.task {
        tasks[place].attempts = written.run.id.attempt
      }
      runs.append(
        RunSheet(
          run: written.run, slurmJobID: written.slurmJobID, devices: [], end: written.end,
          charged: .zero, refunded: .zero))
    }
    // Of one that waited another line is told by the next round's.
    return JobSheet(job: job, tasks: tasks, runs: runs, causes: causes)
  }
}
