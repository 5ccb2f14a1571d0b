import Foundation
import Testing
import Wire

extension SiteTests {
  /// What bad input gets: a reason with numbers, an exit code, and nothing half done.
  @Suite struct Refusals {
    /// A submission that is refused.
    struct Case: Sendable, CustomTestStringConvertible {
      let what: String
      var account = "anouk"
      var project = "longscan"
      var options: [String] = ["--gpus-per-node=1"]
      /// 77 for what one has no right to or no budget for, 65 for what can't be.
      var status: Int32
      /// What the message names.
      let says: [String]

      var testDescription: String { what }
    }

    static let cases = [
      Case(
        what: "a project that does not exist", project: "moonshot", status: 77,
        says: ["moonshot", "longscan"]),
      Case(what: "another's project", project: "cyber", status: 77, says: ["cyber"]),
      Case(
        what: "an allocation that has expired", account: "gijs", project: "weather", status: 77,
        says: ["weather-1", "ended at"]),
      Case(
        what: "more than the budget", account: "ivo", project: "seals",
        options: ["--gpus-per-node=4", "--time=60"], status: 77,
        says: ["4.0667 GPU-h", "0.0500 GPU-h"]),
      Case(
        what: "beyond the end of the window", account: "hanna", project: "traffic",
        options: ["--gpus-per-node=1", "--time=4-0"], status: 65, says: ["time"]),
      Case(
        what: "more GPUs than a node has", options: ["--gpus-per-node=5"], status: 65,
        says: ["5 GPUs", "4"]),
      Case(
        what: "more nodes than there are", options: ["--gpus-per-node=1", "--nodes=5"],
        status: 65, says: ["5 nodes", "4"]),
      Case(
        what: "a partition that does not exist",
        options: ["--gpus-per-node=1", "--partition=gpx"], status: 65, says: ["gpx", "gpu"]),
      Case(
        what: "an option that sbatch does not know", options: ["--gpus-pr-node=1"],
        status: 65, says: ["refused.sh:5:", "gpus-pr-node"]),
      Case(
        what: "a value that is no number", options: ["--gpus-per-node=many"], status: 65,
        says: ["refused.sh:5:", "many"]),
      Case(
        what: "an unlimited time", options: ["--gpus-per-node=1", "--time=UNLIMITED"],
        status: 65, says: ["refused.sh:6:"]),
      Case(
        what: "a dependency on a job that is not one's own",
        options: ["--gpus-per-node=1", "--dependency=afterok:P999999"], status: 65,
        says: ["P999999"]),
    ]

    @Test("a submission is refused with the numbers and the next step", arguments: cases)
    func submission(_ refused: Case) async throws {
      let desk = try await Desk(Site.ready(), refused.account, refused.project)
      let work = Work(name: "refused", options: refused.options)
      let output = try await desk.trySubmit(work, key: UUID().uuidString)
      #expect(output.status == refused.status, "\(output.complaint)")
      for words in refused.says {
        #expect(output.complaint.contains(words), "\(output.complaint)")
      }
      #expect(output.text.isEmpty)
      let jobs = try await desk.site.read(
        [JobView].self, ["polder", "job", "list", "--all"], as: refused.account)
      #expect(!jobs.contains { $0.name == "refused" })
    }

    @Test("polder admin as another account is refused, and says as whom it works")
    func administration() async throws {
      let desk = try await Desk(Site.ready(), "anouk", "longscan")
      let database = "host=\(desk.site.folder)/run/pg user=polder_owner dbname=polder"
      for words in [["verify"], ["migrate", "--dry-run"], ["backup", "\(desk.folder)/never"]] {
        let output = try await desk.site.run(
          ["polder", "admin"] + words + ["--database", database], as: desk.account)
        #expect(output.status == 77, "\(words): \(output)")
        #expect(output.complaint.contains("Postgres does not let this account in"), "\(output)")
        #expect(output.complaint.contains("sudo -u polder_owner polder admin"), "\(output)")
      }
    }

    @Test("the same is refused through sbatch in the same words", arguments: cases.prefix(7))
    func directSubmission(_ refused: Case) async throws {
      let desk = try await Desk(Site.ready(), refused.account, refused.project)
      let output = try await desk.run(
        "sbatch", try desk.lay(Work(name: "refused", options: refused.options)))
      #expect(output.status != 0)
      for words in refused.says {
        #expect(output.complaint.contains(words), "\(output.complaint)")
      }
    }

    @Test("a file that is no script is refused before anything is sent")
    func noScript() async throws {
      let desk = try await Desk(Site.ready(), "anouk", "longscan")
      try desk.write("echo no shebang\n", to: "plain.txt")
      let plain = try await desk.run("polder", "job", "submit", "-A", "longscan", "plain.txt")
      #expect(plain.status == 65)
      #expect(plain.complaint.contains("plain.txt:1:"), "\(plain.complaint)")
      let missing = try await desk.run("polder", "job", "submit", "-A", "longscan", "missing.sh")
      #expect(missing.status == 65)
      #expect(missing.complaint.contains("missing.sh"), "\(missing.complaint)")
    }

    @Test("an Idempotency-Key that stands for another job is refused")
    func keyUsedOtherwise() async throws {
      let desk = try await Desk(Site.ready(), "anouk", "longscan")
      let gpu = ["--gpus-per-node=1"]
      let key = UUID().uuidString
      let job = try await desk.submitAtLast(Work(name: "one", options: gpu), key: key)
      let other = try await desk.trySubmit(Work(name: "two", options: gpu), key: key)
      #expect(other.status == 65)
      #expect(other.complaint.contains(job.id), "\(other.complaint)")
      try await desk.audit([job])
    }

    @Test("a description with errors changes nothing and names each file and line")
    func description() async throws {
      let desk = try await Desk(Site.ready(), "beheer", "")
      try desk.write(
        """
        kind: Project
        items:
          - id: newcomer
            title: Never made
            organisation: nowhere
            members: none
        """, to: "project.yaml")
      try desk.write("kind: Funder\nid: [\n", to: "broken.yaml")
      for (file, line) in [("project.yaml", 5), ("broken.yaml", 3)] {
        let output = try await desk.run("polder", "apply", "--yes", "-f", file)
        #expect(output.status == 65, "\(output)")
        #expect(output.complaint.contains("\(file):\(line):"), "\(output.complaint)")
      }
      let centre = try await desk.run("polder", "balance")
      #expect(!centre.text.contains("newcomer"))
    }

    @Test("a member may not describe the centre, nor see another project's books")
    func rights() async throws {
      let desk = try await Desk(Site.ready(), "anouk", "longscan")
      try desk.write("kind: Organisation\nid: mine\n", to: "mine.yaml")
      let apply = try await desk.run("polder", "apply", "--yes", "-f", "mine.yaml")
      #expect(apply.status == 77 || apply.status == 65, "\(apply)")
      for words in [["ledger", "cyber"], ["balance", "cyber"], ["report", "access-time"]] {
        let output = try await desk.site.run(["polder"] + words, as: "anouk")
        #expect(output.status != 0, "\(words)")
      }
    }
  }
}
