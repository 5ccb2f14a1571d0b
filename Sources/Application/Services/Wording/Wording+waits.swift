package import Domain
package import Scheduling
package import Wire

/// The one place that words reasons: the same sentence in the plugin's message, the CLI and the
/// API. Jobs of projects that the reader may not see appear as counts, never as ids.
package struct Wording: Sendable {
  /// Tells whether the reader may see a job of a task.
  let maySee: @Sendable (TaskID) -> Bool
  /// True for a reader who may see what all projects use together.
  let seesSums: Bool
  /// Whose own use over several projects is the reader's to see.
  let reader: MemberID?

  package init(
    seesSums: Bool = false, reader: MemberID? = nil,
    maySee: @escaping @Sendable (TaskID) -> Bool
  ) {
    self.seesSums = seesSums
    self.reader = reader
    self.maySee = maySee
  }

  /// Why a task waits.
  package func view(_ reason: WaitReason) -> ReasonView {
    switch reason {
    case .dependency(let unmet, let rule): dependency(unmet, rule)
    case .delay(let dependency, let until):
      ReasonView(
        code: "dependency",
        text: "is not to start before \(until), "
          + counted(Int(dependency.delay.count / 60), "minute")
          + " after the start of \(TaskID(job: dependency.job, index: dependency.index))")
    case .notBefore(let instant):
      ReasonView(code: "begin-time", text: "is not to start before \(instant)")
    case .partition(let name, let obstacle): Self.view(name, obstacle)
    case .paused(let pause):
      ReasonView(
        code: "not-started",
        text: "was given to Slurm \(pause.count == 1 ? "once" : "\(pause.count) times in a row") "
          + "and did not start: \(pause.cause); it is tried again at \(pause.until)")
    case .singleton(let job, let tasks): singleton(TaskID(job: job, index: nil), tasks)
    case .deadline(let deadline, let end):
      ReasonView(
        code: "deadline",
        text: "would end at \(end) if it started when its turn comes; its deadline is "
          + "\(deadline)",
        nextStep: "it starts if something ends early, and is refused once the deadline can't be "
          + "met; --time-min would let it start with a shorter limit")
    case .throttle(let running, let limit):
      ReasonView(
        code: "throttle",
        text: "\(running) tasks of its array run or come first, and its own limit is \(limit)")
    case .impossible(let refusals):
      ReasonView(
        code: "impossible",
        text: "the centre has changed: "
          + refusals.map { Self.view($0).text }.joined(separator: "; "),
        nextStep: "cancel it and submit it anew within the new limits")
    case .noAllocation:
      ReasonView(
        code: "no-allocation", text: "its project has no allocation whose window is open",
        nextStep: "the project's PI can request an allocation")
    case .suspended(let allocation, let since):
      ReasonView(
        code: "suspended", text: "allocation \(allocation) is suspended since \(since)",
        nextStep:
          "it goes on by itself when an administrator lifts that; the project's PI can ask why")
    case .window(let shortfall): window(shortfall)
    case .budget(let shortfall): Self.budget(shortfall)
    case .cap(let shortfall): cap(shortfall)
    case .limit(let shortfall): limit(shortfall)
    case .nodesUnavailable(let shortfall): nodes(shortfall)
    case .reservationGone, .reservationAhead, .reservationEnds: ownReservation(reason)
    case .reserved(let shortfall): reserved(shortfall)
    case .switches(let wish, let wanted):
      ReasonView(
        code: "switches",
        text: "\(counted(wanted, "node")) that could hold it are free, but behind more than "
          + "\(wish.most == 1 ? "one switch" : "\(wish.most) switches"); from \(wish.until) on it takes any",
        nextStep: "submit it without --switches to have it start anywhere")
    case .resources(let shortfall): resources(shortfall)
    case .priority(let ahead, let count):
      ReasonView(
        code: "priority",
        text: "would fit now but would delay \(ahead: ahead, maySee), which is ahead of it"
          + (count > 1 ? " with \(count - 1) more" : ""),
        nextStep: "a shorter time limit may let it start earlier")
    }
  }

  private func dependency(_ unmet: [Dependency], _ rule: DependencyRule) -> ReasonView {
    let conditions = unmet.map {
      "\($0.condition.rawValue) of \(TaskID(job: $0.job, index: $0.index))"
    }
    return ReasonView(
      code: "dependency",
      text: "waits for \(conditions.joined(separator: rule == .all ? ", " : " or "))",
      nextStep: "see `polder job show \(unmet.first.map { "\($0.job)" } ?? "")`")
  }

  /// The job ahead may be of another project of the member's, which the reader may not see.
  private func singleton(_ ahead: TaskID, _ tasks: Int) -> ReasonView {
    ReasonView(
      code: "singleton",
      text: "is a singleton: \(ahead: ahead, maySee), of the same name and member, was submitted "
        + "before it and has \(counted(tasks, "task")) that \(tasks == 1 ? "has" : "have") not "
        + "ended",
      nextStep: maySee(ahead) ? "see `polder job show \(ahead)`" : "it starts when that has ended")
  }

  private func window(_ shortfall: WindowShortfall) -> ReasonView {
    ReasonView(
      code: "window",
      text: "would end at \(shortfall.wouldEnd), but allocation \(shortfall.allocation) ends at "
        + "\(shortfall.ends)",
      nextStep: "submit it with a shorter time limit; the project's PI can ask for an extension")
  }

  private func cap(_ shortfall: CapShortfall) -> ReasonView {
    let room = shortfall.room
    let reopened =
      shortfall.reopens.map { "; its period ends at \($0)" } ?? ""
    guard seesSums || !room.isShared else {
      return ReasonView(
        code: "cap",
        text: "needs a hold of \(shortfall.needs), which is more than is left under cap "
          + "\(shortfall.cap) of \(room.limit) for several projects together",
        nextStep: "it starts when the cap has room again" + reopened + "; a shorter time limit "
          + "needs less")
    }
    let promised =
      shortfall.promisedAhead > .zero
      ? "; \(shortfall.promisedAhead) of the rest are for jobs ahead of it" : ""
    return ReasonView(
      code: "cap",
      text: "needs a hold of \(shortfall.needs); cap \(shortfall.cap) allows \(room.limit), of "
        + "which \(room.used) are used and \(room.held) are held\(promised)",
      nextStep: room.limit - room.used < shortfall.needs
        ? "it can't start before the cap is raised"
          + (shortfall.reopens.map { " or its period ends at \($0)" } ?? "")
          + ", unless it asks for less"
        : "it starts when running jobs under the cap release what they do not use; a shorter "
          + "time limit needs less")
  }

  private func nodes(_ shortfall: NodeShortfall) -> ReasonView {
    let named = shortfall.unavailable.prefix(4).map { "\($0.node) is \($0.reason)" }
    return ReasonView(
      code: "nodes-unavailable",
      text: "needs \(counted(shortfall.wantedNodes, "node")), and \(shortfall.usableNodes) that "
        + "could hold it are up: \(named.joined(separator: ", "))",
      nextStep: "it starts by itself when the nodes are back")
  }

  /// Whom nodes are set aside for is nobody else's business; a maintenance is everybody's.
  private func reserved(_ shortfall: ReservationShortfall) -> ReasonView {
    let what =
      shortfall.isMaintenance
      ? "maintenance \(shortfall.reservation)"
      : seesSums ? "reservation \(shortfall.reservation)" : "a reservation"
    let (wanted, open) = (shortfall.wantedNodes, shortfall.openNodes)
    return ReasonView(
      code: "reserved",
      text: "would run until \(shortfall.wouldEnd), into \(what) from "
        + "\(shortfall.window.lowerBound) to \(shortfall.window.upperBound); of the "
        + "\(counted(wanted, "node")) that it needs \(open == 0 ? "none" : "\(open)") "
        + "\(open > 1 ? "are" : "is") free of that",
      nextStep: "a time limit that ends before it may let it start now: see `polder job explain`")
  }

  private func resources(_ shortfall: ResourceShortfall) -> ReasonView {
    let wanted = counted(shortfall.wantedNodes, "node")
    let each =
      shortfall.resource == .nodes
      ? "free entirely"
      : "with \(counted(shortfall.wantedPerNode, shortfall.resource)) free"
    let free =
      shortfall.resource == .nodes
      ? counted(shortfall.freeNodes, "node")
      : "\(counted(shortfall.freeNodes, "such node")), "
        + "\(counted(shortfall.freeInAll, shortfall.resource)) free in all"
    var text = "needs \(wanted) \(each); now \(free)"
    if !shortfall.blockingTasks.isEmpty {
      text += "; waits for the end of \(list(shortfall.blockingTasks))"
    }
    if shortfall.jobsAhead > 0 { text += "; \(counted(shortfall.jobsAhead, "job")) ahead of it" }
    return ReasonView(
      code: "resources", text: text,
      nextStep: "fewer GPUs or a shorter time limit may start earlier: see `polder quote`")
  }

  /// Own tasks by id, others as a count.
  private func list(_ tasks: [TaskID]) -> String {
    let own = tasks.filter(maySee)
    let others = tasks.count - own.count
    var parts = own.prefix(5).map { "\($0)" }
    if own.count > 5 { parts.append("\(own.count - 5) more that you may see") }
    if others > 0 { parts.append(counted(others, "job") + " of other projects") }
    return parts.joined(separator: " and ")
  }
}

/// `1 node`, `2 nodes`.
func counted(_ count: Int, _ noun: String) -> String {
  "\(count) \(noun)\(count == 1 ? "" : "s")"
}

/// `1 GPU`, `2 GPUs`, `2000 MiB of memory`.
func counted(_ count: Int, _ resource: CountedResource) -> String {
  resource == .memory
    ? "\(count) \(resource.word)" : counted(count, String(resource.word.dropLast()))
}

extension CountedResource {
  /// In the plural, where it has one.
  var word: String {
    switch self {
    case .gpus: "GPUs"
    case .cpus: "CPUs"
    case .memory: "MiB of memory"
    case .nodes: "nodes"
    }
  }
}

extension DefaultStringInterpolation {
  /// A task's id if the reader may see it, else that it is another project's.
  fileprivate mutating func appendInterpolation(ahead task: TaskID, _ maySee: (TaskID) -> Bool) {
    appendLiteral(maySee(task) ? "\(task)" : "a job of another project")
  }
}
