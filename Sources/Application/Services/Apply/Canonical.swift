import Domain

/// A value of a centre with one text for each field, so that differences are of meaning and not
/// of writing: `5000 GPU-h` and `5,000 GPU-h` are the same. Names are those of the description;
/// items of a list are named by what identifies them.
protocol Canonical {
  var canonicalFields: [CanonicalField] { get }
}

struct CanonicalField: Equatable {
  let name: String
  let text: String

  init(_ name: String, _ text: String) {
    self.name = name
    self.text = text
  }
}

/// The canonical texts of quantities; each is accepted as input for the same value.
enum CanonicalText {
  static func amount(_ amount: GPUTime) -> String {
    let milliseconds = amount.milliseconds
    return milliseconds % 360 == 0
      ? "\(decimal(milliseconds / 360, decimals: 4)) GPU-h"
      : "\(decimal(milliseconds, decimals: 3)) GPU-s"
  }

  /// For people: in GPU-hours whatever the amount, in the four decimals that `polder caps` has.
  ///
  /// - Parameter rule: where an amount is advised, so that one that is typed as it is told is right.
  static func told(
    _ amount: GPUTime, _ rule: FloatingPointRoundingRule = .toNearestOrAwayFromZero
  ) -> String {
    let (whole, rest) = amount.milliseconds.quotientAndRemainder(dividingBy: 360)
    let further: Int64 =
      switch rule {
      case .up: rest > 0 ? 1 : 0
      case .down: rest < 0 ? -1 : 0
      default: abs(rest) >= 180 ? rest.signum() : 0
      }
    return "\(decimal(whole + further, decimals: 4)) GPU-h"
  }

  static func percent(_ basisPoints: Int) -> String {
    "\(decimal(Int64(basisPoints), decimals: 2)) %"
  }

  static func euros(_ euros: Int64) -> String { "€ \(decimal(euros, decimals: 0))" }

  static func memory(_ mebibytes: Int) -> String {
    mebibytes % 1024 == 0 ? "\(mebibytes / 1024) GiB" : "\(mebibytes) MiB"
  }

  static func rate(_ thousandths: Int64) -> String { Weight(thousandths: thousandths).description }

  /// Names in ranges where they differ only in a number of equal width at the end.
  static func nodes(_ names: [NodeName]) -> String {
    var runs: [(prefix: Substring, first: Substring, last: Substring)] = []
    for name in names.sorted() {
      let text = name.text
      let digits = text.reversed().prefix { $0.isASCII && $0.isNumber }.count
      let (prefix, number) = (text.dropLast(digits), text.suffix(digits))
      if let run = runs.last, run.prefix == prefix, run.last.utf8.count == number.utf8.count,
        let last = Int(run.last), Int(number) == last + 1
      {
        runs[runs.count - 1].last = number
      } else {
        runs.append((prefix, number, number))
      }
    }
    return runs.map { run in
      run.first == run.last
        ? "\(run.prefix)\(run.first)" : "\(run.prefix)[\(run.first)-\(run.last)]"
    }.joined(separator: ",")
  }

  /// Thousands in groups; no zeros at the end of the decimals.
  private static func decimal(_ count: Int64, decimals: Int) -> String {
    var scale: UInt64 = 1
    for _ in 0..<decimals { scale *= 10 }
    let (whole, rest) = count.magnitude.quotientAndRemainder(dividingBy: scale)
    var text = ""
    for (index, digit) in String(whole).reversed().enumerated() {
      if index > 0, index % 3 == 0 { text.append(",") }
      text.append(digit)
    }
    text = (count < 0 ? "-" : "") + String(text.reversed())
    guard rest > 0 else { return text }
    let padded = String(String(rest + scale).dropFirst())
    return "\(text).\(String(padded.reversed().drop { $0 == "0" }.reversed()))"
  }
}

extension Funder: Canonical {
  var canonicalFields: [CanonicalField] {
    [CanonicalField("name", name)]
      + contributions.map {
        CanonicalField("contributions from \($0.from)", CanonicalText.euros($0.euros))
      }
      + shares.map {
        CanonicalField("shares from \($0.from)", CanonicalText.percent($0.basisPoints))
      }
      + [commercialCapBasisPoints].compactMap { $0 }.map {
        CanonicalField("commercialCap", CanonicalText.percent($0))
      }
  }
}

extension Programme: Canonical {
  var canonicalFields: [CanonicalField] {
    [
      CanonicalField("name", name), CanonicalField("funder", funder.text),
      CanonicalField("mode", mode),
      CanonicalField("amount.least", CanonicalText.amount(amount.lowerBound)),
      CanonicalField("amount.most", CanonicalText.amount(amount.upperBound)),
      CanonicalField("maximumMonths", "\(maximumMonths)"),
      CanonicalField("demand", demand.rawValue),
      CanonicalField("accessWorkingDays", "\(accessWorkingDays)"),
    ] + releaseFields
      + (carryOverBasisPoints > 0
        ? [CanonicalField("carryOver", CanonicalText.percent(carryOverBasisPoints))] : [])
      + (policy == .standard ? [] : policy.canonicalFields)
      + pace.points.map {
        CanonicalField(
          "pace at \(CanonicalText.percent($0.time))", CanonicalText.percent($0.amount))
      }
      + (underUse == .standard
        ? []
        : [
          CanonicalField("underUse.below", CanonicalText.percent(underUse.usedBelow)),
          CanonicalField("underUse.after", CanonicalText.percent(underUse.after)),
        ])
  }

  private var releaseFields: [CanonicalField] {
    guard case .monthly(let burst) = release else { return [] }
    return [
      CanonicalField("release.pace", ReleasePace.monthly.rawValue),
      CanonicalField("release.burst", CanonicalText.percent(burst)),
    ]
  }
}

extension Node: Canonical {
  var canonicalFields: [CanonicalField] {
    [
      CanonicalField("gpuType", gpuType), CanonicalField("gpus", "\(capacity.gpus)"),
      CanonicalField("cpus", "\(capacity.cpus)"),
      CanonicalField("memory", CanonicalText.memory(capacity.memoryMiB)),
    ]
      + (shardsPerGPU > 0 ? [CanonicalField("shardsPerGPU", "\(shardsPerGPU)")] : [])
      + (features.isEmpty
        ? []
        : [CanonicalField("features", features.map(\.text).joined(separator: ", "))])
      + (switches.isEmpty
        ? []
        : [CanonicalField("switches", switches.map(\.text).joined(separator: ", "))])
  }
}

extension Partition: Canonical {
  var canonicalFields: [CanonicalField] {
    [
      CanonicalField("nodes", CanonicalText.nodes(nodes)),
      CanonicalField("wholeNodes", "\(wholeNodes)"),
      CanonicalField("timeLimit.default", defaultTimeLimit.description),
      CanonicalField("timeLimit.maximum", maximumTimeLimit.description),
      CanonicalField("defaultsPerGPU.cpus", "\(defaultsPerGPU.cpus)"),
      CanonicalField("defaultsPerGPU.memory", CanonicalText.memory(defaultsPerGPU.memoryMiB)),
    ] + rateCards.map { CanonicalField("rates version \($0.version)", $0.canonicalText) }
  }
}

extension RateCard {
  /// `from 2027-01-01T00:00:00Z: perGPU 1.000, perCPU 0.050, perGiB 0.008, € 2.10 per GPU-h`.
  fileprivate var canonicalText: String {
    let parts = canonicalFields.map {
      $0.name == Self.euroField ? $0.text : "\($0.name) \($0.text)"
    }
    return "from \(inForceFrom): \(parts.joined(separator: ", "))"
  }

  private static let euroField = "eurosPerGPUHour"

  /// What it says, but for when; types of GPUs by their names.
  var canonicalFields: [CanonicalField] {
    var fields = [CanonicalField("perGPU", CanonicalText.rate(rates.perGPU))]
    fields += rates.perGPUOfType.sorted { $0.key < $1.key }.map {
      CanonicalField($0.key, CanonicalText.rate($0.value))
    }
    if let shared = rates.perSharedGPU {
      fields.append(CanonicalField("perSharedGPU", CanonicalText.rate(shared)))
    }
    fields.append(CanonicalField("perCPU", CanonicalText.rate(rates.perCPU)))
    fields.append(CanonicalField("perGiB", CanonicalText.rate(rates.perGiB)))
    if let centsPerGPUHour {
      fields.append(
        CanonicalField(Self.euroField, "\(Euros(cents: centsPerGPUHour)) per GPU-h"))
    }
    return fields
  }
}

extension Organisation: Canonical {
  var canonicalFields: [CanonicalField] {
    [
      CanonicalField("name", name), CanonicalField("type", type.rawValue),
      CanonicalField("country", country), CanonicalField("sector", sector),
    ]
  }
}

extension Member: Canonical {
  var canonicalFields: [CanonicalField] {
    [CanonicalField("account", account), CanonicalField("name", name)]
  }
}

extension Project: Canonical {
  var canonicalFields: [CanonicalField] {
    [
      CanonicalField("reference", reference), CanonicalField("title", title),
      CanonicalField("organisation", organisation.text),
      CanonicalField("commercial", "\(commercial)"),
    ] + members.map { CanonicalField("members \($0.member)", $0.role.rawValue) }
  }
}

extension Allocation: Canonical {
  var canonicalFields: [CanonicalField] {
    [
      CanonicalField("project", project.text), CanonicalField("programme", programme.text),
      CanonicalField("granted", CanonicalText.amount(granted)),
      CanonicalField("window.from", window.lowerBound.description),
      CanonicalField("window.until", window.upperBound.description),
      CanonicalField("opening", CanonicalText.amount(opening)),
    ] + [follows].compactMap { $0 }.map { CanonicalField("follows", $0.text) }
      + [suspended].compactMap { $0 }.map { CanonicalField("suspended", $0.description) }
      + (policy?.canonicalFields ?? [])
  }
}

extension CapScope: Canonical {
  var canonicalFields: [CanonicalField] {
    switch self {
    case .member(let member, let project):
      [
        CanonicalField("scope.member", member.text),
        CanonicalField("scope.project", project.text),
      ]
    case .project(let project): [CanonicalField("scope.project", project.text)]
    case .programmes(let programmes):
      [
        CanonicalField(
          "scope.programmes", programmes.sorted().map(\.text).joined(separator: ", "))
      ]
    case .funder(let funder): [CanonicalField("scope.funder", funder.text)]
    case .commercial(let funder): [CanonicalField("scope.commercialUseUnder", funder.text)]
    }
  }
}

extension CapRule: Canonical {
  var canonicalFields: [CanonicalField] {
    scope.canonicalFields + limitFields + spanFields + [
      CanonicalField("strength", strength.rawValue)
    ]
  }

  private var limitFields: [CanonicalField] {
    switch limit {
    case .amount(let amount): [CanonicalField("limit.amount", CanonicalText.amount(amount))]
    case .share(let funder, let points):
      [
        CanonicalField("limit.percent", CanonicalText.percent(points)),
        CanonicalField("limit.ofShareOf", funder.text),
      ]
    }
  }

  private var spanFields: [CanonicalField] {
    switch span {
    case .calendarYear: [CanonicalField("window", "each calendar year")]
    case .window(let window):
      [
        CanonicalField("window.from", window.lowerBound.description),
        CanonicalField("window.until", window.upperBound.description),
      ]
    }
  }
}

extension ClosingPolicy: Canonical {
  var canonicalFields: [CanonicalField] {
    [
      CanonicalField("policy.atEnd", atEnd.rawValue),
      CanonicalField("policy.atExhaustion", atExhaustion.rawValue),
      CanonicalField("policy.signal", signal.rawValue),
      CanonicalField("policy.ahead", ahead.description),
      CanonicalField("policy.overrunCap", CanonicalText.amount(overrunCap)),
    ]
  }
}
