import Domain

extension FieldForm where Value == GPUTime {
  /// GPU time of at least one millisecond, or zero where that is allowed.
  static func amount(zero: Bool = false) -> FieldForm {
    let accepted =
      "an amount such as 5,000 GPU-h, 0.05 GPU-h, 3 GPU-min or 90 GPU-s"
      + (zero ? ", or 0 GPU-h" : ", above zero") + ", at most 1,000,000,000 GPU-h"
    return FieldForm(accepted: accepted) { text in
      let (number, unit) = Decimal.split(text)
      switch unit {
      case "GPU-h", "GPU-min", "GPU-s": break
      case "node-h", "core-h", "CPU-h":
        return .failure(
          FieldFailure(
            "\(FieldFailure.quoted(text)) is not GPU time, since how much a \(unit) is depends on "
              + "the machine; on nodes of 4 GPUs 1 node-h is 4 GPU-h: state GPU-h"))
      default: return .failure(FieldFailure(text, isNo: "amount of GPU time"))
      }
      let milliseconds: Int64 = unit == "GPU-h" ? 3_600_000 : unit == "GPU-min" ? 60_000 : 1000
      guard let count = Decimal(number)?.times(milliseconds) else {
        return .failure(FieldFailure(text, isNo: "whole number of GPU-milliseconds"))
      }
      let amount = GPUTime(milliseconds: count)
      guard amount <= .largest, zero || amount > .zero else {
        return .failure(FieldFailure("\(FieldFailure.quoted(text)) is out of range"))
      }
      return .success(amount)
    }
  }
}

extension FieldForm where Value == Int64 {
  /// Whole euros.
  static let euros = FieldForm(
    "amount of whole euros", accepted: "whole euros, as in 70,000,000 or € 70 M"
  ) { text in
    let bare = text.hasPrefix("€") ? text.dropFirst().drop { $0 == " " } : text[...]
    let (number, unit) = Decimal.split(String(bare))
    guard unit.isEmpty || unit == "M" else { return nil }
    return Decimal(number)?.times(unit == "M" ? 1_000_000 : 1)
  }

  /// Cents, of a reference rate.
  static let euroRate = FieldForm(
    "euro rate", accepted: "euros from 0.01 to 10,000 with at most two decimals, as in € 2.10"
  ) { text in
    let bare = text.hasPrefix("€") ? text.dropFirst().drop { $0 == " " } : text[...]
    return Decimal(String(bare))?.times(100).flatMap { (1...1_000_000).contains($0) ? $0 : nil }
  }

  /// A weight in thousandths of a GPU-equivalent.
  static let rate = FieldForm(
    "rate", accepted: "GPU-equivalents from 0 to 1000 with at most three decimals, as in 0.050"
  ) { text in
    Decimal(text)?.times(1000).flatMap { $0 <= 1_000_000 ? $0 : nil }
  }
}

extension FieldForm where Value == Int {
  /// Basis points.
  static let percent = FieldForm(
    "percentage", accepted: "0 % to 100 % with at most two decimals, as in 35 %"
  ) { text in
    let (number, unit) = Decimal.split(text)
    guard unit.isEmpty || unit == "%", let points = Decimal(number)?.times(100), points <= 10_000
    else { return nil }
    return Int(points)
  }

  static func whole(_ range: ClosedRange<Int>) -> FieldForm {
    FieldForm(
      "whole number in that range",
      accepted: "a whole number from \(range.lowerBound) to "
        + "\(range.upperBound)"
    ) { text in
      Decimal(text)?.times(1).flatMap { Int(exactly: $0) }.flatMap {
        range.contains($0) ? $0 : nil
      }
    }
  }

  /// Memory in MiB.
  static let memoryMiB = FieldForm(
    "amount of memory", accepted: "memory such as 512000 MiB, 500 GiB or 2 TiB (not MB or GB)"
  ) { text in
    let (number, unit) = Decimal.split(text)
    let factor: Int64
    switch unit {
    case "MiB": factor = 1
    case "GiB": factor = 1024
    case "TiB": factor = 1024 * 1024
    default: return nil
    }
    guard let count = Decimal(number)?.times(factor), (1...1_073_741_824).contains(count) else {
      return nil
    }
    return Int(count)
  }
}

extension FieldForm where Value == CivilDate {
  static let date = FieldForm("date", accepted: "a day such as 2026-11-23") { CivilDate($0) }
}

extension FieldForm where Value == Instant {
  static let instant = FieldForm(
    "date or instant",
    accepted: "a day such as 2026-11-23 (midnight UTC) or an instant such as 2026-11-23T20:39Z"
  ) { Instant($0) }
}

extension FieldForm where Value == Seconds {
  /// A time limit; a year at most.
  static let timeLimit = FieldForm(
    "time limit", accepted: "30 min, 24 h, 2 d, or as Slurm writes it 1-00:00:00; at most 366 d"
  ) { text in
    guard let seconds = TimeLimits.seconds(text), (1...366 * 86_400).contains(seconds) else {
      return nil
    }
    return Seconds(seconds)
  }
}

/// A decimal number of at most nine decimals, exact, never negative.
struct Decimal {
  private let digits: Int64
  /// Ten to the number of decimals.
  private let scale: Int64

  /// Nil unless the text is digits with at most one point; commas only between groups of three.
  init?(_ text: String) {
    let halves = text.split(separator: ".", omittingEmptySubsequences: false)
    guard (1...2).contains(halves.count) else { return nil }
    let groups = halves[0].split(separator: ",", omittingEmptySubsequences: false)
    guard groups.count == 1 || (1...3).contains(groups[0].utf8.count),
      groups.dropFirst().allSatisfy({ $0.utf8.count == 3 })
    else { return nil }
    let whole = groups.joined()
    let decimals = halves.count == 2 ? String(halves[1]) : ""
    guard !whole.isEmpty, halves.count == 1 || (1...9).contains(decimals.utf8.count),
      (whole + decimals).utf8.allSatisfy({ (48...57).contains($0) }),
      let digits = Int64(whole + decimals)
    else { return nil }
    self.digits = digits
    scale = decimals.utf8.reduce(1) { scale, _ in scale * 10 }
  }

  /// The product with a factor, or nil if it is no whole number or out of range.
  func times(_ factor: Int64) -> Int64? {
    let (product, overflow) = digits.multipliedReportingOverflow(by: factor)
    return overflow || product % scale != 0 ? nil : product / scale
  }

  /// Of a text whose number has its decimals behind a comma, how to write them; else nothing.
  static func hint(on text: String) -> String {
    let bare = text.drop { $0 == "€" || $0 == " " }
    let number = Decimal.split(String(bare)).number
    let dotted = number.replacing(",", with: ".")
    guard number.contains(","), Decimal(number) == nil, Decimal(dotted) != nil else { return "" }
    return "; decimals stand behind a point, as in \(dotted), and a comma before each three digits"
  }

  /// A number and the unit behind it, which may touch it.
  static func split(_ text: String) -> (number: String, unit: String) {
    let number = text.prefix { $0.isASCII && ($0.isNumber || $0 == "," || $0 == ".") }
    return (String(number), String(text.dropFirst(number.count).drop { $0 == " " }))
  }
}

/// Reads lengths of time.
enum TimeLimits {
  static func seconds(_ text: String) -> Int64? {
    if text.contains(":") { return slurm(text) }
    let (number, unit) = Decimal.split(text)
    let factor: Int64
    switch unit {
    case "s": factor = 1
    case "min": factor = 60
    case "h": factor = 3600
    case "d": factor = 86_400
    default: return nil
    }
    return Decimal(number)?.times(factor)
  }

  /// `[days-]hours:minutes:seconds`.
  private static func slurm(_ text: String) -> Int64? {
    let halves = text.split(separator: "-", omittingEmptySubsequences: false)
    guard (1...2).contains(halves.count), let clock = halves.last else { return nil }
    let parts = clock.split(separator: ":", omittingEmptySubsequences: false).map(String.init)
    let numbers = parts.compactMap { Decimal($0)?.times(1) }
    guard parts.count == 3, numbers.count == 3, numbers[0] <= 100_000,
      numbers[1] < 60, numbers[2] < 60
    else { return nil }
    let days = halves.count == 2 ? Decimal(String(halves[0]))?.times(1) : 0
    guard let days, days <= 100_000 else { return nil }
    return days * 86_400 + numbers[0] * 3600 + numbers[1] * 60 + numbers[2]
  }
}
