import Domain
import Wire

/// Rate cards, and the arithmetic of a job's cost.
enum RateText {
  private static let column = 10

  static func list(_ cards: [RateCardView], _ clock: Clock) -> [String] {
    var table = Table([
      "PARTITION", ">VERSION", "FROM (\(clock.zoneName))", "STATE", ">GPU", ">CPU", ">GiB",
      ">€/GPU-H",
    ])
    for card in cards {
      table.add(
        [
          "\(card.partition)", "\(card.version)", "\(clock.stamp(card.from))", "\(card.state)",
          "\(Amount.weight(card.perGPU))", "\(Amount.weight(card.perCPU))",
          "\(Amount.weight(card.perGiB))",
          "\(card.centsPerGPUHour.map { Euros(cents: $0).description } ?? "")",
        ], beneath: beneath(card))
    }
    return table.lines()
  }

  private static func beneath(_ card: RateCardView) -> String? {
    var parts = card.gpuTypes.map { "\($0.type) \(Amount.weight($0.perGPU))" }
    if let shared = card.perSharedGPU { parts.append("a GPU in shares \(Amount.weight(shared))") }
    if card.wholeNodes { parts.append("whole nodes only") }
    return parts.isEmpty ? nil : parts.joined(separator: "; ")
  }

  static func explanation(_ job: JobRateView, _ clock: Clock) -> [String] {
    var facts = LabelledLines()
    facts.add("Job", job.name.isEmpty ? job.id : "\(job.id) \(job.name)", .strong)
    var lines = facts.lines(column: column)
    for run in job.runs { lines += [""] + self.lines(of: run, clock) }
    if let estimate = job.estimate { lines += [""] + estimateLines(of: estimate, job.next, clock) }
    if job.runs.isEmpty, job.estimate == nil { lines += ["It never ran, so it cost nothing."] }
    return lines
  }

  private static func lines(of run: RunRateView, _ clock: Clock) -> [String] {
    var head = LabelledLines()
    head.add("Run", run.id, .strong)
    head.add("Rates", rates(run.card, clock))
    var facts = LabelledLines()
    facts.add("Weight", weight(run))
    if let start = run.start, let end = run.end {
      let seconds = (end - start) / 1000
      facts.add("Used", product(run, seconds, "\(seconds) s"))
    } else if run.end == nil {
      facts.add("Used", "it has not ended")
    }
    let holds = run.bookings.indices.filter { run.bookings[$0].kind == "hold" }
    for (index, booking) in run.bookings.enumerated() {
      let name = booking.kind.prefix(1).uppercased() + booking.kind.dropFirst()
      let isFirst = !holds.dropFirst().contains(index)
      facts.add(isFirst ? name : "Longer", text(of: booking, run, isFirst: isFirst))
    }
    if run.end != nil {
      facts.add("Cost", Amount.withUnit(run.cost), .strong)
      facts.add("Worth", worth(run))
    }
    return head.lines(column: column) + shares(run) + facts.lines(column: column)
  }

  private static func estimateLines(
    of run: RunRateView, _ next: RateCardView?, _ clock: Clock
  ) -> [String] {
    var head = LabelledLines()
    head.add("Waits", "each task, if it started now and ran to its limit:", .strong)
    head.add("Rates", rates(run.card, clock))
    var facts = LabelledLines()
    facts.add("Weight", weight(run))
    facts.add("Limit", product(run, run.timeLimitSeconds, "\(run.timeLimitSeconds) s"))
    for booking in run.bookings { facts.add("Hold", text(of: booking, run)) }
    facts.add("Cost", "\(Amount.withUnit(run.cost)) at its limit", .strong)
    facts.add("Worth", worth(run))
    if let next {
      facts.add(
        "Change",
        "version \(next.version) comes into force on \(clock.full(next.from)); the job is charged "
          + "by the version in force when it starts")
    }
    return head.lines(column: column) + shares(run) + facts.lines(column: column)
  }

  private static func rates(_ card: RateCardView, _ clock: Clock) -> String {
    let until = card.until.map { " until \(clock.full($0))" } ?? ", with no end announced"
    return
      "\(card.partition) version \(card.version), in force from \(clock.full(card.from))\(until)"
  }

  /// One row a part of a node's share; the largest is marked.
  private static func shares(_ run: RunRateView) -> [String] {
    run.shares.flatMap { share in
      var table = Table(["", "PART", ">AMOUNT", ">RATE", ">WEIGHT", ""])
      let memory =
        share.memoryMiB % 1024 == 0
        ? "\(share.memoryMiB / 1024) GiB" : "\(share.memoryMiB) MiB ÷ 1024"
      let rows: [(String, String, Int64, Int64, String)] = [
        (
          "GPU", gpus(share), share.perGPU,
          share.gpuWeight, "GPU"
        ),
        ("CPU", "\(share.cpus)", run.card.perCPU, share.cpuWeight, "CPU"),
        ("memory", memory, run.card.perGiB, share.memoryWeight, "memory"),
      ]
      for (part, amount, rate, weight, name) in rows {
        let isLargest = name == share.largest
        table.add([
          "        ", Table.Cell(part), Table.Cell(amount),
          Table.Cell("× \(Amount.weight(rate))"),
          Table.Cell("= \(Amount.weight(weight))", isLargest ? .strong : .plain),
          Table.Cell(isLargest ? "the largest" : ""),
        ])
      }
      var facts = LabelledLines()
      let names = share.nodes.joined(separator: ", ")
      let count = share.nodeCount == 1 ? "" : ", \(share.nodeCount) nodes, each"
      facts.add(
        "On", names.isEmpty ? "\(Text.count(share.nodeCount, "node")), each" : names + count)
      return facts.lines(column: column) + table.lines()
    }
  }

  private static func gpus(_ share: RunRateView.Share) -> String {
    if let part = share.gpuThousandths { return "\(Amount.weight(Int64(part))) \(share.gpuType)" }
    return share.gpus == 0 ? "0" : "\(share.gpus) \(share.gpuType)"
  }

  private static func weight(_ run: RunRateView) -> String {
    var sum: Int64 = 0
    var parts: [String] = []
    for share in run.shares {
      let each = max(share.gpuWeight, share.cpuWeight, share.memoryWeight)
      sum += each * Int64(share.nodeCount)
      parts.append("\(share.nodeCount) × \(Amount.weight(each))")
    }
    let arithmetic = parts.joined(separator: " + ")
    let total = "\(Amount.weight(run.weight)) GPU-equivalents"
    return sum == run.weight
      ? "\(arithmetic) = \(total)"
      : "\(total), of what Slurm allocated (asked: \(arithmetic) = \(Amount.weight(sum)))"
  }

  private static func product(_ run: RunRateView, _ seconds: Int64, _ words: String) -> String {
    let amount = run.weight * seconds
    return "\(Amount.weight(run.weight)) × \(words) = \(amount) GPU-ms = \(Amount.withUnit(amount))"
  }

  /// Of the first hold its limit and grace, of later ones by how much the limit grew.
  private static func text(
    of booking: RunRateView.Booking, _ run: RunRateView, isFirst: Bool = true
  ) -> String {
    let amount = Amount.withUnit(booking.amount)
    let (seconds, rest) = booking.amount.quotientAndRemainder(dividingBy: max(run.weight, 1))
    // Of a run that Slurm gave something else the weight that was held for is not known here.
    let held = run.bookings.filter { $0.kind == "hold" }.reduce(0) { $0 + $1.amount }
    let isOfThisWeight = held == run.weight * (run.timeLimitSeconds + run.graceSeconds)
    guard booking.kind == "hold", isOfThisWeight, rest == 0 else {
      return amount + (booking.reason.map { ": \($0)" } ?? "")
    }
    let weight = Amount.weight(run.weight)
    return isFirst
      ? "\(amount) = \(weight) × (limit \(seconds - run.graceSeconds) s + grace "
        + "\(run.graceSeconds) s)"
      : "\(amount) = \(weight) × \(seconds) s"
  }

  /// As `polder report worth` tells it; nothing without a reference rate.
  private static func worth(_ run: RunRateView) -> String? {
    guard let cents = run.costCents, let rate = run.card.centsPerGPUHour else { return nil }
    return "\(Amount.withUnit(run.cost)) × \(Euros(cents: rate)) = \(Euros(cents: cents)), at the "
      + "reference rate; nothing is owed by it"
  }
}
