package import Domain

/// That a start which was promised is later, or promised no more.
package struct LateStart: Hashable, Sendable {
  package let task: TaskID
  package let promised: Instant
  /// When it is planned now; nil if that is not known.
  package let expected: Instant?
  package let cause: LateCause
  /// When that was found.
  package let at: Instant

  package init(
    task: TaskID, promised: Instant, expected: Instant?, cause: LateCause, at: Instant
  ) {
    self.task = task
    self.promised = promised
    self.expected = expected
    self.cause = cause
    self.at = at
  }
}

/// What alone may make a start later than it was promised.
package struct LateCause: Error, Hashable, Sendable {
  package enum Kind: String, Hashable, Sendable, CaseIterable {
    /// These of its nodes are not up, or not there any more.
    case node
    /// These of its nodes were set aside.
    case reservation
    /// Something lasts longer on these of its nodes than it was to: a run past its end, or one that
    /// Slurm began by itself.
    case overrun
    /// The job was changed: it asks for something else, or could not end by its deadline any more.
    case request
    /// The job waits for something else than nodes: it is held, or Slurm did not start it.
    case blocked
    /// Its allocation can't pay for it then, or is not its any more.
    case money
    /// A limit or a licence leaves no room for it then.
    case limit
    /// No round began in time: Polder was away, or could start nothing.
    case away
    /// The centre was changed to another policy, which keeps no promises.
    case policy
    /// None of these: a fault of the planner's.
    case unknown
  }

  package let kind: Kind
  /// Names of nodes, where the kind has some.
  package let nodes: [NodeName]

  package init(_ kind: Kind, nodes: [NodeName] = []) {
    self.kind = kind
    self.nodes = nodes
  }
}
