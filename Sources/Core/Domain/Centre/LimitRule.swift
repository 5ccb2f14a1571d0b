/// A limit above jobs, as administrators describe it: how much may run, or wait, at once of what is
/// in its scope. Nothing of it is used up: what ends is free again.
///
/// What may be used in all, over a year or a window, is a ``CapRule``.
package struct LimitRule: Hashable, Sendable {
  package let id: LimitID
  /// Whose jobs are counted; nil for those of the whole centre.
  package let scope: CapScope?
  /// What is counted apart, each with all that the limit allows; nil if all of the scope is counted
  /// together.
  package let each: LimitEach?
  /// Of each measure that is limited, how much may be there at once; at least one.
  package let most: [LimitMeasure: Int64]

  package init(
    id: LimitID, scope: CapScope?, each: LimitEach? = nil, most: [LimitMeasure: Int64]
  ) {
    self.id = id
    self.scope = scope
    self.each = each
    self.most = most
  }

  /// True if it says something of jobs that run.
  package var isOfRuns: Bool { most.keys.contains { $0 != .waiting } }
}

/// What one rule stands for many times.
package enum LimitEach: String, Hashable, Sendable, CaseIterable {
  /// Each member, over all of the scope.
  case member
  case project
}

/// Whose use is counted together.
package enum LimitSubject: Hashable, Sendable {
  /// All of the scope.
  case all
  case member(MemberID)
  case project(ProjectID)
  /// No rule's: the licences of one name, of which the centre has a number.
  case licence(LicenceName)
}

/// What a rule counts for one of those that it stands for. Like Slurm's `MaxTRESPerUser`, but in
/// one place and for any part of the tree.
package struct LimitCounter: Hashable, Sendable {
  package let limit: LimitID
  package let subject: LimitSubject

  package init(_ limit: LimitID, _ subject: LimitSubject = .all) {
    self.limit = limit
    self.subject = subject
  }

  /// What counts the licences of a name.
  package static func licence(_ name: LicenceName) -> LimitCounter {
    LimitCounter(LimitID(name), .licence(name))
  }
}

/// What a limit counts.
package enum LimitMeasure: String, Hashable, Sendable, CaseIterable {
  /// GPUs that runs occupy.
  case gpus
  /// Tasks that start or run.
  case running
  /// GPU-milliseconds that runs under way hold: what they may use to their limits and grace.
  case held
  /// Tasks that wait. Asked when a job is submitted, and never of one that waits already.
  case waiting
  /// Licences of one name that runs have. No rule limits them: the centre has a number.
  case licences

  /// Those that a ``LimitRule`` may limit.
  package static let ofRules: [LimitMeasure] = [.gpus, .running, .held, .waiting]
}

/// What a run takes of limits, or runs take together.
package struct LimitUse: Hashable, Sendable {
  package var gpus: Int64
  package var running: Int64
  package var held: GPUTime
  /// By name, each once.
  package var licences: [LicenceShare]

  package init(
    gpus: Int64 = 0, running: Int64 = 0, held: GPUTime = .zero, licences: [LicenceShare] = []
  ) {
    self.licences = licences
    self.gpus = gpus
    self.running = running
    self.held = held
  }

  /// What one run takes of limits.
  ///
  /// - Parameters:
  ///   - hold: nil for a run that the operator carries, which holds nothing.
  ///   - licences: of its request.
  package init(_ placement: Placement, hold: GPUTime?, licences: [LicenceShare]) {
    self.init(
      gpus: Int64(placement.perNode.gpus) * Int64(placement.nodes.count), running: 1,
      held: hold ?? .zero, licences: licences)
  }

  /// Zero of what waits, and of licences, which have names.
  package subscript(_ measure: LimitMeasure) -> Int64 {
    switch measure {
    case .gpus: gpus
    case .running: running
    case .held: held.milliseconds
    case .waiting, .licences: 0
    }
  }

  /// Of a measure, as what counts for a subject.
  package subscript(_ measure: LimitMeasure, of subject: LimitSubject) -> Int64 {
    if measure == .licences, case .licence(let name) = subject { return licences.count(of: name) }
    return self[measure]
  }

  package static func + (left: Self, right: Self) -> Self {
    LimitUse(
      gpus: left.gpus + right.gpus, running: left.running + right.running,
      held: left.held + right.held, licences: left.licences.adding(right.licences))
  }
}

extension LimitRule {
  /// The measure that leaves too little for more beside what is in use, in the order of the cases;
  /// nil if all leave enough.
  package func reached(by more: LimitUse, beside use: LimitUse) -> LimitMeasure? {
    LimitMeasure.ofRules.first { measure in
      guard let most = most[measure], measure != .waiting else { return false }
      // Who takes nothing of it is not in its way, though a limit was lowered below what is in use.
      return more[measure] > 0 && use[measure] + more[measure] > most
    }
  }
}

extension LimitRule {
  /// Where it counts the runs of a bearer; nil if they are not in its scope.
  package func counter(of bearer: Bearer) -> LimitCounter? {
    guard scope?.covers(bearer) ?? true else { return nil }
    switch each {
    case nil: return LimitCounter(id)
    case .member: return LimitCounter(id, .member(bearer.member))
    case .project: return LimitCounter(id, .project(bearer.project))
    }
  }

  /// The narrowest first: of several that are reached, that one is named.
  fileprivate var breadth: Int {
    switch each {
    case .member: 0
    case .project: 1
    case nil: scope?.breadth ?? .max
    }
  }
}

extension Sequence<LimitRule> {
  /// The limits that count the runs of a bearer, each with where, the narrowest first, ties by id.
  package func covering(_ bearer: Bearer) -> [(rule: LimitRule, counter: LimitCounter)] {
    compactMap { rule in rule.counter(of: bearer).map { (rule, $0) } }
      .sorted { ($0.rule.breadth, $0.rule.id) < ($1.rule.breadth, $1.rule.id) }
  }
}
