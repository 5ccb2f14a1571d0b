import BridgeProtocol
import Domain
import Engine
import Ledger
import Lifecycle
import Scheduling
package import Wire

extension Front {
  // MARK: Asking and submitting

  /// What a submission would cost and when it would start. Members only; leaves no trace.
  package func quote(
    _ submission: Submission, _ caller: Caller
  ) async throws(Problem) -> QuoteView {
    let (resolved, context) = try await resolve(draft(submission, caller), caller)
    let quote = resolved.quote
    let balance = context.balances[resolved.allocation.id] ?? Balance()
    let wait = await forecast(resolved.request, context)
    let prospect = context.centre.prospect(of: resolved.allocation.id, balance)
    let shortened = wait?.shortened.map { QuoteView.Shortened($0, of: quote) }
    let charge = quote.taskCount == 1 ? shortened?.chargeAtMost : nil
    let own = try await sheets(of: caller, context.centre)
    let wording = wording(for: caller, context.centre, own)
    return QuoteView(
      project: resolved.request.project.text, allocation: resolved.allocation.id.text,
      partition: quote.partition.text, nodes: quote.nodeCount, gpusPerNode: quote.perNode.gpus,
      gpuThousandthsPerNode: quote.perNode.sharedThousandths,
      cpusPerNode: quote.perNode.cpus, memoryMiBPerNode: quote.perNode.memoryMiB,
      gpuType: resolved.request.gpuType, tasks: quote.taskCount,
      timeLimitSeconds: resolved.request.timeLimit.count, graceSeconds: settings.grace.count,
      weightThousandths: quote.weight.thousandths, rateVersion: quote.rateVersion,
      rateChange: rateChange(resolved, wait, context)?.milliseconds,
      arithmetic: arithmetic(resolved, context.centre),
      chargeAtMost: quote.maximumTotalCharge.milliseconds, hold: quote.totalHold.milliseconds,
      available: balance.available.milliseconds, held: balance.held.milliseconds,
      availableAfter: balance.available.milliseconds
        - (charge ?? quote.maximumTotalCharge.milliseconds),
      deferred: balance.deferred > .zero ? balance.deferred.milliseconds : nil,
      enoughFrom: prospect?.released(quote.holdPerTask - balance.available)?.milliseconds,
      expectedStart: wait?.expectedStart?.milliseconds,
      reason: wait?.reason.map { wording.view($0) },
      warnings: try await warnings(of: resolved, wording, context.centre),
      asOf: context.now.milliseconds,
      otherPartitions: resolved.otherQuotes.isEmpty
        ? nil
        : resolved.otherQuotes.map {
          PartitionQuote(
            partition: $0.partition.text, weightThousandths: $0.weight.thousandths,
            chargeAtMost: $0.maximumTotalCharge.milliseconds, hold: $0.totalHold.milliseconds)
        }, shortened: shortened)
  }

  /// When it would start: not before its own conditions hold, then behind all that waits. The board
  /// knows open jobs only, so that dependencies are judged here.
  private func forecast(
    _ request: JobRequest, _ context: RequestResolver.Context
  ) async -> BoardState.Wait? {
    let others = request.wait(
      for: { dependency in
        context.jobs.first { $0.job.id == dependency.job }?.tasks
          .filter { dependency.index == nil || $0.id.index == dependency.index } ?? []
      }, now: context.now)
    if let others { return BoardState.Wait(reason: others, expectedStart: nil) }
    return await board.forecast(request.withoutDependencies)
  }

  /// Accepts a job once for a key. Members with a role that may submit.
  package func submit(
    _ submission: Submission, key: String, _ caller: Caller
  ) async throws(Problem) -> (view: JobView, isNew: Bool) {
    guard (1...255).contains(key.utf8.count) else {
      throw Problem(
        title: "The key can't be used", status: 400, code: "idempotency-key",
        detail: "a submission needs a key of 1 to 255 bytes, so that a repeat is not a second job")
    }
    guard !key.hasPrefix(Adoption.keyPrefix) else {
      throw Problem(
        title: "The key can't be used", status: 422, code: "idempotency-key",
        detail: "keys that begin with '\(Adoption.keyPrefix)' are Polder's own",
        nextStep: "choose another")
    }
    try mayOwnJobs(caller)
    let draft = try draft(submission, caller)
    let environment = environment(submission, draft)
    let said = SubmissionKey(key, submission, environment: environment)
    let found: (RequestResolver.Resolved, RequestResolver.Context)
    do throws(Problem) {
      found = try await resolve(draft, caller)
    } catch {
      // What was accepted stays accepted, also if it would be refused by now.
      guard let standing = try await standing(said, caller) else { throw error }
      return (standing, false)
    }
    let (resolved, context) = found
    let new = NewJob(
      request: resolved.request, origin: .polder,
      payload: JobPayload(
        uid: caller.uid, gid: caller.gid, script: submission.script, environment: environment,
        workingDirectory: Self.folder(draft.workingDirectory, in: submission.workingDirectory),
        standardOutput: draft.standardOutput, standardError: draft.standardError,
        standardInput: draft.standardInput, comment: draft.comment,
        taskCount: resolved.taskCount, cpusPerTask: resolved.cpusPerTask),
      key: said)
    let acceptance = try await asked { () async throws(StoreError) in try await store.accept(new) }
    await board.wake()
    guard case .accepted(let job) = acceptance else {
      return (try await view(acceptance, caller, context.centre), false)
    }
    var accepted = try await view(job.id, caller, context.centre, isNew: true)
    accepted.warnings = await acceptedWarnings(
      of: resolved, wording(for: caller, context.centre, []), context.centre)
    return (accepted, true)
  }

  /// The job that the caller submitted before under a key, if the same was said.
  private func standing(
    _ key: SubmissionKey, _ caller: Caller
  ) async throws(Problem) -> JobView? {
    guard let member = caller.member else { return nil }
    let standing = try await asked { () async throws(StoreError) in
      try await store.standing(of: member, under: key)
    }
    guard let standing else { return nil }
    return try await view(standing, caller, try await centre())
  }

  private func view(
    _ acceptance: Acceptance, _ caller: Caller, _ centre: Centre
  ) async throws(Problem) -> JobView {
    switch acceptance {
    case .accepted(let job), .again(let job): return try await view(job.id, caller, centre)
    case .keyUsedOtherwise(let job):
      throw Problem(
        title: "Key used before", status: 422, code: "key-used-otherwise",
        detail: "this key stands for \(job), which says something else",
        nextStep: "use a new key for a new job")
    case .refused(let shortfall):
      throw wording(for: caller, centre, []).problem(shortfall)
    }
  }

  func mayOwnJobs(_ caller: Caller) throws(Problem) {
    guard caller.uid >= 1000 else {
      throw Problem(
        title: "Not as a system account", status: 403, code: "system-account",
        detail: "jobs never run as \(caller.account) (uid \(caller.uid))",
        nextStep: "submit as the member whose job it is")
    }
  }

  private func draft(
    _ submission: Submission, _ caller: Caller
  ) throws(Problem) -> SubmissionDraft {
    guard caller.member != nil else { throw noMember(caller) }
    let options = SubmissionOptions(script: submission.script, commandLine: submission.options)
    if let problem = Wording.problem(options.faults, script: submission.scriptName) {
      throw problem
    }
    guard submission.workingDirectory.hasPrefix("/") else {
      throw Problem(
        title: "The working directory can't be used", status: 422, code: "invalid",
        detail: "'\(submission.workingDirectory)' is not absolute")
    }
    var draft = options.draft
    draft.name = draft.name ?? Self.jobName(submission.scriptName)
    try requireRecordable(
      name: draft.name, Self.folder(draft.workingDirectory, in: submission.workingDirectory))
    return draft
  }

  /// Refuses what Slurm's record of ended runs could not hold beyond doubt.
  func requireRecordable(name: String?, _ folder: String?) throws(Problem) {
    for (what, text) in [("name", name), ("working directory", folder)] {
      guard let text, let fault = RecordText.fault(in: text) else { continue }
      throw Problem(
        title: "The \(what) can't be used", status: 422, code: "invalid",
        detail: "the job's \(what) \(fault)", nextStep: "use another \(what)")
    }
  }

  private func resolve(
    _ draft: SubmissionDraft, _ caller: Caller
  ) async throws(Problem) -> (RequestResolver.Resolved, RequestResolver.Context) {
    let context = try await context(for: caller, draft.dependencies)
    guard let member = caller.member.flatMap({ context.centre.members[$0] }) else {
      throw noMember(caller)
    }
    switch RequestResolver(context).resolve(draft, for: member) {
    case .success(let resolved): return (resolved, context)
    case .failure(let problem): throw problem
    }
  }

  /// `--chdir`, seen from where the member stands.
  private static func folder(_ path: String?, in current: String) -> String {
    guard let path else { return current }
    return path.hasPrefix("/") ? path : "\(current)/\(path)"
  }

  /// As sbatch names a job: by the script's file.
  private static func jobName(_ scriptName: String) -> String {
    let name = scriptName.split(separator: "/").last.map(String.init) ?? scriptName
    return name == "-" || name.isEmpty ? "job" : name
  }

  func noMember(_ caller: Caller) -> Problem {
    Problem(
      title: "No member", status: 403, code: "not-a-member",
      detail: "the account \(caller.account) is bound to no member",
      nextStep: "ask an administrator of the centre to bind it")
  }

  /// What a draft is held against. Jobs are read only where it depends on some.
  func context(
    for caller: Caller, _ dependencies: [DraftDependency]
  ) async throws(Problem) -> RequestResolver.Context {
    let centre = try await centre()
    let own = projects(of: caller, in: centre)
    let (balances, now) = try await asked { () async throws(StoreError) in
      (try await store.balances(), try await store.now())
    }
    let state = await board.current()
    let named = try await asked { () async throws(StoreError) in
      try await jobs(named: Set(dependencies.map(\.target)), of: own)
    }
    return RequestResolver.Context(
      centre: centre, balances: balances, now: now, grace: settings.grace,
      defaultPartition: settings.defaultPartition, jobs: named,
      reserved: state.slurm == .well || !state.reserved.isEmpty ? state.reserved : nil)
  }

  private func jobs(
    named targets: Set<DraftDependency.Target>, of projects: Set<ProjectID>
  ) async throws(StoreError) -> [JobSheet] {
    var found: [JobSheet] = []
    var slurmNumbers = false
    for target in targets {
      switch target {
      case .polder(let job):
        found += try await store.sheets(SheetFilter(job: job, projects: projects, ended: true))
      case .slurm: slurmNumbers = true
      }
    }
    guard slurmNumbers else { return found }
    // Slurm's numbers are looked for among the latest jobs of the caller's own projects. Slurm gives
    // a number before Polder has seen its job there: a pipeline of sbatch names it at once.
    for _ in 0..<8 {
      let sheets = try await store.sheets(
        SheetFilter(projects: projects, ended: true, limit: 10_000))
      let missing = targets.contains { target in
        !(found + sheets).contains { $0.isNamed(by: target) }
      }
      let unseen = sheets.contains { $0.job.origin.isSlurms && $0.job.binding == .unbound }
      guard missing, unseen else { return found + sheets }
      await board.wake()
      try? await Task.sleep(for: .milliseconds(100))
    }
    return found
      + (try await store.sheets(SheetFilter(projects: projects, ended: true, limit: 10_000)))
  }

  /// `--export`: all of the environment (sbatch's default), none, or some names and values.
  private func environment(_ submission: Submission, _ draft: SubmissionDraft) -> [String] {
    guard let export = draft.export, export != "ALL" else { return submission.environment }
    var kept: [String] = []
    for word in export.split(separator: ",") {
      if word == "ALL" {
        kept += submission.environment
      } else if word == "NONE" {
        continue
      } else if word.contains("=") {
        kept.append(String(word))
      } else {
        kept += submission.environment.filter { $0.hasPrefix("\(word)=") }
      }
    }
    let named = Set(kept.map { $0.prefix { $0 != "=" } })
    // A batch script can't start without these.
    kept += submission.environment.filter {
      ["PATH", "HOME", "USER", "SHELL"].contains($0.prefix { $0 != "=" })
        && !named.contains($0.prefix { $0 != "=" })
    }
    return kept
  }

  /// When other rates come into force, if the job could start after that: by its expected start, or
  /// where none is known by the last moment that its allocation's window leaves.
  private func rateChange(
    _ resolved: RequestResolver.Resolved, _ wait: BoardState.Wait?,
    _ context: RequestResolver.Context
  ) -> Instant? {
    let span = resolved.request.timeLimit + settings.grace
    let latest = wait?.expectedStart ?? (resolved.allocation.window.upperBound - span)
    let change = context.centre.partitions[resolved.quote.partition]?
      .nextRateCard(after: resolved.request.notBefore ?? context.now)?.inForceFrom
    return change.flatMap { $0 <= latest ? $0 : nil }
  }

  private func arithmetic(_ resolved: RequestResolver.Resolved, _ centre: Centre) -> String {
    guard let partition = centre.partitions[resolved.quote.partition],
      let rates = partition.rateCard(version: resolved.quote.rateVersion)?.rates
    else { return "" }
    let share = resolved.quote.perNode
    let perGPU = rates.perGPU(of: resolved.quote.gpuType, in: share)
    let gpus =
      share.sharedThousandths.map { "\(Weight(thousandths: Int64($0))) GPU" }
      ?? counted(share.gpus, "GPU")
    let parts = [
      "\(gpus) × \(Weight(thousandths: perGPU))",
      "\(counted(share.cpus, "CPU")) × \(Weight(thousandths: rates.perCPU))",
      "\(share.memoryMiB) MiB × \(Weight(thousandths: rates.perGiB))/GiB",
    ]
    return "max(\(parts.joined(separator: ", "))) × "
      + "\(counted(resolved.quote.nodeCount, "node")) = \(resolved.quote.weight) GPU-equivalents"
  }
}

extension JobRequest {
  fileprivate var withoutDependencies: JobRequest {
    changed(dependencies: [])
  }
}

extension QuoteView.Shortened {
  /// Where the run would get other nodes than were priced its hold is another, and its charge with it.
  fileprivate init(_ shortened: BoardState.Shortened, of quote: Quote) {
    let grace = quote.holdPerTask - quote.maximumChargePerTask
    self.init(
      timeLimitSeconds: shortened.limit.count,
      chargeAtMost: max(shortened.hold - grace, .zero).milliseconds,
      hold: shortened.hold.milliseconds)
  }
}
