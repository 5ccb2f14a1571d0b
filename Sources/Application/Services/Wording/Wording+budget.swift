import Domain
import Ledger
import Scheduling
import Wire

/// Why a task waits for money, and where that is to come from: runs that release what they do not
/// use, instalments of its programme, or nowhere.
extension Wording {
  static func budget(_ shortfall: BudgetShortfall) -> ReasonView {
    let promised =
      shortfall.promisedAhead > .zero
      ? ", of which \(shortfall.promisedAhead) are for jobs ahead of it" : ""
    return ReasonView(
      code: "budget",
      text: "needs a hold of \(shortfall.needs); allocation \(shortfall.allocation) has "
        + "\(shortfall.available) available\(promised)\(later(shortfall))",
      nextStep: next(shortfall))
  }

  private static func later(_ shortfall: BudgetShortfall) -> String {
    guard let deferred = shortfall.prospect?.deferred, deferred > .zero else { return "" }
    let enough =
      shortfall.enoughFrom.map { "; enough is there on \(CivilDate($0))" }
      ?? ", and are not enough alone"
    return "; \(deferred) are released later\(enough)"
  }

  private static func next(_ shortfall: BudgetShortfall) -> String {
    let less = "a shorter time limit needs less"
    let unused = "running jobs release what they do not use"
    let isHeld = shortfall.prospect.map { $0.held > .zero } ?? true
    if let enough = shortfall.enoughFrom.map({ CivilDate($0) }) {
      return isHeld
        ? "it starts when enough is released on \(enough), or before if \(unused); \(less)"
        : "it starts when enough is released, on \(enough) if nothing else uses it; \(less)"
    }
    if isHeld { return "it starts when \(unused); \(less)" }
    if shortfall.promisedAhead > .zero {
      return "it starts when jobs ahead of it have released what they do not use; \(less)"
    }
    return "nothing is held that could be released: \(less), and the project's PI can ask for more"
  }
}
