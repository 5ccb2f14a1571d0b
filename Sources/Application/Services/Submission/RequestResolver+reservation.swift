import Domain
import Wire

extension RequestResolver {
  /// The reservation that a draft names, if its member may use it for its project. One that is not
  /// there and one that is others' are refused in the same words: whom nodes are set aside for is
  /// nobody else's business.
  func reservation(
    _ draft: SubmissionDraft, _ member: Member, _ project: Project
  ) throws(Problem) -> Reservation? {
    guard let name = draft.reservation else { return nil }
    guard let reserved = context.reserved else {
      throw Problem(
        title: "Slurm can't be asked", status: 503, code: "unavailable",
        detail: "whether there is a reservation '\(name)' is not known yet",
        nextStep: "try again in a minute, or leave --reservation out")
    }
    let own = reserved.filter {
      context.now < $0.window.upperBound && $0.access.admits(member.account, of: project.id)
    }.sorted { ($0.window.lowerBound, $0.name) < ($1.window.lowerBound, $1.name) }
    if let found = own.first(where: { $0.name == name }), ReservationName(name) != nil {
      return found
    }
    let told = own.map {
      "\($0.name) (\($0.window.lowerBound) to \($0.window.upperBound))"
    }
    throw Problem(
      title: "No such reservation", status: 422, code: "unknown-reservation",
      detail: "Slurm has no reservation '\(name)' that \(member.account) may use for project "
        + "\(project.id)"
        + (name.contains(",") ? "; one is named, and not a list" : ""),
      nextStep: told.isEmpty
        ? "leave --reservation out, or ask an administrator to set nodes aside for the project"
        : "name one of: \(told.joined(separator: ", "))")
  }

  /// Refuses what no time and no nodes of its reservation could hold, with the numbers.
  func requireRoom(
    for request: JobRequest, in reservation: Reservation, from start: Instant
  ) throws(Problem) {
    let members = Set(
      request.partitions.compactMap { context.centre.partitions[$0] }
        .flatMap(\.nodes))
    let nodes = reservation.nodes.filter { members.contains($0) && context.centre.nodes[$0] != nil }
    guard request.nodeCount <= nodes.count else {
      throw Problem(
        title: "Too few nodes in the reservation", status: 422, code: "reservation",
        detail:
          "asks for \(counted(request.nodeCount, "node")); reservation \(reservation.name) has "
          + "\(nodes.count) in partition \(request.partition)",
        nextStep: nodes.isEmpty
          ? "name another partition, or leave --reservation out"
          : "ask for --nodes=\(nodes.count) or fewer")
    }
    let end = start + request.leastLimit + context.grace
    let last = reservation.window.upperBound
    guard end > last else { return }
    let seconds = (last.milliseconds - start.milliseconds) / 1000 - context.grace.count
    let minutes = max(seconds / 60, 0)
    throw Problem(
      title: "The reservation ends too soon", status: 422, code: "reservation",
      detail:
        "time limit \(request.leastLimit) and \(context.grace.count) s of grace from \(start) "
        + "reach to \(end); reservation \(reservation.name) ends at \(last)",
      nextStep: minutes > 0
        ? "ask for --time=\(Seconds.minutes(minutes)) or less" : "leave --reservation out")
  }

  /// A node of the centre as it is for a request: of a reservation, where that is named; nil if it is
  /// none of its nodes.
  func node(_ name: NodeName, _ terms: NodeTerms) -> Node? {
    guard let wanted = terms.reservation else { return context.centre.nodes[name] }
    guard reservation(of: terms)?.nodes.contains(name) == true else { return nil }
    return context.centre.nodes[name]?.setAside(for: wanted)
  }

  func reservation(of terms: NodeTerms) -> Reservation? {
    terms.reservation.flatMap { name in context.reserved?.first { $0.name == name.text } }
  }
}
