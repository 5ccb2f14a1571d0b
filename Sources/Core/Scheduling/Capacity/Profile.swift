/// How much of one thing is free over time: a step function from an instant on, with the questions
/// that a backfill asks of it.
///
/// The simple semantics: a list of steps `(time, value)`, each of which holds until the next one,
/// the last for ever. ``earliest(_:span:notBefore:)`` walks over it, ``add(_:from:until:)`` changes
/// every step of a stretch. The code differs for speed: the steps lie in *blocks* of at most
/// ``width``, each with its least and its greatest value and an amount that is still to be added to
/// all of it, so that whole blocks are passed over or changed at once. With `s` steps a question or
/// a change costs `s / width` at worst, and a few blocks as a rule.
///
/// Times are whatever the caller counts in (milliseconds or seconds), amounts too.
package struct Profile: Sendable {
  /// Steps in a block at most.
  private static let width = 64

  /// Block `b` has its steps at `slot[b] * width ..< slot[b] * width + count[b]`.
  private var times: ContiguousArray<Int64>
  /// Less what is still to be added to the block.
  private var values: ContiguousArray<Int64>

  // By block, in order of time.
  private var slot: ContiguousArray<Int>
  private var count: ContiguousArray<Int>
  private var begin: ContiguousArray<Int64>
  private var low: ContiguousArray<Int64>
  private var high: ContiguousArray<Int64>
  private var pending: ContiguousArray<Int64>
  /// Places for blocks that were given up.
  private var spare: ContiguousArray<Int> = []

  /// The same value for ever.
  package init(from now: Int64, value: Int64) {
    times = ContiguousArray(repeating: 0, count: Self.width)
    values = ContiguousArray(repeating: 0, count: Self.width)
    times[0] = now
    values[0] = value
    slot = [0]
    count = [1]
    begin = [now]
    low = [value]
    high = [value]
    pending = [0]
  }

  /// A value that changes by steps to come.
  ///
  /// - Parameter changes: what is added at an instant after `now`, ascending; the same instant may
  ///   come several times.
  package init(from now: Int64, value: Int64, changes: [(time: Int64, amount: Int64)]) {
    self.init(from: now, value: value)
    let fill = Self.width * 3 / 4
    var value = value
    var last = now
    for change in changes where change.amount != 0 {
      precondition(change.time >= last, "changes ascend")
      value += change.amount
      let block = count.count - 1
      let place = slot[block] * Self.width + count[block]
      if change.time == last {
        values[place - 1] = value
        measure(block)
      } else if count[block] < fill {
        times[place] = change.time
        values[place] = value
        count[block] += 1
        low[block] = min(low[block], value)
        high[block] = max(high[block], value)
      } else {
        insertBlock(at: block + 1, begin: change.time, value: value)
      }
      last = change.time
    }
  }

  /// How many steps it has: what its costs grow with.
  package var stepCount: Int { count.reduce(0, +) }

  // MARK: Questions

  /// What is free at an instant, which must not lie before the first step.
  package func value(at time: Int64) -> Int64 {
    let block = self.block(at: time)
    return values[place(of: time, in: block)] + pending[block]
  }

  /// The least that is free in `from..<until`, which must not be empty.
  package func least(from: Int64, until: Int64) -> Int64 {
    var block = self.block(at: from)
    var place = place(of: from, in: block)
    var least = Int64.max
    while true {
      let end = slot[block] * Self.width + count[block]
      let first = place == end - count[block]
      if first, block + 1 < count.count ? begin[block + 1] <= until : false {
        least = min(least, low[block])
      } else {
        let added = pending[block]
        while place < end {
          if times[place] >= until { return least }
          least = min(least, values[place] + added)
          place += 1
        }
      }
      block += 1
      guard block < count.count, begin[block] < until else { return least }
      place = slot[block] * Self.width
    }
  }

  /// True if an amount is free throughout `from..<from + span`.
  package func has(_ amount: Int64, from: Int64, span: Int64) -> Bool {
    let block = self.block(at: from)
    let place = place(of: from, in: block)
    let until = from.addingReportingOverflow(span)
    return firstBelow(amount, block, place, until: until.overflow ? .max : until.partialValue)
      == nil
  }

  /// The earliest instant, at or after `floor`, from which an amount is free for a whole span;
  /// `Int64.max` if there is none, which can only be if the last step has less than the amount.
  package func earliest(_ amount: Int64, span: Int64, notBefore floor: Int64) -> Int64 {
    var block = self.block(at: floor)
    var place = place(of: floor, in: block)
    while true {
      guard let open = firstReaching(amount, block, place) else { return .max }
      let start = max(floor, times[open.place])
      let until = start.addingReportingOverflow(span)
      guard
        let shut = firstBelow(
          amount, open.block, open.place, until: until.overflow ? .max : until.partialValue)
      else { return start }
      (block, place) = shut
    }
  }

  /// The first step from a place on with an amount or more.
  private func firstReaching(
    _ amount: Int64, _ fromBlock: Int, _ fromPlace: Int
  ) -> (block: Int, place: Int)? {
    var block = fromBlock
    var place = fromPlace
    while true {
      if high[block] >= amount {
        let wanted = amount - pending[block]
        let end = slot[block] * Self.width + count[block]
        while place < end {
          if values[place] >= wanted { return (block, place) }
          place += 1
        }
      }
      block += 1
      while block < count.count, high[block] < amount { block += 1 }
      guard block < count.count else { return nil }
      place = slot[block] * Self.width
    }
  }

  /// The first step from a place on, beginning before `until`, with less than an amount.
  private func firstBelow(
    _ amount: Int64, _ fromBlock: Int, _ fromPlace: Int, until: Int64
  ) -> (block: Int, place: Int)? {
    var block = fromBlock
    var place = fromPlace
    while true {
      if low[block] < amount {
        let wanted = amount - pending[block]
        let end = slot[block] * Self.width + count[block]
        while place < end {
          if values[place] < wanted { return times[place] < until ? (block, place) : nil }
          place += 1
        }
      }
      block += 1
      while block < count.count, low[block] >= amount, begin[block] < until { block += 1 }
      guard block < count.count, begin[block] < until else { return nil }
      place = slot[block] * Self.width
    }
  }

  // MARK: Changes

  /// Adds an amount, negative to take it, over `from..<until`; `Int64.max` is for ever. An empty
  /// stretch changes nothing.
  package mutating func add(_ amount: Int64, from: Int64, until: Int64) {
    guard from < until, amount != 0 else { return }
    cut(at: from)
    if until < .max { cut(at: until) }
    var block = self.block(at: from)
    let firstBlock = block
    var place = place(of: from, in: block)
    while block < count.count, begin[block] < until {
      let base = slot[block] * Self.width
      let isWhole =
        place == base && (block + 1 < count.count ? begin[block + 1] <= until : until == .max)
      if isWhole {
        pending[block] += amount
        low[block] += amount
        high[block] += amount
      } else {
        let end = base + count[block]
        while place < end, times[place] < until {
          values[place] += amount
          place += 1
        }
        measure(block)
      }
      block += 1
      if block < count.count { place = slot[block] * Self.width }
    }
    // The later edge first: the earlier one's place is not moved by that.
    if until < .max { join(at: until, near: block) }
    join(at: from, near: firstBlock)
  }

  /// Forgets the steps that ended before an instant: of them nothing is asked any more.
  package mutating func forget(before time: Int64) {
    var gone = 0
    while gone + 1 < count.count, begin[gone + 1] <= time { gone += 1 }
    guard gone > 0 else { return }
    spare.append(contentsOf: slot[..<gone])
    slot.removeSubrange(..<gone)
    count.removeSubrange(..<gone)
    begin.removeSubrange(..<gone)
    low.removeSubrange(..<gone)
    high.removeSubrange(..<gone)
    pending.removeSubrange(..<gone)
  }

  /// Makes a step begin at an instant.
  private mutating func cut(at time: Int64) {
    var block = self.block(at: time)
    var place = place(of: time, in: block)
    guard times[place] < time else { return }
    if count[block] == Self.width {
      divide(block)
      if begin[block + 1] <= time { block += 1 }
      place = self.place(of: time, in: block)
    }
    let end = slot[block] * Self.width + count[block]
    let value = values[place]
    var hole = end
    while hole > place + 1 {
      times[hole] = times[hole - 1]
      values[hole] = values[hole - 1]
      hole -= 1
    }
    times[hole] = time
    values[hole] = value
    count[block] += 1
  }

  /// Takes away a step that changes nothing.
  private mutating func join(at time: Int64, near hint: Int) {
    let block =
      hint < count.count && begin[hint] <= time
        && (hint + 1 == count.count || time < begin[hint + 1])
      ? hint : self.block(at: time)
    let place = place(of: time, in: block)
    guard times[place] == time else { return }
    let base = slot[block] * Self.width
    let value = values[place] + pending[block]
    if place > base {
      guard values[place - 1] + pending[block] == value else { return }
    } else {
      guard block > 0 else { return }
      let before = slot[block - 1] * Self.width + count[block - 1] - 1
      guard values[before] + pending[block - 1] == value else { return }
    }
    let end = base + count[block]
    var hole = place
    while hole + 1 < end {
      times[hole] = times[hole + 1]
      values[hole] = values[hole + 1]
      hole += 1
    }
    count[block] -= 1
    if count[block] == 0 {
      removeBlock(at: block)
    } else if place == base {
      begin[block] = times[base]
      measure(block)
    }
  }

  // MARK: Blocks

  /// The block that an instant falls into.
  private func block(at time: Int64) -> Int {
    var low = 0
    var high = begin.count
    while high - low > 1 {
      let middle = (low + high) / 2
      if begin[middle] <= time { low = middle } else { high = middle }
    }
    return low
  }

  /// The step that holds at an instant, within its block.
  private func place(of time: Int64, in block: Int) -> Int {
    var low = slot[block] * Self.width
    var high = low + count[block]
    while high - low > 1 {
      let middle = (low + high) / 2
      if times[middle] <= time { low = middle } else { high = middle }
    }
    return low
  }

  private mutating func measure(_ block: Int) {
    let base = slot[block] * Self.width
    var least = Int64.max
    var most = Int64.min
    for place in base..<(base + count[block]) {
      least = min(least, values[place])
      most = max(most, values[place])
    }
    low[block] = least + pending[block]
    high[block] = most + pending[block]
  }

  /// Moves the later half of a block into one of its own, behind it.
  private mutating func divide(_ block: Int) {
    let half = Self.width / 2
    let from = slot[block] * Self.width + half
    insertBlock(at: block + 1, begin: times[from], value: values[from])
    let to = slot[block + 1] * Self.width
    for offset in 0..<half {
      times[to + offset] = times[from + offset]
      values[to + offset] = values[from + offset]
    }
    count[block] = half
    count[block + 1] = half
    pending[block + 1] = pending[block]
    measure(block)
    measure(block + 1)
  }

  /// A block of one step.
  private mutating func insertBlock(at position: Int, begin time: Int64, value: Int64) {
    let place: Int
    if let free = spare.popLast() {
      place = free
    } else {
      place = times.count / Self.width
      times.append(contentsOf: repeatElement(0, count: Self.width))
      values.append(contentsOf: repeatElement(0, count: Self.width))
    }
    times[place * Self.width] = time
    values[place * Self.width] = value
    slot.insert(place, at: position)
    count.insert(1, at: position)
    begin.insert(time, at: position)
    low.insert(value, at: position)
    high.insert(value, at: position)
    pending.insert(0, at: position)
  }

  private mutating func removeBlock(at position: Int) {
    spare.append(slot.remove(at: position))
    count.remove(at: position)
    begin.remove(at: position)
    low.remove(at: position)
    high.remove(at: position)
    pending.remove(at: position)
  }
}
