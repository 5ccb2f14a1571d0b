package import Domain
package import Lifecycle
package import Scheduling

/// What is in use of each limit, and which limits count each run. Empty where there are none.
package struct LimitPicture: Sendable {
  /// Of limits that say something of runs.
  package private(set) var rooms: [LimitID: LimitRoom] = [:]
  /// By runs under way.
  private(set) var uses: [LimitCounter: LimitUse] = [:]
  /// The narrowest first.
  private(set) var covering: [RunID: [LimitCounter]] = [:]

  package init(_ state: EngineState) {
    let rules = state.centre.limitRules.values.filter(\.isOfRuns)
    let lends = state.jobs.values.contains { !$0.request.licences.isEmpty }
    guard !rules.isEmpty || lends else { return }
    for rule in rules { rooms[rule.id] = LimitRoom(scope: rule.scope, most: rule.most) }
    var known: [Bearer: [LimitCounter]] = [:]
    for run in state.runs.values {
      let licences = state.licences(of: run)
      var limits: [LimitCounter] = []
      if let bearer = state.bearer(of: run) {
        limits = known[bearer] ?? state.centre.limits(of: bearer)
        known[bearer] = limits
      }
      limits += licences.map { .licence($0.name) }
      guard !limits.isEmpty else { continue }
      covering[run.id] = limits
      let use = LimitUse(run.placement, hold: run.hold, licences: licences)
      for limit in limits { uses[limit] = (uses[limit] ?? LimitUse()) + use }
    }
  }
}

extension Centre {
  /// The limits that say something of runs of a bearer, the narrowest first.
  func limits(of bearer: Bearer) -> [LimitCounter] {
    guard !limitRules.isEmpty else { return [] }
    return limitRules.values.filter(\.isOfRuns).covering(bearer).map(\.counter)
  }
}

extension EngineState {
  /// Who bears the cost of a run; nil if it names what the centre has not.
  func bearer(of run: RunRecord) -> Bearer? {
    jobs[run.id.task.job].flatMap { centre.bearer(of: $0.request, allocation: run.allocation) }
  }

  /// What a run has of the centre's licences.
  func licences(of run: RunRecord) -> [LicenceShare] {
    jobs[run.id.task.job]?.request.licences ?? []
  }

  /// A licence of which too few are left for a run beside those under way, or nil.
  package func licenceLacking(for run: RunRecord) -> LicenceName? {
    licences(of: run).first { share in
      let lent = runs.values.reduce(0) { $0 + licences(of: $1).count(of: share.name) }
      return lent + share.count > centre.licences[share.name]?.count ?? 0
    }?.name
  }

  /// The limit that does not leave room for a run beside those under way, or nil.
  package func limitReached(by run: RunRecord) -> LimitID? {
    let more = LimitUse(run.placement, hold: run.hold, licences: [])
    return uses(above: run).first { $0.rule.reached(by: more, beside: $0.use) != nil }?.rule.id
  }

  /// The limit on what is held above a run that runs under way are beyond, or nil.
  package func heldLimitExceeded(above run: RunRecord) -> LimitRule? {
    uses(above: run).first { rule, use in
      rule.most[.held].map { use.held.milliseconds > $0 } ?? false
    }?.rule
  }

  /// The limits that count a run, the narrowest first, with what runs under way use of each.
  private func uses(above run: RunRecord) -> [(rule: LimitRule, use: LimitUse)] {
    guard !centre.limitRules.isEmpty, let bearer = bearer(of: run) else { return [] }
    let above = centre.limitRules.values.filter(\.isOfRuns).covering(bearer)
    guard !above.isEmpty else { return [] }
    var uses: [LimitCounter: LimitUse] = [:]
    for other in runs.values {
      guard let bearer = self.bearer(of: other) else { continue }
      let use = LimitUse(other.placement, hold: other.hold, licences: [])
      for (rule, counter) in above where rule.counter(of: bearer) == counter {
        uses[counter] = (uses[counter] ?? LimitUse()) + use
      }
    }
    return above.map { ($0.rule, uses[$0.counter] ?? LimitUse()) }
  }

  /// How many tasks wait of what limits on that count. A task that waits belongs to the allocation
  /// that it would hold from.
  package func waiting(now: Instant) -> [LimitCounter: Int64] {
    let rules = centre.limitRules.values.filter { $0.most[.waiting] != nil }
    guard !rules.isEmpty else { return [:] }
    var tasksOfJobs: [JobID: Int64] = [:]
    for task in tasks.values where task.state == .waiting {
      tasksOfJobs[task.id.job, default: 0] += 1
    }
    var counts: [LimitCounter: Int64] = [:]
    for (job, count) in tasksOfJobs {
      guard let request = jobs[job]?.request,
        let bearer = centre.prospectiveBearer(of: request, now: now)
      else { continue }
      for rule in rules {
        if let counter = rule.counter(of: bearer) { counts[counter, default: 0] += count }
      }
    }
    return counts
  }
}

extension Centre {
  /// Who will bear the cost of a request's runs: of the allocation that it holds from if it starts
  /// now, else of the last that it may ever hold from.
  package func prospectiveBearer(of request: JobRequest, now: Instant) -> Bearer? {
    prospectiveBearer(
      request.member, in: request.project, allocation: request.allocation, now: now)
  }

  /// The same by a member, its project and the allocation that is named, if one is.
  package func prospectiveBearer(
    _ member: MemberID, in project: ProjectID, allocation: AllocationID?, now: Instant
  ) -> Bearer? {
    let candidates = allocations(of: project).filter { allocation == nil || $0.id == allocation }
    return (candidates.first { $0.isOpen(at: now) } ?? candidates.last)
      .flatMap { bearer(member, in: project, allocation: $0.id) }
  }

  /// The limit on what waits that a request would go beyond, with what is there already, or nil.
  ///
  /// - Parameter waiting: how many tasks wait there.
  package func queueShortfall(
    of request: JobRequest, now: Instant, waiting: (LimitCounter) -> Int64
  ) -> LimitShortfall? {
    let rules = limitRules.values.filter { $0.most[.waiting] != nil }
    guard !rules.isEmpty, let bearer = prospectiveBearer(of: request, now: now) else { return nil }
    let wants = Int64(max(request.arrayIndices.count, 1))
    for (rule, counter) in rules.covering(bearer) {
      guard let most = rule.most[.waiting] else { continue }
      let there = waiting(counter)
      guard there + wants > most else { continue }
      return LimitShortfall(
        counter: counter, scope: rule.scope, measure: .waiting, wants: wants, most: most,
        inUse: there, promisedAhead: 0)
    }
    return nil
  }
}
