// Why: who waits for an answer waits for this, and not for a plan.
import Domain
import Scheduling

/// What is asked of a plan: what starts where a run ends, and why a task waits.
enum Asking {
  /// Runs that end one after the other, one a second, each answered by the plan that stands.
  static func event(_ site: LargeSite, rounds: Int) {
    let problem = site.problem()
    var standing = ConservativePlanner().stand(problem)
    var random = SplitMix64(state: 99)
    var starts = 0
    let times = (0..<rounds).map { round in
      let run = problem.occupations[random.below(problem.occupations.count)].run
      return PlanningBench.processorMilliseconds {
        starts += standing.ended([run], at: problem.now + Seconds(Int64(round))).count
      }
    }.sorted()
    report(times, "event")
    PlanningBench.report("event_starts", Double(starts))
  }

  /// Explanations of tasks anywhere in the queue: a plan of those ahead of it, asked about the task
  /// and about what it could ask for instead.
  static func explain(_ site: LargeSite, rounds: Int) {
    let problem = site.problem()
    let planner = ConservativePlanner()
    var random = SplitMix64(state: 99)
    let times = (0..<rounds).map { _ in
      let rank = random.below(problem.queue.count)
      let candidate = problem.queue[rank]
      var ahead = problem
      ahead.queue = Array(problem.queue[..<rank])
      let probes = [candidate] + changes(of: candidate)
      return PlanningBench.processorMilliseconds {
        _ = planner.plan(ahead, probes: probes).answers
      }
    }.sorted()
    report(times, "explain")
  }

  private static func changes(of candidate: Candidate) -> [Candidate] {
    let request = candidate.request
    let others = [
      request.changed(timeLimit: Seconds(request.timeLimit.count / 2)),
      request.changed(timeLimit: Seconds(request.timeLimit.count / 4)),
      request.changed(nodeCount: max(request.nodeCount / 2, 1)),
    ]
    return others.map {
      Candidate(
        task: candidate.task, request: $0, options: candidate.options, grace: candidate.grace,
        eligibility: candidate.eligibility)
    }
  }

  private static func report(_ times: [Double], _ name: String) {
    for (words, part) in [("p50", 50), ("p95", 95), ("p99", 99)] {
      PlanningBench.report(
        "\(name)_\(words)_ms", times[min(times.count * part / 100, times.count - 1)])
    }
  }
}
