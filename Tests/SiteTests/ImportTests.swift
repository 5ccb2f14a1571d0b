import Foundation
import Testing

extension SiteTests {
  @Suite struct Importing {
    @Test("what the site's own Slurm prints becomes a description that apply accepts")
    func own() async throws {
      let site = try await Site.ready()
      let desk = try await Desk(site, "beheer", "none")
      let told = try await desk.run("polder", "import", "slurm", "--output", "made").orThrow()
      #expect(told.contains("chosen: partition gpu is Slurm's default"), "\(told)")
      let nodes = try String(contentsOfFile: "\(desk.folder)/made/nodes.yaml", encoding: .utf8)
      for node in [
        "id: gn[01-02]\n    gpuType: h100\n    gpus: 4\n    cpus: 80\n    memory: 512000 MiB\n",
        "id: gn04\n    gpuType: h100\n", "shardsPerGPU: 4\n    features: [nvme]",
        "id: gn05\n    gpuType: h100_1g.10gb\n    gpus: 4\n",
      ] {
        #expect(nodes.contains(node), "\(node): \(nodes)")
      }
      let partitions = try String(
        contentsOfFile: "\(desk.folder)/made/partitions.yaml", encoding: .utf8)
      #expect(partitions.contains("id: whole\n    nodes: gn[01-04]\n    wholeNodes: true\n"))
      #expect(partitions.contains("rates: {perGPU: 1.000, perCPU: 0.050, perGiB: 0.008}"))
      let plan = try await desk.run("polder", "apply", "-f", "made", "--dry-run").orThrow()
      #expect(plan.contains("gn05"), "\(plan)")
      let again = try await desk.run("polder", "import", "slurm", "--output", "made")
      #expect(again.status == 65 && again.complaint.contains("is there already"))
    }
  }
}
