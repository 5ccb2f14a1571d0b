// Why: a next step that leads nowhere costs a day and a ticket.
import Domain
import Doubles
import Services
import Testing
import Wire

@Suite("next steps that lead somewhere") struct NextStepTests {
  private func problem(_ act: () async throws -> Void) async throws -> Problem {
    try #require(await #expect(throws: Problem.self) { try await act() })
  }

  @Test("who asked for GPUs is told how many there are, who asked for nodes how many of those")
  func gpus() async throws {
    let town = try await Town()
    let gpus = try await town.refusal("bram", "--gpus=100")
    #expect(gpus.nextStep == "ask for --gpus=16 or fewer")
    let nodes = try await town.refusal("bram", "-N 25 --gpus=100")
    #expect(nodes.nextStep == "ask for --nodes=4 or fewer")
    let none = try await town.refusal("bram", "--gpus=0 --cpus-per-task=1 --mem=600G")
    #expect(none.code == "too-large")
  }

  @Test("a job that has ended has no limit to change, and is said to have ended")
  func ended() async throws {
    let town = try await Town()
    let bram = try await town.caller("bram")
    let job = try await town.submit("bram", "--account=longscan --gpus=1 --time=60")
    _ = try await town.front.cancel(job.id, bram)
    let refused = try await problem {
      _ = try await town.front.changeLimit(job.id, LimitRequest(timeLimit: "90"), bram)
    }
    #expect(refused.code == "already-ended" && refused.detail.contains("\(job.id) has ended"))
  }

  @Test(
    "whoever may see all projects hears that one does not exist; a member hears nothing of others")
  func projects() async throws {
    let town = try await Town()
    for account in ["beheer", "auditor"] {
      let caller = try await town.caller(account)
      let refused = try await problem {
        _ = try await town.front.balances(project: "longscann", caller)
      }
      #expect(refused.title == "No such project", "\(account)")
      #expect(refused.detail == "there is no project 'longscann'; do you mean longscan?")
      #expect(!refused.nextStep.contains("whoami"))
    }
    let bram = try await town.caller("bram")
    var told: [Problem] = []
    for name in ["seals", "sealz"] {
      told.append(try await problem { _ = try await town.front.balances(project: name, bram) })
    }
    #expect(told.map(\.title) == ["Not your project", "Not your project"])
    #expect(told.map(\.nextStep).allSatisfy { $0.contains("whoami") })
    #expect(
      told[0].detail.replacing("seals", with: "x") == told[1].detail.replacing("sealz", with: "x"))
  }

  @Test("whoami tells the role in each own project, and none where an office alone sees it")
  func roles() async throws {
    let town = try await Town()
    let anouk = try await town.front.whoami(try await town.caller("anouk"))
    #expect(anouk.projects == ["longscan", "seals"])
    #expect(anouk.roles == ["longscan": "PI", "seals": "member"])
    let beheer = try await town.front.whoami(try await town.caller("beheer"))
    #expect(beheer.roles.isEmpty && beheer.projects.count == 3)
  }

  @Test("a question of the audit log by an account's name is refused with what actors look like")
  func actors() async throws {
    let town = try await Town()
    let auditor = try await town.caller("auditor")
    let refused = try await problem {
      _ = try await town.front.auditLines(.init(actor: "anouk"), auditor)
    }
    #expect(refused.status == 400 && refused.nextStep.contains("m-…"))
    for actor in ["m-anouk", "m-9999", "uid-1", "polderd"] {
      #expect(try await town.front.auditLines(.init(actor: actor), auditor).isEmpty, "\(actor)")
    }
    #expect(try await !town.front.auditLines(.init(actor: "uid-64002"), auditor).isEmpty)
  }

  @Test("a question of the audit log by a command's name leads to the word of its lines")
  func actions() async throws {
    let town = try await Town()
    let auditor = try await town.caller("auditor")
    for (typed, action) in [
      ("refund", "correct"), ("debit", "correct"), ("extend", "change-limit"),
    ] {
      let refused = try await problem {
        _ = try await town.front.auditLines(.init(action: typed), auditor)
      }
      #expect(refused.detail == "lines of '\(typed)' stand under the action \(action)")
    }
    for (word, action) in AuditAction.otherWords {
      #expect(AuditAction.known.contains(action), "\(word)")
      #expect(!AuditAction.known.contains { $0.rawValue == word }, "\(word) is a word of its own")
    }
    let refused = try await problem {
      _ = try await town.front.auditLines(.init(action: "xyzzy"), auditor)
    }
    #expect(refused.detail.hasPrefix("no line is ever written of 'xyzzy'"))
  }

  @Test("with the database away the status says since when, and what goes on without it")
  func databaseAway() async throws {
    let town = try await Town()
    for (answered, since) in [(Town.now, "since \(Town.now)"), (nil, "since polderd began")] {
      var state = BoardState()
      state.storeAnswered = answered
      await town.board.set(state)
      await town.store.set(fault: .unavailable("no connection"))
      let away = try await problem { _ = try await town.front.health() }
      #expect(away.status == 503 && away.code == "unavailable")
      #expect(away.detail.hasPrefix("Postgres has not answered \(since): nothing can be submitted"))
      #expect(away.detail.contains("What runs goes on") && away.detail.contains("scancel work"))
    }
  }
}
