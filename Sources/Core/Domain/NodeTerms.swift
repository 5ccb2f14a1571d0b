/// What a request says of the nodes it may lie on, beside what it takes of each.
package struct NodeTerms: Hashable, Sendable {
  /// What each node must have; nil if any will do.
  package let features: FeatureExpression?
  /// Nodes that it must not lie on; ascending, unique.
  package let excluded: [NodeName]
  /// Nodes that must be among those that it lies on; ascending, unique.
  package let required: [NodeName]
  /// It lies on this one's nodes, in its time; nil to lie on none that is set aside.
  package let reservation: ReservationName?
  /// True if nothing is said: kept, since it is asked for every task of a plan.
  package let isAny: Bool

  package init(
    features: FeatureExpression? = nil, excluded: [NodeName] = [], required: [NodeName] = [],
    reservation: ReservationName? = nil
  ) {
    self.reservation = reservation
    self.features = features
    self.excluded = Set(excluded).sorted()
    self.required = Set(required).sorted()
    isAny = features == nil && excluded.isEmpty && required.isEmpty && reservation == nil
  }

  /// The most nodes that one request may exclude, and may require.
  package static let mostNodes = 2000

  /// Nothing is said.
  package static let any = NodeTerms()

  /// True if a task may lie on a node, as far as reservation, features and exclusions go.
  package func accepts(_ node: Node) -> Bool {
    guard node.reservation == reservation else { return false }
    return isAny
      || (!isExcluded(node.name) && (features.map { $0.isMet(by: node.features) } ?? true))
  }

  private func isExcluded(_ name: NodeName) -> Bool {
    var low = 0
    var high = excluded.count
    while low < high {
      let middle = (low + high) / 2
      if excluded[middle] < name { low = middle + 1 } else { high = middle }
    }
    return low < excluded.count && excluded[low] == name
  }
}

/// A condition on the features of a node: names with `&` and `|` between them, read from left to
/// right without precedence, as Slurm's `--constraint` is (`valid_feature_counts` of slurmctld):
/// `a|b&c` is `(a|b)&c`.
package struct FeatureExpression: Hashable, Sendable {
  package enum Junction: String, Hashable, Sendable {
    case and = "&"
    case or = "|"
  }

  /// One name, joined to what stands before it.
  package struct Term: Hashable, Sendable {
    /// Of the first: `and`.
    package let junction: Junction
    package let feature: FeatureName

    package init(_ junction: Junction, _ feature: FeatureName) {
      self.junction = junction
      self.feature = feature
    }
  }

  /// Never empty.
  package let terms: [Term]

  /// Nil without a term.
  package init?(_ terms: [Term]) {
    guard let first = terms.first else { return nil }
    self.terms = [Term(.and, first.feature)] + terms.dropFirst()
  }

  /// Reads `a&b|c`; nil if it is none, or has more than ``mostTerms`` names.
  package init?(_ text: String) {
    var terms: [Term] = []
    var junction = Junction.and
    var rest = text[...]
    while true {
      let word = rest.prefix { $0 != "&" && $0 != "|" }
      guard let feature = FeatureName(String(word)), terms.count < Self.mostTerms else {
        return nil
      }
      terms.append(Term(junction, feature))
      rest = rest.dropFirst(word.count)
      guard let next = rest.popFirst() else { break }
      junction = next == "&" ? .and : .or
    }
    self.init(terms)
  }

  /// The most names in one expression.
  package static let mostTerms = 32

  /// True if a node with these features meets it.
  package func isMet(by features: [FeatureName]) -> Bool {
    terms.reduce(true) { met, term in
      let has = features.contains(term.feature)
      return term.junction == .and ? met && has : met || has
    }
  }
}

extension FeatureExpression: CustomStringConvertible {
  package var description: String {
    terms.enumerated().map { ($0 == 0 ? "" : $1.junction.rawValue) + $1.feature.text }.joined()
  }
}
