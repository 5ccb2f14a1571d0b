import Domain
package import Wire

extension SubmissionDraft {
  /// A draft of what Slurm's plugin saw: the same as the options that Slurm parsed it from.
  ///
  /// - Throws: a sentence why Polder can't take it.
  package init(_ seen: PluginSubmission) throws(OptionError) {
    try Self.refuseUnsupported(seen)
    self.init()
    name = seen.name
    project = seen.account
    partition = seen.partition
    if let least = try Self.count(seen.minNodes, "--nodes") {
      nodes = least...max(try Self.count(seen.maxNodes, "--nodes") ?? least, least)
    }
    tasks = try Self.count(seen.tasks, "--ntasks")
    // Slurm makes it one task a node at least.
    if let least = nodes?.lowerBound, let count = tasks, count < least { tasks = nil }
    tasksPerNode = try Self.count(seen.tasksPerNode, "--ntasks-per-node")
    cpusPerTask = try Self.count(seen.cpusPerTask, "--cpus-per-task")
    cpusPerGPU = try Self.perGPU(seen.cpusPerTres, "--cpus-per-gpu", "number of CPUs")
    memory = try Self.memory(seen)
    exclusive = seen.exclusive ?? false
    requeue = seen.requeue
    if let minutes = seen.timeLimitMinutes {
      guard (1...100_000_000).contains(minutes) else {
        throw OptionError("--time: Polder holds GPU time for a limit; \(minutes) minutes is none")
      }
      timeLimit = .minutes(minutes)
    }
    if let seconds = seen.beginSeconds, seconds > 0, seconds < 1 << 40 {
      begin = .at(Instant(seconds: seconds))
    }
    if let text = Self.text(seen.arrayIndices) { array = try ArraySpec(text) }
    if let text = Self.text(seen.dependency) {
      dependencies = try DraftDependency.parse(text)
      dependencyRule = text.contains("?") ? .any : .all
      isSingleton = DraftDependency.namesSingleton(text)
    }
    try readWishes(seen)
    if let text = Self.text(seen.features) { features = try OptionValue.features(text) }
    if let text = Self.text(seen.requiredNodes) {
      requiredNodes = try OptionValue.nodeNames(text)
    }
    if let text = Self.text(seen.excludedNodes) {
      excludedNodes = try OptionValue.nodeNames(text)
    }
    gpus = try gpuCount(seen.tresPerJob)
    if let text = Self.text(seen.tresPerNode), let said = try OptionValue.shards(text) {
      shards = said.count
      gpuType = said.type ?? gpuType
    } else {
      gpusPerNode = try gpuCount(seen.tresPerNode)
    }
    gpusPerTask = try gpuCount(seen.tresPerTask)
  }

  private mutating func readWishes(_ seen: PluginSubmission) throws(OptionError) {
    if let minutes = seen.minimumTimeMinutes {
      guard (1...100_000_000).contains(minutes) else {
        throw OptionError("--time-min: \(minutes) minutes is no time")
      }
      minimumTime = .minutes(minutes)
    }
    if let seconds = seen.deadlineSeconds, seconds > 0, seconds < 1 << 40 {
      deadline = .at(Instant(seconds: seconds))
    }
    qos = Self.text(seen.qos)
    reservation = Self.text(seen.reservation)
    // Slurm takes a count of 0 for none.
    if let most = seen.switches, most > 0 {
      switches = SwitchCount(
        most: try Self.count(most, "--switches") ?? most,
        wait: seen.switchesWaitSeconds.map { min(Seconds(max($0, 0)), OptionValue.mostWait) })
    }
    if let text = Self.text(seen.licenses) { licences = try OptionValue.licences(text) }
    if let value = seen.nice { nice = try OptionValue.nice("\(value)") }
  }

  private static func refuseUnsupported(_ seen: PluginSubmission) throws(OptionError) {
    if seen.heterogeneous == true {
      throw OptionError("heterogeneous jobs are not supported yet; submit their parts apart")
    }
    if Self.text(seen.tresPerSocket) != nil {
      throw OptionError(
        "--gpus-per-socket: Polder does not act on it yet, and without it another job would run "
          + "than you mean; leave it out")
    }
  }

  private static func memory(_ seen: PluginSubmission) throws(OptionError) -> Memory? {
    func amount(_ value: Int64) throws(OptionError) -> Int {
      guard (0..<1 << 40).contains(value) else {
        throw OptionError("--mem: \(value) MiB is no amount of memory")
      }
      return Int(value)
    }
    if let value = seen.memoryPerNodeMiB { return .perNode(try amount(value)) }
    if let value = seen.memoryPerCPUMiB { return .perCPU(try amount(value)) }
    return try perGPU(seen.memoryPerTres, "--mem-per-gpu", "amount of memory").map { .perGPU($0) }
  }

  /// `gres:gpu:4096`: so much for each GPU.
  private static func perGPU(
    _ tres: String?, _ option: String, _ what: String
  ) throws(OptionError) -> Int? {
    guard let tres = text(tres) else { return nil }
    guard let last = tres.split(whereSeparator: { $0 == ":" || $0 == "=" }).last,
      let value = OptionValue.digits(last)
    else { throw OptionError("\(option): '\(tres)' is no \(what)") }
    return value
  }

  private mutating func gpuCount(_ tres: String?) throws(OptionError) -> Int? {
    guard let tres = Self.text(tres) else { return nil }
    let gpus = try OptionValue.gres(tres)
    if let type = gpus.type { gpuType = type }
    return gpus.count
  }

  private static func count(_ value: Int?, _ option: String) throws(OptionError) -> Int? {
    guard let value else { return nil }
    guard (1...1_000_000).contains(value) else {
      throw OptionError("\(option): \(value) is not in 1 to 1000000")
    }
    return value
  }

  /// A text that says something.
  private static func text(_ text: String?) -> String? {
    text.flatMap { $0.isEmpty ? nil : $0 }
  }
}
