import Wire

/// A quote in words: a short form before a submission, a full one when it was asked for.
struct QuoteText {
  private let quote: QuoteView
  private let clock: Clock

  init(_ quote: QuoteView, _ clock: Clock) {
    self.quote = quote
    self.clock = clock
  }

  /// The short form: cost and budget, then the start and what it waits for.
  var short: [String] {
    let times = quote.tasks == 1 ? "" : " × \(quote.tasks) tasks"
    let others = quote.otherPartitions ?? []
    let hold = max(quote.hold, others.map(\.hold).max() ?? 0)
    let charge = max(quote.chargeAtMost, others.map(\.chargeAtMost).max() ?? 0)
    let cost =
      "Quote: \(resources)\(times) for at most \(Clock.limit(quote.timeLimitSeconds)) costs"
      + " \(Amount.withUnit(charge)) if it runs to its limit, and holds at most"
      + " \(Amount.withUnit(hold)) of allocation \(quote.allocation) while it runs: no charge is"
      + " above that\(mayChange). \(quote.allocation) has \(Amount.withUnit(quote.available))"
      + " available as of \(clock.short(quote.asOf)) \(clock.zoneName)\(later)."
    let wait = quote.reason.map { ": " + ReasonText.sentence($0) } ?? "."
    let begin = "Expected start: \(start ?? "not known yet")\(wait)"
    let warnings = quote.warnings.map { "Warning: " + ReasonText.sentence($0) }
    let shorter = shortened.map { ["It starts with less: \($0)."] } ?? []
    return ([cost, begin] + shorter + warnings).flatMap {
      Text.wrapped($0, width: Terminal.columns)
    }
  }

  /// The full form, one fact a line.
  var full: [String] {
    var facts = LabelledLines()
    facts.add("Project", "\(quote.project), allocation \(quote.allocation)")
    facts.add("Partition", quote.partition)
    facts.add("Each task", "\(resources)\(shares)")
    if quote.tasks != 1 { facts.add("Tasks", "\(quote.tasks)") }
    facts.add("Time limit", Clock.limit(quote.timeLimitSeconds))
    facts.add("Shortened", shortened)
    facts.add("Weight", "\(Amount.weight(quote.weightThousandths)) GPU-equivalents a task")
    facts.add("", "= \(quote.arithmetic)")
    facts.add("Rates", "version \(quote.rateVersion)\(rateChange)")
    facts.add("Charge", "\(Amount.withUnit(quote.chargeAtMost)) at its limit: \(charge)", .strong)
    facts.add(
      "Hold",
      "\(Amount.withUnit(quote.hold)) while \(quote.tasks == 1 ? "it runs" : "all its tasks run"): "
        + "the limit and \(quote.graceSeconds) s of grace, in which Slurm ends it"
        + "\(ofEach). No charge is above this")
    for other in quote.otherPartitions ?? [] {
      facts.add(
        "Or in \(other.partition)",
        "\(Amount.withUnit(other.chargeAtMost)) at its limit, by "
          + "\(Amount.weight(other.weightThousandths)) GPU-equivalents a task; a hold of "
          + "\(Amount.withUnit(other.hold)). It starts where it starts earliest")
    }
    facts.add(
      "Available",
      "\(Amount.withUnit(quote.available)) now, with \(Amount.withUnit(quote.held)) held\(later)"
        + (quote.availableAfter < 0
          ? "" : "; \(Amount.withUnit(quote.availableAfter)) if it ran to its limit"))
    facts.add("Expected start", start ?? "not known yet")
    if let reason = quote.reason {
      facts.add("Reason", reason.text)
      facts.add("Next step", reason.nextStep)
    }
    for warning in quote.warnings {
      facts.add("Warning", warning.text)
      facts.add("Next step", warning.nextStep)
    }
    facts.add("As of", clock.full(quote.asOf))
    return facts.lines()
  }

  /// What the allocation gets without anybody's doing.
  private var later: String {
    guard let deferred = quote.deferred else { return "" }
    let enough = quote.enoughFrom.map { ", enough for this on \(Clock.utc($0).prefix(10))" } ?? ""
    return "; \(Amount.withUnit(deferred)) are released later\(enough)"
  }

  /// Of an array: what one task at a time needs, which is what it is accepted by.
  private var ofEach: String {
    guard quote.tasks > 1 else { return "" }
    let least = quote.chargeAtMost + (quote.hold - quote.chargeAtMost) / Int64(quote.tasks)
    return
      ", for each. One after the other they need \(Amount.withUnit(least)), since each releases "
      + "its grace"
  }

  private var shortened: String? {
    quote.shortened.map {
      "to \(Clock.limit($0.timeLimitSeconds)), the longest for which it has money and nodes now: "
        + "at most \(Amount.withUnit($0.chargeAtMost)) charged, \(Amount.withUnit($0.hold)) held"
        + (quote.tasks == 1 ? "" : " by a task")
    }
  }

  /// What may exceed the figures, where something may.
  private var mayChange: String {
    quote.rateChange.map {
      ", unless it starts after \(clock.full($0)), when other rates are in force"
    }
      ?? ""
  }

  private var rateChange: String {
    quote.rateChange.map {
      "; from \(clock.full($0)) other rates are in force: a start after that may cost more or less"
    } ?? ""
  }

  private var resources: String {
    let nodes = Text.count(quote.nodes, "node")
    guard quote.gpusPerNode > 0 else { return nodes }
    let type = quote.gpuType.map { " (\($0))" } ?? ""
    let gpus = Text.gpus(quote.gpusPerNode, thousandths: quote.gpuThousandthsPerNode)
    return "\(nodes) × \(gpus)\(type)"
  }

  private var shares: String {
    let memory = quote.memoryMiBPerNode
    return ", \(Text.count(quote.cpusPerNode, "CPU")) and \(memory) MiB of memory on each node"
  }

  private var charge: String {
    let tasks = quote.tasks == 1 ? "" : " × \(quote.tasks) tasks"
    return "\(Amount.weight(quote.weightThousandths)) × \(quote.timeLimitSeconds) s\(tasks) ÷ 3600"
  }

  private var start: String? {
    quote.expectedStart.map {
      $0 <= quote.asOf ? "now" : "\(clock.short($0)) \(clock.zoneName) (\(clock.away($0)))"
    }
  }
}

/// A reason and its next step as one text.
enum ReasonText {
  static func sentence(_ reason: ReasonView) -> String {
    let ended = reason.text.last.map { ".!?".contains($0) } ?? true
    let text = reason.text + (ended ? "" : ".")
    return reason.nextStep.isEmpty ? text : "\(text) Next: \(reason.nextStep)"
  }
}
