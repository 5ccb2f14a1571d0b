/// Something that a centre lends to runs and has a number of: seats of a program, mostly.
///
/// Polder alone counts what is lent, from the runs under way (ADR 0019).
package struct Licence: Hashable, Sendable {
  package let id: LicenceName
  /// How many may be lent at once.
  package let count: Int64

  package init(id: LicenceName, count: Int64) {
    self.id = id
    self.count = count
  }
}

/// So many licences of one name.
package struct LicenceShare: Hashable, Sendable {
  package let name: LicenceName
  /// At least 1.
  package let count: Int64

  package init(name: LicenceName, count: Int64) {
    self.name = name
    self.count = count
  }

  /// The most of one name that a request may ask for.
  package static let mostCount: Int64 = 1_000_000
}

extension LicenceShare: CustomStringConvertible {
  /// As sbatch has it: `matlab:2`.
  package var description: String { "\(name):\(count)" }
}

extension [LicenceShare] {
  /// How many of a name.
  package func count(of name: LicenceName) -> Int64 {
    first { $0.name == name }?.count ?? 0
  }

  /// All of both, by name.
  func adding(_ others: Self) -> Self {
    guard !others.isEmpty else { return self }
    var sums: [LicenceName: Int64] = [:]
    for share in self { sums[share.name, default: 0] += share.count }
    for share in others { sums[share.name, default: 0] += share.count }
    return sums.sorted { $0.key < $1.key }.map { LicenceShare(name: $0.key, count: $0.value) }
  }
}
