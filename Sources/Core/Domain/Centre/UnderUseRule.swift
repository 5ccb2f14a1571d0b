/// From when on how little use of an allocation is under-use. Hundredths of a per cent.
package struct UnderUseRule: Hashable, Sendable {
  /// Less than this part of what is expected.
  package let usedBelow: Int
  /// Once this part of the window is over.
  package let after: Int

  package init(usedBelow: Int, after: Int) {
    self.usedBelow = usedBelow
    self.after = after
  }

  /// Less than half of what is expected, after a third of the window.
  package static let standard = UnderUseRule(usedBelow: 5_000, after: 3_333)
}
