// Why: what alone is more than a hard cap allows could never start; to let it wait, and to say that
// time helps, would be untrue.
import Domain
import Doubles
import Ledger
import Scheduling
import Services
import Testing
import Wire

@Suite("what a hard cap never allows is refused")
struct CapRefusalTests {
  /// A town in which one GPU for an hour holds 1.0083 GPU-h, under a cap.
  private func town(
    _ hours: Int64, _ span: CapRule.Span = .calendarYear, _ strength: CapStrength = .hard
  ) async throws -> Town {
    let town = try await Town()
    let before = try await town.store.centre()
    var centre = before
    let programme = try #require(ProgrammeID("playground"))
    centre.programmes[programme] = Programme(
      id: programme, name: "Playground", funder: try #require(FunderID("state")),
      mode: "Playground",
      amount: .hours(1)...(.hours(1000)), maximumMonths: 3, demand: .open, accessWorkingDays: 2)
    let id = try #require(CapID("roof"))
    centre.capRules[id] = CapRule(
      id: id, scope: .project(try #require(ProjectID("longscan"))), limit: .amount(.hours(hours)),
      span: span, strength: strength)
    let line = AuditLine(actor: "test", action: .apply, object: "centre", origin: "test")
    _ = try await town.store.replaceCentre(
      with: centre, postings: [], ifStill: before, audit: line)
    return town
  }

  private let script = "--account=longscan --gpus=1 --time="

  @Test("more than a whole hard cap is refused with the numbers and the longest limit that fits")
  func beyond() async throws {
    let town = try await town(2)
    let problem = try await town.refusal("bram", script + "120")
    #expect(problem.code == "cap" && problem.status == 403)
    #expect(
      problem.detail == "this needs a hold of 2.0083 GPU-h for each task, and cap roof allows "
        + "2.0000 GPU-h in all until 2027-01-01T00:00:00Z")
    #expect(
      problem.nextStep
        == "ask for --time=01:59:00 or less, or for fewer GPUs, or ask an administrator "
        + "to raise the cap")
    _ = try await town.submit("bram", script + "119")
  }

  @Test("a soft cap refuses nothing, nor one whose window ends before the allocation does")
  func within() async throws {
    _ = try await town(1, .calendarYear, .soft).submit("bram", script + "120")
    let allocation = try #require(AllocationID("longscan-1"))
    let window = try #require(try await Town().store.centre().allocations[allocation]).window
    let early = window.lowerBound..<(window.upperBound - .hours(24))
    _ = try await town(1, .window(early)).submit("bram", script + "120")
    let late = window.lowerBound..<(window.upperBound - .hours(2))
    let problem = try await town(1, .window(late)).refusal("bram", script + "120")
    #expect(problem.code == "cap", "the two hours after it are too few for job and grace")
  }

  @Test("who waits for a cap is told when it is counted anew, where its allocation is open then")
  func told() throws {
    let noon = Town.now
    let room = CapRoom(
      limit: .hours(10), used: .hours(9), held: .zero, isShared: false, ends: noon)
    for (reopens, text) in [
      (nil, "it can't start before the cap is raised, unless it asks for less"),
      (
        noon,
        "it can't start before the cap is raised or counted anew at \(noon), unless it asks for less"
      ),
    ] {
      let shortfall = CapShortfall(
        cap: try #require(CapID("roof")), needs: .hours(2), room: room, promisedAhead: .zero,
        reopens: reopens)
      let view = Wording(seesSums: true) { _ in true }.view(.cap(shortfall))
      #expect(view.nextStep == text)
    }
  }
}
