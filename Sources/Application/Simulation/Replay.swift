import Scheduling

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
  /// - Complexity: each event costs some logarithms, and under conservative backfill a search for
  ///   each job that waits.
  package func run() throws(ReplayError) -> ReplayResult {
    guard machine.capacityThousandths > 0 else { throw .emptyMachine }
    let total = Int64(machine.capacityThousandths)
    let first = workload.jobs.first?.submit ?? 0
    return switch policy {
    case .fcfs: run(HeadBackfill(processors: total, overtakes: false))
    case .easy: run(HeadBackfill(processors: total, overtakes: true))
    case .conservative: run(ConservativeBackfill(processors: total, from: first))
    }
  }

  private func run(_ backfill: some Backfill) -> ReplayResult {
    var pass = ReplayPass(self, backfill)
    pass.run()
    return ReplayResult(starts: pass.starts, ends: pass.ends)
  }
}

/// One replay under way: tells a `Backfill` what happens, in order, and notes what it starts.
private struct ReplayPass<Policy: Backfill> {
  private let jobs: [ReplayJob]
  private let isConservative: Bool
  private var backfill: Policy
  /// Of each task of the backfill, the job.
  private var jobOfTask: [Int] = []
  private var taskOfJob: [Int]
  private var terminations = Terminations()
  private(set) var starts: [Int64]
  private(set) var ends: [Int64]

  init(_ replay: Replay, _ backfill: Policy) {
    jobs = replay.jobs
    isConservative = replay.policy == .conservative
    self.backfill = backfill
    starts = Array(repeating: -1, count: jobs.count)
    ends = starts
    taskOfJob = Array(repeating: -1, count: jobs.count)
  }

  mutating func run() {
    var next = 0
    while let now = nextInstant(next) {
      while next < jobs.count, jobs[next].submit == now {
        submit(next, now)
        next += 1
      }
      while let job = terminations.removeFirst(upTo: now) {
        backfill.end(taskOfJob[job], at: now)
        step(now)
      }
      if isConservative, backfill.nextStart <= now { step(now) }
    }
  }

  /// When something happens next: a submission, a termination, a start that was promised.
  private func nextInstant(_ next: Int) -> Int64? {
    var instant = next < jobs.count ? jobs[next].submit : Int64.max
    instant = min(instant, terminations.first ?? .max)
    if isConservative { instant = min(instant, backfill.nextStart) }
    return instant < .max ? instant : nil
  }

  private mutating func submit(_ job: Int, _ now: Int64) {
    guard let amount = jobs[job].amount else { return }
    taskOfJob[job] = backfill.submit(amount, span: jobs[job].limit, at: now)
    jobOfTask.append(job)
    step(now)
  }

  private mutating func step(_ now: Int64) {
    backfill.step(at: now)
    for task in backfill.started {
      let job = jobOfTask[task]
      starts[job] = now
      ends[job] = now + jobs[job].run
      terminations.insert(job, at: ends[job])
    }
  }
}

/// What a replay looks at of a job.
private struct ReplayJob {
  let submit: Int64
  let run: Int64
  let limit: Int64
  /// What it takes of the machine, in thousandths; nil if it can never start.
  let amount: Int64?
}

extension Replay {
  fileprivate var jobs: [ReplayJob] {
    let measure = machine.measure
    return workload.jobs.map { job in
      let fitting = machine.groups.reduce(0) { $0 + ($1.node.holds(job) ? $1.nodes : 0) }
      let demand = job.demandThousandths(measure)
      return ReplayJob(
        submit: job.submit, run: job.run, limit: job.limit,
        amount: fitting >= job.nodes ? Int64(demand) : nil)
    }
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
