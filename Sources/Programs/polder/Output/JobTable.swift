import Wire

/// Jobs as a queue: a row a job, or a row for each group of array tasks that stand alike.
struct JobTable {
  private let jobs: [JobView]
  private let clock: Clock

  init(_ jobs: [JobView], _ clock: Clock) {
    self.jobs = jobs
    self.clock = clock
  }

  func lines(width: Int = Terminal.columns) -> [String] {
    var table = Table(
      [
        "ID", "NAME", "OWNER", "PROJECT", "STATE", ">NODES×GPUS", ">LIMIT",
        "START (\(clock.zoneName))",
      ], spare: spare, cuttable: "NAME")
    for job in jobs {
      for group in Self.groups(of: job) {
        table.add(row(job, group), beneath: beneath(job, group.task))
      }
    }
    return table.lines(width: width)
  }

  /// What is left out first where there is no room: what is the same of all jobs, else the limit,
  /// which `polder job show` tells. Whose a job is stays longest.
  private var spare: [String] {
    var spare: [String] = []
    if Set(jobs.map(\.project)).count == 1 { spare.append("PROJECT") }
    if Set(jobs.map(\.owner)).count == 1 { spare.append("OWNER") }
    return spare + ["LIMIT", "OWNER"].filter { !spare.contains($0) }
  }

  /// Tasks that differ in nothing that the table shows.
  struct Group {
    let id: String
    let task: TaskView
  }

  static func groups(of job: JobView) -> [Group] {
    var groups: [(task: TaskView, indices: [Int])] = []
    for task in job.tasks {
      guard let index = task.id.split(separator: "_").dropFirst().first.flatMap({ Int($0) }) else {
        groups.append((task, []))
        continue
      }
      let alike = groups.firstIndex { group in
        !group.indices.isEmpty && group.task.state == task.state
          && group.task.reason == task.reason && group.task.expectedStart == task.expectedStart
          && group.task.timeLimitSeconds == task.timeLimitSeconds
      }
      if let alike {
        groups[alike].indices.append(index)
      } else {
        groups.append((task, [index]))
      }
    }
    return groups.map { task, indices in
      let id: String
      switch indices.count {
      case 0: id = job.id
      case 1: id = task.id
      default: id = "\(job.id)_[\(Text.ranges(indices))]"
      }
      return Group(id: id, task: task)
    }
  }

  /// Why a task does not run, and if it waits, what puts it behind others.
  private func beneath(_ job: JobView, _ task: TaskView) -> String? {
    let warnings = task.state == "waiting" ? job.warnings : []
    let sentences = ([task.reason].compactMap { $0 } + warnings).map(ReasonText.sentence)
    return sentences.isEmpty ? nil : sentences.joined(separator: "\n")
  }

  /// The limit in force: of what runs its run's.
  private func limit(_ job: JobView, _ task: TaskView) -> Int64 {
    guard task.state != "waiting" else { return task.timeLimitSeconds ?? job.timeLimitSeconds }
    return task.runs.last?.timeLimitSeconds ?? job.timeLimitSeconds
  }

  private func gpus(_ job: JobView) -> String {
    job.gpuThousandthsPerNode.map { Amount.weight(Int64($0)) } ?? "\(job.gpusPerNode)"
  }

  private func row(_ job: JobView, _ group: Group) -> [Table.Cell] {
    [
      .init(group.id), .init(job.name.isEmpty ? "–" : job.name), .init(job.owner),
      .init(job.project),
      .init(group.task.state, .of(state: group.task.state)),
      .init("\(job.nodes)×\(gpus(job))"), .init(Clock.limit(limit(job, group.task))),
      .init(
        TaskText.start(group.task, clock), short: TaskText.shortStart(group.task, clock)),
    ]
  }
}

/// What is said of one task in more than one place.
enum TaskText {
  /// When it started, or is expected to.
  static func start(_ task: TaskView, _ clock: Clock) -> String {
    if let start = task.runs.last?.start, task.state != "waiting" {
      return "\(clock.short(start)) (\(clock.away(start)))"
    }
    if let expected = task.expectedStart {
      return expected <= clock.now
        ? "expected now" : "expected \(clock.short(expected)) (\(clock.away(expected)))"
    }
    return task.state == "waiting" ? "not known yet" : "–"
  }

  /// The same in a list that has little room: not how far it is from now, and what is expected to the
  /// minute.
  static func shortStart(_ task: TaskView, _ clock: Clock) -> String {
    if let start = task.runs.last?.start, task.state != "waiting" { return clock.brief(start) }
    if let expected = task.expectedStart, expected > clock.now {
      return "expected \(clock.brief(expected, toTheMinute: true))"
    }
    return start(task, clock)
  }

  /// True once nothing more can happen to it.
  static func hasEnded(_ task: TaskView) -> Bool {
    !["waiting", "starting", "running"].contains(task.state)
  }

  /// True if it did what it was to do.
  static func succeeded(_ task: TaskView) -> Bool {
    task.state == "completed" && (task.runs.last?.exitCode ?? 0) == 0
  }
}
