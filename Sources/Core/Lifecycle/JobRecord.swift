package import Domain

/// An accepted request: durable before its client hears of it.
package struct JobRecord: Hashable, Sendable {
  package let id: JobID
  package let request: JobRequest
  package let origin: JobOrigin
  package let submitted: Instant
  package var binding: SlurmBinding
  /// The time limit was changed while it waited: what stands in Slurm may have the old one.
  package let isLimitChanged: Bool

  package init(
    id: JobID, request: JobRequest, origin: JobOrigin, submitted: Instant, binding: SlurmBinding,
    isLimitChanged: Bool = false
  ) {
    self.isLimitChanged = isLimitChanged
    self.id = id
    self.request = request
    self.origin = origin
    self.submitted = submitted
    self.binding = binding
  }
}

extension JobRecord {
  /// The same job with another time limit for its runs to come; nil if only tasks of it have another.
  package func limited(to limit: Seconds?) -> JobRecord {
    JobRecord(
      id: id, request: request.changed(timeLimit: limit), origin: origin, submitted: submitted,
      binding: binding, isLimitChanged: true)
  }

  /// What one of its tasks asks for: the job's request, but for a time limit of its own.
  package func request(of task: TaskRecord) -> JobRequest {
    task.limit.map { request.changed(timeLimit: $0) } ?? request
  }
}

/// The way in.
package enum JobOrigin: String, Hashable, Sendable {
  /// Exists in Polder from acceptance; becomes a Slurm job when it is dispatched.
  case polder
  /// `sbatch` and its kin: stands in Slurm held, until Polder releases it.
  case slurm
  /// Slurm ran it before Polder knew of it: on a site that began with Polder while it was full, or
  /// let in while Polder was away.
  case adopted

  /// Slurm had it first, and alone has its script.
  package var isSlurms: Bool { self != .polder }
}

/// What a job is in Slurm.
package enum SlurmBinding: Hashable, Sendable {
  /// Not in Slurm yet. Goes to ``bound(_:)`` when dispatched (origin Polder) or first seen (origin
  /// Slurm: slurmctld may still refuse what the plugin accepted, so acceptance lapses by rule).
  case unbound
  /// Slurm's job id, an array's id for an array. Final.
  case bound(Int64)

  package var slurmJobID: Int64? {
    if case .bound(let id) = self { id } else { nil }
  }
}

/// Where a task stands.
package enum TaskState: Hashable, Sendable {
  /// Goes to ``starting(_:)`` by a committed start, to ``running(_:)`` if Slurm started it without
  /// us, to ``ended(_:)`` by a cancel.
  case waiting
  /// Its start is committed and its hold taken. Goes to ``running(_:)``, to ``waiting`` when Slurm
  /// did not start it in time, to ``ended(_:)``.
  case starting(RunID)
  /// Goes to ``ended(_:)``, or to ``waiting`` if the site lost it and its request says requeue.
  case running(RunID)
  /// Final.
  case ended(TaskOutcome)

  package var run: RunID? {
    switch self {
    case .starting(let run), .running(let run): run
    case .waiting, .ended: nil
    }
  }
}

/// How a task, or one run of it, ended.
package enum TaskOutcome: String, Hashable, Sendable, CaseIterable {
  case completed
  case failed
  case cancelled
  case timedOut = "timed-out"
  case outOfMemory = "out-of-memory"
  case nodeFailed = "node-failed"
  case bootFailed = "boot-failed"
  case preempted
  /// Slurm no longer knows it, and no record of its end exists.
  case lost
  /// Slurm refused to take it, or never started it.
  case refused

  /// The site's fault rather than the job's: a request that says requeue gets another run.
  package var isSiteFailure: Bool {
    switch self {
    case .nodeFailed, .bootFailed, .preempted, .lost: true
    default: false
    }
  }
}

/// One task of a job and where it stands.
package struct TaskRecord: Hashable, Sendable {
  package let id: TaskID
  package var state: TaskState
  /// Runs so far; the next one is `attempts + 1`.
  package var attempts: Int
  /// How often it was given to Slurm, from 1: counted up when Polder submits it anew after a site
  /// failure.
  package var generation: Int
  /// Slurm's job id of a later generation; the first one's is its job's.
  package var rebound: Int64?
  /// The time limit of its runs to come, where it was given another than its job's.
  package var limit: Seconds?
  /// Slurm's start of the run under way, or of the one that it ended with; nil while it waits, and
  /// if it ended without a start.
  package var began: Instant?

  package init(
    id: TaskID, state: TaskState = .waiting, attempts: Int = 0, generation: Int = 1,
    rebound: Int64? = nil, limit: Seconds? = nil, began: Instant? = nil
  ) {
    self.began = began
    self.limit = limit
    self.id = id
    self.state = state
    self.attempts = attempts
    self.generation = generation
    self.rebound = rebound
  }

  /// Slurm's job id of the task's present generation, or nil while it is not in Slurm.
  package func slurmJobID(in job: JobRecord) -> Int64? {
    generation == 1 ? job.binding.slurmJobID : rebound
  }

  package var nextRun: RunID { RunID(task: id, attempt: attempts + 1) }

  package var isEnded: Bool {
    if case .ended = state { true } else { false }
  }
}

/// One attempt and what it holds.
package struct RunRecord: Hashable, Sendable {
  package let id: RunID
  package let allocation: AllocationID
  package let placement: Placement
  package let weight: Weight
  /// The version of the partition's rate card in force at the start: it holds for the run.
  package let rateVersion: Int
  /// Nil for a run that Slurm started without us and that the allocation could not carry.
  package let hold: GPUTime?
  /// Limit plus grace: as long as the hold reaches.
  package let reach: Seconds
  /// When the start was committed, by the store's clock.
  package let committed: Instant
  /// Slurm's start, once it runs.
  package var started: Instant?
  /// What Polder did to end it.
  package var closing: RunClosing

  package init(
    id: RunID, allocation: AllocationID, placement: Placement, weight: Weight, rateVersion: Int,
    hold: GPUTime?, reach: Seconds, committed: Instant, started: Instant? = nil,
    closing: RunClosing = RunClosing()
  ) {
    self.id = id
    self.allocation = allocation
    self.placement = placement
    self.weight = weight
    self.rateVersion = rateVersion
    self.hold = hold
    self.reach = reach
    self.committed = committed
    self.started = started
    self.closing = closing
  }
}

extension RunRecord {
  /// When it began, be it before the books heard of it.
  package var begun: Instant { min(started ?? committed, committed) }

  /// The same run once Slurm runs it, with the weight of what Slurm allocated.
  package func running(since start: Instant, weight: Weight) -> RunRecord {
    RunRecord(
      id: id, allocation: allocation, placement: placement, weight: weight,
      rateVersion: rateVersion, hold: hold, reach: reach, committed: committed, started: start,
      closing: closing)
  }

  /// The same run with another limit, and more held for it; Slurm is told anew.
  package func reaching(_ reach: Seconds, holding more: GPUTime) -> RunRecord {
    var closing = closing
    closing.limit = nil
    return RunRecord(
      id: id, allocation: allocation, placement: placement, weight: weight,
      rateVersion: rateVersion, hold: hold.map { $0 + more }, reach: reach, committed: committed,
      started: started, closing: closing)
  }

  /// The same run with its hold, if that much is left for it; else carried by the operator.
  ///
  /// - Parameter inPart: with what is left, if that is less and anything.
  package func covered(by room: GPUTime, inPart: Bool) -> RunRecord {
    guard let hold else { return self }
    if hold <= room { return self }
    return inPart && room > .zero ? holding(room) : withoutHold
  }

  private func holding(_ hold: GPUTime) -> RunRecord {
    RunRecord(
      id: id, allocation: allocation, placement: placement, weight: weight,
      rateVersion: rateVersion, hold: hold, reach: reach, committed: committed, started: started,
      closing: closing)
  }

  /// The same run, carried by the operator.
  package var withoutHold: RunRecord {
    RunRecord(
      id: id, allocation: allocation, placement: placement, weight: weight,
      rateVersion: rateVersion, hold: nil, reach: reach, committed: committed, started: started,
      closing: closing)
  }
}
