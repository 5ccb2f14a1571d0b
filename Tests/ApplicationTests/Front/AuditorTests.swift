// Why: an auditor follows the money to the job that spent it, and no further to the person.
import Domain
import Doubles
import Lifecycle
import Services
import Testing
import Wire

@Suite("what auditors see of jobs") struct AuditorTests {
  @Test("an auditor sees any job's request, people by opaque id, and no words of theirs")
  func jobs() async throws {
    let town = try await Town()
    let id = try await town.submit("bram", "-A longscan --gpus=1 --time=60 -J secret").id
    let auditor = try await town.caller("auditor")
    let list = try await town.front.jobs(all: true, project: nil, auditor)
    let one = try await town.front.job(id, auditor)
    let named = try await town.front.jobs(all: false, project: "longscan", auditor)
    for view in list + [one] + named {
      #expect(view.id == id && view.owner == "m-bram" && view.name == "")
      #expect(view.project == "longscan" && view.timeLimitSeconds == 3600)
      #expect(view.gpusPerNode == 1 && view.tasks.map(\.state) == ["waiting"])
    }
    #expect(list.count == 1 && named.count == 1)
    let own = try await town.front.job(id, try await town.caller("anouk"))
    #expect(own.owner == "bram" && own.name == "secret")
  }

  @Test("what Slurm said of a job is not told to an auditor, how it ended is")
  func causes() async throws {
    let town = try await Town()
    let id = try await town.submit("bram", "-A longscan --gpus=1 --time=60").id
    let task = TaskID(job: try #require(JobID(id)), index: nil)
    let dropped = Transition.dropped(task, .refused, cause: "Slurm refused it: /home/bram")
    #expect(try await town.store.perform(dropped) == .done)
    let view = try await town.front.job(id, try await town.caller("auditor"))
    #expect(view.tasks.map(\.state) == ["refused"] && view.tasks.map(\.reason) == [nil])
  }

  @Test("a look by an auditor is a line of the audit log")
  func recorded() async throws {
    let town = try await Town()
    let id = try await town.submit("bram", "-A longscan --gpus=1").id
    let auditor = try await town.caller("auditor")
    _ = try await town.front.jobs(all: true, project: nil, auditor)
    for _ in 1...3 { _ = try await town.front.job(id, auditor) }
    #expect(
      await town.store.links.map { "\($0.line.action.rawValue) \($0.line.object)" }
        == ["read-jobs projects", "read-jobs job \(id)"])
  }

  @Test("an auditor changes no job, and hears what may be read instead")
  func acts() async throws {
    let town = try await Town()
    let id = try await town.submit("bram", "-A longscan --gpus=1").id
    let auditor = try await town.caller("auditor")
    for problem in [
      try await refusal { _ = try await town.front.cancel(id, auditor) },
      try await refusal { _ = try await town.front.explanation(id, auditor) },
      try await refusal {
        _ = try await town.front.changeLimit(id, LimitRequest(timeLimit: "10"), auditor)
      },
    ] {
      #expect(problem.status == 403 && problem.nextStep.contains("job show"), "\(problem)")
    }
    let missing = try await refusal { _ = try await town.front.job("P99", auditor) }
    #expect(missing.status == 404)
  }
}
