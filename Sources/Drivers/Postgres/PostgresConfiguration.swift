/// How connections are made and how long they may take.
package struct PostgresConfiguration: Sendable {
  /// libpq's connection string or URI; its parts are not logged.
  package var conninfo: String
  /// Shown in `pg_stat_activity`.
  package var applicationName: String
  /// For all of a connection attempt.
  package var connectTimeoutMilliseconds: Int64 = 2_000
  /// For one statement, held by the server. A server that keeps silent for `graceMilliseconds`
  /// beyond it is given up, and the connection with it.
  package var statementTimeoutMilliseconds: Int64 = 10_000
  /// How long a statement waits for a lock, held by the server (55P03).
  package var lockTimeoutMilliseconds: Int64 = 5_000
  /// How long the server lets a transaction stand idle, so that a stopped client frees its locks.
  package var idleInTransactionTimeoutMilliseconds: Int64 = 30_000
  /// What a silent server gets on top of its own statement timeout.
  package var graceMilliseconds: Int64 = 5_000
  /// Called on the connection's thread with every NOTICE or WARNING; must not block.
  package var onNotice: @Sendable (Diagnostics) -> Void = { _ in }

  package init(conninfo: String, applicationName: String) {
    self.conninfo = conninfo
    self.applicationName = applicationName
  }

  /// The session's settings. Dates and numbers travel in binary; the time zone is set for SQL
  /// that makes text of them.
  var settings: String {
    """
    SET statement_timeout = \(statementTimeoutMilliseconds);
    SET lock_timeout = \(lockTimeoutMilliseconds);
    SET idle_in_transaction_session_timeout = \(idleInTransactionTimeoutMilliseconds);
    SET TimeZone = 'UTC';
    SET standard_conforming_strings = on
    """
  }
}
