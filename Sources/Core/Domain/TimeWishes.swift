/// What a request says of when it runs, for how long at least, and of its turn; all of it optional.
package struct TimeWishes: Hashable, Sendable {
  @usableFromInline
  struct Said: Hashable, Sendable {
    @usableFromInline let minimumTime: Seconds?
    @usableFromInline let deadline: Instant?
    @usableFromInline let nice: Int
    @usableFromInline let isSingleton: Bool
    @usableFromInline let qos: QOSName?
  }

  /// Nil if nothing is said, as by most of a million that wait.
  @usableFromInline let said: Aside<Said>?

  package init(
    minimumTime: Seconds? = nil, deadline: Instant? = nil, nice: Int = 0,
    isSingleton: Bool = false, qos: QOSName? = nil
  ) {
    let said = Said(
      minimumTime: minimumTime, deadline: deadline, nice: min(max(nice, 0), Self.mostNice),
      isSingleton: isSingleton, qos: qos)
    self.said = said == Self.nothing ? nil : Aside(said)
  }

  private static let nothing = Said(
    minimumTime: nil, deadline: nil, nice: 0, isSingleton: false, qos: nil)

  /// The limit may be made as short as this where that starts the job now; Slurm's `--time-min`.
  @inlinable package var minimumTime: Seconds? { said?.value.minimumTime }
  /// It must have ended by then: a start that could not end in time, at its shortest, is none.
  @inlinable package var deadline: Instant? { said?.value.deadline }
  /// Positive to let others go first; Slurm's `--nice`, within ``mostNice``.
  @inlinable package var nice: Int { said?.value.nice ?? 0 }
  /// True if no two jobs of its name and member run at once; Slurm's `singleton`.
  @inlinable package var isSingleton: Bool { said?.value.isSingleton ?? false }
  /// The class of service that it names; nil for none.
  @inlinable package var qos: QOSName? { said?.value.qos }

  /// Nothing is said.
  package static let none = TimeWishes()

  /// Beyond it a nice value has no further effect.
  package static let mostNice = 10_000
}
