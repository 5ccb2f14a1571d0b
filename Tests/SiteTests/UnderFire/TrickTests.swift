import Foundation
import Testing
import Wire

extension SiteTests {
  /// What a user may try to get past the rules, besides changing a job (``Cancels``).
  @Suite struct Tricks {
    @Test("a library that a member preloads is loaded into the member's programs alone")
    func preload() async throws {
      let site = try await Site.ready()
      let desk = try await Desk(site, "anouk", "longscan")
      // What loads it says so, in a file that only the member's own programs can name.
      let library = "\(desk.folder)/mine.so"
      try desk.write(
        """
        #include <stdio.h>
        #include <unistd.h>
        __attribute__((constructor)) static void say(void) {
          FILE *file = fopen("\(desk.folder)/loaded", "a");
          if (file) { fprintf(file, "%d\\n", getuid()); fclose(file); }
        }
        """, to: "mine.c")
      _ = try await site.run(["cc", "-shared", "-fPIC", "-o", library, "\(desk.folder)/mine.c"])
        .orThrow()
      _ = try await site.run(["chmod", "755", library]).orThrow()
      let open = ["install", "-m", "666", "/dev/null", "\(desk.folder)/loaded"]
      _ = try await site.run(open).orThrow()
      var jobs: [Accepted] = []
      for command in [["polder", "job", "submit", "--parsable"], ["sbatch", "--parsable"]] {
        let work = Work(name: command[0], options: ["--gpus-per-node=1"])
        // By the member's own program, not by those with which this test becomes the member.
        let output = try await site.run(
          ["env", "LD_PRELOAD=\(library)"] + command + [try desk.lay(work)], as: desk.account,
          at: desk.folder)
        let id = try output.orThrow().trimmingCharacters(in: .whitespacesAndNewlines)
        jobs.append(
          try await waiting(for: "Polder's id of \(id)") { try await desk.accepted(id, work) })
      }
      try await desk.audit(jobs)
      let loaded = try String(contentsOfFile: "\(desk.folder)/loaded", encoding: .utf8)
      let uids = Set(loaded.split(separator: "\n"))
      let own = try await site.run(["id", "-u", desk.account]).orThrow()
      #expect(
        uids == [Substring(own.trimmingCharacters(in: .whitespacesAndNewlines))], "\(uids)")
    }

    @Test("root is no member: what it submits is refused, whichever way it comes")
    func root() async throws {
      let site = try await Site.ready()
      let desk = try await Desk(site, "anouk", "longscan")
      let script = try desk.lay(Work(name: "mighty", options: ["--gpus-per-node=1"]))
      for command in [["polder", "job", "submit"], ["sbatch"]] {
        let output = try await site.run(command + ["\(desk.folder)/\(script)"], at: desk.folder)
        #expect(output.status != 0, "\(output)")
        #expect(output.complaint.contains("root"), "\(output)")
      }
      #expect(try await !site.slurmRecords().contains { $0.fields["JobName"] == "mighty" })
    }

    @Test("a member can't pass for Polder, nor for another project, by what sbatch lets one say")
    func lies() async throws {
      let site = try await Site.ready()
      let desk = try await Desk(site, "anouk", "longscan")
      let script = try desk.lay(Work(name: "liar", options: ["--gpus-per-node=1"]))
      for lie in [
        ["--account=cyber"], ["--uid=bram"], ["--priority=4294967294"], ["--qos=operator"],
        ["--admin-comment=polder:P1"], ["--reservation=maintenance"], ["--nodelist=gn99"],
      ] {
        let output = try await desk.site.run(
          ["sbatch"] + lie + [script], as: desk.account, at: desk.folder)
        #expect(output.status != 0, "\(lie): \(output)")
      }
      let output = try await site.run(
        ["sbatch", script], as: desk.account, at: desk.folder, with: ["SBATCH_ACCOUNT": "cyber"])
      #expect(output.status != 0, "\(output)")
      #expect(try await !site.slurmRecords().contains { $0.fields["JobName"] == "liar" })
    }
  }
}
