import Testing
import Wire

extension SiteTests {
  @Suite struct TimeLimits {
    @Test("a run that comes to its limit is ended and charged no more than it held")
    func charged() async throws {
      let limited = try await Site.limited()
      try await limited.desk.audit([limited.job], within: 150)
      let run = try #require(try await limited.desk.job(limited.job).tasks[0].runs.first)
      let charged = try #require(run.charged)
      #expect(charged <= run.hold)
      #expect(charged >= 60_000)
    }
  }
}
