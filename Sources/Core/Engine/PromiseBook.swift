package import Domain
import Lifecycle
package import Scheduling

/// A start that is promised, and the first that was.
package struct KeptPromise: Hashable, Sendable {
  package let slot: PlannedReservation
  /// The earliest start that its task was promised since it waits.
  package let first: Instant

  package init(slot: PlannedReservation, first: Instant) {
    self.slot = slot
    self.first = first
  }
}

/// What was promised to tasks that wait, from round to round, and how late they are.
///
/// A start is late once it is ``punctual`` after the first that was promised: what a round or the
/// clock of Slurm moves by is less. It is told then, and again each time that the delay has doubled,
/// so that a node which hangs for an hour makes a few records and not one for each round.
package struct PromiseBook: Sendable {
  fileprivate struct Entry {
    /// What the next plan keeps; nil once it is promised no more.
    var slot: PlannedReservation?
    var first: Instant
    /// How late it was when that was told last, in seconds; `Int64.max` if no start was known.
    var told: Int64 = 0
    /// What broke its promise last.
    var cause: LateCause?
  }

  private var entries: [TaskID: Entry] = [:]

  /// How late a start may be that counts as kept.
  package static let punctual = Seconds(60)

  package init(_ kept: [KeptPromise] = []) {
    for promise in kept {
      entries[promise.slot.task] = Entry(slot: promise.slot, first: promise.first)
    }
  }

  /// In order of tasks.
  package var kept: [KeptPromise] {
    entries.values.compactMap { entry in
      entry.slot.map { KeptPromise(slot: $0, first: entry.first) }
    }.sorted { $0.slot.task < $1.slot.task }
  }

  package var slots: [PlannedReservation] { kept.map(\.slot) }

  /// Takes what a round planned; which promises are found late by it, in order of tasks.
  ///
  /// - Parameter state: with all that was committed since: a start that was due and did not come to
  ///   be committed stays promised.
  package mutating func follow(
    _ result: CycleResult, _ state: EngineState, now: Instant
  ) -> [LateStart] {
    var late: [LateStart] = []
    let slots = Dictionary(result.promises.map { ($0.task, $0) }) { first, _ in first }
    let outcomes = entries.isEmpty ? [:] : outcomes(of: result)
    for (task, old) in entries.sorted(by: { $0.key < $1.key }) {
      var entry = old
      switch state.tasks[task]?.state {
      case .ended, nil: entries[task] = nil
      case .starting(let run), .running(let run):
        let begin = state.runs[run]?.committed ?? now
        late += entry.tell(task, begin, otherwise: .away, now: now)
        entries[task] = nil
      case .waiting:
        switch outcomes[task] {
        case nil: break  // No round looked at it.
        case .due: late += entry.tell(task, now, otherwise: .away, now: now)
        case .waits(let expected):
          entry.cause = result.broken[task] ?? entry.cause
          entry.slot = slots[task]
          late += entry.tell(
            task, expected, otherwise: entry.slot == nil ? .policy : .unknown, now: now)
        }
        entries[task] = entry
      }
    }
    for slot in result.promises {
      var entry = entries[slot.task] ?? Entry(slot: slot, first: slot.start)
      entry.slot = slot
      entry.first = min(entry.first, slot.start)
      entries[slot.task] = entry
    }
    return late
  }

  private enum Outcome {
    case due
    case waits(Instant?)
  }

  private func outcomes(of result: CycleResult) -> [TaskID: Outcome] {
    var outcomes: [TaskID: Outcome] = [:]
    for decision in result.decisions {
      switch decision {
      case .wait(let task, _, let expected) where entries[task] != nil:
        outcomes[task] = .waits(expected)
      case .start(let run) where entries[run.id.task] != nil: outcomes[run.id.task] = .due
      default: break
      }
    }
    return outcomes
  }
}

extension PromiseBook.Entry {
  /// That it is late, if that is worth telling.
  fileprivate mutating func tell(
    _ task: TaskID, _ expected: Instant?, otherwise: LateCause.Kind, now: Instant
  ) -> [LateStart] {
    let delay = expected.map { ($0.milliseconds - first.milliseconds) / 1000 } ?? .max
    guard delay > PromiseBook.punctual.count, delay / 2 >= told, told < .max else { return [] }
    told = delay
    return [
      LateStart(
        task: task, promised: first, expected: expected, cause: cause ?? LateCause(otherwise),
        at: now)
    ]
  }
}
