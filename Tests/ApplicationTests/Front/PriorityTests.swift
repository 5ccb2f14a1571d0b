// Why: a place in the queue has to be told in full to whom the job is, and to nobody else.
import Domain
import Doubles
import Engine
import Lifecycle
import Scheduling
import Services
import Testing
import Wire

@Suite("places in the queue, as they are told") struct PriorityTests {
  /// Jobs of bram (P1), ivo (P2) and bram (P3), in the order P2, P1, P3.
  private func town() async throws -> Town {
    let town = try await Town()
    _ = try await town.submit("bram", "-A longscan --gpus=1", key: "a")
    _ = try await town.submit("ivo", "-A seals --gpus=1 --time=10", key: "b")
    _ = try await town.submit("bram", "-A longscan --gpus=2", key: "c")
    let state = try await town.store.snapshot().state
    let numbers: [Int64] = [2, 1, 3]
    let jobs = numbers.compactMap { number in
      state.jobs[JobID(number: number)].map {
        QueuePicture.Job(
          record: $0,
          explanation: Cycle.explanation(of: $0.id, state, now: Town.now + .hours(24)))
      }
    }
    await town.board.set(queue: QueuePicture(jobs: jobs, now: Town.now))
    return town
  }

  @Test("members see their own projects' jobs with their place among all; the rest is a count")
  func own() async throws {
    let town = try await town()
    let view = try await town.front.priorities(project: nil, try await town.caller("bram"))
    #expect(view.jobs.map(\.job) == ["P1", "P3"] && view.jobs.map(\.place) == [2, 3])
    #expect(view.waiting == 3 && view.jobs.allSatisfy { $0.project == "longscan" })
    let office = try await town.front.priorities(project: nil, try await town.caller("beheer"))
    #expect(office.jobs.map(\.job) == ["P2", "P1", "P3"])
    let stranger = try await town.front.priorities(project: nil, try await town.caller("stranger"))
    #expect(stranger.jobs.isEmpty)
    let caller = try await town.caller("bram")
    let problem = await #expect(throws: Problem.self) {
      _ = try await town.front.priorities(project: "seals", caller)
    }
    #expect(problem?.code == "unknown-project")
  }

  @Test("a priority is the sum of its products, each a factor in millionths times its weight")
  func sums() async throws {
    let town = try await town()
    let view = try await town.front.job("P3", try await town.caller("bram"))
    let priority = try #require(view.priority)
    #expect(priority.terms.reduce(0) { $0 + $1.product } == priority.priority)
    #expect(priority.terms.allSatisfy { $0.value * $0.weight == $0.product })
    #expect(priority.terms.first { $0.factor == "age" }?.value == 1_000_000, "a day")
    #expect(priority.terms.first { $0.factor == "size" }?.value == 125_000, "2 of 16 GPUs")
  }

  @Test("of what does not wait nothing is told, and before a plan that it is not there yet")
  func nothing() async throws {
    let town = try await town()
    let caller = try await town.caller("bram")
    _ = try await town.front.cancel("P3", caller)
    let ended = try await town.front.job("P3", caller)
    #expect(ended.priority == nil)
    await town.board.set(queue: nil)
    let problem = await #expect(throws: Problem.self) {
      _ = try await town.front.priorities(project: nil, caller)
    }
    #expect(problem?.code == "not-planned")
  }
}
