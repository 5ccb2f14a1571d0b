import Scheduling

/// The rules of `Backfill` as they stand, on a capacity: the queue is gone through after every
/// event, and under conservative backfill all that wait are lifted out and put back after every
/// end. What is made for speed is held against it.
struct PlainBackfill: Backfill {
  let policy: PlanningPolicy
  private var capacity: Capacity

  // By number of task.
  private var shape: ContiguousArray<Int> = []
  private var span: ContiguousArray<Int64> = []
  /// Where it lies or is to lie; `Int64.max` while it has no slot.
  private var begin: ContiguousArray<Int64> = []

  /// The numbers of those that wait, in order of arrival.
  private var queue: ContiguousArray<Int> = []
  private(set) var started: ContiguousArray<Int> = []
  private(set) var nextStart = Int64.max
  /// EASY: the slot of the head, laid down in the capacity.
  private var reserved: (task: Int, from: Int64, until: Int64)?
  /// Conservative: something was given back since all that wait were put back the last time, or
  /// somebody was moved then.
  private var hasRoom = false
  /// Conservative: something ended since the last step.
  private var toImprove = false

  init(_ policy: PlanningPolicy, processors: Int, from now: Int64) {
    self.policy = policy
    capacity = Capacity(processors: processors, from: now)
  }

  var waitingCount: Int { queue.count }

  mutating func submit(_ amount: Int64, span: Int64, at now: Int64) -> Int {
    let part = Capacity.Part(lane: 0, needs: amount, takes: amount)
    let shape = capacity.addShape(on: 0, [part])
    let task = self.shape.count
    self.shape.append(shape)
    self.span.append(span)
    begin.append(.max)
    if policy == .conservative {
      settle(task, notBefore: now)
      if begin[task] < .max { queue.append(task) }
    } else if capacity.earliest(shape, span: span, notBefore: now) < .max {
      queue.append(task)
    }
    return task
  }

  mutating func end(_ task: Int, at now: Int64) {
    let limit = begin[task] + span[task]
    if now < limit {
      capacity.give(shape[task], from: now, until: limit)
      hasRoom = true
    }
    toImprove = policy == .conservative
  }

  mutating func step(at now: Int64) {
    started.removeAll(keepingCapacity: true)
    capacity.forget(before: now)
    switch policy {
    case .fcfs: startInOrder(at: now)
    case .easy:
      if let old = reserved {
        capacity.give(shape[old.task], from: old.from, until: old.until)
        reserved = nil
      }
      startInOrder(at: now)
      backfillBehindHead(at: now)
    case .conservative:
      if toImprove { improve(at: now) }
      startDue(at: now)
    }
  }

  // MARK: FCFS and EASY

  /// Starts from the head of the queue while it fits.
  private mutating func startInOrder(at now: Int64) {
    var taken = 0
    while taken < queue.count {
      let task = queue[taken]
      guard capacity.has(shape[task], from: now, span: span[task]) else { break }
      start(task, at: now)
      taken += 1
    }
    queue.removeSubrange(..<taken)
    nextStart = .max
    guard let head = queue.first else { return }
    nextStart = capacity.earliest(shape[head], span: span[head], notBefore: now)
  }

  private mutating func backfillBehindHead(at now: Int64) {
    guard queue.count > 1, let head = queue.first else { return }
    let until = nextStart + span[head]
    capacity.take(shape[head], from: nextStart, until: until)
    reserved = (head, nextStart, until)
    var kept = 1
    for index in 1..<queue.count {
      let task = queue[index]
      if capacity.hasNow(shape[task], at: now),
        capacity.has(shape[task], from: now, span: span[task])
      {
        start(task, at: now)
      } else {
        queue[kept] = task
        kept += 1
      }
    }
    queue.removeSubrange(kept...)
  }

  private mutating func start(_ task: Int, at now: Int64) {
    begin[task] = now
    capacity.take(shape[task], from: now, until: now + span[task])
    started.append(task)
  }

  // MARK: Conservative

  /// Gives a task its earliest slot.
  private mutating func settle(_ task: Int, notBefore floor: Int64) {
    let slot = capacity.earliest(shape[task], span: span[task], notBefore: floor)
    begin[task] = slot
    guard slot < .max else { return }
    capacity.take(shape[task], from: slot, until: slot + span[task])
  }

  /// Lifts out all that wait and puts them back, one by one.
  ///
  /// Where nobody was moved the last time and nothing was given back since, nobody can move now.
  private mutating func improve(at now: Int64) {
    toImprove = false
    guard hasRoom else { return }
    hasRoom = false
    for task in queue where begin[task] > now {
      let old = begin[task]
      capacity.give(shape[task], from: old, until: old + span[task])
      settle(task, notBefore: now)
      if begin[task] != old { hasRoom = true }
    }
  }

  private mutating func startDue(at now: Int64) {
    var kept = 0
    nextStart = .max
    for index in queue.indices {
      let task = queue[index]
      if begin[task] <= now {
        started.append(task)
      } else {
        nextStart = min(nextStart, begin[task])
        queue[kept] = task
        kept += 1
      }
    }
    queue.removeSubrange(kept...)
  }
}
