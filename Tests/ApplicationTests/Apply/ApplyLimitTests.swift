import Domain
import Testing
import Wire

@testable import Services

/// Limits as they are described.
@Suite("described limits")
struct ApplyLimitTests {
  private func limit(_ fields: String) -> String {
    SmallCentre.text + "---\nkind: Limit\nid: few\n" + fields
  }

  private func rule(_ fields: String) throws -> LimitRule? {
    let plan = try SmallCentre.plan(limit(fields))
    #expect(plan.refusals.map(\.message) == [])
    return plan.next.limitRules.values.first
  }

  @Test("each scope and each measure is read")
  func read() throws {
    let (member, project) = (try #require(MemberID("m-0001")), try #require(ProjectID("longscan")))
    let all = try #require(
      try rule(
        "scope: {member: m-0001, project: longscan}\n"
          + "atMost: {gpus: 8, running: 2, queued: 100, gpuTime: 500 GPU-h}\n"))
    #expect(all.scope == .member(member, project))
    #expect(
      all.most == [
        .gpus: 8, .running: 2, .waiting: 100, .held: GPUTime.hours(500).milliseconds,
      ])
    let funder = try rule("scope: {funder: state}\natMost: {gpus: 0}\n")
    #expect(funder?.scope == .funder(try #require(FunderID("state"))) && funder?.most == [.gpus: 0])
    let each = try rule("scope: {everybody: true}\neach: member\natMost: {gpus: 4}\n")
    #expect(each?.scope == nil && each?.each == .member)
    let programmes = try rule("scope: {programmes: playground}\natMost: {running: 1}\n")
    #expect(programmes?.scope == .programmes([try #require(ProgrammeID("playground"))]))
  }

  @Test(
    "what is no limit is refused with what is accepted",
    arguments: [
      ("scope: {project: longscan}\n", "atMost of Limit few says how much"),
      ("scope: {project: longscan}\natMost: {gpus: -1}\n", "atMost.gpus"),
      ("scope: {project: longscan}\natMost: {gpus: 4, gpu: 4}\n", "gpu"),
      ("scope: {}\natMost: {gpus: 4}\n", "names whose runs are counted"),
      ("scope: {project: nowhere}\natMost: {gpus: 4}\n", "nowhere"),
      ("scope: {project: longscan}\neach: project\natMost: {gpus: 4}\n", "one project already"),
      ("scope: {everybody: true}\neach: node\natMost: {gpus: 4}\n", "member, project"),
      ("scope: {everybody: true, funder: state}\natMost: {gpus: 4}\n", "funder"),
      ("scope: {project: longscan}\natMost: {gpuTime: 5 node-h}\n", "state GPU-h"),
    ])
  func refused(_ fields: String, _ words: String) throws {
    let refusals = try SmallCentre.plan(limit(fields)).refusals
    #expect(refusals.count == 1, "\(refusals)")
    #expect(refusals.first?.message.contains(words) == true, "\(refusals)")
  }

  @Test("a limit that is left out stands, one that is said to be absent goes")
  func removed() throws {
    let fields = "scope: {project: longscan}\natMost: {gpus: 4}\n"
    let standing = try SmallCentre.plan(limit(fields)).next
    let context = ApplyContext.empty(now: SmallCentre.now, centre: standing)
    let without = try SmallCentre.plan(in: context)
    #expect(without.next.limitRules == standing.limitRules)
    #expect(without.notDescribed == ["Limit few"])
    let gone = try SmallCentre.plan(limit("state: absent\n"), in: context)
    #expect(gone.next.limitRules.isEmpty)
    #expect(gone.changes.filter { $0.kind == "Limit" }.map(\.action) == ["remove"])
    let again = try SmallCentre.plan(limit(fields), in: context)
    #expect(!again.changes.contains { $0.kind == "Limit" }, "the same again changes nothing")
  }
}
