import Domain
import Scheduling
import Testing

/// What starts on what a run leaves, before there is another plan.
@Suite("standing plans")
struct StandingPlanTests {
  /// A plan that is kept, and what has become of its problem since.
  private struct Site {
    var problem: PlanningProblem
    var standing: StandingPlan
    let candidates: [TaskID: Candidate]
    /// What was promised, and has not started.
    var promises: [PlannedReservation]
    private(set) var started = 0

    init(_ problem: PlanningProblem) {
      standing = ConservativePlanner().stand(problem)
      candidates = Dictionary(uniqueKeysWithValues: problem.queue.map { ($0.task, $0) })
      promises = standing.plan.reservations
      self.problem = problem
      // A run past its end is there for as long as the plan thought.
      self.problem.occupations = problem.occupations.map {
        Occupation(
          run: $0.run, placement: $0.placement,
          until: $0.until > problem.now
            ? $0.until : problem.now + PlanningProblem.overdueAllowance,
          held: $0.held, limits: $0.limits)
      }
      for decision in standing.plan.decisions { start(decision) }
    }

    /// Before this instant nothing is due.
    var horizon: Instant {
      (problem.occupations.map(\.until) + promises.map(\.start)).min() ?? problem.now
    }

    /// A run ends: the audit's findings of who starts then beside all promises that are left.
    mutating func end(_ run: RunID, at now: Instant) -> [String] {
      problem.now = now
      problem.occupations.removeAll { $0.run == run }
      let decisions = standing.ended([run], at: now).map {
        PlannedTask(task: $0.candidate.task, outcome: $0.outcome)
      }
      let starting = Set(decisions.map(\.task))
      promises.removeAll { starting.contains($0.task) }
      var then = problem
      let promised = Set(promises.map(\.task))
      then.queue.removeAll { !starting.contains($0.task) && !promised.contains($0.task) }
      let outcomes = Dictionary(
        uniqueKeysWithValues: decisions.map { ($0.task, $0.outcome) }
          + promises.map { ($0.task, .wait(.noAllocation, expectedStart: $0.start)) })
      let plan = Plan(
        decisions: then.queue.compactMap { candidate in
          outcomes[candidate.task].map { PlannedTask(task: candidate.task, outcome: $0) }
        }, reservations: promises)
      let faults = PlanAudit(then, plan).faults()
      let ranks = decisions.compactMap { decision in
        problem.queue.firstIndex { $0.task == decision.task }
      }
      for decision in decisions { start(decision) }
      started += decisions.count
      return ranks == ranks.sorted() && ranks.count == decisions.count
        ? faults : faults + ["out of order, or twice"]
    }

    private mutating func start(_ decision: PlannedTask) {
      guard case .start(let placement, let allocation, let hold, let limit) = decision.outcome,
        let candidate = candidates[decision.task]
      else { return }
      problem.queue.removeAll { $0.task == decision.task }
      problem.budgets[allocation, default: .zero] -= hold
      let option = candidate.options.first { $0.allocation == allocation }
      problem.occupations.append(
        Occupation(
          run: RunID(task: decision.task, attempt: 1), placement: placement,
          until: problem.now + limit + candidate.grace, held: hold,
          limits: option?.limits ?? []))
    }
  }

  private func site(_ seed: UInt64) -> (site: Site, random: SplitMix64) {
    var source = RandomProblem(seed: seed)
    var problem =
      switch seed % 3 {
      case 0: source.reservedProblem()
      case 1: source.problem()
      default: source.licensedProblem()
      }
    problem.exactTasks = source.random.pick(0...6)
    return (Site(problem), source.random)
  }

  @Test(
    "who starts where runs end has nodes, money and limits, and every promise is still kept",
    arguments: 1...400 as ClosedRange<UInt64>)
  func sound(seed: UInt64) {
    var (site, random) = site(seed)
    for run in site.problem.occupations.map(\.run).shuffled(using: &random) {
      let left = site.horizon.milliseconds - site.problem.now.milliseconds
      guard left > 0 else { return }
      let now = Instant(
        milliseconds: site.problem.now.milliseconds + Int64(random.pick(0...Int(left) - 1) / 4))
      let faults = site.end(run, at: now)
      #expect(faults.isEmpty, "seed \(seed), \(run): \(faults)")
    }
    var next = site.problem
    next.promises = site.promises
    let plan = ConservativePlanner().plan(next)
    let starts = Dictionary(
      plan.reservations.map { ($0.task, $0.start) }
        + plan.decisions.compactMap { decision in
          if case .start = decision.outcome { (decision.task, next.now) } else { nil }
        }, uniquingKeysWith: min)
    for promise in site.promises {
      #expect(starts[promise.task] ?? promise.end <= promise.start, "seed \(seed)")
    }
  }

  @Test("a plan that is kept is the plan", arguments: 1...60 as ClosedRange<UInt64>)
  func same(seed: UInt64) {
    var source = RandomProblem(seed: seed)
    var problem = source.limitedProblem()
    problem.exactTasks = source.random.pick(0...6)
    for policy in PlanningPolicy.allCases {
      #expect(policy.planner.stand(problem).plan == policy.planner.plan(problem), "seed \(seed)")
    }
  }

  @Test("somebody does start: of the random problems in many, on exact nodes and on counts")
  func variety() {
    var (exact, counted) = (0, 0)
    for seed in 1...400 as ClosedRange<UInt64> {
      var (site, _) = site(seed)
      let now = site.problem.now
      let first = Set(site.problem.queue.prefix(site.problem.exactTasks).map(\.task))
      for run in site.problem.occupations.map(\.run) {
        let before = site.problem.queue.map(\.task)
        _ = site.end(run, at: now)
        let gone = Set(before).subtracting(site.problem.queue.map(\.task))
        exact += gone.intersection(first).count
        counted += gone.subtracting(first).count
      }
    }
    #expect(exact >= 20 && counted >= 20, "\(exact), \(counted)")
  }

  @Test("of a run that it does not know, and under another policy, nobody starts")
  func unknown() throws {
    var (site, _) = site(3)
    let stranger = RunID(task: TaskID(job: JobID(number: 9_999), index: nil), attempt: 1)
    #expect(site.standing.ended([stranger], at: site.problem.now).isEmpty)
    for policy in [PlanningPolicy.fcfs, .easy] {
      var other = policy.planner.stand(site.problem)
      let runs = site.problem.occupations.map(\.run)
      #expect(other.ended(runs, at: site.problem.now).isEmpty)
    }
  }
}
