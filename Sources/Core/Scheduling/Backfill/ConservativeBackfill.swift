/// Conservative backfill: everybody who waits has a slot.
///
/// The rule lifts everybody out and puts him back after each end. The code differs for speed, and
/// moves only those who move: with a task lifted out, its own slot is free for its whole span, so
/// whatever is looked for before it has to be free only up to there. Who finds nothing earlier is
/// not touched, and nobody looks for whom no room has opened (``Openings``). Where nobody was moved
/// the last time and nothing was given back since, nobody can move.
package struct ConservativeBackfill: Backfill {
  private struct Slot {
    let task: Int
    let amount: Int64
    let span: Int64
    let bucket: Int
    var begin: Int64
  }

  private var profile: Profile
  /// What is added to the profile is a multiple of it.
  private let one: ArraySlice<Int64> = [1]
  /// Of those that wait, in order of arrival.
  private var slots: ContiguousArray<Slot> = []
  private var openings = Openings()
  package private(set) var started: ContiguousArray<Int> = []
  package private(set) var nextStart = Int64.max
  /// Something was given back since all that wait were looked at the last time, or somebody was
  /// moved then.
  private var hasRoom = false
  /// Something ended since the last step.
  private var toImprove = false

  // By number of task.
  private var amounts: ContiguousArray<Int64> = []
  /// When it is to end at the latest, once it has started.
  private var limits: ContiguousArray<Int64> = []

  /// A machine of so many processors, all free from `now` on.
  package init(processors: Int64, from now: Int64) {
    profile = Profile(from: now, values: [processors])
  }

  package var waitingCount: Int { slots.count }

  package mutating func submit(_ amount: Int64, span: Int64, at now: Int64) -> Int {
    let task = amounts.count
    amounts.append(amount)
    limits.append(.max)
    let begin = profile.earliest(amount, of: 0, span: span, notBefore: now)
    guard begin < .max else { return task }
    add(-amount, from: begin, until: begin + span)
    slots.append(
      Slot(
        task: task, amount: amount, span: span, bucket: Openings.bucket(amount), begin: begin))
    nextStart = min(nextStart, begin)
    return task
  }

  package mutating func end(_ task: Int, at now: Int64) {
    if now < limits[task] {
      let amount = amounts[task]
      add(amount, from: now, until: limits[task])
      profile.forEachPart(of: 0, from: now, until: limits[task]) { part, free in
        openings.note(part, from: free - amount, to: free)
      }
      hasRoom = true
    }
    toImprove = true
  }

  package mutating func step(at now: Int64) {
    started.removeAll(keepingCapacity: true)
    profile.forget(before: now)
    if toImprove, hasRoom { improve(at: now) }
    toImprove = false
    if nextStart <= now { startDue(at: now) }
  }

  /// Moves everybody, in order, to the earliest slot.
  private mutating func improve(at now: Int64) {
    hasRoom = false
    nextStart = .max
    for index in slots.indices {
      let old = slots[index]
      if old.begin > now,
        let opened = openings.opened(for: old.task, bucket: old.bucket, before: old.begin)
      {
        // What does not reach into it was not free before, and is not now.
        let begin = profile.earliest(
          old.amount, of: 0, span: old.span,
          notBefore: max(now, opened.lowerBound - old.span + 1),
          notAfter: opened.upperBound - 1, freeFrom: old.begin)
        if begin < old.begin { move(index, to: begin) }
      }
      nextStart = min(nextStart, slots[index].begin)
    }
    openings.turn()
  }

  /// Takes a slot's new stretch and gives back the old one, but for what they share.
  private mutating func move(_ index: Int, to begin: Int64) {
    let slot = slots[index]
    let (end, oldEnd) = (begin + slot.span, slot.begin + slot.span)
    let given = max(end, slot.begin)
    slots[index].begin = begin
    add(-slot.amount, from: begin, until: min(end, slot.begin))
    add(slot.amount, from: given, until: oldEnd)
    profile.forEachPart(of: 0, from: given, until: oldEnd) { part, free in
      openings.note(part, from: free - slot.amount, to: free, by: slot.task)
    }
    hasRoom = true
  }

  private mutating func startDue(at now: Int64) {
    var kept = 0
    nextStart = .max
    for index in slots.indices {
      let slot = slots[index]
      if slot.begin <= now {
        limits[slot.task] = slot.begin + slot.span
        started.append(slot.task)
      } else {
        nextStart = min(nextStart, slot.begin)
        slots[kept] = slot
        kept += 1
      }
    }
    slots.removeSubrange(kept...)
  }

  private mutating func add(_ amount: Int64, from: Int64, until: Int64) {
    profile.add(one, times: amount, from: from, until: until)
  }
}
