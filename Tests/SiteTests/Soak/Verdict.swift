import Foundation
import Wire

/// What the scripts, Slurm and Polder say of one stream, held against each other: every run that
/// Slurm ran was charged once by Slurm's times, none is stuck, none ran where it was not placed.
struct Verdict {
  /// How often each thing happened that has a rule, by its name.
  private(set) var counts: [String: Int] = [:]
  /// What has none.
  private(set) var faults: [String] = []

  private let evidence: Evidence
  /// What scripts said of runs that Slurm did not forget.
  private var regular: Set<ScriptLine> = []

  /// - Parameter nodesMended: how often an operator put a node back that slurmctld had drained.
  init(_ evidence: Evidence, nodesMended: Int) {
    self.evidence = evidence
    if nodesMended > 0 { counts["node drained by slurmctld"] = nodesMended }
    judgeJobs()
    for (run, shot) in evidence.runs { judgeMoney(of: run, shot) }
    for run in evidence.runs.map(\.run) where run.start != nil { judgeTimes(of: run) }
    judgeRecord()
    judgeScripts()
    judgeDevices()
  }

  private mutating func fault(_ text: String) { faults.append(text) }
  private mutating func count(_ rule: String) { counts[rule, default: 0] += 1 }

  private mutating func judgeJobs() {
    for name in evidence.accepted.keys.sorted() where evidence.jobs[name] == nil {
      fault("\(name) was accepted and is missing")
    }
    let tasks = evidence.jobs.values.joined().flatMap(\.tasks)
    if tasks.filter({ $0.state == "completed" }).count * 10 < tasks.count * 9 {
      fault("fewer than nine in ten of \(tasks.count) tasks completed")
    }
    for (name, jobs) in evidence.jobs.sorted(by: { $0.key < $1.key }) {
      if jobs.count > 1 { fault("\(name) is there \(jobs.count) times") }
      for task in jobs.flatMap(\.tasks) {
        if ["waiting", "starting", "running"].contains(task.state) {
          fault("\(task.id) is stuck: \(task.state), \(task.reason?.text ?? "without a reason")")
        } else {
          count("task \(task.state)")
        }
      }
    }
  }

  /// What a run held was charged or given back, once, by its weight to the second.
  private mutating func judgeMoney(of run: RunView, _ shot: Shot) {
    let own = evidence.entries[run.id] ?? []
    func sum(_ kind: String) -> Int64 { own.filter { $0.kind == kind }.map(\.amount).reduce(0, +) }
    for kind in ["charge", "release", "refund"] where own.filter({ $0.kind == kind }).count > 1 {
      fault("\(run.id) has more than one \(kind)")
    }
    if sum("hold") != sum("charge") + sum("release") { fault("\(run.id)'s hold is not settled") }
    if sum("charge") != run.charged ?? 0 { fault("\(run.id) shows another charge than its entry") }
    guard let start = run.start, let end = run.end else {
      if sum("charge") != 0 { fault("\(run.id) never ran and is charged") }
      return count("run without a start")
    }
    if run.weightThousandths != shot.weight { fault("\(run.id) weighs \(run.weightThousandths)") }
    // Slurm's times are whole seconds; of what it lost the end is ours, and counts as begun.
    let due = min(run.weightThousandths * ((end - start + 999) / 1000), sum("hold"))
    if sum("charge") != due { fault("\(run.id) is charged \(sum("charge")) where \(due) is due") }
    if sum("hold") == 0 { fault("\(run.id) ran without a hold") }
    judgeRefund(sum("refund"), of: run)
  }

  /// What is the site's fault is given back whole, and nothing else.
  private mutating func judgeRefund(_ refund: Int64, of run: RunView) {
    let charge = run.charged ?? 0
    if evidence.isSites(run) || evidence.isRepeated(run) {
      if refund != charge { fault("\(run.id), \(run.outcome ?? "?"), has \(refund) back") }
    } else if refund != 0 {
      fault("\(run.id), \(run.outcome ?? "?"), has \(refund) back")
    }
  }

  /// The times of a run are Slurm's.
  private mutating func judgeTimes(of run: RunView) {
    let lines = evidence.record(of: run.slurmJobID).filter { $0.start == run.start }
    if lines.contains(where: { $0.end == run.end }) {
      count("run as recorded")
    } else if run.outcome == "lost" {
      // What is recorded of its second can be another run, which was put back before this one began.
      let others = evidence.runsBySlurmID[run.slurmJobID ?? 0] ?? []
      let isOther = { (line: Evidence.Line) in
        others.contains {
          $0.id != run.id && $0.outcome != "lost" && $0.start == line.start && $0.end == line.end
        }
      }
      if lines.allSatisfy(isOther) {
        count("run vanished")
      } else {
        fault("\(run.id) is lost and recorded")
      }
    } else if evidence.listed(run) {
      count("run as listed")
    } else {
      fault(
        "\(run.id) (\(run.slurmJobID ?? 0)) ran from \(run.start ?? 0) to \(run.end ?? 0), "
          + "\(run.outcome ?? "?"); Slurm says \(lines)")
    }
  }

  /// What Slurm recorded is ours, once.
  private mutating func judgeRecord() {
    for (id, lines) in evidence.recorded.sorted(by: { $0.key < $1.key }) {
      let runs = evidence.runsBySlurmID[id] ?? []
      for start in Set(lines.map(\.start)) {
        let ends = lines.filter { $0.start == start }
        // One that Slurm lost is in no line: `judgeTimes` sees to that.
        let mine = runs.filter { $0.start == start && $0.outcome != "lost" }
        // What was put back can begin again in the same second: those are two runs.
        let putBack = Set(ends.filter { $0.state == "PENDING" }).count
        let most = max(putBack + (ends.contains { $0.state != "PENDING" } ? 1 : 0), 1)
        if ends.count > most { count("end recorded twice by Slurm") }
        if !(1...most).contains(mine.count) {
          fault("Slurm's run \(id) of \(ends) is charged \(mine.count) times")
        }
      }
    }
  }

  /// Each script ran as a run of ours, on a node that it was given, once. One of a run that slurmctld
  /// forgot may have begun without anybody but its node knowing.
  private mutating func judgeScripts() {
    for (task, lines) in Dictionary(grouping: evidence.begun, by: \.task) {
      var runs = evidence.runsByTask[task] ?? []
      for line in lines {
        if line.devices.isEmpty { fault("\(task) began without a GPU") }
        let mine = runs.firstIndex { run in
          run.start != nil && run.slurmJobID == line.slurmJobID && run.nodes.contains(line.node)
        }
        let forgotten = runs.firstIndex { run in
          (run.start == nil || run.outcome == "lost") && run.nodes.contains(line.node)
        }
        if let mine {
          // Of one whose start slurmctld forgot it lends the GPUs again.
          if runs.remove(at: mine).outcome != "lost" { regular.insert(line) }
        } else if let forgotten {
          runs.remove(at: forgotten)
          count("script that slurmctld forgot")
        } else {
          fault(
            "\(task) began on \(line.node) as \(line.slurmJobID), at \(line.time), and has "
              + "only \(runs)")
        }
      }
    }
  }

  /// No GPU was lent to two at once. One that Slurm forgot lives on until its node's slurmd tells.
  private mutating func judgeDevices() {
    let ends = Dictionary(grouping: evidence.ended, by: \.slurmJobID)
    var lent: [String: [(from: Int64, until: Int64, id: Int64)]] = [:]
    for line in regular {
      guard let end = ends[line.slurmJobID]?.first(where: { $0.time >= line.time }) else {
        continue
      }
      for device in line.devices {
        lent["\(line.node)/\(device)", default: []].append(
          (from: line.time, until: end.time, id: line.slurmJobID))
      }
    }
    for (device, uses) in lent {
      let uses = uses.sorted { $0.from < $1.from }
      for (first, second) in zip(uses, uses.dropFirst()) where second.from < first.until {
        fault("\(device) was lent to \(first.id) and \(second.id) at once")
      }
    }
  }
}

/// All that the judge reads, gathered when the stream is over.
struct Evidence {
  /// A line of slurmctld's own record, times in milliseconds since 1970.
  struct Line: Hashable {
    let start: Int64
    let end: Int64
    let state: String
  }

  let accepted: [String: Shot]
  /// Polder's jobs of the stream, by name.
  let jobs: [String: [JobView]]
  let runs: [(run: RunView, shot: Shot)]
  let runsBySlurmID: [Int64: [RunView]]
  /// By what scripts call their task.
  let runsByTask: [String: [RunView]]
  /// Entries of the books, by run.
  let entries: [String: [EntryView]]
  /// What ran, by Slurm's job id.
  let recorded: [Int64: [Line]]
  let begun: [ScriptLine]
  let ended: [ScriptLine]
  private let records: [SlurmRecord]

  init(_ desk: Desk, _ magazine: Magazine) async throws {
    accepted = await magazine.accepted
    let shots = await magazine.doubtful.merging(accepted) { _, shot in shot }
    let all = try await desk.site.read(
      [JobView].self, ["polder", "job", "list", "--all", "--project=\(desk.project)"],
      as: desk.account)
    jobs = Dictionary(grouping: all.filter { shots[$0.name] != nil }, by: \.name)
    runs = jobs.flatMap { name, jobs in
      jobs.flatMap(\.tasks).flatMap(\.runs).compactMap { run in shots[name].map { (run, $0) } }
    }
    runsBySlurmID = Dictionary(
      grouping: runs.map(\.run).filter { $0.slurmJobID != nil }, by: { $0.slurmJobID ?? 0 })
    runsByTask = Dictionary(
      jobs.values.joined().flatMap { job in
        job.tasks.map { task in
          ("\(job.name):\(task.id.split(separator: "_").dropFirst().joined())", task.runs)
        }
      }, uniquingKeysWith: +)
    entries = Dictionary(
      grouping: try await desk.site.read([EntryView].self, ["polder", "ledger", desk.project])
        .filter { $0.run != nil }, by: { $0.run ?? "" })
    let text = try String(
      contentsOfFile: "\(desk.site.folder)/slurm/jobcomp.log", encoding: .utf8)
    var recorded: [Int64: [Line]] = [:]
    for line in text.split(separator: "\n").map(SlurmRecord.init) where line.state != "RESIZING" {
      guard shots[line.fields["Name"] ?? ""] != nil, let id = line.jobID, let start = line.start,
        let end = line.end
      else { continue }
      recorded[id, default: []].append(
        Line(start: start * 1000, end: end * 1000, state: line.state))
    }
    self.recorded = recorded
    begun = desk.lines(of: "begun")
    ended = desk.lines(of: "ended")
    records = try await desk.site.slurmRecords()
  }

  func record(of slurmJobID: Int64?) -> [Line] { slurmJobID.flatMap { recorded[$0] } ?? [] }

  /// It ended by the site's fault.
  func isSites(_ run: RunView) -> Bool {
    ["lost", "node-failed", "boot-failed"].contains(run.outcome)
  }

  /// Its task had ended by an earlier run.
  func isRepeated(_ run: RunView) -> Bool {
    let own = runsByTask.values.first { $0.contains(run) } ?? []
    return own.prefix { $0 != run }.contains { earlier in
      // What Slurm put back by itself, as it does where a node still ran the id that a killed
      // slurmctld gave again, had not ended its task either: "preempted".
      earlier.start != nil && !isSites(earlier) && earlier.outcome != "preempted"
    }
  }

  /// Slurm lists the run with these times, though it did not record them.
  func listed(_ run: RunView) -> Bool {
    records.contains { record in
      record.jobID == run.slurmJobID && record.start.map { $0 * 1000 } == run.start
        && record.end.map { $0 * 1000 } == run.end
    }
  }
}
