import Foundation
import Testing
import Wire

extension SiteTests {
  /// What an administrator sets aside through Polder is Slurm's, too.
  @Suite struct ReservationActs {
    private func moment(_ seconds: Int, after now: Date = Date()) -> String {
      let whole = Int(now.timeIntervalSince1970) + seconds
      return Date(timeIntervalSince1970: Double(whole)).formatted(.iso8601)
    }

    private func delete(_ name: String, _ site: Site) async throws -> Output {
      try await site.run(["polder", "reservation", "delete", name], as: "beheer")
    }

    @Test("a maintenance made through Polder is Slurm's, and no job is planned across it")
    func maintenance() async throws {
      let site = try await Site.ready()
      let create = [
        "polder", "reservation", "create", "upkeep", "--nodes=gn[01-04]", "--maintenance",
        "--from=\(moment(6 * 3600))", "--for=60",
      ]
      #expect(try await site.run(create, as: "anouk").status == 77)
      do {
        for act in ["created", "unchanged"] {
          let view = try await site.read(ReservationActView.self, create)
          #expect(view.act == act && view.runs == 0, "\(view)")
        }
        let waits = try await waits(site)
        _ = try await delete("upkeep", site).orThrow()
        #expect(try await delete("upkeep", site).status == 65)
        try await waits.0.audit([waits.1])
      } catch {
        _ = try await delete("upkeep", site)
        throw error
      }
      let shown = try await site.run(["scontrol", "show", "reservation", "upkeep"])
      #expect(!shown.text.contains("ReservationName=upkeep"))
    }

    /// A job that would run into the maintenance, once it waits for that.
    private func waits(_ site: Site) async throws -> (Desk, Accepted) {
      let shown = try await site.run(["scontrol", "show", "reservation", "upkeep"]).orThrow()
      for words in ["Duration=01:00:00", "Nodes=gn[01-04]", "Flags=MAINT,SPEC_NODES", "Users=root"]
      {
        #expect(shown.contains(words), "\(shown)")
      }
      let other = try await site.run(
        [
          "polder", "reservation", "create", "upkeep", "--nodes=gn01", "--maintenance",
          "--from=\(moment(7 * 3600))", "--for=60",
        ], as: "beheer")
      #expect(other.status == 77 && other.complaint.contains("upkeep is another"), "\(other)")
      let desk = try await Desk(site, "daan", "cropwatch")
      let listed = try await waiting(for: "the reservation") {
        try await site.read([ReservationView].self, ["polder", "reservation", "list"], as: "daan")
          .first { $0.name == "upkeep" }
      }
      #expect(listed.purpose == "maintenance" && listed.end - listed.start == 3_600_000)
      let job = try await desk.submit(
        Work(name: "long", options: ["--cpus-per-task=1", "--time=720"]))
      try await desk.wait(for: job, toHave: { $0.reason?.code == "reserved" })
      #expect(try await desk.job(job).tasks.map(\.expectedStart) == [listed.end])
      return (desk, job)
    }

    @Test(
      "a run in the way is named, and runs on where that is asked for; its project has the nodes")
    func course() async throws {
      let site = try await Site.ready()
      let desk = try await Desk(site, "daan", "cropwatch")
      let job = try await desk.submit(
        Work(name: "there", seconds: 25, options: ["--cpus-per-task=1", "--nodelist=gn02"]))
      try await desk.wait(for: job, toHave: \.isRunning)
      let create = [
        "polder", "reservation", "create", "course", "--nodes=gn02", "--projects=cropwatch",
        "--from=\(moment(15))", "--for=5",
      ]
      let refused = try await site.run(create, as: "beheer")
      #expect(refused.status == 77, "\(refused)")
      #expect(refused.complaint.contains("\(job.id).1 (until "), "\(refused)")
      do {
        let created = try await site.run(create + ["--ignore-jobs"], as: "beheer").orThrow()
        #expect(created.contains("1 run may last into it and runs on"), "\(created)")
        let shown = try await site.run(["scontrol", "show", "reservation", "course"]).orThrow()
        #expect(shown.contains("Accounts=cropwatch"), "\(shown)")
        try await waiting(until: "it is listed") {
          try await site.read(
            [ReservationView].self, ["polder", "reservation", "list"], as: "daan"
          )
          .contains { $0.name == "course" }
        }
        let own = try await desk.submit(
          Work(name: "own", options: ["--cpus-per-task=1", "--reservation=course"]))
        try await desk.wait(for: own, toHave: { $0.state == "completed" }, atMost: 120)
        #expect(try await desk.job(own).tasks[0].runs.map(\.nodes) == [["gn02"]])
        try await desk.audit([job, own])
        _ = try await delete("course", site).orThrow()
      } catch {
        _ = try await delete("course", site)
        throw error
      }
    }
  }
}
