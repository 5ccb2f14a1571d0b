import Domain
import Lifecycle
import Scheduling

/// Which of its partitions a task can be planned in, by how Slurm has them.
extension EngineState {
  enum Doorway {
    /// The request for those that are open to it, with a limit that Slurm takes.
    case open(JobRequest)
    case closed(WaitReason)
  }

  /// - Parameter isInSlurm: true for a job that stands in Slurm already.
  func doorway(for request: JobRequest, isInSlurm: Bool = false) -> Doorway {
    guard !partitionStates.isEmpty else { return .open(request) }
    var reason: WaitReason?
    var open: [PartitionName] = []
    var shortened: JobRequest?
    // Of several it must be moved into one, which a partition that drains does not take.
    let stays = isInSlurm && request.otherPartitions.isEmpty
    for name in request.partitions {
      guard let condition = partitionStates[name] else {
        open.append(name)
        continue
      }
      if let obstacle = condition.obstacle(to: request, isInSlurm: stays) {
        reason = reason ?? .partition(name, obstacle)
      } else if let longest = condition.longest, request.timeLimit > longest {
        shortened = shortened ?? request.changed(partition: name, timeLimit: longest)
      } else {
        open.append(name)
      }
    }
    if let reason, open.isEmpty, shortened == nil { return .closed(reason) }
    if open.isEmpty { return .open(shortened ?? request) }
    return .open(open.count == request.partitions.count ? request : request.within(open))
  }

  /// What a waiting task is planned as; if none of its partitions is open to it, it waits for that.
  func narrow(
    _ request: JobRequest, of task: TaskRecord, _ job: JobRecord, _ eligibility: inout Eligibility
  ) -> JobRequest {
    switch doorway(for: request, isInSlurm: task.slurmJobID(in: job) != nil) {
    case .open(let narrowed): return narrowed
    case .closed(let reason):
      if case .eligible = eligibility { eligibility = .waits(reason) }
      return request
    }
  }

  /// What a waiting task is planned as; nil if none of its partitions is open to it.
  func planned(_ task: TaskRecord, of job: JobRecord) -> JobRequest? {
    let isInSlurm = task.slurmJobID(in: job) != nil
    guard case .open(let request) = doorway(for: job.request(of: task), isInSlurm: isInSlurm)
    else { return nil }
    return request
  }

  /// What a request that is not in Slurm would be planned as; itself if nothing is open to it.
  func opened(_ request: JobRequest) -> JobRequest {
    guard case .open(let narrowed) = doorway(for: request) else { return request }
    return narrowed
  }

  /// Partitions that start nothing now.
  var closedPartitions: Set<PartitionName> {
    Set(partitionStates.filter { $0.value.state != .up }.map(\.key))
  }
}

extension EngineState {
  /// True if Slurm has the reservation that a request names, it has not ended, and it is for the
  /// request's member and project.
  func admits(_ request: JobRequest, to name: ReservationName, at now: Instant) -> Bool {
    guard let user = centre.members[request.member]?.account else { return false }
    return reserved.contains {
      $0.name == name.text && now < $0.window.upperBound
        && $0.access.admits(user, of: request.project)
    }
  }
}
