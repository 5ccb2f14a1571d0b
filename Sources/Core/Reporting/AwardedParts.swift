import Domain

/// What an allocation has of what it was given, in parts that could be used at the same times.
///
/// What goes is taken from what came last. What comes is first what went last, come back: it is
/// expected over the times in which it was there. So an amount that comes and goes, or goes and comes
/// back, at once changes nothing, and what stays away is expected as if it had never been given.
struct AwardedParts {
  private struct Part {
    var amount: GPUTime
    /// When it was there, ascending; the last time has no end.
    var times: [(from: Instant, until: Instant?)]
  }

  /// In the order in which they came first.
  private var here: [Part] = []
  /// The last that went comes last.
  private var gone: [Part] = []

  mutating func come(_ amount: GPUTime, at instant: Instant) {
    var new = amount
    while new > .zero, var part = gone.popLast() {
      let back = min(new, part.amount)
      if part.amount > back { gone.append(Part(amount: part.amount - back, times: part.times)) }
      part.amount = back
      part.times.append((from: max(instant, part.times.last?.until ?? instant), until: nil))
      add(part)
      new = new - back
    }
    if new > .zero { add(Part(amount: new, times: [(from: instant, until: nil)])) }
  }

  /// What is more than there is of it goes nowhere.
  mutating func go(_ amount: GPUTime, at instant: Instant) {
    var rest = amount
    while rest > .zero, var part = here.popLast() {
      let taken = min(rest, part.amount)
      if part.amount > taken { here.append(Part(amount: part.amount - taken, times: part.times)) }
      part.amount = taken
      if let last = part.times.popLast() {
        part.times.append((from: last.from, until: max(last.from, instant)))
      }
      gone.append(part)
      rest = rest - taken
    }
  }

  /// Those that were there by an instant for at least so much of the time that they can be used in, in
  /// hundredths of a per cent: of that time in which they were there until then, and the rest of the
  /// window.
  func there(for basisPoints: Int, of window: Range<Instant>, at now: Instant) -> AwardedParts {
    var long = self
    let end = min(now, window.upperBound)
    let rest = window.upperBound.milliseconds - end.milliseconds
    long.here = here.filter { part in
      let been = part.times.reduce(Int64(0)) { sum, time in
        let (from, until) = (max(time.from, window.lowerBound), min(time.until ?? end, end))
        return sum + max(until.milliseconds - from.milliseconds, 0)
      }
      return Int128(been) * 10_000 >= Int128(basisPoints) * Int128(been + rest)
    }
    return long
  }

  private mutating func add(_ part: Part) {
    let place = here.firstIndex { other in
      guard let mine = part.times.first?.from, let its = other.times.first?.from else {
        return false
      }
      return mine < its
    }
    here.insert(part, at: place ?? here.endIndex)
  }

  /// What was to be used by an instant, of what is there now: of each part by the curve over the time
  /// from when it came to the window's end, and where it was away, of what was left of it then, over
  /// the time from when it came back.
  func expected(_ curve: PaceCurve, in window: Range<Instant>, at now: Instant) -> GPUTime {
    here.reduce(.zero) { sum, part in
      sum
        + part.times.reduce(.zero) { told, time in
          let begin = min(max(time.from, window.lowerBound), window.upperBound)
          return told
            + curve.expected(
              of: part.amount - told, over: begin..<window.upperBound,
              at: min(now, time.until ?? now))
        }
    }
  }
}
