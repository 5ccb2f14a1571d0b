/// Whether Polder and what it stands on are well. `GET /v1/health`.
package struct HealthView: Codable, Equatable, Sendable {
  package struct Part: Codable, Equatable, Sendable {
    /// `postgres`, `bridge`, `slurm`, `clock`.
    package var name: String
    package var well: Bool
    package var detail: String

    package init(name: String, well: Bool, detail: String) {
      self.name = name
      self.well = well
      self.detail = detail
    }
  }

  /// Transactions of this daemon with its database, since it began.
  package struct Transactions: Codable, Equatable, Sendable {
    package var committed: Int
    /// Tried again because another was first: nothing was lost or done twice.
    package var serializationRetries: Int
    /// Tried again because two waited for each other.
    package var deadlockRetries: Int
    /// Given up because a statement, or a wait for a lock, took too long.
    package var timedOut: Int
    /// Whose connection was lost before COMMIT: nothing happened.
    package var disconnected: Int
    /// Whose COMMIT was not answered: what became of them was read back.
    package var unknown: Int

    package init(
      committed: Int, serializationRetries: Int, deadlockRetries: Int, timedOut: Int,
      disconnected: Int, unknown: Int
    ) {
      self.committed = committed
      self.serializationRetries = serializationRetries
      self.deadlockRetries = deadlockRetries
      self.timedOut = timedOut
      self.disconnected = disconnected
      self.unknown = unknown
    }
  }

  package var parts: [Part]
  /// True if entries, balances and holds agree, summed anew from the entries.
  package var booksBalance: Bool
  package var openHolds: Int
  package var waitingTasks: Int
  package var runningTasks: Int
  /// Nodes that jobs which are not Polder's are on: nothing is planned there.
  package var foreignNodes: Int
  /// Nil from a daemon that does not count them yet.
  package var transactions: Transactions?
  package var asOf: Int64

  package init(
    parts: [Part], booksBalance: Bool, openHolds: Int, waitingTasks: Int, runningTasks: Int,
    foreignNodes: Int, transactions: Transactions?, asOf: Int64
  ) {
    self.parts = parts
    self.booksBalance = booksBalance
    self.openHolds = openHolds
    self.waitingTasks = waitingTasks
    self.runningTasks = runningTasks
    self.foreignNodes = foreignNodes
    self.transactions = transactions
    self.asOf = asOf
  }
}
