/// What a request says of the nodes it may lie on, beside what it takes of each.
package struct NodeTerms: Hashable, Sendable {
  @usableFromInline
  struct Said: Hashable, Sendable {
    @usableFromInline let features: FeatureExpression?
    @usableFromInline let excluded: [NodeName]
    @usableFromInline let required: [NodeName]
    @usableFromInline let reservation: ReservationName?
    @usableFromInline let switches: SwitchWish?
  }

  /// Nil if nothing is said, as by most of a million that wait.
  @usableFromInline let said: Aside<Said>?

  package init(
    features: FeatureExpression? = nil, excluded: [NodeName] = [], required: [NodeName] = [],
    reservation: ReservationName? = nil, switches: SwitchWish? = nil
  ) {
    let said = Said(
      features: features, excluded: Set(excluded).sorted(), required: Set(required).sorted(),
      reservation: reservation, switches: switches)
    self.said = said == Self.nothing ? nil : Aside(said)
  }

  private static let nothing = Said(
    features: nil, excluded: [], required: [], reservation: nil, switches: nil)

  /// True if nothing is said.
  @inlinable package var isAny: Bool { said == nil }
  /// What each node must have; nil if any will do.
  @inlinable package var features: FeatureExpression? { said?.value.features }
  /// Nodes that it must not lie on; ascending, unique.
  @inlinable package var excluded: [NodeName] { said?.value.excluded ?? [] }
  /// Nodes that must be among those that it lies on; ascending, unique.
  @inlinable package var required: [NodeName] { said?.value.required ?? [] }
  /// It lies on this one's nodes, in its time; nil to lie on none that is set aside.
  @inlinable package var reservation: ReservationName? { said?.value.reservation }
  /// Behind how few switches its nodes are to be; nil for any.
  @inlinable package var switches: SwitchWish? { said?.value.switches }

  /// The most nodes that one request may exclude, and may require.
  package static let mostNodes = 2000

  /// Nothing is said.
  package static let any = NodeTerms()

  /// The same behind any number of switches.
  package var anywhere: NodeTerms {
    NodeTerms(
      features: features, excluded: excluded, required: required, reservation: reservation)
  }

  /// True if a task may lie on a node, as far as reservation, features and exclusions go.
  package func accepts(_ node: Node) -> Bool {
    guard node.reservation == reservation else { return false }
    return isAny
      || (!isExcluded(node.name) && (features.map { $0.isMet(by: node.features) } ?? true))
  }

  private func isExcluded(_ name: NodeName) -> Bool {
    let excluded = excluded
    var low = 0
    var high = excluded.count
    while low < high {
      let middle = (low + high) / 2
      if excluded[middle] < name { low = middle + 1 } else { high = middle }
    }
    return low < excluded.count && excluded[low] == name
  }
}

/// How few switches a run's nodes are to be behind, and until when it waits for such nodes: what starts
/// from then on takes others too, as with Slurm's `--switches=COUNT@MAX-TIME`. Where no node is described
/// with switches it asks for nothing.
package struct SwitchWish: Hashable, Sendable {
  /// At most so many; at least 1.
  package let most: Int
  package let until: Instant

  package init(most: Int, until: Instant) {
    precondition(most >= 1, "nodes are behind one switch at least")
    self.most = most
    self.until = until
  }

  /// How long a job waits that doesn't say: Slurm's `max_switch_wait` where a site sets none.
  package static let usualWait = Seconds(300)
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
