// Why: of an allocation that is released by the month a quote said "-64 GPU-h available", and that the
// job waits for running jobs, of which there were none.
import Domain
import Doubles
import Ledger
import Scheduling
import Services
import Testing
import Wire

@Suite("money that is released monthly") struct MonthlyReleaseTests {
  private let script = "--account=longscan --gpus=4 --time=13:00:00"

  /// Half of longscan's 100 GPU-h is there, and the rest comes tomorrow, a month after its window of 60
  /// days began.
  private func town() async throws -> Town {
    let town = try await Town()
    var centre = try await town.store.centre()
    let programme = try #require(ProgrammeID("playground"))
    centre.programmes[programme] = Programme(
      id: programme, name: "Playground", funder: try #require(FunderID("state")),
      mode: "Playground", amount: .hours(1)...(.hours(1000)), maximumMonths: 3, demand: .open,
      accessWorkingDays: 2, release: .monthly(burstBasisPoints: 0))
    let line = AuditLine(actor: "test", action: .apply, object: "centre", origin: "test")
    _ = try await town.store.replaceCentre(
      with: centre, postings: [], ifStill: try await town.store.centre(), audit: line)
    let id = try #require(AllocationID("longscan-1"))
    await town.store.post(.deferral(EntryID("deferral:1"), id, .hours(50), effective: Town.now))
    return town
  }

  @Test("a quote tells what is released later and on which day enough is there")
  func quote() async throws {
    let town = try await town()
    let bram = try await town.caller("bram")
    let quote = try await town.front.quote(Town.submission(script), bram)
    #expect(quote.available == 50 * 3_600_000 && quote.deferred == 50 * 3_600_000)
    #expect(quote.enoughFrom == (Town.now - Seconds(30 * 86_400)).advanced(months: 1)?.milliseconds)
    let small = try await town.front.quote(
      Town.submission("--account=longscan --gpus=1 --time=60"), bram)
    #expect(small.enoughFrom == nil && small.deferred != nil)
    let other = try await town.front.quote(
      Town.submission("--account=seals --gpus=1 --time=10"), try await town.caller("ivo"))
    #expect(other.enoughFrom == nil && other.deferred == nil)
  }

  @Test("a refusal that counts what is released later says so")
  func refusal() async throws {
    let town = try await town()
    let problem = try await town.refusal(
      "bram", "-A longscan --nodes=2 --gpus-per-node=4 -t 13:00:00")
    #expect(problem.code == "budget")
    #expect(
      problem.detail.hasSuffix(
        "held by running jobs 0.0000 GPU-h; released later 50.0000 GPU-h"))
    #expect(
      problem.nextStep.hasPrefix(
        "ask for --time=12:29:00 or less (with what is released later), or for fewer GPUs"))
    #expect(problem.numbers["deferredGPUMilliseconds"] == 180_000_000)
    #expect(
      !(try await town.refusal("ivo", "-A seals --gpus=4 -t 30")).nextStep.contains("later"))
  }

  @Test(
    "a job waits for what there is to wait for: runs, an instalment, or nothing",
    arguments: [
      (0, 880, "on 2026-12-30 if nothing else uses it", "; enough is there on 2026-12-30"),
      (9, 880, "on 2026-12-30, or before if running jobs release", "released later; enough"),
      (9, 0, "it starts when running jobs release what they do not use", nil),
      (0, 0, "nothing is held that could be released", nil),
    ] as [(Int64, Int64, String, String?)])
  func waits(held: Int64, deferred: Int64, next: String, later: String?) throws {
    let id = try #require(AllocationID("pmon-1"))
    let (from, to): (Instant, Instant) = (
      try #require(Instant("2026-10-30")), try #require(Instant("2027-10-30"))
    )
    let prospect = BudgetProspect(
      Balance(granted: .hours(1200), held: .hours(held), deferred: .hours(deferred)),
      window: from..<to, release: .monthly(burstBasisPoints: 1000))
    let shortfall = BudgetShortfall(
      allocation: id, needs: .hours(384), available: .hours(320), promisedAhead: .zero,
      prospect: prospect)
    let view = Wording { _ in true }.view(.budget(shortfall))
    #expect(view.nextStep.contains(next), "\(view.nextStep)")
    #expect(view.nextStep.contains("running jobs") == (held > 0))
    #expect(
      view.text.hasPrefix(
        "needs a hold of 384.0000 GPU-h; allocation pmon-1 has 320.0000 GPU-h available"))
    #expect(later.map { view.text.contains($0) } ?? !view.text.contains("later"), "\(view.text)")
  }
}
