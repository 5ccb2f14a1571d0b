import Domain
import Ledger
import Scheduling
import Wire

extension RequestResolver {
  /// The allocations that a run may hold from at an instant, the earliest to end first; never none.
  func allocations(
    _ name: String?, _ project: Project, at start: Instant
  ) throws(Problem) -> [Allocation] {
    let all = context.centre.allocations(of: project.id)
    let named = all.filter { name == nil || $0.id.text == name }
    guard let last = named.last else {
      throw Problem(
        title: "No such allocation", status: 422, code: "no-allocation",
        detail: name.map { "project \(project.id) has no allocation '\($0)'" }
          ?? "project \(project.id) has no allocation",
        nextStep: all.isEmpty
          ? "\(askPI(project)) to request an allocation"
          : "its allocations: \(all.map(\.id.text).joined(separator: ", "))")
    }
    guard start < last.window.upperBound else {
      throw Problem(
        title: "Allocation expired", status: 403, code: "expired",
        detail: "allocation \(last.id)"
          + (name == nil ? ", the last of project \(project.id), " : " of project \(project.id) ")
          + (start > context.now ? "ends" : "ended") + " at \(last.window.upperBound)",
        nextStep: instead(of: name, all, at: start)
          + "\(askPI(project)) to request an extension or a new allocation")
    }
    let open = named.filter { $0.isOpen(at: start) }
    guard open.isEmpty else { return open }
    if let held = named.last(where: { $0.window.contains(start) }), let since = held.suspended {
      throw Problem(
        title: "Allocation suspended", status: 403, code: "suspended",
        detail: "allocation \(held.id) of project \(project.id) is suspended since \(since)",
        nextStep: instead(of: name, all, at: start) + "\(askPI(project)) why")
    }
    let next = named.filter { start < $0.window.lowerBound }
      .min { $0.window.lowerBound < $1.window.lowerBound }
    throw Problem(
      title: "Allocation not open yet", status: 403, code: "pending",
      detail: "allocation \((next ?? last).id) of project \(project.id) opens at "
        + "\((next ?? last).window.lowerBound)",
      nextStep: instead(of: name, all, at: start)
        + "submit it then, or now with --begin=\((next ?? last).window.lowerBound)")
  }

  /// What a job could be paid from where the allocation that was named is not open: those that are,
  /// with what they have; else the first that will be.
  private func instead(of name: String?, _ all: [Allocation], at start: Instant) -> String {
    let others = all.filter { $0.id.text != name }
    guard name != nil, !others.isEmpty else { return "" }
    let open = others.filter { $0.isOpen(at: start) }
      .map { "\($0.id) (\(balance($0).available) available)" }
    if !open.isEmpty {
      return
        "leave --allocation out, or name one that is open: \(open.joined(separator: ", ")); or "
    }
    let next = others.filter { start < $0.window.lowerBound }
      .min { $0.window.lowerBound < $1.window.lowerBound }
    return next.map { "name \($0.id), which opens at \($0.window.lowerBound); or " } ?? ""
  }

  /// Prices the request, or says why no node can hold it.
  func quote(_ request: JobRequest) throws(Problem) -> Quote {
    let admission = Admission(
      nodes: context.centre.nodes.keys.sorted().compactMap { node($0, request.terms) },
      partitions: context.centre.partitions.values.sorted { $0.name < $1.name },
      now: request.notBefore ?? context.now)
    switch admission.quote(request, grace: context.grace) {
    case .quoted(let quote): return quote
    case .refused(let refusals):
      let onNode = isSizedByGPUs ? request.perNode.gpus : nil
      let views = refusals.map { Wording.view($0, gpusOnNode: onNode) }
      throw Problem(
        title: "This can never run here", status: 422, code: views.first?.code ?? "impossible",
        detail: views.map(\.text).joined(separator: "; "),
        nextStep: views.map(\.nextStep).filter { !$0.isEmpty }.joined(separator: "; "))
    }
  }

  /// Those whose window a run could end in if it started at once; never none.
  func lasting(
    _ request: JobRequest, _ project: Project, _ allocations: [Allocation]
  ) throws(Problem) -> [Allocation] {
    let begins = reservation(of: request.terms)?.window.lowerBound ?? context.now
    let start = max(request.notBefore ?? context.now, begins)
    let end = start + request.leastLimit + context.grace
    let lasting = allocations.filter { end <= $0.closes }
    guard lasting.isEmpty else { return lasting }
    let last = allocations.last
    let ends = last?.closes ?? start
    let minutes = max(
      ((ends.milliseconds - start.milliseconds) / 1000 - context.grace.count) / 60, 0)
    throw Problem(
      title: "Allocation ends too soon", status: 403, code: "window",
      detail: "\(request.isShortenable ? "least time" : "time limit") \(request.leastLimit) and "
        + "\(context.grace.count) s of grace from \(start) "
        + "reach to \(end); allocation \(last?.id.text ?? "") ends at \(ends)",
      nextStep: (minutes > 0 ? "ask for --time=\(Seconds.minutes(minutes)) or less, or " : "")
        + "\(askPI(project)) to request an extension")
  }

  /// The allocation that a run would hold from first. Refuses only what could never run: more than
  /// the allocations have available together with all that open holds could release. A single
  /// task has to fit into one of them; an array as a whole into all.
  func affordable(
    _ request: JobRequest, _ quote: Quote, _ project: Project, _ allocations: [Allocation]
  ) throws(Problem) -> Allocation {
    let hold = leastHold(request, quote)
    let needed =
      request.isShortenable
      ? quote.weight
        * Seconds(request.leastLimit.count * Int64(quote.taskCount) + context.grace.count)
      : quote.maximumTotalCharge + (quote.holdPerTask - quote.maximumChargePerTask)
    let pots = allocations.map { ($0, balance($0)) }
      .map { (allocation: $0, pot: $1.available + $1.held + $1.deferred) }
    let carrying = pots.filter { hold <= $0.pot }.map(\.allocation)
    let inAll = pots.reduce(GPUTime.zero) { $0 + $1.pot }
    if let first = carrying.first, needed <= inAll {
      return carrying.first { quote.holdPerTask <= balance($0).available }
        ?? carrying.first { hold <= balance($0).available } ?? first
    }
    let available = allocations.reduce(GPUTime.zero) { $0 + balance($1).available }
    let held = allocations.reduce(GPUTime.zero) { $0 + balance($1).held }
    let deferred = allocations.reduce(GPUTime.zero) { $0 + balance($1).deferred }
    let later = deferred > .zero ? "; released later \(deferred)" : ""
    let names = allocations.map(\.id.text).joined(separator: " and ")
    let isArray = quote.taskCount > 1
    let times = isArray ? "\(counted(quote.taskCount, "task")) of " : ""
    // Its tasks may run one after the other, and each releases its grace: the least that carries all.
    let grace = "\(context.grace.count) s of grace" + (isArray ? " of one of them" : "")
    throw Problem(
      title: "Not enough budget", status: 403, code: "budget",
      detail: "requested \(needed) (\(times)\(quote.weight) GPU-equivalents for "
        + "\(request.leastLimit), and \(grace)); available \(available) in "
        + "\(names); held by running jobs \(held)\(later)",
      nextStep: cheaper(quote, pots.map(\.pot).max() ?? .zero, countsLater: deferred > .zero)
        + "\(askPI(project)) for more",
      numbers: [
        "requestedGPUMilliseconds": needed.milliseconds,
        "availableGPUMilliseconds": available.milliseconds,
        "heldGPUMilliseconds": held.milliseconds,
        "deferredGPUMilliseconds": deferred.milliseconds,
        "asOfMilliseconds": context.now.milliseconds,
      ])
  }

  /// An allocation, then the others that could ever carry a run.
  func payers(
    of request: JobRequest, _ first: Allocation, _ others: [Allocation], _ quote: Quote
  ) -> [Allocation] {
    [first]
      + others.filter { other in
        let pot = balance(other).available + balance(other).held + balance(other).deferred
        return other.id != first.id && leastHold(request, quote) <= pot
      }
  }

  /// What one task holds at the least limit that it takes.
  private func leastHold(_ request: JobRequest, _ quote: Quote) -> GPUTime {
    request.isShortenable
      ? quote.weight * (request.leastLimit + context.grace) : quote.holdPerTask
  }

  private func balance(_ allocation: Allocation) -> Balance {
    context.balances[allocation.id] ?? Balance()
  }

  /// The longest limit that an amount pays for at this size, as a next step.
  private func cheaper(_ quote: Quote, _ pot: GPUTime, countsLater: Bool) -> String {
    let weight = max(quote.weight.thousandths, 1)
    let minutes = (pot.milliseconds / weight - context.grace.count) / 60
    if quote.taskCount > 1 { return "ask for fewer tasks, or less time for each, or " }
    return minutes > 0
      ? "ask for --time=\(Seconds.minutes(minutes)) or less"
        + (countsLater ? " (with what is released later)" : "") + ", or for fewer GPUs, or "
      : "ask for fewer GPUs, or "
  }

  /// `ask your PI (anouk)`; to the PI, whom to ask.
  private func askPI(_ project: Project) -> String {
    if let asker, project.role(of: asker) == .principalInvestigator {
      return "ask an administrator"
    }
    let accounts = project.members.filter { $0.role == .principalInvestigator }
      .compactMap { context.centre.members[$0.member]?.account }
    return accounts.isEmpty
      ? "ask an administrator" : "ask your PI (\(accounts.joined(separator: ", ")))"
  }
}
