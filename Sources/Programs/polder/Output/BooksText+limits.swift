import Wire

extension BooksText {
  /// A row for each thing that is limited.
  static func table(_ limits: [LimitView], width: Int = Terminal.columns) -> [String] {
    guard !limits.isEmpty else { return ["No limit that you may see."] }
    var table = Table(["LIMIT", "OF", ">MOST", ">IN USE", ">LEFT"])
    for limit in limits {
      for (index, measure) in limit.measures.enumerated() {
        let isLast = index == limit.measures.count - 1
        table.add(
          [
            .init(limit.id, .strong), .init(name(measure.measure)),
            .init(amount(measure.most, measure.measure)),
            .init(measure.inUse.map { amount($0, measure.measure) } ?? "-"),
            .init(
              measure.inUse.map { amount(max(measure.most - $0, 0), measure.measure) } ?? "-",
              .strong),
          ],
          beneath: isLast ? limit.of.map { "\(limit.scope): \($0)" } ?? limit.scope : nil)
      }
    }
    return table.lines(width: width) + [Tone.faint.paint("At once, as of now.")]
  }

  private static func name(_ measure: String) -> String {
    switch measure {
    case "gpus": "GPUs"
    case "running": "running jobs"
    case "queued": "waiting tasks"
    case "licences": "licences"
    default: "GPU-h held"
    }
  }

  private static func amount(_ count: Int64, _ measure: String) -> String {
    measure == "gpuTime" ? Amount.hours(count) : "\(count)"
  }
}
