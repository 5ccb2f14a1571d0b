import Domain
import Ledger
import Services
import Testing
import Wire

/// What an apply refuses of a description whose every field is well-formed.
@Suite struct ApplyRuleTests {
  @Test(
    "a description that breaks a rule is refused at the line that breaks it",
    arguments: [
      (
        "percent: 100 %", "percent: 99.5 %",
        "6: the shares in force from 2026-01-01 sum to 99.5 % and must be 100 %: state 99.5 %"
      ),
      (
        "percent: 100 %}", "percent: 100 %}\n  - {from: 2027-01-01, percent: 40 %}",
        "7: the shares in force from 2027-01-01 sum to 40 % and must be 100 %: state 40 %"
      ),
      (
        "percent: 100 %}", "percent: 100 %}\n  - {from: 2026-01-01, percent: 100 %}",
        "7: shares[1].from: 2026-01-01 stands twice among the shares"
      ),
      (
        "funder: state", "funder: stat",
        "11: funder: there is no Funder \"stat\" (did you mean state?); accepted: state"
      ),
      (
        "least: 1,000", "least: 6,000",
        "15: amount.most: 5,000 GPU-h is less than amount.least, 6,000 GPU-h"
      ),
      (
        "nodes: [gn01, gn02]", "nodes: gn[01-03]",
        "29: nodes: there is no Node \"gn03\" (did you mean gn01?); accepted: gn01, gn02"
      ),
      (
        "nodes: [gn01, gn02]", "nodes: [gn01, \"gn[01-02]\"]",
        "29: nodes[1]: node gn01 stands twice among the nodes"
      ),
      (
        "default: 1 h", "default: 2 d",
        "30: timeLimit.default: 2-00:00:00 is longer than timeLimit.maximum, 1-00:00:00"
      ),
      (
        "cpus: 20,", "cpus: 81,",
        "31: defaultsPerGPU: 81 CPUs and 125 GiB with one GPU are more than any node of the "
          + "partition has"
      ),
      (
        "name: Anouk de Vries\n",
        "name: Anouk de Vries\n---\nkind: Member\nid: m-0002\naccount: anouk\nname: A\n",
        "48: account: anouk is bound to m-0001; a UNIX account belongs to one member"
      ),
      (
        "role: PI", "role: member",
        "51: members: a project has a principal investigator; give at least one member the role PI"
      ),
      (
        "member: m-0001", "account: anouc",
        "52: members[0].account: there is no member with account \"anouc\" (did you mean anouk?); "
          + "accepted: anouk"
      ),
      (
        "    role: PI\n", "    role: PI\n  - account: anouk\n    role: viewer\n",
        "54: members[1]: m-0001 stands twice among the members"
      ),
      (
        "organisation: martini", "organisation: martin",
        "50: organisation: there is no Organisation \"martin\" (did you mean martini?); accepted: "
          + "martini"
      ),
      (
        "granted: 2,000", "granted: 900",
        "59: granted: 900 GPU-h is outside what programme playground grants: 1,000 GPU-h to "
          + "5,000 GPU-h"
      ),
      (
        "until: 2027-01-01", "until: 2027-02-01T00:01",
        "60: window.until: 2027-02-01T00:01:00Z is later than 2027-02-01T00:00:00Z, the end of the "
          + "3 months that programme playground gives"
      ),
      (
        "until: 2027-01-01", "until: 2026-11-01",
        "60: window.until: 2026-11-01T00:00:00Z is not after window.from, 2026-11-01T00:00:00Z"
      ),
      (
        "opening: 500", "opening: 2,001",
        "61: opening: 2,001 GPU-h were used already, which is more than the 2,000 GPU-h granted"
      ),
      (
        "demand: open", "demand: closed",
        "58: programme: playground is closed for demand, so that no new allocation is given under "
          + "it; programmes that are open: none"
      ),
      (
        "kind: Partition\n", "kind: Node\nid: gn02\n---\nkind: Partition\n",
        "27: Node gn02 is already described in c.yaml:20"
      ),
    ])
  func rules(old: String, new: String, message: String) throws {
    let refusals = try SmallCentre.refusals(old, new)
    #expect(refusals.contains(message), "\(refusals)")
  }

  @Test(
    "a standing allocation keeps what its books rest on",
    arguments: [
      (
        "opening: 500", "opening: 400",
        "61: opening: 500 GPU-h were taken over when longscan-1 was created, and stand in the "
          + "books; leave the field as it was"
      ),
      (
        "granted: 2,000", "granted: 1,100",
        "59: granted: 1,100 GPU-h is less than is gone from longscan-1: used 700.5 GPU-h + held "
          + "400 GPU-h + expired 0 GPU-h = 1,100.5 GPU-h; grant at least that"
      ),
      (
        "until: 2027-01-01", "until: 2026-11-10",
        "60: window.until: 2026-11-10T00:00:00Z is before now, 2026-11-18T11:06:40Z, and 400 GPU-h "
          + "are held for runs of longscan-1, which its policy at the end, refuse, lets go on; end "
          + "them first, or close it later, or describe policy.atEnd: kill"
      ),
      (
        "from: 2026-11-01", "from: 2026-12-01",
        "60: window.from: 2026-12-01T00:00:00Z is after now, 2026-11-18T11:06:40Z, and longscan-1 "
          + "was used already: charged 700.5 GPU-h, held 400 GPU-h"
      ),
    ])
  func standing(old: String, new: String, message: String) throws {
    let used = GPUTime.hours(700) + GPUTime(milliseconds: 1_800_000)
    let context = try SmallCentre.applied(used: used, held: .hours(400))
    #expect(try SmallCentre.refusals(old, new, in: context) == [message])
  }

  @Test("an allocation never moves to another project or programme")
  func moving() throws {
    let text = """
      kind: Allocation
      id: longscan-1
      project: other
      programme: playground
      granted: 2,000 GPU-h
      window: {from: 2026-11-01, until: 2027-01-01}
      opening: 500 GPU-h
      ---
      kind: Project
      id: other
      reference: R-2
      title: Another
      organisation: martini
      members: [{account: anouk, role: PI}]
      """
    let plan = try SmallCentre.plan(text, in: SmallCentre.applied())
    #expect(
      plan.refusals.map(\.message) == [
        "project: longscan-1 belongs to longscan; what was used can't be moved, so describe a new "
          + "allocation and lower this one"
      ])
  }

  @Test("what has expired does not come back with a later end, nor with more in a closed window")
  func expired() throws {
    let now = try #require(Instant("2027-01-02"))
    let context = try SmallCentre.applied(expired: .hours(1500), now: now)
    #expect(
      try SmallCentre.refusals("until: 2027-01-01", "until: 2027-01-20", in: context) == [
        "60: window.until: 1,500 GPU-h of longscan-1 have expired and don't come back; describe a "
          + "new allocation"
      ])
    #expect(
      try SmallCentre.refusals("granted: 2,000", "granted: 3,000", in: context) == [
        "59: granted: the window of longscan-1 ended at 2027-01-01T00:00:00Z, so that more could "
          + "not be used; describe a new allocation"
      ])
  }

  @Test("a share that was in force in a closed month stays, and changes from an open day on")
  func sharesTold() throws {
    let applied = try SmallCentre.applied(now: try #require(Instant("2026-12-20")))
    let context = ApplyContext(
      now: applied.now, centre: applied.centre, balances: applied.balances,
      grantEntries: applied.grantEntries, busyProjects: [], busyNodes: [],
      openFrom: Instant("2026-12-01"))
    let share = "  - {from: 2026-01-01, percent: 100 %}"
    for other in [
      "  - {from: 2026-01-02, percent: 100 %}", share + "\n  - {from: 2026-11-30, percent: 100 %}",
    ] {
      let refusals = try SmallCentre.refusals(share, other, in: context)
      #expect(refusals.count == 1)
      #expect(refusals.first?.contains("describe a further one from 2026-12-01 on") == true)
    }
    let further = share + "\n  - {from: 2026-12-01, percent: 100 %}"
    #expect(try SmallCentre.refusals(share, further, in: context) == [])
    #expect(
      try SmallCentre.refusals(share, "  - {from: 2026-01-02, percent: 100 %}", in: applied) == [])
  }

  @Test("a window that was told stays: none of it moves in closed months, nor past ends")
  func told() throws {
    func context(_ now: String, open: String?, used: GPUTime) throws -> ApplyContext {
      let applied = try SmallCentre.applied(used: used, now: try #require(Instant(now)))
      return ApplyContext(
        now: applied.now, centre: applied.centre, balances: applied.balances,
        grantEntries: applied.grantEntries, busyProjects: [], busyNodes: [],
        openFrom: try open.map { try #require(Instant($0)) })
    }
    let within = try context("2026-12-20", open: "2026-12-01", used: .hours(500))
    let closed =
      "2026-11, which is closed: what was told of longscan-1 there stays; the books are open from "
      + "2026-12-01T00:00:00Z"
    for day in ["2026-11-02", "2026-10-31", "2026-12-02"] {
      let month = day == "2026-10-31" ? closed.replacing("2026-11,", with: "2026-10,") : closed
      // The earlier of both bounds is told.
      let first = day == "2026-10-31" ? day : "2026-11-01"
      #expect(
        try SmallCentre.refusals("from: 2026-11-01", "from: \(day)", in: within) == [
          "60: window.from: \(first)T00:00:00Z is in \(month)"
        ])
    }
    #expect(
      try SmallCentre.refusals("until: 2027-01-01", "until: 2026-11-20", in: within) == [
        "60: window.until: 2026-11-20T00:00:00Z is in \(closed)"
      ])
    #expect(
      try SmallCentre.refusals("until: 2027-01-01", "until: 2026-12-10", in: within) == [],
      "the month is open")
    // Ended, and used up, so that nothing expired.
    let ended = try context("2027-01-20", open: nil, used: .hours(2000))
    #expect(
      try SmallCentre.refusals("until: 2027-01-01", "until: 2027-01-10", in: ended) == [
        "60: window.until: the window of longscan-1 ended at 2027-01-01T00:00:00Z: an end that is "
          + "past does not move to another past day; leave the field as it was"
      ])
    #expect(try SmallCentre.refusals("until: 2027-01-01", "until: 2027-01-25", in: ended) == [])
  }

  @Test("a node that runs occupy does not shrink, and may grow")
  func busyNodes() throws {
    let node = try #require(NodeName("gn02"))
    let context = try SmallCentre.applied(busyNodes: [node])
    #expect(
      try SmallCentre.refusals("gpus: 4", "gpus: 2", in: context) == [
        "21: id: runs occupy node gn02, so that it can't lose GPUs, CPUs or memory or change its "
          + "GPU type now; drain it and apply again when they have ended"
      ])
    #expect(try SmallCentre.refusals("gpus: 4", "gpus: 8", in: context) == [])
    #expect(
      try SmallCentre.refusals("gpus: 4", "gpus: 4\nshardsPerGPU: 4", in: context) == [
        "24: shardsPerGPU: runs occupy node gn02, so that its GPUs can't be cut otherwise now; "
          + "drain it and apply again when they have ended"
      ])
    let idle = try SmallCentre.applied()
    #expect(try SmallCentre.refusals("gpus: 4", "gpus: 2", in: idle) == [])
  }

  @Test("while a project has jobs its use stays of one kind and its members keep their accounts")
  func busyProjects() throws {
    let project = try #require(ProjectID("longscan"))
    let context = try SmallCentre.applied(busyProjects: [project])
    #expect(
      try SmallCentre.refusals("title: Long scans", "title: S\ncommercial: true", in: context) == [
        "50: commercial: can't change while project longscan has jobs that have not ended; apply "
          + "again when they have"
      ])
    #expect(
      try SmallCentre.refusals("account: anouk", "account: anneke", in: context).first
        == "43: account: m-0001 is anouk in project longscan, which has jobs that have not ended; "
        + "bind another account when they have")
    #expect(try SmallCentre.refusals("title: Long scans", "title: Scans", in: context) == [])
  }

  @Test("a programme with allocations stays with its funder")
  func programmeMoves() throws {
    let old = "kind: Programme\nid: playground\nname: Playground\nfunder: state"
    let new =
      "kind: Funder\nid: region\nname: Region\n---\n"
      + "kind: Programme\nid: playground\nname: Playground\nfunder: region"
    let context = try SmallCentre.applied()
    #expect(
      try SmallCentre.refusals(old, new, in: context) == [
        "15: funder: playground is a programme of state and has allocations, longscan-1 for one, "
          + "whose use would move to another funder; describe a new programme"
      ])
  }

  @Test("a programme's new rules leave standing allocations alone")
  func newRules() throws {
    let text = try SmallCentre.text("least: 1,000", "least: 4,000")
      .replacing("demand: open", with: "demand: closed")
      .replacing("maximumMonths: 3", with: "maximumMonths: 1")
    let context = try SmallCentre.applied()
    #expect(try SmallCentre.plan(text, in: context).refusals == [])
  }

  @Test("of very many refusals the first are told, and how many there are")
  func many() throws {
    let refusals = try SmallCentre.refusals("nodes: [gn01, gn02]", "nodes: gx[0001-2000]")
    #expect(refusals.count == 501)
    #expect(refusals.first?.hasPrefix("29: nodes: there is no Node \"gx0001\"") == true)
    #expect(refusals.last == "29: and 1500 more from here on")
  }

  @Test("to describe an erased member anew is told before it is done")
  func erasedMember() throws {
    let id = try #require(MemberID("m-0001"))
    func effects(_ erased: Set<MemberID>, _ centre: Centre = Centre()) throws -> [String] {
      try SmallCentre.plan(
        in: ApplyContext(
          now: SmallCentre.now, centre: centre, balances: [:], grantEntries: [:],
          busyProjects: [], busyNodes: [], erased: erased)
      ).effects
    }
    #expect(try effects([]) == [])
    let told = try effects([id])
    #expect(told.count == 1 && told.first?.hasPrefix("m-0001 was erased: ") == true, "\(told)")
  }
}
