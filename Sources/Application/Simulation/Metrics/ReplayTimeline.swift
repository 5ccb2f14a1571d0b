/// A replay second by second, summed up: what was used, what lay idle while jobs waited, how long
/// the queue was. Jobs that never start are left out.
package struct ReplayTimeline: Hashable, Sendable {
  /// A stretch of equal length of the whole; means over it.
  package struct Bucket: Hashable, Sendable {
    /// Of the machine, millionths.
    package let usedMillionths: Int64
    /// Jobs that wait, thousandths.
    package let queueThousandths: Int64
  }

  /// The first submission, in seconds.
  package let begin: Int64
  /// The last end, in seconds.
  package let end: Int64
  package let buckets: [Bucket]
  /// Thousandths of the measure × seconds.
  let used: Int128
  /// The same: of what was free, what those that waited asked for.
  let lost: Int128
  /// Jobs × seconds.
  let queued: Int128
  let longestQueue: Int

  /// - Parameter buckets: how many stretches; at least one.
  package init(
    _ machine: MachineModel, _ workload: Workload, _ result: ReplayResult, buckets count: Int = 360
  ) {
    var changes = Changes(machine.measure, workload, result)
    let capacity = machine.capacityThousandths
    begin = changes.begin
    end = changes.end
    var totals = Totals(buckets: count, from: begin, until: end)
    changes.each { before, now, state in
      let idle = max(capacity - state.used, 0)
      totals.add(from: before, until: now, state, lost: min(idle, state.waitingDemand))
    }
    used = totals.used
    lost = totals.lost
    queued = totals.queued
    longestQueue = totals.longestQueue
    self.buckets = totals.buckets(of: capacity)
  }

  /// How things stand between two events.
  fileprivate struct State {
    /// Thousandths of the measure.
    var used = 0
    var waitingDemand = 0
    var waiting = 0
  }
}

/// Everything that changes a ``ReplayTimeline``, in order.
private struct Changes {
  private struct Change {
    let instant: Int64
    let used: Int
    let waitingDemand: Int
    let waiting: Int
  }

  private var changes: [Change] = []
  private(set) var begin: Int64 = 0
  private(set) var end: Int64 = 0

  init(_ measure: MachineModel.Measure, _ workload: Workload, _ result: ReplayResult) {
    changes.reserveCapacity(3 * workload.jobs.count)
    for (index, job) in workload.jobs.enumerated() where result.starts[index] >= 0 {
      let (start, end) = (result.starts[index], result.ends[index])
      let demand = job.demandThousandths(measure)
      if changes.isEmpty { begin = job.submit }
      self.end = max(self.end, end)
      if job.submit < start {
        changes.append(Change(instant: job.submit, used: 0, waitingDemand: demand, waiting: 1))
        changes.append(Change(instant: start, used: demand, waitingDemand: -demand, waiting: -1))
      } else {
        changes.append(Change(instant: start, used: demand, waitingDemand: 0, waiting: 0))
      }
      changes.append(Change(instant: end, used: -demand, waitingDemand: 0, waiting: 0))
    }
    // Sums do not depend on the order within one instant.
    changes.sort { $0.instant < $1.instant }
  }

  /// Calls for each stretch in which nothing changes: from, until, and how things stand.
  mutating func each(_ body: (Int64, Int64, ReplayTimeline.State) -> Void) {
    var state = ReplayTimeline.State()
    var before = begin
    for change in changes {
      if change.instant > before {
        body(before, change.instant, state)
        before = change.instant
      }
      state.used += change.used
      state.waitingDemand += change.waitingDemand
      state.waiting += change.waiting
    }
  }
}

/// Sums under way.
private struct Totals {
  private(set) var used: Int128 = 0
  private(set) var lost: Int128 = 0
  private(set) var queued: Int128 = 0
  private(set) var longestQueue = 0
  private let begin: Int64
  private let span: Int64
  private var usedBy: [Int128]
  private var queuedBy: [Int128]

  init(buckets count: Int, from begin: Int64, until end: Int64) {
    self.begin = begin
    span = max(end - begin, 1)
    usedBy = Array(repeating: 0, count: max(count, 1))
    queuedBy = usedBy
  }

  mutating func add(from: Int64, until: Int64, _ state: ReplayTimeline.State, lost: Int) {
    let length = Int128(until - from)
    used += Int128(state.used) * length
    self.lost += Int128(lost) * length
    queued += Int128(state.waiting) * length
    longestQueue = max(longestQueue, state.waiting)
    var instant = from
    while instant < until {
      let bucket = Int((Int128(instant - begin) * Int128(usedBy.count)) / Int128(span))
      let next = min(max(edge(bucket + 1), instant + 1), until)
      usedBy[bucket] += Int128(state.used) * Int128(next - instant)
      queuedBy[bucket] += Int128(state.waiting) * Int128(next - instant)
      instant = next
    }
  }

  func buckets(of capacity: Int) -> [ReplayTimeline.Bucket] {
    usedBy.indices.map { index in
      let length = Int128(max(edge(index + 1) - edge(index), 1))
      return ReplayTimeline.Bucket(
        usedMillionths: Int64(
          min(usedBy[index] * 1_000_000 / (length * Int128(max(capacity, 1))), 1_000_000)),
        queueThousandths: Int64(queuedBy[index] * 1000 / length))
    }
  }

  /// Where a bucket begins: the first second that is its own.
  private func edge(_ bucket: Int) -> Int64 {
    let count = Int128(usedBy.count)
    return begin + Int64((Int128(bucket) * Int128(span) + count - 1) / count)
  }
}
