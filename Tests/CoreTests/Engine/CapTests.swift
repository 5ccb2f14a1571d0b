import Domain
import Engine
import Ledger
import Lifecycle
import Scheduling
import Testing

/// Caps above allocations, from their description to the cycle.
@Suite("caps above allocations")
struct CapTests {
  private let site = SmallSite.self
  private let programme = SmallSite.name("playground", ProgrammeID.self)
  private let funder = SmallSite.name("state", FunderID.self)
  private let member = SmallSite.name("m-0001", MemberID.self)

  /// The small site under a funder and with caps.
  private func state(_ rules: [CapRule], commercialBasisPoints: Int? = nil) -> EngineState {
    var state = site.empty
    var centre = site.centre
    centre.funders[funder] = Funder(
      id: funder, name: "Dutch state", contributions: [],
      shares: [Funder.Share(from: CivilDate(site.at(-86_400 * 700)), basisPoints: 3500)],
      commercialCapBasisPoints: commercialBasisPoints)
    centre.programmes[programme] = Programme(
      id: programme, name: "Playground", funder: funder, mode: "Playground",
      amount: .hours(1)...(.hours(1000)), maximumMonths: 3, demand: .open, accessWorkingDays: 2)
    centre.projects[site.project] = Project(
      id: site.project, reference: "r", title: "t",
      organisation: site.name("martini", OrganisationID.self), commercial: true,
      members: [Project.Membership(member: member, role: .principalInvestigator)])
    for rule in rules { centre.capRules[rule.id] = rule }
    state.centre = centre
    state.caps = centre.caps(at: site.at(0))
    return state
  }

  private func rule(
    _ scope: CapScope, _ limit: GPUTime, _ strength: CapStrength = .hard, id: String = "cap"
  ) -> CapRule {
    CapRule(
      id: site.name(id, CapID.self), scope: scope, limit: .amount(limit), span: .calendarYear,
      strength: strength)
  }

  /// One GPU for 100 s and a grace of 10 s: 110 GPU-s to hold.
  private let hold = GPUTime(milliseconds: 110_000)

  @Test("the end of a cap's period is told where it helps: the hold fits in then, and time is left")
  func periods() throws {
    let year = site.at(0)..<site.at(500)
    // 100 s of limit and 10 of grace are to fit in the allocation, whose window ends some time after.
    let window = try #require(site.centre.allocations[site.large]).window
    for (limit, ends, isTold) in [
      // A cap over a window is no more when that is over.
      (250_000, year.upperBound, true), (100_000, year.upperBound, true),
      (250_000, window.upperBound - Seconds(110), true),
      (250_000, window.upperBound - Seconds(109), false),
    ] as [(Int64, Instant, Bool)] {
      let cap = CapRule(
        id: site.name("cap", CapID.self), scope: .member(member, site.project),
        limit: .amount(GPUTime(milliseconds: limit)), span: .window(site.at(0)..<ends),
        strength: .hard)
      var state = state([cap])
      for number in 1...4 { state = state.with(site.job(Int64(number), site.request())) }
      let (after, _) = state.cycled(now: site.at(0))
      let told = site.cycle.run(after, now: site.at(1)).decisions.compactMap { decision in
        if case .wait(_, .cap(let shortfall), _) = decision { shortfall.reopens } else { nil }
      }
      #expect(told.first == (isTold ? ends : nil), "\(limit) until \(ends)")
    }
  }

  @Test("of a calendar year's cap what the next year's allows decides")
  func nextYear() throws {
    // Of what the site has in a year; the share of the funder grows with the next one, or shrinks.
    let now = try #require(Instant("2026-12-31T23:00:00Z"))
    let next = try #require(Instant("2027-01-01"))
    for (before, after, isTold) in [(1, 10_000, true), (10_000, 1, false)] {
      var centre = state([]).centre
      centre.funders[funder] = Funder(
        id: funder, name: "Dutch state", contributions: [],
        shares: [
          Funder.Share(from: CivilDate(site.at(-86_400 * 700)), basisPoints: before),
          Funder.Share(from: CivilDate(next), basisPoints: after),
        ])
      let rule = CapRule(
        id: site.name("cap", CapID.self), scope: .project(site.project),
        limit: .share(funder, basisPoints: 10_000), span: .calendarYear, strength: .hard)
      centre.capRules[rule.id] = rule
      let standing = centre.caps(at: now)
      let limits = centre.limitsAfter(standing)
      let old = try #require(standing.first?.limit)
      let new = try #require(limits[rule.id])
      #expect((old < new) == isTold, "\(old), then \(new)")
    }
  }

  @Test(
    "a cap in percent is the sum over the spans in which one share is in force, and no mean of them"
  )
  func spans() throws {
    let now = try #require(Instant("2026-12-20"))
    var centre = state([], commercialBasisPoints: 2000).centre
    let change = try #require(CivilDate("2026-12-05"))
    centre.funders[funder] = Funder(
      id: funder, name: "Dutch state", contributions: [],
      shares: [
        Funder.Share(from: try #require(CivilDate("2026-01-01")), basisPoints: 3500),
        Funder.Share(from: change, basisPoints: 4000),
      ], commercialCapBasisPoints: 2000)
    let cap = try #require(centre.caps(at: now).first)
    let year = cap.period
    let parts = [(year.lowerBound..<change.start, 3500), (change.start..<year.upperBound, 4000)]
    let exact = parts.reduce(Int64(0)) {
      $0 + centre.plannedCapacity(over: $1.0).milliseconds * Int64($1.1) / 10_000
    }
    #expect(abs(cap.limit.milliseconds - exact * 2000 / 10_000) <= 1)
    // Also of what no rule describes by itself it is known what the next year allows.
    let next = try #require(centre.limitsAfter([cap])[cap.id])
    #expect(next > cap.limit)
  }

  @Test("as many start as the narrowest cap leaves, and the rest names it")
  func hard() throws {
    let cap = rule(.member(member, site.project), GPUTime(milliseconds: 250_000))
    var state = state([cap])
    for number in 1...4 { state = state.with(site.job(Int64(number), site.request())) }
    let (after, started) = state.cycled(now: site.at(0))
    #expect(started.count == 2)
    #expect(after.capUses[cap.id] == CapUse(held: hold + hold))
    let reasons = site.cycle.run(after, now: site.at(1)).decisions.compactMap { decision in
      if case .wait(_, .cap(let shortfall), _) = decision { shortfall } else { nil }
    }
    #expect(reasons.map(\.cap) == [cap.id, cap.id])
    #expect(reasons.first?.room.left == GPUTime(milliseconds: 30_000))
    #expect(reasons.first?.room.isShared == false)
  }

  @Test("what a run releases and what is refunded is room under the cap again")
  func room() throws {
    let cap = rule(.project(site.project), GPUTime(milliseconds: 150_000))
    let waiting = state([cap]).with(site.job(1, site.request()))
    let (held, started) = waiting.cycled(now: site.at(0))
    let run = try #require(started.first)
    let running = held.started(run, at: site.at(0))
    let failed = RunEnd(
      start: site.at(0), end: site.at(40), outcome: .nodeFailed, exitCode: 1, signal: 0,
      used: GPUTime(milliseconds: 40_000), refund: nil, requeued: false)
    let charged = try #require(running.after(.ended(run.id, failed)))
    #expect(charged.capUses[cap.id] == CapUse(used: GPUTime(milliseconds: 40_000)))
    let again = charged.with(site.job(2, site.request())).cycled(now: site.at(41))
    #expect(again.started.count == 1)
  }

  @Test("a start that a cap no longer carries is stale")
  func stale() throws {
    let cap = rule(.funder(funder), hold + hold)
    var state = state([cap]).with(site.job(1, site.request())).with(site.job(2, site.request()))
    let decisions = site.cycle.run(state, now: site.at(0)).decisions
    state.caps = [
      Cap(
        id: cap.id, scope: cap.scope, limit: hold, period: site.at(0)..<site.at(9),
        strength: .hard)
    ]
    var applied: [Bool] = []
    for decision in decisions { applied.append(state.apply(decision)) }
    #expect(applied == [true, false])
  }

  @Test("beyond a soft cap jobs start after all others")
  func soft() {
    let cap = rule(.member(member, site.project), .zero, .soft)
    var state = state([cap])
    state = state.with(site.job(1, site.request(perNode: site.capacity)))
    let other = JobRequest(
      name: "late", member: site.name("m-0002", MemberID.self), project: site.project,
      allocation: site.large, partition: site.gpu, nodeCount: 4, perNode: site.capacity,
      gpuType: nil, timeLimit: Seconds(100))
    state = state.with(site.job(2, other))
    let started = state.cycled(now: site.at(0)).started
    #expect(started.map(\.id.task.job) == [JobID(number: 2)])
  }

  @Test("a soft cap warns when it is used up, and before when a hold would use it up")
  func warnings() throws {
    let cap = rule(.project(site.project), hold + hold, .soft)
    let state = state([cap])
    func warned(_ needs: GPUTime, used: GPUTime = .zero) -> [CapWarning] {
      Cycle.softCaps(
        above: site.request(), needs: needs, state.centre, state.caps,
        [cap.id: CapUse(used: used)], now: site.at(0))
    }
    #expect(warned(hold).isEmpty)
    #expect(warned(hold, used: hold).map(\.isReached) == [false])
    #expect(warned(.zero, used: hold).isEmpty)
    #expect(warned(.zero, used: hold + hold).map(\.isReached) == [true])
    #expect(warned(.zero, used: hold + hold).first?.room.limit == hold + hold)
  }

  @Test("a funder's commercial cap is a part of its share of the planned capacity of the year")
  func commercial() throws {
    let state = state([], commercialBasisPoints: 2000)
    let cap = try #require(state.caps.first)
    #expect(cap.id.text == "commercial-state" && cap.scope == .commercial(funder))
    // 16 GPUs, 365 days, 35 % of them, 20 % of that.
    #expect(cap.limit == .hours(16 * 365 * 24).portion(basisPoints: 700))
    #expect(cap.period == Instant("2026-01-01")!..<Instant("2027-01-01")!)
  }

  @Test("a cap in percent counts a MIG slice as it is charged, so that it can be used up")
  func slices() throws {
    var centre = state([], commercialBasisPoints: 2000).centre
    let before = try #require(centre.caps(at: site.at(0)).first).limit
    let cut = site.name("gn09", NodeName.self)
    let slices = site.name("slices", PartitionName.self)
    centre.nodes[cut] = Node(
      name: cut, gpuType: "h100_1g.10gb",
      capacity: NodeResources(gpus: 28, cpus: 96, memoryMiB: 1024))
    centre.partitions[slices] = Partition(
      name: slices, nodes: [cut], wholeNodes: false, defaultTimeLimit: Seconds(60),
      maximumTimeLimit: .hours(24), defaultsPerGPU: site.oneGPU,
      rateCards: [
        RateCard(
          version: 1, inForceFrom: Instant(milliseconds: 0),
          rates: Rates(
            perGPU: 1000, perCPU: 0, perGiB: 0, perGPUOfType: ["h100_1g.10gb": 125]))
      ])
    // 28 slices of an eighth are 3.5 GPUs beside the 16.
    let after = try #require(centre.caps(at: site.at(0)).first).limit
    #expect(before == .hours(16 * 365 * 24).portion(basisPoints: 700))
    #expect(after == GPUTime(milliseconds: 19_500 * 365 * 86_400).portion(basisPoints: 700))
  }

  @Test("a cap over a window counts nothing outside it")
  func window() throws {
    let id = site.name("cap", CapID.self)
    let dated = CapRule(
      id: id, scope: .project(site.project), limit: .amount(.zero),
      span: .window(site.at(10)..<site.at(20)), strength: .hard)
    var centre = site.centre
    centre.capRules[id] = dated
    #expect(centre.caps(at: site.at(9)).isEmpty && centre.caps(at: site.at(20)).isEmpty)
    #expect(centre.caps(at: site.at(10)).count == 1)
  }
}
