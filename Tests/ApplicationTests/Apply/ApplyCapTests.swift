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
    let message = try #require(refusals.map(\.message).first)
    #expect(message.contains("the awards under cap some-cap"))
    #expect(!message.contains("planned capacity"), "it is an amount: \(message)")
    let share = "scope: {programmes: [playground]}\nlimit: {percent: 0 %, ofShareOf: state}\n"
    #expect(
      try SmallCentre.plan(Self.cap(share)).refusals.first?.message.contains(
        "a part of the planned capacity") == true)
    #expect(try rule(hard + "strength: soft\n") != nil)
  }

  private let described = Self.cap("scope: {project: longscan}\nlimit: {amount: 9 GPU-h}\n")

  /// The small centre with the cap.
  private func capped() throws -> ApplyContext {
    .empty(now: SmallCentre.now, centre: try SmallCentre.plan(described).next)
  }

  @Test("a cap that is said to be absent is removed, and the difference shows all that it was")
  func removed() throws {
    let plan = try SmallCentre.plan(Self.cap("state: absent\n"), in: try capped())
    #expect(plan.refusals == [] && plan.next.capRules.isEmpty)
    let change = try #require(plan.changes.first { $0.kind == "Cap" })
    #expect(change.action == "remove" && change.id == "some-cap")
    #expect(change.fields.allSatisfy { $0.before != nil && $0.after == "none" })
    #expect(change.fields.contains { $0.before == "9 GPU-h" }, "\(change.fields)")
    #expect(plan.summary.contains("; remove Cap some-cap: "), "the audit log names it")
  }

  @Test("saying so again changes nothing, and leaving a cap out leaves it alone")
  func removedBefore() throws {
    let gone = try SmallCentre.plan(Self.cap("state: absent\n"))
    #expect(gone.refusals == [] && !gone.changes.contains { $0.kind == "Cap" })
    let left = try SmallCentre.plan(in: try capped())
    #expect(left.next.capRules.count == 1 && left.notDescribed == ["Cap some-cap"])
  }

  @Test("what is absent is described by nothing else, and present is the default")
  func removedOrNot() throws {
    let both = Self.cap("state: absent\nstrength: soft\n")
    #expect(try SmallCentre.plan(both, in: try capped()).refusals.count == 1)
    #expect(try SmallCentre.plan(Self.cap("state: gone\n")).refusals.count == 1)
    let kept = described + "state: present\n"
    #expect(try SmallCentre.plan(kept).next.capRules.count == 1)
  }

  @Test("a funder's cap on commercial use is removed at the funder")
  func removedAtFunder() throws {
    let funder = try SmallCentre.text(
      "name: Dutch state\n", "name: Dutch state\ncommercialCap: 20 %\n")
    let centre = try SmallCentre.plan(funder).next
    try #require(centre.allCapRules.count == 1)
    let text = funder + "---\nkind: Cap\nid: commercial-state\nstate: absent\n"
    let refusals = try SmallCentre.plan(text, in: .empty(now: SmallCentre.now, centre: centre))
      .refusals
    #expect(refusals.first?.message.contains("follows from Funder state") == true, "\(refusals)")
  }

  @Test("a lowered cap leaves standing awards alone")
  func standing() throws {
    let text = Self.cap("scope: {programmes: [playground]}\nlimit: {amount: 1500 GPU-h}\n")
    #expect(try SmallCentre.plan(text, in: SmallCentre.applied()).refusals.isEmpty)
  }
}
