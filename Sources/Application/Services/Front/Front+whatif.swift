import Domain
import Engine
import Lifecycle
import Scheduling
package import Wire

/// What would become of the expected starts if something were otherwise.
extension Front {
  private static let mostMoved = 1000
  private static let mostLimits = 100

  /// Plans the queue as it is and as it would be, as of the last round, and says whose start moves.
  /// Nothing changes. Administrators only: the answer names jobs of all projects.
  ///
  /// - Throws: `nothing-supposed` (422) for a question without one, `not-planned` (503) before the
  ///   first round, and what a job that can't be accepted is refused with.
  package func whatIf(
    _ question: WhatIfRequest, _ caller: Caller
  ) async throws(Problem) -> WhatIfView {
    try await requireAdministrator(caller, to: "ask about all jobs", .readJobs, "what-if")
    let centre = try await centre()
    let sheets = try await asked { () async throws(StoreError) in
      try await store.sheets(SheetFilter(projects: Set(centre.projects.keys), ended: false))
    }
    for limit in question.limits { try mustWait(limit.job, sheets) }
    let job = try await supposedJob(in: question, caller)
    let suppositions = try suppositions(in: question, job?.request, sheets, centre)
    guard !suppositions.isEmpty else {
      throw Problem(
        title: "Nothing supposed", status: 422, code: "nothing-supposed",
        detail: "the question names no policy, no outage, no limit and no job",
        nextStep: "name what is to be otherwise: see `polder what-if --help`")
    }
    try await record(caller.line(.readJobs, "what-if"))
    guard let (supposed, now) = await board.supposing(suppositions) else {
      throw Problem(
        title: "Not planned yet", status: 503, code: "not-planned",
        detail: "no round has looked at store and Slurm yet",
        nextStep: "ask again in some seconds; `polder status` says what is away")
    }
    let projects = Dictionary(
      sheets.map { ($0.job.id, $0.job.request.project.text) }
    ) { first, _ in first }
    return WhatIfView(
      supposed, projects, job?.member, Wording(seesSums: true) { _ in true },
      most: Self.mostMoved, asOf: now)
  }

  private func suppositions(
    in question: WhatIfRequest, _ job: JobRequest?, _ sheets: [JobSheet], _ centre: Centre
  ) throws(Problem) -> [Supposition] {
    var suppositions: [Supposition] = []
    if let name = question.policy {
      guard let policy = PlanningPolicy(rawValue: name) else {
        let known = PlanningPolicy.allCases.map(\.rawValue).joined(separator: ", ")
        throw notSupposed("'\(name)' is no policy; there are \(known)")
      }
      suppositions.append(.policy(policy))
    }
    for outage in question.outages { suppositions.append(try self.outage(outage, centre)) }
    let atMost = question.atMost ?? []
    guard question.limits.count + atMost.count <= Self.mostLimits else {
      throw notSupposed("at most \(Self.mostLimits) limits can be supposed at once")
    }
    for limit in question.limits { suppositions.append(try self.limit(limit, sheets, centre)) }
    for limit in atMost { suppositions.append(try supposed(limit, centre)) }
    if let job { suppositions.append(.job(job)) }
    suppositions += try reordered(question, centre)
    return suppositions
  }

  private func mustWait(_ id: String, _ sheets: [JobSheet]) throws(Problem) {
    guard let job = JobID(id) else {
      throw notSupposed("'\(id)' is no job id; they look like P1042")
    }
    let isWaiting = sheets.contains { sheet in
      sheet.job.id == job && sheet.tasks.contains { $0.state == .waiting }
    }
    guard isWaiting else { throw notSupposed("\(job) does not wait") }
  }

  private func outage(
    _ outage: WhatIfRequest.Outage, _ centre: Centre
  ) throws(Problem) -> Supposition {
    var nodes: [NodeName] = []
    for text in outage.nodes {
      let names: [NodeName]
      switch NodeNames.expanded(text) {
      case .success(let found): names = found
      case .failure(let failure): throw notSupposed(failure.reason)
      }
      for name in names where centre.nodes[name] == nil {
        let near = Spelling.nearest(to: name.text, in: centre.nodes.keys.map(\.text))
        throw notSupposed(
          "the centre has no node '\(name)'" + (near.map { "; do you mean \($0)?" } ?? ""))
      }
      nodes += names
    }
    guard let from = try moment(outage.from), let until = try moment(outage.until), from < until,
      !nodes.isEmpty
    else { throw notSupposed("an outage has nodes, and ends after it begins") }
    return .nodesOut(nodes, from..<until)
  }

  /// Of a job that lists partitions each has to allow it, as of one whose limit is changed.
  private func limit(
    _ limit: WhatIfRequest.Limit, _ sheets: [JobSheet], _ centre: Centre
  ) throws(Problem) -> Supposition {
    guard let job = JobID(limit.job) else {
      throw notSupposed("'\(limit.job)' is no job id; they look like P1042")
    }
    let wanted: Seconds
    do throws(OptionError) {
      wanted = try OptionValue.time(limit.timeLimit)
    } catch {
      throw notSupposed(error.message)
    }
    let request = sheets.first { $0.job.id == job }?.job.request
    for name in request?.partitions ?? [] {
      let most = centre.partitions[name]?.maximumTimeLimit ?? .zero
      guard wanted <= most else {
        throw notSupposed("partition \(name) of \(job) allows a time limit of at most \(most)")
      }
    }
    return .limit(job, wanted)
  }

  private func supposed(
    _ atMost: WhatIfRequest.AtMost, _ centre: Centre
  ) throws(Problem) -> Supposition {
    guard let rule = LimitID(atMost.limit).flatMap({ centre.limitRules[$0] }) else {
      let near = Spelling.nearest(to: atMost.limit, in: centre.limitRules.keys.map(\.text))
      throw notSupposed(
        "there is no limit '\(atMost.limit)'" + (near.map { "; do you mean \($0)?" } ?? ""))
    }
    guard rule.isOfRuns else {
      throw notSupposed(
        "limit \(rule.id) says nothing of what runs, so that no start depends on it")
    }
    let (measure, most): (LimitMeasure, Result<Int64, FieldFailure>)
    let count = FieldForm<Int>.whole(0...ApplyPass.mostCount)
    switch atMost.measure {
    case LimitMeasure.gpus.word:
      (measure, most) = (.gpus, count.read(atMost.most).map { Int64($0) })
    case LimitMeasure.running.word:
      (measure, most) = (.running, count.read(atMost.most).map { Int64($0) })
    case LimitMeasure.held.word:
      (measure, most) = (
        .held, FieldForm<GPUTime>.amount(zero: true).read(atMost.most).map(\.milliseconds)
      )
    default: throw notSupposed("'\(atMost.measure)' is none of gpus, running, gpuTime")
    }
    switch most {
    case .success(let most): return .atMost(rule.id, measure, most)
    case .failure(let failure): throw notSupposed("\(atMost.measure): \(failure.reason)")
    }
  }

  /// A job as a member of the project that it names could submit it; nil if none is supposed.
  private func supposedJob(
    in question: WhatIfRequest, _ caller: Caller
  ) async throws(Problem) -> (request: JobRequest, member: Member)? {
    guard let words = question.job else {
      guard question.member == nil else {
        throw notSupposed("a member is named, but no job of his")
      }
      return nil
    }
    let options = SubmissionOptions(script: "#!/bin/sh\n", commandLine: words)
    if let problem = Wording.problem(options.faults, script: "-") { throw problem }
    let context = try await context(for: caller, options.draft.dependencies)
    guard
      let project = options.draft.project.flatMap({ ProjectID($0) }).flatMap({
        context.centre.projects[$0]
      })
    else { throw notSupposed("the job needs the project that it would be of: --account=PROJECT") }
    let members = context.centre.members.values.filter {
      project.role(of: $0.id)?.maySubmit == true
    }
    let member = try member(question.member, of: members, in: project, caller)
    switch RequestResolver(context).resolve(options.draft, for: member) {
    case .success(let resolved): return (resolved.request, member)
    case .failure(let problem): throw problem
    }
  }

  /// Whose a supposed job is: of those who may submit in its project who is named, else who asks,
  /// else the first by id.
  private func member(
    _ name: String?, of members: [Member], in project: Project, _ caller: Caller
  ) throws(Problem) -> Member {
    guard let name else {
      guard
        let member = members.first(where: { $0.id == caller.member })
          ?? members.min(by: { $0.id < $1.id })
      else { throw notSupposed("nobody in \(project.id) may submit jobs") }
      return member
    }
    guard let member = members.first(where: { $0.account == name || $0.id.text == name }) else {
      let near = Spelling.nearest(to: name, in: members.map(\.account))
      throw notSupposed(
        "'\(name)' is nobody who may submit jobs in \(project.id)"
          + (near.map { "; do you mean \($0)?" } ?? ""))
    }
    return member
  }

  func notSupposed(_ detail: String) -> Problem {
    Problem(
      title: "Can't be supposed", status: 422, code: "invalid", detail: detail,
      nextStep: "see `polder what-if --help`")
  }
}

extension WhatIfView {
  fileprivate init(
    _ supposed: Supposed, _ projects: [JobID: String], _ member: Member?, _ wording: Wording,
    most: Int, asOf now: Instant
  ) {
    let isSooner = { (start: SupposedStart) in
      start.after.map { after in start.before.map { after < $0 } ?? true } ?? false
    }
    let sooner = supposed.changed.count(where: isSooner)
    let (added, reason): (Instant?, ReasonView?) =
      switch supposed.added {
      case .start: (now, nil)
      case .wait(let reason, let expected): (expected, wording.view(reason))
      case nil: (nil, nil)
      }
    self.init(
      moved: supposed.changed.prefix(most).map {
        Moved(
          task: "\($0.task)", project: projects[$0.task.job] ?? "",
          before: $0.before?.milliseconds, after: $0.after?.milliseconds)
      },
      movedCount: supposed.changed.count, sooner: sooner, later: supposed.changed.count - sooner,
      unchanged: supposed.unchanged, added: added?.milliseconds, addedReason: reason,
      addedMember: member?.account,
      ended: supposed.ended.isEmpty ? nil : supposed.ended.prefix(most).map { "\($0.task)" },
      asOf: now.milliseconds)
  }
}
