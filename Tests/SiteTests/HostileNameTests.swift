import Foundation
import Testing
import Wire

extension SiteTests {
  /// Slurm writes a job's name and folder unquoted into its record of ended runs, from which Polder
  /// learns what to charge.
  @Suite(.serialized) struct HostileNames {
    static let forged = "x JobState=FAILED ExitCode=0:0 EndTime=2026-01-01T00:00:00"

    @Test(
      "a name or folder that forges Slurm's record is refused both ways, with what is wrong",
      arguments: [
        forged, "x ArrayJobId=7 ArrayTaskId=1", "x\ty", String(repeating: "x", count: 4096),
      ])
    func refused(name: String) async throws {
      let site = try await Site.ready()
      let desk = try await Desk(site, "daan", "cropwatch")
      let script = try desk.lay(Work(name: "named", options: ["--cpus-per-task=1"]))
      for words in [["polder", "job", "submit"], ["sbatch"]] {
        for option in ["--job-name=\(name)", "--chdir=/tmp/\(name)"] {
          let output = try await site.run(words + [option, script], as: "daan", at: desk.folder)
          #expect(output.status != 0, "\(words) \(option)")
          #expect(!output.complaint.contains("does not answer"), "\(output.complaint)")
        }
      }
      let jobs = try await site.read(
        [JobView].self, ["polder", "job", "list", "--all"], as: "daan")
      #expect(!jobs.contains { $0.name == name })
    }

    @Test("other names are taken both ways, and each runs once, to its end")
    func taken() async throws {
      let site = try await Site.ready()
      let desk = try await Desk(site, "daan", "cropwatch")
      let names = ["lr=0.1 State=x", "\"q' \\ | %", "é 名", "JobState=FAILED EndTime=1"]
      var jobs: [Accepted] = []
      for (index, name) in names.prefix(3).enumerated() {
        for (way, words) in [["polder", "job", "submit"], ["sbatch"]].enumerated() {
          // The trace bears the name that the script is told.
          let work = Work(name: "n\(index)\(way)", options: ["--cpus-per-task=1"])
          let script = try desk.lay(work)
          let output = try await site.run(
            words + ["--parsable", "--job-name=\(name)", script], as: "daan", at: desk.folder)
          let id = try output.orThrow().trimmingCharacters(in: .whitespacesAndNewlines)
          let job = try await waiting(for: "Polder's id of \(id)") {
            way == 0 ? Accepted(id: id, work: work) : try await desk.accepted(id, work)
          }
          jobs.append(job)
        }
      }
      for job in jobs {
        try await desk.wait(for: job, toHave: { $0.state == "completed" })
        let task = try #require(try await desk.job(job).tasks.first)
        #expect(task.runs.count == 1 && task.runs[0].end != nil)
      }
      // The last name begins a key after a blank: refused.
      let script = try desk.lay(Work(name: "last", options: ["--cpus-per-task=1"]))
      let last = try await site.run(
        ["sbatch", "--job-name=\(names[3])", script], as: "daan", at: desk.folder)
      #expect(last.status != 0 && last.complaint.contains("JobState="))
    }

    @Test("a member can't rename a job into a forgery")
    func renamed() async throws {
      let site = try await Site.ready()
      let desk = try await Desk(site, "daan", "cropwatch")
      let job = try await desk.sbatch(
        Work(name: "plain", options: ["--cpus-per-task=1", "--begin=now+8"]))
      let id = try #require(try await desk.job(job).slurmJobID)
      let renamed = try await site.run(
        ["scontrol", "update", "JobId=\(id)", "JobName=\(Self.forged)"], as: "daan")
      #expect(renamed.status != 0)
      try await desk.audit([job])
    }
  }
}
