import Domain
import Scheduling
import Testing

/// Priorities as sums of explained integers.
@Suite("priority")
struct PriorityTests {
  private let now = Instant(seconds: 1_795_000_000)

  private func scale(_ policy: PriorityPolicy, usage: [String: Int64] = [:]) -> PriorityScale {
    PriorityScale(
      policy: policy, tree: FairTree(Leaves.usage(usage), ShareWeights()),
      entitlements: Entitlement.all([
        Entitlement.Standing(
          funder: SmallSite.name("f", FunderID.self), basisPoints: 6000, delivered: .hours(50),
          hasDemand: true),
        Entitlement.Standing(
          funder: SmallSite.name("g", FunderID.self), basisPoints: 4000, delivered: .hours(50),
          hasDemand: true),
      ]), machineWeight: Weight(wholeGPUs: 16), now: now)
  }

  private func request(_ path: String = "f/p/a/anna", waited hours: Int64 = 0) -> OrderedRequest {
    OrderedRequest(
      leaf: Leaves.leaf(path), partition: SmallSite.gpu, gpuWeight: Weight(wholeGPUs: 4),
      waitsSince: now - .hours(hours))
  }

  @Test("every factor is told with its weight, and the products sum to the priority")
  func explained() {
    var policy = PriorityPolicy.shared
    policy.partitions = [SmallSite.gpu: 100_000]
    var asked = request(waited: 36)
    asked.qosPriority = 500_000
    asked.nice = 100
    let scale = scale(policy, usage: ["f/p/a/anna": 10, "f/p/a/arie": 0, "g/p/b/bea": 90])
    let explanation = scale.explanation(of: asked)
    #expect(
      explanation.terms.map { "\($0.factor.rawValue) \($0.value) × \($0.weight)" } == [
        "QOS 500000 × 10000", "fair share 666666 × 10000", "entitlement 100000 × 20000",
        "age 1500000 × 1000", "size 250000 × 1000", "partition 100000 × 1000",
        "nice -10000 × 1000",
      ])
    let products = explanation.terms.map(\.product)
    #expect(explanation.priority == products.reduce(0, +))
    #expect(explanation.priority == 15_506_660_000 && scale.priority(of: asked) == 15_506_660_000)
    #expect(explanation.place?.rank == 2 && explanation.entitlement?.behindBasisPoints == 1000)
  }

  @Test("what has no place in the tree, no class and no GPU counts nothing for it")
  func neutral() {
    var asked = request()
    asked.leaf = nil
    asked.gpuWeight = .zero
    #expect(scale(.shared).explanation(of: asked).priority == 0)
  }

  @Test("with age alone, who waits longer comes first")
  func firstCome() {
    let scale = scale(.firstCome, usage: ["f/p/a/anna": 1, "g/p/b/bea": 1])
    let early = scale.explanation(of: request("f/p/a/anna", waited: 2)).priority
    let late = scale.explanation(of: request("g/p/b/bea", waited: 1)).priority
    #expect(early > late)
  }

  @Test("the largest weights and ages do not overflow")
  func bounds() {
    var weights = PriorityPolicy.Weights()
    weights.qos = .max
    weights.fairShare = .max
    weights.entitlement = .max
    weights.age = .max
    weights.size = .max
    weights.partition = .max
    weights.nice = .min
    var policy = PriorityPolicy(weights: weights, agePeriod: .zero)
    policy.partitions = [SmallSite.gpu: .max]
    var asked = request(waited: 24 * 366 * 500)
    asked.qosPriority = .max
    asked.gpuWeight = Weight(thousandths: .max)
    asked.nice = .max
    let explanation = scale(policy, usage: ["f/p/a/anna": 0]).explanation(of: asked)
    #expect(explanation.priority > 1_000_000_000_000_000_000)
    #expect(policy.agePeriod == .minutes(1))
  }

  @Test("nobody is behind what begins to wait later than the horizon", arguments: 1...300)
  func horizon(seed: Int) throws {
    var random = SplitMix64(seed: UInt64(seed))
    var weights = PriorityPolicy.Weights()
    weights.qos = Int64(random.pick(-9...9))
    weights.fairShare = Int64(random.pick(-9...9))
    weights.entitlement = Int64(random.pick(-9...9))
    weights.age = Int64(random.pick(1...9))
    weights.size = Int64(random.pick(-9...9))
    weights.nice = Int64(random.pick(-9...9))
    let policy = PriorityPolicy(weights: weights, agePeriod: .minutes(Int64(random.pick(1...99))))
    let horizon = try #require(policy.overtakingHorizon)
    let scale = scale(policy, usage: ["f/p/a/anna": 3, "g/p/b/bea": 1])
    func any(waited: Seconds) -> Int64 {
      var asked = request(random.oneIn(2) ? "f/p/a/anna" : "g/p/b/bea")
      asked.waitsSince = now - waited
      asked.qosPriority = random.oneIn(2) ? 1_000_000 : 0
      asked.gpuWeight = Weight(wholeGPUs: Int(random.pick(0...16)))
      asked.nice = Int64(random.pick(-10_000...10_000))
      return scale.explanation(of: asked).priority
    }
    let later = Seconds(Int64(random.pick(0...100_000)))
    #expect(any(waited: later + horizon) >= any(waited: later), "seed \(seed)")
  }

  @Test("without a weight of age there is no horizon")
  func noHorizon() {
    #expect(PriorityPolicy(weights: PriorityPolicy.Weights()).overtakingHorizon == nil)
    // 10,000 + 10,000 + 2 × 20,000 + 1000 + 1000 + 2 × 1000 over 1000 a day: 64 days.
    let seconds = (PriorityPolicy.shared.overtakingHorizon ?? .zero).count
    #expect(seconds == 64 * 86_400 + 2)
  }
}
