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
      for fault in verdict.faults.prefix(5) { Soak.say(desk.site.trace(of: fault)) }
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

extension Site {
  /// What logs and Slurm's record say of the jobs and runs that a fault names: what came of a seed
  /// can't be had again.
  fileprivate func trace(of fault: String) -> String {
    let names = Set(fault.matches(of: /\bP?\d{3,}(_\d+)?\b/).map { String($0.output.0) })
      .filter { $0.count < 10 }
    let files = ["log/slurmctld.log", "log/polderd.out", "slurm/jobcomp.log"]
    let lines = files.flatMap { file in
      let text = (try? String(contentsOfFile: "\(folder)/\(file)", encoding: .utf8)) ?? ""
      return text.split(separator: "\n").filter { line in
        line.split { !$0.isLetter && !$0.isNumber && $0 != "_" }
          .contains { names.contains(String($0)) }
      }.suffix(40)
    }
    return ([fault] + lines.map(String.init)).joined(separator: "\n  ")
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
