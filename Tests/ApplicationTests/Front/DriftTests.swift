// Why: a node that Slurm has otherwise than it is described is found by the first job that can't start.
import BridgeProtocol
import Domain
import Doubles
import Services
import Testing
import Wire

@Suite("where the description and Slurm differ")
struct DriftTests {
  private static func node(
    _ name: String, _ change: (inout NodeObservation) -> Void = { _ in }
  ) -> NodeObservation {
    var node = NodeObservation(
      name: name, state: .idle, flags: [], cpus: 80, memoryMiB: 512_000,
      gpus: [GPUAllocation(type: "h100", count: 4, indices: [])], reason: "", reasonSince: nil,
      partitions: ["gpu", "whole"], features: ["gn03", "gn04"].contains(name) ? ["ib"] : [],
      shards: name == "gn04" ? 16 : 0)
    change(&node)
    return node
  }

  private func drift(
    _ nodes: [NodeObservation], _ partitions: [PartitionObservation] = [],
    foreign: [String: String] = [:], grace: Int64? = nil
  ) async throws -> [DriftDifference] {
    let town = try await Town()
    var state = BoardState()
    state.slurm = .well
    state.nodes = nodes
    state.partitions = partitions
    state.graceNeeded = grace.map { Seconds($0) }
    for (node, what) in foreign { state.foreign[try #require(NodeName(node))] = what }
    await town.board.set(state)
    return try await town.front.drift(try await town.caller("beheer")).differences
  }

  private static let alike = ["gn01", "gn02", "gn03", "gn04"].map { node($0) }

  @Test("a machine that is as it is described shows nothing")
  func agrees() async throws {
    #expect(try await drift(Self.alike, grace: 30) == [])
  }

  @Test("nodes that one of both lacks, or has otherwise, are told with what each has")
  func nodes() async throws {
    let seen: [NodeObservation] =
      Self.alike.dropLast(2)
      + [
        Self.node("gn03") {
          $0.gpus[0].count = 3
          $0.memoryMiB = 256_000
        }, Self.node("gn09"),
      ]
    let told = try await drift(Array(seen)).filter { $0.kind == "node" }
    #expect(told.map(\.subject) == ["gn03", "gn03", "gn04", "gn09"])
    #expect(told.map(\.slurm).contains("GPUs: 3") && told.map(\.slurm).contains("unknown"))
    #expect(told.map(\.polder).contains("not described"))
    #expect(told.allSatisfy { !$0.mend.isEmpty })
  }

  @Test("a type of GPU that is another is told; one that Slurm does not name is none")
  func types() async throws {
    let other = Self.node("gn04") { $0.gpus[0].type = "a100" }
    let unnamed = Self.node("gn04") { $0.gpus[0].type = "" }
    #expect(try await drift(Self.alike.dropLast() + [other]).map(\.slurm) == ["GPU type: a100"])
    #expect(try await drift(Self.alike.dropLast() + [unnamed]) == [])
  }

  @Test("features that Slurm lacks, and shards that it has otherwise, are told")
  func features() async throws {
    let bare = Self.node("gn04") {
      $0.features = ["old"]
      $0.shards = 8
    }
    let told = try await drift(Self.alike.dropLast() + [bare])
    #expect(Set(told.map(\.polder)) == ["shards: 16", "features: ib"])
    #expect(Set(told.map(\.slurm)) == ["shards: 8", "features: old"])
    let mend = told.compactMap(\.command).first?.last
    #expect(mend == "ActiveFeatures=ib,old", "what Slurm has more it keeps")
  }

  @Test("partitions that lie on other nodes, or are known to one only, are told")
  func partitions() async throws {
    let seen = Self.alike.dropLast() + [Self.node("gn04") { $0.partitions = ["gpu", "debug"] }]
    let told = try await drift(Array(seen))
    #expect(told.map(\.subject) == ["debug", "whole"])
    #expect(told[1].polder == "gn[01-04]" && told[1].slurm == "gn[01-03]")
    #expect(told[1].mend.contains("scontrol update PartitionName=whole Nodes=gn[01-04]"))
  }

  @Test("partitions that Slurm has closed, or whose limits are narrower than described, are told")
  func doors() async throws {
    let told = try await drift(
      Self.alike,
      [
        PartitionObservation(name: "gpu", state: .drain),
        PartitionObservation(name: "whole", state: .up, maximumMinutes: 5, maximumNodes: 1),
        PartitionObservation(name: "debug", state: .down),
      ])
    #expect(told.map(\.slurm).sorted() == ["MaxNodes=1", "MaxTime=00:05:00", "State=DRAIN"])
    #expect(
      told.first?.mend == "if that is not meant: scontrol update PartitionName=gpu State=UP")
    #expect(told.first?.command == ["scontrol", "update", "PartitionName=gpu", "State=UP"])
    let open = PartitionObservation(name: "gpu", state: .up)
    #expect(try await drift(Self.alike, [open]) == [])
  }

  @Test("jobs that are not Polder's, and a grace that is too short, are told")
  func rest() async throws {
    let told = try await drift(Self.alike, foreign: ["gn02": "in use by Slurm job 7"], grace: 95)
    #expect(told.map(\.kind) == ["job", "setting"])
    #expect(told[1].mend.contains("graceSeconds: 95"))
  }

  @Test("a look is a line of the audit log, one in ten minutes")
  func audited() async throws {
    let town = try await Town()
    let beheer = try await town.caller("beheer")
    for _ in 1...2 { _ = try await town.front.drift(beheer) }
    let lines = try await town.store.auditLines(AuditFilter(action: "read-jobs"))
    #expect(lines.map(\.line.object) == ["drift"])
    #expect(lines.map(\.line.result) == [.done])
  }

  @Test("administrators only, and not while Slurm is away")
  func refused() async throws {
    let town = try await Town()
    for account in ["anouk", "auditor"] {
      let caller = try await town.caller(account)
      let problem = await #expect(throws: Problem.self) { try await town.front.drift(caller) }
      #expect(problem?.code == "not-allowed")
    }
    var state = BoardState()
    state.slurm = .unreachable("it is down")
    await town.board.set(state)
    let caller = try await town.caller("beheer")
    let problem = await #expect(throws: Problem.self) { try await town.front.drift(caller) }
    #expect(problem?.status == 503)
  }
}
