// Why: a soft cap stops nothing; whoever is put behind others by it must be told, and why.
import Domain
import Doubles
import Ledger
import Services
import Testing
import Wire

@Suite("warnings of soft caps")
struct CapWarningTests {
  /// A town in which one GPU for an hour holds 1.0083 GPU-h, under a soft cap of so many GPU-hours.
  private func town(_ scope: CapScope, hours: Int64) async throws -> Town {
    let town = try await Town()
    var centre = try await town.store.centre()
    let programme = try #require(ProgrammeID("playground"))
    centre.programmes[programme] = Programme(
      id: programme, name: "Playground", funder: try #require(FunderID("state")),
      mode: "Playground",
      amount: .hours(1)...(.hours(1000)), maximumMonths: 3, demand: .open, accessWorkingDays: 2)
    let id = try #require(CapID("gentle"))
    centre.capRules[id] = CapRule(
      id: id, scope: scope, limit: .amount(.hours(hours)), span: .calendarYear, strength: .soft)
    let line = AuditLine(actor: "test", action: .apply, object: "centre", origin: "test")
    _ = try await town.store.replaceCentre(
      with: centre, postings: [], ifStill: try await town.store.centre(), audit: line)
    return town
  }

  private let script = "--account=longscan --gpus=1 --time=60"

  private func own() throws -> CapScope { .project(try #require(ProjectID("longscan"))) }
  private func shared() throws -> CapScope {
    .programmes([try #require(ProgrammeID("playground"))])
  }

  @Test("a quote that would reach a soft cap of one's project says so with the figures")
  func near() async throws {
    let town = try await town(try own(), hours: 1)
    let quote = try await town.front.quote(Town.submission(script), try await town.caller("bram"))
    let warning = try #require(quote.warnings.first)
    #expect(warning.code == "soft-cap" && quote.warnings.count == 1)
    #expect(
      warning.text
        == "this needs a hold of 1.0083 GPU-h, and soft cap gentle allows 1.0000 GPU-h, of which 0.0000 "
        + "GPU-h are used and 0.0000 GPU-h are held: it would be reached, and jobs under it that come later "
        + "start after all others")
    #expect(!warning.nextStep.isEmpty)
  }

  @Test("a soft cap that leaves room says nothing")
  func room() async throws {
    let town = try await town(try own(), hours: 2)
    let quote = try await town.front.quote(Town.submission(script), try await town.caller("bram"))
    #expect(quote.warnings.isEmpty)
    #expect(try await town.submit("bram", script).warnings.isEmpty)
  }

  @Test("a soft cap that is reached warns in the answer to a submission and while the job waits")
  func reached() async throws {
    let town = try await town(try own(), hours: 0)
    let accepted = try await town.submit("bram", script)
    let text = try #require(accepted.warnings.first?.text)
    #expect(text.hasPrefix("soft cap gentle allows 0.0000 GPU-h, of which 0.0000 GPU-h are used"))
    #expect(text.hasSuffix("it is reached: this job comes after all jobs whose own caps have room"))
    let bram = try await town.caller("bram")
    #expect(try await town.front.job(accepted.id, bram).warnings.map(\.text) == [text])
    #expect(
      try await town.front.jobs(all: false, project: nil, bram).map(\.warnings.count) == [1])
    _ = try await town.front.cancel(accepted.id, bram)
    #expect(try await town.front.job(accepted.id, bram).warnings.isEmpty, "it waits no more")
  }

  @Test("of a cap that several projects share members see neither figures nor name")
  func sharedReached() async throws {
    let town = try await town(try shared(), hours: 0)
    let accepted = try await town.submit("bram", script)
    #expect(
      accepted.warnings.map(\.text) == [
        "a cap shared by several projects is reached: this job comes after all jobs whose own caps "
          + "have room"
      ])
    let seen = try await town.front.job(accepted.id, try await town.caller("beheer"))
    #expect(seen.warnings.first?.text.contains("gentle allows 0.0000 GPU-h") == true)
  }

  @Test("how much would reach a shared cap can't be found out by quotes")
  func sharedProbed() async throws {
    let town = try await town(try shared(), hours: 1)
    let quote = try await town.front.quote(Town.submission(script), try await town.caller("bram"))
    #expect(quote.warnings.isEmpty)
  }

  @Test("the plugin's answer to an accepted sbatch carries the warning")
  func plugin() async throws {
    let town = try await town(try own(), hours: 0)
    let uid = try #require(Town.People().ids(of: "bram")?.uid)
    var seen = PluginSubmission(submitUID: uid, userUID: uid)
    seen.account = "longscan"
    seen.tresPerJob = "gres:gpu:1"
    seen.timeLimitMinutes = 60
    seen.minNodes = 1
    let lines = try await town.front.pluginSubmit(seen, peerUID: 0).split(separator: "\n")
    #expect(lines.first == "decision=accept")
    let message = try #require(lines.first { $0.hasPrefix("message=") })
    #expect(message.hasPrefix("message=Polder: soft cap gentle allows 0.0000 GPU-h"))
    #expect(message.contains("\\nNext: "))
  }
}

@Suite("caps as they are listed")
struct CapListTests {
  @Test("a limit in per cent says of which capacity it is a part, an amount says nothing")
  func partOf() throws {
    let cap = Cap(
      id: try #require(CapID("c")), scope: .commercial(try #require(FunderID("state"))),
      limit: .hours(1), period: Town.now..<Town.now + .hours(1), strength: .hard)
    let standing = CapStanding(cap: cap, use: CapUse())
    #expect(
      CapView(standing, .amount(.hours(1))).partOf == nil && CapView(standing, nil).partOf == nil)
    #expect(
      CapView(standing, .share(try #require(FunderID("state")), basisPoints: 2050)).partOf
        == "20.50 % of the share of state in the planned capacity of the whole period")
  }
}
