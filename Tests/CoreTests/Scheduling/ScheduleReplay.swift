import Domain
import Scheduling

/// Replays a list of jobs against a planner, event by event, in a time that only exists here.
///
/// Events of one second come in this order: changes of nodes, submissions in their order, ends by
/// id, promised starts. After every single event the queue is planned and what starts, starts. A run that has
/// reached its limit and grace counts as gone even before its end is handled.
struct ScheduleReplay {
  struct Job {
    let name: String
    let task: TaskID
    let submit: Int64
    /// How long it really runs.
    let run: Int64
    let request: JobRequest
    let options: [AllocationOption]
  }

  struct Start: Equatable {
    let second: Int64
    let placement: Placement
  }

  struct Outage {
    let node: NodeName
    let seconds: Range<Int64>
  }

  var nodes: [Node] = []
  var partitions: [Partition] = []
  var jobs: [Job] = []
  var outages: [Outage] = []
  /// Known from the beginning.
  var reserved: [Reservation] = []
  var grace = Seconds.zero
  var budgets: [AllocationID: GPUTime] = [:]
  /// True to audit each plan by the definitions.
  var audits = false

  private(set) var starts: [TaskID: Start] = [:]
  /// The first reason that each task was given for not starting.
  private(set) var reasons: [TaskID: WaitReason] = [:]

  /// What the audits found.
  private(set) var faults: [String] = []
  /// The tasks whose expected start moved later, or went away.
  private(set) var delayed: Set<TaskID> = []

  private struct Run {
    let job: Job
    let occupation: Occupation
    let end: Int64
    let allocation: AllocationID
    let hold: GPUTime
    let limit: Seconds
  }

  private var running: [Run] = []
  private var promises: [PlannedReservation] = []
  private var queue: [Candidate] = []
  private var jobsByTask: [TaskID: Job] = [:]

  /// Replays all jobs; `between` plans after submissions, which free nothing.
  mutating func replay(_ planner: any Planner, between: (any Planner)? = nil) {
    jobsByTask = Dictionary(uniqueKeysWithValues: jobs.map { ($0.task, $0) })
    let submissions = jobs.enumerated().sorted {
      ($0.element.submit, $0.offset) < ($1.element.submit, $1.offset)
    }.map(\.element)
    let moments =
      outages.flatMap { [$0.seconds.lowerBound, $0.seconds.upperBound] }
      + reserved.map(\.window.upperBound.wholeSeconds)
    let changes = Set(moments).sorted()
    var nextSubmission = 0
    var nextChange = 0
    while true {
      let change = nextChange < changes.count ? changes[nextChange] : .max
      let submission =
        nextSubmission < submissions.count ? submissions[nextSubmission].submit : .max
      let end = running.indices.min {
        (running[$0].end, running[$0].job.task) < (running[$1].end, running[$1].job.task)
      }
      let due = promises.lazy.map(\.start.wholeSeconds).min() ?? .max
      let second = min(change, submission, end.map { running[$0].end } ?? .max, due)
      guard second < .max else { return }
      var stepper = planner
      if change == second {
        nextChange += 1
      } else if submission == second {
        submit(submissions[nextSubmission])
        nextSubmission += 1
        stepper = between ?? planner
      } else if let end, running[end].end == second {
        finish(running.remove(at: end))
      } else {
        stepper = between ?? planner
      }
      step(stepper, at: second)
    }
  }

  /// Holds each expected start against that of the plan before.
  private mutating func compare(_ plan: Plan, at now: Instant) {
    var starts = Dictionary(uniqueKeysWithValues: plan.reservations.map { ($0.task, $0.start) })
    for decision in plan.decisions {
      if case .start = decision.outcome { starts[decision.task] = now }
    }
    for promise in promises where starts[promise.task].map({ $0 > promise.start }) ?? true {
      delayed.insert(promise.task)
    }
  }

  private mutating func submit(_ job: Job) {
    queue.append(
      Candidate(
        task: job.task, request: job.request, options: job.options, grace: grace,
        eligibility: .eligible))
  }

  private mutating func finish(_ run: Run) {
    let limit = run.limit.count + grace.count
    let charge = run.hold.milliseconds / limit * min(run.job.run, limit)
    budgets[run.allocation, default: .zero] += run.hold - GPUTime(milliseconds: charge)
  }

  private mutating func step(_ planner: any Planner, at second: Int64) {
    guard !queue.isEmpty else { return }
    let now = Instant(seconds: second)
    let problem = PlanningProblem(
      now: now,
      nodes: nodes.map { node in
        let down = outages.contains { $0.node == node.name && $0.seconds.contains(second) }
        return NodeCondition(node: node, state: down ? .unavailable("DOWN") : .up)
      },
      partitions: partitions,
      occupations: running.map(\.occupation).filter { $0.until > now },
      reserved: reserved, queue: queue, budgets: budgets, promises: promises)
    let plan = planner.plan(problem)
    if audits { faults += PlanAudit(problem, plan).faults().map { "\(second): \($0)" } }
    compare(plan, at: now)
    promises = plan.reservations
    var started: Set<TaskID> = []
    for decision in plan.decisions {
      switch decision.outcome {
      case .wait(let reason, _):
        if reasons[decision.task] == nil { reasons[decision.task] = reason }
      case .start(let placement, let allocation, let hold, let limit):
        guard let job = jobsByTask[decision.task] else { continue }
        started.insert(decision.task)
        starts[decision.task] = Start(second: second, placement: placement)
        budgets[allocation, default: .zero] -= hold
        running.append(
          Run(
            job: job,
            occupation: Occupation(
              run: RunID(task: job.task, attempt: 1), placement: placement,
              until: now + limit + grace),
            end: second + job.run, allocation: allocation, hold: hold, limit: limit))
      }
    }
    if !started.isEmpty { queue.removeAll { started.contains($0.task) } }
  }
}
