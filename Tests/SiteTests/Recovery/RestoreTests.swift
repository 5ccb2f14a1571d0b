import Foundation
import Testing
import Wire

extension SiteTests {
  /// The database is brought back from a backup while Slurm has gone on.
  @Suite struct Restores {
    @Test("after a restore what Slurm did meanwhile is settled first, and nothing is doubled")
    func meanwhile() async throws {
      let site = try await Site.ready()
      let desk = try await Desk(site, "anouk", "longscan")
      let gpu = ["--gpus-per-node=1"]
      let before = try await desk.submit(Work(name: "before", options: gpu))
      try await desk.audit([before])
      let across = try await desk.submit(Work(name: "across", seconds: 20, options: gpu))
      try await desk.wait(for: across, toHave: \.isRunning)
      let file = "\(site.folder)/backup-\(UUID().uuidString)"
      let database = "host=\(site.folder)/run/pg user=polder_owner dbname=polder"
      _ = try await site.run(["polder", "admin", "backup", "--database", database, file]).orThrow()
      // Known to the lost database alone, and it runs to its end.
      let lost = try await desk.submit(Work(name: "lost", options: gpu))
      try await desk.wait(for: lost) { $0.state == "completed" }
      #expect(desk.traces("ends")["across "] == nil, "it is to end while Polder is away")
      try await site.without(.daemon) {
        try await waiting(until: "the end of across") { desk.traces("ends")["across "] == 1 }
        try await site.replaceDatabase()
        _ = try await site.run(["polder", "admin", "restore", "--database", database, file])
          .orThrow()
      }
      let after = try await desk.submitAtLast(Work(name: "after", options: gpu))
      try await desk.audit([before, across, after])
      // Its number means no other job, and it ran once.
      let gone = try await desk.run("polder", "job", "show", lost.id)
      #expect(gone.status != 0, "\(gone)")
      #expect(desk.traces() == ["before ": 1, "across ": 1, "lost ": 1, "after ": 1])
      let numbers = [lost, after].compactMap { Int($0.id.dropFirst()) }
      #expect(numbers.count == 2 && numbers[1] > numbers[0] + 900_000, "\(numbers)")
    }
  }
}

extension Site {
  /// Puts the database aside, and an empty one in its place.
  func replaceDatabase() async throws {
    let aside = "polder_" + UUID().uuidString.prefix(8).lowercased()
    for command in [
      "ALTER DATABASE polder RENAME TO \(aside)", "CREATE DATABASE polder OWNER polder_owner",
    ] {
      _ = try await run([
        "psql", "-XAtq", "-h", "\(folder)/run/pg", "-U", "postgres", "-d", "postgres", "-c",
        command,
      ]).orThrow()
    }
  }
}
