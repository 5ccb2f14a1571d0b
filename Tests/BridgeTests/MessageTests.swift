import BridgeProtocol
import FoundationEssentials
import Testing

@Suite struct MessageTests {
  static let held = HeldJob(
    key: "P1042_3+2", uid: 64005, gid: 64005, name: "train \"it\"", script: "#!/bin/sh\ntrue\n",
    environment: ["PATH=/usr/bin"], workingDirectory: "/home/anouk", account: "longscan",
    partition: "gpu",
    resources: HeldResources(
      nodes: 2, tasks: 4, cpusPerTask: 4, gpusPerNode: GPUCount(type: "h100", count: 2),
      memoryMiBPerNode: nil, exclusive: false),
    timeLimitMinutes: 90, array: "0-3")

  static let order = ReservationOrder(
    name: "m1", nodes: ["gn02", "gn01"], startSeconds: 1_800_000_000, endSeconds: 1_800_003_600,
    isMaintenance: true, users: ["root"], accounts: [], ignoresJobs: false)

  @Test(
    "a request is the same after its journey",
    arguments: [
      BridgeAct.hello, .submitHeld(job: held),
      .release(
        target: SlurmTarget(jobID: 17, arrayTask: 3), nodes: ["gn01", "gn02"], partition: nil),
      .release(target: SlurmTarget(jobID: 18), nodes: ["gn01"], partition: "whole"),
      .hold(target: SlurmTarget(jobID: 17)), .cancel(target: SlurmTarget(jobID: 17)),
      .putBack(target: SlurmTarget(jobID: 17, arrayTask: 3)),
      .signal(target: SlurmTarget(jobID: 17), number: 10),
      .notify(target: SlurmTarget(jobID: 17, arrayTask: 3), text: "Polder ends job P1042_3"),
      .limit(target: SlurmTarget(jobID: 17), minutes: 90),
      .mark(target: SlurmTarget(jobID: 17), key: "P1042"),
      .drain(node: "gn01", reason: "fan 2 is loud"), .resume(node: "gn01"),
      .setPartition(name: "gpu", state: .drain), .reserve(order: order),
      .deleteReservation(name: "m1"),
      .jobs(since: SlurmUpdate(seconds: 9)), .nodes(since: nil),
      .reservations(since: SlurmUpdate(seconds: 9)), .partitions(since: nil),
      .endedRuns(after: RecordCursor(device: 1, inode: 2, offset: 3), limit: 10),
      .recordEnd(notAt: nil, milliseconds: 1000),
    ])
  func requestsTravel(act: BridgeAct) throws {
    let request = BridgeRequest(id: 7, act: act)
    #expect(
      try BridgeFrame.decode(BridgeRequest.self, from: BridgeFrame.encode(request)) == request)
  }

  @Test("each outcome is the same after its journey")
  func repliesTravel() throws {
    let outcomes: [BridgeOutcome<BridgeAnswer>] = [
      .accepted(value: .submitted(job: SubmittedJob(slurmJobID: 3, adopted: true))),
      .accepted(value: .done),
      .accepted(value: .reservation(created: CreatedReservation(isNew: false))),
      .accepted(value: .jobs(jobs: .unchanged(clockMilliseconds: 5))),
      .refused(refusal: BridgeRefusal(code: 2017, reason: .noSuchJob, message: "no such job")),
      .unavailable(message: "down"), .unknown(message: "lost"),
    ]
    for outcome in outcomes {
      let reply = BridgeReply(id: 1, outcome: outcome)
      #expect(try BridgeFrame.decode(BridgeReply.self, from: BridgeFrame.encode(reply)) == reply)
    }
  }

  @Test("a target is written as Slurm's commands write it")
  func targetsAreSlurms() {
    #expect(SlurmTarget(jobID: 17).description == "17")
    #expect(SlurmTarget(jobID: 17, arrayTask: 0).description == "17_0")
  }

  @Test("a target with an owner is no other job that got its id")
  func targetsKnowTheirOwner() {
    let target = SlurmTarget(jobID: 17, owner: "P104")
    for key in ["P104", "P104+2", "P104_3+2"] { #expect(target.mayBe(key)) }
    for key in ["P1042", "P10", "", nil] { #expect(!target.mayBe(key)) }
    #expect(SlurmTarget(jobID: 17).mayBe(nil))
  }

  @Test("acts that only look are safe to lose")
  func looksAreKnown() {
    #expect(BridgeAct.jobs(since: nil).onlyLooks)
    #expect(!BridgeAct.submitHeld(job: Self.held).onlyLooks)
    #expect(!BridgeAct.notify(target: SlurmTarget(jobID: 17), text: "x").onlyLooks)
    #expect(!BridgeAct.setPartition(name: "gpu", state: .up).onlyLooks)
    #expect(!BridgeAct.reserve(order: Self.order).onlyLooks)
    #expect(!BridgeAct.deleteReservation(name: "m1").onlyLooks)
  }

  @Test("an order is done by a reservation of the same, in whatever order it names them")
  func ordersAreDone() {
    let seen = ReservationObservation(
      name: "m1", nodes: ["gn01", "gn02"], startSeconds: 1_800_000_000,
      endSeconds: 1_800_003_600, isMaintenance: true, users: ["root"])
    #expect(Self.order.isDone(by: seen))
    func differs(_ change: (inout ReservationObservation) -> Void) -> Bool {
      var other = seen
      change(&other)
      return !Self.order.isDone(by: other)
    }
    #expect(differs { $0.nodes = ["gn01"] })
    #expect(differs { $0.endSeconds += 1 })
    #expect(differs { $0.isMaintenance = false })
    #expect(differs { $0.users = ["-root"] })
    #expect(differs { $0.accounts = ["longscan"] })
    #expect(differs { $0.takesPlans = false })
  }
}
