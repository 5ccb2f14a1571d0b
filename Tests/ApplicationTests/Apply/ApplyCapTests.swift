import Domain
import Testing
import Wire

@testable import Services

/// Caps as they are described.
@Suite("described caps")
struct ApplyCapTests {
  static func cap(_ fields: String) -> String {
    SmallCentre.text + "---\nkind: Cap\nid: some-cap\n" + fields
  }

  private func rule(_ fields: String) throws -> CapRule? {
    let plan = try SmallCentre.plan(Self.cap(fields))
    #expect(plan.refusals.map(\.message) == [])
    return try plan.next.capRules[#require(CapID("some-cap"))]
  }

  @Test("each scope, limit and span is read")
  func scopes() throws {
    let (member, project) = (try #require(MemberID("m-0001")), try #require(ProjectID("longscan")))
    let (funder, programme) = (
      try #require(FunderID("state")), try #require(ProgrammeID("playground"))
    )
    let amount = "limit: {amount: 100 GPU-h}\nstrength: soft\n"
    #expect(
      try rule("scope: {member: m-0001, project: longscan}\n" + amount)?.scope
        == .member(member, project))
    #expect(try rule("scope: {project: longscan}\n" + amount)?.scope == .project(project))
    #expect(
      try rule("scope: {programmes: [playground]}\n" + amount)?.scope == .programmes([programme]))
    let share = try rule("scope: {funder: state}\nlimit: {percent: 10 %}\nstrength: soft\n")
    #expect(share?.limit == .share(funder, basisPoints: 1000))
    #expect(share?.strength == .soft && share?.span == .calendarYear)
    let dated = try rule(
      "scope: {commercialUseUnder: state}\nlimit: {percent: 5 %, ofShareOf: state}\n"
        + "window: {from: 2026-01-01, until: 2026-07-01}\n")
    #expect(dated?.scope == .commercial(funder) && dated?.strength == .hard)
    #expect(dated?.period(at: SmallCentre.now) == nil)
  }

  @Test(
    "what is no cap is refused with what is accepted",
    arguments: [
      ("scope: {}\nlimit: {amount: 1 GPU-h}\n", "scope"),
      ("scope: {project: longscan, funder: state}\nlimit: {amount: 1 GPU-h}\n", "scope:"),
      ("scope: {project: nowhere}\nlimit: {amount: 1 GPU-h}\n", "there is no Project"),
      ("scope: {project: longscan}\nlimit: {percent: 10 %}\n", "limit.ofShareOf"),
      ("scope: {project: longscan}\n", "limit"),
      ("scope: {programmes: [none]}\nlimit: {amount: 1 GPU-h}\n", "there is no Programme"),
      ("scope: {project: longscan}\nlimit: {amount: 1 GPU-h}\nstrenght: soft\n", "strenght"),
    ])
  func refused(_ fields: String, _ words: String) throws {
    let refusals = try SmallCentre.plan(Self.cap(fields)).refusals
    #expect(refusals.count == 1, "\(refusals)")
    #expect(refusals.first?.message.contains(words) == true, "\(refusals)")
  }

  @Test("an award beyond a hard cap that projects share is refused, and under a soft one is not")
  func award() throws {
    let hard = "scope: {programmes: [playground]}\nlimit: {amount: 1500 GPU-h}\n"
    let refusals = try SmallCentre.plan(Self.cap(hard)).refusals
    #expect(refusals.map(\.message).first?.contains("the awards under cap some-cap") == true)
    #expect(try rule(hard + "strength: soft\n") != nil)
  }

  @Test("a lowered cap leaves standing awards alone")
  func standing() throws {
    let text = Self.cap("scope: {programmes: [playground]}\nlimit: {amount: 1500 GPU-h}\n")
    #expect(try SmallCentre.plan(text, in: SmallCentre.applied()).refusals.isEmpty)
  }
}
