/// Jobs that start later than would have been fair.
///
/// A job's *fair start time*, after Sabin, Kochhar and Sadayappan ("Job Fairness in Non-Preemptive
/// Job Scheduling", ICPP 2004), rests on one idea: no job that arrives later should delay one that
/// was there. Here it is the start that the job would have had if, from its arrival on, nobody else
/// had come, those in line had started strictly in order, nothing overtaking, and all run times had
/// been known. A job that starts later than that is a miss.
package struct FairStart: Hashable, Sendable, Codable {
  /// How many jobs were looked at, evenly spaced: one costs as much as all that run and wait.
  package let lookedAt: Int
  package let misses: Int
  /// Seconds by which those looked at are late, on average; thousandths. Who is early counts as 0.
  package let meanMissThousandths: Int64

  /// - Parameter most: how many jobs are looked at at most.
  package init(
    _ machine: MachineModel, _ workload: Workload, _ result: ReplayResult, most: Int = 2000
  ) {
    let jobs = workload.jobs
    let demands = jobs.map { $0.demandThousandths(machine.measure) }
    let stride = max((jobs.count + most - 1) / max(most, 1), 1)
    // Those that came and have not ended, in order of arrival.
    var present: [Int] = []
    var (lookedAt, misses, late) = (0, 0, Int128(0))
    for index in jobs.indices where result.starts[index] >= 0 {
      present.append(index)
      guard index % stride == 0 else { continue }
      let now = jobs[index].submit
      present.removeAll { result.ends[$0] <= now && $0 != index }
      var free = machine.capacityThousandths
      var ends = EarliestEnds()
      for job in present where result.starts[job] <= now && job != index {
        free -= demands[job]
        ends.insert(result.ends[job], demands[job])
      }
      var instant = now
      for job in present where job == index || result.starts[job] > now {
        while free < demands[job], let (end, amount) = ends.removeFirst() {
          instant = max(instant, end)
          free += amount
        }
        free -= demands[job]
        ends.insert(instant + jobs[job].run, demands[job])
      }
      lookedAt += 1
      if result.starts[index] > instant {
        misses += 1
        late += Int128(result.starts[index] - instant)
      }
    }
    self.lookedAt = lookedAt
    self.misses = misses
    meanMissThousandths = rounded(late * 1000, by: Int128(lookedAt))
  }
}

/// A heap of ends and what each sets free.
private struct EarliestEnds {
  private var heap: [(end: Int64, amount: Int)] = []

  mutating func insert(_ end: Int64, _ amount: Int) {
    heap.append((end, amount))
    var child = heap.count - 1
    while child > 0, heap[child].end < heap[(child - 1) / 2].end {
      heap.swapAt(child, (child - 1) / 2)
      child = (child - 1) / 2
    }
  }

  mutating func removeFirst() -> (end: Int64, amount: Int)? {
    guard let first = heap.first else { return nil }
    heap.swapAt(0, heap.count - 1)
    heap.removeLast()
    var parent = 0
    while true {
      var least = parent
      for child in [2 * parent + 1, 2 * parent + 2]
      where child < heap.count && heap[child].end < heap[least].end {
        least = child
      }
      if least == parent { return first }
      heap.swapAt(parent, least)
      parent = least
    }
  }
}
