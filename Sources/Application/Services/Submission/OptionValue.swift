package import Domain

/// Values as sbatch writes them. Each function throws a sentence with the accepted forms.
package enum OptionValue {
  /// A number written with digits alone, below a million million.
  static func digits(_ text: some StringProtocol) -> Int? {
    let bytes = text.utf8
    guard (1...12).contains(bytes.count), bytes.allSatisfy({ (48...57).contains($0) }) else {
      return nil
    }
    return Int(text)
  }

  /// Slurm's time formats: `MM`, `MM:SS`, `HH:MM:SS`, `D-HH`, `D-HH:MM`, `D-HH:MM:SS`. Unlimited
  /// times are refused: a hold has to end.
  package static func time(_ text: String) throws(OptionError) -> Seconds {
    if ["unlimited", "infinite", "-1", "0"].contains(text.lowercased()) {
      throw OptionError(
        "'\(text)' means no limit, and Polder holds GPU time for a limit; "
          + "write minutes (90), HH:MM:SS (1:30:00) or D-HH:MM:SS")
    }
    guard let seconds = seconds(text), seconds > 0 else {
      throw OptionError(
        "'\(text)' is no time limit; write minutes (90), MM:SS, HH:MM:SS (1:30:00), D-HH, "
          + "D-HH:MM or D-HH:MM:SS")
    }
    return Seconds(seconds)
  }

  private static func seconds(_ text: String) -> Int64? {
    let halves = text.split(separator: "-", omittingEmptySubsequences: false)
    guard let clock = halves.last, halves.count <= 2 else { return nil }
    let words = clock.split(separator: ":", omittingEmptySubsequences: false)
    let parts = words.compactMap { digits($0) }.filter { $0 < 10_000_000 }.map { Int64($0) }
    guard parts.count == words.count, parts.count <= 3 else { return nil }
    if halves.count == 2 {
      guard let days = digits(halves[0]), days < 100_000 else { return nil }
      let padded = parts + [0, 0]
      return Int64(days) * 86_400 + padded[0] * 3600 + padded[1] * 60 + padded[2]
    }
    switch parts.count {
    case 1: return parts[0] * 60
    case 2: return parts[0] * 60 + parts[1]
    default: return parts[0] * 3600 + parts[1] * 60 + parts[2]
    }
  }

  /// `4000`, `512M`, `16G`, `1T` in MiB, rounded up; a bare number is MiB.
  package static func memoryMiB(_ text: String) throws(OptionError) -> Int {
    var number = text[...]
    for suffix in ["iB", "B", "b"] where number.hasSuffix(suffix) {
      number = number.dropLast(suffix.count)
      break
    }
    let unit = number.last.map { $0.lowercased() } ?? ""
    let digits = "kmgt".contains(unit) ? digits(number.dropLast()) : digits(number)
    guard let digits, digits < 1 << 40 else {
      throw OptionError("'\(text)' is no amount of memory; write 4000M, 16G or 1T")
    }
    switch unit {
    case "k": return (digits + 1023) / 1024
    case "g": return digits * 1024
    case "t": return digits * 1024 * 1024
    default: return digits
    }
  }

  /// A count of at least 1.
  package static func count(_ text: String) throws(OptionError) -> Int {
    guard let number = digits(text), (1...1_000_000).contains(number) else {
      throw OptionError("'\(text)' is no count; write a whole number from 1 to 1000000")
    }
    return number
  }

  /// Nodes: `4`, or a range `2-4`.
  package static func nodes(_ text: String) throws(OptionError) -> ClosedRange<Int> {
    let ends = text.split(separator: "-", omittingEmptySubsequences: false).map {
      digits($0) ?? 0
    }
    guard let first = ends.first, first >= 1, ends.count <= 2, let last = ends.last,
      last >= first, last <= 1_000_000
    else {
      throw OptionError("'\(text)' is no number of nodes; write 2, or 2-4 to accept two to four")
    }
    return first...last
  }

  /// `4` or `h100:4`: GPUs, and their type if it is named.
  package static func gpus(
    _ text: String
  ) throws(OptionError) -> (type: String?, count: Int) {
    let parts = text.split(
      omittingEmptySubsequences: false, whereSeparator: { $0 == ":" || $0 == "=" })
    guard (1...2).contains(parts.count), let last = parts.last, let number = digits(last),
      number <= 1_000_000, parts.count == 1 || !parts[0].isEmpty
    else {
      throw OptionError("'\(text)' is no number of GPUs; write 4, or h100:4 to name the type")
    }
    return (parts.count == 2 ? String(parts[0]) : nil, number)
  }

  /// `shard:2`, `shard:h100:2`: shards of one GPU; nil if it is about something else.
  package static func shards(
    _ text: String
  ) throws(OptionError) -> (type: String?, count: Int)? {
    var parts = text.split(
      omittingEmptySubsequences: false, whereSeparator: { ":=/".contains($0) })
    if parts.first == "gres" { parts.removeFirst() }
    guard parts.first == "shard", !text.contains(",") else { return nil }
    parts.removeFirst()
    guard let last = parts.last, let number = digits(last), number > 0, parts.count <= 2,
      parts.count == 1 || !parts[0].isEmpty
    else {
      throw OptionError("'\(text)' is no share of a GPU; write shard:2, or shard:h100:2")
    }
    return (parts.count == 2 ? String(parts[0]) : nil, number)
  }

  /// `gpu`, `gpu:4`, `gpu:h100:4`; also as Slurm keeps it, `gres:gpu:4`. `none` and `gpu:0` ask
  /// for no GPU. Generic resources that are no GPUs are refused.
  package static func gres(
    _ text: String
  ) throws(OptionError) -> (type: String?, count: Int) {
    if text.lowercased() == "none" { return (nil, 0) }
    guard !text.contains(",") else {
      throw OptionError(
        "'\(text)': only one kind of GPU in one job; write gpu:4, gpu:h100:4 or shard:2")
    }
    var parts = text.split(
      omittingEmptySubsequences: false, whereSeparator: { ":=/".contains($0) })
    if parts.first == "gres" { parts.removeFirst() }
    guard parts.first == "gpu" else {
      throw OptionError("'\(text)' is not known here; accepted: gpu:4, gpu:h100:4 or shard:2")
    }
    parts.removeFirst()
    switch parts.count {
    case 0: return (nil, 1)
    case 1 where digits(parts[0]) == nil && !parts[0].isEmpty: return (String(parts[0]), 1)
    default: return try gpus(parts.joined(separator: ":"))
    }
  }

  /// `ib&nvme`, `h100|h200`: features that each node must have.
  package static func features(_ text: String) throws(OptionError) -> FeatureExpression {
    if let expression = FeatureExpression(text) { return expression }
    if text.contains(where: { "[]*()".contains($0) }) {
      throw OptionError(
        "'\(text)': brackets, parentheses and counts are not supported yet; write names with & "
          + "and | between them, such as ib&nvme, read from left to right")
    }
    throw OptionError(
      "'\(text)' is no constraint; write 1 to \(FeatureExpression.mostTerms) names of features "
        + "with & and | between them, such as ib&nvme")
  }

  /// `gn01,gn[03-05]`: names of nodes.
  package static func nodeNames(_ text: String) throws(OptionError) -> [NodeName] {
    switch NodeNames.expanded(text) {
    case .failure: break
    case .success(let names) where names.count <= NodeTerms.mostNodes: return names
    case .success(let names):
      throw OptionError(
        "it names \(names.count) nodes; the most accepted is \(NodeTerms.mostNodes)")
    }
    if text.contains("/") {
      throw OptionError("'\(text)': a file of names is not read; write \(NodeNames.accepted)")
    }
    throw OptionError("'\(text)' names no nodes; write \(NodeNames.accepted)")
  }

  /// `5`, or nothing for Slurm's 100: how far others are let ahead.
  package static func nice(_ text: String?) throws(OptionError) -> Int {
    guard let text else { return 100 }
    if text.hasPrefix("-"), digits(text.dropFirst()) != nil {
      throw OptionError(
        "'\(text)' would put the job ahead of others, which only an administrator may; write 0 to "
          + "\(TimeWishes.mostNice)")
    }
    guard let nice = digits(text) else {
      throw OptionError("'\(text)' is no nice value; write 0 to \(TimeWishes.mostNice)")
    }
    return min(nice, TimeWishes.mostNice)
  }

  /// As ``begin(_:)``, for a deadline.
  package static func deadline(_ text: String) throws(OptionError) -> BeginTime {
    do throws(OptionError) {
      return try begin(text)
    } catch {
      throw OptionError(
        "'\(text)' is no deadline; write now+8hours, or 2026-12-01T08:00:00 in UTC")
    }
  }

  /// `now`, `now+10minutes`, or an instant in UTC.
  package static func begin(_ text: String) throws(OptionError) -> BeginTime {
    if let instant = Instant(text) { return .at(instant) }
    guard text.hasPrefix("now") else { throw badBegin(text) }
    let rest = text.dropFirst(3)
    if rest.isEmpty { return .after(.zero) }
    guard rest.first == "+" else { throw badBegin(text) }
    let number = rest.dropFirst().prefix { $0.isNumber }
    let unit = rest.dropFirst(1 + number.count)
    let scales: [Substring: Int64] = [
      "": 1, "second": 1, "seconds": 1, "minute": 60, "minutes": 60, "hour": 3600, "hours": 3600,
      "day": 86_400, "days": 86_400, "week": 604_800, "weeks": 604_800,
    ]
    guard let count = digits(number), let scale = scales[unit], count < 1_000_000_000 / Int(scale)
    else { throw badBegin(text) }
    return .after(Seconds(Int64(count) * scale))
  }

  private static func badBegin(_ text: String) -> OptionError {
    OptionError(
      "'\(text)' is no begin time; write now+1hour, or 2026-12-01T08:00:00 in UTC")
  }
}
