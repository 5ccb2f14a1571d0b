// Why: whoever tries to describe the centre is seen to try; whoever only looks is not.
import ArgumentParser
import Foundation
import Testing
import Wire

@testable import polder

@Suite("applying a description")
struct ApplyTests {
  private func described(
    _ words: [String], _ answers: [CannedServer.Answer]
  ) async throws -> [ApplyRequest] {
    let file = FileManager.default.temporaryDirectory.appending(path: "\(UUID()).yaml")
    try Data("kind: Member\nid: m-1\naccount: anouk\nname: A\n".utf8).write(to: file)
    defer { try? FileManager.default.removeItem(at: file) }
    let server = try await CannedServer(answers)
    var command = try #require(
      try Polder.parseAsRoot(["apply", "-f", file.path, "--socket", server.socket] + words)
        as? Apply)
    try? await command.run()
    let requests = server.requests.map(\.body)
    try await server.close()
    return try requests.map { try JSONDecoder().decode(ApplyRequest.self, from: Data($0.utf8)) }
  }

  private var refused: CannedServer.Answer {
    get throws {
      .json(
        200,
        try json(
          ApplyResult(
            changes: [], unchanged: 0, notDescribed: [],
            refusals: [.init(file: "c.yaml", line: 1, message: "no")], applied: false)))
    }
  }

  @Test("a path that leads nowhere is named, and no line of it")
  func nowhere() async throws {
    var command = try #require(
      try Polder.parseAsRoot(["apply", "-f", "/nonexistent"]) as? Apply)
    let failure = await #expect(throws: Failure.self) { try await command.run() }
    #expect(
      failure?.text == "/nonexistent: there is no such file or folder\n"
        + "polder: nothing was read, and nothing was applied\n"
        + "  Next: name files or folders that are there, with -f")
    #expect(failure?.code == .invalidInput)
  }

  @Test("what nothing undoes wants --yes where nobody can be asked, and nothing else does")
  func unasked() async throws {
    func difference(_ irrevocable: [String]) throws -> CannedServer.Answer {
      .json(
        200,
        try json(
          ApplyResult(
            changes: [.init(action: "update", kind: "Allocation", id: "a-1", fields: [])],
            unchanged: 0, notDescribed: [], refusals: [], applied: false, effects: irrevocable,
            irrevocable: irrevocable)))
    }
    let expiry = try difference(["10 GPU-h of a-1 expire"])
    let plain = try difference([])
    for words in [[], ["--format", "json"]] {
      #expect(try await described(words, [expiry, expiry]).map(\.dryRun) == [true])
      #expect(try await described(words, [plain, plain]).map(\.dryRun) == [true, false])
    }
    #expect(try await described(["--yes"], [expiry, expiry]).map(\.dryRun) == [true, false])
    let result = ApplyResult(
      changes: [], unchanged: 0, notDescribed: [], refusals: [], applied: false,
      effects: ["x"], irrevocable: ["10 GPU-h of a-1 expire"])
    let failure = #expect(throws: Failure.self) {
      try Apply.refuseUnasked(result, canAsk: false)
    }
    #expect(failure?.code == .usage)
    #expect(failure?.text.contains("10 GPU-h of a-1 expire") == true)
    #expect(failure?.text.contains("--yes") == true)
    #expect(throws: Never.self) { try Apply.refuseUnasked(result, canAsk: true) }
  }

  @Test("a description of nothing is not said to be the centre's, and one object is no objects")
  func nothing() {
    func last(_ unchanged: Int) -> String? {
      DifferenceText(
        ApplyResult(
          changes: [], unchanged: unchanged, notDescribed: [], refusals: [], applied: false)
      ).lines.last
    }
    #expect(last(0) == "No difference: nothing was held against the centre.")
    #expect(last(1) == "No difference: the centre is as described (1 object).")
    #expect(last(2)?.hasSuffix("(2 objects).") == true)
  }

  @Test("what is done is told as done, and long values are broken at the width of the terminal")
  func done() {
    let change = ApplyResult.Change(
      action: "create", kind: "Partition", id: "gpu",
      fields: [.init(field: "nodes", before: nil, after: String(repeating: "gn01, ", count: 30))])
    let result = ApplyResult(
      changes: [change], unchanged: 2,
      notDescribed: (1...9).map { "Project a-long-project-\($0)" } + ["QOS spare"], refusals: [],
      applied: true)
    let text = DifferenceText(result, width: 60)
    #expect(text.summary == "1 to create, 0 to update, 2 unchanged")
    #expect(text.done == "1 created, 0 updated, 2 unchanged")
    #expect(text.lines.allSatisfy { $0.count <= 60 }, "\(text.lines)")
    #expect(text.lines.contains("Not described, left alone: 9 projects, 1 QOS"))
  }

  @Test("looks first and says what for: to apply it then, or for the difference alone")
  func looks() async throws {
    let applied = try await described(["--yes"], [try refused])
    #expect(applied.map(\.dryRun) == [true] && applied.map(\.thenApply) == [true])
    let dry = try await described(["--dry-run"], [try refused])
    #expect(dry.map(\.dryRun) == [true] && dry.map(\.thenApply) == [false])
  }
}
