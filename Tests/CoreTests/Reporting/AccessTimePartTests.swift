// Why: a funder is told its part, and must find the same figures in the whole: nothing is lost or told twice.
import Domain
import Reporting
import Testing

@Suite("access time of one funder, programme or project") struct AccessTimePartTests {
  private static let november = AccountingPeriod(year: 2026, month: 11)?.interval

  @Test("the parts of all funders, with the machine below, are the whole", arguments: 1...20)
  func funders(seed: Int) throws {
    let scene = try Scene(seed: seed)
    var rows: [[String]] = []
    for funder in scene.funders {
      let part = scene.report(.funder(funder))
      #expect(part.rows.last?.dropLast() == scene.whole.rows.last?[...], "seed \(seed)")
      rows += part.rows.dropLast().map { $0.dropLast() }
    }
    #expect(rows == scene.whole.rows.dropLast(), "seed \(seed)")
  }

  @Test("the part of a programme is its row in the whole", arguments: 1...20)
  func programmes(seed: Int) throws {
    let scene = try Scene(seed: seed)
    let rows = scene.programmes.flatMap { scene.report(.programme($0)).rows }
    #expect(
      Set(rows.map { $0.dropLast() })
        == Set(scene.whole.rows.filter { $0[3] != "all" }.map { $0[...] }),
      "seed \(seed)")
    #expect(rows.count == scene.whole.rows.count { $0[3] != "all" }, "seed \(seed)")
  }

  @Test(
    "the parts of all projects sum to the whole, of each programme and in all", arguments: 1...20)
  func projects(seed: Int) throws {
    let scene = try Scene(seed: seed)
    let parts = scene.projects.map { scene.report(.project($0)).rows }
    for row in scene.whole.rows where row[3] != "all" || row[2] == "all" {
      let own = parts.compactMap { $0.first { $0[2] == row[2] && $0[3] == row[3] } }
      // Active projects, awarded, delivered, commercial.
      for column in [4, 5, 6, 14] {
        #expect(
          own.reduce(0) { $0 + Self.units($1[column]) } == Self.units(row[column]),
          "seed \(seed): column \(column) of \(row[2]) \(row[3])")
      }
    }
    let all = Set(scene.whole.rows.map { [$0[2], $0[3]] })
    #expect(parts.joined().allSatisfy { all.contains([$0[2], $0[3]]) }, "seed \(seed)")
    #expect(parts.joined().allSatisfy { $0[8...13].allSatisfy(\.isEmpty) }, "no share of a project")
  }

  @Test("a part says of whom it is, in its title, each of its rows, and a note")
  func named() throws {
    let scene = try Scene(seed: 1)
    for (part, name) in [
      (AccessTimePart.funder(scene.funders[0]), "funder f1"),
      (.programme(scene.programmes[0]), "programme p1"),
      (.project(scene.projects[0]), "project r1"),
    ] {
      let report = scene.report(part)
      #expect(report.title == "Access time by share: \(name)")
      #expect(report.columns.last == "only" && report.rows.allSatisfy { $0.last == name })
      #expect(report.rows.allSatisfy { $0.count == report.columns.count })
      #expect(report.notes.last?.hasPrefix("Only: ") == true)
      #expect(report.columns.dropLast() == scene.whole.columns[...])
    }
    #expect(!scene.whole.columns.contains("only"))
    #expect(scene.report(.project(SmallSite.name("nobody", ProjectID.self))).rows.count == 1)
  }

  /// Ten-thousandths of what is printed with four decimals or none.
  private static func units(_ text: String) -> Int {
    Int(text.filter { $0 != "." }) ?? 0
  }

  /// Random allocations of random projects and programmes; amounts that are printed exactly.
  private struct Scene {
    let facts: AccessTimeFacts
    let whole: Report
    let funders: [FunderID]
    let programmes: [ProgrammeID]
    let projects: [ProjectID]

    func report(_ part: AccessTimePart) -> Report { AccessTimeReport(facts, of: part).report }

    init(seed: Int) throws {
      let period = try #require(AccessTimePartTests.november)
      var random = SplitMix64(seed: UInt64(seed))
      var centre = Centre()
      funders = (1...3).map { SmallSite.name("f\($0)", FunderID.self) }
      programmes = (1...6).map { SmallSite.name("p\($0)", ProgrammeID.self) }
      projects = (1...5).map { SmallSite.name("r\($0)", ProjectID.self) }
      for id in funders {
        centre.funders[id] = Funder(
          id: id, name: "Funder \(id)", contributions: [],
          shares: [.init(from: CivilDate(period.lowerBound), basisPoints: 3000)],
          commercialCapBasisPoints: random.oneIn(2) ? 2000 : nil)
      }
      for id in programmes {
        centre.programmes[id] = Programme(
          id: id, name: "\(id)", funder: funders[random.pick(0...2)], mode: "Mode \(id)",
          amount: .zero...GPUTime.hours(10_000), maximumMonths: 12, demand: .open,
          accessWorkingDays: 2)
      }
      for id in projects {
        centre.projects[id] = Project(
          id: id, reference: "", title: "",
          organisation: SmallSite.name("uni", OrganisationID.self),
          commercial: random.oneIn(2), members: [])
      }
      var amounts: [[AllocationID: GPUTime]] = [[:], [:], [:]]
      for number in 1...random.pick(1...15) {
        let id = SmallSite.name("a\(number)", AllocationID.self)
        let begin = period.lowerBound + .hours(Int64(random.pick(-800...700)))
        centre.allocations[id] = Allocation(
          id: id, project: projects[random.pick(0...4)], programme: programmes[random.pick(0...5)],
          granted: .zero, window: begin..<(begin + .hours(Int64(random.pick(1...900)))),
          opening: .zero)
        for which in amounts.indices where !random.oneIn(4) {
          amounts[which][id] = GPUTime(milliseconds: Int64(random.pick(-50...90_000)) * 360)
        }
      }
      facts = AccessTimeFacts(
        system: "polder", period: period, asOf: period.upperBound, centre: centre,
        delivered: amounts[0], used: amounts[1], granted: amounts[2],
        nodeChanges: [
          .init(node: SmallSite.nodes[0], at: period.lowerBound, up: true, gpus: 4)
        ])
      whole = AccessTimeReport(facts).report
    }
  }
}
