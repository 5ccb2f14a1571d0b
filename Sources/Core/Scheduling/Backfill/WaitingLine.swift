/// Those that wait, in order of arrival, and which of them is the first that fits.
///
/// The simple semantics: a list that is gone through from some place on. The code differs for
/// speed: a binary tree over the places knows the least amount and the least span below each node,
/// so that whole stretches in which nobody can fit are passed over. An arrival or a departure costs
/// the height of the tree; places are given out one after the other, and the line is drawn up anew
/// when they are used up.
struct WaitingLine: Sendable {
  /// What one who overtakes has to fit in.
  struct Room {
    /// Free now.
    var free: Int64
    /// Free also once the head has started.
    var extra: Int64
    /// How long it is until then.
    let window: Int64
  }

  private struct Node: Equatable {
    var amount = Int64.max
    var span = Int64.max

    /// Of a leaf: it fits. Of another node: somebody below may fit.
    func fits(_ room: Room) -> Bool {
      amount <= room.free && (span <= room.window || amount <= room.extra)
    }
  }

  /// The root at 1, the children of `n` at `2n` and `2n + 1`, the leaves from ``width`` on.
  private var nodes = ContiguousArray(repeating: Node(), count: 2 * 64)
  /// By place; −1 where nobody stands any more.
  private var tasks = ContiguousArray<Int>()
  /// How many places there are: a power of two.
  private var width = 64
  /// Nobody stands before it.
  private var front = 0
  private(set) var count = 0

  /// The place of the first; nil if nobody waits.
  var head: Int? { count > 0 ? front : nil }

  /// The least amount that anybody asks for; `Int64.max` if nobody waits.
  var leastAmount: Int64 { nodes[1].amount }

  /// The task at a place that is taken.
  func task(at place: Int) -> Int { tasks[place] }

  /// A task joins at the end.
  mutating func append(_ task: Int, _ amount: Int64, span: Int64) {
    if tasks.count == width { drawUp() }
    set(Node(amount: amount, span: span), at: tasks.count)
    tasks.append(task)
    count += 1
  }

  /// The task at a place leaves; the places of the others stay.
  mutating func remove(at place: Int) {
    set(Node(), at: place)
    tasks[place] = -1
    count -= 1
    while front < tasks.count, tasks[front] < 0 { front += 1 }
  }

  /// The first place from one on whose task fits.
  func first(from place: Int, in room: Room) -> Int? {
    guard place < tasks.count else { return nil }
    var node = width + place
    while true {
      if nodes[node].fits(room) {
        if node >= width { return node - width }
        node *= 2
      } else {
        // The next one to the right that is not below a node seen already.
        while node & 1 == 1 { node >>= 1 }
        guard node > 0 else { return nil }
        node += 1
      }
    }
  }

  private mutating func set(_ leaf: Node, at place: Int) {
    var at = width + place
    nodes[at] = leaf
    while at > 1 {
      at >>= 1
      let (left, right) = (nodes[2 * at], nodes[2 * at + 1])
      let both = Node(
        amount: min(left.amount, right.amount), span: min(left.span, right.span))
      if nodes[at] == both { return }
      nodes[at] = both
    }
  }

  /// Closes the gaps, and makes as many free places as are taken.
  private mutating func drawUp() {
    var kept = ContiguousArray<(task: Int, node: Node)>()
    kept.reserveCapacity(count)
    for place in front..<tasks.count where tasks[place] >= 0 {
      kept.append((tasks[place], nodes[width + place]))
    }
    while width > 64, width >= 4 * kept.count { width /= 2 }
    while width < 2 * kept.count { width *= 2 }
    nodes = ContiguousArray(repeating: Node(), count: 2 * width)
    tasks.removeAll(keepingCapacity: true)
    front = 0
    for (task, node) in kept {
      set(node, at: tasks.count)
      tasks.append(task)
    }
  }
}
