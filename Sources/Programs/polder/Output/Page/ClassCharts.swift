import Simulation

/// What a replay does to classes of jobs: the waits of each, and the funders' use.
struct ClassCharts {
  private static let width = 900.0
  private static let left = 148.0
  private static let right = 24.0
  private static let row = 15.0

  let outcomes: [SimulationOutcome]

  /// A line from the median to the 95th of a hundred, and a dot at the mean; a class a block.
  func waits() -> String {
    let classes = outcomes.first?.metrics.waitsByClass ?? []
    let longest = outcomes.flatMap(\.metrics.waitsByClass).reduce(Int64(60)) { most, row in
      max(most, row.waits.p95Seconds, row.waits.meanThousandths / 1000)
    }
    let axis = Axis(
      scale: .logarithmic, most: Double(longest) * 1.05, from: Self.left,
      until: Self.width - Self.right)
    let block = Self.row * Double(outcomes.count) + 16
    let bottom = 12 + block * Double(classes.count)
    var body = Axis.durations(upTo: axis.most).flatMap { tick in
      let x = axis.place(Double(tick))
      return [
        SVG.line(x, 8, x, bottom, "grid"),
        SVG.text(x, bottom + 18, Figure.duration(tick), "tick middle"),
      ]
    }
    for (index, row) in classes.enumerated() {
      let top = 12 + block * Double(index)
      let middle = top + block / 2
      body.append(SVG.text(Self.left - 14, middle - 2, row.name, "name end"))
      let count = "\(Figure.grouped(Int64(row.waits.jobs))) jobs"
      body.append(SVG.text(Self.left - 14, middle + 12, count, "tick end"))
      for (place, outcome) in outcomes.enumerated() {
        let found = outcome.metrics.waitsByClass.first { $0.name == row.name }
        guard let waits = found?.waits else { continue }
        let y = top + 15 + Self.row * Double(place)
        body += mark(waits, y, axis, outcome.name)
      }
    }
    let said = classes.map { row in
      let means = outcomes.map { outcome in
        let found = outcome.metrics.waitsByClass.first { $0.name == row.name }
        return "\(outcome.name) "
          + Figure.duration((found?.waits.meanThousandths ?? 0) / 1000)
      }
      return "\(row.name): mean \(means.joined(separator: ", "))"
    }
    return SVG.figure(
      width: Self.width, height: bottom + 28, title: "Waits by class",
      description: said.joined(separator: "; ") + ".", body)
  }

  private func mark(_ waits: WaitSummary, _ y: Double, _ axis: Axis, _ color: String) -> [String] {
    let (from, until) = (
      axis.place(Double(waits.medianSeconds)), axis.place(Double(waits.p95Seconds))
    )
    let mean = SVG.number(axis.place(Double(waits.meanThousandths) / 1000))
    let words =
      "\(color): median \(Figure.duration(waits.medianSeconds)), mean "
      + "\(Figure.duration(waits.meanThousandths / 1000)), 95 % within "
      + Figure.duration(waits.p95Seconds)
    return [
      "<g><title>\(SVG.escaped(words))</title>",
      SVG.line(from, y, max(until, from + 1), y, "range \(color)"),
      SVG.line(from, y - 4, from, y + 4, "curve \(color)"),
      "<circle class=\"dot \(color)\" cx=\"\(mean)\" cy=\"\(SVG.number(y))\" r=\"4\"/></g>",
    ]
  }

  /// A bar for each policy, and a mark at what the funder is entitled to.
  func shares() -> String {
    let funders = outcomes.first?.metrics.funders ?? []
    let most = outcomes.flatMap(\.metrics.funders).reduce(Int64(0)) { most, use in
      max(most, use.usedMillionths, use.entitledMillionths ?? 0)
    }
    let axis = Axis(
      scale: .linear, most: Double((most / 100_000 + 1) * 100_000), from: Self.left,
      until: Self.width - 130)
    let block = (Self.row + 4) * Double(outcomes.count) + 18
    let bottom = 12 + block * Double(funders.count)
    var body = stride(from: 0.0, through: axis.most, by: 100_000).flatMap { tick in
      let x = axis.place(tick)
      return [
        SVG.line(x, 8, x, bottom, "grid"),
        SVG.text(x, bottom + 18, "\(Int(tick) / 10_000) %", "tick middle"),
      ]
    }
    for (index, row) in funders.enumerated() {
      let top = 12 + block * Double(index)
      body.append(SVG.text(Self.left - 14, top + block / 2 + 2, row.funder, "name end"))
      for (place, outcome) in outcomes.enumerated() {
        let found = outcome.metrics.funders.first { $0.funder == row.funder }
        let used = found?.usedMillionths ?? 0
        let y = top + 9 + (Self.row + 4) * Double(place)
        let width = SVG.number(axis.place(Double(used)) - Self.left)
        body.append(
          "<rect class=\"bar \(outcome.name)\" x=\"\(SVG.number(Self.left))\" "
            + "y=\"\(SVG.number(y))\" width=\"\(width)\" height=\"\(SVG.number(Self.row))\"/>")
        let off = found?.deviationMillionths.map { deviation in
          "\(Figure.percent(used)) (\(deviation > 0 ? "+" : "")\(points(deviation)))"
        }
        body.append(
          SVG.text(
            axis.place(max(Double(used), Double(row.entitledMillionths ?? 0))) + 8, y + 12,
            off ?? Figure.percent(used)))
      }
      if let entitled = row.entitledMillionths {
        let x = axis.place(Double(entitled))
        body.append(SVG.line(x, top + 4, x, top + block - 10, "mark"))
      }
    }
    return SVG.figure(
      width: Self.width, height: bottom + 28, title: "Use by funder against entitlement",
      description: funders.map(said).joined(separator: "; ") + ".", body)
  }

  private func points(_ millionths: Int64) -> String {
    Figure.percent(millionths).replacing(" %", with: " points")
  }

  private func said(_ row: FunderUse) -> String {
    let used = outcomes.map { outcome in
      let found = outcome.metrics.funders.first { $0.funder == row.funder }
      return "\(outcome.name) \(Figure.percent(found?.usedMillionths ?? 0))"
    }
    let entitled = row.entitledMillionths.map { "entitled to \(Figure.percent($0)), " } ?? ""
    return "\(row.funder): \(entitled)used \(used.joined(separator: ", "))"
  }
}
