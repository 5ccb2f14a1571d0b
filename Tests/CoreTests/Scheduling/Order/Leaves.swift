import Domain
import Scheduling

/// Trees of shares written as paths: `state/grants/alpha/anna`.
enum Leaves {
  static func leaf(_ path: String) -> UsageLeaf {
    let names = path.split(separator: "/").map { String($0) }
    return UsageLeaf(
      funder: SmallSite.name(names[0], FunderID.self),
      programme: SmallSite.name(names[1], ProgrammeID.self),
      project: SmallSite.name(names[2], ProjectID.self),
      member: SmallSite.name(names[3], MemberID.self))
  }

  /// By path and use in GPU-milliseconds.
  static func usage(_ lines: [String: Int64]) -> [UsageLeaf: GPUTime] {
    var usage: [UsageLeaf: GPUTime] = [:]
    for (path, amount) in lines { usage[leaf(path)] = GPUTime(milliseconds: amount) }
    return usage
  }

  /// The members in order of their rank, ties by name: `bob 1`.
  static func ranks(_ tree: FairTree) -> [String] {
    tree.places.sorted { ($0.value.rank, $0.key) < ($1.value.rank, $1.key) }
      .map { "\($0.key.member) \($0.value.rank)" }
  }
}
