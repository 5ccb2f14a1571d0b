import Domain
import Scheduling
import Wire

extension RequestResolver {
  /// Refuses what alone is beyond a limit on what runs at once above each allocation that could pay
  /// for it, so that it could never start, with the shortest time limit that it takes.
  ///
  /// - Parameter allocations: the preferred first, which the refusal is about.
  func withinLimits(
    _ request: JobRequest, _ quote: Quote, _ allocations: [Allocation]
  ) throws(Problem) {
    var first: Problem?
    for allocation in allocations {
      do throws(Problem) {
        return try withinLimits(request, quote, allocation)
      } catch {
        first = first ?? error
      }
    }
    if let first { throw first }
  }

  private func withinLimits(
    _ request: JobRequest, _ quote: Quote, _ allocation: Allocation
  ) throws(Problem) {
    guard
      let bearer = context.centre.bearer(
        request.member, in: request.project, allocation: allocation.id)
    else { return }
    let use = LimitUse(
      gpus: Int64(quote.perNode.gpus) * Int64(quote.nodeCount), running: 1,
      held: quote.weight * (request.leastLimit + context.grace))
    for (rule, _) in context.centre.limitRules.values.filter(\.isOfRuns).covering(bearer) {
      guard let measure = rule.reached(by: use, beside: LimitUse()),
        let most = rule.most[measure]
      else { continue }
      throw Problem(
        title: "Beyond a limit", status: 403, code: "limit",
        detail: "this needs \(Wording.amount(use[measure], measure)) for each task, and limit "
          + "\(rule.id) allows \(rule.words) \(Wording.amount(most, measure)) at once",
        nextStep: measure == .held
          ? "ask for fewer GPUs or a shorter time limit, or ask an administrator to raise the limit"
          : "ask for fewer GPUs, or ask an administrator to raise the limit")
    }
  }
}
