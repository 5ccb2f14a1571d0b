import Domain
import Ledger
import Services
import Testing
import Wire

/// The difference that a description makes, and the postings that follow from it.
@Suite struct ApplyDifferenceTests {
  let allocation: AllocationID

  init() throws { allocation = try #require(AllocationID("longscan-1")) }

  @Test("what is new is told by kind and id, nodes of a range one by one")
  func creation() throws {
    let plan = try SmallCentre.plan()
    #expect(
      plan.changes.map { "\($0.action) \($0.kind) \($0.id)" } == [
        "create Funder state", "create Programme playground", "create Node gn01",
        "create Node gn02", "create Partition gpu", "create Organisation martini",
        "create Member m-0001", "create Project longscan", "create Allocation longscan-1",
      ])
    #expect(
      plan.changes[4].fields.prefix(3) == [
        ApplyResult.FieldChange(field: "nodes", before: nil, after: "gn[01-02]"),
        ApplyResult.FieldChange(field: "wholeNodes", before: nil, after: "false"),
        ApplyResult.FieldChange(field: "timeLimit.default", before: nil, after: "01:00:00"),
      ])
  }

  @Test("a new allocation is granted and opened as of the start of its window")
  func award() throws {
    let start = try #require(Instant("2026-11-01"))
    #expect(
      try SmallCentre.plan().postings == [
        .grant(EntryID("grant:longscan-1:1"), allocation, .hours(2000), effective: start),
        .open(EntryID("opening:longscan-1"), allocation, .hours(500), effective: start),
      ])
  }

  @Test("the same description again changes and posts nothing")
  func again() throws {
    let context = try SmallCentre.applied()
    let plan = try SmallCentre.plan(in: context)
    #expect(plan.changes == [])
    #expect(plan.postings == [])
    #expect(plan.unchanged == 9)
    #expect(plan.next == context.centre)
  }

  @Test("a raise grants the difference, numbered by the entries before it, as of now")
  func raise() throws {
    let plan = try SmallCentre.plan(
      SmallCentre.text("granted: 2,000", "granted: 3,500.5"), in: SmallCentre.applied())
    #expect(
      plan.postings == [
        .grant(
          EntryID("grant:longscan-1:2"), allocation,
          .hours(1500) + GPUTime(milliseconds: 1_800_000), effective: SmallCentre.now)
      ])
    #expect(
      plan.changes == [
        ApplyResult.Change(
          action: "update", kind: "Allocation", id: "longscan-1",
          fields: [
            ApplyResult.FieldChange(
              field: "granted", before: "2,000 GPU-h", after: "3,500.5 GPU-h")
          ])
      ])
  }

  @Test("a cut withdraws the difference, down to what is gone and no further")
  func cut() throws {
    let context = try SmallCentre.applied(used: .hours(600), held: .hours(500))
    let plan = try SmallCentre.plan(
      SmallCentre.text("granted: 2,000", "granted: 1,100"), in: context)
    #expect(plan.refusals == [])
    #expect(
      plan.postings == [
        .withdraw(
          EntryID("withdrawal:longscan-1:2"), allocation, .hours(900), effective: nil)
      ])
  }

  @Test("a member who leaves is told, by the member and not by the place in a list")
  func leaving() throws {
    let two = try SmallCentre.text(
      "    role: PI\n", "    role: PI\n  - account: bram\n    role: member\n"
    ).replacing(
      "kind: Member\n",
      with: "kind: Member\nid: m-0000\naccount: bram\nname: B\n---\nkind: Member\n")
    let context = ApplyContext(
      now: SmallCentre.now, centre: try SmallCentre.plan(two).next, balances: [:],
      grantEntries: [:], busyProjects: [], busyNodes: [])
    let plan = try SmallCentre.plan(in: context)
    #expect(
      plan.changes.map(\.fields) == [
        [ApplyResult.FieldChange(field: "members m-0000", before: "member", after: "none")]
      ])
    #expect(plan.notDescribed == ["Member m-0000"])
  }

  @Test("what is not described stays, is listed, and can be referred to")
  func partial() throws {
    let text =
      "kind: Member\nid: m-0002\naccount: bram\nname: Bram\n---\n"
      + "kind: Project\nid: second\nreference: R-2\ntitle: T\norganisation: martini\n"
      + "members: [{account: anouk, role: PI}, {member: m-0002, role: viewer}]\n"
    let plan = try SmallCentre.plan(text, in: SmallCentre.applied())
    #expect(plan.refusals == [])
    #expect(plan.changes.count == 2)
    #expect(
      plan.notDescribed == [
        "Funder state", "Programme playground", "Node gn01", "Node gn02", "Partition gpu",
        "Organisation martini", "Member m-0001", "Project longscan", "Allocation longscan-1",
      ])
    #expect(plan.next.projects.count == 2)
  }

  @Test("with a refusal the difference is still told, and nothing is to be written")
  func refused() throws {
    let text = try SmallCentre.text("granted: 2,000", "granted: 3,000")
      .replacing("name: Dutch state", with: "name: The state")
      .replacing("country: NL", with: "country: nl")
    let context = try SmallCentre.applied()
    let plan = try SmallCentre.plan(text, in: context)
    #expect(plan.changes.map(\.id) == ["state", "longscan-1"])
    #expect(plan.next == context.centre)
    #expect(plan.postings == [])
    #expect(plan.result(applied: false).refusals.count == 1)
  }

  @Test("the audit log names what changed, with its values, and with none of a person")
  func summary() throws {
    let text = try SmallCentre.text("granted: 2,000", "granted: 3,500.5")
      .replacing("name: Anouk de Vries", with: "name: Anouk Jansen")
    let plan = try SmallCentre.plan(text, in: SmallCentre.applied())
    #expect(
      plan.summary == """
        0 created, 2 updated, 0 removed, 7 unchanged, 1 postings, 0 faults; \
        update Allocation longscan-1: granted 2,000 GPU-h to 3,500.5 GPU-h; \
        update Member m-0001: name
        """)
    let first = try SmallCentre.plan().summary
    #expect(first.contains("; create Allocation longscan-1: project longscan, "))
    #expect(first.hasSuffix("; create Member m-0001; create Project longscan"))
    #expect(!first.contains("Anouk") && !first.contains("Martini"))
  }

  @Test("of more changes than a line holds the audit log names whole ones, and counts the rest")
  func manyChanges() throws {
    let text = try SmallCentre.text("id: gn[01-02]", "id: gn[0001-2000]")
      .replacing("nodes: [gn01, gn02]", with: "nodes: [gn0001]")
    let plan = try SmallCentre.plan(text)
    let line = AuditLine(
      actor: "m-1", action: .apply, object: "centre", origin: "a test", detail: plan.summary)
    #expect(line.detail == plan.summary, "nothing of it is cut")
    let parts = line.detail.split(separator: "; ")
    #expect(parts.last == "and \(plan.changes.count - (parts.count - 2)) more")
    #expect(parts.contains { $0.hasPrefix("create Allocation longscan-1") })
    #expect(parts.count > 500)
  }
}
