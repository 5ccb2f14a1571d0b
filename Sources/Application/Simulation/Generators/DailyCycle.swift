/// When in the day and week jobs arrive.
///
/// Weights of half hours, those of the batch jobs of Lublin and Feitelson's model: a gamma
/// distribution (shape 6.1271, scale 5.2740 half hours) laid over a day that begins at half past
/// five; thousandths of the mean.
struct DailyCycle {
  private static let halfHours = [
    546, 501, 459, 419, 383, 348, 317, 287, 260, 235, 347, 448, 559, 676, 796, 917,
    1035, 1148, 1253, 1348, 1433, 1504, 1563, 1608, 1640, 1659, 1666, 1661, 1645, 1619, 1585, 1543,
    1494, 1441, 1383, 1322, 1259, 1194, 1128, 1063, 998, 934, 872, 812, 753, 698, 644, 594,
  ]

  /// Of each day of the week, thousandths; the first is a Monday.
  private let days: [Int]

  /// Every day alike, as in the model.
  static let daily = DailyCycle(days: Array(repeating: 1000, count: 7))
  /// Less arrives at weekends.
  static let weekly = DailyCycle(days: [1150, 1200, 1200, 1150, 1050, 650, 600])

  /// Puts arrivals at their seconds, so that the last lies where the span ends.
  ///
  /// - Parameter gaps: between one arrival and the next, in any unit: only their proportion counts.
  /// - Parameter span: seconds, positive.
  func arrivals(gaps: [Double], span: Int64) -> [Int64] {
    let whole = gaps.reduce(0, +)
    guard whole > 0 else { return gaps.map { _ in 0 } }
    let budget = Double(points(until: span))
    var arrivals: [Int64] = []
    arrivals.reserveCapacity(gaps.count)
    var passed = 0.0
    var bucket = 0
    var before: Int64 = 0
    for gap in gaps {
      passed += gap
      let point = passed / whole * budget
      while Double(before + weight(bucket) * 1800) <= point {
        before += weight(bucket) * 1800
        bucket += 1
      }
      let second = Int64((point - Double(before)) / Double(weight(bucket)))
      arrivals.append(min(Int64(bucket) * 1800 + second, span))
    }
    return arrivals
  }

  /// Of a half hour, from the beginning on.
  private func weight(_ bucket: Int) -> Int64 {
    Int64(Self.halfHours[bucket % 48] * days[bucket / 48 % 7]) / 1000
  }

  private func points(until span: Int64) -> Int64 {
    let buckets = Int(span / 1800)
    let whole = (0..<buckets).reduce(Int64(0)) { $0 + weight($1) * 1800 }
    return whole + (span % 1800) * weight(buckets)
  }
}
