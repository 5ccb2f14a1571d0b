// Why: who names a reservation hears at once if it is not for him, or too small or short for the job.
import Domain
import Doubles
import Engine
import Lifecycle
import Scheduling
import Services
import Testing
import Wire

@Suite("submitting into a reservation") struct ReservedSubmitTests {
  private func town() async throws -> Town {
    let town = try await Town()
    var state = await town.board.current()
    func add(_ name: String, users: [String], accounts: [String]) throws {
      let nodes = ["gn01", "gn02"].compactMap { NodeName($0) }
      state.reserved.append(
        try #require(
          Reservation(
            name: name, nodes: nodes, from: Town.now + .hours(1), until: Town.now + .hours(3),
            isMaintenance: false,
            access: ReservationAccess(users: .init(users), accounts: .init(accounts)))))
    }
    try add("course", users: ["bram"], accounts: [])
    try add("acme", users: [], accounts: ["seals"])
    state.slurm = .well
    await town.board.set(state)
    return town
  }

  @Test("is accepted by both ways in for whom it is, and shown with the job")
  func accepted() async throws {
    let town = try await town()
    let view = try await town.submit("bram", "--gpus=1 -N1 -t 60 --reservation=course")
    #expect(view.conditions == ["--reservation=course"])
    var seen = PluginSubmission(submitUID: 64012, userUID: 64012)
    seen.tresPerJob = "gres:gpu:1"
    seen.timeLimitMinutes = 10
    seen.reservation = "course"
    let answer = try await town.front.pluginSubmit(seen, peerUID: 64030)
    #expect(answer.hasPrefix("decision=accept\n"), "\(answer)")
    seen.reservation = "acme"
    let refused = try await town.front.pluginSubmit(seen, peerUID: 64030)
    #expect(refused.hasPrefix("decision=refuse\ncode=unknown-reservation\n"), "\(refused)")
    let jobs = await town.store.state.jobs.values.map(\.request.terms.reservation?.text)
    #expect(jobs == ["course", "course"])
  }

  @Test("one of others and one that is none are refused in the same words, with one's own")
  func refused() async throws {
    let town = try await town()
    let foreign = try await town.refusal("bram", "--gpus=1 --reservation=acme")
    let none = try await town.refusal("bram", "--gpus=1 --reservation=nope")
    #expect(foreign.code == "unknown-reservation" && foreign.nextStep == none.nextStep)
    #expect(foreign.detail.replacing("acme", with: "nope") == none.detail)
    #expect(foreign.nextStep.hasPrefix("name one of: course (2026-11-18T12:06:40Z to "))
    let list = try await town.refusal("bram", "--gpus=1 --reservation=course,acme")
    #expect(list.detail.hasSuffix("one is named, and not a list"))
    // Of its project, not of its member.
    let seals = try await town.refusal(
      "ivo", "-A flood --gpus=1 --reservation=acme --begin=now+3days")
    #expect(seals.code == "unknown-reservation")
  }

  @Test("too many nodes, and a time that it does not have, are refused with the numbers")
  func room() async throws {
    let town = try await town()
    let wide = try await town.refusal("bram", "-N3 --gpus-per-node=1 -t 5 --reservation=course")
    #expect(wide.code == "reservation" && wide.nextStep == "ask for --nodes=2 or fewer")
    let long = try await town.refusal("bram", "--gpus=1 -t 120 --reservation=course")
    #expect(long.code == "reservation" && long.nextStep == "ask for --time=01:59:00 or less")
  }

  @Test("is listed by name to those for whom it is")
  func listed() async throws {
    let town = try await town()
    func names(_ account: String) async throws -> [String?] {
      try await town.front.reservations(try await town.caller(account)).map(\.name)
    }
    #expect(try await names("bram") == [nil, "course"])
    #expect(try await names("ivo") == ["acme", nil])
    #expect(try await names("beheer") == ["acme", "course"])
  }

  @Test("before Slurm was looked at nothing is said of it")
  func unknown() async throws {
    let town = try await Town()
    var state = await town.board.current()
    state.slurm = .unreachable("not asked yet")
    await town.board.set(state)
    let problem = try await town.refusal("bram", "--gpus=1 --reservation=course")
    #expect(problem.status == 503)
  }

  @Test("what a waiting job is told of its reservation")
  func words() throws {
    let name = try #require(ReservationName("course"))
    let wording = Wording { _ in false }
    #expect(
      wording.view(.reservationAhead(name, begins: Town.now)).text
        == "waits for reservation course, which begins at 2026-11-18T11:06:40Z")
    #expect(
      wording.view(.reservationGone(name)).text.contains("reservation course, which it names"))
    let ends = wording.view(
      .reservationEnds(name, ends: Town.now, wouldEnd: Town.now + .hours(1)))
    #expect(ends.text.contains("ends at 2026-11-18T11:06:40Z") && ends.code == "reservation")
  }
}
