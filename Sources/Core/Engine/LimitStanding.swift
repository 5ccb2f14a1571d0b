package import Domain
import Scheduling

/// A limit with what is there of it.
package struct LimitStanding: Hashable, Sendable {
  package let rule: LimitRule
  package let inUse: LimitUse
  /// Tasks.
  package let waiting: Int64

  package init(rule: LimitRule, inUse: LimitUse, waiting: Int64) {
    self.rule = rule
    self.inUse = inUse
    self.waiting = waiting
  }

  package subscript(_ measure: LimitMeasure) -> Int64 {
    measure == .waiting ? waiting : inUse[measure]
  }
}

extension EngineState {
  /// All limits as they stand, by id.
  package func limitStandings(now: Instant) -> [LimitStanding] {
    let rooms = LimitPicture(self).rooms
    return centre.limitRules.values.sorted { $0.id < $1.id }.map { rule in
      LimitStanding(
        rule: rule, inUse: rooms[rule.id]?.inUse ?? LimitUse(),
        waiting: rule.most[.waiting] == nil ? 0 : waiting(under: rule, now: now))
    }
  }
}
