// Why: who waits for an answer waits for this, and not for a plan.
import Domain
import Engine
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

  /// Explanations of tasks anywhere in the queue, or of those at its head, from the record of the
  /// plan.
  static func explain(_ site: LargeSite, rounds: Int, within most: Int = .max) {
    let problem = site.problem()
    guard let record = ConservativePlanner().stand(problem).record else { return }
    let waiting = record.decisions.prefix(most).compactMap { decision in
      if case .wait = decision.outcome { decision.task } else { nil }
    }
    var random = SplitMix64(state: 99)
    var (told, sooner) = (0, 0)
    let times = (0..<rounds).map { _ in
      let task = waiting[random.below(waiting.count)]
      return PlanningBench.processorMilliseconds {
        guard let explanation = record.explanation(of: task, isPromised: false) else { return }
        told += 1
        sooner += explanation.sooner.count
      }
    }.sorted()
    report(times, "explain")
    PlanningBench.report("explained", Double(told))
    PlanningBench.report("sooner", Double(sooner))
  }

  private static func report(_ times: [Double], _ name: String) {
    for (words, part) in [("p50", 50), ("p95", 95), ("p99", 99)] {
      PlanningBench.report(
        "\(name)_\(words)_ms", times[min(times.count * part / 100, times.count - 1)])
    }
  }
}
