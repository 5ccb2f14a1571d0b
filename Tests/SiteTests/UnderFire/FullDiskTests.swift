import Foundation
import Testing
import Wire

extension SiteTests {
  /// The disk under slurmctld's own record of ended jobs is full.
  @Suite struct FullDisks {
    @Test("what ends while Slurm can't record it is charged once, by what Slurm lists")
    func full() async throws {
      let site = try await Site.ready()
      let desk = try await Desk(site, "chen", "cropwatch")
      let gpu = ["--gpus-per-node=1"]
      try await SmallDisk.run(under: "slurm/jobcomp.log", site) { disk in
        let before = try await desk.submit(Work(name: "before", options: gpu))
        try await desk.audit([before])
        try await disk.fill()
        var jobs = [before]
        for number in 1...4 {
          jobs.append(try await desk.submit(Work(name: "full\(number)", options: gpu)))
        }
        for job in jobs { try await desk.wait(for: job) { $0.state == "completed" } }
        // The end of a line that did not fit may be missing: the next begins in the middle of it.
        try await disk.clear()
        jobs.append(try await desk.submit(Work(name: "after", options: gpu)))
        jobs.append(try await desk.submit(Work(name: "later", options: gpu)))
        try await desk.audit(jobs)
        // Also what is read of it again.
        try await site.kill(.bridge)
        try await site.kill(.daemon)
        jobs.append(try await desk.submitAtLast(Work(name: "last", options: gpu)))
        try await desk.audit(jobs)
      }
    }
  }
}

/// A disk with nothing but one file of the site on it, and 64 KiB of room.
private struct SmallDisk {
  private let site: Site
  /// The file, which is a link to the one on the disk.
  private let file: String

  static func run(
    under file: String, _ site: Site, _ act: (SmallDisk) async throws -> Void
  ) async throws {
    let disk = SmallDisk(site: site, file: "\(site.folder)/\(file)")
    try await disk.put()
    let outcome: Result<Void, any Error>
    do {
      outcome = .success(try await act(disk))
    } catch {
      outcome = .failure(error)
    }
    try await disk.remove()
    try outcome.get()
  }

  private func put() async throws {
    try await move(
      """
      mkdir -p "$1.disk"
      size=$(($(stat -c %s "$1") / 1024 + 64))k
      mount -t tmpfs -o size=$size,mode=755,uid=$(id -u slurm),gid=$(id -g slurm) tmpfs "$1.disk"
      cp -a "$1" "$1.disk/file"
      rm "$1"
      ln -s "$1.disk/file" "$1"
      """)
  }

  /// Leaves not a byte of it.
  func fill() async throws { try await shell("cat /dev/zero > \"$1.disk/rest\" || true") }
  func clear() async throws { try await shell("rm \"$1.disk/rest\"") }

  /// The file goes on where it was.
  private func remove() async throws {
    try await move(
      """
      rm "$1"
      cp -a "$1.disk/file" "$1"
      umount "$1.disk"
      rmdir "$1.disk"
      """)
  }

  /// What slurmctld has open stays where it is.
  private func move(_ script: String) async throws {
    for service in [Site.Service.bridge, .slurmctld] { try await site.stop(service) }
    try await shell(script)
    for service in [Site.Service.slurmctld, .bridge] { try await site.start(service) }
  }

  private func shell(_ script: String) async throws {
    _ = try await site.run(["sh", "-ec", script, "sh", file]).orThrow()
  }
}
