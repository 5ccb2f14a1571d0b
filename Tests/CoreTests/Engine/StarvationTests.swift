import Domain
import Engine
import Ledger
import Lifecycle
import Scheduling
import Testing

/// A job of all nodes in an endless stream of small ones that are all preferred to it.
@Suite("starvation")
struct StarvationTests {
  private let site = SmallSite.self
  private let big = TaskID(job: JobID(number: 1), index: nil)

  private func policy(age: Int64) -> PriorityPolicy {
    var weights = PriorityPolicy.Weights()
    weights.fairShare = 10
    weights.age = age
    return PriorityPolicy(weights: weights, agePeriod: .minutes(1))
  }

  @Test("with a weight of age the whole machine is had within the bound of docs/priority.md")
  func bounded() throws {
    let policy = policy(age: 1)
    let horizon = try #require(policy.overtakingHorizon).count
    let longest: Int64 = 110
    // Of those that come before the horizon, a job every 20 s; and the job itself.
    let bound = horizon + (horizon / 20 + 2) * longest
    let start = try #require(secondOfStart(policy, until: bound))
    #expect(start <= bound)
    #expect(start > 300, "it was overtaken for long: \(start)")
  }

  @Test("without one it is overtaken for as long as the stream lasts")
  func unbounded() {
    #expect(secondOfStart(policy(age: 0), until: 2000) == nil)
  }

  /// When anna's job of four nodes starts, while bea submits jobs of one node for 100 s, one every
  /// 20 s: five nodes' worth for four. Anna has used much, and bea's use fades within a second.
  private func secondOfStart(_ policy: PriorityPolicy, until last: Int64) -> Int64? {
    var policy = policy
    policy.halfLife = Seconds(1)
    policy.entryChargeBasisPoints = 0
    var state = OrderTown.with(policy)
    for id in state.balances.keys { state.balances[id] = Balance(granted: .hours(10_000)) }
    // A funder without shares in the tree is last, whatever the others use.
    state.order = OrderState(
      policy: policy, weights: ShareWeights(funders: [OrderTown.union: 0]))
    state = state.with(OrderTown.job(1, of: OrderTown.anna, nodes: 4, at: 0))
    for number in 2...8 {
      state = state.with(OrderTown.job(Int64(number), of: OrderTown.bea, nodes: 1, at: 0))
    }
    var next: Int64 = 9
    for second in stride(from: Int64(0), through: last, by: 20) {
      for run in state.runs.values.sorted(by: { $0.id < $1.id }) {
        guard let start = run.started, start + Seconds(100) <= site.at(second) else { continue }
        let end = RunEnd(
          start: start, end: site.at(second), outcome: .completed, exitCode: 0, signal: 0,
          used: run.weight * Seconds(100), refund: nil, requeued: false)
        state.apply(.ended(run.id, end))
      }
      state = state.with(OrderTown.job(next, of: OrderTown.bea, nodes: 1, at: second))
      next += 1
      let (after, started) = state.cycled(now: site.at(second))
      state = after
      for run in started { state = state.started(run, at: site.at(second)) }
      if state.tasks[big]?.state != .waiting { return second }
    }
    return nil
  }
}
