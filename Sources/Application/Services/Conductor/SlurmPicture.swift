package import BridgeProtocol
package import Domain
package import Engine
package import Lifecycle

/// One look at Slurm in Polder's words: which of our tasks is how, and what else runs there.
///
/// Pure: it joins what Slurm lists to what Polder holds, by our key where the list has it and by
/// Slurm's job id where it has not.
package struct SlurmPicture: Sendable {
  /// What the look says of each task that it names.
  package private(set) var tasks: [TaskID: Observation] = [:]
  /// Nodes on which something runs that is no open run of ours: they take nothing until it ends.
  package private(set) var foreign: [NodeName: String] = [:]

  /// What runs in Slurm and was never Polder's; of what the plugin let in unseen, what ran too.
  package private(set) var strangers: [JobObservation] = []

  /// What waits in Slurm under a key of ours although Polder has no such open task: its task ended
  /// here, or an array was submitted anew with tasks that had ended.
  package private(set) var leftovers: Set<SlurmTarget> = []

  /// What runs in Slurm, or may start there at once, under a key of ours although Polder has no such
  /// open task: a slurmctld that forgot an end, or the job of an earlier generation.
  package private(set) var astray: Set<Astray> = []

  /// Open tasks of adopted jobs: until Slurm has their key they are known by what they are bound to.
  private let adopted: [Place: TaskID]

  private struct Place: Hashable {
    let slurmJobID: Int64
    let index: Int?
    /// Seconds: an id can be given again.
    let submitted: Int64
  }

  private static func adopted(in state: EngineState) -> [Place: TaskID] {
    var adopted: [Place: TaskID] = [:]
    for job in state.jobs.values where job.origin == .adopted {
      for id in job.request.tasks(of: job.id) {
        guard let task = state.tasks[id], !task.isEnded, let bound = task.slurmJobID(in: job)
        else { continue }
        adopted[
          Place(slurmJobID: bound, index: id.index, submitted: job.submitted.wholeSeconds)] = id
      }
    }
    return adopted
  }

  /// One of those.
  package struct Astray: Hashable, Sendable {
    package let task: TaskID
    package let generation: Int
    package let target: SlurmTarget
  }

  /// - Parameter state: the open jobs to join to.
  package init(jobs: [JobObservation], state: EngineState) {
    adopted = Self.adopted(in: state)
    for job in jobs { add(job, state) }
    addRemoved(jobs, state)
  }

  /// A waiting task that is cancelled just vanishes from its array, while the array stays listed.
  private mutating func addRemoved(_ jobs: [JobObservation], _ state: EngineState) {
    let arrays = Set(jobs.compactMap { $0.array.map { Int64($0.arrayJobID) } })
    for task in state.tasks.values where tasks[task.id] == nil && task.id.index != nil {
      guard let id = state.jobs[task.id.job].flatMap({ task.slurmJobID(in: $0) }) else { continue }
      if arrays.contains(id) { tasks[task.id] = .removed }
    }
  }

  private mutating func add(_ seen: JobObservation, _ state: EngineState) {
    guard let key = seen.key.flatMap({ SlurmKey($0) }) else {
      if seen.runs || (seen.isOpen && seen.state.isEnded && !seen.nodes.isEmpty) {
        strangers.append(seen)
      }
      if let task = adopted[Self.place(of: seen)] {
        tasks[task] = Self.observation(of: seen, state.centre)
        return
      }
      return addForeign(seen)
    }
    for task in Self.taskIDs(of: seen, key: key) {
      guard let record = state.tasks[task], record.generation == key.generation, !record.isEnded,
        Self.isBound(record, to: seen, state.jobs[key.job])
      else {
        addLeftover(seen, task)
        addAstray(seen, task, generation: key.generation)
        addForeign(seen)
        continue
      }
      let observation = Self.observation(of: seen, state.centre)
      tasks[task] = observation
    }
  }

  private static func place(of seen: JobObservation) -> Place {
    let index: Int? = if case .task(_, let index)? = seen.array { index } else { nil }
    return Place(
      slurmJobID: Int64(seen.array?.arrayJobID ?? seen.jobID), index: index,
      submitted: Int64(seen.times.submit))
  }

  /// False for a second Slurm job under the same key: the one that is bound counts.
  private static func isBound(
    _ task: TaskRecord, to seen: JobObservation, _ job: JobRecord?
  ) -> Bool {
    guard let bound = job.flatMap({ task.slurmJobID(in: $0) }) else { return true }
    return bound == Int64(seen.array?.arrayJobID ?? seen.jobID)
  }

  private mutating func addLeftover(_ seen: JobObservation, _ task: TaskID) {
    guard seen.state == .pending else { return }
    leftovers.insert(Self.target(seen, task))
  }

  private mutating func addAstray(_ seen: JobObservation, _ task: TaskID, generation: Int) {
    switch seen.state {
    case .running, .suspended: break
    case .pending where !seen.held: break
    default: return
    }
    astray.insert(Astray(task: task, generation: generation, target: Self.target(seen, task)))
  }

  private static func target(_ seen: JobObservation, _ task: TaskID) -> SlurmTarget {
    SlurmTarget(
      jobID: seen.array?.arrayJobID ?? seen.jobID,
      arrayTask: seen.array == nil ? nil : task.index, owner: "\(task.job)")
  }

  private mutating func addForeign(_ seen: JobObservation) {
    guard seen.runs else { return }
    for share in seen.nodes {
      guard let node = NodeName(share.node) else { continue }
      foreign[node] = "in use by Slurm job \(seen.jobID), which is not Polder's"
    }
  }

  private static func taskIDs(of seen: JobObservation, key: SlurmKey) -> [TaskID] {
    switch seen.array {
    case .some(.task(_, let index)): return [TaskID(job: key.job, index: index)]
    case .some(.waiting(_, let indices, _)):
      return indices.map { TaskID(job: key.job, index: $0) }
    case .none: return [key.task ?? TaskID(job: key.job, index: nil)]
    }
  }

  /// What a look says of the task that a job of Slurm's is.
  static func observation(of seen: JobObservation, _ centre: Centre) -> Observation {
    let submissionID = Int64(seen.array?.arrayJobID ?? seen.jobID)
    let since = Instant(seconds: Int64(seen.times.submit))
    switch seen.state {
    case .pending, .unknown:
      return .pending(
        slurmJobID: submissionID, held: seen.held, since: since, restarts: seen.restarts)
    case .running, .suspended:
      guard let start = seen.times.start else {
        return .pending(
          slurmJobID: submissionID, held: seen.held, since: since, restarts: seen.restarts)
      }
      return .running(
        Observation.RunningFacts(
          slurmJobID: Int64(seen.jobID), submissionID: submissionID,
          start: Instant(seconds: Int64(start)),
          shares: shares(of: seen, centre), devices: devices(of: seen)))
    default:
      return .ended(
        Observation.EndedFacts(
          slurmJobID: Int64(seen.jobID), submissionID: submissionID,
          start: seen.nodes.isEmpty ? nil : seen.times.start.map { Instant(seconds: Int64($0)) },
          end: Instant(seconds: Int64(seen.times.end ?? seen.times.submit)),
          outcome: seen.state.outcome, exitCode: seen.exit.code, signal: seen.exit.signal,
          isRecorded: false))
    }
  }

  /// What Slurm gave a job on each node.
  static func shares(
    of seen: JobObservation, _ centre: Centre
  ) -> [NodeName: NodeResources] {
    var shares: [NodeName: NodeResources] = [:]
    for allocation in seen.nodes {
      guard let node = NodeName(allocation.node) else { continue }
      let shards = (allocation.shards ?? []).map(\.count).reduce(0, +)
      // Of a node whose GPUs are not described as cut it is taken for all of one.
      let perGPU = max(centre.nodes[node]?.shardsPerGPU ?? 0, shards > 0 ? 1 : 0)
      shares[node] = NodeResources(
        gpus: shards > 0 ? 1 : allocation.gpus.map(\.count).reduce(0, +), cpus: allocation.cpus,
        memoryMiB: allocation.memoryMiB,
        gpuThousandths: perGPU > 0 && shards > 0
          ? min(GPUShards.thousandths(of: shards, perGPU: perGPU), 1000) : 0)
    }
    return shares
  }

  /// `gn01:0,1`, one text a node that has GPUs of the run.
  private static func devices(of seen: JobObservation) -> [String] {
    seen.nodes.compactMap { share in
      let indices = (share.gpus + (share.shards ?? [])).flatMap(\.indices).sorted()
      return indices.isEmpty
        ? nil : "\(share.node):" + indices.map(String.init).joined(separator: ",")
    }
  }
}

extension JobObservation {
  var runs: Bool { state == .running || state == .suspended }
  /// The plugin let it in without Polder.
  var isOpen: Bool { key == Self.openKey }
}

extension ArrayPlace {
  var arrayJobID: Int {
    switch self {
    case .task(let id, _), .waiting(let id, _, _): id
    }
  }
}

extension SlurmJobState {
  /// Polder's word for how a job ended in Slurm.
  var outcome: TaskOutcome {
    switch self {
    case .completed: .completed
    case .cancelled: .cancelled
    case .timeout, .deadline: .timedOut
    case .nodeFail: .nodeFailed
    case .bootFail: .bootFailed
    case .preempted: .preempted
    case .outOfMemory: .outOfMemory
    case .failed, .pending, .running, .suspended, .unknown: .failed
    }
  }
}
