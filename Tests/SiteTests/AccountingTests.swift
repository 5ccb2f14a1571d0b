import Foundation
import Testing
import Wire

extension SiteTests {
  /// `sacct` as it is installed on login nodes: a link to polder. Slurm's own answers for jobs that
  /// its record of ended jobs has (`sacct -c`), and `scontrol` for the rest.
  @Suite struct Accounting {
    private static let columns = "JobID,JobName,UID,Partition,NNodes,NodeList,State,Start,End"

    @Test("a job is told as Slurm's own sacct tells it, to the byte", arguments: ["-P", "-p", ""])
    func beside(style: String) async throws {
      let site = try await Site.ready()
      let desk = try await Desk(site, "anouk", "longscan")
      let work = Work(name: "a-name-longer-than-ten", options: ["--gpus-per-node=1", "-N2"])
      let job = try await desk.sbatch(work)
      try await desk.wait(for: job) { $0.state == "completed" }
      let slurmID = try #require(try await desk.job(job).slurmJobID)
      let words =
        [
          "-S", "now-1hour", "-j", "\(slurmID)", "-o", Self.columns,
        ] + (style.isEmpty ? [] : [style])
      // Slurm's may read its record as root alone.
      let slurms = try await site.run(["/usr/bin/sacct", "-c"] + words).orThrow()
      let ours = try await site.run(["sacct", "-X"] + words, as: "anouk", at: desk.folder).orThrow()
      #expect(slurms.contains("COMPLETED") && ours == slurms)
      try await desk.audit([job])
    }

    @Test("the columns are Slurm's own, all of them")
    func columns() async throws {
      let site = try await Site.ready()
      // Without -c Slurm's looks for its database first.
      let slurms = try await site.run(["/usr/bin/sacct", "-c", "--helpformat"]).orThrow()
      #expect(try await site.run(["sacct", "--helpformat"]).orThrow() == slurms)
      let all = ["-c", "-o", "ALL", "-S", "now", "-j", "999999"]
      let titles = try await site.run(["/usr/bin/sacct"] + all).orThrow()
      #expect(titles.contains("TRESUsageOutTot"))
      #expect(try await site.run(["sacct"] + all.dropFirst()).orThrow() == titles)
    }

    @Test("tasks of an array have their ids, their TRES and what they ended with")
    func array() async throws {
      let desk = try await Desk(Site.ready(), "bram", "longscan")
      let work = Work(
        name: "fails", exitCode: 3,
        options: ["--gpus-per-node=1", "--array=0-2", "--cpus-per-task=8"],
        ends: "failed")
      let job = try await desk.sbatch(work)
      let slurmID = try #require(try await desk.job(job).slurmJobID)
      try await desk.wait(for: job) { $0.state == "failed" }
      let told = try await waiting(for: "the ends of \(slurmID)") {
        let text = try await desk.run(
          "sacct", "-nXP", "-j", "\(slurmID)", "-o",
          "JobID,JobIDRaw,State,ExitCode,NCPUS,AllocTRES,Account,User"
        ).orThrow()
        return text.components(separatedBy: "FAILED").count == 4 ? text : nil
      }
      let lines = told.split(separator: "\n").map { $0.split(separator: "|").map(String.init) }
      #expect(lines.map { $0[0] } == (0...2).map { "\(slurmID)_\($0)" })
      let runs = try await desk.job(job).tasks.flatMap(\.runs)
      #expect(lines.map { $0[1] } == runs.map { "\($0.slurmJobID ?? 0)" })
      for line in lines {
        #expect(line[2...4] == ["FAILED", "3:0", "8"])
        #expect(line[5].hasPrefix("cpu=8,gres/gpu:h100=1,gres/gpu=1,mem="), "\(line)")
        #expect(line[6...] == ["longscan", "bram"])
      }
      // One task of it, and by the id that Slurm gave it.
      for id in [lines[1][0], lines[1][1]] where id != "\(slurmID)" {
        let one = try await desk.run("sacct", "-nXP", "-j", id, "-o", "JobID").orThrow()
        #expect(one == "\(slurmID)_1\n")
      }
      try await desk.audit([job])
    }

    @Test("others' jobs are told to nobody but those in office")
    func rights() async throws {
      let site = try await Site.ready()
      let desk = try await Desk(site, "daan", "cropwatch")
      let job = try await desk.submit(Work(name: "secret-name", options: ["--gpus-per-node=1"]))
      try await desk.wait(for: job) { $0.state == "completed" }
      let words = ["sacct", "-anXP", "-o", "JobName,AdminComment,User"]
      for (account, sees) in [("daan", true), ("anouk", false), ("auditor", true), ("root", true)] {
        let text = try await site.run(words, as: account).orThrow()
        let named = sees && account != "auditor"
        #expect(text.contains("polder:\(job.id)|") == sees, "\(account): \(text)")
        #expect(text.contains("secret-name") == named, "\(account): \(text)")
        #expect(text.contains("daan") == named, "\(account): \(text)")
      }
      let refused = try await site.run(["sacct", "-o", "nonsense"], as: "daan")
      #expect(refused.status == 1)
      #expect(refused.complaint == "sacct: error: Invalid field requested: \"nonsense\"\n")
      try await desk.audit([job])
    }
  }
}
