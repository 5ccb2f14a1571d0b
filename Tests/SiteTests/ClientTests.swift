import Foundation
import Testing
import Wire

/// submitit and snakemake, as the site has them.
private enum ForeignPrograms {
  private static var environment: [String: String] { ProcessInfo.processInfo.environment }
  /// In CI they must be there.
  static var areDue: Bool { environment["POLDER_CI"] != nil }
  static var areThere: Bool {
    let folder = "\(environment["POLDER_SITE"] ?? "")/clients"
    return FileManager.default.fileExists(atPath: "\(folder)/submitit")
  }
}

extension SiteTests {
  /// Programs that no one here wrote, unchanged, as members run them. deploy/site/clients.sh brings
  /// them; elsewhere than in CI a site without them leaves this out, and says so.
  @Suite(
    .enabled(
      if: ForeignPrograms.areThere || ForeignPrograms.areDue,
      "left out: there is no submitit and no snakemake (deploy/site/clients.sh)"))
  struct Clients {
    private static func python(_ desk: Desk, _ words: String...) async throws -> Output {
      try await desk.site.run(
        ["/usr/bin/python3"] + words, as: desk.account, at: desk.folder,
        with: ["PYTHONPATH": "\(desk.site.folder)/clients"], deadlineSeconds: 400)
    }

    // MARK: submitit

    /// `slurm_account` and what else is asked for stand in the words of the command line.
    private static let submitit = """
      import os, sys, submitit

      def square(number):
          with open("runs", "a") as runs:
              runs.write(f"{os.environ['SLURM_JOB_NAME']} {os.environ['SLURM_ARRAY_TASK_ID']}\\n")
          return number * number

      executor = submitit.AutoExecutor(folder="log", cluster="slurm")
      executor.update_parameters(
          name="squares", slurm_account=sys.argv[1], slurm_partition="gpu",
          timeout_min=int(sys.argv[2]), gpus_per_node=int(sys.argv[3]), cpus_per_task=2, mem_gb=2,
          slurm_array_parallelism=6)
      jobs = executor.map_array(square, range(20))
      print(jobs[0].job_id.split("_")[0])
      print([job.result() for job in jobs])
      """

    /// What submitit makes of `sacct` about an array.
    private static let states = """
      import sys, submitit

      jobs = [submitit.SlurmJob("log", f"{sys.argv[1]}_{index}") for index in range(20)]
      jobs[0].watcher.update()
      print({job.get_info(mode="cache")["State"] for job in jobs})
      """

    @Test("an array of twenty functions by submitit: results are equal, and charged as they ran")
    func functions() async throws {
      let desk = try await Desk(Site.ready(), "chen", "cropwatch")
      try desk.write(Self.submitit, to: "squares.py")
      let text = try await Self.python(desk, "squares.py", "cropwatch", "3", "1").orThrow()
      let lines = text.split(separator: "\n").map(String.init)
      #expect(lines.count == 2)
      #expect(lines[1] == "[\((0..<20).map { "\($0 * $0)" }.joined(separator: ", "))]")
      try desk.write(Self.states, to: "states.py")
      try await waiting(until: "submitit sees all of \(lines[0]) completed") {
        try await Self.python(desk, "states.py", lines[0]).orThrow() == "{'COMPLETED'}\n"
      }
      let work = Work(name: "squares")
      let job = try await waiting(for: "Polder's job of \(lines[0])") {
        try await desk.accepted(lines[0], work)
      }
      #expect(try await desk.job(job).tasks.count == 20)
      try await desk.audit([job])
    }

    @Test("who submits beyond the budget by submitit reads Polder's words")
    func overBudget() async throws {
      let desk = try await Desk(Site.ready(), "ivo", "seals")
      try desk.write(Self.submitit, to: "squares.py")
      let output = try await Self.python(desk, "squares.py", "seals", "600", "4")
      #expect(output.status != 0)
      #expect(output.complaint.contains("seals-1"), "\(output.complaint)")
      #expect(output.complaint.contains("GPU-h"), "\(output.complaint)")
    }

    // MARK: snakemake

    private static let workflow = """
      rule all:
          input: "total.txt"

      rule square:
          output: "parts/{number}.txt"
          shell: "echo $(({wildcards.number} * {wildcards.number})) > {output}"

      rule total:
          input: expand("parts/{number}.txt", number=range(28))
          output: "total.txt"
          shell: "cat {input} | awk '{{ sum += $1 }} END {{ print sum }}' > {output}"

      """

    @Test(
      "a workflow of thirty jobs by snakemake's executor for Slurm, which asks sacct, sacctmgr and sshare",
      .timeLimit(.minutes(8)))
    func workflow() async throws {
      let desk = try await Desk(Site.ready(), "gijs", "flood")
      try desk.write(Self.workflow, to: "Snakefile")
      _ = try await Self.python(
        desk, "-m", "snakemake", "--executor", "slurm", "--jobs", "10", "--default-resources",
        "slurm_account=flood", "slurm_partition=gpu", "runtime=10", "mem_mb=1000",
        "--slurm-init-seconds-before-status-checks", "2", "--latency-wait", "20"
      ).orThrow()
      let total = try String(contentsOfFile: "\(desk.folder)/total.txt", encoding: .utf8)
      #expect(total == "\((0..<28).map { $0 * $0 }.reduce(0, +))\n")
      let told = try await desk.run(
        "sacct", "-nXP", "-S", "now-1hour", "-o", "JobIDRaw,State,Account,JobName"
      ).orThrow()
      // Its jobs bear the workflow's UUID for a name.
      let rows = told.split(separator: "\n").map { $0.split(separator: "|").map(String.init) }
        .filter { UUID(uuidString: $0[3]) != nil }
      #expect(
        rows.count == 29 && rows.allSatisfy { $0[1...2] == ["COMPLETED", "flood"] }, "\(told)")
      for row in rows {
        let job = try #require(try await desk.accepted(row[0], Work(name: "part")))
        let run = try #require(try await desk.job(job).tasks.first?.runs.first)
        let (start, end) = (try #require(run.start), try #require(run.end))
        #expect(run.charged == run.weightThousandths * (end - start) / 1000)
      }
    }

    @Test("an account that is not one's own is refused by snakemake, by what sacctmgr tells")
    func foreignAccount() async throws {
      let desk = try await Desk(Site.ready(), "gijs", "flood")
      try desk.write(Self.workflow, to: "Snakefile")
      let output = try await Self.python(
        desk, "-m", "snakemake", "--executor", "slurm", "--jobs", "1", "--default-resources",
        "slurm_account=longscan", "slurm_partition=gpu", "runtime=10", "mem_mb=1000",
        "--slurm-init-seconds-before-status-checks", "1", "--", "parts/1.txt")
      #expect(output.status != 0)
      #expect(
        output.complaint.contains("longscan appears to be invalid"), "\(output.complaint)")
      let accounts = try await desk.run(
        "sacctmgr", "-n", "-s", "list", "user", "gijs", "format=account%256"
      ).orThrow()
      #expect(
        accounts.split(separator: "\n").map { $0.filter { $0 != " " } } == ["flood", "weather"])
    }
  }
}
