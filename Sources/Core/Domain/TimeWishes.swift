/// What a request says of when it runs, for how long at least, and of its turn; all of it optional.
package struct TimeWishes: Hashable, Sendable {
  /// The limit may be made as short as this where that starts the job now; Slurm's `--time-min`.
  package let minimumTime: Seconds?
  /// It must have ended by then: a start that could not end in time, at its shortest, is none.
  package let deadline: Instant?
  /// Positive to let others go first; Slurm's `--nice`, within ``mostNice``.
  package let nice: Int
  /// True if no two jobs of its name and member run at once; Slurm's `singleton`.
  package let isSingleton: Bool
  /// The class of service that it names; nil for none.
  package let qos: QOSName?

  package init(
    minimumTime: Seconds? = nil, deadline: Instant? = nil, nice: Int = 0,
    isSingleton: Bool = false, qos: QOSName? = nil
  ) {
    self.minimumTime = minimumTime
    self.deadline = deadline
    self.nice = min(max(nice, 0), Self.mostNice)
    self.isSingleton = isSingleton
    self.qos = qos
  }

  /// Nothing is said.
  package static let none = TimeWishes()

  /// Beyond it a nice value has no further effect.
  package static let mostNice = 10_000
}
