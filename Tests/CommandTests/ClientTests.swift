// Why: whether a lost answer makes a second job is decided here, by what the client repeats.
import Client
import Testing
import Wire

@testable import polder

@Suite("the client", .timeLimit(.minutes(1)))
struct ClientTests {
  /// Runs `body` against a server with these answers; the requests that it saw.
  private func requests(
    _ answers: [CannedServer.Answer], _ body: (PolderClient) async throws -> Void
  ) async throws -> [CannedServer.Request] {
    let server = try await CannedServer(answers)
    try await PolderClient.connected(to: server.socket, body)
    try await server.close()
    return server.requests
  }

  @Test("a submission whose answer is lost is repeated under the same key")
  func lostAnswer() async throws {
    let job = Sample.job("P7", tasks: [])
    let unknown = try json(Sample.problem(503, "unknown"))
    let seen = try await requests([.hangUp, .json(503, unknown), .json(201, try json(job))]) {
      let accepted = try await $0.submit(Sample.submission, key: "k-1")
      #expect(accepted == job)
    }
    #expect(seen.map(\.line) == Array(repeating: "POST /v1/jobs", count: 3))
    #expect(seen.map(\.key) == Array(repeating: "k-1", count: 3))
    #expect(Set(seen.map(\.body)).count == 1)
  }

  @Test("a refusal is final: nothing is repeated")
  func refusal() async throws {
    let problem = Sample.problem(403, "budget")
    let seen = try await requests([.json(403, try json(problem))]) { client in
      await #expect(throws: ClientError.refused(problem)) {
        try await client.submit(Sample.submission, key: "k-2")
      }
    }
    #expect(seen.count == 1)
  }

  @Test("a socket at which nobody listens is told at once, as not sent")
  func unreachable() async throws {
    let socket = "/tmp/no-such-socket-of-polder"
    await #expect(throws: ClientError.unreachable(socket, "there is no such socket")) {
      try await PolderClient.connected(to: socket) { client in
        try await client.submit(Sample.submission, key: "k-3")
      }
    }
  }

  @Test("what is typed reaches the daemon escaped, and never another path")
  func escaping() async throws {
    let seen = try await requests([.json(200, "[]"), .json(200, "[]")]) { client in
      _ = try await client.jobs(all: true, project: "a&all=0 b")
      _ = try await client.ledger(project: "x?y#z")
    }
    #expect(
      seen.map(\.line) == [
        "GET /v1/jobs?all=1&project=a%26all%3D0%20b", "GET /v1/projects/x%3Fy%23z/ledger",
      ])
  }

  @Test("a Slurm id is looked up, of the job or of a task's run")
  func slurmIDs() async throws {
    let jobs = [
      Sample.job("P1", tasks: [Sample.task("P1", "running")], slurmJobID: 40),
      Sample.job(
        "P2", tasks: [Sample.task("P2_5", "running", runs: [Sample.run("P2_5.1")])],
        slurmJobID: 6),
    ]
    let answer = CannedServer.Answer.json(200, try json(jobs))
    _ = try await requests([answer, answer, answer]) { client in
      for (typed, id) in [("40", "P1"), ("7", "P2_5"), ("6_3", "P2_3"), ("P9_1", "P9_1")] {
        let found = try await client.polderID(typed)
        #expect(found == id)
      }
    }
  }

  @Test("waiting fails with 1 when a job did not complete with exit code 0, and names it")
  func waiting() async throws {
    let good = Sample.job(
      "P1", tasks: [Sample.task("P1", "completed", runs: [Sample.run("P1.1", exitCode: 0)])])
    let bad = Sample.job(
      "P2", tasks: [Sample.task("P2", "failed", runs: [Sample.run("P2.1", exitCode: 3)])])
    let running = Sample.job("P1", tasks: [Sample.task("P1", "running")])
    _ = try await requests([
      .json(200, try json(running)), .hangUp, .json(200, try json(good)),
      .json(200, try json(bad)),
    ]) { client in
      let watch = JobWatch(client: client, timeoutSeconds: nil, isQuiet: true)
      let failure = await #expect(throws: Failure.self) {
        try await watch.wait(for: ["P1", "P2"])
      }
      #expect(failure?.code == .jobFailed)
      #expect(failure?.text.contains("P2") == true)
      #expect(failure?.text.contains("P1,") == false)
    }
  }
}
