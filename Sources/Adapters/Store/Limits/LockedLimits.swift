import Domain
import Engine
import Lifecycle
import Postgres
import Scheduling

/// What runs under way use of the limits above runs that are about to start, as it stands after
/// those that were taken so far. Nobody else adds to it until the transaction ends.
struct LockedLimits: Sendable {
  /// The limits that count each run; none of most.
  private var above: [RunID: [LimitRule]] = [:]
  /// All of them.
  private var counted: [LimitID: LimitRule] = [:]
  private var uses: [LimitID: LimitUse] = [:]

  /// False if a limit above a run leaves too little.
  func leaveRoom(for run: RunRecord) -> Bool {
    let more = LimitUse(run.placement, hold: run.hold)
    return above[run.id, default: []].allSatisfy {
      $0.reached(by: more, beside: uses[$0.id] ?? LimitUse()) == nil
    }
  }

  mutating func take(_ run: RunRecord) {
    let more = LimitUse(run.placement, hold: run.hold)
    for rule in above[run.id, default: []] { uses[rule.id] = (uses[rule.id] ?? LimitUse()) + more }
  }

  /// The limit on what is held that runs under way are beyond already, or nil.
  func exceeded(above run: RunID) -> LimitRule? {
    above[run, default: []].first { rule in
      rule.most[.held].map { uses[rule.id, default: LimitUse()].held.milliseconds > $0 } ?? false
    }
  }

  fileprivate mutating func add(_ rules: [LimitRule], above run: RunID) {
    above[run] = rules
    for rule in rules { counted[rule.id] = rule }
  }

  fileprivate mutating func add(_ use: LimitUse, of bearer: Bearer) {
    for rule in counted.values where rule.scope.covers(bearer) {
      uses[rule.id] = (uses[rule.id] ?? LimitUse()) + use
    }
  }

  fileprivate var isEmpty: Bool { above.isEmpty }
}

extension Transaction {
  /// Locks the limits above runs, after all else. Costs nothing where there are none.
  borrowing func lockedLimits(
    above runs: [RunRecord], _ centre: Centre
  ) throws(PostgresError) -> LockedLimits {
    var locked = LockedLimits()
    let rules = centre.limitRules.values.filter(\.isOfRuns)
    guard !rules.isEmpty, !runs.isEmpty else { return locked }
    var owners: [JobID: (member: MemberID, project: ProjectID)] = [:]
    for row in try query(.jobOwners, [.jobs(Set(runs.map(\.id.task.job)).sorted())]) {
      owners[JobID(number: try row.int64("number"))] = (
        try row.identifier("member"), try row.identifier("project")
      )
    }
    for run in runs {
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

  /// Locks what waits under limits, if there are such limits, and counts it by rule; nil without.
  borrowing func lockedQueues(
    _ centre: Centre, now: Instant
  ) throws(PostgresError) -> LockedQueues? {
    let rules = centre.limitRules.values.filter { $0.most[.waiting] != nil }
    guard !rules.isEmpty else { return nil }
    try execute(.lockLimits)
    var queues = LockedQueues(centre: centre, now: now)
    for row in try query(.waitingTasks) {
      let bearer = centre.prospectiveBearer(
        try row.identifier("member"), in: try row.identifier("project"),
        allocation: try row.optionalIdentifier("allocation"), now: now)
      guard let bearer else { continue }
      for rule in rules where rule.scope.covers(bearer) {
        queues.waiting[rule.id, default: 0] += try row.int64("tasks")
      }
    }
    return queues
  }
}

/// How many tasks wait under limits, as it stands after those that were accepted so far.
struct LockedQueues: Sendable {
  let centre: Centre
  let now: Instant
  fileprivate(set) var waiting: [LimitID: Int64] = [:]

  /// The limit that does not take a job's tasks, with its numbers, or nil.
  func shortfall(of request: JobRequest) -> LimitShortfall? {
    centre.queueShortfall(of: request, now: now) { waiting[$0.id] ?? 0 }
  }

  mutating func take(_ request: JobRequest) {
    guard let bearer = centre.prospectiveBearer(of: request, now: now) else { return }
    for rule in centre.limitRules.values where rule.scope.covers(bearer) {
      waiting[rule.id, default: 0] += Int64(max(request.arrayIndices.count, 1))
    }
  }
}
