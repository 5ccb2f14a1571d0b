import Foundation
import Testing
import Wire

extension SiteTests {
  /// Who is served first by the real daemon: the example describes an order by shares.
  @Suite struct Shares {
    @Test("two projects with equal shares are interleaved, whoever queued all of its jobs first")
    func interleaved() async throws {
      let site = try await Site.ready()
      let first = try await Desk(site, "bram", "dunes")
      let second = try await Desk(site, "daan", "tides")
      try await first.openProjects([("dunes", "bram"), ("tides", "daan")])
      // All but one node each, so that one runs at a time.
      let options = ["--nodes=3", "--gpus-per-node=4", "--time=1"]
      var jobs: [(desk: Desk, job: Accepted)] = []
      for (desk, name) in [(first, "dune"), (second, "tide")] {
        for number in 1...3 {
          let work = Work(name: "\(name)\(number)", seconds: 2, options: options)
          jobs.append((desk, try await desk.submit(work)))
        }
      }
      // While they wait their priorities are told: own ones by name, others as a count.
      let told = try await site.read(PrioritiesView.self, ["polder", "priority"], as: "daan")
      #expect(told.jobs.allSatisfy { $0.owner == "daan" && $0.priority != nil })
      #expect(told.waiting >= told.jobs.count)
      for (desk, job) in jobs {
        try await desk.wait(for: job, toHave: \.isBegun, atMost: 120)
      }
      var starts: [(name: String, start: Int64)] = []
      for (desk, job) in jobs {
        let start = try await desk.job(job).tasks.first?.runs.first?.start
        starts.append((job.work.name, try #require(start)))
      }
      let order = starts.sorted { $0.start < $1.start }.map(\.name)
      let second1 = try #require(order.firstIndex { $0.hasPrefix("tide") })
      let dunes = order.indices.filter { order[$0].hasPrefix("dune") }
      #expect(dunes.count == 3 && second1 < dunes[1], "\(order)")
      try await first.audit(jobs.filter { $0.desk.account == "bram" }.map(\.job))
      try await second.audit(jobs.filter { $0.desk.account == "daan" }.map(\.job))
    }
  }
}

extension Desk {
  /// Projects of one funder that nobody used yet, each with an allocation.
  fileprivate func openProjects(_ projects: [(id: String, account: String)]) async throws {
    var description = """
      kind: Programme
      id: coast
      name: Coast
      funder: region
      mode: Coast
      amount:
        least: 1 GPU-s
        most: 100 GPU-h
      maximumMonths: 1
      accessWorkingDays: 1

      """
    for (number, project) in projects.enumerated() {
      description += """
        ---
        kind: Project
        id: \(project.id)
        reference: NL-AIF-2026-01\(number)
        title: A project on the coast
        organisation: university
        members:
          - account: \(project.account)
            role: PI
        ---
        kind: Allocation
        id: \(project.id)-1
        project: \(project.id)
        programme: coast
        granted: 100 GPU-h
        window:
          from: ${today - 1d}
          until: ${today + 2d}

        """
    }
    try await apply(description)
  }
}
