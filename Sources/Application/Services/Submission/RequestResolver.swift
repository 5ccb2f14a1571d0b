package import Domain
package import Ledger
import Engine
import Lifecycle
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
    /// The jobs of the member's projects, ended ones too: those that a dependency may name.
    package let jobs: [JobSheet]
    /// What Slurm has set aside, by the last look; nil if there was none yet.
    package let reserved: [Reservation]?

    package init(
      centre: Centre, balances: [AllocationID: Balance], now: Instant, grace: Seconds,
      defaultPartition: String, jobs: [JobSheet], reserved: [Reservation]? = []
    ) {
      self.reserved = reserved
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
    /// In its partition, or the first that it lists.
    package let quote: Quote
    /// In the others that it lists, in order.
    package let otherQuotes: [Quote]
    /// The allocation it would hold from if it started now.
    package let allocation: Allocation
    /// Over all nodes, as Slurm counts tasks.
    package let taskCount: Int
    package let cpusPerTask: Int
  }

  let context: Context
  /// Who is told what to do next.
  private(set) var asker: MemberID?
  /// True where the nodes follow from the GPUs that are asked for in all.
  private(set) var isSizedByGPUs = false

  package init(_ context: Context) { self.context = context }

  package func resolve(
    _ draft: SubmissionDraft, for member: Member
  ) -> Result<Resolved, Problem> {
    var own = self
    own.asker = member.id
    own.isSizedByGPUs = draft.nodes == nil && draft.gpus != nil
    return own.resolved(draft, member)
  }

  private func resolved(
    _ draft: SubmissionDraft, _ member: Member
  ) -> Result<Resolved, Problem> {
    do throws(Problem) {
      let project = try project(draft, member)
      let partitions = try partitions(draft)
      let partition = partitions[0]
      let qos = try qosClass(draft, project)
      let reservation = try reservation(draft, member, project)
      let terms = try terms(draft, reservation)
      let shape = try shape(draft, terms, partition, isOneOfSeveral: partitions.count > 1)
      let begin = notBefore(draft)
      let start = max(begin ?? context.now, reservation?.window.lowerBound ?? context.now)
      let allocations = try allocations(draft.allocation, project, at: start)
      let request = JobRequest(
        name: draft.name ?? "job", member: member.id, project: project.id,
        allocation: draft.allocation == nil ? nil : allocations.first?.id,
        partition: partition.name, nodeCount: shape.nodes, perNode: shape.perNode,
        gpuType: draft.gpuType, timeLimit: timeLimit(draft, partition),
        arrayIndices: draft.array?.indices ?? [], arrayThrottle: draft.array?.throttle,
        dependencies: try dependencies(draft), dependencyRule: draft.dependencyRule,
        notBefore: begin,
        requeue: draft.requeue ?? (qos?.preemption != nil), terms: terms,
        wishes: try wishes(draft, timeLimit(draft, partition), begin, qos),
        licences: try licences(draft), otherPartitions: partitions.dropFirst().map(\.name))
      if let reservation { try requireRoom(for: request, in: reservation, from: start) }
      let quotes = try quotes(request)
      let cheapest = Self.cheapest(of: quotes)
      let lasting = try lasting(request, project, allocations)
      let allocation = try affordable(request, cheapest, project, lasting)
      try withinLimits(request, cheapest, payers(of: request, allocation, lasting, cheapest))
      try withinCaps(request, quotes, from: start)
      return .success(
        Resolved(
          request: request, quote: quotes[0], otherQuotes: Array(quotes.dropFirst()),
          allocation: allocation, taskCount: shape.tasks,
          cpusPerTask: shape.cpusPerTask))
    } catch {
      return .failure(error)
    }
  }

  /// Holds a request that was accepted before against the centre and the books anew: what a changed
  /// one has to meet. Nil if it may stand.
  ///
  /// - Parameter asker: who is told what to do next, if it is a member.
  package func refusal(ofChanged request: JobRequest, by asker: MemberID?) -> Problem? {
    var own = self
    own.asker = asker
    return own.refusal(ofChanged: request)
  }

  private func refusal(ofChanged request: JobRequest) -> Problem? {
    do throws(Problem) {
      guard let project = context.centre.projects[request.project] else { return nil }
      let start = max(request.notBefore ?? context.now, context.now)
      if let last = request.latestStart, last < start { throw tooLateForDeadline(request, last) }
      let allocations = try allocations(request.allocation?.text, project, at: start)
      let quotes = try quotes(request)
      let quote = Self.cheapest(of: quotes)
      let lasting = try lasting(request, project, allocations)
      let allocation = try affordable(request, quote, project, lasting)
      try withinLimits(request, quote, payers(of: request, allocation, lasting, quote))
      try withinCaps(request, quotes, from: start)
      return nil
    } catch {
      return error
    }
  }

  private func tooLateForDeadline(_ request: JobRequest, _ last: Instant) -> Problem {
    Problem(
      title: "Too long for its deadline", status: 422, code: "deadline",
      detail: "with a limit of \(request.leastLimit) it would have had to start by \(last) to end "
        + "by its deadline",
      nextStep: "ask for a shorter limit, or submit it anew with a later --deadline")
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
      // Of the only one there is, what is wrong with its allocation can be said.
      if own.count == 1, let only = own.first, !context.centre.allocations(of: only.id).isEmpty {
        return only
      }
      throw Problem(
        title: active.isEmpty ? "No active project" : "No project named", status: 422,
        code: "project-missing",
        detail: active.isEmpty
          ? "\(member.account) is in no project with an open allocation" + closed(own)
          : "\(member.account) is in \(active.count) active projects: "
            + active.map(\.id.text).joined(separator: ", "),
        nextStep: active.isEmpty
          ? own.isEmpty
            ? "ask the PI of your project to add you"
            : "a project's PI can request an extension or a new allocation"
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

  /// What became of the last allocation of each project: `: longscan-1 ended at …, seals-1 at …`.
  private func closed(_ projects: [Project]) -> String {
    let ends = projects.compactMap { project in
      context.centre.allocations(of: project.id).last.map { last in
        context.now < last.window.lowerBound
          ? "\(last.id) opens at \(last.window.lowerBound)"
          : "\(last.id) ended at \(last.window.upperBound)"
      }
    }
    return ends.isEmpty ? "" : ": " + ends.joined(separator: ", ")
  }

  private func timeLimit(_ draft: SubmissionDraft, _ partition: Partition) -> Seconds {
    // Slurm counts limits in whole minutes: what it will enforce is what is quoted and held.
    let limit = draft.timeLimit ?? partition.defaultTimeLimit
    return Seconds((limit.count + 59) / 60 * 60)
  }

  /// What is said of deadline, least time and turn; refused where it can't be.
  private func wishes(
    _ draft: SubmissionDraft, _ limit: Seconds, _ begin: Instant?, _ qos: QOSClass?
  ) throws(Problem) -> TimeWishes {
    let least = draft.minimumTime.map { Seconds(($0.count + 59) / 60 * 60) }
    if let least, least > limit {
      throw contradiction(
        "--time-min is \(least), longer than the time limit of \(limit)",
        "ask for --time=\(least) or more, or for a shorter --time-min")
    }
    let deadline: Instant? =
      switch draft.deadline {
      case nil: nil
      case .after(let wait): context.now + wait
      case .at(let instant): instant
      }
    let start = begin ?? context.now
    let shortest = least ?? limit
    if let deadline, start + shortest > deadline {
      throw Problem(
        title: "The deadline can't be met", status: 422, code: "deadline",
        detail: "started at \(start) with a limit of \(shortest) it ends by \(start + shortest); "
          + "the deadline is \(deadline)",
        nextStep: "set a later --deadline, or say with --time-min how short the limit may be")
    }
    return TimeWishes(
      minimumTime: least == limit ? nil : least, deadline: deadline, nice: draft.nice ?? 0,
      isSingleton: draft.isSingleton, qos: qos?.id)
  }

  func notBefore(_ draft: SubmissionDraft) -> Instant? {
    switch draft.begin {
    case nil, .after(.zero): nil
    case .after(let wait): context.now + wait
    case .at(let instant): instant > context.now ? instant : nil
    }
  }

  private func dependencies(_ draft: SubmissionDraft) throws(Problem) -> [Dependency] {
    var all: [Dependency] = []
    var hopeless: DraftDependency?
    var hopelessCount = 0
    for drafted in draft.dependencies {
      let sheet = context.jobs.first { $0.isNamed(by: drafted.target) }
      guard let sheet else {
        throw Problem(
          title: "No such job", status: 422, code: "unknown-dependency",
          detail: "--dependency names job \(drafted.target), which is none of your projects' jobs",
          nextStep: "see your jobs with `polder job list --all`")
      }
      let dependency = Dependency(
        condition: drafted.condition, job: sheet.job.id, index: drafted.index,
        delay: drafted.delay)
      let asked = sheet.tasks.filter { drafted.index == nil || $0.id.index == drafted.index }
      guard !asked.isEmpty else {
        throw Problem(
          title: "No such task", status: 422, code: "unknown-dependency",
          detail: "--dependency names \(drafted), and \(sheet.job.id) has no such task",
          nextStep: "see its \(counted(sheet.tasks.count, "task")) with "
            + "`polder job show \(sheet.job.id)`")
      }
      let isHopeless = dependency.isHopeless(given: asked.map(\.state))
      if dependency.condition != .aftercorr, isHopeless {
        hopeless = hopeless ?? drafted
        hopelessCount += 1
      }
      if !all.contains(dependency) { all.append(dependency) }
    }
    let lost = draft.dependencyRule == .all ? 1 : max(draft.dependencies.count, 1)
    if let hopeless, hopelessCount >= lost {
      throw Problem(
        title: "A dependency that can't be met", status: 422, code: "hopeless-dependency",
        detail: "--dependency wants \(hopeless.condition.rawValue) of \(hopeless), which has "
          + "ended otherwise",
        nextStep: "see `polder job show \(hopeless)`, or submit without the dependency")
    }
    return all
  }
}

extension JobSheet {
  func isNamed(by target: DraftDependency.Target) -> Bool {
    switch target {
    case .polder(let id): job.id == id
    case .slurm(let id):
      job.binding.slurmJobID == id || tasks.contains { $0.rebound == id }
        || runs.contains { $0.slurmJobID == id }
    }
  }
}
