package import Postgres
package import Services

/// Brings a database to the schema that this program knows: numbered migrations, forward only, one
/// transaction each, recorded with their checksums. Two that start at once don't race.
package struct Migrator: Sendable {
  let pool: PostgresPool
  let migrations: [EmbeddedSQL.File]

  package init(pool: PostgresPool, migrations: [EmbeddedSQL.File] = EmbeddedSQL.migrations) {
    self.pool = pool
    self.migrations = migrations
  }

  private enum Step: Sendable {
    case upToDate
    case applied
    case refused(String)
  }

  /// Throws `broken` if the database does not follow from the migrations at hand.
  package func migrate() async throws(StoreError) {
    while true {
      let step: Step
      do {
        step = try await pool.transaction { tx throws(PostgresError) in try self.step(tx) }
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

  /// Checks all and applies the first that is missing.
  private func step(_ tx: borrowing Transaction) throws(PostgresError) -> Step {
    try tx.execute(.migrationLock)
    try tx.run(script: Query.migrationTable.statement.sql)
    let standing = try tx.query(.migrations, [.textArray(migrations.map(\.text))])
    for row in standing {
      let number = try Int(row.int64("number"))
      guard let name = try row.optionalText("name") else {
        let next = migrations[number - 1]
        try tx.run(script: next.text)
        try tx.execute(
          .recordMigration, [.int64(Int64(number)), .text(next.name), .text(next.text)])
        return .applied
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
    return .upToDate
  }
}
