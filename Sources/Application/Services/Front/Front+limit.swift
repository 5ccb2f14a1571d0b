import Domain
import Engine
import Lifecycle
package import Wire

extension Front {
  /// Gives a job, or one task, another time limit, counted from the start of its runs: all that runs
  /// or waits of it, or nothing. A longer one of a run is held for first; a shorter one leaves the
  /// hold as it is. What waits gets it for its runs to come, under the rules of a new request. For the
  /// job's owner, a PI or manager of its project, or an administrator. Safe to repeat.
  package func changeLimit(
    _ id: String, _ wanted: LimitRequest, _ caller: Caller
  ) async throws(Problem) -> JobView {
    let limit: Seconds
    do throws(OptionError) {
      limit = try OptionValue.time(wanted.timeLimit)
    } catch {
      throw Problem(
        title: "No time limit", status: 422, code: "invalid", detail: error.message)
    }
    let centre = try await centre()
    guard let task = TaskID(id) else {
      throw Problem(
        title: "No job id", status: 400, code: "invalid-id",
        detail: "'\(id)' is no job id; they look like P1042 or P1042_3")
    }
    let sheets = try await asked { () async throws(StoreError) in
      try await store.sheets(
        SheetFilter(job: task.job, projects: projects(of: caller, in: centre), ended: true))
    }
    guard let sheet = sheets.first else {
      throw caller.role == .auditor ? forAuditors(task.job, caller) : noRun(id)
    }
    try await mayChange(sheet, caller, centre)
    if caller.role == .administrator, sheet.job.request.member != caller.member {
      try await record(
        caller.line(.changeLimit, "\(task)", detail: "asks for a limit of \(limit)"))
    }
    let tasks = sheet.tasks.filter { task.index == nil || $0.id == task }
    guard !tasks.isEmpty else { throw noRun(id) }
    guard tasks.contains(where: { !$0.isEnded }) else {
      throw Problem(
        title: "Already ended", status: 409, code: "already-ended",
        detail: "\(id) has ended; it has no limit to change",
        nextStep: "submit it again with a longer one: polder job submit SCRIPT --time=…")
    }
    // Of a job that lists partitions each has to allow it.
    let maxima = sheet.job.request.partitions.map {
      centre.partitions[$0]?.maximumTimeLimit ?? .zero
    }
    let change = LimitChange(
      limit: limit, grace: settings.grace, maximum: maxima.min() ?? .zero)
    try await admit(change, of: tasks.filter { $0.state == .waiting }, sheet.job, caller)
    let outcome = try await asked { () async throws(StoreError) in
      try await store.change(limitOf: task, to: change)
    }
    if case .refused(let refused, let refusal) = outcome {
      throw LimitRefusalText(
        task: refused, taskCount: tasks.count, change: change,
        giver: Giver(sheet.job.request.project, for: caller, in: centre),
        seesUse: caller.role == .administrator || !Self.isShared(refusal, centre)
      ).problem(refusal)
    }
    await board.wake()
    return try await view(task.job, caller, centre)
  }

  /// True of a cap that counts several projects together, of which only administrators see the use.
  private static func isShared(_ refusal: LimitRefusal, _ centre: Centre) -> Bool {
    guard case .cap(let id, _, _, _, _, _) = refusal else { return false }
    return centre.allCapRules.first { $0.id == id }?.scope.isShared ?? true
  }

  /// Answers Slurm's plugin, as ``pluginSubmit(_:peerUID:)``: a member asks for another limit by
  /// `scontrol update`.
  package func pluginModify(
    _ seen: PluginChange, peerUID: UInt32
  ) async throws(Problem) -> String {
    guard peerUID == 0 || peerUID == accounts.ids(of: roles.slurmUser)?.uid else {
      throw Problem(
        title: "Not allowed", status: 403, code: "not-allowed",
        detail: "only slurmctld may ask as its plugin")
    }
    do throws(Problem) {
      let caller = try await caller(uid: seen.userUID)
      let id = try await polderID(of: seen.job, caller)
      let view = try await changeLimit(
        id, LimitRequest(timeLimit: "\(seen.timeLimitMinutes)"), caller)
      // slurmctld may write the limit of what waits by itself, where nothing of it runs: an array's
      // running tasks would be given it too.
      let tasks = view.tasks.filter { id == view.id || $0.id == id }
      let isWaiting =
        tasks.contains { $0.state == "waiting" }
        && !tasks.contains { ["running", "starting"].contains($0.state) }
      let limit = tasks.first { $0.state == "waiting" }?.timeLimitSeconds ?? view.timeLimitSeconds
      return "decision=accept\nkey=\(view.id)\n"
        + (isWaiting ? "timeLimitMinutes=\(limit / 60)\n" : "")
    } catch {
      let words = "Polder: \(error.title): \(error.detail)"
        .replacing("\\", with: "\\\\").replacing("\n", with: "\\n")
      return "decision=refuse\nmessage=\(words)\n"
    }
  }

  /// The open job or task that has Slurm's id `17` or `17_3`.
  private func polderID(of slurmID: String, _ caller: Caller) async throws(Problem) -> String {
    let parts = slurmID.split(separator: "_", omittingEmptySubsequences: false)
    guard parts.count <= 2, let number = parts.first.flatMap({ Int64($0) }) else {
      throw noRun(slurmID)
    }
    for sheet in try await sheets(of: caller, try await centre()) {
      if parts.count == 1,
        let run = sheet.runs.first(where: { $0.slurmJobID == number && $0.end == nil })
      {
        return "\(run.run.id.task)"
      }
      guard sheet.job.binding.slurmJobID == number else { continue }
      return parts.count == 2 ? "\(sheet.job.id)_\(parts[1])" : "\(sheet.job.id)"
    }
    throw noRun(slurmID)
  }

  /// A longer limit of tasks that wait is admitted as a new request for them would be.
  private func admit(
    _ change: LimitChange, of waiting: [TaskRecord], _ job: JobRecord, _ caller: Caller
  ) async throws(Problem) {
    let limit = change.ofRunsToCome
    guard waiting.contains(where: { job.request(of: $0).timeLimit < limit }) else { return }
    let resolver = RequestResolver(try await context(for: caller, []))
    let changed = job.request.changed(
      timeLimit: limit, arrayIndices: waiting.compactMap(\.id.index))
    if let problem = resolver.refusal(ofChanged: changed, by: caller.member) { throw problem }
  }

  private func mayChange(
    _ sheet: JobSheet, _ caller: Caller, _ centre: Centre
  ) async throws(Problem) {
    let role = caller.member.flatMap { centre.projects[sheet.job.request.project]?.role(of: $0) }
    guard
      caller.role == .administrator || sheet.job.request.member == caller.member
        || role == .principalInvestigator || role == .manager
    else {
      await attempt(
        caller.line(.changeLimit, "\(sheet.job.id)", .refused, detail: "another member's"))
      throw Problem(
        title: "Not your job", status: 403, code: "not-allowed",
        detail: "\(sheet.job.id) is another member's", nextStep: "ask its owner or your PI")
    }
  }

  private func noRun(_ id: String) -> Problem {
    Problem(
      title: "No such job", status: 404, code: "unknown-job",
      detail: "there is no job \(id) in your projects",
      nextStep: "see your jobs with `polder job list --all`")
  }
}
