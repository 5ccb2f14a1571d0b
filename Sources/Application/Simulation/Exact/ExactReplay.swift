import Domain
package import Scheduling

/// A workload on the nodes of a machine under a policy, by the planner that the daemon runs: each run
/// lies on nodes of its own kinds with GPUs, cores and memory of them, and what is in pieces is of no
/// use to those that need more in one place.
///
/// At each second in which something is submitted or ends, or a promised start is due, the whole
/// queue is planned in order of submission, as in a round of the daemon; what the plan starts
/// starts, and its promises stand in the next one. ``Replay`` counts one pool instead, event by
/// event: the rules under which public schedules agree.
package struct ExactReplay: Sendable {
  package let machine: MachineModel
  package let workload: Workload
  package let policy: ReplayPolicy
  /// So many from the head of the queue are planned on exact nodes, the others on counts.
  package let exactTasks: Int
  /// Seconds between two rounds at least.
  package let interval: Int64

  package init(
    machine: MachineModel, workload: Workload, policy: ReplayPolicy, exactTasks: Int = 100,
    interval: Int64 = 1
  ) {
    precondition(interval >= 1 && exactTasks >= 0, "rounds take time")
    self.machine = machine
    self.workload = workload
    self.policy = policy
    self.exactTasks = exactTasks
    self.interval = interval
  }

  /// - Parameter observe: is shown each round.
  /// - Throws: ``ReplayError``.
  /// - Complexity: a plan of the queue in each round.
  package func run(
    observing observe: (ReplayRound) -> Void = { _ in }
  ) throws(ReplayError) -> ReplayResult {
    var pass = ExactPass(self, try ExactSite(machine))
    while pass.round(observe) {}
    return ReplayResult(starts: pass.starts, ends: pass.ends)
  }
}

/// What a round of a replay was asked and said.
package struct ReplayRound: Sendable {
  package let problem: PlanningProblem
  package let plan: Plan
}

extension ReplayPolicy {
  var planner: any Planner {
    switch self {
    case .fcfs: FCFSPlanner()
    case .easy: EASYPlanner()
    case .conservative: ConservativePlanner()
    }
  }
}

/// One replay under way.
private struct ExactPass {
  private let replay: ExactReplay
  private let site: ExactSite
  private let planner: any Planner
  private var queue: [Candidate] = []
  private var running: [Running] = []
  private var promises: [PlannedReservation] = []
  private var next = 0
  /// When the round before was.
  private var last: Int64 = -1
  private(set) var starts: [Int64]
  private(set) var ends: [Int64]

  private struct Running {
    let end: Int64
    let occupation: Occupation
  }

  init(_ replay: ExactReplay, _ site: ExactSite) {
    self.replay = replay
    self.site = site
    planner = replay.policy.planner
    starts = Array(repeating: -1, count: replay.workload.jobs.count)
    ends = starts
  }

  /// False if nothing happens any more.
  mutating func round(_ observe: (ReplayRound) -> Void) -> Bool {
    guard let event = nextEvent() else { return false }
    let now = last < 0 ? event : max(event, last + replay.interval)
    last = now
    running.removeAll { $0.end <= now }
    let jobs = replay.workload.jobs
    while next < jobs.count, jobs[next].submit <= now {
      if let candidate = site.candidate(jobs[next], next) { queue.append(candidate) }
      next += 1
    }
    guard !queue.isEmpty else { return true }
    let problem = site.problem(
      at: now, running.map(\.occupation), queue, promises, exactTasks: replay.exactTasks)
    let plan = planner.plan(problem)
    observe(ReplayRound(problem: problem, plan: plan))
    promises = planner.keepsPromises ? plan.reservations : []
    start(plan, now)
    return true
  }

  private func nextEvent() -> Int64? {
    let jobs = replay.workload.jobs
    var event = next < jobs.count ? jobs[next].submit : Int64.max
    for run in running { event = min(event, run.end) }
    for promise in promises where promise.start > ExactSite.instant(last) {
      event = min(event, (promise.start.milliseconds + 999) / 1000)
    }
    return event < .max ? event : nil
  }

  private mutating func start(_ plan: Plan, _ now: Int64) {
    var started: Set<TaskID> = []
    for decision in plan.decisions {
      guard case .start(let placement, _, let hold, let limit) = decision.outcome else { continue }
      started.insert(decision.task)
      let job = Int(decision.task.job.number) - 1
      starts[job] = now
      ends[job] = now + replay.workload.jobs[job].run
      running.append(
        Running(
          end: ends[job],
          occupation: Occupation(
            run: RunID(task: decision.task, attempt: 1), placement: placement,
            until: ExactSite.instant(now) + limit, held: hold)))
    }
    guard !started.isEmpty else { return }
    queue.removeAll { started.contains($0.task) }
    promises.removeAll { started.contains($0.task) }
  }
}
