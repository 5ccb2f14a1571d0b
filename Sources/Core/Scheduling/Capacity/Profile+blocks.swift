/// The blocks that a profile's steps lie in.
extension Profile {
  @inline(__always)
  func base(_ block: Int, _ lane: Int) -> Int {
    (slot[block] * laneCount + lane) * Self.width
  }

  @inline(__always)
  func time(of spot: Spot) -> Int64 { times[slot[spot.block] * Self.width + spot.offset] }

  /// The step that holds at an instant.
  func find(_ time: Int64) -> Spot {
    // Halves without a branch on what is found, which nobody could predict.
    var block = 0
    var length = begin.count
    while length > 1 {
      let half = length / 2
      block += begin[block + half] <= time ? half : 0
      length -= half
    }
    let place = slot[block] * Self.width
    var offset = 0
    length = count[block]
    while length > 1 {
      let half = length / 2
      offset += times[place + offset + half] <= time ? half : 0
      length -= half
    }
    return Spot(block: block, offset: offset)
  }

  mutating func measure(_ block: Int) {
    for lane in 0..<laneCount {
      let base = base(block, lane)
      var least = Int64.max
      var most = Int64.min
      for place in base..<(base + count[block]) {
        least = min(least, values[place])
        most = max(most, values[place])
      }
      low[block * laneCount + lane] = least + pending[block * laneCount + lane]
      high[block * laneCount + lane] = most + pending[block * laneCount + lane]
    }
  }

  /// Moves the later half of a block into one of its own, behind it.
  mutating func divide(_ block: Int) {
    let half = Self.width / 2
    let from = slot[block] * Self.width + half
    insertBlock(at: block + 1, begin: times[from])
    let to = slot[block + 1] * Self.width
    for offset in 0..<half { times[to + offset] = times[from + offset] }
    for lane in 0..<laneCount {
      let from = base(block, lane) + half
      let to = base(block + 1, lane)
      for offset in 0..<half { values[to + offset] = values[from + offset] }
      pending[(block + 1) * laneCount + lane] = pending[block * laneCount + lane]
    }
    count[block] = half
    count[block + 1] = half
    measure(block)
    measure(block + 1)
  }

  /// A block of one step, whose values are to be written and measured.
  mutating func insertBlock(at position: Int, begin time: Int64) {
    let place: Int
    if let free = spare.popLast() {
      place = free
    } else {
      place = times.count / Self.width
      times.append(contentsOf: repeatElement(0, count: Self.width))
      values.append(contentsOf: repeatElement(0, count: Self.width * laneCount))
    }
    times[place * Self.width] = time
    slot.insert(place, at: position)
    count.insert(1, at: position)
    begin.insert(time, at: position)
    let lanes = repeatElement(Int64(0), count: laneCount)
    low.insert(contentsOf: lanes, at: position * laneCount)
    high.insert(contentsOf: lanes, at: position * laneCount)
    pending.insert(contentsOf: lanes, at: position * laneCount)
  }

  mutating func removeBlock(at position: Int) {
    spare.append(slot.remove(at: position))
    count.remove(at: position)
    begin.remove(at: position)
    let lanes = position * laneCount..<(position + 1) * laneCount
    low.removeSubrange(lanes)
    high.removeSubrange(lanes)
    pending.removeSubrange(lanes)
  }
}
