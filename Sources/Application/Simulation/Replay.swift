/// A workload on a machine under a policy, event by event, by the rules of `docs/simulator.md`.
///
/// Counts what the machine is measured by as one pool: nodes and their bounds are not looked at,
/// save that a job which no node can hold never starts.
package struct Replay: Sendable {
  package let machine: MachineModel
  package let workload: Workload
  package let policy: ReplayPolicy

  package init(machine: MachineModel, workload: Workload, policy: ReplayPolicy) {
    self.machine = machine
    self.workload = workload
    self.policy = policy
  }

  /// - Throws: ``ReplayError/emptyMachine``.
  /// - Complexity: O(events × (waiting + running)); conservative backfill multiplies the two.
  package func run() throws(ReplayError) -> ReplayResult {
    guard machine.capacityThousandths > 0 else { throw .emptyMachine }
    var pass = ReplayPass(self)
    pass.run()
    return ReplayResult(starts: pass.starts, ends: pass.ends)
  }
}

/// One replay under way.
private struct ReplayPass {
  private struct Waiting {
    let job: Int
    /// Of conservative backfill only.
    var slot: Int64
  }

  private let jobs: [WorkloadJob]
  private let policy: ReplayPolicy
  private let measure: MachineModel.Measure
  /// By job: can it ever start?
  private let canRun: [Bool]
  private var profile: FreeProfile
  /// In order of arrival.
  private var waiting: [Waiting] = []
  private var terminations = Terminations()
  private(set) var starts: [Int64]
  private(set) var ends: [Int64]

  init(_ replay: Replay) {
    let (machine, measure) = (replay.machine, replay.machine.measure)
    let capacity = machine.capacityThousandths
    jobs = replay.workload.jobs
    policy = replay.policy
    self.measure = measure
    canRun = jobs.map { job in
      let fitting = machine.groups.filter { $0.node.holds(job) }.reduce(0) { $0 + $1.nodes }
      return fitting >= job.nodes && job.demandThousandths(measure) <= capacity
    }
    profile = FreeProfile(free: capacity)
    starts = Array(repeating: -1, count: jobs.count)
    ends = starts
  }

  mutating func run() {
    var next = 0
    while let now = nextInstant(next) {
      profile.trim(before: now)
      while next < jobs.count, jobs[next].submit == now {
        if canRun[next] { submit(next, now) }
        next += 1
      }
      while let job = terminations.removeFirst(upTo: now) { terminated(job, now) }
      for entry in waiting where policy == .conservative && entry.slot == now {
        begin(entry.job, now)
      }
      if policy == .conservative { waiting.removeAll { $0.slot == now } }
    }
  }

  private func nextInstant(_ next: Int) -> Int64? {
    var instants = [terminations.first, next < jobs.count ? jobs[next].submit : nil]
    if policy == .conservative { instants.append(waiting.lazy.map(\.slot).min()) }
    return instants.compactMap { $0 }.min()
  }

  private func demand(_ job: Int) -> Int { jobs[job].demandThousandths(measure) }

  private mutating func submit(_ job: Int, _ now: Int64) {
    waiting.append(Waiting(job: job, slot: -1))
    if policy == .conservative { place(waiting.count - 1, now) } else { step(now) }
  }

  private mutating func terminated(_ job: Int, _ now: Int64) {
    profile.take(-demand(job), from: now, until: starts[job] + jobs[job].limit)
    guard policy == .conservative else { return step(now) }
    for index in waiting.indices {
      let entry = waiting[index]
      let end = entry.slot + jobs[entry.job].limit
      profile.take(-demand(entry.job), from: entry.slot, until: end)
      place(index, now)
    }
  }

  /// Gives a waiting job its earliest slot.
  private mutating func place(_ index: Int, _ now: Int64) {
    let job = waiting[index].job
    let slot = profile.earliest(demand(job), for: jobs[job].limit, from: now)
    waiting[index].slot = slot
    profile.take(demand(job), from: slot, until: slot + jobs[job].limit)
  }

  /// A step of FCFS or EASY.
  private mutating func step(_ now: Int64) {
    var started = 0
    while started < waiting.count, profile.has(demand(waiting[started].job), from: now, for: 1) {
      start(waiting[started].job, now)
      started += 1
    }
    waiting.removeFirst(started)
    guard policy == .easy, let head = waiting.first?.job else { return }
    let reserved = profile.earliest(demand(head), for: jobs[head].limit, from: now)
    profile.take(demand(head), from: reserved, until: reserved + jobs[head].limit)
    for entry in waiting.dropFirst()
    where profile.has(demand(entry.job), from: now, for: jobs[entry.job].limit) {
      start(entry.job, now)
    }
    waiting.removeAll { starts[$0.job] >= 0 }
    profile.take(-demand(head), from: reserved, until: reserved + jobs[head].limit)
  }

  private mutating func start(_ job: Int, _ now: Int64) {
    profile.take(demand(job), from: now, until: now + jobs[job].limit)
    begin(job, now)
  }

  private mutating func begin(_ job: Int, _ now: Int64) {
    starts[job] = now
    ends[job] = now + jobs[job].run
    terminations.insert(job, at: ends[job])
  }
}

/// The ends of the jobs that run, the earliest first; those of one second in order of their starts.
private struct Terminations {
  private var heap: [(end: Int64, sequence: Int, job: Int)] = []
  private var count = 0

  var first: Int64? { heap.first?.end }

  mutating func insert(_ job: Int, at end: Int64) {
    heap.append((end, count, job))
    count += 1
    var child = heap.count - 1
    while child > 0, isBefore(child, (child - 1) / 2) {
      heap.swapAt(child, (child - 1) / 2)
      child = (child - 1) / 2
    }
  }

  mutating func removeFirst(upTo now: Int64) -> Int? {
    guard let first = heap.first, first.end <= now else { return nil }
    heap.swapAt(0, heap.count - 1)
    heap.removeLast()
    var parent = 0
    while true {
      var least = parent
      for child in [2 * parent + 1, 2 * parent + 2]
      where child < heap.count && isBefore(child, least) {
        least = child
      }
      if least == parent { break }
      heap.swapAt(parent, least)
      parent = least
    }
    return first.job
  }

  private func isBefore(_ left: Int, _ right: Int) -> Bool {
    (heap[left].end, heap[left].sequence) < (heap[right].end, heap[right].sequence)
  }
}
