import Foundation
import Wire

/// A job of the tests: it says in the desk's file `runs` that it runs, takes some time, says in
/// `ends` that it ends, and does.
struct Work: Sendable {
  var name: String
  var seconds = 1
  var exitCode = 0
  /// Options of sbatch, as lines of the script.
  var options: [String] = []
  /// The states its tasks end in.
  var ends = "completed"
  /// How often each task runs.
  var times = 1

  func script(project: String) -> String {
    let lines = ["--job-name=\(name)", "--account=\(project)", "--time=2"] + options
    return """
      #!/bin/sh
      \(lines.map { "#SBATCH \($0)" }.joined(separator: "\n"))
      echo "$SLURM_JOB_NAME ${SLURM_ARRAY_TASK_ID:-}" >> runs
      sleep \(seconds)
      echo "$SLURM_JOB_NAME ${SLURM_ARRAY_TASK_ID:-}" >> ends
      exit \(exitCode)

      """
  }
}

/// A member at work for a project, in a folder of the test's own, where its jobs write.
struct Desk: Sendable {
  let site: Site
  let account: String
  let project: String
  let folder: String

  init(_ site: Site, _ account: String, _ project: String) async throws {
    self.site = site
    self.account = account
    self.project = project
    folder = "\(site.folder)/home/\(account)/tests/\(UUID().uuidString)"
    let parent = "\(site.folder)/home/\(account)/tests"
    for place in [parent, folder] {
      _ = try await site.run(["install", "-d", "-o", account, "-g", account, place]).orThrow()
    }
  }

  /// Runs a command as the member, in the folder.
  func run(_ words: String..., deadlineSeconds: Int = 60) async throws -> Output {
    try await site.run(words, as: account, at: folder, deadlineSeconds: deadlineSeconds)
  }

  /// Writes a file for the member to read.
  func write(_ text: String, to name: String) throws {
    try Data(text.utf8).write(to: URL(fileURLWithPath: "\(folder)/\(name)"))
  }

  /// Lays the script of a job on the desk. Returns its name.
  func lay(_ work: Work) throws -> String {
    try write(work.script(project: project), to: "\(work.name).sh")
    return "\(work.name).sh"
  }
}

/// A job that was accepted.
struct Accepted: Sendable {
  let id: String
  let work: Work
}

extension Desk {
  /// Submits through Polder, and repeats a submission whose answer was lost under the same key.
  func submit(_ work: Work) async throws -> Accepted {
    let output = try await trySubmit(work, key: UUID().uuidString)
    return Accepted(id: try Self.id(in: output), work: work)
  }

  /// One submission through Polder, whatever comes of it.
  func trySubmit(_ work: Work, key: String) async throws -> Output {
    try await run(
      "polder", "job", "submit", "--parsable", "--idempotency-key=\(key)", try lay(work))
  }

  /// Submits as often as it takes while parts of Polder are away.
  func submitAtLast(_ work: Work, key: String = UUID().uuidString) async throws -> Accepted {
    let output = try await waiting(for: "the acceptance of \(work.name)") {
      let output = try await trySubmit(work, key: key)
      guard output.status == 75 else { return output }
      return nil
    }
    return Accepted(id: try Self.id(in: output), work: work)
  }

  /// Submits through `sbatch`.
  func sbatch(_ work: Work) async throws -> Accepted {
    let output = try await run("sbatch", "--parsable", try lay(work))
    let slurmID = try output.orThrow().trimmingCharacters(in: .whitespacesAndNewlines)
    return try await waiting(for: "Polder's id of Slurm's job \(slurmID)") {
      try await accepted(slurmID, work)
    }
  }

  /// What Polder knows as a job of Slurm's; nil while it does not.
  func accepted(_ slurmID: String, _ work: Work) async throws -> Accepted? {
    let output = try await run("polder", "job", "show", slurmID, "--format=json")
    guard output.status == 0 else { return nil }
    let job = try JSONDecoder().decode(JobView.self, from: Data(output.text.utf8))
    return Accepted(id: job.id, work: work)
  }

  private static func id(in output: Output) throws -> String {
    try output.orThrow().trimmingCharacters(in: .whitespacesAndNewlines)
  }

  func job(_ job: Accepted) async throws -> JobView {
    try await site.read(JobView.self, ["polder", "job", "show", job.id], as: account)
  }

  /// Waits until one task at least has come to something.
  func wait(
    for job: Accepted, toHave property: (TaskView) -> Bool, atMost seconds: Int = 60
  ) async throws {
    var last: JobView?
    do {
      try await waiting(until: "", atMost: seconds) {
        last = try await self.job(job)
        return last?.tasks.contains(where: property) ?? false
      }
    } catch is NotInTime {
      let tasks = last?.tasks.map { "\($0.id) \($0.state) \($0.reason?.text ?? "")" } ?? []
      throw NotInTime(description: "\(job.work.name) is still: \(tasks.joined(separator: "; "))")
    }
  }

  /// Waits until a script has said that it runs, which is a moment after Slurm's start of it.
  func untilTraced() async throws {
    try await waiting(until: "the trace of a job in \(folder)") { !traces().isEmpty }
  }

  /// How often each task said that it runs, or that it ends: by name, a blank, and index.
  func traces(_ file: String = "runs") -> [String: Int] {
    let text = (try? String(contentsOfFile: "\(folder)/\(file)", encoding: .utf8)) ?? ""
    return text.split(separator: "\n").reduce(into: [:]) { $0[String($1), default: 0] += 1 }
  }
}

extension TaskView {
  var isRunning: Bool { state == "running" }
  /// Runs, or has run.
  var isBegun: Bool { runs.contains { $0.start != nil } }
}
