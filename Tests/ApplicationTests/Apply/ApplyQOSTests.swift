import Domain
import Testing
import Wire

@testable import Services

/// Classes of service, as they are described.
@Suite("described classes of service")
struct ApplyQOSTests {
  private func plan(_ fields: String, in centre: Centre = Centre()) throws -> ApplyPlan {
    try SmallCentre.plan(
      SmallCentre.text + "---\nkind: QOS\nid: spare\n" + fields,
      in: .empty(now: SmallCentre.now, centre: centre))
  }

  private let spare = QOSName("spare")

  @Test("what is left out is a class without priority, for all, that does not give way")
  func defaults() throws {
    let plan = try plan("state: present\n")
    let id = try #require(spare)
    #expect(plan.refusals.map(\.message) == [])
    #expect(plan.next.qosClasses == [id: QOSClass(id: id, priority: 0)])
  }

  @Test("priority, notice, signal and projects are read, and told back as they are")
  func read() throws {
    let first = try plan(
      "priority: 12.5 %\npreemptable: true\nnotice: 2 min\nsignal: TERM\nprojects: [longscan]\n")
    let id = try #require(spare)
    #expect(first.refusals.map(\.message) == [])
    #expect(
      first.next.qosClasses[id]
        == QOSClass(
          id: id, priority: 125_000,
          preemption: QOSClass.Preemption(signal: .term, notice: .minutes(2)),
          projects: [try #require(ProjectID("longscan"))]))
    let texts = first.next.qosClasses[id]?.canonicalFields.map { "\($0.name): \($0.text)" }
    #expect(
      texts == [
        "priority: 12.5 %", "preemptable: true", "signal: TERM", "notice: 00:02:00",
        "projects: longscan",
      ])
    let again = try plan(
      "priority: 12.50 %\npreemptable: true\nnotice: 00:02:00\nsignal: TERM\n"
        + "projects: [longscan]\n", in: first.next)
    #expect(again.changes.isEmpty)
  }

  @Test("how far ahead its starts are promised, but for what may be preempted")
  func promises() throws {
    let first = try plan("promiseAhead: 24 h\n")
    let id = try #require(spare)
    #expect(
      first.next.qosClasses == [id: QOSClass(id: id, priority: 0, promiseAhead: .hours(24))])
    let fields = first.next.qosClasses[id]?.canonicalFields ?? []
    #expect(fields.map(\.name) == ["priority", "promiseAhead"])
    let vain = try plan("promiseAhead: 24 h\npreemptable: true\n")
    #expect(vain.refusals.map(\.message).count == 1 && vain.next.qosClasses.isEmpty)
  }

  @Test("one that is absent is removed, and to say it again changes nothing")
  func absent() throws {
    let standing = try plan("priority: 1 %\n").next
    let gone = try plan("state: absent\n", in: standing)
    #expect(gone.changes.map { "\($0.action) \($0.kind) \($0.id)" } == ["remove QOS spare"])
    #expect(gone.next.qosClasses.isEmpty)
    #expect(try plan("state: absent\n", in: gone.next).changes.isEmpty)
  }

  @Test(
    "what can't be is refused with what is accepted",
    arguments: [
      ("notice: 2 min\n", "notice: is for a class that may be preempted"),
      ("signal: TERM\n", "signal: is for a class that may be preempted"),
      ("priority: 101 %\n", "priority: \"101 %\" is no percentage"),
      ("projects: [longscam]\n", "there is no Project \"longscam\""),
      ("preemptable: true\nsignal: KILL\n", "signal: \"KILL\""),
    ])
  func refused(_ fields: String, _ message: String) throws {
    let refusals = try plan(fields).refusals.map(\.message)
    #expect(refusals.contains { $0.contains(message) }, "\(refusals)")
  }
}
