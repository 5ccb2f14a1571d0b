// Why: what a run was charged by must stand for ever, and what is announced must not be lost.
import Domain
import Postgres
import Services
import Store
import Testing

@Suite("rate cards in the store", .serialized, .timeLimit(.minutes(1)))
struct RateCardTests {
  private let full = Rates(
    perGPU: 1000, perCPU: 50, perGiB: 8,
    perGPUOfType: ["h100_1g.10gb": 143, "b200": 2200], perSharedGPU: 1050)

  private func announced(_ version: Int, _ rates: Rates, _ cents: Int64? = nil) -> RateCard {
    RateCard(
      version: version, inForceFrom: Example.future + .hours(Int64(version)), rates: rates,
      centsPerGPUHour: cents)
  }

  private func centre(_ cards: [RateCard]) -> Centre {
    var next = Example.centre
    next.partitions[Example.gpu] = next.partitions[Example.gpu].map {
      Partition(
        name: $0.name, nodes: $0.nodes, wholeNodes: $0.wholeNodes,
        defaultTimeLimit: $0.defaultTimeLimit, maximumTimeLimit: $0.maximumTimeLimit,
        defaultsPerGPU: $0.defaultsPerGPU, rateCards: cards)
    }
    return next
  }

  @Test("what is announced comes back whole, and may be changed and withdrawn until it is in force")
  func announcements() async throws {
    try await withStore { store, database async throws in
      var standing = Example.centre
      for cards in [
        [announced(2, full, 250), announced(3, full)], [announced(2, Example.rateCard.rates)], [],
        [announced(2, full, 1)],
      ] {
        let next = centre([Example.rateCard] + cards)
        #expect(
          try await store.replaceCentre(
            with: next, postings: [], ifStill: standing, by: "m-beheer") == .done)
        #expect(try await store.centre() == next)
        standing = next
      }
      #expect(try await database.number("SELECT count(*) FROM rate_of_gpu_type") == 2)
    }
  }

  @Test("rates of a version that was in force never change and never go")
  func final() async throws {
    try await withStore { store, database async throws in
      let other = Rates(perGPU: 1, perCPU: 1, perGiB: 1)
      let described = [
        RateCard(version: 1, inForceFrom: Example.past, rates: other),
        RateCard(version: 1, inForceFrom: Example.past + Seconds(1), rates: Example.rateCard.rates),
      ]
      for card in described {
        let error = await #expect(throws: StoreError.self) {
          _ = try await store.replaceCentre(
            with: centre([card]), postings: [], ifStill: Example.centre, by: "m")
        }
        guard case .broken(let why)? = error else {
          throw Unexpected("\(String(describing: error))")
        }
        #expect(why.contains("rate card"))
      }
      #expect(try await store.centre() == Example.centre)
      for script in [
        "UPDATE rate_card SET per_gpu_thousandths = 5", "DELETE FROM rate_card",
        "TRUNCATE rate_card CASCADE", "TRUNCATE rate_of_gpu_type",
        "INSERT INTO rate_of_gpu_type VALUES ('gpu', 1, 'h100', 5)",
      ] {
        await #expect(throws: PostgresError.self, "\(script)") { try await database.run(script) }
      }
    }
  }

  @Test("weights by type stay as they were written, and a version is not put before another")
  func order() async throws {
    try await withStore { store, database async throws in
      let next = centre([Example.rateCard, announced(2, full)])
      #expect(
        try await store.replaceCentre(
          with: next, postings: [], ifStill: Example.centre, by: "m") == .done)
      for script in [
        "UPDATE rate_of_gpu_type SET per_gpu_thousandths = 5", "DELETE FROM rate_of_gpu_type",
        """
        INSERT INTO rate_card (partition, version, in_force_from, per_gpu_thousandths,
          per_cpu_thousandths, per_gib_thousandths)
        VALUES ('gpu', 3, '2024-01-01', 1, 1, 1)
        """,
      ] {
        await #expect(throws: PostgresError.self, "\(script)") { try await database.run(script) }
      }
      #expect(try await store.centre() == next)
    }
  }
}
