import Wire

/// A job with all its tasks and runs, and the arithmetic of each charge.
struct JobText {
  private let job: JobView
  private let clock: Clock
  private static let column = 13

  init(_ job: JobView, _ clock: Clock) {
    self.job = job
    self.clock = clock
  }

  var lines: [String] {
    var facts = LabelledLines()
    facts.add("Job", job.name.isEmpty ? job.id : "\(job.id) \(job.name)", .strong)
    facts.add("Owner", "\(job.owner), project \(job.project)")
    facts.add(
      "Asked",
      "\(Text.count(job.nodes, "node")) × "
        + "\(Text.gpus(job.gpusPerNode, thousandths: job.gpuThousandthsPerNode)) "
        + "in partition \(job.partition) for at most \(Clock.limit(job.timeLimitSeconds))")
    facts.add("With", job.conditions.isEmpty ? nil : job.conditions.joined(separator: " "))
    facts.add("Came", way)
    facts.add("Submitted", clock.full(job.submitted))
    facts.add("Slurm job", job.slurmJobID.map { "\($0)" })
    if let priority = job.priority { PriorityText.add(priority, to: &facts) }
    for warning in job.warnings {
      facts.add("Warning", warning.text)
      facts.add("Next step", warning.nextStep)
    }
    let isArray = job.tasks.contains { $0.id != job.id }
    return facts.lines(column: Self.column)
      + job.tasks.flatMap { task in (isArray ? [""] : []) + lines(of: task, isArray: isArray) }
  }

  private var way: String {
    switch job.origin {
    case "slurm": "through sbatch"
    case "adopted": "from Slurm, which ran it before Polder knew of it"
    default: "through Polder"
    }
  }

  private func lines(of task: TaskView, isArray: Bool) -> [String] {
    var facts = LabelledLines()
    if isArray { facts.add("Task", task.id, .strong) }
    facts.add("State", task.state, .of(state: task.state))
    if task.state == "waiting" {
      facts.add("Start", TaskText.start(task, clock))
    }
    if let limit = task.timeLimitSeconds, limit != job.timeLimitSeconds, task.state == "waiting" {
      facts.add("Time limit", "\(Clock.limit(limit)) for this task")
    }
    if let reason = task.reason {
      facts.add("Reason", reason.text)
      facts.add("Next step", reason.nextStep)
    }
    return facts.lines(column: Self.column) + task.runs.flatMap { lines(of: $0) }
  }

  private func lines(of run: RunView) -> [String] {
    var facts = LabelledLines()
    facts.add("Run", run.id, .strong)
    facts.add("Slurm job", run.slurmJobID.map { "\($0)" })
    facts.add("Partition", run.partition)
    facts.add("Nodes", run.nodes.joined(separator: ", "))
    facts.add("GPUs", gpus(of: run))
    facts.add("Started", run.start.map(clock.full))
    facts.add("Ended", run.end.map(clock.full))
    facts.add("Outcome", outcome(run))
    facts.add("Paid from", run.allocation)
    if let limit = run.timeLimitSeconds, limit != job.timeLimitSeconds {
      facts.add("Time limit", "\(Clock.limit(limit)) for this run")
    }
    facts.add("Weight", "\(Amount.weight(run.weightThousandths)) GPU-equivalents")
    if run.charged == nil { facts.add("Held", Amount.withUnit(run.hold)) }
    facts.add("Charged", run.charged.map { "\(Amount.withUnit($0))\(arithmetic(run, $0))" })
    if let refunded = run.refunded, refunded != 0 {
      facts.add("Refunded", Amount.withUnit(refunded), .good)
    }
    return facts.lines(indent: 2, column: Self.column)
  }

  /// The devices; of a run that was not seen while it began (one that was adopted, or a short one) how
  /// many. Nil without any.
  private func gpus(of run: RunView) -> String? {
    guard run.devices.isEmpty else { return run.devices.joined(separator: ", ") }
    let shared = run.gpuThousandthsPerNode
    guard let count = run.gpusPerNode, count > 0 || shared != nil else { return nil }
    return Text.gpus(count, thousandths: shared) + (run.nodes.count > 1 ? " on each node" : "")
      + " (which of them is not recorded)"
  }

  private func outcome(_ run: RunView) -> String? {
    guard let outcome = run.outcome else { return nil }
    var text = outcome
    // A run that others ended has none of its own, and Slurm says 0.
    if let code = run.exitCode, code != 0 || outcome == "completed" {
      text += ", exit code \(code)"
    }
    if let signal = run.signal, signal != 0 { text += ", signal \(signal)" }
    return text
  }

  /// ` = 1.000 × 12 s ÷ 3600`, where the times are known.
  private func arithmetic(_ run: RunView, _ charged: Int64) -> String {
    guard let start = run.start, let end = run.end else { return "" }
    let seconds = (end - start) / 1000
    let product = "\(Amount.weight(run.weightThousandths)) × \(seconds) s ÷ 3600"
    return run.weightThousandths * seconds == charged
      ? " = \(product)"
      : " (\(product) = \(Amount.withUnit(run.weightThousandths * seconds)) was used)"
  }
}
