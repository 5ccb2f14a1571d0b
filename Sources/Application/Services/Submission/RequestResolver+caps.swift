import Domain
import Ledger
import Scheduling
import Wire

extension RequestResolver {
  /// Refuses a task whose hold alone is more than a hard cap allows at all, at each moment at which it
  /// could still start, whichever allocation pays: it could never start. What others have taken under
  /// a cap refuses nothing here, since it comes back.
  ///
  /// - Parameters:
  ///   - start: the earliest that it may begin.
  ///   - allocations: that could pay for it, the preferred first, which the refusal is about.
  func withinCaps(
    _ request: JobRequest, _ quote: Quote, _ allocations: [Allocation], from start: Instant
  ) throws(Problem) {
    let hold = leastHold(request, quote)
    let obstacles = allocations.map { obstacle(to: hold, of: request, in: $0, from: start) }
    guard let first = obstacles.first, let cap = first, obstacles.allSatisfy({ $0 != nil })
    else { return }
    let minutes =
      (cap.limit.milliseconds / max(quote.weight.thousandths, 1) - context.grace.count) / 60
    throw Problem(
      title: "Beyond a cap", status: 403, code: "cap",
      detail: "this needs a hold of \(hold) for each task, and cap \(cap.id) allows "
        + "\(cap.limit) in all until \(cap.period.upperBound)",
      nextStep: (minutes > 0 ? "ask for --time=\(Seconds.minutes(minutes)) or less, or " : "")
        + "for fewer GPUs, or ask an administrator to raise the cap",
      numbers: [
        "requestedGPUMilliseconds": hold.milliseconds, "capGPUMilliseconds": cap.limit.milliseconds,
      ])
  }

  /// The narrowest cap that stands in the way first, if there is always one until the allocation
  /// closes.
  private func obstacle(
    to hold: GPUTime, of request: JobRequest, in allocation: Allocation, from start: Instant
  ) -> Cap? {
    let centre = context.centre
    guard let bearer = centre.bearer(of: request, allocation: allocation.id) else { return nil }
    var first: Cap?
    var moment = max(start, allocation.window.lowerBound)
    while moment + request.leastLimit + context.grace <= allocation.closes {
      let obstacles = centre.hardCaps(above: bearer, at: moment).filter { $0.limit < hold }
      guard let ends = obstacles.map(\.period.upperBound).max() else { return nil }
      first = first ?? obstacles.first
      moment = ends
    }
    return first
  }
}
