import Gzip
import Manifests
import Simulation

/// What is replayed, and on what.
struct SimulationInput {
  let workload: Workload
  let machine: MachineModel
  /// For titles: the file's name, or what was made up.
  let name: String
  /// What really happened, of the site's own history.
  var recorded: ReplayResult?

  /// - Throws: ``Failure`` with exit code 64 where options contradict each other, 65 where a file is
  ///   not what it should be.
  init(
    trace: String?, generate: GeneratorName?, jobs: Int, load: Double, seed: UInt64,
    processors: Int?, machine path: String?
  ) throws {
    if let processors, processors <= 0 || processors > 1_000_000_000 {
      throw Failure(.usage, "--processors is a number from 1 to 1,000,000,000")
    }
    guard processors == nil || path == nil else {
      throw Failure(
        .usage, "--processors and --machine both describe the machine: give one of them")
    }
    let described = try path.map(Self.machine)
    switch (trace, generate) {
    case (let trace?, nil):
      let bytes = try Self.bytes(of: trace)
      let workload = try Self.reading(trace) { () throws(TraceFault) in
        try TraceReader.workload(bytes, file: trace)
      }
      let isSWF = TraceReader.format(of: bytes) == .swf
      self.machine = try Self.machine(
        of: workload, isSWF: isSWF, processors: processors, described)
      self.workload = workload.measured(by: self.machine.measure)
      name = trace.split(separator: "/").last.map(String.init) ?? trace
    case (nil, let generate?):
      guard (1...TraceLimits.jobs).contains(jobs) else {
        throw Failure(.usage, "--jobs is a number from 1 to \(TraceLimits.jobs)")
      }
      guard load > 0, load <= 100 else {
        throw Failure(.usage, "--load is above 0 and at most 100; 0.9 is a busy machine")
      }
      name = "\(generate.rawValue), \(jobs) jobs, load \(load), seed \(seed)"
      switch generate {
      case .lublin:
        guard described == nil else {
          throw Failure(.usage, "lublin counts processors: give --processors, not --machine")
        }
        let count = processors ?? 256
        machine = .processors(count)
        workload = Generator.lublin(jobs: jobs, processors: count, load: load, seed: seed)
      case .aiFactory:
        guard processors == nil else {
          throw Failure(.usage, "ai-factory needs GPUs: give --machine, not --processors")
        }
        machine = described ?? .aiFactory
        guard machine.gpus > 0 else {
          throw Failure(.invalidInput, "\(path ?? "the machine") has no GPUs")
        }
        workload = Generator.aiFactory(jobs: jobs, machine: machine, load: load, seed: seed)
      }
    default:
      throw Failure(
        .usage, "a workload is needed, and one only: --trace or --generate",
        next: "polder simulate --generate ai-factory --jobs 2000")
    }
    guard !workload.jobs.isEmpty else {
      throw Failure(.invalidInput, "\(name) has no job that can be replayed")
    }
  }

  private static func machine(
    of workload: Workload, isSWF: Bool, processors: Int?, _ described: MachineModel?
  ) throws -> MachineModel {
    guard isSWF else {
      if let described { return described }
      throw Failure(
        .usage, "a trace of GPU jobs needs a machine with nodes",
        next: "describe it: --machine machine.yaml, or openb's list of nodes")
    }
    guard described == nil else {
      throw Failure(.usage, "a log in SWF counts processors: give --processors, not --machine")
    }
    guard let count = processors ?? workload.processorsOfHeader else {
      throw Failure(
        .usage, "the log's header does not say how many processors there are",
        next: "give --processors")
    }
    return .processors(count)
  }

  /// A machine in YAML, or a list of nodes.
  static func machine(_ path: String) throws -> MachineModel {
    let bytes = try bytes(of: path)
    if OpenbReader.isNodeList(bytes) {
      return try reading(path) { () throws(TraceFault) in
        try OpenbReader.nodes(bytes, file: path)
      }
    }
    do {
      return try MachineFile.read(String(decoding: bytes, as: UTF8.self), file: path)
    } catch {
      throw Failure(.invalidInput, "\(error)", next: "see docs/simulator.md for its fields")
    }
  }

  private static func reading<Value>(
    _ path: String, _ body: () throws(TraceFault) -> Value
  ) throws -> Value {
    do { return try body() } catch { throw Failure(.invalidInput, "\(error)") }
  }

  private static func bytes(of path: String) throws -> [UInt8] {
    do {
      return try GzipFile.read(path, mostBytes: TraceLimits.bytes)
    } catch .unreadable(let cause) {
      throw Failure(.invalidInput, "\(path) can't be read: \(cause)")
    } catch .damaged {
      throw Failure(
        .invalidInput, "\(path) is damaged: its compressed part is cut off or changed",
        next: "fetch it again")
    } catch .tooLong(let mostBytes) {
      throw Failure(.invalidInput, "\(path) is longer than \(mostBytes >> 20) MiB once inflated")
    }
  }
}
