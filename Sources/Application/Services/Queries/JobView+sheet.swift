import Domain
import Engine
import Ledger
import Lifecycle
import Wire

extension JobView {
  /// A job as it is shown. `board` explains tasks that wait, `caps` why they are behind others.
  init(
    _ sheet: JobSheet, centre: Centre, board: BoardState, caps: CapPicture = .empty,
    grace: Seconds, wording: Wording
  ) {
    let job = sheet.job
    self.init(
      id: "\(job.id)", name: job.request.name,
      owner: centre.members[job.request.member]?.account ?? "\(job.request.member)",
      project: job.request.project.text,
      partition: job.request.partitions.map(\.text).joined(separator: ","),
      origin: job.origin.rawValue, nodes: job.request.nodeCount,
      gpusPerNode: job.request.perNode.gpus,
      gpuThousandthsPerNode: job.request.perNode.sharedThousandths,
      timeLimitSeconds: job.request.timeLimit.count, submitted: job.submitted.milliseconds,
      slurmJobID: job.binding.slurmJobID,
      tasks: sheet.tasks.map { task in
        TaskView(
          task,
          runs: sheet.runs.filter { $0.run.id.task == task.id }
            .map { RunView($0, grace: grace) },
          reason: Self.end(of: task, sheet, centre)
            ?? Self.reason(task, job, sheet, board, wording),
          expectedStart: task.state == .waiting
            ? board.plan[task.id]?.expectedStart?.milliseconds : nil)
      }, warnings: wording.views(caps.warnings(of: sheet, centre)),
      conditions: job.request.conditions)
  }

  /// What a member should know of an end that its exit code does not tell.
  private static func explanation(_ end: RunEnd) -> ReasonView? {
    // Slurm's way of saying that the batch step could not open its files (slurmd's ESLURMD_...).
    guard end.outcome == .failed, end.signal == 53 else { return nil }
    return ReasonView(
      code: "output", text: "Slurm could not write the job's output file",
      nextStep: "submit it from a folder of yours that every node has, or name one: --chdir")
  }

  /// Of one that runs: when Polder ends it before its limit, and why.
  private static func end(
    of task: TaskRecord, _ sheet: JobSheet, _ centre: Centre
  ) -> ReasonView? {
    guard case .running(let id) = task.state,
      let run = sheet.runs.last(where: { $0.run.id == id })?.run,
      let end = EndMessage.next(of: run, in: centre)
    else { return nil }
    return ReasonView(
      code: "ends-early",
      text: "Polder ends it at \(end.at): \(end.cause.words(ending: run.allocation))",
      nextStep: "have it save its work before")
  }

  private static func reason(
    _ task: TaskRecord, _ job: JobRecord, _ sheet: JobSheet, _ board: BoardState,
    _ wording: Wording
  ) -> ReasonView? {
    let cause = sheet.causes[task.id]
    switch task.state {
    case .ended:
      return cause.map { ReasonView(code: "ended", text: $0) }
        ?? sheet.runs.last { $0.run.id.task == task.id }?.end.flatMap(Self.explanation)
    case .running:
      return nil
    case .starting:
      return ReasonView(code: "starting", text: "released to Slurm on its nodes")
    case .waiting:
      if case .unreachable = board.slurm {
        return ReasonView(
          code: "slurm-unreachable", text: "Slurm does not answer, so nothing can start",
          nextStep: "nothing is lost; it starts when Slurm is back")
      }
      guard board.clocksAgree else {
        return ReasonView(
          code: "clock", text: "Slurm's clock and Polder's differ, so nothing can start",
          nextStep: "the administrators have to set one of them; nothing is lost")
      }
      if job.origin.isSlurms, job.binding == .unbound {
        return ReasonView(code: "provisional", text: "accepted, not seen in Slurm yet")
      }
      guard let wait = board.plan[task.id], let reason = wait.reason else {
        return cause.map { ReasonView(code: "waiting", text: $0) }
          ?? ReasonView(code: "planning", text: "the next plan includes it")
      }
      return wording.view(reason)
    }
  }
}

extension JobRequest {
  /// What it asks besides nodes, resources and time, as options of a submission.
  var conditions: [String] {
    var conditions: [String] = []
    if let features = terms.features { conditions.append("--constraint=\(features)") }
    if !terms.required.isEmpty {
      conditions.append("--nodelist=\(CanonicalText.nodes(terms.required))")
    }
    if !terms.excluded.isEmpty {
      conditions.append("--exclude=\(CanonicalText.nodes(terms.excluded))")
    }
    if let wish = terms.switches {
      conditions.append("--switches=\(wish.most) until \(wish.until)")
    }
    if let reservation = terms.reservation { conditions.append("--reservation=\(reservation)") }
    if let least = wishes.minimumTime { conditions.append("--time-min=\(least)") }
    if let deadline = wishes.deadline { conditions.append("--deadline=\(deadline)") }
    if wishes.nice > 0 { conditions.append("--nice=\(wishes.nice)") }
    if let qos = wishes.qos { conditions.append("--qos=\(qos)") }
    if !licences.isEmpty {
      conditions.append("--licenses=\(licences.map(\.description).joined(separator: ","))")
    }
    if wishes.isSingleton { conditions.append("--dependency=singleton") }
    return conditions
  }
}

extension TaskView {
  init(_ task: TaskRecord, runs: [RunView], reason: ReasonView?, expectedStart: Int64?) {
    let word =
      switch task.state {
      case .waiting: "waiting"
      case .starting: "starting"
      case .running: "running"
      case .ended(let outcome): outcome.rawValue
      }
    self.init(
      id: "\(task.id)", state: word, reason: reason, expectedStart: expectedStart,
      timeLimitSeconds: task.limit?.count, runs: runs)
  }
}

extension RunView {
  init(_ sheet: RunSheet, grace: Seconds) {
    let run = sheet.run
    self.init(
      id: "\(run.id)", slurmJobID: sheet.slurmJobID, nodes: run.placement.nodes.map(\.text),
      devices: sheet.devices,
      start: (sheet.end?.start ?? run.started)?.milliseconds, end: sheet.end?.end.milliseconds,
      exitCode: sheet.end?.exitCode, signal: sheet.end?.signal,
      weightThousandths: run.weight.thousandths, allocation: run.allocation.text,
      timeLimitSeconds: (run.closing.limit ?? run.reach - grace).count,
      hold: run.hold?.milliseconds ?? 0,
      charged: sheet.end == nil ? nil : sheet.charged.milliseconds,
      refunded: sheet.end == nil ? nil : sheet.refunded.milliseconds,
      outcome: sheet.end?.outcome.rawValue, partition: run.placement.partition?.text,
      gpusPerNode: run.placement.perNode.gpus,
      gpuThousandthsPerNode: run.placement.perNode.sharedThousandths)
  }
}
