package import Services
import Postgres

/// The leader's lock: at most one process has it. It stands as long as the session of its
/// connection, so that it is free again as soon as its holder is gone.
package final class Leadership: Sendable {
  private let connection: PostgresConnection

  init(_ configuration: PostgresConfiguration) throws(StoreError) {
    do {
      connection = try PostgresConnection(configuration)
    } catch {
      throw StoreError(error)
    }
  }

  /// Asks Postgres whether this process leads now. After the connection broke the lock is taken
  /// again if it is free, and false says that another leads.
  package func isHeld() async throws(StoreError) -> Bool {
    do {
      return try await connection.transaction { tx throws(PostgresError) in
        try tx.query(.tryLead).only().bool("leads")
      }
    } catch {
      throw StoreError(error)
    }
  }

  package func resign() async { await connection.close() }
}
