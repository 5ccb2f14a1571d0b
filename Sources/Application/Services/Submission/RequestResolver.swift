package import Domain
package import Ledger
package import Lifecycle
package import Scheduling
package import Wire

/// Holds a draft against the centre and the books: the request both ways in become, or a refusal
/// with its numbers and the next step. Pure.
package struct RequestResolver: Sendable {
  /// What is looked up besides the draft.
  package struct Context: Sendable {
    package let centre: Centre
    package let balances: [AllocationID: Balance]
    package let now: Instant
    package let grace: Seconds
    package let defaultPartition: String
    /// The member's own projects' jobs that a dependency may name.
    package let jobs: [JobRecord]

    package init(
      centre: Centre, balances: [AllocationID: Balance], now: Instant, grace: Seconds,
      defaultPartition: String, jobs: [JobRecord]
    ) {
      self.centre = centre
      self.balances = balances
      self.now = now
      self.grace = grace
      self.defaultPartition = defaultPartition
      self.jobs = jobs
    }
  }

  /// A request that may be accepted, and what it costs.
  package struct Resolved: Hashable, Sendable {
    package let request: JobRequest
    package let quote: Quote
    /// The allocation it would hold from if it started now.
    package let allocation: Allocation
    /// Over all nodes, as Slurm counts tasks.
    package let taskCount: Int
    package let cpusPerTask: Int
  }

  let context: Context

  package init(_ context: Context) { self.context = context }

  package func resolve(
    _ draft: SubmissionDraft, for member: Member
  ) -> Result<Resolved, Problem> {
    do throws(Problem) {
      let project = try project(draft, member)
      let partition = try partition(draft)
      let shape = try shape(draft, partition)
      let allocations = try allocations(draft, project)
      let request = JobRequest(
        name: draft.name ?? "job", member: member.id, project: project.id,
        allocation: draft.allocation == nil ? nil : allocations.first?.id,
        partition: partition.name, nodeCount: shape.nodes, perNode: shape.perNode,
        gpuType: draft.gpuType, timeLimit: timeLimit(draft, partition),
        arrayIndices: draft.array?.indices ?? [], arrayThrottle: draft.array?.throttle,
        dependencies: try dependencies(draft), notBefore: draft.notBefore,
        requeue: draft.requeue ?? false)
      let quote = try quote(request)
      let allocation = try affordable(request, quote, allocations)
      return .success(
        Resolved(
          request: request, quote: quote, allocation: allocation, taskCount: shape.tasks,
          cpusPerTask: shape.cpusPerTask))
    } catch {
      return .failure(error)
    }
  }

  // MARK: Who and where

  private func project(
    _ draft: SubmissionDraft, _ member: Member
  ) throws(Problem) -> Project {
    let own = context.centre.projects(of: member.id)
    let names = own.map(\.id.text)
    guard let name = draft.project else {
      let active = own.filter { project in
        context.centre.allocations(of: project.id).contains { $0.window.contains(context.now) }
      }
      if active.count == 1, let only = active.first { return only }
      throw Problem(
        title: active.isEmpty ? "No active project" : "Which project?", status: 422,
        code: "project-missing",
        detail: active.isEmpty
          ? "\(member.account) is in no project with an open allocation"
          : "\(member.account) is in \(active.count) active projects: "
            + active.map(\.id.text).joined(separator: ", "),
        nextStep: active.isEmpty
          ? "ask the PI of your project to add you, or to request an allocation"
          : "name one: --account=\(active[0].id)")
    }
    if let project = own.first(where: { $0.id.text == name }) { return project }
    // Whether a project of others exists is not told.
    let near = Spelling.nearest(to: name, in: names)
    throw Problem(
      title: "Not your project", status: 403, code: "not-a-member",
      detail: "\(member.account) may not submit to a project '\(name)'"
        + (near.map { "; do you mean \($0)?" } ?? ""),
      nextStep: names.isEmpty
        ? "ask the project's PI to add you" : "your projects: \(names.joined(separator: ", "))")
  }

  private func partition(_ draft: SubmissionDraft) throws(Problem) -> Partition {
    let name = draft.partition ?? context.defaultPartition
    let known = context.centre.partitions.values.sorted { $0.name < $1.name }
    if let partition = known.first(where: { $0.name.text == name }) { return partition }
    let near = Spelling.nearest(to: name, in: known.map(\.name.text))
    throw Problem(
      title: "No such partition", status: 422, code: "unknown-partition",
      detail: "there is no partition '\(name)'" + (near.map { "; do you mean \($0)?" } ?? ""),
      nextStep: "choose one of: \(known.map(\.name.text).joined(separator: ", "))")
  }

  private func timeLimit(_ draft: SubmissionDraft, _ partition: Partition) -> Seconds {
    // Slurm counts limits in whole minutes: what it will enforce is what is quoted and held.
    let limit = draft.timeLimit ?? partition.defaultTimeLimit
    return Seconds((limit.count + 59) / 60 * 60)
  }

  private func dependencies(_ draft: SubmissionDraft) throws(Problem) -> [Dependency] {
    var all: [Dependency] = []
    for dependency in draft.dependencies {
      let job = context.jobs.first { job in
        switch dependency.target {
        case .polder(let id): job.id == id
        case .slurm(let id): job.binding.slurmJobID == id
        }
      }
      guard let job else {
        let name =
          switch dependency.target {
          case .polder(let id): "\(id)"
          case .slurm(let id): "\(id)"
          }
        throw Problem(
          title: "No such job", status: 422, code: "unknown-dependency",
          detail: "--dependency names job \(name), which is none of your projects' jobs",
          nextStep: "see your jobs with `polder job list --all`")
      }
      all.append(Dependency(condition: dependency.condition, job: job.id))
    }
    return all
  }

  // MARK: Money

  private func allocations(
    _ draft: SubmissionDraft, _ project: Project
  ) throws(Problem) -> [Allocation] {
    let all = context.centre.allocations(of: project.id)
    let named = all.filter { draft.allocation == nil || $0.id.text == draft.allocation }
    guard !named.isEmpty else {
      throw Problem(
        title: "No such allocation", status: 422, code: "no-allocation",
        detail: draft.allocation.map { "project \(project.id) has no allocation '\($0)'" }
          ?? "project \(project.id) has no allocation",
        nextStep: all.isEmpty
          ? "ask your PI to request an allocation"
          : "its allocations: \(all.map(\.id.text).joined(separator: ", "))")
    }
    let open = named.filter { context.now < $0.window.upperBound }
    guard let last = named.last, !open.isEmpty else {
      throw Problem(
        title: "Allocation expired", status: 403, code: "expired",
        detail: "the last allocation of project \(project.id), \(named.last?.id.text ?? ""), "
          + "ended at \(named.last?.window.upperBound.description ?? "")",
        nextStep: "ask your PI to request an extension or a new allocation")
    }
    let started = open.filter { $0.window.lowerBound <= context.now }
    guard !started.isEmpty else {
      throw Problem(
        title: "Allocation not open yet", status: 403, code: "pending",
        detail: "allocation \(last.id) of project \(project.id) opens at \(last.window.lowerBound)",
        nextStep: "submit it again then")
    }
    return started
  }

  private func quote(_ request: JobRequest) throws(Problem) -> Quote {
    let admission = Admission(
      nodes: context.centre.nodes.values.sorted { $0.name < $1.name },
      partitions: context.centre.partitions.values.sorted { $0.name < $1.name })
    switch admission.quote(request, grace: context.grace) {
    case .quoted(let quote): return quote
    case .refused(let refusals):
      let views = refusals.map { Wording.view($0) }
      throw Problem(
        title: "No node can hold this", status: 422, code: views.first?.code ?? "impossible",
        detail: views.map(\.text).joined(separator: "; "),
        nextStep: views.map(\.nextStep).filter { !$0.isEmpty }.joined(separator: "; "))
    }
  }

  /// Refuses only what could never run: more than an allocation has, with what its open holds may
  /// release, or longer than its window.
  private func affordable(
    _ request: JobRequest, _ quote: Quote, _ allocations: [Allocation]
  ) throws(Problem) -> Allocation {
    let span = request.timeLimit + context.grace
    let long = allocations.filter { context.now + span <= $0.window.upperBound }
    guard let latest = allocations.last, !long.isEmpty else {
      let ends = allocations.last?.window.upperBound ?? context.now
      throw Problem(
        title: "Allocation ends too soon", status: 403, code: "window",
        detail: "time limit \(request.timeLimit) and \(context.grace) of grace reach to "
          + "\(context.now + span); allocation \(allocations.last?.id.text ?? "") ends at \(ends)",
        nextStep: "ask for --time=\(longest(until: ends)) or less, or ask your PI to extend it")
    }
    // A hold is per task, the charge of an array on the whole: whichever is more must be there.
    let needed = max(quote.holdPerTask, quote.maximumTotalCharge)
    let rich = long.first { allocation in
      let balance = context.balances[allocation.id] ?? Balance()
      return needed <= balance.available + balance.held
    }
    if let rich { return rich }
    let balance = context.balances[latest.id] ?? Balance()
    throw Problem(
      title: "Not enough budget", status: 403, code: "budget",
      detail: "requested \(needed) (\(request.timeLimit) on \(quote.weight) GPU-equivalents"
        + (quote.taskCount > 1 ? ", \(quote.taskCount) tasks" : "")
        + ", \(quote.holdPerTask) held while a task runs); allocation \(latest.id) has "
        + "\(balance.available) available and \(balance.held) held by running jobs, of "
        + "\(balance.granted) granted",
      nextStep: "ask for less time or fewer GPUs, or ask your PI for more",
      numbers: [
        "requestedGPUMilliseconds": needed.milliseconds,
        "availableGPUMilliseconds": balance.available.milliseconds,
        "heldGPUMilliseconds": balance.held.milliseconds,
        "grantedGPUMilliseconds": balance.granted.milliseconds,
        "asOfMilliseconds": context.now.milliseconds,
      ])
  }

  private func longest(until end: Instant) -> Seconds {
    let left = (end.milliseconds - context.now.milliseconds) / 1000 - context.grace.count
    return Seconds(max(left / 60 * 60, 0))
  }
}
