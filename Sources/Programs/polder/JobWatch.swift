import ArgumentParser
import Client
import Wire

/// Looks at jobs until each has come to an event, at intervals that grow from a tenth of a second
/// to a second.
struct JobWatch {
  enum Event: String, ExpressibleByArgument, CaseIterable {
    case started
    case ended
  }

  let client: PolderClient
  let timeoutSeconds: Int?
  let isQuiet: Bool
  var event = Event.ended

  /// A daemon that restarts is waited for so long.
  private static let patience = Duration.seconds(60)

  /// - Throws: ``Failure`` with exit code 1 when a job did not complete with 0, with 75 when the
  ///   time is over or the daemon stays away.
  func wait(for ids: [String]) async throws {
    let clock = ContinuousClock()
    let begun = clock.now
    var seen = begun
    var pause = Duration.milliseconds(100)
    var open = ids
    var failed: [String] = []
    while let id = open.first {
      if let tasks = try await look(at: id, mayBeAway: clock.now - seen < Self.patience) {
        seen = clock.now
        if tasks.allSatisfy(hasCome) {
          failed += report(id, tasks)
          open.removeFirst()
          continue
        }
      }
      if let timeoutSeconds, clock.now - begun >= .seconds(timeoutSeconds) {
        throw Failure(
          .unavailable,
          "\(open.joined(separator: ", ")) has not \(event.rawValue) within \(timeoutSeconds) s",
          next: "it goes on; see polder job show \(id)")
      }
      try await Task.sleep(for: pause)
      pause = min(pause * 3 / 2, .seconds(1))
    }
    if !failed.isEmpty {
      throw Failure(
        .jobFailed, "did not complete: \(failed.joined(separator: ", "))",
        next: "see polder job show \(failed[0]) and the job's output file")
    }
  }

  /// The tasks of a job; nil while the daemon, Postgres or Slurm is away, which may be a restart:
  /// the job goes on meanwhile.
  private func look(at id: String, mayBeAway: Bool) async throws -> [TaskView]? {
    do {
      return try await tasks(of: id)
    } catch {
      guard mayBeAway, Failure(error).code == .unavailable else { throw error }
      return nil
    }
  }

  /// The tasks that an id names: all of a job, or one.
  private func tasks(of id: String) async throws(ClientError) -> [TaskView] {
    try await client.jobOrTask(try await client.polderID(id)).tasks
  }

  private func hasCome(_ task: TaskView) -> Bool {
    TaskText.hasEnded(task) || (event == .started && task.state == "running")
  }

  /// Prints how the tasks stand; the ids of those that failed.
  private func report(_ id: String, _ tasks: [TaskView]) -> [String] {
    var failed: [String] = []
    for task in tasks {
      let isWell = TaskText.succeeded(task) || (event == .started && !TaskText.hasEnded(task))
      if !isWell { failed.append(task.id) }
      guard !isQuiet else { continue }
      let exitCode = task.runs.last?.exitCode ?? 0
      let code = exitCode == 0 ? "" : ", exit code \(exitCode)"
      let reason = task.reason.map { ": \($0.text)" } ?? ""
      let state = Tone.of(state: task.state).paint(task.state)
      Terminal.say("\(task.id) \(state)\(TaskText.hasEnded(task) ? code : "")\(reason)")
    }
    return failed
  }
}
