import Domain
import Ledger
import Lifecycle
import Postgres

/// What has been taken of the caps above runs that are about to take a hold, as it stands after
/// those that were taken so far. Nobody else changes it until the transaction ends.
struct LockedCaps: Sendable {
  private var caps: [RunID: [Cap]] = [:]
  private var uses: [CapID: [Range<Instant>: CapUse]] = [:]

  init() {}

  mutating func add(_ cap: Cap, _ use: CapUse, above run: RunID) {
    caps[run, default: []].append(cap)
    if uses[cap.id]?[cap.period] == nil { uses[cap.id, default: [:]][cap.period] = use }
  }

  /// The hard cap that leaves less than an amount, the narrowest first, or nil.
  func reached(by amount: GPUTime, above run: RunID) -> PostingRefusal? {
    let hard = caps[run, default: []].filter { $0.strength == .hard }
    for cap in hard.sorted(by: { ($0.scope.breadth, $0.id) < ($1.scope.breadth, $1.id) }) {
      let use = uses[cap.id]?[cap.period] ?? CapUse()
      if use.taken + amount > cap.limit {
        return .capReached(cap.id, requested: amount, limit: cap.limit, use: use)
      }
    }
    return nil
  }

  /// What the hard caps above a run leave it; ``GPUTime/largest`` without any.
  func room(above run: RunID) -> GPUTime {
    caps[run, default: []].filter { $0.strength == .hard }.reduce(.largest) { room, cap in
      min(room, cap.limit - (uses[cap.id]?[cap.period] ?? CapUse()).taken)
    }
  }

  mutating func take(_ amount: GPUTime, above run: RunID) {
    for cap in caps[run, default: []] {
      uses[cap.id]?[cap.period]?.held += amount
    }
  }
}

extension Transaction {
  /// Locks the caps above runs, after all else. Costs nothing where there are none.
  borrowing func lockedCaps(
    above runs: [RunRecord], _ centre: Centre
  ) throws(PostgresError) -> LockedCaps {
    var locked = LockedCaps()
    guard !centre.allCapRules.isEmpty, !runs.isEmpty else { return locked }
    var caps: [Instant: [CapID: Cap]] = [:]
    for run in runs where caps[run.committed] == nil {
      caps[run.committed] = Dictionary(
        uniqueKeysWithValues: centre.caps(at: run.committed).map { ($0.id, $0) })
    }
    let rows = try query(
      .lockCaps,
      [
        .jobs(runs.map(\.id.task.job)), .textArray(runs.map(\.allocation.text)),
        .timestampArray(milliseconds: runs.map(\.committed.milliseconds)),
      ])
    for row in rows {
      let index = try row.integer("place") - 1
      guard runs.indices.contains(index),
        let cap = caps[runs[index].committed]?[try row.identifier("cap")]
      else { continue }
      locked.add(cap, try row.capUse(), above: runs[index].id)
    }
    return locked
  }
}

extension Transaction {
  /// Locks the caps above a run that stands, after all else: by who bore it when it was committed,
  /// in the period in which its hold was taken.
  borrowing func lockedCaps(
    of run: RunID, committed: Instant, _ centre: Centre
  ) throws(PostgresError) -> LockedCaps {
    var locked = LockedCaps()
    guard !centre.allCapRules.isEmpty else { return locked }
    let caps = Dictionary(uniqueKeysWithValues: centre.caps(at: committed).map { ($0.id, $0) })
    for row in try query(.lockCapsOfRun, run.key + [.instant(committed)]) {
      guard let cap = caps[try row.identifier("cap")] else { continue }
      locked.add(cap, try row.capUse(), above: run)
    }
    return locked
  }
}

extension Transaction {
  /// What was taken of caps in the periods that an instant is in.
  borrowing func capUses(at now: Instant) throws(PostgresError) -> [CapID: CapUse] {
    var uses: [CapID: CapUse] = [:]
    for row in try query(.capUses, [.instant(now)]) {
      uses[try row.identifier("cap")] = try row.capUse()
    }
    return uses
  }
}

extension Row {
  func capUse() throws(PostgresError) -> CapUse {
    CapUse(used: try amount("used_gpu_ms"), held: try amount("held_gpu_ms"))
  }
}
