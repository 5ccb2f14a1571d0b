/// What is wrong with a trace, and where.
package struct TraceFault: Error, Equatable, CustomStringConvertible {
  package let file: String
  /// From 1; 0 if it is about the file as a whole.
  package let line: Int
  package let message: String

  package var description: String { "\(file):\(line > 0 ? "\(line):" : "") \(message)" }
}

/// How much of a trace is accepted.
package enum TraceLimits {
  /// Bytes, once inflated.
  package static let bytes = 1 << 30
  package static let jobs = 5_000_000
  package static let nodes = 1_000_000
  /// Bytes.
  package static let line = 65_536
  /// Seconds that are accepted: more than three thousand years.
  package static let seconds: Int64 = 100_000_000_000
}
