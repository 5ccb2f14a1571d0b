// Why: who asks for a licence has to hear what there is, and what it waits for.
import Domain
import Doubles
import Engine
import Lifecycle
import Scheduling
import Services
import Testing
import Wire

@Suite("licences in requests") struct LicenceRequestTests {
  private func town() async throws -> (Town, LicenceName) {
    let town = try await Town()
    var centre = try Town.centre()
    let (matlab, ansys) = (
      try #require(LicenceName("matlab")), try #require(LicenceName("ansys"))
    )
    centre.licences = [
      matlab: Licence(id: matlab, count: 4), ansys: Licence(id: ansys, count: 1),
    ]
    _ = try await town.store.replaceCentre(
      with: centre, postings: [], ifStill: try Town.centre(),
      audit: AuditLine(actor: "beheer", action: .apply, object: "centre", origin: "a test"))
    return (town, matlab)
  }

  @Test("a request needs the licences that it names, and tells them")
  func named() async throws {
    let (town, _) = try await town()
    let view = try await town.submit("bram", "--gpus=1 -L matlab:2,ansys")
    #expect(view.conditions == ["--licenses=ansys:1,matlab:2"])
    let request = await town.store.state.jobs.values.first?.request
    #expect(request?.licences.map(\.description) == ["ansys:1", "matlab:2"])
  }

  @Test("a licence that is not there, or not so often, is refused with what there is")
  func refused() async throws {
    let (town, _) = try await town()
    let unknown = try await town.refusal("bram", "--gpus=1 --licenses=matlap")
    #expect(unknown.code == "unknown-licence" && unknown.detail.hasSuffix("do you mean matlab?"))
    #expect(unknown.nextStep == "choose of: ansys, matlab")
    let many = try await town.refusal("bram", "--gpus=1 --licenses=matlab:5")
    #expect(many.code == "licences")
    #expect(
      many.detail == "this needs 5 licences of matlab for each task, and the centre has 4")
    #expect(many.nextStep == "ask for --licenses=matlab:4 or fewer")
  }

  @Test("who waits for a licence hears how many are in use, and polder limits lists them to all")
  func told() async throws {
    let (town, matlab) = try await town()
    _ = try await town.submit("bram", "--gpus=1 -L matlab:2")
    var board = BoardState()
    (board.store, board.slurm) = (.well, .well)
    board.plan[TaskID(job: JobID(number: 1), index: nil)] = BoardState.Wait(
      reason: .limit(
        LimitShortfall(
          counter: .licence(matlab), scope: nil, measure: .licences, wants: 2, most: 4, inUse: 3,
          promisedAhead: 1)), expectedStart: nil)
    await town.board.set(board)
    let caller = try await town.caller("bram")
    let reason = try await town.front.job("P1", caller).tasks.first?.reason
    #expect(reason?.code == "licences")
    #expect(
      reason?.text
        == "needs 2 licences of matlab; the centre has 4, in use: 3, for jobs ahead of it: 1")
    await town.board.set(limits: [])
    await town.board.set(licences: [
      LicenceStanding(licence: Licence(id: matlab, count: 4), lent: 3)
    ])
    let limits = try await town.front.limits(caller)
    #expect(limits.map(\.id) == ["matlab"])
    #expect(limits.first?.measures == [.init(measure: "licences", most: 4, inUse: 3)])
  }
}
