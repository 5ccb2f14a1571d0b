import Domain
import Lifecycle
import Services

/// A job's content in canonical bytes, whose digest tells a repeated submission from another use
/// of the same key. Every text is preceded by its length, so that two contents never look alike.
struct JobContent {
  private(set) var bytes: [UInt8] = []

  init(_ job: NewJob) {
    add(job.origin.rawValue)
    add(job.request)
    add(job.payload)
  }

  private mutating func add(_ request: JobRequest) {
    for text in [
      request.name, request.member.text, request.project.text, request.partition.text,
      "\(request.nodeCount)", "\(request.perNode.gpus)", "\(request.perNode.cpus)",
      "\(request.perNode.memoryMiB)", "\(request.timeLimit.count)", "\(request.requeue)",
    ] {
      add(text)
    }
    add(request.allocation?.text)
    add(request.gpuType)
    add(request.arrayThrottle.map { "\($0)" })
    add(request.notBefore.map { "\($0.milliseconds)" })
    add(list: request.arrayIndices.map { "\($0)" })
    add(list: request.dependencies.map { "\($0)" })
    add(request.terms)
    add(request.wishes)
    if request.dependencyRule != .all { add(request.dependencyRule.rawValue) }
  }

  /// Nothing where nothing is said: so that what was accepted before there were terms still has the
  /// same digest.
  private mutating func add(_ terms: NodeTerms) {
    guard !terms.isAny else { return }
    add("terms")
    add(terms.features?.description)
    add(list: terms.excluded.map(\.text))
    add(list: terms.required.map(\.text))
  }

  /// As with terms.
  private mutating func add(_ wishes: TimeWishes) {
    guard wishes != .none else { return }
    add("wishes")
    add(wishes.minimumTime.map { "\($0.count)" })
    add(wishes.deadline.map { "\($0.milliseconds)" })
    add("\(wishes.nice)")
    add("\(wishes.isSingleton)")
  }

  private mutating func add(_ payload: JobPayload) {
    for text in [
      "\(payload.uid)", "\(payload.gid)", payload.script, payload.workingDirectory,
      "\(payload.taskCount)", "\(payload.cpusPerTask)",
    ] {
      add(text)
    }
    add(payload.standardOutput)
    add(payload.standardError)
    add(payload.standardInput)
    add(payload.comment)
    add(list: payload.environment)
  }

  private mutating func add(_ text: String?) {
    guard let text else { return bytes.append(UInt8(ascii: "-")) }
    bytes.append(contentsOf: "\(text.utf8.count):".utf8)
    bytes.append(contentsOf: text.utf8)
  }

  private mutating func add(list: [String]) {
    add("\(list.count)")
    for text in list { add(text) }
  }
}
