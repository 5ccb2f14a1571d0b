import Foundation
import Testing
import Wire

extension SiteTests {
  /// Classes of service on a real Slurm, by plain `sbatch`.
  @Suite struct Preemption {
    @Test("a job of a class that may be preempted is warned, makes way, and runs again afterwards")
    func makesWay() async throws {
      let desk = try await Desk(Site.ready(), "bram", "longscan")
      try await desk.apply(
        "kind: QOS\nid: spare\npreemptable: true\nsignal: USR2\nnotice: 6 s\n")
      try desk.write(
        """
        #!/bin/sh
        #SBATCH --account=longscan --nodes=4 --gpus-per-node=4 --time=5 --qos=spare
        trap 'date +%s > warned' USR2
        echo "spare " >> runs
        sleep 300 &
        wait
        wait

        """, to: "spare.sh")
      let output = try await desk.run("sbatch", "--parsable", "spare.sh")
      let slurmID = try output.orThrow().trimmingCharacters(in: .whitespacesAndNewlines)
      let work = Work(name: "spare")
      let job = try await waiting(for: "Polder's id of Slurm's job \(slurmID)") {
        try await desk.accepted(slurmID, work)
      }
      // All of the machine: behind whatever another test left to run out its limit.
      try await desk.wait(for: job, toHave: \.isRunning, atMost: 150)
      try await desk.untilTraced()
      #expect(try await desk.job(job).conditions == ["--qos=spare"])
      let other = try await Desk(desk.site, "hanna", "traffic")
      let next = try await other.submit(Work(name: "next", options: ["--gpus-per-node=1"]))
      try await other.wait(for: next, toHave: \.isBegun)
      let first = try #require(try await desk.job(job).tasks[0].runs.first)
      #expect(first.outcome == "preempted")
      let text = try String(contentsOfFile: "\(desk.folder)/warned", encoding: .utf8)
      let warned = try #require(Int64(text.trimmingCharacters(in: .whitespacesAndNewlines)))
      let (start, stop) = (try #require(first.start) / 1000, try #require(first.end) / 1000)
      #expect((5...20).contains(stop - warned), "\(stop - warned) s after the warning")
      #expect(first.charged == 16_000 * (stop - start), "charged until its end")
      try await other.audit([next])
      try await desk.wait(for: job) { $0.runs.count == 2 && $0.isRunning }
      _ = try await desk.run("polder", "job", "cancel", job.id).orThrow()
      try await desk.wait(for: job) { $0.state == "cancelled" }
      // Slurm keeps one record of the id, which is of the last run; so the books are asked.
      let runs = try await desk.job(job).tasks[0].runs
      let entries = try await desk.site.read([EntryView].self, ["polder", "ledger", "longscan"])
      for run in runs {
        let own = entries.filter { $0.run == run.id }
        func sum(_ kind: String) -> Int64 {
          own.filter { $0.kind == kind }.map(\.amount).reduce(0, +)
        }
        #expect(sum("hold") == run.hold && sum("hold") == sum("charge") + sum("release"))
      }
    }

    @Test("a class that nobody described is refused by sbatch, with what to do")
    func unknown() async throws {
      let desk = try await Desk(Site.ready(), "bram", "longscan")
      let name = try desk.lay(Work(name: "unknown", options: ["--qos=nowhere"]))
      let output = try await desk.run("sbatch", name)
      #expect(output.status != 0)
      #expect(output.complaint.contains("there is no class of service 'nowhere'"), "\(output)")
    }
  }
}
