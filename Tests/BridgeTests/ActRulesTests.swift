// SPDX-License-Identifier: GPL-2.0-or-later
import BridgeProtocol
import Glibc
import Testing

@testable import SlurmControl

@Suite struct ActRulesTests {
  private func refusal(_ change: (inout HeldJob) -> Void) -> String? {
    var job = MessageTests.held
    change(&job)
    return ActRules.refusal(of: .submitHeld(job: job))
  }

  @Test("a job of root or a system account is refused, whoever asks")
  func refusesSystemAccounts() {
    for (uid, gid) in [(0, 0), (0, 64005), (64005, 0), (999, 64005), (-1, 64005), (1 << 40, 5000)] {
      let words = refusal {
        $0.uid = uid
        $0.gid = gid
      }
      #expect(words?.contains("refused") == true)
    }
  }

  @Test("a name or folder that holds a key of Slurm's record is refused, whoever asks")
  func refusesKeys() {
    let words = ActRules.refusal(ofTextsOf: MessageTests.held.named("x JobState=FAILED"))
    #expect(words?.contains("' JobState='") == true)
    #expect(ActRules.refusal(ofTextsOf: MessageTests.held) == nil)
  }

  @Test("an account that the system does not know is refused")
  func refusesStrangers() {
    let words = refusal {
      $0.uid = 3_999_999_999
      $0.gid = 3_999_999_999
    }
    #expect(words?.contains("no account") == true)
  }

  @Test("a release names nodes, once each, by names that are no lists")
  func checksNodes() {
    func refusal(_ nodes: [String]) -> String? {
      ActRules.refusal(of: .release(target: SlurmTarget(jobID: 1), nodes: nodes, partition: nil))
    }
    #expect(refusal(["gn01", "gn02"]) == nil)
    for bad in [[], ["gn01", "gn01"], ["gn[01-04]"], ["gn01,gn02"], [""]] {
      #expect(refusal(bad) != nil)
    }
  }

  @Test("a message is one line of at most 200 characters, about a job")
  func checksMessages() {
    func refusal(_ text: String, _ job: Int = 17) -> String? {
      ActRules.refusal(of: .notify(target: SlurmTarget(jobID: job), text: text))
    }
    #expect(refusal("Polder ends job P1: the window of allocation longscan-1 ends") == nil)
    #expect(refusal(String(repeating: "e", count: 200)) == nil)
    for bad in ["", String(repeating: "e", count: 201), "two\nlines", "a bell \u{7}", "\u{1b}[2J"] {
      #expect(refusal(bad) != nil, "\(bad.debugDescription)")
    }
    #expect(refusal("a job", 0) != nil)
  }

  @Test("a partition is named by one name, and no list")
  func checksPartitions() {
    func refusal(_ name: String) -> String? {
      ActRules.refusal(of: .setPartition(name: name, state: .drain))
    }
    #expect(refusal("gpu-large") == nil)
    for bad in ["", "gpu,whole", "gpu State=UP", "gpu\n"] { #expect(refusal(bad) != nil) }
  }

  @Test("a reservation has a name, nodes, a time, and names whom it is for")
  func checksReservations() {
    func refusal(_ change: (inout ReservationOrder) -> Void) -> String? {
      var order = MessageTests.order
      change(&order)
      return ActRules.refusal(of: .reserve(order: order))
    }
    #expect(refusal { _ in } == nil)
    for bad in ["", "m1,m2", "m1 Nodes=ALL", String(repeating: "m", count: 65)] {
      #expect(refusal { $0.name = bad } != nil)
      #expect(ActRules.refusal(of: .deleteReservation(name: bad)) != nil)
    }
    for bad in [[], ["ALL,gn01"], ["gn[01-02]"], ["gn01", "gn01"]] {
      #expect(refusal { $0.nodes = bad } != nil)
    }
    #expect(refusal { $0.endSeconds = $0.startSeconds } != nil)
    #expect(refusal { $0.endSeconds = .max } != nil)
    #expect(refusal { $0.users = [] } != nil)
    // All but this one: that would be for everybody else.
    #expect(refusal { $0.users = ["-anouk"] } != nil)
    #expect(refusal { $0.accounts = ["longscan,seals"] } != nil)
  }

  @Test("a target is a job id of Slurm's range")
  func checksTargets() {
    for id in [0, -1, 1 << 31] {
      #expect(ActRules.refusal(of: .cancel(target: SlurmTarget(jobID: id))) != nil)
    }
    #expect(ActRules.refusal(of: .hold(target: SlurmTarget(jobID: 5, arrayTask: -1))) != nil)
  }
}

extension HeldJob {
  fileprivate func named(_ name: String) -> HeldJob {
    var other = self
    other.name = name
    return other
  }
}
