import Domain

/// What is free on one node from now on: steps at ascending instants, in milliseconds. The last
/// step lasts for ever.
struct Timeline {
  struct Step {
    var begin: Int64
    /// Each share of a GPU counts as a GPU taken: below zero where more share them than there are.
    var free: NodeResources
    /// What its shared GPUs carry.
    var load = ShareLoad()
  }

  /// How its GPUs are cut; nil if they are not.
  private let cut: GPUCut?

  /// Never empty; the first begins now.
  private(set) var steps: [Step]

  init(now: Int64, free: NodeResources, cut: GPUCut? = nil) {
    steps = [Step(begin: now, free: free)]
    self.cut = cut
  }

  /// What is free at this moment.
  var freeNow: NodeResources { steps[0].free }

  /// Takes a share over `begin..<end`. What was over-committed before stays so, below zero.
  mutating func take(_ share: NodeResources, from begin: Int64, until end: Int64) {
    guard begin < end else { return }
    let first = split(at: begin)
    let last = split(at: end)
    for position in first..<last {
      steps[position].free = steps[position].free - share
      if share.gpuThousandths != 0, let cut { steps[position].load.take(share, cut) }
    }
    join(at: last)
    join(at: first)
  }

  /// Leaves nothing free over `begin..<end`; what was over-committed stays so.
  mutating func block(from begin: Int64, until end: Int64) {
    guard begin < end else { return }
    let first = split(at: begin)
    let last = split(at: end)
    block(first..<last)
    for position in stride(from: last, through: first, by: -1) { join(at: position) }
  }

  /// The same for ever from an instant on.
  mutating func block(from begin: Int64) {
    let first = split(at: begin)
    block(first..<steps.count)
    for position in stride(from: steps.count - 1, through: first, by: -1) { join(at: position) }
  }

  private mutating func block(_ part: Range<Int>) {
    for position in part {
      let free = steps[position].free
      steps[position].free = NodeResources(
        gpus: min(free.gpus, 0), cpus: min(free.cpus, 0), memoryMiB: min(free.memoryMiB, 0))
    }
  }

  /// Forgets what was before an instant, which becomes this moment.
  mutating func advance(to now: Int64) {
    let current = index(at: now)
    if current > 0 { steps.removeFirst(current) }
    steps[0].begin = max(steps[0].begin, now)
  }

  /// Removes a step that changes nothing.
  private mutating func join(at position: Int) {
    guard position > 0, position < steps.count,
      steps[position].free == steps[position - 1].free,
      steps[position].load == steps[position - 1].load
    else { return }
    steps.remove(at: position)
  }

  /// Calls `body` with each interval of starts, both ends included, from `floor` on, until it
  /// returns false: a run that starts in it has `share` free for `span`. Intervals ascend; the last
  /// may end at `Int64.max`.
  func forEachStart(
    of share: NodeResources, span: Int64, notBefore floor: Int64,
    _ body: (_ first: Int64, _ last: Int64) -> Bool
  ) {
    var open: Int64? = nil
    for position in index(at: floor)..<steps.count {
      let step = steps[position]
      if fits(share, step) {
        open = open ?? max(step.begin, floor)
      } else if let begin = open {
        if step.begin - begin >= span, !body(begin, step.begin - span) { return }
        open = nil
      }
    }
    if let begin = open { _ = body(begin, .max) }
  }

  /// The earliest of the starts that ``forEachStart(of:span:notBefore:_:)`` lists, or nil.
  func firstStart(of share: NodeResources, span: Int64, notBefore floor: Int64) -> Int64? {
    var found: Int64? = nil
    forEachStart(of: share, span: span, notBefore: floor) { first, _ in
      found = first
      return false
    }
    return found
  }

  /// For how long a share is free from an instant on; 0 if it is not then, `Int64.max` for ever.
  func freeFor(_ share: NodeResources, from begin: Int64) -> Int64 {
    for position in index(at: begin)..<steps.count where !fits(share, steps[position]) {
      return max(steps[position].begin - begin, 0)
    }
    return .max
  }

  /// True if a share is free at this moment.
  func hasNow(_ share: NodeResources) -> Bool { fits(share, steps[0]) }

  /// True if a share can be taken in one step.
  private func fits(_ share: NodeResources, _ step: Step) -> Bool {
    if share.fits(in: step.free) { return true }
    guard share.gpuThousandths > 0, let cut else { return false }
    return cut.holds(share, beside: step.load, free: step.free)
  }

  /// True if a share is free throughout `begin..<end`.
  func has(_ share: NodeResources, from begin: Int64, until end: Int64) -> Bool {
    var position = index(at: begin)
    repeat {
      guard fits(share, steps[position]) else { return false }
      position += 1
    } while position < steps.count && steps[position].begin < end
    return true
  }

  /// The least of each resource that is free at any moment of `begin..<end`; thousandths below zero
  /// where its GPUs are shared at some moment.
  func least(from begin: Int64, until end: Int64) -> NodeResources {
    var position = index(at: begin)
    var least = steps[position].free
    position += 1
    while position < steps.count, steps[position].begin < end {
      let free = steps[position].free
      least.gpus = min(least.gpus, free.gpus)
      least.cpus = min(least.cpus, free.cpus)
      least.memoryMiB = min(least.memoryMiB, free.memoryMiB)
      least.gpuThousandths = min(least.gpuThousandths, free.gpuThousandths)
      position += 1
    }
    return least
  }

  /// The step that holds at an instant, which must not lie before the first.
  private func index(at instant: Int64) -> Int {
    var low = 0
    var high = steps.count
    while high - low > 1 {
      let middle = (low + high) / 2
      if steps[middle].begin <= instant { low = middle } else { high = middle }
    }
    return low
  }

  /// The step that begins at an instant, made if it is not there.
  private mutating func split(at instant: Int64) -> Int {
    let position = index(at: instant)
    guard steps[position].begin < instant else { return position }
    let before = steps[position]
    steps.insert(Step(begin: instant, free: before.free, load: before.load), at: position + 1)
    return position + 1
  }
}
