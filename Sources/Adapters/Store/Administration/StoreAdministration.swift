import Postgres
package import Services

/// What the owner of a database does with it while people wait: migrate, verify, back up, restore.
/// Not for the daemon, which has no right to most of it.
package struct StoreAdministration: Sendable {
  let conninfo: String
  /// Who does it, for the audit log; nil writes no line.
  let actor: Actor?

  /// - Parameter conninfo: libpq's connection string.
  package init(conninfo: String, by actor: Actor? = nil) {
    self.conninfo = conninfo
    self.actor = actor
  }

  /// Whoever acts on the database, as the kernel knows it.
  package struct Actor: Hashable, Sendable {
    /// An opaque subject.
    package let subject: String
    package let origin: String

    /// - Parameters:
    ///   - uid: as which the program runs: with `sudo -u polder_owner`, that of polder_owner.
    ///   - login: as which the session was begun, which `sudo` leaves as it is; nil if it is unknown.
    package init(uid: UInt32, login: UInt32?) {
      subject = "uid-\(login ?? uid)"
      origin = "polder admin uid \(uid)" + (login.map { " login \($0)" } ?? "")
    }
  }

  /// A line of an act that was done.
  func line(_ action: AuditAction, _ detail: String) -> AuditLine? {
    actor.map {
      AuditLine(
        actor: $0.subject, action: action, object: "database", origin: $0.origin, detail: detail)
    }
  }

  /// How a database stands to this program.
  package struct Schema: Hashable, Sendable {
    /// How many migrations were applied, and their last name; "" for none.
    package let applied: Int
    package let current: String
    /// The names of those to come, in order.
    package let pending: [String]
  }

  /// Reads only. Throws `broken` for a database of a newer program, or a migration that changed.
  package func schema() async throws(StoreError) -> Schema {
    try await withPool { pool async throws(StoreError) in
      try await Migrator(pool: pool).schema()
    }
  }

  /// Brings the schema up to date, and gives the rights. Throws `broken` as `schema()`, if a
  /// migration fails (those before it stay), or if a restore was cut short. Each step writes its line
  /// of the audit log, and the last, with the rights, one of the whole.
  package func migrate() async throws(StoreError) {
    try await withPool { pool async throws(StoreError) in
      let migrator = Migrator(pool: pool)
      try await migrator.requireWhole()
      let schema = try await migrator.schema()
      let total = schema.applied + schema.pending.count
      let whole = line(
        .migrate,
        "schema from \(schema.applied) to \(total), "
          + (schema.pending.last ?? schema.current) + "; rights given")
      try await migrator.migrate(
        audit: whole, eachStep: { step in line(.migrate, "step: schema \(step)") })
    }
  }

  /// Runs something on one connection that may take its time.
  func withPool<T: Sendable>(
    _ body: (PostgresPool) async throws(StoreError) -> T
  ) async throws(StoreError) -> T {
    let pool: PostgresPool
    do {
      pool = try PostgresPool(.patient(conninfo), size: 1)
    } catch {
      throw StoreError(error)
    }
    let outcome: Result<T, StoreError>
    do throws(StoreError) {
      outcome = .success(try await body(pool))
    } catch {
      outcome = .failure(error)
    }
    await pool.close()
    return try outcome.get()
  }
}

extension PostgresConfiguration {
  /// For what an administrator waits for: rows move, all is summed, pg_dump reads along.
  static func patient(_ conninfo: String) -> PostgresConfiguration {
    var configuration = PostgresConfiguration(conninfo: conninfo, applicationName: "polder admin")
    configuration.statementTimeoutMilliseconds = 6 * 3_600_000
    configuration.idleInTransactionTimeoutMilliseconds = 6 * 3_600_000
    configuration.lockTimeoutMilliseconds = 60_000
    return configuration
  }
}
