import Domain
import Testing

/// What a node's share weighs, and what GPU time is worth.
@Suite struct RatesTests {
  /// A share, the type of its node's GPUs, what it weighs and by which part.
  private static let table: [(NodeResources, String?, Int64, WeightParts.Part)] = [
    (.none, "h100", 0, .gpus),
    (NodeResources(gpus: 2, cpus: 20, memoryMiB: 1024), "h100", 2000, .gpus),
    (NodeResources(gpus: 2, cpus: 20, memoryMiB: 1024), nil, 2000, .gpus),
    (NodeResources(gpus: 2, cpus: 20, memoryMiB: 1024), "b200", 4400, .gpus),
    (NodeResources(gpus: 1, cpus: 30, memoryMiB: 1024), "h100", 1500, .cpus),
    (NodeResources(gpus: 1, cpus: 30, memoryMiB: 1024), "b200", 2200, .gpus),
    (NodeResources(gpus: 1, cpus: 1, memoryMiB: 256 * 1024), "h100", 2048, .memory),
    // A MIG slice is a type of its own.
    (NodeResources(gpus: 3, cpus: 6, memoryMiB: 16 * 1024), "h100_1g.10gb", 429, .gpus),
    // The one rounding rule: a part of a thousandth counts whole.
    (NodeResources(gpus: 0, cpus: 0, memoryMiB: 1), "h100", 1, .memory),
    (NodeResources(gpus: 0, cpus: 0, memoryMiB: 129), "h100", 2, .memory),
  ]

  private let rates = Rates(
    perGPU: 1000, perCPU: 50, perGiB: 8,
    perGPUOfType: ["b200": 2200, "h100_1g.10gb": 143])

  @Test("a node's share weighs what the scarcest of its parts weighs", arguments: table)
  func weight(
    share: NodeResources, type: String?, thousandths: Int64, largest: WeightParts.Part
  ) {
    #expect(rates.weight(of: share, gpuType: type) == Weight(thousandths: thousandths))
    #expect(rates.parts(of: share, gpuType: type).largest == largest)
  }

  @Test("shares of a GPU weigh their part of it, or of what a shared GPU weighs, rounded up")
  func shares() {
    #expect(rates.weight(ofShares: 250, gpuType: "h100") == Weight(thousandths: 250))
    #expect(rates.weight(ofShares: 250, gpuType: "b200") == Weight(thousandths: 550))
    #expect(rates.weight(ofShares: 7, gpuType: "h100_1g.10gb") == Weight(thousandths: 2))
    let part = NodeResources(gpus: 1, cpus: 0, memoryMiB: 0, gpuThousandths: 250)
    #expect(rates.parts(of: part, gpuType: "b200").weight == Weight(thousandths: 550))
    let shared = Rates(perGPU: 1000, perCPU: 0, perGiB: 0, perSharedGPU: 1050)
    #expect(shared.weight(ofShares: 250, gpuType: nil) == Weight(thousandths: 263))
  }

  @Test("GPU time is worth whole cents, rounded half up once, at any size")
  func euros() {
    func worth(_ amount: GPUTime, _ cents: Int64) -> String {
      "\(Euros(worthOf: amount, centsPerGPUHour: cents))"
    }
    #expect(worth(.hours(4), 210) == "€ 8.40")
    #expect(worth(GPUTime(milliseconds: 8572), 210) == "€ 0.01")
    #expect(worth(GPUTime(milliseconds: 8571), 210) == "€ 0.00")
    #expect(worth(GPUTime(milliseconds: 18_000), 100) == "€ 0.01")
    #expect(worth(GPUTime(milliseconds: -18_000), 100) == "-€ 0.01")
    #expect(worth(.hours(1_234_567), 100) == "€ 1,234,567.00")
    #expect(worth(.largest, 100_000_000) == "€ 1,000,000,000,000,000.00")
    let card = RateCard(version: 1, inForceFrom: Instant(milliseconds: 0), rates: rates)
    #expect(card.euros(for: .hours(1)) == nil)
  }
}
