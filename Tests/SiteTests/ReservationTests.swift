import Foundation
import Testing
import Wire

extension SiteTests {
  /// What an administrator sets aside in Slurm is Polder's, too.
  @Suite struct Reservations {
    @Test(
      "a job that would run into a maintenance waits for its end, and starts once it is deleted")
    func maintenance() async throws {
      let site = try await Site.ready()
      let desk = try await Desk(site, "daan", "cropwatch")
      _ = try await site.run([
        "scontrol", "create", "reservation", "ReservationName=m1", "StartTime=now+6hours",
        "Duration=60", "Nodes=ALL", "Users=root", "Flags=MAINT,IGNORE_JOBS",
      ]).orThrow()
      do {
        let job = try await waits(desk, site)
        _ = try await site.run(["scontrol", "delete", "ReservationName=m1"]).orThrow()
        try await desk.audit([job])
      } catch {
        _ = try await site.run(["scontrol", "delete", "ReservationName=m1"])
        throw error
      }
    }

    @Test(
      "a job that names a reservation runs on its nodes in its time, by both ways in; no other does"
    )
    func named() async throws {
      let site = try await Site.ready()
      let desk = try await Desk(site, "daan", "cropwatch")
      _ = try await site.run([
        "scontrol", "create", "reservation", "ReservationName=course", "StartTime=now+40",
        "Duration=30", "Nodes=gn02", "Users=daan", "Flags=IGNORE_JOBS",
      ]).orThrow()
      do {
        try await runs(desk, site)
        _ = try await site.run(["scontrol", "delete", "ReservationName=course"]).orThrow()
      } catch {
        _ = try await site.run(["scontrol", "delete", "ReservationName=course"])
        throw error
      }
    }

    private func runs(_ desk: Desk, _ site: Site) async throws {
      let listed = try await waiting(for: "the reservation") {
        let all = try await site.read(
          [ReservationView].self, ["polder", "reservation", "list"], as: "daan")
        return all.first { $0.name == "course" }
      }
      let options = ["--cpus-per-task=1", "--time=2", "--reservation=course"]
      let own = try await desk.submit(Work(name: "own", options: options))
      let direct = try await desk.sbatch(Work(name: "direct", options: options))
      let other = try await desk.submit(
        Work(name: "other", options: ["--cpus-per-task=1", "--time=2", "--nodelist=gn02"]))
      try await desk.wait(for: own, toHave: { $0.reason?.code == "reservation" })
      let task = try #require(try await desk.job(own).tasks.first)
      #expect(task.expectedStart == listed.start)
      #expect(task.reason?.text.contains("waits for reservation course, which begins at") == true)
      for job in [own, direct] {
        try await desk.wait(for: job, toHave: { $0.state == "completed" }, atMost: 150)
        let view = try await desk.job(job)
        #expect(view.tasks[0].runs.map(\.nodes) == [["gn02"]])
        #expect(view.tasks[0].runs.allSatisfy { $0.start ?? 0 >= listed.start })
        #expect(view.conditions == ["--reservation=course"])
      }
      #expect(try await desk.job(other).tasks.allSatisfy { $0.state == "waiting" })
      _ = try await desk.run("polder", "job", "cancel", other.id).orThrow()
      let foreign = try await Desk(site, "anouk", "longscan")
      for output in [
        try await foreign.trySubmit(Work(name: "foreign", options: options), key: "\(UUID())"),
        try await foreign.run("sbatch", try foreign.lay(Work(name: "foreign", options: options))),
      ] {
        #expect(output.status != 0)
        #expect(output.complaint.contains("no reservation 'course'"), "\(output)")
      }
    }

    private func waits(_ desk: Desk, _ site: Site) async throws -> Accepted {
      let listed = try await waiting(for: "the reservation") {
        let all = try await site.read(
          [ReservationView].self, ["polder", "reservation", "list"], as: "daan")
        return all.first { $0.name == "m1" }
      }
      #expect(listed.purpose == "maintenance")
      #expect(listed.end - listed.start == 3_600_000)
      let job = try await desk.submit(
        Work(name: "long", options: ["--cpus-per-task=1", "--time=720"]))
      try await desk.wait(for: job, toHave: { $0.reason?.code == "reserved" })
      let task = try #require(try await desk.job(job).tasks.first)
      #expect(task.expectedStart == listed.end)
      #expect(task.reason?.text.contains("maintenance m1") == true)
      // A limit that ends before it would start now: told with the number, and true.
      let explained = try await site.read(
        ExplanationView.self, ["polder", "job", "explain", job.id], as: "daan")
      #expect(explained.sooner.contains { $0.start < listed.start }, "\(explained.sooner)")
      let supposed = try await site.read(
        WhatIfView.self, ["polder", "what-if", "--limit=\(job.id)=60"])
      #expect(supposed.moved.map(\.task) == [job.id] && supposed.sooner == 1, "\(supposed)")
      let short = try await desk.submit(
        Work(name: "short", options: ["--cpus-per-task=1", "--time=60"]))
      try await desk.audit([short])
      return job
    }
  }
}
