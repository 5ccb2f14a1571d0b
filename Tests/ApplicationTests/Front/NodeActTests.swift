// Why: who takes nodes out of service is asked about it afterwards, also where Slurm did not do it.
import BridgeProtocol
import Domain
import Doubles
import Services
import Testing
import Wire

@Suite("draining and resuming nodes") struct NodeActTests {
  private func lines(_ town: Town) async throws -> [AuditLineView] {
    var question = Front.AuditQuestion()
    question.action = "change-node"
    return try await town.front.auditLines(question, try await town.caller("beheer"))
  }

  @Test("an administrator's drain and resume reach Slurm, and are told in the audit log")
  func reaches() async throws {
    let town = try await Town()
    let beheer = try await town.caller("beheer")
    let wanted = DrainRequest(reason: "fan 2 is loud")
    let drained = try await town.front.drain("gn01", wanted, beheer)
    #expect(drained == NodeActView(node: "gn01", act: "drained", runs: 0))
    #expect(try await town.front.resume("gn01", beheer).act == "resumed")
    #expect(await town.board.nodesDrained == ["gn01: fan 2 is loud"])
    #expect(await town.board.nodesResumed == ["gn01"])
    let lines = try await lines(town)
    #expect(lines.map(\.object) == ["node gn01", "node gn01"])
    #expect(lines.map(\.detail) == ["resumed", "drained"])
  }

  @Test("nobody else may, and nothing reaches Slurm", arguments: ["anouk", "auditor"])
  func mayNot(account: String) async throws {
    let town = try await Town()
    let caller = try await town.caller(account)
    let problem = await #expect(throws: Problem.self) {
      try await town.front.drain("gn01", DrainRequest(reason: "mine"), caller)
    }
    #expect(problem?.status == 403)
    await #expect(throws: Problem.self) { try await town.front.resume("gn01", caller) }
    #expect(await town.board.nodesDrained.isEmpty)
    #expect(await town.board.nodesResumed.isEmpty)
    #expect(try await lines(town).map(\.result) == ["refused", "refused"])
  }

  @Test("a node that is not there, and a reason that is none, are refused in words")
  func words() async throws {
    let town = try await Town()
    let beheer = try await town.caller("beheer")
    let unknown = await #expect(throws: Problem.self) {
      try await town.front.resume("gn0l", beheer)
    }
    #expect(unknown?.code == "unknown-node" && unknown?.detail.contains("gn01") == true)
    for reason in ["", "two\nlines", String(repeating: "x", count: 201)] {
      await #expect(throws: Problem.self) {
        try await town.front.drain("gn01", DrainRequest(reason: reason), beheer)
      }
    }
    #expect(await town.board.nodesDrained.isEmpty)
  }

  @Test(
    "what Slurm did not do is told, and stands in the audit log",
    arguments: [
      (BridgeOutcome<Done>.unavailable(message: "down"), 503, "unavailable"),
      (.unknown(message: "cut"), 503, "unknown-outcome"),
      (
        .refused(refusal: BridgeRefusal(code: 1, reason: .other, message: "no")), 409,
        "refused-by-slurm"
      ),
    ])
  func failed(answer: BridgeOutcome<Done>, status: Int, code: String) async throws {
    let town = try await Town()
    await town.board.set(nodeActs: answer)
    let beheer = try await town.caller("beheer")
    let problem = await #expect(throws: Problem.self) {
      try await town.front.resume("gn01", beheer)
    }
    #expect(problem?.status == status && problem?.code == code)
    #expect(try await lines(town).map(\.result) == ["failed", "done"])
  }
}
