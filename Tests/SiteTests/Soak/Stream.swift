import Foundation
import Seeds

/// What a seed submits, and when it strikes: all that is drawn, before anything begins.
struct Plan: Sendable {
  let seed: UInt64
  let shots: [Shot]
  let blows: [Blow]

  /// About so many tasks come of a seed.
  static let taskCount = 500

  init(seed: UInt64, tasks: Int = Plan.taskCount) {
    self.seed = seed
    var random = SplitMix64(seed: seed)
    var shots: [Shot] = []
    var count = 0
    while count < tasks {
      let shot = Shot(name: "s\(seed)-\(shots.count)", &random)
      count += shot.tasks
      shots.append(shot)
    }
    self.shots = shots
    blows = Blow.series(&random, tasks: count)
  }
}

/// One submission.
struct Shot: Sendable {
  enum Way: Sendable { case polder, sbatch }

  let name: String
  let way: Way
  /// More than one as an array.
  let tasks: Int
  let nodes: Int
  let gpusPerNode: Int
  let milliseconds: Int
  let requeue: Bool

  fileprivate init(name: String, _ random: inout SplitMix64) {
    self.name = name
    way = random.oneIn(2) ? .polder : .sbatch
    tasks = random.oneIn(8) ? random.pick(2...6) : 1
    nodes = random.oneIn(12) ? 2 : 1
    gpusPerNode = random.element(of: [1, 1, 1, 1, 2, 4]) ?? 1
    milliseconds = random.pick(0...2500)
    requeue = random.oneIn(3)
  }

  /// Thousandths of a GPU-equivalent that each of its tasks weighs by `config/example`.
  var weight: Int64 { Int64(1000 * nodes * gpusPerNode) }

  /// It says on the desk that it begins, on which devices of which node, and that it ends.
  func script(project: String) -> String {
    var options = [
      "--job-name=\(name)", "--account=\(project)", "--time=2", "--nodes=\(nodes)",
      "--gpus-per-node=\(gpusPerNode)", requeue ? "--requeue" : "--no-requeue",
      "--output=/dev/null",
    ]
    if tasks > 1 { options.append("--array=0-\(tasks - 1)") }
    return """
      #!/bin/sh
      \(options.map { "#SBATCH \($0)" }.joined(separator: "\n"))
      say() {
        echo "$SLURM_JOB_NAME:$SLURM_ARRAY_TASK_ID $SLURM_JOB_ID $SLURMD_NODENAME" \
          "$CUDA_VISIBLE_DEVICES $(date +%s%3N)" >> "$1"
      }
      say begun
      sleep \(milliseconds / 1000).\(String(format: "%03d", milliseconds % 1000))
      say ended

      """
  }
}

/// The death of one part in the middle of it all.
struct Blow: Sendable {
  let target: String
  /// It falls when so many scripts have begun.
  let begun: Int
  /// It is kept down so long; a supervised one at least for the 200 ms of its supervisor.
  let milliseconds: Int

  fileprivate static func series(_ random: inout SplitMix64, tasks: Int) -> [Blow] {
    let targets = [
      "slurmctld", "slurmctld", "polderd", "polderd", "polder-bridge", "polder-bridge",
      "gn01", "gn02", "gn03", "gn04",
    ]
    let count = random.pick(8...14)
    return (0..<count).map { _ in
      Blow(
        target: random.element(of: targets) ?? "slurmctld", begun: random.pick(5...tasks * 9 / 10),
        milliseconds: random.oneIn(2) ? 0 : random.pick(200...6000))
    }.sorted { $0.begun < $1.begun }
  }
}

// MARK: Submitting

/// The submissions of a plan, taken one by one by several hands.
actor Magazine {
  private var shots: ArraySlice<Shot>
  private(set) var accepted: [String: Shot] = [:]
  /// Names of scripts of which `sbatch` did not say what became: each may have been taken, or not.
  private(set) var doubtful: [String: Shot] = [:]

  init(_ shots: [Shot]) { self.shots = shots[...] }

  func next() -> Shot? { shots.popFirst() }
  func accept(_ name: String, _ shot: Shot) { accepted[name] = shot }
  func doubt(_ name: String, _ shot: Shot) { doubtful[name] = shot }
}

extension Desk {
  /// Submits all of a plan by three hands at once, each shot as often as it takes while parts are
  /// down.
  func fire(_ magazine: Magazine) async throws {
    try await withThrowingTaskGroup(of: Void.self) { hands in
      for _ in 0..<3 {
        hands.addTask {
          while let shot = await magazine.next() {
            switch shot.way {
            case .polder: try await submit(shot, magazine)
            case .sbatch: try await sbatch(shot, magazine)
            }
          }
        }
      }
      try await hands.waitForAll()
    }
  }

  private func submit(_ shot: Shot, _ magazine: Magazine) async throws {
    try write(shot.script(project: project), to: "\(shot.name).sh")
    let desk = URL(fileURLWithPath: folder).lastPathComponent
    let output = try await waiting(for: "the acceptance of \(shot.name)", atMost: 120) {
      let output = try await run(
        "polder", "job", "submit", "--parsable", "--idempotency-key=\(desk)-\(shot.name)",
        "\(shot.name).sh")
      return output.status == 75 ? nil : output
    }
    _ = try output.orThrow()
    await magazine.accept(shot.name, shot)
  }

  /// `sbatch` has no key: what it does not say was taken may have been, so that each try has a name
  /// of its own.
  private func sbatch(_ shot: Shot, _ magazine: Magazine) async throws {
    var tries = 0
    _ = try await waiting(for: "the acceptance of \(shot.name)", atMost: 180) { () -> Bool? in
      tries += 1
      let name = tries == 1 ? shot.name : "\(shot.name)-\(tries)"
      try write(shot.script(project: project), to: "\(name).sh")
      let output = try await run("sbatch", "--parsable", "--job-name=\(name)", "\(name).sh")
      if output.status == 0 {
        await magazine.accept(name, shot)
        return true
      }
      // A refusal by Polder's words is one; all else may have been taken.
      if !output.complaint.contains("nothing was accepted") { await magazine.doubt(name, shot) }
      return nil
    }
  }
}

extension Desk {
  /// Strikes when it is time for each blow, until the stream has begun as far as the last.
  func strike(_ blows: [Blow]) async throws {
    for blow in blows {
      // What was lost never begins: then it falls all the same.
      try? await waiting(until: "\(blow.begun) scripts have begun", atMost: 60) {
        lines(of: "begun").count >= blow.begun
      }
      try Task.checkCancellation()
      SiteTests.Soak.say("\(blow.target) is killed for \(blow.milliseconds) ms")
      _ = try await site.run(["site", "kill", blow.target])
      if blow.milliseconds > 0 { _ = try await site.run(["site", "stop", blow.target]).orThrow() }
      await rest(milliseconds: blow.milliseconds)
      _ = try await site.run(["site", "start", blow.target]).orThrow()
    }
  }

  /// What an operator does whenever slurmctld has drained a node because a job that it had forgotten
  /// still ran there: puts it back. Returns how often, once it is cancelled.
  func mendNodes() async throws -> Int {
    var mended = 0
    while !Task.isCancelled {
      let states = try await site.run(["sinfo", "-h", "-N", "-o", "%N|%T|%E"]).text
      for line in Set(states.split(separator: "\n")) {
        let words = line.split(separator: "|").map(String.init)
        guard words.count == 3, words[1].hasPrefix("drain"), words[2] == "Duplicate jobid" else {
          continue
        }
        let update = ["scontrol", "update", "nodename=\(words[0])", "state=resume"]
        if try await site.run(update).status == 0 { mended += 1 }
      }
      await rest(milliseconds: 500)
    }
    return mended
  }

  /// How long a part is down is what is done to it here, nothing that is waited for.
  private func rest(milliseconds: Int) async {
    await withCheckedContinuation { rested in
      DispatchQueue.global().asyncAfter(deadline: .now() + .milliseconds(milliseconds)) {
        rested.resume()
      }
    }
  }

  func lines(of file: String) -> [ScriptLine] {
    let text = (try? String(contentsOfFile: "\(folder)/\(file)", encoding: .utf8)) ?? ""
    return text.split(separator: "\n").compactMap { ScriptLine($0) }
  }
}

/// What a script said of itself.
struct ScriptLine: Hashable, Sendable {
  /// The job's name, a colon, and its index in an array.
  let task: String
  let slurmJobID: Int64
  let node: String
  /// Indices as Slurm gave them.
  let devices: [String]
  /// Milliseconds since 1970.
  let time: Int64

  init?(_ line: Substring) {
    let words = line.split(separator: " ", omittingEmptySubsequences: false)
    guard words.count == 5, let id = Int64(words[1]), let time = Int64(words[4]) else { return nil }
    task = String(words[0])
    slurmJobID = id
    node = String(words[2])
    devices = words[3].split(separator: ",").map(String.init)
    self.time = time
  }
}
