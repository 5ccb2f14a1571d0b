import Foundation
import Postgres
package import Services

/// What stands beside a backup: what is in it, so that a restore can tell that it is all there.
package struct BackupManifest: Hashable, Sendable, Codable {
  /// How many migrations its schema has, and the last one's name.
  package let migrations: Int
  package let schema: String
  /// Of the backup file.
  package let sha256: String
  package let sums: [Verification.Sum]
}

extension StoreAdministration {
  /// Writes the database to a file with pg_dump, and a manifest to `file.manifest`, both of one
  /// moment. Throws `broken` if the books are wrong: a backup of them would be no use.
  ///
  /// Until all is well it stands in `file.new`, which is gone whatever goes wrong: names and scripts
  /// are in it. What `file` held before stays until then.
  package func backup(to file: String) async throws(StoreError) -> BackupManifest {
    do throws(StoreError) {
      return try await withPool { pool async throws(StoreError) in
        let schema = try await Migrator(pool: pool).schema()
        let (verification, digest) = try await writeDump(to: "\(file).new", through: pool)
        guard verification.bookFaults.isEmpty else {
          throw .broken("the books are wrong: \(verification.bookFaults.joined(separator: "; "))")
        }
        let manifest = BackupManifest(
          migrations: schema.applied, schema: schema.current, sha256: digest,
          sums: verification.sums)
        // All that is kept of everybody is in it. Without its line there is none.
        try await write(
          line(.backup, "sha256 \(digest), schema \(schema.current)"), through: pool)
        try Result { () throws(ToolFailure) in
          try Tool.write(manifest, to: "\(file).manifest.new")
          try Tool.rename("\(file).new", to: file)
          try Tool.rename("\(file).manifest.new", to: "\(file).manifest")
        }.orBroken()
        return manifest
      }
    } catch {
      for left in ["\(file).new", "\(file).manifest.new"] { Tool.remove(left) }
      throw error
    }
  }

  /// What is written is of the moment that is verified; its SHA-256.
  private func writeDump(
    to file: String, through pool: PostgresPool
  ) async throws(StoreError) -> (Verification, String) {
    let conninfo = conninfo
    let made: Result<(Verification, String), ToolFailure>
    do throws(PostgresError) {
      made = try await pool.transaction(
        TransactionMode(isolation: .serializable, isReadOnly: true)
      ) { tx throws(PostgresError) in
        let snapshot = try tx.query(.exportSnapshot).only().text("id")
        let verification = try tx.verification()
        return Result { () throws(ToolFailure) in
          // Names and scripts are in it.
          try Tool.makePrivate(file)
          try Tool.run(
            Tool.postgres("pg_dump"),
            ["--format=custom", "--no-owner", "--snapshot=\(snapshot)", "--file=\(file)"]
              + ["--dbname=\(conninfo)"])
          return (verification, try Tool.sha256(of: file))
        }
      }
    } catch {
      throw StoreError(error)
    }
    return try made.orBroken()
  }

  private func write(
    _ line: AuditLine?, through pool: PostgresPool
  ) async throws(StoreError) {
    guard let line else { return }
    do throws(PostgresError) {
      try await pool.transaction { tx throws(PostgresError) in try tx.audit(line) }
    } catch {
      throw StoreError(error)
    }
  }

  /// Brings a backup back into an empty database, migrates it, and holds its sums against the
  /// manifest. The daemon then looks at all of Slurm before it starts anything, and job numbers go
  /// on a million later. Throws `broken` if anything is not as the manifest has it.
  ///
  /// From its first step to its last the database is marked, and no store opens one that is: a
  /// restore that is cut short anywhere leaves nothing that could be planned on.
  package func restore(from file: String) async throws(StoreError) -> Verification {
    let manifest = try Result { () throws(ToolFailure) in
      let manifest = try Tool.read(BackupManifest.self, from: "\(file).manifest")
      guard try Tool.sha256(of: file) == manifest.sha256 else {
        throw ToolFailure("\(file) is not the file that its manifest describes: SHA-256 differs")
      }
      return manifest
    }.orBroken()
    guard manifest.migrations <= EmbeddedSQL.migrations.count else {
      throw .broken("\(file) was made by a newer program: its schema is \(manifest.schema)")
    }
    let conninfo = conninfo
    let audit = line(
      .restore,
      "sha256 \(manifest.sha256), made with schema \(manifest.schema), of "
        + "\(manifest.sums.map(\.entries).reduce(0, +)) entries")
    return try await withPool { pool async throws(StoreError) in
      do {
        let tables = try await pool.transaction { tx throws(PostgresError) in
          // The groups that the backup's policies name.
          try tx.run(script: EmbeddedSQL.roles)
          let tables = try tx.query(.tableCount).only().integer("tables")
          // From here on until all is right nobody plans on it.
          if tables == 0 { try tx.run(script: Query.beginRestore.statement.sql) }
          return tables
        }
        guard tables == 0 else {
          try await Migrator(pool: pool).requireWhole()
          throw StoreError.broken("the database is not empty: it has \(tables) tables")
        }
        try Result { () throws(ToolFailure) in
          try Tool.run(
            Tool.postgres("pg_restore"),
            ["--exit-on-error", "--single-transaction", "--no-owner", "--no-privileges"]
              + ["--dbname=\(conninfo)", file])
        }.orBroken()
        try await Migrator(pool: pool).migrate()
        let verification = try await pool.transaction { tx throws(PostgresError) in
          try tx.execute(.markRestored)
          try tx.execute(.leapJobs)
          // What was read on the other server and stands in no line yet.
          try tx.execute(.forgetDatabaseReads)
          _ = try tx.takeDatabaseReads(atMost: Int(Int32.max))
          let verification = try tx.verification()
          if verification.sums == manifest.sums, verification.bookFaults.isEmpty {
            try tx.run(script: Query.endRestore.statement.sql)
            if let audit { try tx.audit(audit) }
          } else {
            tx.abandon()
          }
          return verification
        }
        guard verification.sums == manifest.sums, verification.bookFaults.isEmpty else {
          throw StoreError.broken(
            "what was restored is not what the manifest describes: "
              + (verification.bookFaults + ["sums \(verification.sums)"]).joined(separator: "; "))
        }
        return verification
      } catch let error as StoreError {
        throw error
      } catch let error as PostgresError {
        throw StoreError(error)
      } catch {
        throw .broken("\(error)")
      }
    }
  }
}

extension Result where Failure == ToolFailure {
  @discardableResult
  fileprivate func orBroken() throws(StoreError) -> Success {
    switch self {
    case .success(let value): return value
    case .failure(let failure): throw .broken(failure.message)
    }
  }
}
