// Why: a maintenance that is announced without knowing whom it hits is announced twice.
import Domain
import Doubles
import Engine
import Scheduling
import Services
import Testing
import Wire

@Suite("what would become of the starts, as it is asked and told") struct WhatIfTests {
  private func ask(
    _ town: Town, _ question: WhatIfRequest, as account: String = "beheer"
  ) async throws -> WhatIfView {
    try await town.front.whatIf(question, try await town.caller(account))
  }

  private func refusal(_ town: Town, _ question: WhatIfRequest) async throws -> Problem? {
    let caller = try await town.caller("beheer")
    return await #expect(throws: Problem.self) {
      _ = try await town.front.whatIf(question, caller)
    }
  }

  private static func question(
    policy: String? = nil, outages: [WhatIfRequest.Outage] = [],
    limits: [WhatIfRequest.Limit] = [], job: [String]? = nil, member: String? = nil
  ) -> WhatIfRequest {
    WhatIfRequest(policy: policy, outages: outages, limits: limits, job: job, member: member)
  }

  @Test("all that is supposed reaches the plan, and the answer says who moves, and which way")
  func told() async throws {
    let town = try await Town()
    _ = try await town.submit("bram", "-A longscan --gpus=1", key: "a")
    _ = try await town.submit("ivo", "-A seals --gpus=1 --time=10", key: "b")
    let tasks = (1...2).map { TaskID(job: JobID(number: $0), index: nil) }
    let hour = { (count: Int64) in Town.now + .hours(count) }
    await town.board.set(
      supposed: Supposed(
        changed: [
          SupposedStart(task: tasks[0], before: hour(1), after: hour(3)),
          SupposedStart(task: tasks[1], before: nil, after: hour(2)),
        ], unchanged: 5,
        added: .wait(.priority(ahead: tasks[0], jobsAhead: 1), expectedStart: hour(9))))
    let view = try await ask(
      town,
      Self.question(
        policy: "easy",
        outages: [
          .init(nodes: ["gn[01-02]"], from: "2026-12-01T08:00Z", until: "2026-12-01T12:00Z")
        ], limits: [.init(job: "P2", timeLimit: "30")],
        job: ["--account=longscan", "--nodes=2", "--time=60"]))
    #expect(view.movedCount == 2 && view.later == 1 && view.sooner == 1 && view.unchanged == 5)
    #expect(view.moved.map(\.project) == ["longscan", "seals"])
    #expect(view.moved.map(\.after) == [hour(3), hour(2)].map(\.milliseconds))
    #expect(view.added == hour(9).milliseconds && view.addedReason?.code == "priority")
    let asked = await town.board.asked
    let nodes = ["gn01", "gn02"].compactMap { NodeName($0) }
    let window = try #require(Instant("2026-12-01T08:00Z"))
    #expect(
      asked.dropLast() == [
        .policy(.easy), .nodesOut(nodes, window..<window + .hours(4)),
        .limit(tasks[1].job, .minutes(30)),
      ])
    guard case .job(let request) = asked.last else {
      Issue.record("\(asked)")
      return
    }
    #expect(request.nodeCount == 2 && request.timeLimit == .hours(1))
  }

  @Test("only administrators ask, and that they did is a line of the audit log")
  func rights() async throws {
    let town = try await Town()
    await town.board.set(supposed: Supposed(changed: [], unchanged: 0, added: nil))
    for account in ["bram", "auditor", "stranger"] {
      let caller = try await town.caller(account)
      let problem = await #expect(throws: Problem.self) {
        _ = try await town.front.whatIf(Self.question(policy: "easy"), caller)
      }
      #expect(problem?.status == 403, "\(account)")
    }
    _ = try await ask(town, Self.question(policy: "easy"))
    let lines = await town.store.links.map(\.line).filter { $0.object == "what-if" }
    #expect(lines.map(\.result) == [.refused, .refused, .refused, .done])
  }

  @Test("what can't be supposed is refused with the word that is wrong")
  func refused() async throws {
    let town = try await Town()
    _ = try await town.submit("bram", "-A longscan --gpus=1")
    let nothing = try await refusal(town, Self.question())
    #expect(nothing?.code == "nothing-supposed")
    let cases: [(WhatIfRequest, String)] = [
      (Self.question(policy: "lifo"), "fcfs, easy, conservative"),
      (
        Self.question(outages: [
          .init(nodes: ["gn09"], from: "2026-12-01", until: "2026-12-02")
        ]), "do you mean gn0"
      ),
      (
        Self.question(outages: [
          .init(nodes: ["gn01"], from: "2026-12-02", until: "2026-12-01")
        ]), "ends after it begins"
      ),
      (Self.question(limits: [.init(job: "X1", timeLimit: "10")]), "P1042"),
      (Self.question(limits: [.init(job: "P1", timeLimit: "UNLIMITED")]), "limit"),
      (Self.question(limits: [.init(job: "P2", timeLimit: "10")]), "does not wait"),
      (Self.question(limits: [.init(job: "P1", timeLimit: "365-0")]), "at most"),
      (Self.question(job: ["--gpus=1"]), "--account"),
      (Self.question(job: ["--account=longscan", "--nodes=99"]), "4"),
      (Self.question(job: ["--account=longscan"], member: "bran"), "do you mean bram?"),
      (Self.question(job: ["--account=longscan"], member: "ivo"), "may submit jobs in longscan"),
      (Self.question(policy: "easy", member: "bram"), "no job"),
    ]
    for (question, word) in cases {
      let problem = try await refusal(town, question)
      #expect(problem?.detail.contains(word) == true, "\(word) in \(problem as Any)")
    }
  }

  @Test("a job is that of the member who is named, and the answer says whose, and who makes way")
  func member() async throws {
    let town = try await Town()
    let run = RunID(task: TaskID(job: JobID(number: 7), index: 2), attempt: 1)
    await town.board.set(
      supposed: Supposed(changed: [], unchanged: 0, added: nil, ended: [run]))
    let words = ["--account=longscan", "--gpus=1"]
    var members: [String?: MemberID] = [:]
    for name in [nil, "anouk", "bram"] {
      let view = try await ask(town, Self.question(job: words, member: name))
      #expect(view.ended == ["P7_2"])
      if let name { #expect(view.addedMember == name) }
      guard case .job(let request)? = await town.board.asked.last else {
        Issue.record("nothing asked")
        return
      }
      members[name] = request.member
    }
    let centre = try await town.store.centre()
    for account in ["anouk", "bram"] {
      #expect(members[account].flatMap { centre.members[$0]?.account } == account)
    }
    #expect(members[nil] == members.values.min())
  }

  @Test("other weights, entitlements and promises are supposed; what is none is refused with words")
  func order() async throws {
    let town = try await Town()
    await town.board.set(supposed: Supposed(changed: [], unchanged: 1, added: nil))
    let before = try await town.store.centre()
    let funder = try #require(FunderID("union"))
    var centre = before
    centre.funders[funder] = Funder(id: funder, name: "The Union", contributions: [], shares: [])
    _ = try await town.store.replaceCentre(
      with: centre, postings: [], ifStill: before,
      audit: AuditLine(actor: "m-1", action: .apply, object: "centre", origin: "a test"))
    func question(
      _ factor: String, _ weight: Int64, _ name: String, _ share: String, ahead: String? = nil
    ) -> WhatIfRequest {
      WhatIfRequest(
        policy: nil, outages: [], limits: [], job: nil,
        weights: [.init(factor: factor, weight: weight)],
        shares: [.init(funder: name, share: share)], promiseAhead: ahead)
    }
    _ = try await ask(town, question("fairShare", -5, funder.text, "45 %", ahead: "2 h"))
    let asked = await town.board.asked
    #expect(
      asked == [
        .weight(.fairShare, -5), .share(funder, basisPoints: 4500), .promiseAhead(.hours(2)),
      ])
    for (wrong, words) in [
      (question("fair", 1, funder.text, "45 %"), "qos, fairShare, entitlement"),
      (question("age", -1, funder.text, "45 %"), "from 0 to"),
      (question("size", 2_000_000, funder.text, "45 %"), "to 1000000"),
      (question("age", 1, "nobody", "45 %"), "no funder"),
      (question("age", 1, funder.text, "450 %"), "450 %"),
      (question("age", 1, funder.text, "45 %", ahead: "soon"), "soon"),
    ] {
      let problem = try await refusal(town, wrong)
      #expect(problem?.detail.contains(words) == true, "\(problem?.detail ?? "")")
    }
  }

  @Test("before the first round there is nothing to compare with")
  func early() async throws {
    let problem = try await refusal(try await Town(), Self.question(policy: "easy"))
    #expect(problem?.code == "not-planned" && problem?.status == 503)
  }

  @Test("another limit on what runs at once is supposed; one that is none is refused with words")
  func atMost() async throws {
    let town = try await Town()
    var centre = try await town.store.centre()
    let before = centre
    let limit = try #require(LimitID("few"))
    let queue = try #require(LimitID("queue"))
    for (id, most) in [(limit, [LimitMeasure.gpus: Int64(2)]), (queue, [.waiting: 5])] {
      centre.limitRules[id] = LimitRule(id: id, scope: nil, most: most)
    }
    _ = try await town.store.replaceCentre(
      with: centre, postings: [], ifStill: before,
      audit: AuditLine(actor: "m-1", action: .apply, object: "centre", origin: "a test"))
    await town.board.set(supposed: Supposed(changed: [], unchanged: 1, added: nil))
    func question(_ limit: String, _ measure: String, _ most: String) -> WhatIfRequest {
      WhatIfRequest(
        policy: nil, outages: [], limits: [],
        atMost: [.init(limit: limit, measure: measure, most: most)], job: nil)
    }
    _ = try await ask(town, question("few", "gpus", "1,000"))
    _ = try await ask(town, question("few", "gpuTime", "5 GPU-h"))
    let asked = await town.board.asked
    #expect(asked == [.atMost(limit, .held, GPUTime.hours(5).milliseconds)])
    for (wrong, words) in [
      (question("fev", "gpus", "4"), "do you mean few?"),
      (question("few", "queued", "4"), "none of gpus, running, gpuTime"),
      (question("few", "gpus", "many"), "many"),
      (question("queue", "gpus", "4"), "says nothing of what runs"),
    ] {
      let problem = try await refusal(town, wrong)
      #expect(problem?.detail.contains(words) == true, "\(problem?.detail ?? "")")
    }
  }
}
