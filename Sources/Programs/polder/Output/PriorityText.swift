import Wire

/// Why jobs have their places in the queue, for people. A point is a million of the whole numbers that
/// priorities are made of; points are written to a tenth, rounded down.
enum PriorityText {
  private static let columns: [(factor: String, title: String)] = [
    ("QOS", ">QOS"), ("fair share", ">FAIR SHARE"), ("entitlement", ">ENTITLED"), ("age", ">AGE"),
    ("size", ">SIZE"), ("partition", ">PARTITION"), ("nice", ">NICE"),
  ]

  static func lines(_ view: PrioritiesView) -> [String] {
    guard !view.jobs.isEmpty else {
      return [
        view.waiting == 0
          ? "No job waits."
          : "None of your jobs waits; \(Text.count(view.waiting, "job")) of others."
      ]
    }
    // What no job gains or loses by is left out.
    let told = columns.filter { column in
      view.jobs.contains { $0.terms.contains { $0.factor == column.factor && $0.product != 0 } }
    }
    var table = Table([">PLACE", "JOB", "PROJECT", "OWNER", ">PRIORITY"] + told.map(\.title))
    for job in view.jobs {
      let terms = told.map { column in
        Table.Cell(points(job.terms.first { $0.factor == column.factor }?.product ?? 0))
      }
      table.add(
        [
          Table.Cell("\(job.place)"), Table.Cell(job.job, .strong), Table.Cell(job.project),
          Table.Cell(job.owner), Table.Cell(job.priority.map(points) ?? "by id"),
        ] + terms,
        beneath: ranks(job).isEmpty ? nil : ranks(job).joined(separator: "; "))
    }
    return table.lines() + ["\(Text.count(view.waiting, "job")) waiting in all."]
  }

  /// What `polder job show` says of a job.
  static func add(_ view: PriorityView, to facts: inout LabelledLines) {
    let place = "place \(view.place) of \(view.waiting) in the queue"
    guard let priority = view.priority else {
      return facts.add("Priority", "\(place), by id")
    }
    facts.add("Priority", "\(points(priority)), \(place)")
    for rank in ranks(view) { facts.add("", rank) }
    for term in view.terms where term.product != 0 {
      var text =
        "\(term.factor) \(points(term.product)) = \(fraction(term.value)) × \(term.weight)"
      if term.factor == "fair share", let rank = view.shareRank, let count = view.shareCount {
        text += " (rank \(rank) of \(count))"
      }
      facts.add("", text)
    }
  }

  /// What puts a job behind others whatever its priority.
  private static func ranks(_ view: PriorityView) -> [String] {
    (view.isPreemptable ? ["may be preempted: after all that may not"] : [])
      + (view.isBeyondSoftCap ? ["beyond a soft cap: after all that are not"] : [])
  }

  /// Millionths as a decimal number, without zeros at its end.
  static func fraction(_ millionths: Int64) -> String {
    let (whole, rest) = (millionths.magnitude / 1_000_000, millionths.magnitude % 1_000_000)
    var digits = String("\(1_000_000 + rest)".dropFirst())
    while digits.hasSuffix("0") { digits.removeLast() }
    return (millionths < 0 ? "-" : "") + "\(whole)" + (digits.isEmpty ? "" : ".\(digits)")
  }

  static func points(_ millionths: Int64) -> String {
    let tenths = millionths / 100_000
    let (whole, rest) = (tenths.magnitude / 10, tenths.magnitude % 10)
    return "\(tenths < 0 ? "-" : "")\(whole).\(rest)"
  }
}
