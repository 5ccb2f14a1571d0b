// SPDX-License-Identifier: GPL-2.0-or-later
import BridgeProtocol
import Glibc

/// How our id stands in Slurm's admin comment.
enum SlurmKeyText {
  static let prefix = "polder:"
}

/// The bridge's clock.
enum Clock {
  /// Milliseconds since 1970 UTC.
  static func milliseconds() -> Int {
    var now = timespec()
    // The call writes into `now` before it returns.
    unsafe clock_gettime(CLOCK_REALTIME, &now)
    return now.tv_sec * 1000 + now.tv_nsec / 1_000_000
  }
}

/// Slurm's texts about generic resources: `gpu:h100:2(IDX:0-1)`, `gpu:h100:4(S:0-1),gpu:a100:1`.
enum GRESText {
  /// The GPUs in it, by type; other resources are left out.
  static func gpus(_ text: String) -> [GPUAllocation] { counts(of: "gpu", text) }

  /// The shards of GPUs in it, `shard:h100:2(IDX:1)`, where the index is the GPU's; nil without.
  static func shards(_ text: String) -> [GPUAllocation]? {
    let found = counts(of: "shard", text)
    return found.isEmpty ? nil : found
  }

  private static func counts(of kind: String, _ text: String) -> [GPUAllocation] {
    var found: [GPUAllocation] = []
    for entry in entries(text) {
      let (name, note) = parted(entry)
      let parts = name.split(separator: ":", omittingEmptySubsequences: false).map(String.init)
      guard parts.first == kind, let count = parts.last.flatMap({ Int($0) }), count > 0,
        parts.count == 2 || parts.count == 3
      else { continue }
      let indices = note.hasPrefix("IDX:") ? ArrayExpression.indices(note.dropFirst(4)) : []
      found.append(
        GPUAllocation(type: parts.count == 3 ? parts[1] : "", count: count, indices: indices))
    }
    return found.sorted { $0.type < $1.type }
  }

  /// Splits at the commas outside parentheses.
  private static func entries(_ text: String) -> [Substring] {
    var entries: [Substring] = []
    var depth = 0
    var start = text.startIndex
    for index in text.indices {
      switch text[index] {
      case "(": depth += 1
      case ")": depth -= 1
      case "," where depth == 0:
        entries.append(text[start..<index])
        start = text.index(after: index)
      default: break
      }
    }
    entries.append(text[start...])
    return entries
  }

  /// What stands before the parenthesis, and in it.
  private static func parted(_ entry: Substring) -> (Substring, Substring) {
    guard let open = entry.firstIndex(of: "("), entry.last == ")" else { return (entry, "") }
    return (entry[..<open], entry[entry.index(after: open)...].dropLast())
  }
}

/// Slurm's index lists: `0-3,7`, `0-8:4`, with or without a throttle `%4`.
enum ArrayExpression {
  /// More than Slurm's largest array.
  static let maximum = 4_000_001

  /// The indices, ascending; none when it can't be read.
  static func indices(_ text: some StringProtocol) -> [Int] {
    var found: [Int] = []
    let list = text.prefix { $0 != "%" }
    for part in list.split(separator: ",") {
      let stepped = part.split(separator: ":")
      guard let step = stepped.count == 2 ? Int(stepped[1]) : 1, step > 0, let range = stepped.first
      else { return [] }
      let ends = range.split(separator: "-").map { Int($0) }
      guard let first = ends.first ?? nil, let last = ends.last ?? nil, ends.count <= 2,
        first >= 0, first <= last, last < maximum
      else { return [] }
      found += stride(from: first, through: last, by: step)
      guard found.count <= maximum else { return [] }
    }
    return found.sorted()
  }
}
