import Domain
import Engine
import Ledger
import Lifecycle
import Testing

/// Each pair of what Polder holds of a task and what Slurm says of it, and the rule that follows.
@Suite("reconciliation, pair by pair")
struct ReconciliationRuleTests {
  private let site = SmallSite.self

  // MARK: A task that waits

  @Test("a held job that Slurm has and Polder did not know of is bound")
  func bindsHeld() {
    let look = Look(.waiting, .slurm, bound: nil)
    #expect(
      look.steps(Seen.pending(held: true))
        == [.transition(.bound(look.key, slurmJobID: 17))])
  }

  @Test("a held job that is bound already needs nothing")
  func boundAlready() {
    #expect(Look(.waiting, .slurm, bound: 17).steps(Seen.pending(held: true)) == [])
  }

  @Test("a waiting job that Slurm could start is held again")
  func holdsAgain() {
    let look = Look(.waiting, .slurm, bound: 17)
    #expect(
      look.steps(Seen.pending(held: false))
        == [.holdAgain(look.task.id, slurmJobID: 17)])
  }

  @Test("a job that Slurm started without us is adopted with a hold for its whole limit and grace")
  func adopts() throws {
    let look = Look(.waiting, .slurm, bound: 17)
    let steps = look.steps(.running(Seen.running(gpus: 2)))
    guard
      case .transition(.adopted(let task, let run, slurmJobID: 17, let allocated)) =
        try #require(steps.first)
    else {
      Issue.record("not adopted: \(steps)")
      return
    }
    #expect(steps.count == 1)
    #expect(task == look.task.id)
    #expect(run.id.attempt == 1)
    #expect(run.weight == Weight(thousandths: 2000))
    #expect(run.hold == run.weight * Seconds(110))
    #expect(run.reach == Seconds(110))
    #expect(run.started == site.at(5))
    #expect(run.allocation == site.large)
    #expect(run.rateVersion == 3)
    #expect(allocated.isEmpty, "its placement says it already")
  }

  @Test("an adopted run says what it was given on each node, where that differs from node to node")
  func adoptsUnequal() throws {
    let look = Look(.waiting, .slurm, bound: 17)
    let one = Seen.running(gpus: 2)
    var shares = one.shares
    shares[try #require(NodeName("gn02"))] = NodeResources(gpus: 1, cpus: 4, memoryMiB: 4096)
    let seen = Observation.RunningFacts(
      slurmJobID: 17, submissionID: 17, start: one.start, shares: shares, devices: [])
    guard
      case .transition(.adopted(_, let run, _, let allocated))? =
        look.steps(.running(seen)).first
    else { throw Unadopted() }
    #expect(allocated == shares)
    #expect(run.placement.nodes.count == 2)
  }

  private struct Unadopted: Error {}

  @Test("a task of an array binds its job to the array's id and not to its own")
  func bindsToTheArray() {
    let request = site.request(array: [0, 1, 2])
    let look = Look(.waiting, .slurm, bound: nil, request: request)
    let bound = Reconciliation.Step.transition(.bound(look.key, slurmJobID: 15))
    #expect(look.steps(.running(Seen.running(gpus: 1, array: 15))).first == bound)
    #expect(look.steps(.ended(Seen.ended(.cancelled, from: nil, array: 15))).first == bound)
  }

  @Test("a waiting job that was cancelled in Slurm is dropped with its outcome")
  func drops() {
    let look = Look(.waiting, .slurm, bound: 17)
    #expect(
      look.steps(.ended(Seen.ended(.cancelled, from: nil)))
        == [
          .transition(
            .dropped(
              look.task.id, .cancelled, cause: "ended in Slurm before Polder started it"))
        ])
  }

  @Test("a job that ran unseen and has ended is adopted and charged at once")
  func ranUnseen() {
    let steps = Look(.waiting, .slurm).steps(.ended(Seen.ended(.completed, from: 5)))
    let kinds = steps.map { step in
      switch step {
      case .transition(.adopted): "adopted"
      case .transition(.ended(_, let end)): "ended after \(end.used)"
      default: "\(step)"
      }
    }
    #expect(kinds == ["adopted", "ended after \(Weight(thousandths: 1000) * Seconds(10))"])
  }

  @Test("a record from before the job was submitted is not about it")
  func recordBeforeSubmission() {
    #expect(Look(.waiting, .slurm).steps(.ended(Seen.ended(.completed, from: nil, to: -3))) == [])
  }

  @Test("a requeued task still sees the end of its earlier run, and ignores it")
  func recordOfEarlierRun() {
    let look = Look(.waiting, .slurm, attempts: 1)
    #expect(look.steps(.ended(Seen.ended(.nodeFailed, from: 5))) == [])
  }

  @Test("what the plugin accepted lapses when it never appears in Slurm, and not before its time")
  func lapses() {
    let look = Look(.waiting, .slurm, bound: nil)
    #expect(look.steps(.absent, now: 60) == [])
    #expect(
      look.steps(.absent, now: 61)
        == [.transition(.dropped(look.task.id, .refused, cause: "never appeared in Slurm"))])
  }

  @Test("a job of sbatch that Slurm forgot is lost; one that Polder can submit again waits on")
  func forgotten() {
    let look = Look(.waiting, .slurm, bound: 17)
    #expect(
      look.steps(.absent, now: 61)
        == [
          .transition(.dropped(look.task.id, .lost, cause: "Slurm does not know it any more"))
        ])
    #expect(Look(.waiting, .polder, bound: nil).steps(.absent, now: 1000) == [])
    #expect(Look(.waiting, .polder, bound: 17).steps(.absent, now: 1000) == [])
  }

  // MARK: A task whose start is committed

  @Test("a released task that Slurm does not start in time is taken back")
  func takesBack() {
    let look = Look(.starting, .polder)
    #expect(look.steps(Seen.pending(held: false), now: 30) == [])
    #expect(
      look.steps(Seen.pending(held: false), now: 31)
        == [.takeBack(look.run.id, slurmJobID: 17)])
  }

  @Test("a started run has the weight of what Slurm allocated; in whole nodes, what was planned")
  func starts() {
    let look = Look(.starting, .polder)
    let facts = Seen.running(gpus: 2)
    func started(
      _ look: Look, _ weight: Int64, _ allocated: [NodeName: NodeResources] = [:]
    ) -> [Reconciliation.Step] {
      [
        .transition(
          .started(
            look.run.id, at: facts.start, weight: Weight(thousandths: weight), slurmJobID: 17,
            devices: facts.devices, allocated: allocated))
      ]
    }
    #expect(
      look.steps(.running(facts)) == started(look, 2000, facts.shares), "and says of which shares")
    let whole = Look(.starting, .polder, request: site.request(partition: site.whole))
    #expect(whole.steps(.running(facts)) == started(whole, whole.run.weight.thousandths))
  }

  @Test("a run that ended before we saw it run has its Slurm job, and is charged by Slurm's times")
  func endsUnseen() {
    let look = Look(.starting, .polder)
    let started = Transition.started(
      look.run.id, at: site.at(5), weight: look.run.weight, slurmJobID: 17, devices: [])
    #expect(
      look.steps(.ended(Seen.ended(.failed, from: 5, to: 12)))
        == [.transition(started)] + look.ended(.failed, from: 5, to: 12, seconds: 7))
  }

  @Test("a run that never ran costs nothing")
  func neverRan() {
    let look = Look(.starting, .polder)
    #expect(
      look.steps(.ended(Seen.ended(.cancelled, from: nil, to: 12)))
        == look.ended(.cancelled, from: nil, to: 12, seconds: 0))
  }

  @Test("the record of an earlier run of the same Slurm job is not about this one")
  func recordBeforeCommit() {
    let ended = Observation.ended(Seen.ended(.nodeFailed, from: -20, to: -1))
    #expect(Look(.starting, .slurm, attempts: 2).steps(ended) == [])
    #expect(Look(.running, .slurm, attempts: 2).steps(ended) == [])
  }

  @Test("a committed start that Slurm knows nothing of is returned, and not before its time")
  func returns() {
    let look = Look(.starting, .polder)
    #expect(look.steps(.absent, now: 60) == [])
    #expect(
      look.steps(.absent, now: 61)
        == [.transition(.returned(look.run.id, cause: "Slurm does not know it any more"))])
  }

  @Test("a short later run counts although Slurm's clock is a little behind")
  func laterRunBySlowClock() {
    for origin in [JobOrigin.polder, .slurm] {
      let look = Look(.starting, origin, attempts: 2)
      func steps(from start: Int64?, to end: Int64) -> [Reconciliation.Step] {
        look.steps(.ended(Seen.ended(.failed, from: start, to: end)))
      }
      #expect(
        Array(steps(from: -2, to: -1).dropFirst())
          == look.ended(.failed, from: -2, to: -1, seconds: 1))
      #expect(steps(from: nil, to: -2) == look.ended(.failed, from: nil, to: -2, seconds: 0))
      #expect(steps(from: -3, to: -1) == [], "an earlier run")
      #expect(steps(from: nil, to: -3) == [], "clocks that differ more are an alarm")
      #expect(steps(from: -20, to: 1).count == 2, "Slurm had begun it already")
    }
  }

  // MARK: A task that runs

  @Test("a run that runs needs nothing")
  func runs() {
    #expect(Look(.running, .polder).steps(.running(Seen.running(gpus: 1))) == [])
  }

  @Test("a run that failed by the site's fault is refunded, and requeued if its request says so")
  func refunds() {
    let failures: [(TaskOutcome, EntryReason)] = [
      (.nodeFailed, .nodeFailure), (.bootFailed, .bootFailure), (.lost, .vanished),
    ]
    for (outcome, reason) in failures {
      let look = Look(.running, .polder)
      #expect(
        look.steps(.ended(Seen.ended(outcome, from: 5, to: 25)))
          == look.ended(outcome, from: 5, to: 25, seconds: 20, refund: reason))
      let again = Look(.running, .polder, request: site.request(requeue: true))
      #expect(
        again.steps(.ended(Seen.ended(outcome, from: 5, to: 25)))
          == again.ended(outcome, from: 5, to: 25, seconds: 20, refund: reason, requeued: true))
    }
  }

  @Test("the charge is given back for the reasons that the site chose, and for no others")
  func refundTable() {
    func refund(
      _ outcome: TaskOutcome, _ cause: EndCause? = nil, by reasons: Set<EntryReason>
    ) -> EntryReason? {
      LifecyclePolicy(
        grace: .zero, startTimeout: .zero, absenceTimeout: .zero, refunds: reasons
      ).refund(for: outcome, because: cause)
    }
    let standard = LifecyclePolicy.standardRefunds
    #expect(refund(.nodeFailed, by: standard) == .nodeFailure)
    #expect(refund(.nodeFailed, by: []) == nil)
    #expect(refund(.preempted, .preempted, by: standard) == nil)
    #expect(refund(.preempted, .preempted, by: [.preempted]) == .preempted)
    #expect(refund(.cancelled, .administrator, by: standard) == .administratorCancel)
    #expect(refund(.cancelled, .administrator, by: []) == nil)
    #expect(refund(.completed, .administrator, by: standard) == nil, "it had ended by itself")
    for cause in EndCause.allCases where cause != .administrator {
      #expect(refund(.cancelled, cause, by: standard) == nil, "a policy at the end is no fault")
    }
    #expect(refund(.cancelled, by: standard) == nil)
  }

  @Test("a run that Polder ended for one that waited was preempted; a put back one proves nothing")
  func preemption() {
    let refunds = LifecyclePolicy(
      grace: Seconds(10), startTimeout: Seconds(30), absenceTimeout: Seconds(60),
      refunds: [.preempted])
    let look = Look(.running, .polder)
    func ends(_ cause: EndCause?, _ seen: Observation, now: Int64) -> [RunEnd] {
      var run = look.run
      run.closing.cause = cause
      return Reconciliation(policy: refunds).steps(
        job: look.job, task: look.task, run: run, partition: nil, nodes: [:],
        adopter: nil,
        observation: seen, missingSince: site.at(now), now: site.at(now)
      ).compactMap {
        if case .transition(.ended(_, let end)) = $0 { end } else { nil }
      }
    }
    let cancelled = Observation.ended(Seen.ended(.cancelled, from: 5, to: 25))
    #expect(ends(.preempted, cancelled, now: 26).map(\.outcome) == [.preempted])
    #expect(ends(.preempted, cancelled, now: 26).map(\.refund) == [.preempted])
    #expect(ends(nil, cancelled, now: 26).map(\.outcome) == [.cancelled])
    let back = Observation.pending(
      slurmJobID: 17, held: false, since: site.at(20), restarts: 1)
    #expect(ends(nil, back, now: 100).map(\.outcome) == [.preempted])
    #expect(ends(nil, back, now: 100).map(\.refund) == [nil])
    #expect(ends(.preempted, back, now: 100).map(\.refund) == [.preempted])
    let requeued = Observation.ended(Seen.ended(.preempted, from: 5, to: 25))
    #expect(ends(nil, requeued, now: 26).map(\.refund) == [nil], "a member's own scontrol requeue")
    #expect(ends(.preempted, requeued, now: 26).map(\.refund) == [.preempted])
  }

  @Test("what fails once it was warned was preempted; what ends well or is cancelled is not")
  func warned() {
    for (origin, requeued) in [(JobOrigin.polder, true), (.slurm, false)] {
      let look = Look(
        .running, origin, bound: origin == .slurm ? 17 : nil,
        request: site.request(requeue: true))
      func end(_ outcome: TaskOutcome) -> RunEnd? {
        var run = look.run
        run.closing.evictedAt = site.at(60)
        return Reconciliation(policy: site.policy).steps(
          job: look.job, task: look.task, run: run, partition: nil, nodes: [:], adopter: nil,
          observation: .ended(Seen.ended(outcome, from: 5, to: 25)), missingSince: site.at(26),
          now: site.at(26)
        ).lazy.compactMap {
          if case .transition(.ended(_, let end)) = $0 { end } else { nil }
        }.first
      }
      #expect(end(.failed)?.outcome == .preempted && end(.failed)?.requeued == requeued)
      for outcome in [.completed, .cancelled] as [TaskOutcome] {
        #expect(end(outcome)?.outcome == outcome && end(outcome)?.requeued == false)
      }
    }
  }

  @Test("a job's own failure is charged and never requeued")
  func ownFault() {
    let look = Look(.running, .polder, request: site.request(requeue: true))
    for outcome in [.completed, .failed, .cancelled, .timedOut, .outOfMemory] as [TaskOutcome] {
      #expect(
        look.steps(.ended(Seen.ended(outcome, from: 5, to: 25)))
          == look.ended(outcome, from: 5, to: 25, seconds: 20))
    }
  }

  @Test("a run of which Slurm has no trace and no record is lost: charged, and refunded by policy")
  func loses() {
    let look = Look(.running, .polder)
    #expect(look.steps(.absent, now: 65) == [])
    #expect(
      look.steps(.absent, now: 66)
        == look.ended(.lost, from: 5, to: 66, seconds: 61, refund: .vanished))
  }

  // MARK: All of them

  @Test("nothing that Slurm says moves a task that has ended")
  func endedForGood() {
    let look = Look(.ended, .slurm, attempts: 1)
    for observation in Seen.all { #expect(look.steps(observation, now: 1000) == []) }
  }

  @Test("an observation that was accounted for gives nothing the second time")
  func repeatable() throws {
    for stage in Look.Stage.allCases {
      for origin in [JobOrigin.polder, .slurm] {
        for observation in Seen.all {
          let name: Comment = "\(stage) \(origin) \(observation)"
          let look = Look(stage, origin)
          var state = look.state
          // A start that is returned leaves a waiting task, which may then be dropped for good.
          for _ in 1...(stage == .starting ? 2 : 1) {
            for case .transition(let transition) in look.steps(observation, now: 1000, in: state) {
              state = try #require(state.after(transition), name)
              #expect(state.after(transition) == nil, name)
            }
          }
          for case .transition(let again) in look.steps(observation, now: 1000, in: state) {
            Issue.record("\(again) follows once more: \(name)")
          }
        }
      }
    }
  }
}
