// Why: what a description does besides what it says, above all what nothing undoes, is told before it
// is applied.
import Domain
import Doubles
import Ledger
import Services
import Testing
import Wire

@Suite("apply: what follows from it") struct ApplyConsequenceTests {
  private let past = "until: 2026-11-10"
  private let standing = "until: 2027-01-01"

  private func follower(_ window: String) -> String {
    """
    ---
    kind: Allocation
    id: longscan-2
    project: longscan
    programme: playground
    granted: 1,000 GPU-h
    window: {\(window)}
    follows: longscan-1

    """
  }

  @Test("an end in the past says how much expires of which allocation")
  func expires() throws {
    let text = try SmallCentre.text(standing, past)
    let why = "its window ends at 2026-11-10T00:00:00Z, which is past"
    #expect(
      try SmallCentre.plan(text, in: try SmallCentre.applied()).effects
        == ["1,500 GPU-h of longscan-1 expire and don't come back: \(why)"])
    let cut = text.replacing("granted: 2,000 GPU-h", with: "granted: 1,200 GPU-h")
    #expect(
      try SmallCentre.plan(cut, in: try SmallCentre.applied()).effects
        == ["700 GPU-h of longscan-1 expire and don't come back: \(why)"])
    let new = try SmallCentre.plan(text)
    #expect(new.refusals == [])
    #expect(new.effects == ["1,500 GPU-h of longscan-1 expire and don't come back: \(why)"])
    #expect(new.irrevocable == new.effects)
    // Nothing is left, and its window ends all the same.
    let spent = try SmallCentre.plan(text, in: try SmallCentre.applied(used: .hours(2000)))
    #expect(spent.irrevocable == ["longscan-1 ends for good, with nothing left in it: \(why)"])
  }

  @Test("what runs hold is named, and what is carried over is not said to expire")
  func heldAndCarried() throws {
    let text = try SmallCentre.text(standing, past)
      .replacing("opening: 500 GPU-h", with: "opening: 500 GPU-h\npolicy: {atEnd: kill}")
    let held = try SmallCentre.plan(text, in: try SmallCentre.applied(held: .hours(10)))
    #expect(
      held.effects == [
        "1,490 GPU-h of longscan-1 expire and don't come back: its window ends at "
          + "2026-11-10T00:00:00Z, which is past; so does what its runs leave of the 10 GPU-h that "
          + "they hold"
      ])
    let next = follower("from: 2026-11-02, until: 2027-01-01")
    let carried = try SmallCentre.plan(
      (text + next).replacing(
        "accessWorkingDays: 2", with: "accessWorkingDays: 2\ncarryOver: 10 %"),
      in: try SmallCentre.applied())
    #expect(carried.refusals == [])
    #expect(
      carried.effects == [
        "1,300 GPU-h of longscan-1 expire and don't come back: its window ends at "
          + "2026-11-10T00:00:00Z, which is past; at most 200 GPU-h move to longscan-2"
      ])
  }

  @Test("an end that comes earlier says what is left to expire by then, and is no end for good")
  func shortened() throws {
    let sooner = try SmallCentre.text(standing, "until: 2026-12-20")
    let plan = try SmallCentre.plan(sooner, in: try SmallCentre.applied(held: .hours(10)))
    #expect(
      plan.effects == [
        "longscan-1 ends at 2026-12-20T00:00:00Z instead of 2027-01-01T00:00:00Z: what is not used by "
          + "then expires, of the 1,500 GPU-h that are left now (10 GPU-h of them held by runs)"
      ])
    #expect(plan.irrevocable == [])
    let later = try SmallCentre.text(standing, "until: 2027-02-01")
    #expect(try SmallCentre.plan(later, in: try SmallCentre.applied()).effects == [])
    let spent = try SmallCentre.applied(used: .hours(2000))
    #expect(try SmallCentre.plan(sooner, in: spent).effects == [])
  }

  @Test("an end does not move out of the window to which the rest is carried over")
  func followed() throws {
    let next = follower("from: 2026-12-20, until: 2027-02-01")
    let whole = try SmallCentre.plan(SmallCentre.text + next)
    #expect(whole.refusals == [])
    let id = try #require(AllocationID("longscan-1"))
    let context = ApplyContext(
      now: SmallCentre.now, centre: whole.next, balances: [id: Balance(granted: .hours(2000))],
      grantEntries: [id: 1], busyProjects: [], busyNodes: [])
    let early = try SmallCentre.text(standing, "until: 2026-12-10")
    let refusals = try SmallCentre.plan(early, in: context).refusals
    #expect(refusals.count == 1)
    #expect(
      refusals.first?.message.hasPrefix("window.until: longscan-1 ends at 2026-12-10") == true)
    // Whatever the order of ids is.
    let swapped = (SmallCentre.text + next).replacing("longscan-1\n", with: "longscan-9\n")
    #expect(try SmallCentre.plan(swapped).refusals == [])
    for (old, new, reason) in [
      ("follows: longscan-1", "follows: longscan-7", "there is no allocation longscan-7"),
      ("from: 2026-12-20", "from: 2027-01-02", "longscan-1 ends at 2027-01-01"),
    ] {
      let told = try SmallCentre.plan((SmallCentre.text + next).replacing(old, with: new)).refusals
      #expect(told.count == 1 && told[0].message.hasPrefix("follows: \(reason)"), "\(told)")
    }
    let moved = (early + next).replacing("from: 2026-12-20", with: "from: 2026-12-05")
    #expect(try SmallCentre.plan(moved, in: context).refusals == [])
  }

  @Test(
    "an award ahead of its time is effective when it is booked, and its window may begin earlier")
  func ahead() throws {
    let id = try #require(AllocationID("longscan-1"))
    let (announced, brought) = ("from: 2026-12-10", "from: 2026-11-20")
    let first = try SmallCentre.text("from: 2026-11-01", announced)
    let new = try SmallCentre.plan(first)
    #expect(
      new.postings == [
        .grant(EntryID("grant:longscan-1:1"), id, .hours(2000), effective: SmallCentre.now),
        .open(EntryID("opening:longscan-1"), id, .hours(500), effective: SmallCentre.now),
      ])
    var context = ApplyContext(
      now: SmallCentre.now, centre: new.next, balances: [id: Balance(granted: .hours(2000))],
      grantEntries: [id: 1], busyProjects: [], busyNodes: [])
    let text = first.replacing(announced, with: brought)
      .replacing("granted: 2,000 GPU-h", with: "granted: 2,400 GPU-h")
    let plan = try SmallCentre.plan(text, in: context)
    #expect(plan.refusals == [] && plan.effects == [])
    #expect(plan.next.broughtForward(by: SmallCentre.now, since: new.next) == [id])
    #expect(new.next.broughtForward(by: SmallCentre.now, since: plan.next) == [])
    let more = EntryID("grant:longscan-1:2")
    #expect(plan.postings == [.grant(more, id, .hours(400), effective: SmallCentre.now)])
    // Days that are over can be used no more, and pace does not know.
    let over = try SmallCentre.plan(
      first.replacing(announced, with: "from: 2026-11-02"), in: context)
    #expect(over.refusals == [])
    #expect(
      over.effects.count == 1 && over.effects[0].contains("begins on 2026-11-02, which is over"))
    // Earlier versions booked it as of the beginning that was announced: before, it is no right.
    context.lastEntries[id] = Instant("2026-12-10")
    let refusals = try SmallCentre.plan(text, in: context).refusals
    #expect(refusals.count == 1 && refusals[0].message.hasPrefix("window.from: what was awarded"))
  }

  @Test("an end that stands and a plain change let nothing expire")
  func nothing() throws {
    let context = try SmallCentre.applied()
    for text in [
      SmallCentre.text, try SmallCentre.text("granted: 2,000 GPU-h", "granted: 1,200 GPU-h"),
    ] {
      #expect(try SmallCentre.plan(text, in: context).effects == [])
    }
  }

  @Test("an end does not move before the last entry of its allocation")
  func lastEntry() throws {
    let id = try #require(AllocationID("longscan-1"))
    var context = try SmallCentre.applied()
    context.lastEntries[id] = Instant("2026-11-12")
    #expect(
      try SmallCentre.refusals(standing, past, in: context) == [
        "60: window.until: 2026-11-10T00:00:00Z is before the last entry of longscan-1, which is "
          + "effective at 2026-11-12T00:00:00Z: what is booked stands; end it then or later"
      ])
    #expect(try SmallCentre.refusals(standing, "until: 2026-11-12", in: context) == [])
    let day = try #require(Instant("2026-11-12"))
    context.lastEntries[id] = Instant(milliseconds: day.milliseconds + 1)
    #expect(
      try SmallCentre.refusals(standing, past, in: context).first?.contains("2026-11-12T00:00:01Z")
        == true)
    #expect(
      try SmallCentre.refusals(standing, "until: \"2026-11-12T00:00:01Z\"", in: context) == [])
  }

  @Test("a raised grant is held against the programme with what was moved in")
  func movedIn() throws {
    let id = try #require(AllocationID("longscan-1"))
    let applied = try SmallCentre.applied()
    func refusals(_ hours: String, movedIn: Int64, out: Int64 = 0) throws -> [String] {
      var balances = applied.balances
      balances[id, default: Balance()].transferredIn = .hours(movedIn)
      balances[id, default: Balance()].transferredOut = .hours(out)
      let context = ApplyContext(
        now: applied.now, centre: applied.centre, balances: balances,
        grantEntries: applied.grantEntries, busyProjects: [], busyNodes: [])
      return try SmallCentre.refusals(
        "granted: 2,000 GPU-h", "granted: \(hours) GPU-h", in: context)
    }
    #expect(
      try refusals("4,000", movedIn: 1500) == [
        "59: granted: 4,000 GPU-h with the 1,500 GPU-h that were moved to longscan-1 are more than "
          + "programme playground awards, 5,000 GPU-h; grant at most 3,500 GPU-h"
      ])
    #expect(try refusals("3,500", movedIn: 1500) == [])
    #expect(try refusals("4,000", movedIn: 1500, out: 500) == [])
    #expect(try refusals("1,500", movedIn: 4500) == [], "less is always granted")
  }

  @Test("a suspension can't begin in a closed month, and one that stands or is lifted is not asked")
  func suspended() throws {
    let text = "opening: 500 GPU-h"
    let applied = try SmallCentre.applied()
    let context = ApplyContext(
      now: applied.now, centre: applied.centre, balances: applied.balances,
      grantEntries: applied.grantEntries, busyProjects: [], busyNodes: [],
      openFrom: Instant("2026-11-15"))
    func refusals(_ day: String) throws -> [String] {
      try SmallCentre.refusals(text, "\(text)\nsuspended: \(day)", in: context)
    }
    #expect(try refusals("2026-11-14").first?.contains("suspended: 2026-11-14") == true)
    #expect(try refusals("2026-11-15") == [])
    let old = try SmallCentre.text(text, "\(text)\nsuspended: 2026-11-02")
    let standing = try SmallCentre.plan(old, in: applied)
    let suspended = ApplyContext(
      now: applied.now, centre: standing.next, balances: applied.balances,
      grantEntries: applied.grantEntries, busyProjects: [], busyNodes: [],
      openFrom: context.openFrom)
    #expect(try SmallCentre.plan(old, in: suspended).refusals == [])
    #expect(try SmallCentre.plan(in: suspended).refusals == [])
  }

  @Test("a rate that moves a cap in percent says so; a cap that is described anew needs no word")
  func caps() throws {
    let text = try SmallCentre.text("name: Dutch state", "name: Dutch state\ncommercialCap: 20 %")
    let context = ApplyContext(
      now: SmallCentre.now, centre: try SmallCentre.plan(text).next, balances: [:],
      grantEntries: [:], busyProjects: [], busyNodes: [])
    let effects = try SmallCentre.plan(
      text.replacing("rates: {perGPU: 1,", with: "rates: {perGPU: 2,"), in: context
    ).effects
    #expect(effects.count == 1)
    #expect(effects.first?.hasPrefix("cap commercial-state becomes ") == true)
    #expect(effects.first?.contains("GPU-s") == false, "\(effects)")
    let plan = try SmallCentre.plan(
      text.replacing("rates: {perGPU: 1,", with: "rates: {perGPU: 2,"), in: context)
    #expect(plan.irrevocable == [], "it can be described as it was")
    #expect(
      try SmallCentre.plan(text.replacing("20 %", with: "10 %"), in: context).effects == [])
  }

  @Test("the books are asked for the last entry, and the audit line tells what expires")
  func audited() async throws {
    let store = MemoryStore(centre: Centre(), now: SmallCentre.now)
    let front = Front(
      store: store, board: StillBoard(), accounts: Town.People(),
      roles: Roles(administrators: ["beheer"], auditors: [], slurmUser: "slurm"),
      settings: Front.Settings(system: "Test", defaultPartition: "gpu", grace: Seconds(30)))
    let beheer = try await front.caller(uid: 64001)
    func apply(_ text: String) async throws -> ApplyResult {
      try await front.apply(
        ApplyRequest(objects: try SmallCentre.objects(text), dryRun: false), beheer)
    }
    #expect(try await apply(SmallCentre.text).applied)
    let id = try #require(AllocationID("longscan-1"))
    let run = RunID(task: TaskID(job: JobID(number: 7), index: nil), attempt: 1)
    let held = try #require(Instant("2026-11-12"))
    await store.post(.hold(run, id, .hours(10), effective: held))
    await store.post(.settle(run, used: .hours(10), over: held..<(held + .hours(1))))
    let refused = try await apply(try SmallCentre.text(standing, past))
    #expect(refused.refusals.first?.message.contains("2026-11-12T01:00:00Z") == true)
    #expect(try await apply(try SmallCentre.text(standing, "until: 2026-11-13")).applied)
    let lines = try await front.auditLines(.init(action: "apply"), beheer)
    #expect(lines.first?.detail.contains("; 1,490 GPU-h of longscan-1 expire and") == true)
  }
}
