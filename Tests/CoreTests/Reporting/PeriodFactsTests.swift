// Why: what a period was closed with is read again in ten years, from its bytes alone.
import Domain
import Reporting
import Testing

@Suite("frozen facts")
struct PeriodFactsTests {
  private static func facts(
    form: ReportForm = .first, weight: Weight? = nil
  ) throws -> PeriodFacts {
    var centre = Centre()
    let state = try #require(FunderID("state"))
    let day = try #require(CivilDate("2026-01-01"))
    let later = try #require(CivilDate("2026-07-01"))
    centre.funders[state] = Funder(
      id: state, name: "Rijk: \"é\",\n2", contributions: [.init(from: day, euros: 1)],
      shares: [.init(from: day, basisPoints: 10_000), .init(from: later, basisPoints: 1)],
      commercialCapBasisPoints: 2000)
    let node = try #require(NodeName("gn01"))
    let start = Instant(seconds: 1_000)
    let changes = [Int64(100), 500, 1_500, 2_500].map {
      AccessTimeFacts.NodeChange(
        node: node, at: Instant(seconds: $0), up: $0 != 500, gpus: 4,
        weight: $0 > 500 ? weight : nil)
    }
    return PeriodFacts(
      start..<Instant(seconds: 2_000), form: form, system: "Daisy", centre: centre,
      nodeChanges: changes)
  }

  @Test("are written as ever where GPUs weigh one each, and else with their weights")
  func weights() throws {
    func first(_ facts: PeriodFacts) -> String {
      String(decoding: facts.bytes.prefix { $0 != UInt8(ascii: "\n") }, as: UTF8.self)
    }
    let whole = try Self.facts()
    #expect(first(whole) == "14:polder-facts-2,")
    #expect(try Self.facts(weight: Weight(wholeGPUs: 4)).bytes == whole.bytes)
    let weighed = try Self.facts(weight: Weight(thousandths: 572))
    #expect(first(weighed) == "14:polder-facts-3,")
    let again = try #require(PeriodFacts(bytes: weighed.bytes))
    #expect(again == weighed)
    #expect(again.nodeChanges.map(\.weight.thousandths) == [4000, 572])
  }

  @Test("come back whole from their bytes, and any other bytes are none")
  func roundTrip() throws {
    let facts = try Self.facts()
    #expect(PeriodFacts(bytes: facts.bytes) == facts)
    for index in facts.bytes.indices {
      var bytes = facts.bytes
      bytes.remove(at: index)
      #expect(PeriodFacts(bytes: bytes) != facts)
    }
    #expect(PeriodFacts(bytes: []) == nil && PeriodFacts(bytes: [1]) == nil)
  }

  @Test("say the form of their report, and without one it is the first")
  func form() throws {
    let first = try Self.facts()
    let second = try Self.facts(form: .second, weight: Weight(thousandths: 572))
    #expect(PeriodFacts(bytes: first.bytes)?.form == .first)
    #expect(PeriodFacts(bytes: second.bytes) == second && second.form == .second)
    let text = String(decoding: second.bytes, as: UTF8.self)
    #expect(text.hasPrefix("14:polder-facts-4,\n4:form,1:2,\n6:system,"))
    // A form that this program does not know is none.
    let later = text.replacing("4:form,1:2,", with: "4:form,1:9,")
    #expect(PeriodFacts(bytes: Array(later.utf8)) == nil)
    let needless = text.replacing("4:form,1:2,", with: "4:form,1:1,")
    #expect(PeriodFacts(bytes: Array(needless.utf8)) == nil)
  }

  @Test("since the fifth form have all that is described, and less before")
  func described() throws {
    func id<Kind>(_ text: String) throws -> Identifier<Kind> { try #require(Identifier(text)) }
    var centre = Centre()
    let pace = try #require(
      PaceCurve([.init(time: 2_500, amount: 0), .init(time: 5_000, amount: 1)]))
    for (name, pace) in [("fast", pace), ("slow", .linear)] {
      let programme: ProgrammeID = try id(name)
      centre.programmes[programme] = Programme(
        id: programme, name: "", funder: try id("state"), mode: "Fast, \(name)",
        amount: .zero...(.zero), maximumMonths: 0, demand: .closed, accessWorkingDays: 0,
        pace: pace)
    }
    centre.organisations[try id("dairy")] = Organisation(
      id: try id("dairy"), name: "A name", type: .sme, country: "NL", sector: "food,\n:é")
    centre.organisations[try id("other")] = Organisation(
      id: try id("other"), name: "", type: .sme, country: "NL", sector: "named by no project")
    for name in ["milk", "seals"] {
      let project: ProjectID = try id(name)
      centre.projects[project] = Project(
        id: project, reference: "EHPC \(name)", title: "On \(name)",
        organisation: try id(name == "milk" ? "dairy" : "gone"), commercial: name == "milk",
        members: [])
    }
    for form in ReportForm.allCases {
      let facts = PeriodFacts(
        Instant(seconds: 0)..<Instant(seconds: 1), form: form, system: "Daisy", centre: centre,
        nodeChanges: [])
      let again = try #require(PeriodFacts(bytes: facts.bytes), "\(form)")
      #expect(again == facts && again.centre == facts.centre)
      let isWhole = form.rawValue >= 5
      #expect(again.centre.programmes[try id("fast")]?.pace == (isWhole ? pace : .linear))
      #expect(again.centre.programmes[try id("slow")]?.pace == .linear)
      #expect(again.projects.map(\.title) == (isWhole ? ["On milk", "On seals"] : ["", ""]))
      #expect(again.organisations.map(\.sector) == [isWhole ? "food,\n:é" : ""])
      #expect(!String(decoding: facts.bytes, as: UTF8.self).contains("A name"))
    }
  }

  @Test("that were frozen before the system's name was one of them are read, and have none")
  func first() throws {
    let facts = try Self.facts()
    let rest = facts.bytes.split(separator: UInt8(ascii: "\n"), maxSplits: 2)[2]
    let bytes = Array("14:polder-facts-1,\n".utf8) + rest
    let old = try #require(PeriodFacts(bytes: bytes))
    #expect(old.system == nil && old.funders == facts.funders && old.bytes == bytes)
    #expect(facts.system == "Daisy")
  }

  @Test("with a length that no bytes can have are none", arguments: [Int.max, Int.max - 1, 7, 99])
  func length(_ length: Int) {
    #expect(PeriodFacts(bytes: Array("\(length):polder,\n".utf8)) == nil)
  }

  @Test("have how a node stood when the period began, and nothing from after it")
  func nodes() throws {
    let times = try Self.facts().nodeChanges.map(\.at.wholeSeconds)
    #expect(times == [500, 1_500])
  }

  @Test("say nothing of what funders paid, and no name of a person")
  func noNames() throws {
    let funder = try #require(try Self.facts().funders.first)
    #expect(funder.contributions.isEmpty && funder.shares.count == 2)
  }
}
