// Why: a maintenance that begins under somebody's run, or a course that nobody may use, is noticed when
// it is too late.
import BridgeProtocol
import Domain
import Doubles
import Engine
import Lifecycle
import Services
import Testing
import Wire

@Suite("setting nodes aside") struct ReservationActTests {
  private static let begin = Town.now + .hours(20)

  private func wanted(_ change: (inout ReservationRequest) -> Void = { _ in }) -> ReservationRequest
  {
    var wanted = ReservationRequest(
      name: "m1", nodes: ["gn[01-02]"], from: "\(Self.begin)", duration: "2:00:00",
      maintenance: true)
    change(&wanted)
    return wanted
  }

  private func reserve(
    _ town: Town, _ wanted: ReservationRequest, as account: String = "beheer"
  ) async throws -> ReservationActView {
    try await town.front.reserve(wanted, try await town.caller(account))
  }

  private func lines(_ town: Town) async throws -> [AuditLineView] {
    var question = Front.AuditQuestion()
    question.action = "change-reservation"
    return try await town.front.auditLines(question, try await town.caller("beheer"))
  }

  @Test("a maintenance reaches Slurm for nobody's jobs, and is told when it is repeated")
  func maintenance() async throws {
    let town = try await Town()
    let view = try await reserve(town, wanted())
    #expect(view.act == "created" && view.nodes == ["gn01", "gn02"] && view.runs == 0)
    #expect(view.start == Self.begin.milliseconds)
    #expect(view.end == (Self.begin + .hours(2)).milliseconds)
    let again = try await reserve(
      town,
      wanted {
        $0.nodes = ["gn02", "gn01"]
        $0.duration = nil
        $0.until = "\(Self.begin + .hours(2))"
      })
    #expect(again.act == "unchanged")
    let begin = Int(Self.begin.wholeSeconds)
    let order = ReservationOrder(
      name: "m1", nodes: ["gn01", "gn02"], startSeconds: begin, endSeconds: begin + 7200,
      isMaintenance: true, users: ["root"], accounts: [], ignoresJobs: false)
    #expect(await town.board.orders == [order, order])
    let lines = try await lines(town)
    #expect(lines.map(\.object) == ["reservation m1", "reservation m1"])
    #expect(
      lines[0].detail == "set aside: gn01,gn02 from \(Self.begin) until "
        + "\(Self.begin + .hours(2)) for maintenance, for uid-0")
  }

  @Test("one for projects and accounts names them in Slurm's words, and no person in the log")
  func whom() async throws {
    let town = try await Town()
    _ = try await reserve(
      town,
      wanted {
        $0.maintenance = false
        $0.projects = ["seals", "longscan"]
        $0.users = ["bram"]
        $0.ignoreJobs = true
      })
    let order = try #require(await town.board.orders.first)
    #expect(order.accounts == ["longscan", "seals"] && order.users == ["bram"])
    #expect(order.ignoresJobs && !order.isMaintenance)
    let line = try #require(try await lines(town).first)
    #expect(
      line.detail.hasSuffix("for project longscan, project seals, m-bram, whatever runs there"),
      "\(line.detail)")
  }

  @Test("nobody else may, and nothing reaches Slurm", arguments: ["anouk", "auditor"])
  func mayNot(account: String) async throws {
    let town = try await Town()
    let problem = try await refusal { _ = try await reserve(town, wanted(), as: account) }
    #expect(problem.status == 403)
    let deletion = try await refusal {
      _ = try await town.front.deleteReservation("m1", try await town.caller(account))
    }
    #expect(deletion.status == 403)
    #expect(await town.board.orders.isEmpty)
    #expect(await town.board.reservationsDeleted.isEmpty)
    #expect(try await lines(town).map(\.result) == ["refused", "refused"])
  }

  @Test("what can't be set aside is refused in words, and is no line")
  func words() async throws {
    let town = try await Town()
    func detail(_ change: (inout ReservationRequest) -> Void) async throws -> String {
      let problem = try await refusal { _ = try await reserve(town, wanted(change)) }
      #expect(problem.status == 422 || problem.code == "invalid-date", "\(problem)")
      return problem.detail
    }
    #expect(try await detail { $0.name = "m 1" }.contains("'m 1' is no name"))
    #expect(try await detail { $0.nodes = ["gn0l"] }.hasSuffix("'gn0l'; do you mean gn01?"))
    #expect(try await detail { $0.nodes = ["gn[01-09]"] }.contains("no node 'gn05'"))
    #expect(try await detail { $0.nodes = [] } == "names no node")
    #expect(try await detail { $0.from = "soon" }.contains("'soon' is no moment"))
    #expect(try await detail { $0.until = "2027-01-01" }.contains("--until or --for"))
    #expect(try await detail { $0.duration = nil }.contains("--until or --for"))
    #expect(try await detail { $0.duration = "0" }.contains("'0'"))
    #expect(
      try await detail {
        $0.duration = nil
        $0.until = $0.from
      }.contains("not after its beginning"))
    #expect(try await detail { $0.from = "\(Town.now)" }.contains("not in the future"))
    #expect(try await detail { $0.maintenance = false }.contains("for whom"))
    #expect(try await detail { $0.projects = ["seal"] }.hasSuffix("'seal'; do you mean seals?"))
    #expect(try await detail { $0.users = ["braam"] }.hasSuffix("'braam'; do you mean bram?"))
    #expect(await town.board.orders.isEmpty)
    #expect(try await lines(town).isEmpty)
  }

  @Test("one that has begun stands when it is asked for again")
  func begun() async throws {
    let town = try await Town()
    let wanted = wanted { $0.from = "\(Town.now - .hours(1))" }
    _ = try await refusal { _ = try await reserve(town, wanted) }
    var state = await town.board.current()
    state.reserved = [
      try #require(
        Reservation(
          name: "m1", nodes: ["gn01", "gn02"].compactMap { NodeName($0) },
          from: Town.now - .hours(1), until: Town.now + .hours(1), isMaintenance: true,
          access: ReservationAccess(users: .only(["root"]), accounts: .all)))
    ]
    await town.board.set(state)
    _ = try await reserve(town, wanted)
    #expect(await town.board.orders.count == 1)
    var other = wanted
    other.nodes = ["gn01"]
    let problem = try await refusal { _ = try await reserve(town, other) }
    #expect(problem.detail.contains("not in the future"))
  }

  /// A run on gn02 that may last 21 hours from now.
  private func running(_ town: Town) async throws -> RunID {
    let view = try await town.submit("bram", "--account=longscan --gpus=1 --time=21:00:00")
    let job = try #require(JobID(view.id))
    let run = RunRecord(
      id: RunID(task: TaskID(job: job, index: nil), attempt: 1),
      allocation: try #require(AllocationID("longscan-1")),
      placement: Placement(
        nodes: ["gn02"].compactMap { NodeName($0) },
        perNode: NodeResources(gpus: 1, cpus: 20, memoryMiB: 128_000)),
      weight: Weight(thousandths: 1000), rateVersion: 1, hold: .hours(21), reach: .hours(21),
      committed: Town.now)
    #expect(try await town.store.commit(run) == .done)
    return run.id
  }

  @Test("runs that may last into it are named, unless it is to begin all the same")
  func running() async throws {
    let town = try await Town()
    let run = try await running(town)
    let problem = try await refusal { _ = try await reserve(town, wanted()) }
    #expect(problem.status == 409 && problem.code == "runs-in-the-way")
    #expect(
      problem.detail.contains("1 run on these nodes may last beyond")
        && problem.detail.contains("\(run) (until "), "\(problem.detail)")
    #expect(problem.nextStep.contains("--ignore-jobs"))
    #expect(await town.board.orders.isEmpty)
    let view = try await reserve(town, wanted { $0.ignoreJobs = true })
    #expect(view.act == "created" && view.runs == 1)
    // On other nodes, and after its end, it is in nobody's way.
    _ = try await reserve(town, wanted { $0.nodes = ["gn03"] })
    _ = try await reserve(town, wanted { $0.from = "\(Town.now + .hours(21))" })
    #expect(await town.board.orders.count == 3)
  }

  @Test("another one of that name is told, and so is one that is not there")
  func names() async throws {
    let town = try await Town()
    var state = await town.board.current()
    state.reserved = [
      try #require(
        Reservation(
          name: "m1", nodes: ["gn03"].compactMap { NodeName($0) }, from: Self.begin,
          until: Self.begin + .hours(9), isMaintenance: true))
    ]
    await town.board.set(state)
    let taken = BridgeRefusal(code: 0, reason: .nameTaken, message: "Slurm has another m1")
    await town.board.set(nodeActs: .refused(refusal: taken))
    let other = try await refusal { _ = try await reserve(town, wanted()) }
    #expect(other.status == 409 && other.code == "reservation-exists")
    #expect(
      other.detail == "reservation m1 is another: a maintenance of gn03 from \(Self.begin) until "
        + "\(Self.begin + .hours(9))")
    let none = BridgeRefusal(code: 0, reason: .noSuchReservation, message: "Slurm has no m2")
    await town.board.set(nodeActs: .refused(refusal: none))
    let beheer = try await town.caller("beheer")
    let unknown = try await refusal { _ = try await town.front.deleteReservation("m2", beheer) }
    #expect(unknown.status == 404 && unknown.detail.hasSuffix("do you mean m1?"))
    #expect(try await lines(town).map(\.result) == ["failed", "done", "failed", "done"])
  }

  @Test("a deletion reaches Slurm, with a line; what Slurm did not do is told")
  func deletion() async throws {
    let town = try await Town()
    let beheer = try await town.caller("beheer")
    let view = try await town.front.deleteReservation("m1", beheer)
    #expect(view == ReservationActView(name: "m1", act: "deleted"))
    #expect(await town.board.reservationsDeleted == ["m1"])
    await town.board.set(nodeActs: .unknown(message: "cut"))
    let lost = try await refusal { _ = try await town.front.deleteReservation("m1", beheer) }
    #expect(lost.code == "unknown-outcome")
    #expect(try await lines(town).map(\.result) == ["failed", "done", "done"])
  }
}
