/// Why a task waits, and what would let it start sooner. Times in milliseconds since 1970.
package struct ExplanationView: Codable, Equatable, Sendable {
  /// `P1042` or `P1042_3`.
  package var task: String
  /// Nil if it would start at once.
  package var reason: ReasonView?
  package var expectedStart: Int64?
  /// True if that is promised; else it is an estimate.
  package var isPromised: Bool
  /// Tasks ahead of it in the queue that the reader may see, in order, at most 20 of them.
  package var ahead: [String]
  /// All tasks ahead of it in the queue that could run.
  package var aheadCount: Int
  /// The soonest first.
  package var sooner: [SoonerView]
  /// Promises to it that were not kept, the first found first.
  package var late: [LateStartView]
  package var asOf: Int64

  package init(
    task: String, reason: ReasonView?, expectedStart: Int64?, isPromised: Bool, ahead: [String],
    aheadCount: Int, sooner: [SoonerView], late: [LateStartView] = [], asOf: Int64
  ) {
    self.task = task
    self.reason = reason
    self.expectedStart = expectedStart
    self.isPromised = isPromised
    self.ahead = ahead
    self.aheadCount = aheadCount
    self.sooner = sooner
    self.late = late
    self.asOf = asOf
  }
}

/// A change of a request that would let it start sooner.
package struct SoonerView: Codable, Equatable, Sendable {
  /// As on the command line: `--time=30`.
  package var option: String
  package var start: Int64

  package init(option: String, start: Int64) {
    self.option = option
    self.start = start
  }
}

/// A start that was promised, and came later or is promised no more. Times in milliseconds since 1970.
package struct LateStartView: Codable, Equatable, Sendable {
  package var promised: Int64
  /// When it was planned instead; nil if that was not known.
  package var expected: Int64?
  /// `node`, `reservation`, `overrun`, `request`, `blocked`, `money`, `limit`, `away`, `policy` or
  /// `unknown`.
  package var cause: String
  /// The same in words, as what follows "since".
  package var text: String
  /// When that was found.
  package var at: Int64

  package init(promised: Int64, expected: Int64?, cause: String, text: String, at: Int64) {
    self.promised = promised
    self.expected = expected
    self.cause = cause
    self.text = text
    self.at = at
  }
}
