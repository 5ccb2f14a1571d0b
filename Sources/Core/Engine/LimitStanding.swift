package import Domain
import Scheduling

/// A limit with what is there of it.
package struct LimitStanding: Hashable, Sendable {
  /// Of one of those that it stands for.
  package struct Count: Hashable, Sendable {
    package let inUse: LimitUse
    /// Tasks.
    package let waiting: Int64

    package init(inUse: LimitUse, waiting: Int64) {
      self.inUse = inUse
      self.waiting = waiting
    }

    package static let nothing = Count(inUse: LimitUse(), waiting: 0)

    package subscript(_ measure: LimitMeasure) -> Int64 {
      measure == .waiting ? waiting : inUse[measure]
    }
  }

  package let rule: LimitRule
  /// Where nothing is there, nobody is named.
  package let counts: [LimitSubject: Count]

  package init(rule: LimitRule, counts: [LimitSubject: Count]) {
    self.rule = rule
    self.counts = counts
  }

  /// Those that have something, the one that is nearest to what it may have first, ties by name.
  package var fullest: [LimitSubject] {
    counts.map { subject, count in
      let parts = rule.most.map { measure, most in
        Int128(count[measure]) * 1_000_000 / Int128(max(most, 1))
      }
      return (subject: subject, part: parts.max() ?? 0)
    }
    .sorted { ($1.part, $0.subject.name) < ($0.part, $1.subject.name) }
    .map(\.subject)
  }
}

/// A licence with what is lent of it.
package struct LicenceStanding: Hashable, Sendable {
  package let licence: Licence
  package let lent: Int64

  package init(licence: Licence, lent: Int64) {
    self.licence = licence
    self.lent = lent
  }
}

extension LimitSubject {
  fileprivate var name: String {
    switch self {
    case .all: ""
    case .member(let member): member.text
    case .project(let project): project.text
    case .licence(let licence): licence.text
    }
  }
}

extension EngineState {
  /// All limits as they stand, by id.
  package func limitStandings(now: Instant) -> [LimitStanding] {
    let uses = LimitPicture(self).uses
    let waiting = waiting(now: now)
    var counts: [LimitID: [LimitSubject: LimitStanding.Count]] = [:]
    for counter in Set(uses.keys).union(waiting.keys) {
      if case .licence = counter.subject { continue }
      counts[counter.limit, default: [:]][counter.subject] = LimitStanding.Count(
        inUse: uses[counter] ?? LimitUse(), waiting: waiting[counter] ?? 0)
    }
    return centre.limitRules.values.sorted { $0.id < $1.id }.map { rule in
      LimitStanding(rule: rule, counts: counts[rule.id] ?? [:])
    }
  }

  /// All licences as they stand, by name.
  package var licenceStandings: [LicenceStanding] {
    let uses = LimitPicture(self).uses
    return centre.licences.values.sorted { $0.id < $1.id }.map { licence in
      LicenceStanding(
        licence: licence, lent: uses[.licence(licence.id)]?.licences.count(of: licence.id) ?? 0)
    }
  }
}
