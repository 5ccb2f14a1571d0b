package import Domain

/// How long tasks waited, from when they were eligible until they began: two quantiles of exact waits.
package struct Waits: Hashable, Sendable {
  /// How many were measured; above zero.
  package let count: Int
  /// Half of them waited no longer, in milliseconds.
  package let medianMilliseconds: Int64
  /// 95 of 100 waited no longer, in milliseconds.
  package let p95Milliseconds: Int64

  package init(count: Int, medianMilliseconds: Int64, p95Milliseconds: Int64) {
    self.count = count
    self.medianMilliseconds = medianMilliseconds
    self.p95Milliseconds = p95Milliseconds
  }

  /// By the nearest rank: a quantile is one of the waits, the shortest that so many of 100 do not exceed.
  /// Nil of none.
  ///
  /// - Parameter waits: in milliseconds, in any order.
  package init?(_ waits: [Int64]) {
    guard !waits.isEmpty else { return nil }
    let ordered = waits.sorted()
    func quantile(percent: Int) -> Int64 { ordered[(ordered.count * percent + 99) / 100 - 1] }
    self.init(
      count: ordered.count, medianMilliseconds: quantile(percent: 50),
      p95Milliseconds: quantile(percent: 95))
  }

  /// The wait of a task that began, in milliseconds, from the later of the submission and the begin time
  /// that it asked for. Slurm's clock may put the start before that: then it is zero.
  ///
  /// Nil where it is not known when the task was eligible: that of a job that waits for others
  /// (dependencies, `singleton`) or for other tasks of its array (a throttle).
  package static func milliseconds(
    of request: JobRequest, submitted: Instant, began: Instant
  ) -> Int64? {
    let isThrottled = request.arrayThrottle.map { $0 < request.arrayIndices.count } ?? false
    guard request.dependencies.isEmpty, !request.wishes.isSingleton, !isThrottled else {
      return nil
    }
    let eligible = max(submitted, request.notBefore ?? submitted)
    return max(0, began.milliseconds - eligible.milliseconds)
  }
}
