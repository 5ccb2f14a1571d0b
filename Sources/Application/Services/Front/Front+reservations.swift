import BridgeProtocol
import Domain
import Engine
import Lifecycle
package import Wire

/// Nodes set aside in Slurm, by administrators.
extension Front {
  /// Sets nodes aside from one moment until another: for maintenance, or for projects and accounts.
  /// No job of others is planned across that time. Refused where runs may run on into it, unless that
  /// is asked for; then they do. Administrators only; a line of the audit log. Safe to repeat, and
  /// told then.
  ///
  /// - Throws: `invalid` (422) for what can't be set aside, `runs-in-the-way` (409),
  ///   `reservation-exists` (409) where another has that name, and as ``perform(_:_:_:)``.
  package func reserve(
    _ wanted: ReservationRequest, _ caller: Caller
  ) async throws(Problem) -> ReservationActView {
    try await requireAdministrator(
      caller, to: "set nodes aside", .changeReservation, "a reservation")
    let centre = try await centre()
    let order = try order(wanted, centre)
    let snapshot = try await asked { () async throws(StoreError) in try await store.snapshot() }
    let runs = snapshot.state.runs(into: order)
    let reserved = await board.current().reserved
    // What stands stands, though it has begun since.
    if order.observation.reservation.map(reserved.contains) != true {
      try requireFuture(order, snapshot.now)
      if !order.ignoresJobs, !runs.isEmpty { throw Self.inTheWay(runs, of: order) }
    }
    let act = SlurmAct(
      action: .changeReservation, object: "reservation \(order.name)",
      result: "set aside: \(words(order, centre))", list: "polder reservation list",
      show: "scontrol show reservation \(order.name)")
    let created: CreatedReservation
    do throws(Problem) {
      created = try await perform(act, caller) { await board.reserve(order) }
    } catch  where error.code == "reservation-exists" {
      throw Self.taken(error, reserved.first { $0.name == order.name })
    }
    return ReservationActView(
      name: order.name, act: created.isNew ? "created" : "unchanged", nodes: order.nodes,
      start: Int64(order.startSeconds) * 1000, end: Int64(order.endSeconds) * 1000,
      runs: runs.count)
  }

  /// Gives nodes back that are set aside, whoever did that. Administrators only; a line of the audit
  /// log.
  ///
  /// - Throws: `unknown-reservation` (404), and as ``perform(_:_:_:)``: Slurm refuses it while jobs are
  ///   in it.
  package func deleteReservation(
    _ name: String, _ caller: Caller
  ) async throws(Problem) -> ReservationActView {
    let known = await board.current().reserved.map(\.name)
    try await requireAdministrator(
      caller, to: "give nodes back that are set aside", .changeReservation,
      known.contains(name) ? "reservation \(name)" : "an unknown reservation")
    guard let id = ReservationName(name) else { throw Self.unknown(name, known) }
    let act = SlurmAct(
      action: .changeReservation, object: "reservation \(id)", result: "deleted",
      list: "polder reservation list", show: "squeue --reservation=\(id)")
    do throws(Problem) {
      _ = try await perform(act, caller) { await board.deleteReservation(id) }
    } catch  where error.code == "unknown-reservation" {
      throw Self.unknown(name, known)
    }
    return ReservationActView(name: name, act: "deleted")
  }

  // MARK: What is asked for

  private func order(
    _ wanted: ReservationRequest, _ centre: Centre
  ) throws(Problem) -> ReservationOrder {
    guard let name = ReservationName(wanted.name) else {
      throw Self.invalid(
        "'\(wanted.name)' is no name of a reservation: 1 to 64 letters, digits, '.', '-' and '_', "
          + "a letter or digit first")
    }
    let nodes = try nodes(wanted.nodes, centre)
    let window = try window(wanted)
    let projects = try projects(wanted.projects, centre)
    var users = try users(wanted.users, centre)
    if projects.isEmpty, users.isEmpty {
      guard wanted.maintenance else {
        throw Self.invalid(
          "says for whom the nodes are set aside: --projects, --users, or both; "
            + "or --maintenance, for nobody")
      }
      // Slurm has none that is for nobody.
      users = ["root"]
    }
    return ReservationOrder(
      name: name.text, nodes: nodes.map(\.text),
      startSeconds: Int(window.lowerBound.wholeSeconds),
      endSeconds: Int(window.upperBound.wholeSeconds), isMaintenance: wanted.maintenance,
      users: users, accounts: projects, ignoresJobs: wanted.ignoreJobs)
  }

  /// Ascending, each once.
  private func nodes(_ texts: [String], _ centre: Centre) throws(Problem) -> [NodeName] {
    var nodes: Set<NodeName> = []
    for text in texts {
      switch NodeNames.expanded(text) {
      case .success(let names): nodes.formUnion(names)
      case .failure(let failure): throw Self.invalid(failure.reason)
      }
    }
    guard !nodes.isEmpty else { throw Self.invalid("names no node") }
    if let unknown = nodes.filter({ centre.nodes[$0] == nil }).min() {
      throw Self.unknown("node", unknown.text, in: centre.nodes.keys.map(\.text))
    }
    return nodes.sorted()
  }

  private func window(_ wanted: ReservationRequest) throws(Problem) -> Range<Instant> {
    guard let from = try moment(wanted.from) else { throw Self.invalid("says no beginning") }
    let until: Instant
    switch (try moment(wanted.until), wanted.duration) {
    case (let end?, nil): until = end
    case (nil, let text?):
      do throws(OptionError) {
        until = from + (try OptionValue.time(text))
      } catch {
        throw Self.invalid(error.message)
      }
    default: throw Self.invalid("says either until when or for how long: --until or --for")
    }
    guard from.wholeSeconds < until.wholeSeconds else {
      throw Self.invalid("ends at \(until), which is not after its beginning at \(from)")
    }
    return from..<until
  }

  private func requireFuture(_ order: ReservationOrder, _ now: Instant) throws(Problem) {
    let begin = Instant(seconds: Int64(order.startSeconds))
    guard begin > now else {
      throw Self.invalid("begins at \(begin), which is not in the future: it is \(now)")
    }
  }

  private func projects(_ names: [String], _ centre: Centre) throws(Problem) -> [String] {
    for name in names where ProjectID(name).flatMap({ centre.projects[$0] }) == nil {
      throw Self.unknown("project", name, in: centre.projects.keys.map(\.text))
    }
    return Set(names).sorted()
  }

  /// Accounts of the machine, of members or not: of those that are none no job is Polder's.
  private func users(_ names: [String], _ centre: Centre) throws(Problem) -> [String] {
    for name in names where accounts.ids(of: name) == nil {
      throw Self.unknown("account", name, in: centre.members.values.map(\.account))
    }
    return Set(names).sorted()
  }

  // MARK: Words

  /// What is set aside, for the audit log: people by opaque ids.
  private func words(_ order: ReservationOrder, _ centre: Centre) -> String {
    let most = 20
    let nodes = order.nodes.prefix(most).joined(separator: ",")
    let more = order.nodes.count > most ? " and \(order.nodes.count - most) more" : ""
    let subjects = order.users.map { name in
      centre.member(account: name)?.id.text
        ?? accounts.ids(of: name).map { "uid-\($0.uid)" } ?? "root"
    }
    let whom = order.accounts.map { "project \($0)" } + subjects.sorted()
    let begin = Instant(seconds: Int64(order.startSeconds))
    let end = Instant(seconds: Int64(order.endSeconds))
    return "\(nodes)\(more) from \(begin) until \(end) "
      + (order.isMaintenance ? "for maintenance, " : "") + "for \(whom.joined(separator: ", "))"
      + (order.ignoresJobs ? ", whatever runs there" : "")
  }

  private static func inTheWay(_ runs: [RunRecord], of order: ReservationOrder) -> Problem {
    let most = 10
    let named = runs.prefix(most).map { "\($0.id) (until \($0.latestEnd))" }
    let more = runs.count > most ? " and \(runs.count - most) more" : ""
    let last = runs.map(\.latestEnd).max().map { "from \($0) on" } ?? "later"
    return Problem(
      title: "Runs are in the way", status: 409, code: "runs-in-the-way",
      detail: "\(counted(runs.count, "run")) on these nodes may last beyond its beginning, grace "
        + "included: \(named.joined(separator: ", "))\(more)",
      nextStep: "set them aside \(last), end these runs, or add --ignore-jobs: then they run on "
        + "into it")
  }

  private static func taken(_ problem: Problem, _ other: Reservation?) -> Problem {
    guard let other else { return problem }
    var problem = problem
    let nodes = other.nodes.prefix(4).map(\.text).joined(separator: ",")
    problem.detail =
      "reservation \(other.name) is another: \(other.isMaintenance ? "a maintenance of " : "")"
      + nodes + (other.nodes.count > 4 ? " and \(other.nodes.count - 4) more nodes" : "")
      + " from \(other.window.lowerBound) until \(other.window.upperBound)"
    return problem
  }

  private static func unknown(_ name: String, _ known: [String]) -> Problem {
    let near = Spelling.nearest(to: name, in: known)
    return Problem(
      title: "No such reservation", status: 404, code: "unknown-reservation",
      detail: "Slurm has no reservation '\(name)' of nodes"
        + (near.map { "; do you mean \($0)?" } ?? ""),
      nextStep: "see what is set aside with `polder reservation list`")
  }

  private static func unknown(_ kind: String, _ name: String, in known: [String]) -> Problem {
    let near = Spelling.nearest(to: name, in: known)
    let place = kind == "account" ? "this machine" : "the centre"
    return invalid(
      "\(place) has no \(kind) '\(name)'" + (near.map { "; do you mean \($0)?" } ?? ""))
  }

  private static func invalid(_ detail: String) -> Problem {
    Problem(
      title: "Can't be set aside", status: 422, code: "invalid", detail: detail,
      nextStep: "see `polder reservation create --help`")
  }
}

extension RunRecord {
  /// When it is over at the latest, its grace included.
  fileprivate var latestEnd: Instant { (started ?? committed) + reach }
}

extension EngineState {
  /// The runs that may last into an order's time on its nodes, by id.
  fileprivate func runs(into order: ReservationOrder) -> [RunRecord] {
    let nodes = Set(order.nodes)
    let begin = Instant(seconds: Int64(order.startSeconds))
    return runs.values.filter { run in
      run.latestEnd > begin && run.placement.nodes.contains { nodes.contains($0.text) }
    }.sorted { $0.id < $1.id }
  }
}
