import Domain
import Engine
import Lifecycle
import Scheduling
import Testing

/// What funders get of a machine that is run for days by `Cycle.run`, under the policy that a centre
/// has which describes none, with lending on.
@Suite("shares of funders, through the engine")
struct FunderShareTests {
  private static let all = Set(FunderTown.funders)

  private func town(_ seed: Int, _ planning: PlanningPolicy = .conservative) -> FunderTown {
    FunderTown(seed: UInt64(seed), planning: planning, promised: 100)
  }

  @Test("thirty saturated days end within one point of 35/35/30", arguments: 1...3)
  func saturated(seed: Int) {
    var town = town(seed)
    while town.now < SmallSite.at(30 * 86_400) { town.step(demand: Self.all) }
    let sum = town.delivered.values.reduce(.zero, +).milliseconds
    let capacity = FunderTown.gpus * 30 * 86_400_000
    // All have tasks that wait, all the time; what is lost is what the ticks and odd sizes cost.
    #expect(sum * 10 >= capacity * 8, "seed \(seed): the machine was not saturated")
    for (funder, points) in FunderTown.basisPoints {
      let part = (town.delivered[funder]?.milliseconds ?? 0) * 10_000 / sum
      #expect(abs(part - points) <= 100, "seed \(seed): \(funder) got \(part) of 10,000")
    }
  }

  @Test(
    "a lender that wakes up has its share running within the longest borrowed limit",
    arguments: 1...3, [PlanningPolicy.conservative, .easy])
  func woken(seed: Int, planning: PlanningPolicy) {
    var town = town(seed, planning)
    let others = Self.all.subtracting(["region"])
    var (borrowed, ticks): (Int64, Int64) = (0, 0)
    while town.now < SmallSite.at(5 * 86_400) {
      town.step(demand: others)
      borrowed += town.occupied(by: "eurohpc") + town.occupied(by: "state")
      ticks += 1
    }
    #expect(town.occupied(by: "region") == 0)
    let own = FunderTown.gpus * 70 / 100
    #expect(borrowed > own * ticks, "seed \(seed): what was lent was not used")
    let woke = town.now
    let longest = town.longestReach
    #expect(longest <= FunderTown.longestLimit + SmallSite.policy.grace)
    var whole: Instant?
    while whole == nil, town.now < woke + longest {
      town.step(demand: Self.all)
      let enough = FunderTown.gpus * (FunderTown.basisPoints["region"] ?? 0)
      if town.occupied(by: "region") * 10_000 >= enough { whole = town.now }
    }
    #expect(whole != nil, "seed \(seed): of \(longest) after it woke it has not its share")
  }

  @Test("after it woke a lender's part of what is delivered comes first until it is whole")
  func afterwards() {
    var town = town(1)
    let others = Self.all.subtracting(["region"])
    while town.now < SmallSite.at(5 * 86_400) { town.step(demand: others) }
    let before = town.delivered
    #expect(before["region"] == nil)
    while town.now < SmallSite.at(12 * 86_400) { town.step(demand: Self.all) }
    let gained = town.delivered.mapValues(\.milliseconds).merging(
      before.mapValues { -$0.milliseconds }, uniquingKeysWith: +)
    let part = (gained["region"] ?? 0) * 10_000 / gained.values.reduce(0, +)
    #expect(part >= 3000, "it got \(part) of 10,000 of what was delivered since")
  }
}
