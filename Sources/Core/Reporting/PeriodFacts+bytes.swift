import Domain

/// The canonical bytes of frozen facts: a line for each thing, of netstrings as in ``EntryBytes``,
/// the first of which says what it is. The same facts have the same bytes, and the bytes say all.
extension PeriodFacts {
  /// The version of these bytes: the fifth has all that is described of projects, organisations and the
  /// pace of modes; the fourth and it say the form of the report, if that is not the first; of those
  /// that do not, the third has nodes whose GPUs do not weigh one each, the second has
  /// none, and the first has not even the system's name.
  private var version: String {
    guard !form.freezesDescriptions else { return "polder-facts-5" }
    guard form == .first else { return "polder-facts-4" }
    guard system != nil else { return "polder-facts-1" }
    return nodeChanges.allSatisfy { $0.ownWeight == nil } ? "polder-facts-2" : "polder-facts-3"
  }

  package var bytes: [UInt8] {
    var lines: [[String?]] = [[version]]
    if form != .first { lines.append(["form", "\(form.rawValue)"]) }
    if let system { lines.append(["system", system]) }
    for funder in funders {
      lines.append(
        ["funder", funder.id.text, funder.name, funder.commercialCapBasisPoints.map(String.init)])
      for share in funder.shares {
        lines.append(["share", funder.id.text, "\(share.from)", "\(share.basisPoints)"])
      }
    }
    lines += described
    lines += allocations.map {
      [
        "allocation", $0.id.text, $0.project.text, $0.programme.text,
        "\($0.window.lowerBound.milliseconds)", "\($0.window.upperBound.milliseconds)",
      ]
    }
    lines += nodeChanges.map { change -> [String?] in
      let weight: [String?] = change.ownWeight.map { ["\($0.thousandths)"] } ?? []
      return [
        "node", change.node.text, "\(change.at.milliseconds)", change.up ? "up" : "down",
        "\(change.gpus)",
      ] + weight
    }
    var bytes: [UInt8] = []
    for line in lines { EntryBytes.append(line, to: &bytes) }
    return bytes
  }

  /// The lines of programmes, organisations and projects. Where not all is frozen, the type of an
  /// organisation stands with its projects.
  private var described: [[String?]] {
    guard form.freezesDescriptions else {
      let types = Dictionary(uniqueKeysWithValues: organisations.map { ($0.id, $0.type) })
      return programmes.map { ["programme", $0.id.text, $0.funder.text, $0.mode] }
        + projects.map {
          [
            "project", $0.id.text, $0.commercial ? "commercial" : "open", $0.organisation.text,
            types[$0.organisation]?.rawValue,
          ]
        }
    }
    return programmes.map { programme in
      ["programme", programme.id.text, programme.funder.text, programme.mode]
        + programme.pace.points.flatMap { ["\($0.time)", "\($0.amount)"] }
    }
      + organisations.map {
        ["organisation", $0.id.text, $0.type.rawValue, $0.country, $0.sector]
      }
      + projects.map {
        [
          "project", $0.id.text, $0.commercial ? "commercial" : "open", $0.organisation.text,
          $0.reference, $0.title,
        ]
      }
  }

  /// Reads what ``bytes`` gives; nil for anything else.
  package init?(bytes: [UInt8]) {
    guard let lines = EntryBytes.lines(of: bytes) else { return nil }
    var reading = Reading()
    // What is read otherwise than it is written does not give the same bytes, below.
    for line in lines.dropFirst() where !reading.take(line) { return nil }
    self.init(
      form: reading.form, system: reading.system, funders: reading.funders,
      programmes: reading.programmes, projects: reading.projects,
      organisations: reading.organisations.values.sorted { $0.id < $1.id },
      allocations: reading.allocations, nodeChanges: reading.nodeChanges)
    guard self.bytes == bytes else { return nil }
  }

  private struct Reading {
    var form = ReportForm.first
    var system: String?
    var funders: [Funder] = []
    var programmes: [Programme] = []
    var projects: [Project] = []
    var organisations: [OrganisationID: Organisation] = [:]
    var allocations: [Allocation] = []
    var nodeChanges: [AccessTimeFacts.NodeChange] = []

    /// False for a line that says nothing.
    mutating func take(_ line: [String?]) -> Bool {
      let texts = line.map { $0 ?? "" }
      switch (texts[0], line.count) {
      case ("form", 2):
        guard let form = Int(texts[1]).flatMap({ ReportForm(rawValue: $0) }) else { return false }
        self.form = form
      case ("system", 2): system = line[1]
      case ("funder", 4):
        guard let id = FunderID(texts[1]) else { return false }
        funders.append(
          Funder(
            id: id, name: texts[2], contributions: [], shares: [],
            commercialCapBasisPoints: line[3].flatMap { Int($0) }))
      case ("share", 4):
        guard let last = funders.popLast(), last.id.text == texts[1],
          let from = CivilDate(texts[2]), let points = Int(texts[3])
        else { return false }
        funders.append(
          Funder(
            id: last.id, name: last.name, contributions: [],
            shares: last.shares + [Funder.Share(from: from, basisPoints: points)],
            commercialCapBasisPoints: last.commercialCapBasisPoints))
      case ("programme", 4...): return takeProgramme(texts)
      case ("organisation", 5): return takeOrganisation(texts)
      case ("project", 5), ("project", 6): return takeProject(texts)
      case ("allocation", 6): return takeAllocation(texts)
      case ("node", 5), ("node", 6): return takeNode(texts)
      default: return false
      }
      return true
    }

    private mutating func takeProgramme(_ texts: [String]) -> Bool {
      let numbers = texts.dropFirst(4).map { Int($0) ?? -1 }
      guard let id = ProgrammeID(texts[1]), let funder = FunderID(texts[2]),
        numbers.count.isMultiple(of: 2),
        let pace = PaceCurve(
          stride(from: 0, to: numbers.count, by: 2).map {
            PaceCurve.Point(time: numbers[$0], amount: numbers[$0 + 1])
          })
      else { return false }
      programmes.append(Programme(id: id, funder: funder, mode: texts[3], pace: pace))
      return true
    }

    private mutating func takeOrganisation(_ texts: [String]) -> Bool {
      guard let id = OrganisationID(texts[1]), let type = OrganisationType(rawValue: texts[2])
      else { return false }
      organisations[id] = Organisation(id: id, type: type, country: texts[3], sector: texts[4])
      return true
    }

    /// With the type of its organisation, or with its reference and its title.
    private mutating func takeProject(_ texts: [String]) -> Bool {
      guard let id = ProjectID(texts[1]), let organisation = OrganisationID(texts[3]) else {
        return false
      }
      let isWhole = texts.count > 5
      projects.append(
        Project(
          id: id, commercial: texts[2] == "commercial", organisation: organisation,
          reference: isWhole ? texts[4] : "", title: isWhole ? texts[5] : ""))
      if !isWhole, let type = OrganisationType(rawValue: texts[4]) {
        organisations[organisation] = Organisation(
          id: organisation, type: type, country: "", sector: "")
      }
      return true
    }

    private mutating func takeNode(_ texts: [String]) -> Bool {
      guard let node = NodeName(texts[1]), let at = Int64(texts[2]), let gpus = Int(texts[4]),
        (0...1_000_000).contains(gpus)
      else { return false }
      var weight: Weight?
      if texts.count > 5 {
        guard let thousandths = Int64(texts[5]), thousandths >= 0 else { return false }
        weight = Weight(thousandths: thousandths)
      }
      nodeChanges.append(
        AccessTimeFacts.NodeChange(
          node: node, at: Instant(milliseconds: at), up: texts[3] == "up", gpus: gpus,
          weight: weight))
      return true
    }

    private mutating func takeAllocation(_ texts: [String]) -> Bool {
      guard let id = AllocationID(texts[1]), let project = ProjectID(texts[2]),
        let programme = ProgrammeID(texts[3]), let from = Int64(texts[4]),
        let to = Int64(texts[5]), from <= to
      else { return false }
      allocations.append(
        Allocation(
          id: id, project: project, programme: programme,
          window: Instant(milliseconds: from)..<Instant(milliseconds: to)))
      return true
    }
  }
}

extension EntryBytes {
  /// Adds one line of fields at the end.
  static func append(_ line: [String?], to bytes: inout [UInt8]) {
    for field in line { append(field, to: &bytes) }
    bytes.append(UInt8(ascii: "\n"))
  }

  /// The fields of each line; nil for bytes that are not of this form. Only the form that `append`
  /// writes is read.
  static func lines(of bytes: [UInt8]) -> [[String?]]? {
    var lines: [[String?]] = []
    var line: [String?] = []
    var rest = bytes[...]
    while let first = rest.first {
      switch first {
      case UInt8(ascii: "\n"):
        guard !line.isEmpty else { return nil }
        lines.append(line)
        line = []
        rest = rest.dropFirst()
      case UInt8(ascii: "-"):
        line.append(nil)
        rest = rest.dropFirst()
        guard rest.first == UInt8(ascii: ",") else { return nil }
        rest = rest.dropFirst()
      default:
        guard let colon = rest.firstIndex(of: UInt8(ascii: ":")),
          let count = Int(String(decoding: rest[..<colon], as: UTF8.self)), count >= 0,
          count < rest.endIndex - colon - 1, rest[colon + 1 + count] == UInt8(ascii: ",")
        else { return nil }
        line.append(String(decoding: rest[(colon + 1)..<(colon + 1 + count)], as: UTF8.self))
        rest = rest[(colon + 2 + count)...]
      }
    }
    return line.isEmpty ? lines : nil
  }
}
