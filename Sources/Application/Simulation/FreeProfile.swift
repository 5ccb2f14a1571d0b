/// How much is free from each instant on, until the next; the last piece goes on for ever.
///
/// A sorted array of its breakpoints: what is asked or changed costs as many steps as there are
/// breakpoints, which are two for each job that runs or has a slot.
struct FreeProfile {
  private var instants: [Int64]
  private var free: [Int]

  init(free: Int) {
    instants = [Int64.min]
    self.free = [free]
  }

  /// Forgets what lies before an instant.
  mutating func trim(before now: Int64) {
    let past = place(of: now)
    guard past > 0 else { return }
    instants.removeFirst(past)
    free.removeFirst(past)
  }

  /// Takes (or, below zero, gives back) an amount from one instant up to another.
  mutating func take(_ amount: Int, from start: Int64, until end: Int64) {
    guard start < end, amount != 0 else { return }
    let first = breakpoint(at: start)
    let last = breakpoint(at: end)
    for index in first..<last { free[index] -= amount }
  }

  func has(_ amount: Int, from start: Int64, for length: Int64) -> Bool {
    var index = place(of: start)
    while index < instants.count, instants[index] < start + length {
      if free[index] < amount { return false }
      index += 1
    }
    return true
  }

  /// The earliest instant, not before `now`, from which on an amount is free for so long. It must
  /// be free at the end of all time.
  func earliest(_ amount: Int, for length: Int64, from now: Int64) -> Int64 {
    var index = place(of: now)
    var start = now
    while index < instants.count {
      if free[index] < amount {
        start = index + 1 < instants.count ? instants[index + 1] : start
      } else if index + 1 == instants.count || instants[index + 1] >= start + length {
        return start
      }
      index += 1
    }
    return start
  }

  /// The piece that an instant lies in.
  private func place(of instant: Int64) -> Int {
    var low = 0
    var high = instants.count
    while low + 1 < high {
      let middle = (low + high) / 2
      if instants[middle] <= instant { low = middle } else { high = middle }
    }
    return low
  }

  /// The piece that begins at an instant, made if there is none.
  private mutating func breakpoint(at instant: Int64) -> Int {
    let index = place(of: instant)
    if instants[index] == instant { return index }
    instants.insert(instant, at: index + 1)
    free.insert(free[index], at: index + 1)
    return index + 1
  }
}
