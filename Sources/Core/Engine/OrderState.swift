package import Domain
package import Ledger
package import Lifecycle
package import Scheduling

/// By which rule waiting tasks are put in order, and the use that the rule looks at.
package struct OrderState: Hashable, Sendable {
  /// Nil for first come, first served by id, which looks at no use.
  package let policy: PriorityPolicy?
  /// The shares in the tree; nil for what the centre's description says.
  package let weights: ShareWeights?
  /// Which planned starts are promises: ``OrderRule/promiseAhead``.
  package let promiseAhead: Seconds?
  /// What ended runs have used. What runs use that are under way is counted when it is asked for.
  package var usage: UsageRecord

  /// First come, first served.
  package static let firstCome = OrderState(policy: nil)

  package init(
    policy: PriorityPolicy?, weights: ShareWeights? = nil, promiseAhead: Seconds? = nil
  ) {
    self.policy = policy
    self.weights = weights
    self.promiseAhead = promiseAhead
    usage = UsageRecord()
  }

  /// The same use, in order by another policy.
  func with(_ policy: PriorityPolicy?, _ promiseAhead: Seconds?) -> OrderState {
    var other = OrderState(policy: policy, weights: weights, promiseAhead: promiseAhead)
    other.usage = usage
    return other
  }

  /// The order that a centre describes, with what was used.
  package init(_ rule: OrderRule, usage: UsageRecord = UsageRecord()) {
    self.init(policy: rule.policy, promiseAhead: rule.promiseAhead)
    self.usage = usage
  }

  /// The order by a policy, with what entries of the ledger say was used.
  ///
  /// - Parameter requests: of the jobs that the entries are about; use of others is nobody's.
  package init(
    policy: PriorityPolicy, weights: ShareWeights? = nil, entries: some Collection<Entry>,
    requests: [JobID: JobRequest], centre: Centre
  ) {
    self.init(policy: policy, weights: weights)
    usage.add(entries) { entry in
      entry.run.flatMap { requests[$0.task.job] }
        .flatMap { centre.bearer(of: $0, allocation: entry.allocation) }.map { UsageLeaf($0) }
    }
  }
}

extension EngineState {
  /// Whose use a run is; nil if it names what the centre has not.
  package func leaf(of run: RunRecord) -> UsageLeaf? {
    jobs[run.id.task.job].flatMap { centre.bearer(of: $0.request, allocation: run.allocation) }
      .map { UsageLeaf($0) }
  }

  /// Whose use a waiting request will be: of the allocation that it holds from if it starts now, else
  /// of the last that it may ever hold from.
  package func leaf(of request: JobRequest, now: Instant) -> UsageLeaf? {
    let allocations = Cycle.candidates(for: request, centre)
    guard let allocation = allocations.first(where: { $0.isOpen(at: now) }) ?? allocations.last
    else { return nil }
    return centre.bearer(of: request, allocation: allocation.id).map { UsageLeaf($0) }
  }

  /// What a run that has not ended counts as used: its weight for the time that it has run, and from
  /// its start on no less than the entry charge. It does not fade before the run ends.
  func useUnderWay(of run: RunRecord, _ policy: PriorityPolicy, now: Instant) -> GPUTime {
    let span = run.started.map { min(max(now.seconds(since: $0), .zero), run.reach) } ?? .zero
    let entry = run.hold?.portion(basisPoints: policy.entryChargeBasisPoints) ?? .zero
    return max(run.weight * span, entry)
  }

  /// Counts what a run used that has just ended, and was not given back.
  mutating func countUse(_ used: GPUTime, of leaf: UsageLeaf?, at end: Instant) {
    guard order.policy != nil, let leaf, used > .zero else { return }
    order.usage.add(used, of: leaf, at: end)
  }
}
