/// Whole numbers and fixed decimals as people read them: cut or rounded by whoever made them, never
/// here.
enum Figure {
  /// `28,481`.
  static func grouped(_ number: Int64) -> String {
    var text = ""
    for (index, digit) in String(number.magnitude).reversed().enumerated() {
      if index > 0, index % 3 == 0 { text.append(",") }
      text.append(digit)
    }
    return (number < 0 ? "-" : "") + String(text.reversed())
  }

  /// `6,836.87`, of thousandths, rounded half up.
  static func hundredths(_ thousandths: Int64) -> String {
    let hundredths = (thousandths + 5) / 10
    return grouped(hundredths / 100) + "." + padded(hundredths % 100, 2)
  }

  /// `92.577`.
  static func thousandths(_ thousandths: Int64) -> String {
    grouped(thousandths / 1000) + "." + padded(thousandths % 1000, 3)
  }

  /// `68.73 %`, of millionths, rounded half up.
  static func percent(_ millionths: Int64) -> String {
    let hundredths = (millionths.magnitude + 50) / 100
    let sign = millionths < 0 && hundredths > 0 ? "−" : ""
    return "\(sign)\(hundredths / 100).\(padded(Int64(hundredths % 100), 2)) %"
  }

  /// `3 d 4 h`, `1 h 53 min`, `46 s`: the two largest units.
  static func duration(_ seconds: Int64) -> String {
    let units: [(length: Int64, name: String)] = [
      (86_400, "d"), (3600, "h"), (60, "min"), (1, "s"),
    ]
    guard let first = units.firstIndex(where: { seconds >= $0.length }) else { return "0 s" }
    let rest = seconds % units[first].length
    let head = "\(seconds / units[first].length) \(units[first].name)"
    guard first + 1 < units.count else { return head }
    let next = rest / units[first + 1].length
    return next == 0 ? head : "\(head) \(next) \(units[first + 1].name)"
  }

  private static func padded(_ number: Int64, _ width: Int) -> String {
    let text = String(number)
    return String(repeating: "0", count: max(width - text.count, 0)) + text
  }
}
