package import Postgres
package import Services

/// Brings a database to the schema that this program knows: numbered migrations, forward only, one
/// transaction each, recorded with their checksums. Two that start at once don't race.
package struct Migrator: Sendable {
  let pool: PostgresPool
  let migrations: [EmbeddedSQL.File]

  /// Who may do what, run once all are applied; "" leaves the rights, and the months, as they are.
  let rights: String

  package init(
    pool: PostgresPool, migrations: [EmbeddedSQL.File] = EmbeddedSQL.migrations,
    rights: String = EmbeddedSQL.rights
  ) {
    self.pool = pool
    self.migrations = migrations
    self.rights = rights
  }

  private enum Step: Sendable {
    case upToDate
    case applied
    case refused(String)
  }

  /// Throws `broken` if the database does not follow from the migrations at hand.
  ///
  /// - Parameters:
  ///   - line: written with the rights, when all are applied.
  ///   - eachStep: the line that is written with a migration, of its name; of one that came before
  ///     there was an audit log none is.
  package func migrate(
    audit line: AuditLine? = nil,
    eachStep: (@Sendable (_ name: String) -> AuditLine?)? = nil
  ) async throws(StoreError) {
    while true {
      let step: Step
      do {
        step = try await pool.transaction { tx throws(PostgresError) in
          try self.step(tx, audit: line, eachStep)
        }
      } catch .outcomeUnknown(let reason) {
        // The next start looks: a migration that was committed is recorded.
        throw .unavailable("Postgres went away during a migration: \(reason)")
      } catch {
        throw StoreError(error)
      }
      switch step {
      case .upToDate: return
      case .applied: continue
      case .refused(let why): throw .broken(why)
      }
    }
  }

  /// How the database stands. Throws `broken` if it does not follow from the migrations at hand.
  /// Needs no right but to read.
  func schema() async throws(StoreError) -> StoreAdministration.Schema {
    let applied: Int
    switch try await standing() {
    case .upToDate: applied = migrations.count
    case .behind(let count, _): applied = count
    case .refused(let why): throw .broken(why)
    }
    return StoreAdministration.Schema(
      applied: applied, current: applied > 0 ? migrations[applied - 1].name : "",
      pending: migrations[applied...].map(\.name))
  }

  private func standing() async throws(StoreError) -> Standing {
    do {
      return try await pool.transaction(.snapshot) { tx throws(PostgresError) in
        guard try tx.query(.hasMigrations).only().bool("has_migrations") else {
          return self.standing(applied: 0)
        }
        return try self.standing(tx)
      }
    } catch {
      throw StoreError(error)
    }
  }

  /// Throws `broken`, with what to do, if the database is not of the schema at hand. Needs no
  /// right but to read.
  package func requireUpToDate() async throws(StoreError) {
    try await requireWhole()
    switch try await standing() {
    case .upToDate: return
    case .behind(let applied, let first):
      throw .broken(
        "the database has migration \(applied) of \(migrations.count), \(first.name) is missing: "
          + "run `polder admin migrate` as the owner of the database")
    case .refused(let why): throw .broken(why)
    }
  }

  /// Throws `broken` if a restore began here and did not come to its end: what is there may lack
  /// the mark by which all of Slurm is looked at first.
  func requireWhole() async throws(StoreError) {
    let isRestoring: Bool
    do {
      isRestoring = try await pool.transaction(.snapshot) { tx throws(PostgresError) in
        try tx.query(.isRestoring).only().bool("is_restoring")
      }
    } catch {
      throw StoreError(error)
    }
    guard isRestoring else { return }
    throw .broken(
      "a restore of this database was cut short, and what is there is not whole: drop it, create "
        + "it anew, and run `polder admin restore` again")
  }

  private enum Standing: Sendable {
    case upToDate
    /// How many are applied, and the first that is not.
    case behind(Int, EmbeddedSQL.File)
    case refused(String)
  }

  private func standing(applied: Int) -> Standing {
    applied < migrations.count ? .behind(applied, migrations[applied]) : .upToDate
  }

  /// Compares what was applied with what is at hand.
  private func standing(_ tx: borrowing Transaction) throws(PostgresError) -> Standing {
    var first: Standing? = nil
    for row in try tx.query(.migrations, [.textArray(migrations.map(\.text))]) {
      guard let name = try row.optionalText("name") else {
        let number = Int(try row.int64("number"))
        first = first ?? self.standing(applied: number - 1)
        continue
      }
      switch try row.optionalBool("is_same") {
      case true?: continue
      case false?:
        return .refused(
          "migration \(name) was applied to this database with another text; a released "
            + "migration never changes: restore its file and add a new one")
      case nil:
        return .refused(
          "this database has migration \(name), which this program does not know: it was made "
            + "by a newer one")
      }
    }
    return first ?? .upToDate
  }

  /// Checks all and applies the first that is missing, or gives the rights if none is.
  private func step(
    _ tx: borrowing Transaction, audit line: AuditLine?,
    _ eachStep: (@Sendable (_ name: String) -> AuditLine?)?
  ) throws(PostgresError) -> Step {
    try tx.execute(.migrationLock)
    try tx.run(script: Query.migrationTable.statement.sql)
    switch try standing(tx) {
    case .upToDate:
      if rights.isEmpty { return .upToDate }
      try giveRights(tx)
      try tx.execute(.makeAllMonths)
      if let line { try tx.audit(line) }
      return .upToDate
    case .refused(let why): return .refused(why)
    case .behind(let applied, let next):
      try tx.run(script: next.text)
      try tx.execute(
        .recordMigration, [.int64(Int64(applied + 1)), .text(next.name), .text(next.text)])
      let hasLog = migrations.prefix(applied + 1).contains { $0.name == "0005_audit" }
      if hasLog, let line = eachStep?(next.name) { try tx.audit(line) }
      // A table that it made anew has no rights, and what is up to date is started on.
      if applied + 1 == migrations.count, !rights.isEmpty { try giveRights(tx) }
      return .applied
    }
  }

  private func giveRights(_ tx: borrowing Transaction) throws(PostgresError) {
    try tx.run(script: EmbeddedSQL.roles)
    try tx.run(script: rights)
  }
}
