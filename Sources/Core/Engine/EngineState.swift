package import Domain
package import Ledger
package import Lifecycle
package import Scheduling

/// All that one cycle may look at: an immutable picture of the centre, its books and its jobs.
///
/// Applying a decision or a transition gives the next picture. The store does the same to its
/// tables, and tests hold the two against each other.
package struct EngineState: Equatable, Sendable {
  package var centre: Centre
  package var balances: [AllocationID: Balance]
  /// The caps above allocations as they stand now.
  package var caps: [Cap]
  package var capUses: [CapID: CapUse]
  /// Whose rest was carried over since the picture was taken: that is done once.
  private var carried: Set<AllocationID> = []
  /// Jobs with a task that has not ended, and the jobs that those depend on.
  package var jobs: [JobID: JobRecord]
  /// Every task of those jobs.
  package var tasks: [TaskID: TaskRecord]
  /// The runs that occupy nodes: of tasks that are starting or running.
  package var runs: [RunID: RunRecord]
  /// How each node is, in the words of the last look at Slurm; a node that is not named is unknown
  /// to Slurm and takes nothing.
  package var nodeStates: [NodeName: NodeCondition.State]
  /// How each partition is by that look; of one that is not named nothing is known against it.
  package var partitionStates: [PartitionName: PartitionCondition]
  /// What Slurm has set aside by that look.
  package var reserved: [Reservation]
  /// How waiting tasks are put in order.
  package var order: OrderState

  package init(
    centre: Centre, balances: [AllocationID: Balance] = [:], caps: [Cap] = [],
    capUses: [CapID: CapUse] = [:], jobs: [JobID: JobRecord] = [:],
    tasks: [TaskID: TaskRecord] = [:], runs: [RunID: RunRecord] = [:],
    nodeStates: [NodeName: NodeCondition.State] = [:],
    partitionStates: [PartitionName: PartitionCondition] = [:], reserved: [Reservation] = [],
    order: OrderState = .firstCome
  ) {
    self.centre = centre
    self.balances = balances
    self.caps = caps
    self.capUses = capUses
    self.jobs = jobs
    self.tasks = tasks
    self.runs = runs
    self.nodeStates = nodeStates
    self.partitionStates = partitionStates
    self.reserved = reserved
    self.order = order
  }

  /// The tasks of a job, by index.
  package func tasks(of job: JobID) -> [TaskRecord] {
    jobs[job].map { $0.request.tasks(of: job).compactMap { tasks[$0] } } ?? []
  }
}

/// What one cycle decides.
package enum Decision: Hashable, Sendable {
  /// Take the hold and start the run on its nodes. Apart, since of those that wait there are many more.
  indirect case start(RunRecord)
  /// Leave it waiting, with the reason and, where one can be computed, the expected start.
  case wait(TaskID, WaitReason, expectedStart: Instant?)
  /// The window has closed: what is left expires.
  case expire(AllocationID)
  /// What was deferred until now is released for use.
  case instalment(AllocationID, GPUTime)
  /// Do something to a run that its allocation's policy asks for.
  case act(RunAct)
  /// End a waiting task that can't run any more, with the cause in words.
  case refuse(TaskID, cause: String)
}

extension EngineState {
  /// The picture after a decision. A start that the state does not allow changes nothing and gives
  /// false: the store's guard does the same.
  @discardableResult
  package mutating func apply(_ decision: Decision) -> Bool {
    switch decision {
    case .wait:
      return true
    case .act(let act):
      guard let closing = runs[act.run]?.closing.after(act) else { return false }
      runs[act.run]?.closing = closing
      return true
    case .refuse(let task, _):
      guard tasks[task]?.state == .waiting else { return false }
      tasks[task]?.state = .ended(.refused)
      return true
    case .expire(let allocation):
      guard let balance = balances[allocation], balance.available + balance.deferred > .zero
      else { return false }
      // Which moment it is does not matter to the sums.
      let moment = Instant(milliseconds: 0)
      let carry = carried.contains(allocation) ? nil : centre.carryOver(of: allocation, balance)
      let entries = balance.expiry(
        EntryID("expiry"), of: allocation, carry, effective: moment, now: moment)
      if carry != nil { carried.insert(allocation) }
      for entry in entries {
        balances[entry.allocation] =
          (balances[entry.allocation] ?? Balance()).after(entry.kind, entry.amount)
      }
      return true
    case .instalment(let allocation, let amount):
      guard let balance = balances[allocation], amount <= balance.deferred else { return false }
      balances[allocation] = balance.after(.instalment, amount)
      return true
    case .start(let run):
      guard var task = tasks[run.id.task], task.state == .waiting, task.nextRun == run.id,
        let hold = run.hold, let balance = balances[run.allocation], hold <= balance.available,
        capsCarry(hold, of: run), limitReached(by: run) == nil,
        licenceLacking(for: run) == nil
      else { return false }
      book(.hold, hold, of: run)
      task.state = .starting(run.id)
      task.attempts = run.id.attempt
      tasks[task.id] = task
      runs[run.id] = run
      return true
    }
  }

  /// The picture after a transition; false if it no longer applies (it was applied before).
  ///
  /// - Parameter now: by the store's clock. Without it what is given back after a window's end does
  ///   not expire yet, but by the next cycle.
  @discardableResult
  package mutating func apply(_ transition: Transition, at now: Instant? = nil) -> Bool {
    switch transition {
    case .bound(let key, let slurmJobID):
      return bind(key, slurmJobID)
    case .started(let run, let start, let weight, _, _, _):
      guard tasks[run.task]?.state == .starting(run), let record = runs[run] else { return false }
      runs[run] = record.running(since: start, weight: weight)
      tasks[run.task]?.state = .running(run)
      tasks[run.task]?.began = start
      return true
    case .ended(let run, let end):
      let resubmitted = end.requeued && jobs[run.task.job]?.origin == .polder
      return close(run, end, at: now) { task in
        task.state = end.requeued ? .waiting : .ended(end.outcome)
        task.began = end.requeued ? nil : end.start ?? task.began
        if resubmitted {
          task.generation += 1
          task.rebound = nil
        }
      }
    case .returned(let run, _):
      return close(run, nil, at: now) {
        $0.state = .waiting
        $0.began = nil
      }
    case .adopted(let taskID, let run, _, _):
      guard var task = tasks[taskID], task.state == .waiting, task.nextRun == run.id else {
        return false
      }
      begin(run, inPart: jobs[taskID.job]?.origin == .adopted)
      task.state = .running(run.id)
      task.began = run.started
      task.attempts = run.id.attempt
      tasks[taskID] = task
      return true
    case .repeated(let taskID, let run, _, let end):
      guard var task = tasks[taskID], case .ended = task.state, task.nextRun == run.id else {
        return false
      }
      begin(run, inPart: false)
      let ended = task.state
      task.state = .running(run.id)
      task.attempts = run.id.attempt
      tasks[taskID] = task
      return close(run.id, end, at: now) { $0.state = ended }
    case .dropped(let task, let outcome, _):
      guard tasks[task]?.state == .waiting else { return false }
      tasks[task]?.state = .ended(outcome)
      return true
    }
  }

  /// A run that Slurm began without us: with its hold, if its allocation can carry that.
  ///
  /// - Parameter inPart: with as much of its hold as its allocation can carry.
  private mutating func begin(_ run: RunRecord, inPart: Bool) {
    let isOpen = centre.allocations[run.allocation]?.isOpen(at: run.begun) ?? false
    let room = isOpen ? room(for: run) : .zero
    let begun = run.covered(by: room, inPart: inPart)
    if let hold = begun.hold { book(.hold, hold, of: run) }
    runs[run.id] = begun
  }

  /// What an allocation and the caps above a run leave it.
  private func room(for run: RunRecord) -> GPUTime {
    caps(covering: run).filter { $0.strength == .hard }.reduce(
      balances[run.allocation]?.available ?? .zero
    ) { room, cap in
      min(room, cap.limit - (capUses[cap.id] ?? CapUse()).taken)
    }
  }

  private mutating func bind(_ key: SlurmKey, _ slurmJobID: Int64) -> Bool {
    guard let task = key.task else {
      guard let job = jobs[key.job], job.binding != .bound(slurmJobID) else { return false }
      jobs[key.job]?.binding = .bound(slurmJobID)
      return true
    }
    guard let record = tasks[task], record.generation == key.generation,
      record.rebound != slurmJobID
    else { return false }
    tasks[task]?.rebound = slurmJobID
    return true
  }

  /// - Parameter end: nil for a run that never began.
  private mutating func close(
    _ run: RunID, _ end: RunEnd?, at now: Instant?,
    _ change: (inout TaskRecord) -> Void
  ) -> Bool {
    guard var task = tasks[run.task], task.state.run == run, let record = runs[run] else {
      return false
    }
    let used = end?.used ?? .zero
    var kept = used
    if let hold = record.hold {
      let settlement = Settlement(hold: hold, used: used, pastEnd: end?.pastEnd ?? .zero)
      book(.charge, settlement.charge, of: record)
      book(.release, settlement.release, of: record)
      book(.overrun, settlement.overrun, of: record)
      if end?.refund != nil {
        kept = settlement.overrun
        book(.refund, settlement.charge, of: record)
        // As ``Entry/lapse(of:as:run:windowEnd:now:)``.
        if let now, let window = centre.allocations[record.allocation]?.window,
          window.upperBound <= now
        {
          book(.expiry, settlement.charge, of: record)
        }
      }
    } else {
      book(.overrun, used, of: record)
    }
    if let end { countUse(kept, of: leaf(of: record), at: end.end) }
    change(&task)
    tasks[task.id] = task
    runs[run] = nil
    return true
  }
}

/// The money of a picture.
extension EngineState {
  /// The caps that cover a run, the narrowest first.
  package func caps(covering run: RunRecord) -> [Cap] {
    guard !caps.isEmpty, let request = jobs[run.id.task.job]?.request,
      let bearer = centre.bearer(of: request, allocation: run.allocation)
    else { return [] }
    return caps.covering(bearer, holdTaken: run.committed)
  }

  /// True if every hard cap above a run leaves an amount.
  func capsCarry(_ amount: GPUTime, of run: RunRecord) -> Bool {
    caps(covering: run).allSatisfy {
      $0.strength == .soft || (capUses[$0.id] ?? CapUse()).taken + amount <= $0.limit
    }
  }

  mutating func book(_ kind: EntryKind, _ amount: GPUTime, of run: RunRecord) {
    guard amount != .zero else { return }
    balances[run.allocation] = (balances[run.allocation] ?? Balance()).after(kind, amount)
    for cap in caps(covering: run) {
      capUses[cap.id] = (capUses[cap.id] ?? CapUse()).after(kind, amount)
    }
  }
}
