import Foundation
import Testing
import Wire

extension SiteTests {
  /// A request is heard, and its answer is lost on the way.
  @Suite struct LostAnswers {
    @Test(
      "what Slurm was told without an answer is not told twice: one job, one run, one charge",
      arguments: ["submitHeld", "release"])
    func bridge(act: String) async throws {
      let site = try await Site.ready()
      let desk = try await Desk(site, "chen", "cropwatch")
      let socket = "\(site.folder)/run/bridge.sock"
      let gpu = ["--gpus-per-node=1"]
      let jobs = try await Cut.run(
        site, at: socket, before: "\(socket).behind", word: act, times: 2, as: "polder"
      ) {
        // polderd holds connections; new ones go through the cut.
        try await site.kill(.daemon)
        let one = try await desk.submitAtLast(Work(name: "one", options: gpu))
        let many = try await desk.submit(Work(name: "many", options: gpu + ["--array=0-2"]))
        try await desk.audit([one, many])
        return [one, many]
      }
      try await site.kill(.daemon)
      #expect(desk.traces() == ["one ": 1, "many 0": 1, "many 1": 1, "many 2": 1])
      let last = try await desk.submitAtLast(Work(name: "last", options: gpu))
      try await desk.audit(jobs + [last])
    }

    @Test("a submission whose answer the member never got is there once, also when it is repeated")
    func member() async throws {
      let site = try await Site.ready()
      let desk = try await Desk(site, "daan", "cropwatch")
      let socket = "\(desk.folder)/polderd.sock"
      let work = Work(name: "unheard", options: ["--gpus-per-node=1"])
      let words = ["polder", "job", "submit", "--parsable", "--idempotency-key=\(UUID())"]
      let script = try desk.lay(work)
      let outputs = try await Cut.run(
        site, at: socket, before: "\(site.folder)/run/polderd.sock", word: "POST /v1/jobs",
        times: 1, as: desk.account
      ) {
        var outputs: [Output] = []
        for _ in 1...2 {
          outputs.append(
            try await site.run(
              words + [script], as: desk.account, at: desk.folder, with: ["POLDER_SOCKET": socket]))
        }
        return outputs
      }
      // polder itself may have asked again under its key.
      #expect([0, 75].contains(outputs[0].status), "\(outputs[0])")
      let id = try outputs[1].orThrow().trimmingCharacters(in: .whitespacesAndNewlines)
      let jobs = try await site.read(
        [JobView].self, ["polder", "job", "list", "--all"], as: "daan")
      #expect(jobs.filter { $0.name == "unheard" }.map(\.id) == [id])
      try await desk.audit([Accepted(id: id, work: work)])
    }

    @Test("what sbatch was not told is refused by it, runs nowhere, and costs nothing")
    func plugin() async throws {
      let site = try await Site.ready()
      let desk = try await Desk(site, "hanna", "traffic")
      let socket = "\(site.folder)/run/cut.sock"
      let settings = URL(fileURLWithPath: "\(site.folder)/etc/slurm/polder.conf")
      let before = try Data(contentsOf: settings)
      let cutOff = String(decoding: before, as: UTF8.self)
        .replacing("/run/polderd.sock", with: "/run/cut.sock")
      let work = Work(name: "unheard", options: ["--gpus-per-node=1"], ends: "refused", times: 0)
      let again = try await Cut.run(
        site, at: socket, before: "\(site.folder)/run/polderd.sock", word: "/v1/plugin/submit",
        times: 1, as: "slurm"
      ) {
        try Data(cutOff.utf8).write(to: settings)
        defer { try? before.write(to: settings) }
        let output = try await desk.run("sbatch", try desk.lay(work))
        #expect(output.status != 0, "\(output)")
        #expect(output.complaint.contains("Polder does not answer"), "\(output)")
        return try await desk.sbatch(Work(name: "heard", options: ["--gpus-per-node=1"]))
      }
      try await desk.audit([again])
      let jobs = try await site.read(
        [JobView].self, ["polder", "job", "list", "--all"], as: "hanna")
      let unheard = try #require(jobs.first { $0.name == "unheard" })
      try await desk.audit([Accepted(id: unheard.id, work: work)], within: 120)
    }
  }
}

/// The cut between two sockets, in a process of its own.
private struct Cut {
  private let site: Site
  private let socket: String

  /// - Parameter target: where it leads; a socket `at` the place is moved there meanwhile.
  static func run<Result>(
    _ site: Site, at socket: String, before target: String, word: String, times: Int,
    as account: String, _ act: () async throws -> Result
  ) async throws -> Result {
    let files = FileManager.default
    let isMoved = files.fileExists(atPath: socket)
    if isMoved { try files.moveItem(atPath: socket, toPath: target) }
    let cut = Cut(site: site, socket: socket)
    let result: Swift.Result<Result, any Error>
    do {
      try await cut.begin([account, socket, target, word, "\(times)"])
      result = .success(try await act())
    } catch {
      result = .failure(error)
    }
    try await cut.end()
    if isMoved { try files.moveItem(atPath: target, toPath: socket) }
    return try result.get()
  }

  private func begin(_ words: [String]) async throws {
    let source = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
      .appendingPathComponent("cut_answers.py").path
    // The account may be unable to enter the checkout.
    let program = try String(contentsOfFile: source, encoding: .utf8)
    let script = """
      program=$1 account=$2
      shift 2
      setsid setpriv --reuid "$account" --regid "$account" --init-groups \
        python3 -c "$program" "$@" </dev/null >/dev/null 2>&1 &
      echo $! > "$1.pid"
      """
    _ = try await site.run(["sh", "-ec", script, "sh", program] + words).orThrow()
    try await waiting(until: "the cut listens") { FileManager.default.fileExists(atPath: socket) }
  }

  private func end() async throws {
    let script = "kill $(cat \"$1\"); rm \"$1\" \"$2\""
    _ = try await site.run(["sh", "-c", script, "sh", "\(socket).pid", socket]).orThrow()
  }
}
