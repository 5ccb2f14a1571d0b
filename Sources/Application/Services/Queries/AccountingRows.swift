import Domain
import Lifecycle
import Wire

/// A job as Slurm's accounting would have it: a row for each run, and one for what waits or ended
/// without a run. Pure.
struct AccountingRows {
  /// What is known of an account of this machine.
  struct Person {
    let name: String
    var uid: UInt32?
    var gid: UInt32?
    var group: String?
  }

  private let sheet: JobSheet
  private let centre: Centre
  private let person: Person
  private let plan: [TaskID: BoardState.Wait]

  init(_ sheet: JobSheet, _ centre: Centre, _ person: Person, _ plan: [TaskID: BoardState.Wait]) {
    self.sheet = sheet
    self.centre = centre
    self.person = person
    self.plan = plan
  }

  private var job: JobRecord { sheet.job }

  /// By task and attempt; what waits alike of an array, together, comes last, as its index does in
  /// Slurm.
  var rows: [AccountingRow] {
    let runs = Dictionary(grouping: sheet.runs) { $0.run.id.task }
    var rows: [AccountingRow] = []
    var waiting: [TaskRecord] = []
    for task in sheet.tasks {
      let begun = (runs[task.id] ?? []).filter { Self.start(of: $0) != nil }
      rows += begun.map { row(of: $0, task) }
      switch task.state {
      case .waiting, .starting: waiting.append(task)
      case .running: break
      case .ended(let outcome):
        // What ran last is its end, unless it went back to wait and was cancelled then.
        if begun.last?.end.map({ !$0.requeued }) != true { rows.append(row(of: task, outcome)) }
      }
    }
    return rows + grouped(waiting)
  }

  private static func start(of sheet: RunSheet) -> Instant? {
    sheet.end.map { $0.start } ?? sheet.run.started
  }

  // MARK: Rows

  private func row(of sheet: RunSheet, _ task: TaskRecord) -> AccountingRow {
    let run = sheet.run
    var row = base(task, sheet.end?.outcome.rawValue ?? "running")
    row.slurmRunID = sheet.slurmJobID
    row.partition = (run.placement.partition ?? job.request.partition).text
    row.eligible = firstEligible.milliseconds
    row.start = Self.start(of: sheet)?.milliseconds
    row.end = sheet.end?.end.milliseconds
    row.nodes = run.placement.nodes.map(\.text)
    row.allocated = share(of: sheet)
    row.exitCode = sheet.end?.exitCode ?? 0
    row.signal = sheet.end?.signal ?? 0
    return row
  }

  private func row(of task: TaskRecord, _ outcome: TaskOutcome) -> AccountingRow {
    var row = base(task, outcome.rawValue)
    row.slurmRunID = task.id.index == nil ? task.slurmJobID(in: job) : nil
    row.end = (sheet.ended[task.id] ?? job.submitted).milliseconds
    row.eligible = firstEligible.milliseconds
    return row
  }

  /// Tasks that wait with the same limit, id and reason are one row.
  private func grouped(_ tasks: [TaskRecord]) -> [AccountingRow] {
    var rows: [AccountingRow] = []
    for task in tasks {
      let reason = reason(of: task)
      let slurmID = task.slurmJobID(in: job)
      let limit = job.request(of: task).timeLimit.count
      if let index = task.id.index,
        let alike = rows.lastIndex(where: {
          $0.reason == reason && $0.slurmJobID == slurmID && $0.limitSeconds == limit
        })
      {
        rows[alike].indices.append(index)
        rows[alike].id = "\(job.id)"
        continue
      }
      var row = base(task, "waiting")
      row.slurmRunID = slurmID
      row.eligible = isEligible(task) ? firstEligible.milliseconds : nil
      row.reason = reason
      rows.append(row)
    }
    return rows
  }

  private func base(_ task: TaskRecord, _ state: String) -> AccountingRow {
    let request = job.request(of: task)
    var row = AccountingRow(
      id: "\(task.id)", name: request.name, user: person.name, project: request.project.text,
      partition: request.partitions.map(\.text).joined(separator: ","), state: state,
      submitted: job.submitted.milliseconds, limitSeconds: request.timeLimit.count,
      asked: asked(request))
    row.indices = task.id.index.map { [$0] } ?? []
    row.isArray = task.id.index != nil
    row.throttle = request.arrayThrottle
    row.slurmJobID = task.slurmJobID(in: job)
    row.uid = person.uid
    row.gid = person.gid
    row.group = person.group
    row.qos = request.wishes.qos?.text
    row.features = request.terms.features?.description
    return row
  }

  private func reason(of task: TaskRecord) -> String? {
    guard task.state == .waiting else { return nil }
    guard let reason = plan[task.id]?.reason else { return nil }
    return Wording(seesSums: false) { _ in true }.view(reason).code
  }

  // MARK: Times

  /// As far as the job itself goes.
  private var firstEligible: Instant {
    max(job.submitted, job.request.notBefore ?? job.submitted)
  }

  /// What waits for others, or for its begin time, can't run yet.
  private func isEligible(_ task: TaskRecord) -> Bool {
    switch plan[task.id]?.reason.map({ Wording(seesSums: false) { _ in true }.view($0).code }) {
    case "dependency", "singleton", "begin-time": false
    default: true
    }
  }

  // MARK: Shares

  private func asked(_ request: JobRequest) -> AccountingShare {
    let nodes = centre.partitions[request.partition]?.nodes ?? []
    let shards = nodes.lazy.compactMap { centre.nodes[$0]?.shards(in: request.perNode) }.first ?? 0
    return AccountingShare(
      nodes: request.nodeCount, cpus: request.perNode.cpus * request.nodeCount,
      memoryMiB: request.perNode.memoryMiB * request.nodeCount,
      gpus: request.perNode.gpuThousandths > 0 ? 0 : request.perNode.gpus * request.nodeCount,
      gpuType: request.gpuType, shards: shards * request.nodeCount)
  }

  private func share(of sheet: RunSheet) -> AccountingShare {
    var total = AccountingShare(
      nodes: sheet.run.placement.nodes.count, cpus: 0, memoryMiB: 0, gpus: 0, gpuType: nil)
    var types: Set<String> = []
    for name in sheet.run.placement.nodes {
      let share = sheet.allocated[name] ?? sheet.run.placement.perNode
      total.cpus += share.cpus
      total.memoryMiB += share.memoryMiB
      if share.gpuThousandths > 0 {
        total.shards += centre.nodes[name]?.shards(in: share) ?? 0
      } else {
        total.gpus += share.gpus
      }
      if let type = centre.nodes[name]?.gpuType, !type.isEmpty { types.insert(type) }
    }
    total.gpuType = types.count == 1 ? types.first : job.request.gpuType
    return total
  }
}
