// Why: every client and Slurm's plugin come in over this socket; who asks is the kernel's word, and
// whatever goes wrong has to be a problem in words.
import Client
import Domain
import Doubles
import Foundation
import Ledger
import Logging
import ServiceLifecycle
import Services
import Testing
import Web
import Wire

@Suite("the HTTP interface", .timeLimit(.minutes(1)))
struct WebServerTests {
  /// Serves a front for the length of `body`; the test's own account is an administrator.
  private func serving(
    slurmUser: String = "nobody-here",
    store: MemoryStore = MemoryStore(centre: Centre(), now: Instant(seconds: 1_795_000_000)),
    _ body: @Sendable (String, PolderClient) async throws -> Void
  ) async throws {
    let socket = "/tmp/ws-" + String(UInt64.random(in: .min ... .max), radix: 36)
    let front = Front(
      store: store, board: StillBoard(), accounts: Own(),
      roles: Roles(administrators: ["tester"], auditors: [], slurmUser: slurmUser),
      settings: Front.Settings(system: "Test", defaultPartition: "gpu", grace: Seconds(30)))
    let group = ServiceGroup(
      services: [WebServer(front: front, socket: socket, logger: .quiet)], logger: .quiet)
    try await withThrowingTaskGroup(of: Void.self) { tasks in
      tasks.addTask { try await group.run() }
      try await PolderClient.connected(to: socket) { client in
        try await Self.waitUntilServed(client)
        try await body(socket, client)
      }
      await group.triggerGracefulShutdown()
      try await tasks.waitForAll()
    }
    try? FileManager.default.removeItem(atPath: socket)
  }

  /// The server says nowhere in the process that it listens: the first answer does.
  private static func waitUntilServed(_ client: PolderClient) async throws {
    for _ in 0..<10_000 {
      do {
        _ = try await client.health()
        return
      } catch ClientError.unreachable {
        await Task.yield()
      } catch ClientError.lost {
        await Task.yield()
      }
    }
    Issue.record("nothing was served")
  }

  private func problem(_ act: () async throws -> Void) async throws -> Problem {
    do {
      try await act()
    } catch ClientError.refused(let problem) {
      return problem
    }
    Issue.record("not refused")
    return Problem(title: "", status: 0, code: "", detail: "")
  }

  @Test("tells who asks by the kernel's word, and lets every account connect")
  func peers() async throws {
    try await serving { socket, client in
      let caller = try await client.caller()
      #expect(caller.account == "tester")
      #expect(caller.role == "administrator")
      let mode = try FileManager.default.attributesOfItem(atPath: socket)[.posixPermissions]
      #expect(mode as? Int == 0o666)
    }
  }

  @Test("carries each use case, and refusals as problems")
  func routes() async throws {
    try await serving { _, client in
      #expect(try await client.jobs(all: true).isEmpty)
      #expect(try await client.balances().isEmpty)
      #expect(try await client.nodes().isEmpty)
      for kind in ReportKind.allCases {
        let report = try await client.report(kind, from: "2026-11-01", to: "2026-11-30")
        #expect(report.csv.hasPrefix("period,") && !report.rows.isEmpty, "\(kind)")
      }
      #expect(
        try await problem {
          _ = try await client.statement(of: "x", from: "2026-11-01", to: "2026-11-30")
        }.code == "unknown-project")
      for part in [
        ReportPart(funder: "x"), ReportPart(programme: "x"), ReportPart(project: "x"),
      ] {
        let problem = try await problem {
          _ = try await client.report(.accessTime, from: "2026-11-01", to: "2026-11-30", of: part)
        }
        #expect(problem.code == "unknown-\(part.named.first { $0.value != nil }?.name ?? "")")
      }
      let result = try await client.apply(ApplyRequest(objects: [], dryRun: true))
      #expect(result.applied == false)
      let submission = Submission(
        script: "#!/bin/sh\n", scriptName: "a.sh", options: [], environment: [],
        workingDirectory: "/")
      #expect(try await problem { _ = try await client.job("P1") }.status == 404)
      #expect(try await problem { _ = try await client.cancel("x") }.code == "invalid-id")
      #expect(try await problem { _ = try await client.ledger(project: "x") }.status == 404)
      #expect(try await problem { _ = try await client.quote(submission) }.status == 403)
      #expect(
        try await problem { _ = try await client.submitOnce(submission, key: "a b") }.code
          == "idempotency-key")
    }
  }

  /// The books of one allocation, of 2000 entries.
  private func booked() async throws -> MemoryStore {
    let now = Instant(seconds: 1_795_000_000)
    let project = try #require(ProjectID("acme"))
    let allocation = try #require(AllocationID("acme-1"))
    var centre = Centre()
    centre.projects[project] = Project(
      id: project, reference: "", title: "", organisation: try #require(OrganisationID("uni")),
      commercial: false, members: [])
    centre.allocations[allocation] = Allocation(
      id: allocation, project: project, programme: try #require(ProgrammeID("play")),
      granted: .hours(1), window: now..<(now + Seconds.hours(1)), opening: .zero)
    let store = MemoryStore(centre: centre, now: now)
    for number in 1...2000 {
      await store.post(
        .grant(EntryID("g\(number)"), allocation, GPUTime(milliseconds: 1), effective: now))
    }
    return store
  }

  @Test("sends the ledger of many projects line by line, and a refusal of one as a problem")
  func ledgers() async throws {
    try await serving(store: try await booked()) { _, client in
      var entries: [EntryView] = []
      try await client.ledgers(programme: nil, funder: nil, all: true) { entries += $0 }
      #expect(entries.map(\.id) == (1...2000).map { "g\($0)" })
      #expect(entries.map(\.availableAfter) == (1...2000).map { Int64($0) })
      #expect(entries.allSatisfy { $0.project == "acme" })
      let refused = try await problem {
        try await client.ledgers(programme: "play", funder: nil, all: true) { _ in }
      }
      #expect(refused.code == "invalid")
    }
  }

  @Test("sends a journal piece by piece, and a refusal of one as a problem")
  func journal() async throws {
    try await serving(store: try await booked()) { _, client in
      var pieces: [Data] = []
      try await client.journal(format: "hledger", project: nil) { pieces.append($0) }
      #expect(pieces.count > 1)
      let text = String(decoding: pieces.joined(), as: UTF8.self)
      #expect(text.contains("; Polder's books: all projects; 2000 entries"))
      #expect(text.split(separator: "\n").count { $0.contains(") grant") } == 2000)
      #expect(text.hasSuffix(" GPUMS\n"), "whole")
      let refused = try await problem {
        try await client.journal(format: "word", project: nil) { _ in }
      }
      #expect(refused.code == "invalid")
    }
  }

  @Test("answers what it does not know, or can't read, with a problem")
  func unknown() async throws {
    try await serving { socket, _ in
      let route = try await RawRequest(socket, "/v1/nothing")
      #expect(route.status == 404)
      #expect(route.type == "application/problem+json")
      #expect(try route.problem().code == "no-such-route")
      let body = try await RawRequest(socket, "/v1/apply", body: "{\"objects\": 1}")
      #expect(body.status == 400)
      #expect(try body.problem().detail.contains("objects"))
      let broken = try await RawRequest(
        socket, "/v1/apply", body: "{\n  \"objects\": [],\n  \"dryRun\" true\n}")
      #expect(broken.status == 400)
      let detail = try broken.problem().detail
      #expect(
        detail.contains("not valid JSON") && detail.contains("line 3, column 12"), "\(detail)")
      let key = try await RawRequest(socket, "/v1/jobs", body: "{}")
      #expect(try key.problem().code == "idempotency-key")
      let query = try await RawRequest(socket, "/v1/jobs?all=perhaps")
      #expect(try query.problem().detail == "all=perhaps: accepted are 1 and 0")
    }
  }

  @Test("the plugin's route is for slurmctld's account and root alone, and reads 64 KiB at most")
  func plugin() async throws {
    let asked = "{\"submitUID\": 1, \"userUID\": 1}"
    try await serving { socket, _ in
      let foreign = try await RawRequest(socket, "/v1/plugin/submit", body: asked)
      #expect(foreign.status == (getuid() == 0 ? 200 : 403))
      let long = try await RawRequest(
        socket, "/v1/plugin/submit", body: String(repeating: " ", count: 70_000))
      #expect(long.status == 413)
    }
    try await serving(slurmUser: "tester") { socket, _ in
      let answer = try await RawRequest(socket, "/v1/plugin/submit", body: asked)
      #expect(answer.status == 200)
      #expect(answer.text.hasPrefix("decision=refuse\n"))
    }
  }

  @Test("a socket that is served is not taken over")
  func taken() async throws {
    try await serving { socket, _ in
      let store = MemoryStore(centre: Centre(), now: Instant(seconds: 0))
      let second = WebServer(
        front: Front(
          store: store, board: StillBoard(), accounts: Own(),
          roles: Roles(administrators: [], auditors: [], slurmUser: "slurm"),
          settings: Front.Settings(system: "", defaultPartition: "gpu", grace: .zero)),
        socket: socket, logger: .quiet)
      await #expect(throws: WebError.alreadyServed(socket)) { try await second.run() }
    }
  }
}

/// The test's own account, whatever it is.
private struct Own: Accounts {
  func name(of uid: UInt32) -> String? { uid == getuid() ? "tester" : nil }
  func ids(of name: String) -> (uid: UInt32, gid: UInt32)? {
    name == "tester" ? (getuid(), getgid()) : nil
  }
  func group(of gid: UInt32) -> String? { gid == getgid() ? "tester" : nil }
}

extension Logger {
  fileprivate static var quiet: Logger {
    Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
  }
}
