package import Domain

/// A plan that is kept, to say at once what starts where a run ends.
///
/// A full plan of a long queue takes long; what one run leaves concerns few. So the slots that the
/// plan gave stay laid down, and each task, in order, is asked only this: with its own slot lifted
/// out and those of all others where they are, does it fit now for its whole span? Who does starts.
/// So a start that is decided here delays no promise and, on counts, no estimate; but nobody is
/// moved to an earlier slot that is not now, nor is money that the run gave back counted on, nor
/// are limits made shorter. That is for the next full plan, which is to follow and replaces this.
package struct StandingPlan: Sendable {
  package let plan: Plan
  /// How it came to be; nil under a policy that keeps no account of that.
  package let record: PlanRecord?
  /// Nil under a policy whose order leaves nobody to start before the next plan.
  private var counted: CountedPass?
  private let tiers: PlanningPass.Tiers
  /// When it was made.
  private let made: Instant

  /// A plan that answers nothing.
  init(_ plan: Plan, made: Instant) {
    self.plan = plan
    self.made = made
    record = nil
    counted = nil
    tiers = PlanningPass.Tiers()
  }

  init(
    _ counted: consuming CountedPass, _ tiers: PlanningPass.Tiers, _ record: PlanRecord
  ) {
    var counted = counted
    self.record = record
    made = counted.pass.problem.now
    plan = counted.pass.plan
    counted.pass.forgetDecisions()
    self.tiers = tiers
    self.counted = counted
  }

  /// A task that starts.
  package struct Start: Sendable {
    /// As it was planned.
    package let candidate: Candidate
    package let outcome: PlannedTask.Outcome
  }

  /// Runs have ended: who starts at once, in order of the queue.
  ///
  /// - Parameters:
  ///   - runs: of those that did not run when the plan was made nothing is known here.
  ///   - now: not before the plan was made, nor before what was asked last.
  /// - Complexity: a look at each waiting task, and a search for those that fit on what is left.
  package mutating func ended(_ runs: [RunID], at now: Instant) -> [Start] {
    guard var pass = counted.take() else { return [] }
    defer { counted = pass }
    pass.advance(to: now)
    let positions = Array(
      Set(runs.flatMap { pass.release($0, made: made) ?? [] })
    ).sorted()
    guard !positions.isEmpty else { return [] }
    var hole = Hole(positions, pass)
    var started: [Start] = []
    var exact = tiers.exact[...]
    for (index, rank) in tiers.counted.enumerated() {
      while let first = exact.first, first < rank {
        exact.removeFirst()
        if pass.startExact(first, in: positions) { note(first) }
      }
      guard !hole.isFull else { break }
      guard hole.mayTake(index, pass) else { continue }
      switch pass.startLaid(index, rank) {
      case .started: note(rank)
      case .noRoom: hole.failed(index, pass)
      case .kept: break
      }
    }
    for rank in exact where pass.startExact(rank, in: positions) { note(rank) }
    return started

    func note(_ rank: Int) {
      guard let outcome = pass.pass.decision(rank) else { return }
      started.append(Start(candidate: pass.pass.queue[rank], outcome: outcome))
      hole = Hole(positions, pass, keeping: hole)
    }
  }
}

/// Which kinds of tasks could use what is free now on some nodes.
private struct Hole {
  /// Of each kind: the shortest span that found no room, `Int64.max` if none was tried, 0 if it
  /// does not fit on any of the nodes.
  private var shortest: ContiguousArray<Int64>
  private(set) var isFull = true

  init(_ positions: [Int], _ pass: CountedPass, keeping old: Hole? = nil) {
    let free = positions.map { position in
      (pool: pass.kinds.pools.ofNode[position], free: pass.pass.availability.freeNow(on: position))
    }
    shortest = ContiguousArray(repeating: 0, count: pass.kinds.all.count)
    for (number, kind) in pass.kinds.all.enumerated() {
      let fits = pass.kinds.places[kind.places].contains { place in
        free.contains { $0.pool == place.pool && place.share.fits(in: $0.free) }
      }
      guard fits else { continue }
      shortest[number] = old?.shortest[number] ?? .max
      if shortest[number] > 0 { isFull = false }
    }
  }

  func mayTake(_ index: Int, _ pass: CountedPass) -> Bool {
    pass.laid[index].isLaid && pass.laid[index].span < shortest[pass.kinds.kind[index]]
  }

  /// Whoever asks for the same for as long or longer need not be tried: nothing was given back
  /// meanwhile but slots of those that start.
  mutating func failed(_ index: Int, _ pass: CountedPass) {
    shortest[pass.kinds.kind[index]] = pass.laid[index].span
  }
}
