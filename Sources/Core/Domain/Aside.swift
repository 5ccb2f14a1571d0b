/// A value that stands apart from what has it, and is shared by its copies: for what few have, so that the
/// many others are no larger for it and cheap to copy.
@usableFromInline
final class Aside<Value: Hashable & Sendable>: Hashable, Sendable, CustomStringConvertible {
  @usableFromInline let value: Value

  init(_ value: Value) { self.value = value }

  @usableFromInline
  static func == (left: Aside, right: Aside) -> Bool {
    left === right || left.value == right.value
  }

  @usableFromInline
  func hash(into hasher: inout Hasher) { hasher.combine(value) }

  /// As the value itself.
  @usableFromInline var description: String { "\(value)" }
}
