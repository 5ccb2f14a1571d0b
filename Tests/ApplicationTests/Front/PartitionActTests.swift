// Why: who closes a partition to everybody is asked about it afterwards, also where Slurm did not do it.
import BridgeProtocol
import Domain
import Doubles
import Services
import Testing
import Wire

@Suite("opening and closing partitions") struct PartitionActTests {
  private func lines(_ town: Town) async throws -> [AuditLineView] {
    var question = Front.AuditQuestion()
    question.action = "change-partition"
    return try await town.front.auditLines(question, try await town.caller("beheer"))
  }

  private func set(
    _ town: Town, _ partition: String, _ state: String, as account: String = "beheer"
  ) async throws -> PartitionActView {
    try await town.front.set(
      partition: partition, to: PartitionStateRequest(state: state),
      try await town.caller(account))
  }

  @Test("an administrator's state reaches Slurm, again if it is repeated, with a line each")
  func reaches() async throws {
    let town = try await Town()
    for state in ["drain", "drain", "down", "inactive", "up"] {
      let view = try await set(town, "gpu", state)
      #expect(view == PartitionActView(partition: "gpu", state: state, runs: 0))
    }
    #expect(
      await town.board.partitionsSet
        == ["gpu: drain", "gpu: drain", "gpu: down", "gpu: inactive", "gpu: up"])
    #expect(await town.board.wakes == 5)
    let lines = try await lines(town)
    #expect(lines.allSatisfy { $0.object == "partition gpu" && $0.result == "done" })
    #expect(
      lines.map(\.detail)
        == ["set to up", "set to inactive", "set to down", "set to drain", "set to drain"])
  }

  @Test("nobody else may, and nothing reaches Slurm", arguments: ["anouk", "auditor"])
  func mayNot(account: String) async throws {
    let town = try await Town()
    let problem = try await refusal { _ = try await set(town, "gpu", "down", as: account) }
    #expect(problem.status == 403)
    #expect(await town.board.partitionsSet.isEmpty)
    #expect(try await lines(town).map(\.result) == ["refused"])
  }

  @Test("a partition that is not there, and a state that is none, are refused in words")
  func words() async throws {
    let town = try await Town()
    let unknown = try await refusal { _ = try await set(town, "gpi", "down") }
    #expect(unknown.status == 404 && unknown.code == "unknown-partition")
    #expect(unknown.detail.hasSuffix("'gpi'; do you mean gpu?"))
    let state = try await refusal { _ = try await set(town, "gpu", "closed") }
    #expect(state.status == 422)
    #expect(state.detail.hasSuffix("there are up, down, drain, inactive"))
    #expect(await town.board.partitionsSet.isEmpty)
    #expect(try await lines(town).isEmpty)
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
    let problem = try await refusal { _ = try await set(town, "gpu", "drain") }
    #expect(problem.status == status && problem.code == code)
    let lines = try await lines(town)
    #expect(lines.map(\.result) == ["failed", "done"])
    #expect(lines[0].detail.hasPrefix("not set to drain: "))
    #expect(await town.board.wakes == 0)
  }

  @Test("the list tells the state in Slurm, and the largest job by both")
  func list() async throws {
    let town = try await Town()
    var state = await town.board.current()
    state.partitions = [
      PartitionObservation(name: "gpu", state: .drain, maximumMinutes: 60, maximumNodes: 2)
    ]
    await town.board.set(state)
    let views = try await town.front.partitions(try await town.caller("vera"))
    #expect(views.map(\.name) == ["gpu", "whole"])
    #expect(views.map(\.isDefault) == [true, false])
    #expect(views.map(\.state) == ["drain", "unknown to Slurm"])
    #expect(views.map(\.maximumNodes) == [2, 4])
    #expect(views.map(\.maximumTimeLimitSeconds) == [3600, 24 * 3600])
    #expect(views.map(\.wholeNodes) == [false, true])
  }
}
