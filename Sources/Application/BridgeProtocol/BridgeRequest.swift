/// What the daemon asks of the bridge. The bridge can do nothing that has no case here.
///
/// One connection carries one request at a time; a request's answer bears its id. The first
/// request on a connection is ``hello``, and a bridge of another version closes after refusing it.
package struct BridgeRequest: Sendable, Equatable, Codable {
  /// The version of these messages. Raised when a meaning changes, not when a field is added.
  package static let version = 8

  /// The sender's version: a bridge refuses all but its own.
  package let version: Int
  /// Chosen by the daemon, echoed in the answer.
  package let id: Int
  package let act: BridgeAct

  package init(id: Int, act: BridgeAct, version: Int = BridgeRequest.version) {
    self.version = version
    self.id = id
    self.act = act
  }
}

/// The acts. Those that change Slurm answer accepted, refused, unavailable or unknown; those that
/// only read can be repeated at will.
package enum BridgeAct: Sendable, Equatable, Codable {
  /// Who is there: answered by ``BridgeAnswer/facts(_:)``.
  case hello
  /// Submit held, or adopt the job that already carries the key: ``BridgeAnswer/submitted(_:)``.
  case submitHeld(job: HeldJob)
  /// Place on exactly these nodes, in this partition if one is named, and release, in one update:
  /// ``BridgeAnswer/done``.
  /// Lifts a begin time in the future too, which Slurm sets when it requeues.
  case release(target: SlurmTarget, nodes: [String], partition: String?)
  /// Hold a job that waits (priority 0): ``BridgeAnswer/done``.
  case hold(target: SlurmTarget)
  /// End a job, waiting or running, with its script and steps: ``BridgeAnswer/done``.
  case cancel(target: SlurmTarget)
  /// End a running batch job and have it wait anew under its id, held; refused of one of which
  /// Slurm was not told that it may be put back: ``BridgeAnswer/done``.
  case putBack(target: SlurmTarget)
  /// Send a running job's script this signal, by its number: ``BridgeAnswer/done``. Processes that
  /// the script or `srun` began are the script's to tell.
  case signal(target: SlurmTarget, number: Int)
  /// Write a line to what a running job has for its errors: ``BridgeAnswer/done``.
  case notify(target: SlurmTarget, text: String)
  /// Give a job, waiting or running, this time limit, longer or shorter: ``BridgeAnswer/done``.
  case limit(target: SlurmTarget, minutes: Int)
  /// Write Polder's key into a job that Slurm took without Polder, so that it is known from now on;
  /// refused of one that carries another key, but for the mark that the plugin leaves where a site
  /// fails open: ``BridgeAnswer/done``.
  case mark(target: SlurmTarget, key: String)
  /// Start nothing new on a node, for a reason that Slurm shows: ``BridgeAnswer/done``, also of one
  /// that is drained already.
  case drain(node: String, reason: String)
  /// Take back a node that is drained or down; done too of one that is neither:
  /// ``BridgeAnswer/done``.
  case resume(node: String)
  /// Have a partition take jobs, start them, both or neither: ``BridgeAnswer/done``, also of one that
  /// is in that state. What runs in it runs on.
  case setPartition(name: String, state: SlurmPartitionState)
  /// Set nodes aside: ``BridgeAnswer/reservation(_:)``, also where the same is set aside under that
  /// name; refused (``BridgeRefusalReason/nameTaken``) where another is.
  case reserve(order: ReservationOrder)
  /// Give nodes that are set aside back: ``BridgeAnswer/done``.
  case deleteReservation(name: String)
  /// All jobs Slurm knows, unless nothing changed since: ``BridgeAnswer/jobs(_:)``.
  case jobs(since: SlurmUpdate?)
  /// All nodes, unless nothing changed since: ``BridgeAnswer/nodes(_:)``.
  case nodes(since: SlurmUpdate?)
  /// All reservations of nodes, unless nothing changed since: ``BridgeAnswer/reservations(_:)``.
  case reservations(since: SlurmUpdate?)
  /// All partitions, unless nothing changed since: ``BridgeAnswer/partitions(_:)``.
  case partitions(since: SlurmUpdate?)
  /// Slurm's own record of ended runs from a place on, at most `limit` lines:
  /// ``BridgeAnswer/endedRuns(_:)``. `nil` starts at the beginning of the current file.
  case endedRuns(after: RecordCursor?, limit: Int)
  /// Where that record ends, as soon as it is not there, and at the latest after so long:
  /// ``BridgeAnswer/recordEnd(_:)``. On a connection of its own, since an answer may take its time.
  case recordEnd(notAt: RecordCursor?, milliseconds: Int)
}

extension BridgeAct {
  /// Nothing in Slurm changes by it: when its answer is lost, nothing has happened.
  package var onlyLooks: Bool {
    switch self {
    case .hello, .jobs, .nodes, .reservations, .partitions, .endedRuns, .recordEnd: true
    case .submitHeld, .release, .hold, .cancel, .putBack, .signal, .notify, .limit, .mark, .drain,
      .resume, .setPartition, .reserve, .deleteReservation:
      false
    }
  }
}

/// A job in Slurm, or one task of an array.
package struct SlurmTarget: Sendable, Equatable, Hashable, Codable {
  /// Slurm's job id; for a task, the array's.
  package let jobID: Int
  /// The task's index, when one task of an array is meant.
  package let arrayTask: Int?
  /// Polder's job that it must be, `P1042`; nil for any. A slurmctld that lost its latest state gives
  /// the same ids again: without this, what is meant for one job would reach another's.
  package let owner: String?

  package init(jobID: Int, arrayTask: Int? = nil, owner: String? = nil) {
    self.jobID = jobID
    self.arrayTask = arrayTask
    self.owner = owner
  }

  /// True if a Slurm job with this key of Polder's, `P1042`, `P1042+2` or `P1042_3+2`, may be meant.
  package func mayBe(_ key: String?) -> Bool {
    guard let owner else { return true }
    return key.map { $0.prefix { $0 != "_" && $0 != "+" } == owner } ?? false
  }
}

extension SlurmTarget: CustomStringConvertible {
  /// As Slurm's commands write it: `17` or `17_3`.
  package var description: String {
    guard let arrayTask else { return String(jobID) }
    return "\(jobID)_\(arrayTask)"
  }
}

/// slurmctld's time of its last change, in whole seconds since 1970: handed back to ask only for
/// what is newer. Opaque to the daemon.
package struct SlurmUpdate: Sendable, Equatable, Codable {
  package let seconds: Int

  package init(seconds: Int) {
    self.seconds = seconds
  }
}
