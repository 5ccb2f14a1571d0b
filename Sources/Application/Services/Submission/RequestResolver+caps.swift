import Domain
import Ledger
import Scheduling
import Wire

extension RequestResolver {
  /// Refuses a task whose hold alone is more than a hard cap allows at all, at each moment at which it
  /// could still start, whichever allocation of its project pays, and on the lightest nodes of its
  /// partitions: it could never start. What others have taken under a cap refuses nothing here, since it comes back; nor does a
  /// cap where another rate card is announced.
  ///
  /// - Parameters:
  ///   - quotes: in each partition that it lists.
  ///   - start: the earliest that it may begin.
  func withinCaps(
    _ request: JobRequest, _ quotes: [Quote], from start: Instant
  ) throws(Problem) {
    let partitions = [request.partition] + request.otherPartitions
    let keepsRates = partitions.allSatisfy {
      context.centre.partitions[$0]?.nextRateCard(after: context.now) == nil
    }
    guard keepsRates, let weight = quotes.map(\.leastWeight).min() else { return }
    let hold = weight * (request.leastLimit + context.grace)
    let roofs = context.centre.allocations(of: request.project)
      .filter { request.allocation == nil || $0.id == request.allocation }
      .map { roof(over: hold, of: request, in: $0, from: start) }
    guard !roofs.contains(.open) else { return }
    // Of several allocations the first; of several caps the one that allows least.
    for case .cap(let cap) in roofs { throw beyond(cap, hold, request, weight) }
  }

  private enum Roof: Hashable {
    /// At some moment no cap stands in the way.
    case open
    case cap(Cap)
    /// It could not last long enough, whatever the caps.
    case closed
  }

  private func roof(
    over hold: GPUTime, of request: JobRequest, in allocation: Allocation, from start: Instant
  ) -> Roof {
    let centre = context.centre
    guard let bearer = centre.bearer(of: request, allocation: allocation.id) else { return .open }
    var lowest: Cap?
    var moment = max(start, allocation.window.lowerBound)
    while moment + request.leastLimit + context.grace <= allocation.closes,
      request.latestStart.map({ moment <= $0 }) ?? true
    {
      let obstacles = centre.hardCaps(above: bearer, at: moment).filter { $0.limit < hold }
      guard let ends = obstacles.map(\.period.upperBound).max() else { return .open }
      lowest = lowest ?? obstacles.min { $0.limit < $1.limit }
      moment = ends
    }
    return lowest.map { .cap($0) } ?? .closed
  }

  private func beyond(
    _ cap: Cap, _ hold: GPUTime, _ request: JobRequest, _ weight: Weight
  ) -> Problem {
    let minutes =
      (cap.limit.milliseconds / max(weight.thousandths, 1) - context.grace.count) / 60
    let option = request.isShortenable ? "--time-min" : "--time"
    let isYearly =
      context.centre.allCapRules.first { $0.id == cap.id }.map { $0.span == .calendarYear } ?? false
    let span = isYearly ? "in a calendar year" : "until \(cap.period.upperBound)"
    let used =
      cap.scope.isShared
      ? "less still, as far as the cap is used"
      : "less still, as far as the cap is used: see `polder caps`"
    let smaller = [
      minutes > 0 ? "\(option)=\(Seconds.minutes(minutes)) or less" : nil,
      request.perNode.gpus * request.nodeCount > 1 ? "fewer GPUs" : nil,
    ].compactMap(\.self)
    let less =
      smaller.isEmpty ? "" : "ask for \(smaller.joined(separator: ", or for ")) (\(used)), or "
    return Problem(
      title: "Beyond a cap", status: 403, code: "cap",
      detail: "this needs a hold of \(hold) for each task, and cap \(cap.id) allows "
        + "\(cap.limit) in all \(span)",
      nextStep: (cap.limit > .zero ? less : "") + "ask an administrator to raise it",
      numbers: [
        "requestedGPUMilliseconds": hold.milliseconds, "capGPUMilliseconds": cap.limit.milliseconds,
      ])
  }
}
