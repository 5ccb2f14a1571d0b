import Foundation
import Testing
import Wire

extension SiteTests {
  /// What starts together is committed together, and still each runs once.
  @Suite struct Groups {
    @Test("tasks that start in one round are one transaction, submitted once and charged each")
    func oneTransaction() async throws {
      let site = try await Site.ready()
      let desk = try await Desk(site, "daan", "cropwatch")
      let job = try await desk.submit(
        Work(name: "group", seconds: 3, options: ["--cpus-per-task=1", "--array=0-3"]))
      try await desk.audit([job])
      // A hold is never changed: its row says which transaction wrote it.
      let number = job.id.dropFirst()
      let written = try await site.run(
        [
          "psql", "-XAtq", "-h", "\(site.folder)/run/pg", "-U", "postgres", "-d", "polder", "-c",
          "SELECT count(*), count(DISTINCT xmin::text) FROM ledger_entry "
            + "WHERE kind = 'hold' AND job = \(number)",
        ]
      ).orThrow().trimmingCharacters(in: .whitespacesAndNewlines).split(separator: "|")
      #expect(written.first == "4", "\(written)")
      #expect(written.last == "1", "\(written)")
    }
  }
}
