// Why: how long a plan takes decides how large a site Polder can serve.
import Domain
import Foundation
import Scheduling

/// Measures the planner; `deploy/bench-planning` runs it and writes `docs/benchmarks-planning.md`.
@main
struct PlanningBench {
  static func main() throws {
    let arguments = Array(CommandLine.arguments.dropFirst())
    let numbers = arguments.dropFirst().compactMap { Int($0) }
    switch (arguments.first, numbers.count) {
    case ("plan", 4), ("plan-different", 4), ("plan-limited", 4):
      plan(
        LargeSite(
          nodes: numbers[0], tasks: numbers[1], exactTasks: numbers[2],
          areDifferent: arguments[0] == "plan-different",
          isLimited: arguments[0] == "plan-limited"), rounds: numbers[3])
    case ("starts", 3):
      starts(LargeSite(nodes: numbers[0], tasks: numbers[1], isIdle: true), rounds: numbers[2])
    case ("event", 4), ("explain", 4), ("explain-head", 4):
      let site = LargeSite(nodes: numbers[0], tasks: numbers[1], exactTasks: numbers[2])
      switch arguments[0] {
      case "event": Asking.event(site, rounds: numbers[3])
      case "explain": Asking.explain(site, rounds: numbers[3])
      default: Asking.explain(site, rounds: numbers[3], within: numbers[2])
      }
    case ("year", 1): try Replaying.year(processors: numbers[0])
    case ("log", _) where arguments.count == 3 && !numbers.isEmpty:
      try Replaying.log(arguments[1], processors: numbers[numbers.count - 1])
    default:
      print("polder-planning-bench plan | plan-different | plan-limited NODES TASKS EXACT ROUNDS")
      print("polder-planning-bench event | explain | explain-head NODES TASKS EXACT ROUNDS")
      print("polder-planning-bench starts NODES TASKS ROUNDS")
      print("polder-planning-bench year PROCESSORS | log FILE PROCESSORS")
    }
  }

  /// A full plan: of `rounds`, the median and the 95th percentile in milliseconds of the processor.
  private static func plan(_ site: LargeSite, rounds: Int) {
    let problem = site.problem()
    let planner = PlanningPolicy.conservative.planner
    let first = planner.plan(problem)
    let times = (0..<rounds).map { _ in processorMilliseconds { _ = planner.plan(problem) } }
      .sorted()
    report("plan_p50_ms", times[times.count / 2])
    report("plan_p95_ms", times[min(times.count * 95 / 100, times.count - 1)])
    report("starts", Double(first.starts))
    report("expected", Double(first.decisions.count - first.starts))
    report("peak_mib", Double(peakMiB))
    // Equal decisions, equal number: to hold what is made faster against what it was.
    print("digest", first.digest, separator: "\t")
  }

  /// Starts a second on an idle machine.
  private static func starts(_ site: LargeSite, rounds: Int) {
    let problem = site.problem()
    let planner = PlanningPolicy.conservative.planner
    let starts = planner.plan(problem).starts
    let times = (0..<rounds).map { _ in processorMilliseconds { _ = planner.plan(problem) } }
      .sorted()
    report("starts", Double(starts))
    report("starts_per_second", Double(starts) / times[times.count / 2] * 1000)
  }

  /// What the work takes of one processor: other programs on the machine don't count.
  static func processorMilliseconds(_ work: () throws -> Void) rethrows -> Double {
    let begin = processorSeconds
    try work()
    return (processorSeconds - begin) * 1000
  }

  private static var processorSeconds: Double {
    let usage = usage
    return Double(usage.ru_utime.tv_sec) + Double(usage.ru_utime.tv_usec) / 1e6
      + Double(usage.ru_stime.tv_sec) + Double(usage.ru_stime.tv_usec) / 1e6
  }

  private static var peakMiB: Int { usage.ru_maxrss / 1024 }

  private static var usage: rusage {
    var usage = rusage()
    // Written by the call, which keeps no pointer.
    unsafe getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage)
    return usage
  }

  /// One line a figure: its name, and its value with one decimal.
  static func report(_ name: String, _ value: Double) {
    print(name, (value * 10).rounded() / 10, separator: "\t")
  }
}

extension Plan {
  /// Of who starts where and of all expected starts (Fowler, Noll and Vo's hash, 64 bits).
  fileprivate var digest: UInt64 {
    var hash: UInt64 = 0xcbf2_9ce4_8422_2325
    func mix(_ text: String) {
      for byte in text.utf8 { hash = (hash ^ UInt64(byte)) &* 0x0000_0100_0000_01b3 }
    }
    for decision in decisions {
      switch decision.outcome {
      case .start(let placement, let allocation, let hold, let limit):
        mix("\(decision.task) \(placement.nodes) \(allocation) \(hold) \(limit)\n")
      case .wait(let reason, let expected):
        mix("\(decision.task) \(reason) \(expected?.milliseconds ?? -1)\n")
      }
    }
    return hash
  }

  fileprivate var starts: Int {
    decisions.count { if case .start = $0.outcome { true } else { false } }
  }
}
