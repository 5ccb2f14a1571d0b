/// FCFS and EASY: of all that wait, only the head of the queue may be promised anything.
///
/// Nothing but what runs lies in the future then, so what is free only grows with time, and three
/// numbers say it all: what is free now; when enough is free for the head (*shadow*); and what is
/// free then beside the head (*extra*). A task overtakes if it fits now and either ends by the
/// shadow or fits in the extra. The first in order that does is found by ``WaitingLine``, and the
/// shadow by ``PlannedEnds``: a step costs some logarithms for each task that starts, and next to
/// nothing if none does.
package struct HeadBackfill: Backfill {
  /// True for EASY, false for FCFS.
  private let overtakes: Bool
  private let total: Int64
  /// What is free now, what has reached its limit included.
  private var free: Int64
  private var ends = PlannedEnds()
  private var line = WaitingLine()
  package private(set) var started: ContiguousArray<Int> = []

  // By number of task.
  private var amounts: ContiguousArray<Int64> = []
  /// When it is to end at the latest, once it has started; before that its span.
  private var limits: ContiguousArray<Int64> = []

  /// A machine of so many processors, all free.
  ///
  /// - Parameter overtakes: true for EASY, false for FCFS.
  package init(processors: Int64, overtakes: Bool) {
    self.overtakes = overtakes
    total = processors
    free = processors
  }

  package var waitingCount: Int { line.count }

  package var nextStart: Int64 {
    guard let head = line.head else { return .max }
    return ends.reaching(amounts[line.task(at: head)] - free)?.time ?? .max
  }

  package mutating func submit(_ amount: Int64, span: Int64, at now: Int64) -> Int {
    let task = amounts.count
    amounts.append(amount)
    limits.append(span)
    if amount <= total { line.append(task, amount, span: span) }
    return task
  }

  package mutating func end(_ task: Int, at now: Int64) {
    guard now < limits[task] else { return }
    ends.remove(amounts[task], at: limits[task])
    free += amounts[task]
  }

  package mutating func step(at now: Int64) {
    started.removeAll(keepingCapacity: true)
    free += ends.forget(upTo: now)
    while let head = line.head, amounts[line.task(at: head)] <= free { start(head, at: now) }
    if overtakes { overtake(at: now) }
  }

  private mutating func overtake(at now: Int64) {
    guard let head = line.head, line.leastAmount <= free else { return }
    let wanted = amounts[line.task(at: head)]
    guard let shadow = ends.reaching(wanted - free) else { return }
    var room = WaitingLine.Room(
      free: free, extra: free + shadow.amount - wanted, window: shadow.time - now)
    var place = head + 1
    while let next = line.first(from: place, in: room) {
      let task = line.task(at: next)
      if limits[task] > room.window { room.extra -= amounts[task] }
      start(next, at: now)
      room.free = free
      place = next + 1
    }
  }

  private mutating func start(_ place: Int, at now: Int64) {
    let task = line.task(at: place)
    line.remove(at: place)
    limits[task] += now
    free -= amounts[task]
    ends.insert(amounts[task], at: limits[task])
    started.append(task)
  }
}
