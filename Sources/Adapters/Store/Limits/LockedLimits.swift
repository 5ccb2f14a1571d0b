import Domain
import Engine
import Lifecycle
import Postgres
import Scheduling

/// What runs under way use of the limits and licences above runs that are about to start, as it
/// stands after those that were taken so far. Nobody else adds to it until the transaction ends.
struct LockedLimits: Sendable {
  /// The limits that count each run, with where; none of most.
  private var above: [RunID: [(rule: LimitRule, counter: LimitCounter)]] = [:]
  /// All of them.
  private var rules: [LimitID: LimitRule] = [:]
  private var uses: [LimitCounter: LimitUse] = [:]
  /// What each run needs of licences; none of most.
  private var needs: [RunID: [LicenceShare]] = [:]
  /// What is left of each licence.
  private var unlent: [LicenceName: Int64] = [:]

  /// False if a limit above a run leaves too little, or if too few are left of a licence.
  func leaveRoom(for run: RunRecord) -> Bool {
    let more = LimitUse(run.placement, hold: run.hold, licences: [])
    return needs[run.id, default: []].allSatisfy { $0.count <= unlent[$0.name] ?? 0 }
      && above[run.id, default: []].allSatisfy { rule, counter in
        rule.reached(by: more, beside: uses[counter] ?? LimitUse()) == nil
      }
  }

  mutating func take(_ run: RunRecord) {
    let more = LimitUse(run.placement, hold: run.hold, licences: [])
    for share in needs[run.id, default: []] { unlent[share.name, default: 0] -= share.count }
    for (_, counter) in above[run.id, default: []] { add(more, to: counter) }
  }

  /// The limit on what is held that runs under way are beyond already, or nil.
  func exceeded(above run: RunID) -> LimitRule? {
    above[run, default: []].first { rule, counter in
      rule.most[.held].map { (uses[counter] ?? LimitUse()).held.milliseconds > $0 } ?? false
    }?.rule
  }

  fileprivate mutating func add(
    _ covering: [(rule: LimitRule, counter: LimitCounter)], above run: RunID
  ) {
    above[run] = covering
    for (rule, _) in covering { rules[rule.id] = rule }
  }

  fileprivate mutating func add(_ use: LimitUse, of bearer: Bearer) {
    for rule in rules.values {
      if let counter = rule.counter(of: bearer) { add(use, to: counter) }
    }
  }

  private mutating func add(_ use: LimitUse, to counter: LimitCounter) {
    uses[counter] = (uses[counter] ?? LimitUse()) + use
  }

  fileprivate mutating func add(_ shares: [LicenceShare], neededBy run: RunID) {
    if !shares.isEmpty { needs[run] = shares }
  }

  fileprivate mutating func lend(_ lent: [LicenceName: Int64], of licences: [Licence]) {
    for licence in licences { unlent[licence.id] = licence.count - (lent[licence.id] ?? 0) }
  }

  fileprivate var needsLicences: Bool { !needs.isEmpty }
  fileprivate var isEmpty: Bool { above.isEmpty && needs.isEmpty }
}

extension Transaction {
  /// Locks the limits and licences above runs, after all else. Nothing is locked where there are none;
  /// that a licence was removed since the plan is seen by what the jobs need.
  borrowing func lockedLimits(
    above runs: [RunRecord], _ centre: Centre
  ) throws(PostgresError) -> LockedLimits {
    var locked = LockedLimits()
    let rules = centre.limitRules.values.filter(\.isOfRuns)
    guard !runs.isEmpty else { return locked }
    var owners: [JobID: (member: MemberID, project: ProjectID)] = [:]
    var needs: [JobID: [LicenceShare]] = [:]
    for row in try query(.jobOwners, [.jobs(Set(runs.map(\.id.task.job)).sorted())]) {
      let job = JobID(number: try row.int64("number"))
      owners[job] = (try row.identifier("member"), try row.identifier("project"))
      needs[job] = try row.licenceShares()
    }
    for run in runs {
      locked.add(needs[run.id.task.job] ?? [], neededBy: run.id)
      guard let owner = owners[run.id.task.job],
        let bearer = centre.bearer(
          owner.member, in: owner.project, allocation: run.allocation)
      else { continue }
      let covering = rules.covering(bearer)
      if !covering.isEmpty { locked.add(covering, above: run.id) }
    }
    guard !locked.isEmpty else { return locked }
    // Two statements, so that the second sees what was started while the first waited.
    try execute(.lockLimits)
    if locked.needsLicences {
      var lent: [LicenceName: Int64] = [:]
      for row in try query(.lentLicences) {
        lent[try row.identifier("name")] = try row.int64("count")
      }
      locked.lend(lent, of: Array(centre.licences.values))
    }
    if rules.isEmpty { return locked }
    for row in try query(.runsInUse) {
      let bearer = Bearer(
        member: try row.identifier("member"), project: try row.identifier("project"),
        programme: try row.identifier("programme"), funder: try row.identifier("funder"),
        commercial: try row.bool("commercial"))
      locked.add(
        LimitUse(
          gpus: try row.int64("gpus"), running: try row.int64("running"),
          held: try row.amount("held_gpu_ms")), of: bearer)
    }
    return locked
  }

  /// Locks what waits under limits, and counts it, if such limits count any of some requests; nil
  /// without.
  borrowing func lockedQueues(
    for requests: [JobRequest], _ centre: Centre, now: Instant
  ) throws(PostgresError) -> LockedQueues? {
    let rules = centre.limitRules.values.filter { $0.most[.waiting] != nil }
    let isLimited = requests.contains { request in
      guard !rules.isEmpty, let bearer = centre.prospectiveBearer(of: request, now: now) else {
        return false
      }
      return rules.contains { $0.counter(of: bearer) != nil }
    }
    guard isLimited else { return nil }
    try execute(.lockLimits)
    var queues = LockedQueues(centre: centre, now: now)
    for row in try query(.waitingTasks) {
      let bearer = centre.prospectiveBearer(
        try row.identifier("member"), in: try row.identifier("project"),
        allocation: try row.optionalIdentifier("allocation"), now: now)
      guard let bearer else { continue }
      let tasks = try row.int64("tasks")
      for rule in rules {
        if let counter = rule.counter(of: bearer) { queues.waiting[counter, default: 0] += tasks }
      }
    }
    return queues
  }
}

/// How many tasks wait under limits, as it stands after those that were accepted so far.
struct LockedQueues: Sendable {
  let centre: Centre
  let now: Instant
  fileprivate(set) var waiting: [LimitCounter: Int64] = [:]

  /// The limit that does not take a job's tasks, with its numbers, or nil.
  func shortfall(of request: JobRequest) -> LimitShortfall? {
    centre.queueShortfall(of: request, now: now) { waiting[$0] ?? 0 }
  }

  mutating func take(_ request: JobRequest) {
    guard let bearer = centre.prospectiveBearer(of: request, now: now) else { return }
    for rule in centre.limitRules.values {
      if let counter = rule.counter(of: bearer) {
        waiting[counter, default: 0] += Int64(max(request.arrayIndices.count, 1))
      }
    }
  }
}
