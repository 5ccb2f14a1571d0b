/// How much of some things is free over time: a step function from an instant on, with the
/// questions that a backfill asks of it. Each thing is a *lane*; all lanes have the same steps.
///
/// The simple semantics: a list of steps `(time, value of each lane)`, each of which holds until the
/// next one, the last for ever. ``earliest(_:of:span:notBefore:)`` walks over it, and
/// ``add(_:of:times:from:until:)`` changes every step of a stretch. The code differs for speed: the
/// steps lie in *blocks* of at most ``width``, each with the least and the greatest value of each
/// lane and an amount that is still to be added to all of it, so that whole blocks are passed over
/// or changed at once. With `s` steps a question or a change costs `s / width` at worst, and a few
/// blocks as a rule.
///
/// Times are whatever the caller counts in (milliseconds or seconds), amounts too.
package struct Profile: Sendable {
  /// Steps in a block at most.
  static let width = 32

  package let laneCount: Int
  /// Block `b` has its steps at `slot[b] * width ..< slot[b] * width + count[b]`.
  var times: ContiguousArray<Int64>
  /// Less what is still to be added to the block: at `(slot * laneCount + lane) * width + offset`.
  var values: ContiguousArray<Int64>

  // By block, in order of time.
  var slot: ContiguousArray<Int>
  var count: ContiguousArray<Int>
  var begin: ContiguousArray<Int64>
  // By block and lane.
  var low: ContiguousArray<Int64>
  var high: ContiguousArray<Int64>
  var pending: ContiguousArray<Int64>
  /// Places for blocks that were given up.
  var spare: ContiguousArray<Int> = []

  /// A step: its block, and its offset in that.
  struct Spot {
    var block: Int
    var offset: Int
  }

  /// The same values for ever, one for each lane.
  package init(from now: Int64, values first: [Int64]) {
    precondition(!first.isEmpty, "a profile has a lane")
    laneCount = first.count
    times = ContiguousArray(repeating: 0, count: Self.width)
    values = ContiguousArray(repeating: 0, count: Self.width * first.count)
    times[0] = now
    slot = [0]
    count = [1]
    begin = [now]
    low = ContiguousArray(first)
    high = ContiguousArray(first)
    pending = ContiguousArray(repeating: 0, count: first.count)
    for lane in first.indices { values[lane * Self.width] = first[lane] }
  }

  /// Values that change by steps to come.
  ///
  /// - Parameters:
  ///   - times: after `now`, ascending; the same instant may come several times.
  ///   - changes: what is added at each of them: first all lanes of the first, and so on.
  package init(from now: Int64, values first: [Int64], times at: [Int64], changes: [Int64]) {
    precondition(changes.count == at.count * first.count, "a change for each time and lane")
    self.init(from: now, values: first)
    let fill = Self.width * 3 / 4
    var value = ContiguousArray(first)
    var last = now
    for (index, time) in at.enumerated() {
      precondition(time >= last, "changes ascend")
      for lane in 0..<laneCount { value[lane] += changes[index * laneCount + lane] }
      var block = count.count - 1
      if time > last {
        if count[block] < fill {
          count[block] += 1
        } else {
          block += 1
          insertBlock(at: block, begin: time)
        }
        self.times[slot[block] * Self.width + count[block] - 1] = time
        last = time
      }
      for lane in 0..<laneCount {
        values[base(block, lane) + count[block] - 1] = value[lane]
      }
    }
    for block in count.indices { measure(block) }
  }

  /// How many steps it has: what its costs grow with.
  package var stepCount: Int { count.reduce(0, +) }

  // MARK: Questions

  /// What is free of a lane at an instant, which must not lie before the first step.
  package func value(of lane: Int, at time: Int64) -> Int64 {
    let spot = find(time)
    return values[base(spot.block, lane) + spot.offset] + pending[spot.block * laneCount + lane]
  }

  /// True if an amount of a lane is free throughout `from..<from + span`.
  package func has(_ amount: Int64, of lane: Int, from: Int64, span: Int64) -> Bool {
    firstBelow(amount, lane, find(from), until: Self.end(from, span)) == nil
  }

  /// The earliest instant, at or after `floor`, from which an amount of a lane is free for a whole
  /// span; `Int64.max` if there is none, which can only be if the last step has less.
  ///
  /// - Parameters:
  ///   - latest: what could begin after it is not looked for.
  ///   - ceiling: from there on the amount counts as free whatever the steps say; returned if
  ///     nothing is found before.
  package func earliest(
    _ amount: Int64, of lane: Int, span: Int64, notBefore floor: Int64,
    notAfter latest: Int64 = .max, freeFrom ceiling: Int64 = .max
  ) -> Int64 {
    let first = find(floor)
    var offset = first.offset
    // Where the stretch that is free so far begins, and when it is long enough; `Int64.max` if
    // there is none.
    var start = Int64.max
    var enough = Int64.max
    for block in first.block..<count.count {
      let meter = block * laneCount + lane
      let place = slot[block] * Self.width
      if high[meter] < amount {
        if begin[block] >= enough { return start }
        (start, enough) = (.max, .max)
        if begin[block] > latest { return ceiling }
      } else {
        let wanted = amount &- pending[meter]
        let base = base(block, lane)
        // Where all is free, the first step says it all.
        let end = low[meter] < amount ? count[block] : min(offset + 1, count[block])
        let times = times.span.extracting(place + offset..<place + end)
        let values = values.span.extracting(base + offset..<base + end)
        var step = 0
        while step < times.count {
          let time = times[step]
          if time >= enough { return start }
          if values[step] < wanted {
            (start, enough) = (.max, .max)
          } else if start == .max {
            start = max(floor, time)
            if start > latest || start >= ceiling { return ceiling }
            enough = min(Self.end(start, span), ceiling)
          }
          step &+= 1
        }
      }
      offset = 0
    }
    return start < .max ? start : ceiling
  }

  /// Hands over the parts of a stretch in which as much of a lane is free, in order.
  ///
  /// - Parameter from: must not lie before the first step.
  func forEachPart(
    of lane: Int, from: Int64, until: Int64, _ body: (_ part: Range<Int64>, _ value: Int64) -> Void
  ) {
    var spot = find(from)
    var time = from
    while time < until {
      let value =
        values[base(spot.block, lane) + spot.offset] + pending[spot.block * laneCount + lane]
      spot.offset += 1
      if spot.offset == count[spot.block] { spot = Spot(block: spot.block + 1, offset: 0) }
      let next = spot.block < count.count ? min(self.time(of: spot), until) : until
      body(time..<next, value)
      time = next
    }
  }

  private static func end(_ start: Int64, _ span: Int64) -> Int64 {
    let end = start.addingReportingOverflow(span)
    return end.overflow ? .max : end.partialValue
  }

  /// The first step from one on, beginning before `until`, with less than an amount of a lane.
  private func firstBelow(
    _ amount: Int64, _ lane: Int, _ from: Spot, until: Int64
  ) -> Spot? {
    var spot = from
    while true {
      if low[spot.block * laneCount + lane] < amount {
        let wanted = amount - pending[spot.block * laneCount + lane]
        let base = base(spot.block, lane)
        while spot.offset < count[spot.block] {
          if values[base + spot.offset] < wanted { return time(of: spot) < until ? spot : nil }
          spot.offset += 1
        }
      }
      spot = Spot(block: spot.block + 1, offset: 0)
      while spot.block < count.count, begin[spot.block] < until,
        low[spot.block * laneCount + lane] >= amount
      {
        spot.block += 1
      }
      guard spot.block < count.count, begin[spot.block] < until else { return nil }
    }
  }

  // MARK: Changes

  /// Adds amounts, negative to take them, over `from..<until`; `Int64.max` is for ever. An empty
  /// stretch changes nothing.
  ///
  /// - Parameters:
  ///   - amounts: of the lanes from 0 on; lanes behind the last stay.
  ///   - sign: what each is multiplied with.
  package mutating func add(
    _ amounts: ArraySlice<Int64>, times sign: Int64 = 1, from: Int64, until: Int64
  ) {
    guard from < until else { return }
    if until < .max { _ = cut(at: until) }
    let first = cut(at: from)
    var spot = first
    // Behind the last step that is changed.
    var last = first
    while spot.block < count.count, begin[spot.block] < until {
      let next = spot.block + 1
      if spot.offset == 0, next < count.count ? begin[next] <= until : until == .max {
        var meter = spot.block * laneCount
        for amount in amounts {
          pending[meter] += amount * sign
          low[meter] += amount * sign
          high[meter] += amount * sign
          meter += 1
        }
        last = Spot(block: next, offset: 0)
      } else {
        var end = count[spot.block]
        let place = slot[spot.block] * Self.width
        while end > spot.offset, times[place + end - 1] >= until { end -= 1 }
        change(spot, until: end, amounts, times: sign)
        last =
          end < count[spot.block]
          ? Spot(block: spot.block, offset: end) : Spot(block: next, offset: 0)
      }
      spot = Spot(block: next, offset: 0)
    }
    // The later edge first: the earlier one's place is not moved by that.
    if until < .max { join(last, at: until) }
    join(first, at: from)
  }

  /// Adds to some steps of one block, and measures it anew.
  private mutating func change(
    _ spot: Spot, until end: Int, _ amounts: ArraySlice<Int64>, times sign: Int64
  ) {
    var base = base(spot.block, 0)
    var meter = spot.block * laneCount
    let filled = count[spot.block]
    for amount in amounts {
      if amount != 0 {
        let (least, most) = Self.add(
          amount * sign, to: &values, base + spot.offset..<base + end, of: base..<base + filled)
        low[meter] = least + pending[meter]
        high[meter] = most + pending[meter]
      }
      base += Self.width
      meter += 1
    }
  }

  /// Adds to some values; the least and the greatest of a stretch that they lie in.
  private static func add(
    _ amount: Int64, to values: inout ContiguousArray<Int64>, _ some: Range<Int>,
    of all: Range<Int>
  ) -> (least: Int64, most: Int64) {
    var values = values.mutableSpan
    var least = Int64.max
    var most = Int64.min
    for place in all {
      let value = some.contains(place) ? values[place] + amount : values[place]
      values[place] = value
      least = min(least, value)
      most = max(most, value)
    }
    return (least, most)
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
    low.removeSubrange(..<(gone * laneCount))
    high.removeSubrange(..<(gone * laneCount))
    pending.removeSubrange(..<(gone * laneCount))
  }

  /// Makes a step begin at an instant; that step.
  private mutating func cut(at time: Int64) -> Spot {
    var spot = find(time)
    guard self.time(of: spot) < time else { return spot }
    if count[spot.block] == Self.width {
      divide(spot.block)
      spot = find(time)
    }
    let place = slot[spot.block] * Self.width
    var hole = count[spot.block]
    while hole > spot.offset + 1 {
      times[place + hole] = times[place + hole - 1]
      hole -= 1
    }
    times[place + hole] = time
    for lane in 0..<laneCount {
      let base = base(spot.block, lane)
      Self.repeatValue(at: base + spot.offset, of: &values, until: base + count[spot.block])
    }
    count[spot.block] += 1
    spot.offset += 1
    return spot
  }

  /// Moves the values behind one by a place, so that it stands there twice.
  private static func repeatValue(
    at place: Int, of values: inout ContiguousArray<Int64>, until end: Int
  ) {
    var values = values.mutableSpan
    var hole = end
    while hole > place {
      values[hole] = values[hole - 1]
      hole -= 1
    }
  }

  /// Takes away a step that changes nothing.
  private mutating func join(_ spot: Spot, at time: Int64) {
    guard self.time(of: spot) == time, spot.block > 0 || spot.offset > 0 else { return }
    let before =
      spot.offset > 0
      ? Spot(block: spot.block, offset: spot.offset - 1)
      : Spot(block: spot.block - 1, offset: count[spot.block - 1] - 1)
    for lane in 0..<laneCount {
      let earlier =
        values[base(before.block, lane) + before.offset]
        + pending[before.block * laneCount + lane]
      let later =
        values[base(spot.block, lane) + spot.offset] + pending[spot.block * laneCount + lane]
      guard earlier == later else { return }
    }
    let last = count[spot.block] - 1
    guard last > 0 else { return removeBlock(at: spot.block) }
    let place = slot[spot.block] * Self.width
    for hole in place + spot.offset..<place + last { times[hole] = times[hole + 1] }
    for lane in 0..<laneCount {
      let base = base(spot.block, lane)
      for hole in base + spot.offset..<base + last { values[hole] = values[hole + 1] }
    }
    count[spot.block] = last
    if spot.offset == 0 {
      begin[spot.block] = times[place]
      measure(spot.block)
    }
  }
}
