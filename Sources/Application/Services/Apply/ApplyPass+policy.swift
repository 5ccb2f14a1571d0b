import Domain
import Lifecycle
import Wire

/// What becomes of jobs when an allocation ends.
extension ApplyPass {
  /// - Parameter standard: what a field that is left out says.
  func readPolicy(_ standard: ClosingPolicy, _ fields: inout FieldReader) -> ClosingPolicy? {
    let atEnd: ClosingAct? = fields.optional("policy.atEnd", .choice(), default: standard.atEnd)
    let atExhaustion: ClosingAct? = fields.optional(
      "policy.atExhaustion", .choice(), default: standard.atExhaustion)
    let signal: JobSignal? = fields.optional("policy.signal", .choice(), default: standard.signal)
    let ahead = fields.optional("policy.ahead", .timeLimit, default: standard.ahead)
    let cap = fields.optional(
      "policy.overrunCap", .amount(zero: true), default: standard.overrunCap)
    guard let atEnd, let atExhaustion, let signal, let ahead, let cap else { return nil }
    if [atEnd, atExhaustion].contains(.goOn), cap == .zero {
      fields.refuse(
        "policy.overrunCap",
        "is needed with go-on: how much of the operator's time runs may take past the end, such "
          + "as 10 GPU-h",
        absent: !fields.has("policy.overrunCap"))
    }
    return ClosingPolicy(
      atEnd: atEnd, atExhaustion: atExhaustion, signal: signal, ahead: ahead, overrunCap: cap)
  }

  /// Says of each run that the new end cuts short what will become of it.
  mutating func noteEffects(on id: AllocationID) {
    guard let after = next.allocations[id], let before = context.centre.allocations[id],
      after.closes < before.closes || after.policy != before.policy
    else { return }
    let policy = next.policy(of: id)
    for run in context.openRuns.sorted(by: { $0.id < $1.id }) where run.allocation == id {
      let end = (run.started ?? run.committed) + run.reach
      guard end > after.closes else { continue }
      let at = max(after.closes, context.now)
      let what =
        switch policy.atEnd {
        case .refuse, .drain: "goes on to its limit, at \(end) at the latest"
        case .kill: "is killed at \(at)"
        case .signal:
          "is sent \(policy.signal.rawValue) at \(max(at - policy.ahead, context.now)) and killed "
            + "at \(at)"
        case .goOn:
          "goes on from \(at) until another job waits for its nodes, or "
            + "\(CanonicalText.amount(policy.overrunCap)) are used"
        }
      effects.append("run \(run.id) of \(id) \(what)")
    }
  }
}
