// Why: each cost can be followed to its rates, by those whose cost it is and by nobody else.
import Domain
import Doubles
import Services
import Testing
import Wire

@Suite("how a job's cost came about") struct RateExplanationTests {
  @Test("a job that waits is priced as its quote was, and only for its project")
  func waiting() async throws {
    let town = try await Town()
    _ = try await town.submit("anouk", "-A longscan --gpus=1")
    let view = try await town.front.jobRate("P1", try await town.caller("anouk"))
    #expect(view.runs == [])
    let estimate = try #require(view.estimate)
    #expect(estimate.card.version == 1)
    #expect(estimate.card.state == "in force")
    #expect(estimate.weight == 1000)
    #expect(estimate.shares.map(\.largest) == ["GPU"])
    #expect(estimate.cost == estimate.weight * estimate.timeLimitSeconds)
    #expect(
      estimate.bookings.map(\.amount)
        == [estimate.weight * (estimate.timeLimitSeconds + estimate.graceSeconds)])
    for account in ["ivo", "stranger", "auditor"] {
      let caller = try await town.caller(account)
      await #expect(throws: Problem.self) { _ = try await town.front.jobRate("P1", caller) }
    }
  }

  @Test("rate cards are everyone's to see, and a partition that is none is told with the choices")
  func cards() async throws {
    let town = try await Town()
    let caller = try await town.caller("ivo")
    let cards = try await town.front.rates(partition: nil, caller)
    #expect(cards.allSatisfy { $0.version == 1 && $0.perGPU == 1000 })
    let name = try #require(cards.first?.partition)
    #expect(try await town.front.rates(partition: name, caller).map(\.partition) == [name])
    await #expect(throws: Problem.self) {
      _ = try await town.front.rates(partition: "none", caller)
    }
  }
}
