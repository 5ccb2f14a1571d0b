// Why: a node that is free by its list, and takes nothing, is looked into for an hour.
import Domain
import Doubles
import Services
import Testing
import Wire

@Suite("the list of nodes") struct NodeListTests {
  @Test("a node that a job which is not Polder's is on is told so, with nothing free on it")
  func foreign() async throws {
    let town = try await Town()
    var state = BoardState()
    state.slurm = .well
    let what = "in use by Slurm job 27, which is not Polder's"
    for name in ["gn01", "gn04"] { state.foreign[try #require(NodeName(name))] = what }
    await town.board.set(state)
    let nodes = try await town.front.nodes(try await town.caller("anouk"))
    #expect(nodes.map(\.foreign) == [what, nil, nil, what])
    #expect(nodes.map { $0.gpus - $0.gpusInUse } == [0, 4, 4, 0])
    #expect(nodes.map(\.shardsFree) == [nil, nil, nil, 0])
    #expect(try await town.front.health().foreignNodes == 2)
  }
}
