// Why: what is closed is closed for ever, so that nobody closes by a slip.
import ArgumentParser
import Client
import Testing
import Wire

@testable import polder

@Suite("closing a period")
struct PeriodCloseTests {
  private let closing = ClosingView(
    periods: [
      .init(period: "2026-10", entryCount: 12, sha256: String(repeating: "ab", count: 32)),
      .init(period: "2026-11", entryCount: 1_234_567, sha256: String(repeating: "cd", count: 32)),
    ], unchargedRuns: 3, end: 1_796_083_200_000)

  @Test("who may not, or too early, is told that before anybody is asked to say --yes")
  func refusedFirst() async throws {
    for (status, code) in [(403, "not-allowed"), (409, "period-open")] {
      let server = try await CannedServer([
        .json(status, try json(Sample.problem(status, code)))
      ])
      var command = try close(server)
      let error = await #expect(throws: ClientError.self) { try await command.run() }
      guard case .refused(let problem) = error else {
        return #expect(Bool(false), "\(error as Any)")
      }
      #expect(problem.code == code)
      try await server.close()
    }
    let server = try await CannedServer([.json(200, try json(closing))])
    var command = try close(server)
    let failure = await #expect(throws: Failure.self) { try await command.run() }
    #expect(failure?.code == .usage && failure?.text.contains("--yes") == true)
    #expect(server.requests.map(\.line) == ["GET /v1/periods/2026-11/closing?then-close=1"])
    try await server.close()
  }

  /// In JSON nobody is asked.
  private func close(_ server: CannedServer) throws -> PeriodClose {
    try #require(
      try Polder.parseAsRoot([
        "period", "close", "2026-11", "--format", "json", "--socket", server.socket,
      ]) as? PeriodClose)
  }

  @Test("is refused with 64 where nobody can be asked, before anything is closed")
  func unasked() throws {
    let plain = try #require(
      try Polder.parseAsRoot(["period", "close", "2026-11"]) as? PeriodClose)
    let failure = #expect(throws: Failure.self) { try plain.refuseUnasked(canAsk: false) }
    #expect(failure?.code == .usage)
    #expect(failure?.text.contains("--yes") == true && failure?.text.contains("2026-11") == true)
    #expect(throws: Never.self) { try plain.refuseUnasked(canAsk: true) }
    for words in [["--yes"], ["--dry-run"], ["--yes", "--format", "json"]] {
      let command = try #require(
        try Polder.parseAsRoot(["period", "close", "2026-11"] + words) as? PeriodClose)
      #expect(throws: Never.self) { try command.refuseUnasked(canAsk: false) }
    }
    let json = try #require(
      try Polder.parseAsRoot(["period", "close", "2026-11", "--format", "json"]) as? PeriodClose)
    #expect(throws: Failure.self, "a program is not asked") {
      try json.refuseUnasked(canAsk: true)
    }
  }

  @Test("shows what would be closed in 80 columns: entries, digests, what comes late")
  func shown() {
    let lines = BooksText.lines(closing, width: 80)
    #expect(lines.allSatisfy { $0.count <= 80 }, "\(lines)")
    let text = lines.joined(separator: " ")
    for word in ["2026-10", "1234567", "cdcdcd", "3 runs that began before 2026-12-01 (UTC) are"] {
      #expect(text.contains(word), "\(word): \(text)")
    }
    var quiet = closing
    quiet.unchargedRuns = 0
    #expect(!BooksText.lines(quiet).joined().contains("charged"))
  }

  @Test("a verification names what differs: the entries, the frozen facts, or both")
  func differs() {
    let facts = PeriodVerify.failure(
      .init(periods: 3, broken: ["2026-09"], entries: [], facts: ["2026-09"]))
    #expect(facts.code == .jobFailed)
    #expect(facts.text.contains("the frozen facts of 2026-09 are not those of the closing"))
    #expect(!facts.text.contains("entries"))
    let both = PeriodVerify.failure(
      .init(
        periods: 3, broken: ["2026-08", "2026-09"], entries: ["2026-08", "2026-09"],
        facts: ["2026-09"]))
    #expect(both.text.contains("the entries of 2026-08, 2026-09 are not"))
    #expect(both.text.contains("; the frozen facts of 2026-09 are not"))
  }

  @Test("asks for what it would close with --dry-run, and closes with --yes at once")
  func requests() async throws {
    for (word, sent) in [
      ("--dry-run", "GET /v1/periods/2026-11/closing?then-close=0"),
      ("--yes", "POST /v1/periods/2026-11/close"),
    ] {
      let answer = word == "--yes" ? "[]" : try json(closing)
      let server = try await CannedServer([.json(200, answer)])
      var command = try #require(
        try Polder.parseAsRoot(["period", "close", "2026-11", word, "--socket", server.socket])
          as? PeriodClose)
      try await command.run()
      #expect(server.requests.map(\.line) == [sent])
      try await server.close()
    }
  }
}
