// Why: a PI who is told to ask their PI asks nobody.
import Domain
import Doubles
import Ledger
import Lifecycle
import Scheduling
import Testing
import Wire

@testable import Services

@Suite("whom a refused limit tells to ask, and what is left")
struct GiverTests {
  private let name = "longscan-1"

  /// A town in which a job of one GPU and an hour runs, beneath a cap; and a member beside its PI.
  private func running(under scope: CapScope? = nil, of hours: Int64 = 3) async throws -> (
    Town, String
  ) {
    let town = try await Town()
    if let scope {
      var centre = try await town.store.centre()
      let programme = try #require(ProgrammeID("playground"))
      centre.programmes[programme] = Programme(
        id: programme, name: "Playground", funder: try #require(FunderID("state")),
        mode: "Playground", amount: .hours(1)...(.hours(1000)), maximumMonths: 3, demand: .open,
        accessWorkingDays: 2)
      let id = try #require(CapID("pace"))
      centre.capRules[id] = CapRule(
        id: id, scope: scope, limit: .amount(.hours(hours)), span: .calendarYear, strength: .hard)
      let line = AuditLine(actor: "test", action: .apply, object: "centre", origin: "test")
      _ = try await town.store.replaceCentre(
        with: centre, postings: [], ifStill: try await town.store.centre(), audit: line)
    }
    let view = try await town.submit("bram", "--account=longscan --gpus=1 --time=60")
    let job = try #require(JobID(view.id))
    let weight = Weight(thousandths: 1000)
    let run = RunRecord(
      id: RunID(task: TaskID(job: job, index: nil), attempt: 1),
      allocation: try #require(AllocationID(name)), placement: Placement(nodes: [], perNode: .none),
      weight: weight, rateVersion: 1, hold: weight * (.hours(1) + Town.grace),
      reach: .hours(1) + Town.grace, committed: Town.now)
    #expect(try await town.store.commit(run) == .done)
    _ = try await town.store.perform(
      .started(run.id, at: Town.now, weight: weight, slurmJobID: 17, devices: []))
    return (town, view.id)
  }

  private func refusal(
    _ town: Town, _ account: String, _ job: String, _ time: String
  ) async throws -> Problem {
    let caller = try await town.caller(account)
    return try #require(
      await #expect(throws: Problem.self) {
        _ = try await town.front.changeLimit(job, LimitRequest(timeLimit: time), caller)
      })
  }

  @Test(
    "a member is told to ask the PI, the PI an administrator, and an administrator what to apply",
    arguments: [
      ("bram", "ask your PI (anouk) for more"), ("anouk", "ask an administrator for more"),
      ("beheer", "apply a larger grant of the allocation"),
    ])
  func budget(account: String, step: String) async throws {
    let (town, job) = try await running()
    let id = try #require(AllocationID(name))
    await town.store.post(.withdraw(EntryID("w"), id, .hours(98), effective: Town.now))
    let refused = try await refusal(town, account, job, "20:00:00")
    #expect(refused.code == "budget" && refused.nextStep == "ask for less, or \(step)")
  }

  @Test("so is who would go over the end of the allocation")
  func window() {
    for (giver, step) in [
      (Giver.principalInvestigators(["anouk"]), "ask your PI (anouk) to extend the allocation"),
      (.administrator, "ask an administrator to extend the allocation"),
      (.reader, "apply a later end of the allocation's window"),
    ] {
      let text = LimitRefusalText(
        task: TaskID(job: JobID(number: 1), index: nil), taskCount: 1,
        change: LimitChange(limit: .hours(2), grace: Town.grace, maximum: .hours(24)),
        giver: giver, seesUse: true)
      let refused = text.problem(.window(ends: Town.now, wouldEnd: Town.now + .hours(1)))
      #expect(refused.nextStep == "ask for less, or \(step)")
    }
  }

  @Test("a cap tells what is left of it, and whether waiting helps")
  func cap() async throws {
    let (town, job) = try await running(under: .project(try #require(ProjectID("longscan"))))
    let near = try await refusal(town, "bram", job, "3:30:00")
    #expect(
      near.detail.hasSuffix(
        "cap pace allows 3.0000 GPU-h, of which 0.0000 GPU-h are used and 1.0083 GPU-h are held: "
          + "1.9917 GPU-h is left"), "\(near.detail)")
    #expect(
      near.nextStep == "ask for less, or ask an administrator to raise the cap",
      "what the run itself holds does not come back")
    #expect(near.numbers["leftGPUMilliseconds"] == 7_170_000)
    for (account, step) in [
      ("bram", "ask an administrator to raise the cap"), ("beheer", "raise the cap"),
    ] {
      let far = try await refusal(town, account, job, "9:00:00")
      #expect(far.nextStep == "ask for less, or \(step)")
    }
  }

  @Test("waiting helps where others hold what is lacking")
  func othersHold() {
    let text = LimitRefusalText(
      task: TaskID(job: JobID(number: 1), index: nil), taskCount: 1,
      change: LimitChange(limit: .hours(2), grace: Town.grace, maximum: .hours(24)),
      giver: .administrator, seesUse: true)
    let cap = CapID("pace")
    for (own, step) in [
      (1, "wait until jobs under the cap end"), (3, "ask an administrator to raise the cap"),
    ] as [(Int64, String)] {
      let refused = cap.map {
        text.problem(
          .cap(
            $0, needs: .hours(2), limit: .hours(4), used: .zero, held: .hours(3), own: .hours(own)))
      }
      #expect(refused?.nextStep == "ask for less, or \(step)")
    }
  }

  @Test("what is left of a cap that projects share is told to administrators alone")
  func sharedCap() async throws {
    let scope = CapScope.programmes([try #require(ProgrammeID("playground"))])
    let (town, job) = try await running(under: scope)
    let member = try await refusal(town, "bram", job, "9:00:00")
    #expect(member.code == "cap" && member.detail.contains("for several projects together"))
    #expect(!member.detail.contains("held:") && member.numbers.isEmpty)
    // Nor by which step would help, whatever is asked for.
    for time in ["3:30:00", "9:00:00"] {
      #expect(
        try await refusal(town, "bram", job, time).nextStep
          == "ask for less, wait until jobs under the cap end, or ask an administrator to raise the cap"
      )
    }
    let administrator = try await refusal(town, "beheer", job, "9:00:00")
    #expect(administrator.detail.hasSuffix("1.9917 GPU-h is left"))
  }
}
