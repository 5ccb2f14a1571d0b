import Foundation
import Seeds
import Testing
import Wire

extension SiteTests {
  /// Streams of short jobs while parts of the site die at random moments: `make soak`.
  @Suite struct Soak {
    /// Told at once, since a seed takes minutes.
    static func say(_ text: String) {
      try? FileHandle.standardError.write(contentsOf: Data("soak: \(text)\n".utf8))
    }

    /// `POLDER_SOAK_SEEDS`, numbers with blanks between them.
    static let seeds = (ProcessInfo.processInfo.environment["POLDER_SOAK_SEEDS"] ?? "")
      .split(separator: " ").compactMap { UInt64($0) }

    @Test(
      "what ran under fire is charged once by Slurm's times, on the nodes given, and none is stuck",
      .enabled(if: !seeds.isEmpty, "POLDER_SOAK_SEEDS names no seed"), arguments: seeds)
    func underFire(seed: UInt64) async throws {
      let began = Date.now
      let desk = try await Desk(try await Site.described(), "fatima", "dialect")
      let plan = Plan(seed: seed)
      Soak.say("seed \(seed): \(plan.shots.count) jobs, \(plan.blows.count) blows")
      let magazine = Magazine(plan.shots)
      let mending = Task { try await desk.mendNodes() }
      defer { mending.cancel() }
      try await withThrowingTaskGroup(of: Void.self) { sides in
        sides.addTask { try await desk.fire(magazine) }
        sides.addTask { try await desk.strike(plan.blows) }
        try await sides.waitForAll()
      }
      Soak.say("all is submitted, all blows have fallen")
      try await desk.untilAllHaveEnded()
      mending.cancel()
      let verdict = Verdict(
        try await Evidence(desk, magazine), nodesMended: try await mending.value)
      #expect(verdict.faults.isEmpty, "\(verdict.faults.joined(separator: "\n"))")
      try await desk.auditBooks()
      try verdict.keep(plan, seconds: Int(Date.now.timeIntervalSince(began)))
    }
  }
}

extension Desk {
  fileprivate func untilAllHaveEnded() async throws {
    var last: [JobView] = []
    do {
      // What slurmctld forgot is taken for lost after a minute.
      try await waiting(until: "", atMost: 300) {
        last = try await site.read(
          [JobView].self, ["polder", "job", "list", "--project=\(project)"], as: account)
        return last.isEmpty
      }
    } catch is NotInTime {
      let tasks = last.flatMap(\.tasks).prefix(10).map {
        "\($0.id) \($0.state): \($0.reason?.text ?? "")"
      }
      throw NotInTime(description: "\(last.count) are stuck: \(tasks.joined(separator: "; "))")
    }
  }
}

extension Verdict {
  /// Adds a row of the summary to the file that `POLDER_SOAK_SUMMARY` names, if it does.
  fileprivate func keep(_ plan: Plan, seconds: Int) throws {
    let struck = Dictionary(grouping: plan.blows) { blow in
      blow.target.hasPrefix("gn") ? "slurmd" : blow.target
    }.mapValues(\.count)
    func list(_ counts: [String: Int]) -> String {
      counts.sorted { $0.key < $1.key }.map { "\($0.value) \($0.key)" }.joined(separator: ", ")
    }
    let row =
      "| \(plan.seed) | \(list(struck)) | \(list(counts)) | \(seconds) | "
      + "\(faults.isEmpty ? "none" : "\(faults.count)") |\n"
    SiteTests.Soak.say(row)
    guard let file = ProcessInfo.processInfo.environment["POLDER_SOAK_SUMMARY"] else { return }
    let handle = try FileHandle(forWritingTo: URL(fileURLWithPath: file))
    try handle.seekToEnd()
    try handle.write(contentsOf: Data(row.utf8))
    try handle.close()
  }
}
