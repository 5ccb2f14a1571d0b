import Crypto

/// The starts of a replay as `job,start` lines, and their digest.
package enum StartsWriter {
  /// The trace's numbers and seconds, in the workload's order; −1 for a job that never started.
  package static func csv(_ workload: Workload, _ result: ReplayResult) -> [UInt8] {
    var text = Array("job,start\n".utf8)
    text.reserveCapacity(workload.jobs.count * 20)
    for (job, start) in zip(workload.jobs, result.starts) {
      text += "\(job.number),\(start)\n".utf8
    }
    return text
  }

  /// SHA-256 over those lines, the first included, in hexadecimal.
  package static func digest(_ csv: [UInt8]) -> String { hexadecimal(SHA256.hash(data: csv)) }

  /// SHA-256 over all that a workload's jobs are, in hexadecimal.
  package static func digest(_ workload: Workload) -> String {
    var hash = SHA256()
    for job in workload.jobs {
      let numbers =
        [job.number, job.submit, job.run, job.limit]
        + [job.nodes, job.perNode.gpuThousandths, job.perNode.cpuThousandths].map(Int64.init)
        + [Int64(job.perNode.memoryMiB)]
      let owner = job.owner
      let texts =
        [owner.funder, owner.programme, owner.project, owner.member] + job.gpuTypes
      let line = numbers.map(String.init) + texts
      hash.update(data: Array((line.joined(separator: ",") + "\n").utf8))
    }
    return hexadecimal(hash.finalize())
  }

  private static func hexadecimal(_ digest: SHA256.Digest) -> String {
    digest.map { byte in
      let text = String(byte, radix: 16)
      return text.count == 1 ? "0" + text : text
    }.joined()
  }
}
