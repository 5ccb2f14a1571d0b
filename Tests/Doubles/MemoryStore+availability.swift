package import Domain
import Engine
import Lifecycle
package import Reporting
package import Services

extension MemoryStore {
  /// Run by run.
  package func availabilityFacts(
    period: Range<Instant>, system: String
  ) throws(StoreError) -> AvailabilityFacts {
    let asOf = min(clock, period.upperBound)
    var parts: [AvailabilityFacts.Part] = []
    for part in AvailabilityFacts.parts(of: period, asOf: asOf) {
      let access = try accessTimeFacts(period: part, system: system)
      let runs = histories.values.filter { mode(of: $0) != nil }
      let modes: [String?] = Set(runs.compactMap { mode(of: $0) }).sorted() + [nil]
      let tallies = modes.map { mode in
        tally(
          mode, runs.filter { mode == nil || self.mode(of: $0) == mode }, over: part, until: asOf)
      }.filter { $0.begun > 0 || $0.nodeFailures > 0 }
      parts.append(AvailabilityFacts.Part(access: access, tallies: tallies))
    }
    return AvailabilityFacts(parts: parts)
  }

  private func mode(of history: History) -> String? {
    state.centre.allocations[history.run.allocation].map {
      state.centre.programmes[$0.programme]?.mode ?? $0.programme.text
    }
  }

  private func tally(
    _ mode: String?, _ runs: [History], over period: Range<Instant>, until asOf: Instant
  ) -> AvailabilityFacts.Tally {
    var tally = AvailabilityFacts.Tally(mode: mode)
    var waits: [Int64] = []
    for history in runs {
      let committed = history.run.committed
      if let end = history.end, end.outcome == .nodeFailed, let counted = history.endCounted,
        period.contains(counted), counted < asOf, committed < asOf,
        end.end <= committed + AvailabilityFacts.longestRun
      {
        tally.nodeFailures += 1
      }
      guard period.contains(history.begunCounted), history.begunCounted < asOf,
        let began = history.firstStart,
        let job = state.jobs[history.run.id.task.job], job.origin != .adopted,
        !isPreceded(history)
      else { continue }
      tally.begun += 1
      if let wait = Waits.milliseconds(of: job.request, submitted: job.submitted, began: began) {
        waits.append(wait)
      }
    }
    tally.waits = Waits(waits)
    return tally
  }

  /// Another run of the task counts before it.
  private func isPreceded(_ history: History) -> Bool {
    let run = history.run.id
    return histories.values.contains {
      $0.run.id.task == run.task && $0.start != nil
        && ($0.begunCounted, $0.run.id.attempt) < (history.begunCounted, run.attempt)
    }
  }
}
