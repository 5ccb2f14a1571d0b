// Why: a funder takes availability and waits for facts; each must be the one that its note defines, and
// capacity the one of the report of access time.
import Domain
import Reporting
import Testing

/// October and November 2026 of two nodes of four GPUs, small enough to be worked by hand.
///
/// gn01 is there from 30 October on, gn02 from 1 November; gn02 is down on 10 November for ten hours.
@Suite("availability and waits") struct AvailabilityReportTests {
  private static let october = at("2026-10-01")..<at("2026-11-01")
  private static let november = at("2026-11-01")..<at("2026-12-01")
  private static let both = at("2026-10-01")..<at("2026-12-01")

  private static func at(_ day: String) -> Instant {
    guard let instant = Instant(day) else { preconditionFailure("\(day) is an instant") }
    return instant
  }

  private static let changes = [
    ("2026-10-30", 0, true), ("2026-11-01", 1, true), ("2026-11-10", 1, false),
    ("2026-11-10T10:00", 1, true),
  ].map { day, node, up in
    AccessTimeFacts.NodeChange(node: SmallSite.nodes[node], at: at(day), up: up, gpus: 4)
  }

  private static var centre: Centre {
    var centre = SmallSite.centre
    for (id, mode) in [("playground", "Playground"), ("fast-lane", "Fast Lane")] {
      let id = SmallSite.name(id, ProgrammeID.self)
      centre.programmes[id] = Programme(
        id: id, name: mode, funder: SmallSite.name("union", FunderID.self), mode: mode,
        amount: .zero...GPUTime.hours(100), maximumMonths: 12, demand: .open,
        accessWorkingDays: 2)
    }
    let lane = SmallSite.name("lane", AllocationID.self)
    centre.allocations[lane] = Allocation(
      id: lane, project: SmallSite.project,
      programme: SmallSite.name("fast-lane", ProgrammeID.self),
      granted: .hours(1), window: both, opening: .zero)
    return centre
  }

  private static func part(
    _ period: Range<Instant>, asOf: Instant? = nil, delivered: [String: Int64] = [:],
    _ tallies: [AvailabilityFacts.Tally] = []
  ) -> AvailabilityFacts.Part {
    var amounts: [AllocationID: GPUTime] = [:]
    for (id, hours) in delivered { amounts[SmallSite.name(id, AllocationID.self)] = .hours(hours) }
    return AvailabilityFacts.Part(
      access: AccessTimeFacts(
        system: "polder", period: period, asOf: asOf ?? period.upperBound, centre: centre,
        delivered: amounts, used: amounts, granted: [:],
        months: MonthStanding.all(of: period, closings: [:]), nodeChanges: changes),
      tallies: tallies)
  }

  private static func cell(_ report: Report, _ row: Int, _ column: String) -> String? {
    report.columns.firstIndex(of: column).map { report.rows[row][$0] }
  }

  private static let whole = AvailabilityReport(
    AvailabilityFacts(parts: [
      part(october), part(november, delivered: ["longscan-1": 500, "lane": 76]),
      part(both, delivered: ["longscan-1": 500, "lane": 76]),
    ])
  ).report

  @Test("capacity, downtime and their parts, by month and over the period")
  func machine() {
    let expected = [
      // gn01 for two days.
      ("2026-10-01/2026-10-31", "1", "48.0000", "0.0000", "100.00", "192.0000", "0.00"),
      // 2 × 720 node-h, 10 of them down; 576 of 5,720 GPU-h.
      ("2026-11-01/2026-11-30", "2", "1440.0000", "10.0000", "99.31", "5760.0000", "10.07"),
      ("2026-10-01/2026-11-30", "2", "1488.0000", "10.0000", "99.33", "5952.0000", "9.74"),
    ]
    let totals = Self.whole.rows.indices.filter { Self.whole.rows[$0][2] == "all" }
    #expect(totals.count == 3)
    for (row, figures) in zip(totals, expected) {
      let (period, nodes, capacity, down, availability, gpus, utilisation) = figures
      #expect(Self.cell(Self.whole, row, "period") == period)
      #expect(Self.cell(Self.whole, row, "nodes") == nodes)
      #expect(Self.cell(Self.whole, row, "capacity node-h") == capacity)
      #expect(Self.cell(Self.whole, row, "down node-h") == down)
      #expect(Self.cell(Self.whole, row, "availability %") == availability)
      #expect(Self.cell(Self.whole, row, "capacity GPU-h") == gpus)
      #expect(Self.cell(Self.whole, row, "utilisation %") == utilisation)
    }
  }

  @Test("what was delivered stands by access mode, and the modes sum to all")
  func modes() {
    let rows = Self.whole.rows.map { [$0[0].prefix(7) + "", $0[2], $0[10]] }
    #expect(
      rows == [
        ["2026-10", "all", "0.0000"], ["2026-11", "Fast Lane", "76.0000"],
        ["2026-11", "Playground", "500.0000"], ["2026-11", "all", "576.0000"],
        ["2026-10", "Fast Lane", "76.0000"], ["2026-10", "Playground", "500.0000"],
        ["2026-10", "all", "576.0000"],
      ])
    for row in Self.whole.rows { #expect(row.count == Self.whole.columns.count) }
  }

  @Test("capacity is that of the report of access time, also of a part and as of a moment in it")
  func agrees() throws {
    for (period, asOf) in [
      (Self.november, Self.november.upperBound),
      (Self.both, Instant(milliseconds: Self.at("2026-11-10T03:00").milliseconds + 1)),
      (Self.at("2026-11-10")..<Self.at("2026-11-11"), Self.at("2026-11-11")),
    ] {
      let part = Self.part(period, asOf: asOf, delivered: ["longscan-1": 3])
      let report = AvailabilityReport(AvailabilityFacts(parts: [part])).report
      let access = AccessTimeReport(part.access).report
      let (mine, theirs) = (try #require(report.rows.last), try #require(access.rows.last))
      // Capacity, downtime, available; delivered.
      #expect(Array(mine[7...9]) == Array(theirs[8...10]))
      #expect(mine[10] == theirs[6])
    }
  }

  @Test("tasks, waits and failures stand with their mode, rounded once; unknown waits are empty")
  func waits() {
    let waits = Waits(count: 3, medianMilliseconds: 1_499, p95Milliseconds: 90_500)
    let report = AvailabilityReport(
      AvailabilityFacts(parts: [
        Self.part(
          Self.november, delivered: ["lane": 1],
          [
            .init(mode: "Playground", begun: 4, waits: waits, nodeFailures: 1),
            .init(mode: nil, begun: 4, waits: waits, nodeFailures: 1),
          ])
      ])
    ).report
    #expect(
      report.rows.map { [$0[2]] + $0[12...16] } == [
        ["Fast Lane", "0", "0", "", "", "0"], ["Playground", "4", "3", "1", "91", "1"],
        ["all", "4", "3", "1", "91", "1"],
      ])
  }

  @Test("a period has a part for each month that has begun, and the whole behind several")
  func parts() {
    func parts(_ from: String, _ to: String, asOf: String) -> [String] {
      AvailabilityFacts.parts(of: Self.at(from)..<Self.at(to), asOf: Self.at(asOf)).map {
        "\(CivilDate($0.lowerBound))/\(CivilDate($0.upperBound))"
      }
    }
    #expect(parts("2026-11-01", "2026-12-01", asOf: "2026-12-01") == ["2026-11-01/2026-12-01"])
    #expect(parts("2026-11-05", "2026-11-06", asOf: "2026-11-06") == ["2026-11-05/2026-11-06"])
    #expect(
      parts("2026-10-15", "2026-12-03", asOf: "2026-12-03") == [
        "2026-10-15/2026-11-01", "2026-11-01/2026-12-01", "2026-12-01/2026-12-03",
        "2026-10-15/2026-12-03",
      ])
    #expect(
      parts("2026-10-15", "2026-12-03", asOf: "2026-10-20") == [
        "2026-10-15/2026-11-01", "2026-10-15/2026-12-03",
      ])
    #expect(parts("2026-11-05", "2026-11-05", asOf: "2026-11-05") == ["2026-11-05/2026-11-05"])
  }

  @Test("each column is defined in the notes, with what is not known")
  func notes() {
    let notes = Self.whole.notes
    for word in [
      "Capacity:", "Nodes:", "Down:", "Delivered:", "Tasks begun:", "Waits known:", "Wait:",
      "Runs ended by node failure:", "Months:",
    ] {
      #expect(notes.contains { $0.hasPrefix(word) }, "\(word)")
    }
    #expect(notes.contains { $0.contains("not told apart") })
  }
}
