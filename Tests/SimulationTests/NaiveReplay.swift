import Simulation

/// The rules of `docs/simulator.md` word by word, on a count of processors: the oracle that
/// `Replay` is held against. Nothing is kept from one event to the next but who runs and who waits.
struct NaiveReplay {
  /// What a job holds, or is to hold, until its limit.
  private struct Span {
    let job: Int
    let start: Int64
  }

  private let jobs: [WorkloadJob]
  private let processors: Int
  private let policy: ReplayPolicy
  private var running: [Span] = []
  /// In order of arrival.
  private var waiting: [Int] = []
  /// Of conservative backfill only: the slots of those that wait, in the same order.
  private var slots: [Span] = []
  private var starts: [Int64]

  static func starts(_ jobs: [WorkloadJob], processors: Int, _ policy: ReplayPolicy) -> [Int64] {
    var replay = NaiveReplay(jobs: jobs, processors: processors, policy: policy)
    replay.run()
    return replay.starts
  }

  private init(jobs: [WorkloadJob], processors: Int, policy: ReplayPolicy) {
    self.jobs = jobs
    self.processors = processors
    self.policy = policy
    starts = Array(repeating: -1, count: jobs.count)
  }

  private mutating func run() {
    var next = 0
    while let now = nextInstant(next) {
      while next < jobs.count, jobs[next].submit == now {
        if jobs[next].nodes <= processors { submit(next, now) }
        next += 1
      }
      while let index = running.indices.first(where: { end(running[$0]) == now }) {
        running.remove(at: index)
        terminated(now)
      }
      for slot in slots where slot.start == now { start(slot.job, now) }
      slots.removeAll { $0.start == now }
    }
  }

  /// When something happens next: a submission, a termination, a slot.
  private func nextInstant(_ next: Int) -> Int64? {
    let ends = running.map(end) + slots.map(\.start)
    return (next < jobs.count ? ends + [jobs[next].submit] : ends).min()
  }

  private func end(_ span: Span) -> Int64 { span.start + jobs[span.job].run }

  private mutating func submit(_ job: Int, _ now: Int64) {
    if policy == .conservative {
      slots.append(Span(job: job, start: slot(job, now, beside: running + slots)))
    } else {
      waiting.append(job)
      step(now)
    }
  }

  private mutating func terminated(_ now: Int64) {
    guard policy == .conservative else { return step(now) }
    for index in slots.indices {
      let others = slots[..<index] + slots[(index + 1)...]
      let job = slots[index].job
      slots[index] = Span(job: job, start: slot(job, now, beside: running + others))
    }
  }

  private mutating func start(_ job: Int, _ now: Int64) {
    starts[job] = now
    running.append(Span(job: job, start: now))
  }

  /// A step of FCFS or EASY.
  private mutating func step(_ now: Int64) {
    while let head = waiting.first, slot(head, now, beside: running) == now {
      start(waiting.removeFirst(), now)
    }
    guard policy == .easy, let head = waiting.first else { return }
    let reservation = Span(job: head, start: slot(head, now, beside: running))
    for job in waiting.dropFirst() where fits(job, now, beside: running + [reservation]) {
      start(job, now)
      waiting.removeAll { $0 == job }
    }
  }

  /// The earliest start from now on at which the job's whole limit is free.
  private func slot(_ job: Int, _ now: Int64, beside spans: [Span]) -> Int64 {
    let profile = profile(of: spans, from: now)
    return profile.map(\.instant).first { fits(job, $0, in: profile) } ?? now
  }

  private func fits(_ job: Int, _ now: Int64, beside spans: [Span]) -> Bool {
    fits(job, now, in: profile(of: spans, from: now))
  }

  /// True if the job's processors are free from an instant of the profile on until its limit.
  private func fits(_ job: Int, _ start: Int64, in profile: [(instant: Int64, free: Int)]) -> Bool {
    profile.allSatisfy { piece in
      piece.instant < start || piece.instant >= start + jobs[job].limit
        || piece.free >= jobs[job].nodes
    }
  }

  /// How many processors are free from each instant on at which that changes, the first being now.
  private func profile(of spans: [Span], from now: Int64) -> [(instant: Int64, free: Int)] {
    var changes: [Int64: Int] = [now: 0]
    for span in spans {
      let limit = span.start + jobs[span.job].limit
      guard limit > now else { continue }
      changes[max(span.start, now), default: 0] -= jobs[span.job].nodes
      changes[limit, default: 0] += jobs[span.job].nodes
    }
    var free = processors
    return changes.sorted { $0.key < $1.key }.map { instant, change in
      free += change
      return (instant, free)
    }
  }
}
