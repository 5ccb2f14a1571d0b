/// What became of the transactions of a store since it was opened.
package struct StoreCounts: Hashable, Sendable {
  /// Those that are known to have happened.
  package let commits: Int
  /// Those tried again because another was first.
  package let serializationRetries: Int
  /// Those tried again because two waited for each other.
  package let deadlockRetries: Int
  /// Those given up because a statement, or a wait for a lock, took too long.
  package let timeouts: Int
  /// Those whose connection was lost before COMMIT: nothing happened.
  package let disconnected: Int
  /// Those whose COMMIT was not answered, and had to be read back.
  package let unknown: Int

  package init(
    commits: Int = 0, serializationRetries: Int = 0, deadlockRetries: Int = 0, timeouts: Int = 0,
    disconnected: Int = 0, unknown: Int = 0
  ) {
    self.commits = commits
    self.serializationRetries = serializationRetries
    self.deadlockRetries = deadlockRetries
    self.timeouts = timeouts
    self.disconnected = disconnected
    self.unknown = unknown
  }
}
