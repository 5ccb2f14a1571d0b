/// What is free over time in several pools, and what tasks of a few shapes need of it.
///
/// A pool has a ``Profile`` with some *lanes*: counted things, such as the processors of a machine,
/// or the GPUs of one kind of node. A *shape* says how much a task needs free in some lanes of one
/// pool for its whole span, and how much it takes of each while it lasts; the two differ where
/// lanes look at the same nodes in different ways.
package struct Capacity: Sendable {
  /// What a shape wants of one lane.
  package struct Part: Hashable, Sendable {
    package let lane: Int
    /// Must be free for the whole span; 0 to look at nothing.
    package let needs: Int64
    /// Is taken while it lasts; 0 to take nothing.
    package let takes: Int64

    package init(lane: Int, needs: Int64, takes: Int64) {
      self.lane = lane
      self.needs = needs
      self.takes = takes
    }
  }

  private struct Need {
    let lane: Int
    let amount: Int64
  }

  private struct Shape {
    let pool: Int
    let needs: Range<Int>
    let takes: Range<Int>
  }

  private var pools: ContiguousArray<Profile>
  private var shapes: ContiguousArray<Shape> = []
  private var needs: ContiguousArray<Need> = []
  private var takes: [Int64] = []

  package init(pools: [Profile]) { self.pools = ContiguousArray(pools) }

  /// A machine of so many processors that are all alike, all of them free from `now` on.
  package init(processors: Int, from now: Int64) {
    self.init(pools: [Profile(from: now, values: [Int64(processors)])])
  }

  /// Adds a shape; its number.
  ///
  /// - Parameter parts: at most one for each lane of the pool.
  package mutating func addShape(on pool: Int, _ parts: [Part]) -> Int {
    let firstNeed = needs.count
    let firstTake = takes.count
    for part in parts where part.needs > 0 {
      needs.append(Need(lane: part.lane, amount: part.needs))
    }
    for lane in 0..<pools[pool].laneCount {
      takes.append(parts.first { $0.lane == lane }?.takes ?? 0)
    }
    shapes.append(
      Shape(pool: pool, needs: firstNeed..<needs.count, takes: firstTake..<takes.count))
    return shapes.count - 1
  }

  /// The earliest instant, at or after `floor`, at which a task could lie there for its span;
  /// `Int64.max` if never.
  package func earliest(_ shape: Int, span: Int64, notBefore floor: Int64) -> Int64 {
    let shape = shapes[shape]
    var start = floor
    // The need that moved the start last: once all others agree, it is found.
    var mover = -1
    while true {
      var moved = false
      for index in shape.needs where index != mover {
        let found = pools[shape.pool].earliest(
          needs[index].amount, of: needs[index].lane, span: span, notBefore: start)
        guard found < .max else { return .max }
        if found > start {
          start = found
          mover = index
          moved = true
        }
      }
      if !moved { return start }
    }
  }

  /// The same as ``earliest(_:span:notBefore:)`` where, since the bounds were begun, there was only
  /// taken from the pools: what was found before is where the search begins.
  mutating func earliest(
    _ number: Int, span: Int64, notBefore floor: Int64, _ bounds: inout PoolBounds
  ) -> Int64 {
    let shape = shapes[number]
    var start = floor
    for index in shape.needs {
      let (lane, amount) = (needs[index].lane, needs[index].amount)
      let known = bounds.bound(amount, span: span, pool: shape.pool, lane: lane)
      let found = pools[shape.pool].earliest(
        amount, of: lane, span: span, notBefore: max(floor, known))
      if found != known {
        bounds.note(amount, span: span, start: found, pool: shape.pool, lane: lane)
      }
      guard found < .max else { return .max }
      start = max(start, found)
    }
    guard shape.needs.count > 1 else { return start }
    return earliest(number, span: span, notBefore: start)
  }

  /// True if a task could lie there for its span from an instant on.
  package func has(_ shape: Int, from start: Int64, span: Int64) -> Bool {
    let shape = shapes[shape]
    for need in needs[shape.needs] {
      guard pools[shape.pool].has(need.amount, of: need.lane, from: start, span: span) else {
        return false
      }
    }
    return true
  }

  /// True if nothing but the moment itself is looked at: what `has` can't be true without.
  package func hasNow(_ shape: Int, at now: Int64) -> Bool {
    let shape = shapes[shape]
    for need in needs[shape.needs] {
      guard need.amount <= pools[shape.pool].value(of: need.lane, at: now) else { return false }
    }
    return true
  }

  /// Takes what a task of a shape takes over `from..<until`.
  package mutating func take(_ shape: Int, from: Int64, until: Int64) {
    let shape = shapes[shape]
    pools[shape.pool].add(takes[shape.takes], times: -1, from: from, until: until)
  }

  /// Gives it back.
  package mutating func give(_ shape: Int, from: Int64, until: Int64) {
    let shape = shapes[shape]
    pools[shape.pool].add(takes[shape.takes], from: from, until: until)
  }

  /// Adds amounts to the lanes of a pool over `from..<until`.
  mutating func add(_ amounts: ArraySlice<Int64>, to pool: Int, from: Int64, until: Int64) {
    pools[pool].add(amounts, from: from, until: until)
  }

  /// What is free of one lane at an instant.
  func value(of lane: Int, in pool: Int, at time: Int64) -> Int64 {
    pools[pool].value(of: lane, at: time)
  }

  /// Forgets what was before an instant.
  package mutating func forget(before time: Int64) {
    for pool in pools.indices { pools[pool].forget(before: time) }
  }

  /// How many steps all pools have.
  package var stepCount: Int { pools.reduce(0) { $0 + $1.stepCount } }
}
