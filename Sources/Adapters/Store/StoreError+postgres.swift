import Postgres
import Services

extension StoreError {
  /// What a failure of the driver means to a use case. No text quotes a parameter's value.
  init(_ error: PostgresError) {
    switch error {
    case .unavailable, .connectionLost, .timedOut, .cancelled:
      self = .unavailable("\(error)")
    case .outcomeUnknown: self = .unknown("\(error)")
    case .server(let diagnostics) where diagnostics.passes: self = .unavailable("\(error)")
    case .server, .encoding, .decoding: self = .broken("\(error)")
    }
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
