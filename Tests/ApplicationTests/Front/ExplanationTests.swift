// Why: "why is my job not starting?" is asked more than anything else, and by competitors too.
import Domain
import Doubles
import Engine
import Scheduling
import Services
import Testing
import Wire

@Suite("why a job waits, as it is told") struct WaitExplanationTests {
  @Test(
    "others ahead are a count, one's own are named, and what starts sooner is an option to type")
  func told() async throws {
    let town = try await Town()
    _ = try await town.submit("ivo", "-A seals --gpus=1 --time=10", key: "a")
    _ = try await town.submit("bram", "-A longscan --gpus=1", key: "b")
    _ = try await town.submit("bram", "-A longscan --gpus=1", key: "c")
    let task = TaskID(job: JobID(number: 3), index: nil)
    let start = Town.now + .hours(2)
    let jobs = (1...2).map { TaskID(job: JobID(number: $0), index: nil) }
    await town.board.set(
      explanation: Explanation(
        task: task,
        outcome: .wait(.priority(ahead: jobs[0], jobsAhead: 2), expectedStart: start),
        isPromised: true, ahead: jobs,
        sooner: [.init(change: .timeLimit(.minutes(30)), start: Town.now, hold: nil)]))
    let view = try await town.front.explanation("P3", try await town.caller("bram"))
    #expect(view.ahead == ["P2"] && view.aheadCount == 2)
    #expect(view.expectedStart == start.milliseconds && view.isPromised)
    #expect(view.sooner == [SoonerView(option: "--time=30", start: Town.now.milliseconds)])
    #expect(view.reason?.text.contains("P1") == false)
    let office = try await town.front.explanation("P3", try await town.caller("beheer"))
    #expect(office.ahead == ["P1", "P2"])
  }

  @Test("nobody asks about jobs of others, and who is refused hears what is said of no job")
  func rights() async throws {
    let town = try await Town()
    _ = try await town.submit("bram", "-A longscan --gpus=1")
    for (account, code) in [
      ("ivo", "unknown-job"), ("stranger", "unknown-job"), ("auditor", "not-allowed"),
    ] {
      let caller = try await town.caller(account)
      let problem = await #expect(throws: Problem.self) {
        _ = try await town.front.explanation("P1", caller)
      }
      #expect(problem?.code == code, "\(account)")
    }
  }

  @Test("what does not wait, and what no plan has looked at, are told apart")
  func nothingToTell() async throws {
    let town = try await Town()
    _ = try await town.submit("bram", "-A longscan --gpus=1")
    let caller = try await town.caller("bram")
    var problem = await #expect(throws: Problem.self) {
      _ = try await town.front.explanation("P1", caller)
    }
    #expect(problem?.code == "not-planned")
    _ = try await town.front.cancel("P1", caller)
    problem = await #expect(throws: Problem.self) {
      _ = try await town.front.explanation("P1", caller)
    }
    #expect(problem?.code == "not-waiting")
  }
}
