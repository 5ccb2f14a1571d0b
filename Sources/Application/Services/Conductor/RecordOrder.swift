import BridgeProtocol
import Domain

/// What the place of a line in Slurm's record says of its times: it was written after the lines before
/// it, and after the record was last read to its end, but not in the future.
///
/// It matters in the one hour of the year that comes twice by Slurm's local time. What is left in doubt
/// is for ``Submissions`` to tell by the run, and else the line by which a run lasted shortest.
enum RecordOrder {
  /// Lines come this much out of order at most: a node's failure is noticed later than it happened.
  static let slackSeconds: Int64 = 600

  /// The same lines, each by the reading that is likeliest at its place.
  ///
  /// - Parameters:
  ///   - lines: in the order of the record.
  ///   - since: when the record ended before the first of them; nil if that is not known.
  ///   - now: not before they were read.
  static func read(_ lines: [EndedRun], since: Instant?, now: Instant) -> [EndedRun] {
    guard lines.contains(where: { $0.otherTimes != nil }) else { return lines }
    var readings = lines.map(\.readings)
    var earliest = since?.wholeSeconds ?? .min
    for place in readings.indices {
      readings[place].keep { $0 >= earliest.subtractingSlack }
      earliest = max(earliest, readings[place].ends.min() ?? earliest)
    }
    // Clocks may differ by two seconds.
    for place in readings.indices { readings[place].keep { $0 <= now.wholeSeconds + 2 } }
    var latest = Int64.max
    for place in readings.indices.reversed() {
      readings[place].keep { $0 <= latest.addingSlack }
      latest = min(latest, readings[place].ends.max() ?? latest)
    }
    return zip(lines, readings).map { line, likely in line.preferring { likely.contains($0) } }
  }
}

extension [JobTimes] {
  fileprivate var ends: [Int64] { compactMap { $0.end.map { Int64($0) } } }

  /// Drops those whose end is not of this kind, if any is.
  fileprivate mutating func keep(_ isKept: (_ end: Int64) -> Bool) {
    let kept = filter { isKept(Int64($0.end ?? $0.submit)) }
    if !kept.isEmpty { self = kept }
  }
}

extension Int64 {
  fileprivate var subtractingSlack: Int64 { self == .min ? self : self - RecordOrder.slackSeconds }
  fileprivate var addingSlack: Int64 { self == .max ? self : self + RecordOrder.slackSeconds }
}
