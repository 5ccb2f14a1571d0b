import Foundation
import Testing
import Wire

extension SiteTests {
  /// What a job says of its nodes, through both ways in.
  @Suite struct Terms {
    /// A wish, and the node that alone meets it, at the time of the test.
    struct Wish: Sendable, CustomTestStringConvertible {
      let options: [String]
      let nodes: [String]
      let conditions: [String]

      var testDescription: String { options.joined(separator: " ") }
    }

    static let wishes = [
      Wish(
        options: ["--constraint=nvme"], nodes: ["gn03"], conditions: ["--constraint=nvme"]),
      Wish(
        options: ["--nodelist=gn04"], nodes: ["gn04"], conditions: ["--nodelist=gn04"]),
      Wish(
        options: ["--exclude=gn01,gn03", "--constraint=nvme|nvme"], nodes: ["gn04"],
        conditions: ["--constraint=nvme|nvme", "--exclude=gn01,gn03"]),
      Wish(
        options: ["--nodes=2", "--nodelist=gn02"], nodes: ["gn01", "gn02"],
        conditions: ["--nodelist=gn02"]),
    ]

    @Test("a job runs on the nodes that its terms leave, whichever way it came", arguments: wishes)
    func places(_ wish: Wish) async throws {
      let desk = try await Desk(Site.ready(), "anouk", "longscan")
      let options = ["--gpus-per-node=1"] + wish.options
      for job in [
        try await desk.submit(Work(name: "termed", options: options)),
        try await desk.sbatch(Work(name: "termed", options: options)),
      ] {
        try await desk.wait(for: job) { $0.state == "completed" }
        let view = try await desk.job(job)
        #expect(view.tasks[0].runs.map(\.nodes) == [wish.nodes])
        #expect(view.conditions == wish.conditions)
      }
    }

    @Test("terms that no node meets are refused with their numbers, whichever way they came")
    func refused() async throws {
      let desk = try await Desk(Site.ready(), "anouk", "longscan")
      let work = Work(
        name: "refused", options: ["--gpus-per-node=1", "--constraint=nvme&tape"])
      for output in [
        try await desk.trySubmit(work, key: UUID().uuidString),
        try await desk.run("sbatch", try desk.lay(work)),
      ] {
        #expect(output.status != 0)
        for words in ["none of 4 nodes", "nvme&tape", "nvme (2)"] {
          #expect(output.complaint.contains(words), "\(output.complaint)")
        }
      }
    }
  }
}
