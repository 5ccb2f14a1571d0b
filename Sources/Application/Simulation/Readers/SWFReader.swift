/// The Standard Workload Format: 18 numbers a line, −1 for what is unknown; lines that begin with
/// `;` are the header (Chapin et al., "Benchmarks and Standards for the Evaluation of Parallel Job
/// Schedulers", JSSPP 1999; version 2.2 at the Parallel Workloads Archive).
package enum SWFReader {
  /// The columns of interest, from 0.
  private enum Column {
    static let number = 0
    static let submit = 1
    static let run = 3
    static let allocated = 4
    static let requested = 7
    static let limit = 8
    static let user = 11
    static let group = 12
    static let count = 18
  }

  private struct User: Hashable {
    let number: Int64
    let group: Int64
  }

  /// - Throws: ``TraceFault``.
  package static func read(_ bytes: [UInt8], file: String) throws(TraceFault) -> Workload {
    var lines = TraceLines(bytes, file: file)
    var jobs = TraceJobs()
    var header: [String] = []
    // The same few texts again and again: kept once.
    var owners: [User: WorkloadOwner] = [:]
    while try lines.next() {
      guard let first = lines.first else { continue }
      if first == UInt8(ascii: ";") {
        header.append(String(lines.text.drop { $0 == ";" || $0 == " " }))
        continue
      }
      lines.split(.blanks)
      guard lines.fields.count >= Column.count else {
        throw lines.fault("a job has \(Column.count) columns; this line has \(lines.fields.count)")
      }
      let run = try lines.whole(Column.run, "column 4 (run time)")
      let submit = try lines.whole(Column.submit, "column 2 (submit time)")
      let limit = try lines.whole(Column.limit, "column 9 (requested time)")
      let nodes = try processors(lines)
      if nodes <= 0 {
        jobs.skip(.noProcessors)
      } else if run <= 0 {
        jobs.skip(.noRunTime)
      } else if submit < 0 {
        jobs.skip(.noSubmission)
      } else {
        let job = WorkloadJob(
          number: try lines.whole(Column.number, "column 1 (job number)"),
          times: WorkloadTimes(submit: submit, run: run, limit: limit > 0 ? limit : run),
          nodes: nodes, owner: try owner(lines, &owners))
        try jobs.add(job, at: lines)
      }
    }
    return Workload(jobs: jobs.jobs, skipped: jobs.skipped, header: header)
  }

  /// Those asked for, else those allocated.
  private static func processors(_ lines: TraceLines) throws(TraceFault) -> Int {
    let requested = try lines.whole(Column.requested, "column 8 (requested processors)")
    let allocated = try lines.whole(Column.allocated, "column 5 (allocated processors)")
    let count = requested > 0 ? requested : allocated
    guard count <= 1_000_000_000 else { throw lines.fault("\(count) processors are too many") }
    return Int(count)
  }

  /// Groups and users by number; what is unknown stays empty.
  private static func owner(
    _ lines: TraceLines, _ owners: inout [User: WorkloadOwner]
  ) throws(TraceFault) -> WorkloadOwner {
    let user = User(
      number: try lines.whole(Column.user, "column 12 (user)"),
      group: try lines.whole(Column.group, "column 13 (group)"))
    if let known = owners[user] { return known }
    let owner = WorkloadOwner(
      project: user.group >= 0 ? "g\(user.group)" : "",
      member: user.number >= 0 ? "u\(user.number)" : "")
    owners[user] = owner
    return owner
  }
}
