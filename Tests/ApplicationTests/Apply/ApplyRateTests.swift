import Domain
import Services
import Testing
import Wire

/// What a description of rates makes of a partition's rate card.
@Suite struct ApplyRateTests {
  private let rates = "rates: {perGPU: 1, perCPU: 0.05, perGiB: 0.008}"
  private let dated = """
    rates:
          - {perGPU: 1, perCPU: 0.05, perGiB: 0.008}
          - from: 2027-01-01
            perGPU: 1.2
            gpuTypes: [{type: h100, perGPU: 1.25}]
            perSharedGPU: 1.3
            perCPU: 0.06
            perGiB: 0.008
            eurosPerGPUHour: € 2.10
    """
  private let change: Instant

  init() throws { change = try #require(Instant("2027-01-01")) }

  /// The versions that a description leaves, applied to what another left.
  private func cards(
    _ text: String, after before: ApplyPlan? = nil, now: Instant = SmallCentre.now
  ) throws -> [RateCard] {
    let plan = try plan(text, after: before, now: now)
    #expect(plan.refusals == [])
    return try cards(plan)
  }

  private func cards(_ plan: ApplyPlan) throws -> [RateCard] {
    let gpu = try #require(PartitionName("gpu"))
    return try #require(plan.next.partitions[gpu]).rateCards
  }

  private func plan(
    _ text: String, after before: ApplyPlan? = nil, now: Instant = SmallCentre.now
  ) throws -> ApplyPlan {
    var context = ApplyContext.empty(now: now)
    if let before {
      context = ApplyContext(
        now: now, centre: before.next, balances: [:], grantEntries: [:], busyProjects: [],
        busyNodes: [])
    }
    let whole = try SmallCentre.text(rates, text)
    // Its partition and nodes alone: nothing is held against balances here.
    let kept = whole.split(separator: "---\n").filter {
      $0.contains("kind: Node") || $0.contains("kind: Partition")
    }
    return try SmallCentre.plan(kept.joined(separator: "---\n"), in: context)
  }

  private func refusals(
    _ text: String, after before: ApplyPlan? = nil, now: Instant = SmallCentre.now
  ) throws -> [String] {
    try plan(text, after: before, now: now).refusals.map { "\($0.line): \($0.message)" }
  }

  @Test("one set of rates holds from the moment it is applied, a changed one is the next version")
  func single() throws {
    let first = try plan(rates)
    let later = SmallCentre.now + Seconds(60)
    let cheap = Rates(perGPU: 1000, perCPU: 50, perGiB: 8)
    #expect(
      try cards(first) == [RateCard(version: 1, inForceFrom: SmallCentre.now, rates: cheap)])
    let standing = try cards(first)
    #expect(try cards(rates, after: first, now: later) == standing)
    let dearer = rates.replacing("perGPU: 1,", with: "perGPU: 1.2, eurosPerGPUHour: 2.10,")
    let second = try plan(dearer, after: first, now: later)
    #expect(
      try cards(second) == standing + [
        RateCard(
          version: 2, inForceFrom: later, rates: Rates(perGPU: 1200, perCPU: 50, perGiB: 8),
          centsPerGPUHour: 210)
      ])
    #expect(
      second.changes.map(\.fields) == [
        [
          ApplyResult.FieldChange(
            field: "rates version 2", before: nil,
            after: "from \(later): perGPU 1.200, perCPU 0.050, perGiB 0.008, € 2.10 per GPU-h"),
          ApplyResult.FieldChange(
            field: "rates version 2 perGPU", before: "1.000", after: "1.200"),
          ApplyResult.FieldChange(
            field: "rates version 2 eurosPerGPUHour", before: "none", after: "€ 2.10 per GPU-h"),
        ]
      ])
  }

  @Test("a new version shows what it says otherwise than the one before, and leaves out")
  func leftOut() throws {
    func changed(_ plan: ApplyPlan) -> [String] {
      plan.changes.flatMap(\.fields).filter { $0.before != nil }.map {
        "\($0.field): \($0.before ?? "") → \($0.after)"
      }
    }
    let first = try plan(dated)
    #expect(changed(first) == [], "all of it is new")
    let now = change + .hours(1)
    let dropped = try plan(rates, after: first, now: now)
    #expect(
      changed(dropped) == [
        "rates version 3 perGPU: 1.200 → 1.000", "rates version 3 perCPU: 0.060 → 0.050",
        "rates version 3 h100: 1.250 → none", "rates version 3 perSharedGPU: 1.300 → none",
        "rates version 3 eurosPerGPUHour: € 2.10 per GPU-h → none",
      ])
    // A version that lies ahead still, and is changed.
    let ahead = dated.replacing("€ 2.10", with: "€ 2.20")
    let later = try plan(ahead, after: first, now: SmallCentre.now)
    #expect(
      changed(later).last
        == "rates version 2 eurosPerGPUHour: € 2.10 per GPU-h → € 2.20 per GPU-h")
  }

  @Test("rates with a date lie ahead until then, and the same description changes nothing, ever")
  func ahead() throws {
    let first = try plan(dated)
    let both = try cards(first)
    #expect(both.map(\.version) == [1, 2])
    #expect(both.map(\.inForceFrom) == [SmallCentre.now, change])
    #expect(both[1].rates.perGPUOfType == ["h100": 1250])
    #expect(both[1].rates.perSharedGPU == 1300)
    #expect(both[1].centsPerGPUHour == 210)
    for now in [SmallCentre.now, change, change + .hours(10_000)] {
      let again = try plan(dated, after: first, now: now)
      #expect(again.refusals == [])
      #expect(again.changes == [])
      #expect(again.next == first.next)
    }
    // And so does a description of what was announced alone, once it is in force.
    let alone = dated.replacing("      - {perGPU: 1, perCPU: 0.05, perGiB: 0.008}\n", with: "")
    #expect(try cards(alone, after: first, now: change) == both)
  }

  @Test("what lies ahead may be changed, moved and withdrawn")
  func changed() throws {
    let first = try plan(dated)
    let standing = try cards(first)
    let now = SmallCentre.now + Seconds(60)
    let dearer = try cards(
      dated.replacing("perCPU: 0.06", with: "perCPU: 0.07"), after: first, now: now)
    #expect(dearer.map(\.version) == [1, 2])
    #expect(dearer[1].rates.perCPU == 70)
    let moved = try cards(
      dated.replacing("2027-01-01", with: "2027-02-01"), after: first, now: now)
    #expect(moved.map(\.version) == [1, 2])
    #expect(moved.last?.inForceFrom == Instant("2027-02-01"))
    #expect(try cards(rates, after: first, now: now) == [standing[0]])
  }

  @Test("rates at once are told against those in force, and that announced ones are withdrawn")
  func withdrawn() throws {
    let first = try plan(dated)
    let now = SmallCentre.now + Seconds(60)
    let dearer = try plan(
      "rates: {perGPU: 1.5, perCPU: 0.05, perGiB: 0.008}", after: first, now: now)
    let partition = try #require(dearer.changes.first { $0.kind == "Partition" })
    #expect(
      partition.fields.filter { $0.field.hasSuffix("perGPU") }.map { [$0.before, $0.after] } == [
        ["1.000", "1.500"]
      ])
    let withdrawn =
      "partition gpu: the rates announced from 2027-01-01T00:00:00Z on (perGPU 1.200, € 2.10 per "
      + "GPU-h) are withdrawn"
    #expect(dearer.effects == [withdrawn])
    #expect(try plan(rates, after: first, now: now).effects == [withdrawn])
    for kept in [
      dated, dated.replacing("perCPU: 0.06", with: "perCPU: 0.07"),
      dated.replacing("2027-01-01", with: "2027-02-01"),
    ] {
      #expect(try plan(kept, after: first, now: now).effects == [])
    }
  }

  @Test("what was in force once never changes, and the refusal says so")
  func final() throws {
    let first = try plan(dated)
    let now = change + Seconds(60)
    let advice =
      "what was in force once never changes: to change the rates, add a version with a later "
      + "`from`"
    #expect(
      try refusals(dated.replacing("perCPU: 0.06", with: "perCPU: 0.07"), after: first, now: now)
        == ["15: rates[1]: version 2, from 2027-01-01T00:00:00Z, says otherwise; \(advice)"])
    #expect(
      try refusals(dated.replacing("perCPU: 0.05", with: "perCPU: 0.07"), after: first, now: now)
        == ["14: rates[0]: version 1, until 2027-01-01T00:00:00Z, says otherwise; \(advice)"])
    #expect(
      try refusals(dated.replacing("2027-01-01", with: "2026-12-01"), after: first, now: now)
        == [
          "15: rates[1].from: no rates came into force at 2026-12-01T00:00:00Z, and none can in "
            + "the past; those in force began at 2027-01-01T00:00:00Z: see `polder rate list`"
        ])
    // A single set of rates speaks of today alone.
    #expect(try cards(rates, after: first, now: now).map(\.version) == [1, 2, 3])
  }

  @Test("a description that does not know the version in force is refused")
  func stale() throws {
    let three = dated + "\n      - {from: 2027-02-01, perGPU: 1, perCPU: 0, perGiB: 0}"
    let first = try plan(three)
    #expect(
      try refusals(dated, after: first, now: change + .hours(1000)) == [
        "15: rates[1]: version 3, in force since 2027-02-01T00:00:00Z, is not described: add it, "
          + "as `polder rate list` shows it"
      ])
    #expect(try cards(dated, after: first, now: change).map(\.version) == [1, 2])
  }

  @Test("what is wrong in a list of rates is told with its line")
  func faults() throws {
    let table: [(String, String, String)] = [
      (
        "- from: 2027-01-01\n        perGPU", "- perGPU",
        "15: rates[1]: says no `from`: only the first of several rates may leave out when it holds"
      ),
      (
        "- {perGPU: 1,", "- {from: 2027-01-01, perGPU: 1,",
        "15: rates[1].from: 2027-01-01T00:00:00Z is not after 2027-01-01T00:00:00Z, the one before "
          + "it"
      ),
      (
        "- {perGPU: 1,", "- {from: 2026-12-01, perGPU: 1,",
        "14: rates[0].from: nothing would be in force until 2026-12-01T00:00:00Z; leave `from` "
          + "out of the first rates"
      ),
      (
        "type: h100,", "type: h10,",
        "17: rates[1].gpuTypes[0].type: there is no GPU type \"h10\" (did you mean h100?); "
          + "accepted: h100"
      ),
      (
        "perSharedGPU: 1.3", "perSharedGPU: 0",
        "18: rates[1].perSharedGPU: a GPU that costs nothing can't be accounted for; above zero"
      ),
      (
        "€ 2.10", "2.105",
        "21: rates[1].eurosPerGPUHour: \"2.105\" is no euro rate; accepted: euros from 0.01 to "
          + "10,000 with at most two decimals, as in € 2.10"
      ),
      (
        "perSharedGPU: 1.3", "perShared: 1",
        "18: rates[1].perShared: is no field"
      ),
    ]
    for (old, new, message) in table {
      let found = try refusals(dated.replacing(old, with: new))
      #expect(found.contains { $0.hasPrefix(message) }, "\(found)")
    }
  }

  @Test("a node of MIG slices is a node whose GPU type is the slice's")
  func slices() throws {
    let text = """
      kind: Node
      id: mig01
      gpuType: h100_1g.10gb
      gpus: 28
      cpus: 80
      memory: 500 GiB
      ---
      kind: Partition
      id: slices
      nodes: mig01
      timeLimit: {default: 1 h, maximum: 24 h}
      defaultsPerGPU: {cpus: 2, memory: 16 GiB}
      rates:
        perGPU: 1
        gpuTypes: [{type: h100_1g.10gb, perGPU: 0.143}]
        perCPU: 0.05
        perGiB: 0.008
      """
    let plan = try SmallCentre.plan(text)
    #expect(plan.refusals == [])
    let slices = try #require(PartitionName("slices"))
    let card = try #require(plan.next.partitions[slices]).rateCards[0]
    let share = NodeResources(gpus: 1, cpus: 2, memoryMiB: 16 * 1024)
    #expect(card.rates.weight(of: share, gpuType: "h100_1g.10gb") == Weight(thousandths: 143))
  }
}
