/// What is free of several things over time, and what tasks of a few shapes need of them.
///
/// A *lane* is one counted thing: the processors of a machine, or the GPUs of one kind of node. A
/// *shape* says how much a task needs free in each of some lanes for its whole span, and how much it
/// takes of each while it lasts; the two differ where lanes look at the same nodes in different ways.
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

  private var lanes: ContiguousArray<Profile>
  private var parts: ContiguousArray<Part> = []
  /// Shape `s` has the parts `first[s] ..< first[s + 1]`.
  private var first: ContiguousArray<Int> = [0]

  package init(lanes: [Profile]) { self.lanes = ContiguousArray(lanes) }

  /// A machine of so many processors that are all alike, all of them free from `now` on.
  package init(processors: Int, from now: Int64) {
    self.init(lanes: [Profile(from: now, value: Int64(processors))])
  }

  /// Adds a shape; its number.
  package mutating func addShape(_ parts: [Part]) -> Int {
    self.parts.append(contentsOf: parts)
    first.append(self.parts.count)
    return first.count - 2
  }

  /// The earliest instant, at or after `floor`, at which a task could lie there for its span;
  /// `Int64.max` if never.
  package func earliest(_ shape: Int, span: Int64, notBefore floor: Int64) -> Int64 {
    var start = floor
    // The part that moved the start last: once all others agree, it is found.
    var mover = -1
    while true {
      var moved = false
      for index in first[shape]..<first[shape + 1] where index != mover {
        let part = parts[index]
        guard part.needs > 0 else { continue }
        let found = lanes[part.lane].earliest(part.needs, span: span, notBefore: start)
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

  /// True if a task could lie there for its span from an instant on.
  package func has(_ shape: Int, from start: Int64, span: Int64) -> Bool {
    for index in first[shape]..<first[shape + 1] {
      let part = parts[index]
      guard part.needs <= 0 || lanes[part.lane].has(part.needs, from: start, span: span) else {
        return false
      }
    }
    return true
  }

  /// True if nothing but the moment itself is looked at: what `has` can't be true without.
  package func hasNow(_ shape: Int, at now: Int64) -> Bool {
    for index in first[shape]..<first[shape + 1] {
      let part = parts[index]
      guard part.needs <= lanes[part.lane].value(at: now) else { return false }
    }
    return true
  }

  /// Takes what a task of a shape takes over `from..<until`.
  package mutating func take(_ shape: Int, from: Int64, until: Int64) {
    for index in first[shape]..<first[shape + 1] {
      lanes[parts[index].lane].add(-parts[index].takes, from: from, until: until)
    }
  }

  /// Gives it back.
  package mutating func give(_ shape: Int, from: Int64, until: Int64) {
    for index in first[shape]..<first[shape + 1] {
      lanes[parts[index].lane].add(parts[index].takes, from: from, until: until)
    }
  }

  /// Forgets what was before an instant.
  package mutating func forget(before time: Int64) {
    for lane in lanes.indices { lanes[lane].forget(before: time) }
  }

  /// How many steps all lanes have.
  package var stepCount: Int { lanes.reduce(0) { $0 + $1.stepCount } }
}
