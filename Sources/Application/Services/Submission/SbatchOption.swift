/// An option of sbatch (22.05), or of Polder's own, and what is done with it.
struct SbatchOption: Sendable {
  /// Whether a value follows.
  enum Value {
    case none
    /// Only attached: `--exclusive=user`.
    case optional
    case required
  }

  enum Effect {
    case set(Setting)
    /// Read and without effect: what the member means holds all the same, or the effect is only
    /// comfort. Listed in docs/submitting.md.
    case accepted
    /// Ignoring it would run another job than the member means.
    case refused(String)
  }

  /// What an option sets in a draft.
  enum Setting {
    case jobName, account, allocation, partition, chdir, output, error, input, export, comment
    case time, nodes, tasks, tasksPerNode, cpusPerTask, cpusPerGPU
    case memory, memoryPerCPU, memoryPerGPU
    case gres, gpus, gpusPerNode, gpusPerTask
    case array, dependency, begin, exclusive, requeue, noRequeue
    case constraint, nodeList, exclude, timeMinimum, deadline, nice, qos, licences, reservation
    case switches
  }

  let name: String
  let letter: Character?
  let value: Value
  let effect: Effect

  private init(_ name: String, _ letter: Character?, _ value: Value, _ effect: Effect) {
    self.name = name
    self.letter = letter
    self.value = value
    self.effect = effect
  }

  private static func set(
    _ name: String, _ letter: Character? = nil, _ setting: Setting, _ value: Value = .required
  ) -> SbatchOption {
    SbatchOption(name, letter, value, .set(setting))
  }

  private static func accepted(
    _ name: String, _ letter: Character? = nil, _ value: Value = .required
  ) -> SbatchOption {
    SbatchOption(name, letter, value, .accepted)
  }

  private static func refused(
    _ name: String, _ letter: Character? = nil, _ value: Value = .required,
    _ why: String = "Polder does not act on it yet, and without it another job would run than "
      + "you mean; leave it out"
  ) -> SbatchOption {
    SbatchOption(name, letter, value, .refused(why))
  }

  /// The option of that name, or that begins so if only one does, as getopt_long has it.
  static func named(_ name: String) -> [SbatchOption] {
    if let exact = all.first(where: { $0.name == name }) { return [exact] }
    return name.isEmpty ? [] : all.filter { $0.name.hasPrefix(name) }
  }

  static func lettered(_ letter: Character) -> SbatchOption? {
    all.first { $0.letter == letter }
  }

  static let all: [SbatchOption] = settings + ignored + unsupported

  private static let settings: [SbatchOption] = [
    set("job-name", "J", .jobName), set("account", "A", .account),
    set("allocation", nil, .allocation), set("partition", "p", .partition),
    set("chdir", "D", .chdir), set("output", "o", .output), set("error", "e", .error),
    set("input", "i", .input), set("export", nil, .export), set("comment", nil, .comment),
    set("time", "t", .time), set("nodes", "N", .nodes), set("ntasks", "n", .tasks),
    set("ntasks-per-node", nil, .tasksPerNode), set("tasks-per-node", nil, .tasksPerNode),
    set("cpus-per-task", "c", .cpusPerTask), set("cpus-per-gpu", nil, .cpusPerGPU),
    set("mem", nil, .memory), set("mem-per-cpu", nil, .memoryPerCPU),
    set("mem-per-gpu", nil, .memoryPerGPU), set("gres", nil, .gres), set("gpus", "G", .gpus),
    set("gpus-per-node", nil, .gpusPerNode), set("gpus-per-task", nil, .gpusPerTask),
    set("array", "a", .array), set("dependency", "d", .dependency), set("begin", "b", .begin),
    set("exclusive", nil, .exclusive, .optional), set("requeue", nil, .requeue, .none),
    set("no-requeue", nil, .noRequeue, .none), set("constraint", "C", .constraint),
    set("nodelist", "w", .nodeList), set("exclude", "x", .exclude),
    set("time-min", nil, .timeMinimum), set("deadline", nil, .deadline),
    set("nice", nil, .nice, .optional), set("qos", "q", .qos),
    set("licenses", "L", .licences), set("reservation", nil, .reservation),
    set("switches", nil, .switches),
  ]

  private static let ignored: [SbatchOption] = [
    accepted("mail-type"), accepted("mail-user"), accepted("wckey"), accepted("open-mode"),
    accepted("signal"), accepted("hint"),
    accepted("clusters", "M"), accepted("get-user-env", nil, .optional),
    accepted("parsable", nil, .none), accepted("quiet", "Q", .none),
    accepted("verbose", "v", .none), accepted("profile"), accepted("acctg-freq"),
    accepted("distribution", "m"),
    accepted("propagate", nil, .optional), accepted("delay-boot"),
    accepted("overcommit", "O", .none), accepted("oversubscribe", "s", .optional),
    accepted("kill-on-invalid-dep"), accepted("ignore-pbs", nil, .none),
    accepted("use-min-nodes", nil, .none), accepted("spread-job", nil, .none),
    accepted("mem-bind"), accepted("gpu-bind"), accepted("mcs-label"),
    accepted("wait-all-nodes"), accepted("gres-flags"), accepted("power"),
  ]

  private static let onCommandLine =
    "it belongs on the command line of `polder job submit`, not into the script"

  private static let unsupported: [SbatchOption] = [
    refused(
      "nodefile", "F", .required, "a file of names is not read; write them with --nodelist"),
    refused(
      "prefer", nil, .required,
      "Polder weighs no preferences; make it a condition with --constraint, or leave it out"),
    refused(
      "priority", nil, .required,
      "Polder orders its queue by its own rules; --nice lets others go first"),
    refused(
      "tmp", nil, .required,
      "Polder does not know the nodes' local disks; ask for nodes that have one with --constraint"),
    refused(
      "no-kill", "k", .optional,
      "a run that loses a node ends; --requeue puts it back into the queue"),
    refused("bb"), refused("bbf"), refused("cluster-constraint"), refused("batch"),
    refused("core-spec", "S"), refused("thread-spec"), refused("extra-node-info", "B"),
    refused("sockets-per-node"), refused("cores-per-socket"), refused("threads-per-core"),
    refused("ntasks-per-core"), refused("ntasks-per-socket"), refused("ntasks-per-gpu"),
    refused("gpus-per-socket"), refused("gpu-freq"), refused("cpu-freq"), refused("mincpus"),
    refused("container"), refused("network"), refused("contiguous", nil, .none),
    refused("reboot", nil, .none), refused("export-file"),
    refused(
      "hold", "H", .none,
      "a job can't be held by its owner yet; submit it when it may start, or use --begin"),
    refused("uid", nil, .required, "a job runs as the account that submits it"),
    refused("gid", nil, .required, "a job runs with the group of the account that submits it"),
    refused("wrap", nil, .required, onCommandLine),
    refused("test-only", nil, .none, onCommandLine),
    refused("wait", "W", .none, onCommandLine),
  ]
}
