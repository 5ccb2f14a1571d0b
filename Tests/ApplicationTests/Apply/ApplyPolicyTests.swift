import Domain
import Ledger
import Lifecycle
import Services
import Testing
import Wire

/// Policies at the end of an allocation, as they are described and what they do to runs.
@Suite("apply: policies")
struct ApplyPolicyTests {
  private func policy(_ old: String, _ new: String) throws -> ClosingPolicy {
    let centre = try SmallCentre.plan(try SmallCentre.text(old, new)).next
    return centre.policy(of: try #require(AllocationID("longscan-1")))
  }

  @Test("an allocation has its programme's policy, and what it says itself goes before")
  func inherited() throws {
    let programme = "accessWorkingDays: 2\npolicy: {atEnd: signal, signal: TERM, ahead: 10 min}"
    #expect(
      try policy("accessWorkingDays: 2", programme)
        == ClosingPolicy(atEnd: .signal, signal: .term, ahead: .minutes(10)))
    let text = try SmallCentre.text("accessWorkingDays: 2", programme)
      .replacing("opening: 500 GPU-h", with: "opening: 500 GPU-h\npolicy: {atEnd: kill}")
    #expect(
      try SmallCentre.plan(text).next.policy(of: try #require(AllocationID("longscan-1")))
        == ClosingPolicy(atEnd: .kill, signal: .term, ahead: .minutes(10)))
    #expect(try policy("title: Long scans", "title: Long scans") == .standard)
  }

  @Test("what is no policy is refused with what would be, and go-on needs a cap")
  func refused() throws {
    let wrong = try SmallCentre.refusals(
      "opening: 500 GPU-h", "opening: 500 GPU-h\npolicy: {atEnd: stop}")
    #expect(wrong.count == 1)
    #expect(wrong.first?.contains("refuse, drain, signal, kill, go-on") == true)
    let uncapped = try SmallCentre.refusals(
      "opening: 500 GPU-h", "opening: 500 GPU-h\npolicy: {atExhaustion: go-on}")
    #expect(
      uncapped.first?.contains("policy.overrunCap of Allocation longscan-1 is needed") == true)
  }

  /// The centre with one run of longscan-1 that holds until 12:00.
  private func context() throws -> ApplyContext {
    let applied = try SmallCentre.applied(held: .hours(1))
    let task = TaskID(job: JobID(number: 7), index: nil)
    let run = RunRecord(
      id: RunID(task: task, attempt: 1), allocation: try #require(AllocationID("longscan-1")),
      placement: Placement(nodes: [], perNode: .none), weight: Weight(thousandths: 1000),
      rateVersion: 1, hold: .hours(1), reach: .hours(1), committed: SmallCentre.now,
      started: SmallCentre.now)
    return ApplyContext(
      now: applied.now, centre: applied.centre, balances: applied.balances,
      grantEntries: applied.grantEntries, busyProjects: [], busyNodes: [], openRuns: [run])
  }

  @Test("an award that begins in a closed month is said to be late, and others are not")
  func late() throws {
    let open = try #require(Instant("2026-11-01"))
    let context = ApplyContext(
      now: SmallCentre.now, centre: Centre(), balances: [:], grantEntries: [:],
      busyProjects: [], busyNodes: [], openFrom: open)
    #expect(try SmallCentre.plan(in: context).effects == [])
    let text = try SmallCentre.text("from: 2026-11-01,", "from: 2026-10-31,")
    let late = try SmallCentre.plan(text, in: context)
    #expect(late.refusals == [])
    #expect(
      late.effects == [
        "the award of longscan-1 is late: its window begins in 2026-10, which is closed; it is "
          + "booked as of 2026-11-01 and names 2026-10"
      ])
    #expect(try SmallCentre.plan(text).effects == [], "nothing is closed")
  }

  @Test("a shorter window says of each run under way what becomes of it, by the policy")
  func effects() throws {
    let until = SmallCentre.now + .minutes(30)
    for (policy, words) in [
      ("{atEnd: kill}", "is killed at \(until)"),
      ("{atEnd: drain}", "goes on to its limit, at \(SmallCentre.now + .hours(1)) at the latest"),
      (
        "{atEnd: signal, ahead: 5 min}",
        "is sent USR1 at \(until - .minutes(5)) and killed at \(until)"
      ),
    ] {
      let text = try SmallCentre.text("until: 2027-01-01", "until: \"\(until)\"")
        .replacing("opening: 500 GPU-h", with: "opening: 500 GPU-h\npolicy: \(policy)")
      let plan = try SmallCentre.plan(text, in: try context())
      #expect(plan.refusals == [])
      #expect(
        plan.effects.filter { $0.hasPrefix("run ") } == ["run P7.1 of longscan-1 \(words)"])
      #expect(plan.effects.count == 2, "and what is left to expire by then")
      #expect(plan.result(applied: false).effects == plan.effects)
    }
  }

  @Test("a suspension cuts runs short like the end of a window")
  func suspension() throws {
    let text = try SmallCentre.text(
      "opening: 500 GPU-h",
      "opening: 500 GPU-h\nsuspended: \"\(SmallCentre.now)\"\npolicy: {atEnd: kill}")
    let plan = try SmallCentre.plan(text, in: try context())
    #expect(plan.effects == ["run P7.1 of longscan-1 is killed at \(SmallCentre.now)"])
    let id = try #require(AllocationID("longscan-1"))
    #expect(plan.next.allocations[id]?.suspended == SmallCentre.now)
    #expect(plan.next.allocations[id]?.isOpen(at: SmallCentre.now) == false)
  }

  @Test("an end in the past is allowed where the policy ends what runs")
  func endInThePast() throws {
    let text = try SmallCentre.text("until: 2027-01-01", "until: 2026-11-10")
      .replacing("opening: 500 GPU-h", with: "opening: 500 GPU-h\npolicy: {atEnd: kill}")
    let plan = try SmallCentre.plan(text, in: try context())
    #expect(plan.refusals == [])
    #expect(plan.effects.first == "run P7.1 of longscan-1 is killed at \(SmallCentre.now)")
    #expect(plan.effects.count == 2)
  }

  @Test("a programme says from when on how little is under-use")
  func underUse() throws {
    let id = try #require(ProgrammeID("playground"))
    #expect(try SmallCentre.plan().next.programmes[id]?.underUse == .standard)
    let text = try SmallCentre.text(
      "accessWorkingDays: 2\n", "accessWorkingDays: 2\nunderUse: {below: 80 %, after: 20 %}\n")
    let plan = try SmallCentre.plan(text, in: SmallCentre.applied())
    #expect(plan.refusals == [])
    #expect(
      plan.next.programmes[id]?.underUse == UnderUseRule(usedBelow: 8_000, after: 2_000))
    let fields = plan.changes.first { $0.kind == "Programme" }?.fields.map(\.field)
    #expect(fields == ["underUse.below", "underUse.after"])
    let refused = try SmallCentre.refusals(
      "accessWorkingDays: 2\n", "accessWorkingDays: 2\nunderUse: {below: 120 %}\n")
    #expect(refused.count == 1, "\(refused)")
  }
}
