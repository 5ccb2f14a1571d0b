/// When what runs is to end at the latest, and what each end gives back.
///
/// The simple semantics: a list of `(time, amount)` in order of time, one for each time. The code
/// differs for speed: they lie in blocks of at most ``width``, each with its sum, so that a change
/// moves few of them and a search passes over whole blocks.
struct PlannedEnds: Sendable {
  private static let width = 64

  private struct Block {
    var times: ContiguousArray<Int64> = []
    var amounts: ContiguousArray<Int64> = []
    var sum: Int64 = 0
  }

  /// In order of time; none is empty.
  private var blocks: ContiguousArray<Block> = []

  /// The first time by which an amount is given back, and how much is by then; `Int64.min` and
  /// nothing for an amount that is not positive, nil if so much never is.
  func reaching(_ amount: Int64) -> (time: Int64, amount: Int64)? {
    guard amount > 0 else { return (.min, 0) }
    var given: Int64 = 0
    for index in blocks.indices {
      guard given + blocks[index].sum >= amount else {
        given += blocks[index].sum
        continue
      }
      for offset in blocks[index].amounts.indices {
        given += blocks[index].amounts[offset]
        if given >= amount { return (blocks[index].times[offset], given) }
      }
    }
    return nil
  }

  /// An amount is to be given back at a time.
  mutating func insert(_ amount: Int64, at time: Int64) {
    guard amount > 0 else { return }
    guard !blocks.isEmpty else {
      blocks.append(Block(times: [time], amounts: [amount], sum: amount))
      return
    }
    let index = block(of: time)
    let offset = Self.offset(of: time, in: blocks[index].times)
    blocks[index].sum += amount
    if offset < blocks[index].times.count, blocks[index].times[offset] == time {
      blocks[index].amounts[offset] += amount
      return
    }
    blocks[index].times.insert(time, at: offset)
    blocks[index].amounts.insert(amount, at: offset)
    if blocks[index].times.count > Self.width { divide(index) }
  }

  /// An amount that was to be given back at a time is not any more.
  mutating func remove(_ amount: Int64, at time: Int64) {
    guard amount > 0 else { return }
    let index = block(of: time)
    let offset = Self.offset(of: time, in: blocks[index].times)
    precondition(blocks[index].times[offset] == time, "it was inserted")
    blocks[index].sum -= amount
    blocks[index].amounts[offset] -= amount
    guard blocks[index].amounts[offset] == 0 else { return }
    blocks[index].times.remove(at: offset)
    blocks[index].amounts.remove(at: offset)
    if blocks[index].times.isEmpty { blocks.remove(at: index) }
  }

  /// Forgets the ends up to a time; what they gave back.
  mutating func forget(upTo now: Int64) -> Int64 {
    var given: Int64 = 0
    while let first = blocks.first, first.times[0] <= now {
      let gone = Self.offset(of: now + 1, in: first.times)
      let amount = first.amounts[..<gone].reduce(0, +)
      given += amount
      if gone == first.times.count {
        blocks.removeFirst()
      } else {
        blocks[0].times.removeSubrange(..<gone)
        blocks[0].amounts.removeSubrange(..<gone)
        blocks[0].sum -= amount
      }
    }
    return given
  }

  /// The block that a time lies or is to lie in.
  private func block(of time: Int64) -> Int {
    var low = 0
    var high = blocks.count
    while high - low > 1 {
      let middle = (low + high) / 2
      if blocks[middle].times[0] <= time { low = middle } else { high = middle }
    }
    return low
  }

  /// The first offset whose time is not below one.
  private static func offset(of time: Int64, in times: ContiguousArray<Int64>) -> Int {
    var low = 0
    var high = times.count
    while low < high {
      let middle = (low + high) / 2
      if times[middle] < time { low = middle + 1 } else { high = middle }
    }
    return low
  }

  /// Moves the later half of a block into one of its own, behind it.
  private mutating func divide(_ index: Int) {
    let half = Self.width / 2
    let later = Block(
      times: ContiguousArray(blocks[index].times[half...]),
      amounts: ContiguousArray(blocks[index].amounts[half...]),
      sum: blocks[index].amounts[half...].reduce(0, +))
    blocks[index].times.removeSubrange(half...)
    blocks[index].amounts.removeSubrange(half...)
    blocks[index].sum -= later.sum
    blocks.insert(later, at: index + 1)
  }
}
