/// What the bridge answers: the request's id and one outcome.
package struct BridgeReply: Sendable, Equatable, Codable {
  /// The id of the request that this answers.
  package let id: Int
  package let outcome: BridgeOutcome<BridgeAnswer>

  package init(id: Int, outcome: BridgeOutcome<BridgeAnswer>) {
    self.id = id
    self.outcome = outcome
  }
}

/// How an act ended. In order of what the caller may conclude:
/// accepted it happened; refused it did not, and will not if repeated as it is; unavailable it did
/// not, repeat it later; unknown it may have happened: look before anything is repeated.
package enum BridgeOutcome<Value: Sendable & Equatable & Codable>: Sendable, Equatable, Codable {
  case accepted(value: Value)
  case refused(refusal: BridgeRefusal)
  case unavailable(message: String)
  case unknown(message: String)

  /// The same outcome with the value turned into another.
  package func map<Other>(_ turn: (Value) -> Other) -> BridgeOutcome<Other> {
    switch self {
    case .accepted(let value): .accepted(value: turn(value))
    case .refused(let refusal): .refused(refusal: refusal)
    case .unavailable(let message): .unavailable(message: message)
    case .unknown(let message): .unknown(message: message)
    }
  }
}

/// Why Slurm or the bridge refused.
package struct BridgeRefusal: Sendable, Equatable, Codable {
  /// Slurm's error number, or 0 when the bridge itself refused.
  package let code: Int
  package let reason: BridgeRefusalReason
  /// In Slurm's or the bridge's words.
  package let message: String

  package init(code: Int, reason: BridgeRefusalReason, message: String) {
    self.code = code
    self.reason = reason
    self.message = message
  }
}

/// The refusals a caller can react to.
package enum BridgeRefusalReason: String, Sendable, Equatable, Codable {
  /// Another version of the messages: stop, and tell the administrator.
  case version
  /// The bridge's own rules: a system uid, a bad path, a size.
  case rule
  /// Slurm knows no such job or task (any more).
  case noSuchJob
  /// The job has ended already.
  case alreadyEnded
  /// The job does not wait (it runs, or is ending), so it can't be placed or held.
  case notWaiting
  /// Slurm's configuration can't run such a job: nodes, limits, partition, account.
  case impossible
  /// Not as things stand, and perhaps later: the partition is closed, or its limit is too short.
  case notNow
  /// There is another reservation of that name.
  case nameTaken
  /// There is no reservation of nodes of that name.
  case noSuchReservation
  /// Anything else; the message says.
  case other
}

/// What an accepted act brings.
package enum BridgeAnswer: Sendable, Equatable, Codable {
  case facts(facts: ClusterFacts)
  case submitted(job: SubmittedJob)
  case done
  case reservation(created: CreatedReservation)
  case jobs(jobs: Observed<JobObservation>)
  case nodes(nodes: Observed<NodeObservation>)
  case reservations(reservations: Observed<ReservationObservation>)
  case partitions(partitions: Observed<PartitionObservation>)
  case endedRuns(page: EndedRunPage)
  /// Nil while there is no record.
  case recordEnd(end: RecordCursor?)
}

/// The answer to a hello.
package struct ClusterFacts: Sendable, Equatable, Codable {
  package let clusterName: String
  /// `22.05.8`.
  package let slurmVersion: String
  /// The bridge's clock when it answered, ms since 1970 UTC.
  package let clockMilliseconds: Int
  /// Seconds between SIGTERM and SIGKILL at a job's limit.
  package let killWaitSeconds: Int
  /// Minutes that Slurm lets a job run past its limit; `nil` is without end.
  package let overTimeLimitMinutes: Int?
  /// Seconds for which slurmctld remembers an ended job.
  package let minJobAgeSeconds: Int
  /// When slurmctld started, in seconds since 1970.
  package let controllerStartSeconds: Int

  package init(
    clusterName: String, slurmVersion: String, clockMilliseconds: Int, killWaitSeconds: Int,
    overTimeLimitMinutes: Int?, minJobAgeSeconds: Int, controllerStartSeconds: Int
  ) {
    self.clusterName = clusterName
    self.slurmVersion = slurmVersion
    self.clockMilliseconds = clockMilliseconds
    self.killWaitSeconds = killWaitSeconds
    self.overTimeLimitMinutes = overTimeLimitMinutes
    self.minJobAgeSeconds = minJobAgeSeconds
    self.controllerStartSeconds = controllerStartSeconds
  }
}

/// A job that stands in Slurm, held.
package struct SubmittedJob: Sendable, Equatable, Codable {
  /// Slurm's id; of an array, the array's.
  package let slurmJobID: Int
  /// True when Slurm already knew the key: nothing was submitted.
  package let adopted: Bool

  package init(slurmJobID: Int, adopted: Bool) {
    self.slurmJobID = slurmJobID
    self.adopted = adopted
  }
}

/// A look at Slurm: everything, or that nothing changed.
package enum Observed<Item: Sendable & Equatable & Codable>: Sendable, Equatable, Codable {
  /// Nothing changed since the update that was asked for.
  case unchanged(clockMilliseconds: Int)
  /// All items, by id or name. `clockMilliseconds` is the bridge's clock just before it asked.
  case snapshot(items: [Item], update: SlurmUpdate, clockMilliseconds: Int)
}
