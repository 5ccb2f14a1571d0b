package import Domain

/// Values as sbatch writes them.
package enum OptionValue {
  /// Slurm's time formats: `MM`, `MM:SS`, `HH:MM:SS`, `D-HH`, `D-HH:MM`, `D-HH:MM:SS`.
  package static func time(_ text: String) -> Result<Seconds, OptionError> {
    let bad = OptionError(
      "'\(text)' is no time limit; write minutes (90), HH:MM:SS (1:30:00) or D-HH:MM:SS")
    if ["unlimited", "infinite", "-1"].contains(text.lowercased()) {
      return .failure(OptionError("unlimited jobs are refused: a hold needs a time limit"))
    }
    let halves = text.split(separator: "-", omittingEmptySubsequences: false)
    guard let clock = halves.last, halves.count <= 2 else { return .failure(bad) }
    let numbers = clock.split(separator: ":", omittingEmptySubsequences: false).map { Int64($0) }
    guard numbers.allSatisfy({ ($0 ?? -1) >= 0 && ($0 ?? 0) < 10_000_000 }) else {
      return .failure(bad)
    }
    let parts = numbers.compactMap { $0 }
    var seconds: Int64
    if halves.count == 2 {
      guard let days = Int64(halves[0]), (0..<10_000).contains(days), (1...3).contains(parts.count)
      else { return .failure(bad) }
      let clock = parts + [0, 0]
      seconds = days * 86_400 + clock[0] * 3600 + clock[1] * 60 + clock[2]
    } else {
      switch parts.count {
      case 1: seconds = parts[0] * 60
      case 2: seconds = parts[0] * 60 + parts[1]
      case 3: seconds = parts[0] * 3600 + parts[1] * 60 + parts[2]
      default: return .failure(bad)
      }
    }
    guard seconds > 0 else { return .failure(bad) }
    return .success(Seconds(seconds))
  }

  /// `4000`, `512M`, `16G`, `1T` in MiB; a bare number is MiB.
  package static func memoryMiB(_ text: String) -> Result<Int, OptionError> {
    let bad = OptionError("'\(text)' is no amount of memory; write 4000M, 16G or 1T")
    let unit = text.last.map { $0.uppercased() } ?? ""
    let digits = unit.isEmpty || "KMGT".contains(unit) ? String(text.dropLast()) : text
    let number = "KMGT".contains(unit) && !unit.isEmpty ? Int(digits) : Int(text)
    guard let number, number >= 0, number < 1 << 40 else { return .failure(bad) }
    switch unit {
    case "K": return .success((number + 1023) / 1024)
    case "G": return .success(number * 1024)
    case "T": return .success(number * 1024 * 1024)
    default: return .success(number)
    }
  }

  /// A count of at least 1.
  package static func count(_ text: String) -> Result<Int, OptionError> {
    guard let number = Int(text), (1...1_000_000).contains(number) else {
      return .failure(OptionError("'\(text)' is no count; write a whole number from 1"))
    }
    return .success(number)
  }

  /// Nodes: `4`, or a range `2-4`, of which the smaller number is taken.
  package static func nodes(_ text: String) -> Result<Int, OptionError> {
    let ends = text.split(separator: "-", omittingEmptySubsequences: false)
    guard ends.count <= 2, let first = ends.first else { return count(text) }
    if ends.count == 2, case .failure(let error) = count(String(ends[1])) {
      return .failure(error)
    }
    return count(String(first))
  }

  /// `4` or `h100:4`: a count of GPUs, and their type if it is named.
  package static func gpus(_ text: String) -> Result<(type: String?, count: Int), OptionError> {
    let parts = text.split(separator: ":", omittingEmptySubsequences: false).map(String.init)
    let bad = OptionError("'\(text)' is no count of GPUs; write 4 or h100:4")
    guard let last = parts.last, let number = Int(last), (0...1_000_000).contains(number),
      parts.count <= 2
    else { return .failure(bad) }
    return .success((parts.count == 2 ? parts[0] : nil, number))
  }

  /// `gpu:4`, `gpu:h100:4`, `gpu`, also as Slurm keeps it, `gres:gpu:4`.
  package static func gres(_ text: String) -> Result<(type: String?, count: Int), OptionError> {
    var parts = text.split(whereSeparator: { $0 == ":" || $0 == "=" }).map(String.init)
    if parts.first == "gres" { parts.removeFirst() }
    guard parts.first == "gpu" else {
      return .failure(OptionError("'\(text)' is not supported; write gpu:4 or gpu:h100:4"))
    }
    parts.removeFirst()
    if parts.isEmpty { return .success((nil, 1)) }
    if parts.count == 1, Int(parts[0]) == nil { return .success((parts[0], 1)) }
    return gpus(parts.joined(separator: ":"))
  }

  /// `now`, `now+10minutes`, or an instant in UTC.
  package static func begin(_ text: String, now: Instant) -> Result<Instant, OptionError> {
    if let instant = Instant(text) { return .success(instant) }
    let bad = OptionError("'\(text)' is no begin time; write now+1hour or 2026-12-01T08:00:00")
    guard text.hasPrefix("now") else { return .failure(bad) }
    let rest = text.dropFirst(3)
    if rest.isEmpty { return .success(now) }
    guard rest.first == "+" else { return .failure(bad) }
    let digits = rest.dropFirst().prefix { $0.isNumber }
    let unit = String(rest.dropFirst(1 + digits.count))
    let scales: [String: Int64] = [
      "": 1, "second": 1, "seconds": 1, "minute": 60, "minutes": 60, "hour": 3600, "hours": 3600,
      "day": 86_400, "days": 86_400, "week": 604_800, "weeks": 604_800,
    ]
    guard let number = Int64(digits), number < 100_000_000, let scale = scales[unit] else {
      return .failure(bad)
    }
    return .success(now + Seconds(number * scale))
  }
}
