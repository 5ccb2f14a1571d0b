import Foundation

/// Where values lie on a stretch of a drawing, and where its ticks are.
struct Axis {
  enum Scale {
    case linear
    /// log₁₀(1 + value): begins at 0, and shows a queue of one beside one of thousands.
    case logarithmic
  }

  let scale: Scale
  let most: Double
  /// Where 0 and `most` are drawn.
  let from: Double
  let until: Double

  func place(_ value: Double) -> Double {
    let whole = most > 0 ? most : 1
    let part =
      switch scale {
      case .linear: value / whole
      case .logarithmic: log10(1 + max(value, 0)) / log10(1 + whole)
      }
    return from + (until - from) * min(max(part, 0), 1)
  }

  /// Powers of ten up to the largest value.
  static func powers(upTo most: Double) -> [Double] {
    var ticks = [0.0, 1]
    while let last = ticks.last, last * 10 <= most { ticks.append(last * 10) }
    return ticks
  }

  /// Durations that people think in, from a second to a year, as many as do not crowd.
  static func durations(upTo most: Double) -> [Int64] {
    let all: [Int64] = [0, 1, 10, 60, 600, 3600, 21_600, 86_400, 604_800, 2_592_000, 31_536_000]
    return all.filter { Double($0) <= most }
  }

  /// Ticks of a time axis: their seconds, and what a label counts.
  static func times(span: Int64) -> (step: Int64, unit: Int64, name: String) {
    let hour: Int64 = 3600
    let steps: [Int64] = [
      hour / 12, hour, 3 * hour, 6 * hour, 12 * hour, 24 * hour, 2 * 24 * hour, 7 * 24 * hour,
      14 * 24 * hour, 30 * 24 * hour, 60 * 24 * hour, 90 * 24 * hour, 180 * 24 * hour,
      365 * 24 * hour, 3650 * 24 * hour,
    ]
    let step = steps.first { span / $0 <= 8 } ?? span
    if step < hour { return (step, 60, "minutes") }
    return step < 24 * hour ? (step, hour, "hours") : (step, 24 * hour, "days")
  }
}

/// Pieces of SVG as text.
enum SVG {
  /// A coordinate with one decimal: more is not seen, and bytes are.
  static func number(_ value: Double) -> String {
    let tenths = Int((value * 10).rounded())
    return tenths % 10 == 0
      ? "\(tenths / 10)" : "\(tenths < 0 ? "-" : "")\(abs(tenths) / 10).\(abs(tenths) % 10)"
  }

  static func line(_ x1: Double, _ y1: Double, _ x2: Double, _ y2: Double, _ kind: String)
    -> String
  {
    "<line class=\"\(kind)\" x1=\"\(number(x1))\" y1=\"\(number(y1))\" x2=\"\(number(x2))\" "
      + "y2=\"\(number(y2))\"/>"
  }

  static func text(_ x: Double, _ y: Double, _ text: String, _ kind: String = "tick") -> String {
    "<text class=\"\(kind)\" x=\"\(number(x))\" y=\"\(number(y))\">\(escaped(text))</text>"
  }

  static func points(_ points: [(x: Double, y: Double)]) -> String {
    points.map { "\(number($0.x)),\(number($0.y))" }.joined(separator: " ")
  }

  /// A drawing that scales to its column; its title and description are read aloud for it.
  static func figure(
    width: Double, height: Double, title: String, description: String, _ body: [String]
  ) -> String {
    """
    <svg viewBox="0 0 \(number(width)) \(number(height))" role="img" aria-label="\
    \(escaped("\(title). \(description)"))">
    <title>\(escaped(title))</title><desc>\(escaped(description))</desc>
    \(body.joined(separator: "\n"))
    </svg>
    """
  }

  static func escaped(_ text: String) -> String {
    text.replacing("&", with: "&amp;").replacing("<", with: "&lt;").replacing(">", with: "&gt;")
      .replacing("\"", with: "&quot;")
  }
}
