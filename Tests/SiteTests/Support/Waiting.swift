import Dispatch

/// What was waited for in vain.
struct NotInTime: Error, CustomStringConvertible {
  let description: String
}

/// Looks until there is a value, at most for a time.
///
/// Other processes do not tell us of their steps, so that one has to look again and again: after
/// 50 ms of rest each time. What is waited for is the condition, never the time.
func waiting<Value: Sendable>(
  for what: String, atMost seconds: Int = 60, look: () async throws -> Value?
) async throws -> Value {
  let end = ContinuousClock.now + .seconds(seconds)
  while true {
    if let value = try await look() { return value }
    guard ContinuousClock.now < end else {
      throw NotInTime(description: "not within \(seconds) s: \(what)")
    }
    await withCheckedContinuation { rested in
      DispatchQueue.global().asyncAfter(deadline: .now() + .milliseconds(50)) { rested.resume() }
    }
  }
}

/// The same for what is true or not yet.
func waiting(
  until what: String, atMost seconds: Int = 60, look: () async throws -> Bool
) async throws {
  _ = try await waiting(for: what, atMost: seconds) { try await look() ? true : nil }
}
