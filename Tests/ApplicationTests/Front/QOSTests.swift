import Domain
import Doubles
import Engine
import Lifecycle
import Services
import Testing
import Wire

/// Classes of service in requests.
@Suite("class of service")
struct QOSTests {
  private func town() async throws -> Town {
    let town = try await Town()
    var centre = try Town.centre()
    let (spare, urgent) = (try #require(QOSName("spare")), try #require(QOSName("urgent")))
    centre.qosClasses = [
      spare: QOSClass(id: spare, priority: 0, preemption: QOSClass.Preemption()),
      urgent: QOSClass(
        id: urgent, priority: 1_000_000, projects: [try #require(ProjectID("seals"))]),
    ]
    _ = try await town.store.replaceCentre(
      with: centre, postings: [], ifStill: try Town.centre(),
      audit: AuditLine(actor: "beheer", action: .apply, object: "centre", origin: "a test"))
    return town
  }

  @Test("a request has the class that it names, and tells it")
  func named() async throws {
    let town = try await town()
    let view = try await town.submit("ivo", "-A seals --gpus=1 -t 5 -q urgent")
    #expect(view.conditions == ["--qos=urgent"])
    let request = await town.store.state.jobs.values.first?.request
    #expect(request?.wishes.qos?.text == "urgent" && request?.requeue == false)
  }

  @Test("what may be preempted is put back into the queue, unless it says otherwise")
  func requeued() async throws {
    let town = try await town()
    _ = try await town.submit("bram", "--gpus=1 --qos=spare", key: "1")
    _ = try await town.submit("bram", "--gpus=1 --qos=spare --no-requeue", key: "2")
    let jobs = await town.store.state.jobs.sorted { $0.key < $1.key }
    #expect(jobs.map(\.value.request.requeue) == [true, false])
  }

  @Test("a class that is not there, or not for the project, is refused with those that are")
  func refused() async throws {
    let town = try await town()
    let unknown = try await town.refusal("bram", "--gpus=1 --qos=spar")
    #expect(unknown.code == "unknown-qos" && unknown.detail.hasSuffix("do you mean spare?"))
    #expect(unknown.nextStep == "leave --qos out, or choose one of: spare")
    let others = try await town.refusal("bram", "--gpus=1 --qos=urgent")
    #expect(others.code == "qos-not-allowed")
    #expect(others.nextStep == "leave --qos out, or choose one of: spare")
  }

  @Test("normal, as Slurm calls its default, is no class where none is described so")
  func normal() async throws {
    let town = try await Town()
    #expect(try await town.submit("bram", "--gpus=1 --qos=normal").conditions == [])
    let none = try await town.refusal("bram", "--gpus=1 --qos=high")
    #expect(none.nextStep == "leave --qos out: no class is described for your project")
  }
}
