import Simulation

/// What changes over the time of a replay: utilisation, one strip a policy; queues, in one drawing.
struct TimeCharts {
  private static let width = 900.0
  private static let left = 64.0
  private static let right = 14.0

  let outcomes: [SimulationOutcome]

  /// The longest of the replays, in seconds: all are drawn to one scale.
  private var span: Int64 {
    max(outcomes.map { $0.timeline.end - $0.timeline.begin }.max() ?? 1, 1)
  }

  private var times: Axis {
    Axis(
      scale: .linear, most: Double(span), from: Self.left, until: Self.width - Self.right)
  }

  /// Each bucket's middle, in seconds from the begin.
  private func instant(_ index: Int, of timeline: ReplayTimeline) -> Double {
    (Double(index) + 0.5) * Double(timeline.end - timeline.begin) / Double(timeline.buckets.count)
  }

  func utilisation() -> String {
    let strip = 74.0
    let gap = 26.0
    var body: [String] = []
    for (index, outcome) in outcomes.enumerated() {
      let top = 20 + Double(index) * (strip + gap)
      let axis = Axis(scale: .linear, most: 1_000_000, from: top + strip, until: top)
      body.append(SVG.text(Self.left, top - 7, outcome.name, "name \(color(outcome))"))
      let mean = "mean \(Figure.percent(outcome.metrics.utilisationMillionths))"
      body.append(SVG.text(Self.width - Self.right, top - 7, mean, "tick end"))
      for percent in [0, 50, 100] {
        let y = axis.place(Double(percent) * 10_000)
        body.append(SVG.line(Self.left, y, Self.width - Self.right, y, "grid"))
        body.append(SVG.text(Self.left - 8, y + 4, "\(percent) %", "tick end"))
      }
      let buckets = outcome.timeline.buckets
      var points = buckets.enumerated().map { place, bucket in
        (
          x: times.place(instant(place, of: outcome.timeline)),
          y: axis.place(Double(bucket.usedMillionths))
        )
      }
      let ends = (first: points.first?.x ?? Self.left, last: points.last?.x ?? Self.left)
      points = [(ends.first, top + strip)] + points + [(ends.last, top + strip)]
      body.append("<polygon class=\"area \(color(outcome))\" points=\"\(SVG.points(points))\"/>")
    }
    let bottom = 20 + Double(outcomes.count) * (strip + gap) - gap
    body += timeTicks(from: 20, until: bottom)
    let said = outcomes.map {
      "\($0.name): \(Figure.percent($0.metrics.utilisationMillionths))"
    }
    return SVG.figure(
      width: Self.width, height: bottom + 44, title: "Utilisation over time",
      description: "On average \(said.joined(separator: ", ")).", body)
  }

  func queue() -> String {
    let (top, bottom) = (16.0, 246.0)
    let most = outcomes.flatMap(\.timeline.buckets).map(\.queueThousandths).max() ?? 0
    let axis = Axis(
      scale: .logarithmic, most: max(Double(most) / 1000, 10), from: bottom, until: top)
    var body: [String] = []
    for tick in Axis.powers(upTo: axis.most) {
      let y = axis.place(tick)
      body.append(SVG.line(Self.left, y, Self.width - Self.right, y, "grid"))
      body.append(SVG.text(Self.left - 8, y + 4, Figure.grouped(Int64(tick)), "tick end"))
    }
    body += timeTicks(from: top, until: bottom)
    for outcome in outcomes {
      let points = outcome.timeline.buckets.enumerated().map { place, bucket in
        (
          x: times.place(instant(place, of: outcome.timeline)),
          y: axis.place(Double(bucket.queueThousandths) / 1000)
        )
      }
      body.append("<polyline class=\"curve \(color(outcome))\" points=\"\(SVG.points(points))\"/>")
    }
    let said = outcomes.map {
      "\($0.name): \(Figure.hundredths($0.metrics.queueMeanThousandths)) on average, "
        + "\(Figure.grouped(Int64($0.metrics.queueMax))) at most"
    }
    return SVG.figure(
      width: Self.width, height: bottom + 44, title: "Jobs that wait, over time",
      description: said.joined(separator: "; ") + ".", body)
  }

  private func timeTicks(from top: Double, until bottom: Double) -> [String] {
    let (step, unit, name) = Axis.times(span: span)
    var body: [String] = []
    var instant: Int64 = 0
    while instant <= span {
      let x = times.place(Double(instant))
      body.append(SVG.line(x, bottom, x, bottom + 5, "axis"))
      body.append(SVG.text(x, bottom + 19, Figure.grouped(instant / unit), "tick middle"))
      instant += step
    }
    body.append(SVG.line(Self.left, bottom, Self.width - Self.right, bottom, "axis"))
    let middle = (Self.left + Self.width - Self.right) / 2
    body.append(
      SVG.text(middle, bottom + 37, "\(name) since the first submission", "tick middle"))
    return body
  }

  private func color(_ outcome: SimulationOutcome) -> String { outcome.name }
}
