// Why: a restored store knows nothing of what began and ended since its backup. What it would start by
// that picture may run already, or have run.
import Doubles
import Engine
import Services
import Testing

@Suite("after a restore", .timeLimit(.minutes(1)))
struct RestoreGateTests {
  @Test("the round that looks at Slurm in full starts nothing, and the next one goes on")
  func gate() async throws {
    let town = try await Town()
    let conductor = try town.conductor()
    _ = try await town.submit("anouk", "-A longscan -G1 -t 60")
    await town.store.set(restored: Town.now)
    #expect(await conductor.round())
    #expect(try await town.store.snapshot().restored == nil)
    #expect(await town.store.state.runs.isEmpty)
    _ = await conductor.round()
    #expect(await town.store.state.runs.count == 1)
  }
}
