/// How the amount of an allocation is released for use over its window, by its access mode.
package enum Release: Hashable, Sendable {
  case atOnce
  /// In equal parts, one at the beginning and one each month after; the sum of the first parts is
  /// rounded down to the unit, so that the last one brings the whole. A
  /// burst credit, in hundredths of a per cent of the whole, is released ahead at the beginning.
  case monthly(burstBasisPoints: Int)

  /// What of an amount is released at an instant; never less at a later one. The months are counted
  /// from the window's beginning; before it nothing is released, at its end everything is.
  package func released(of amount: GPUTime, in window: Range<Instant>, at now: Instant) -> GPUTime {
    guard now >= window.lowerBound else { return .zero }
    guard now < window.upperBound, case .monthly(let burst) = self else { return amount }
    var parts: Int64 = 0
    var due: Int64 = 0
    while let start = window.lowerBound.advanced(months: Int(parts)), start < window.upperBound {
      if start <= now { due += 1 }
      parts += 1
    }
    guard due < parts else { return amount }
    let product = amount.milliseconds.multipliedFullWidth(by: due)
    let linear = GPUTime(milliseconds: parts.dividingFullWidth(product).quotient)
    return min(amount, linear + amount.portion(basisPoints: Int64(burst)))
  }

  /// The next instant at which more is released, or nil.
  package func next(in window: Range<Instant>, after now: Instant) -> Instant? {
    guard case .monthly = self, now < window.upperBound else { return nil }
    var part = 0
    while let start = window.lowerBound.advanced(months: part), start < window.upperBound {
      if start > now { return start }
      part += 1
    }
    return nil
  }
}
