import Postgres
import Services

extension StoreError {
  /// What a failure of the driver means to a use case. No text quotes a parameter's value.
  init(_ error: PostgresError) {
    switch error {
    case .unavailable(let reason) where Self.isRefusal(reason): self = .notAdmitted("\(error)")
    case .unavailable, .connectionLost, .timedOut, .cancelled:
      self = .unavailable("\(error)")
    case .outcomeUnknown: self = .unknown("\(error)")
    case .server(let diagnostics) where diagnostics.passes: self = .unavailable("\(error)")
    case .server, .encoding, .decoding: self = .broken("\(error)")
    }
  }
}

extension StoreError {
  /// libpq gives no SQLSTATE of a failed connection, only the server's words, which our sessions
  /// have in English (class 28 in the server: peer, password, pg_hba.conf, no such role).
  private static func isRefusal(_ reason: String) -> Bool {
    ["authentication failed", "no pg_hba.conf entry", "role \""].contains { reason.contains($0) }
      && !reason.contains("starting up")
  }
}

extension Diagnostics {
  /// The server's trouble and not the statement's: the same may pass later. Locks that others hold
  /// (55P03), conflicts with others (class 40), lack of resources (53), an operator's
  /// intervention (57), an idle transaction's end (25P03).
  fileprivate var passes: Bool {
    ["40", "53", "57"].contains(sqlState.prefix(2)) || ["55P03", "25P03"].contains(sqlState)
  }
}
