/// A workload in the Standard Workload Format.
package enum SWFWriter {
  /// One job a line, in order; users, groups and access modes (as queues) are numbered in order of
  /// their first job, and the header names them. Of a machine with GPUs, processors are GPUs, a
  /// part of one counting as one.
  package static func text(_ workload: Workload, measure: MachineModel.Measure) -> [UInt8] {
    var names = (users: Numbering(), groups: Numbering(), queues: Numbering())
    var body: [UInt8] = []
    body.reserveCapacity(workload.jobs.count * 64)
    for job in workload.jobs {
      let processors = (job.demandThousandths(measure) + 999) / 1000
      let numbers: [Int64] = [
        job.number, job.submit, -1, job.run, Int64(processors), -1, -1, Int64(processors),
        job.limit, -1, 1, names.users.number(job.owner.member),
        names.groups.number(job.owner.project), -1, names.queues.number(job.owner.programme), -1,
        -1, -1,
      ]
      body += numbers.map(String.init).joined(separator: " ").utf8
      body.append(UInt8(ascii: "\n"))
    }
    var head = workload.header.map { "; \($0)\n" }.joined()
    for (index, queue) in names.queues.names.enumerated() where !queue.isEmpty {
      head += "; Queue: \(index + 1) \(queue)\n"
    }
    return Array(head.utf8) + body
  }
}

/// Numbers for names, from 1 in order of appearance; −1 for an empty one.
private struct Numbering {
  private(set) var names: [String] = []
  private var numbers: [String: Int64] = [:]

  mutating func number(_ name: String) -> Int64 {
    if name.isEmpty { return -1 }
    if let known = numbers[name] { return known }
    names.append(name)
    numbers[name] = Int64(names.count)
    return Int64(names.count)
  }
}
