import Domain
import Engine
import Lifecycle
package import Wire

extension Front {
  /// Answers Slurm's plugin: lines of `key=value` (docs/bridge.md). Only slurmctld's own account
  /// and root may ask. Whatever goes wrong is a refusal in words: the plugin fails closed.
  package func pluginSubmit(
    _ seen: PluginSubmission, peerUID: UInt32
  ) async throws(Problem) -> String {
    guard peerUID == 0 || peerUID == accounts.ids(of: roles.slurmUser)?.uid else {
      throw Problem(
        title: "Not allowed", status: 403, code: "not-allowed",
        detail: "only slurmctld may ask as its plugin")
    }
    do throws(Problem) {
      return try await admit(seen)
    } catch {
      var message = "Polder: \(error.title): \(error.detail)"
      if !error.nextStep.isEmpty { message += "\nNext: \(error.nextStep)" }
      return lines([
        ("decision", "refuse"), ("code", error.code),
        ("message", message),
      ])
    }
  }

  private func admit(_ seen: PluginSubmission) async throws(Problem) -> String {
    let caller = try await caller(uid: seen.userUID)
    try mayOwnJobs(caller)
    try requireRecordable(name: seen.name, seen.workingDirectory)
    var draft: SubmissionDraft
    do throws(OptionError) {
      draft = try SubmissionDraft(seen)
    } catch {
      throw Problem(
        title: "Not supported", status: 422, code: "invalid", detail: error.message)
    }
    // What srun and salloc began, Slurm can't begin anew.
    if seen.hasScript != true { draft.requeue = false }
    let context = try await context(for: caller, draft.dependencies)
    guard let member = caller.member.flatMap({ context.centre.members[$0] }) else {
      throw noMember(caller)
    }
    let resolved: RequestResolver.Resolved
    switch RequestResolver(context).resolve(draft, for: member) {
    case .success(let request): resolved = request
    case .failure(let problem): throw problem
    }
    let new = NewJob(
      request: resolved.request, origin: .slurm,
      payload: JobPayload(
        uid: caller.uid, gid: caller.gid, script: "", environment: [],
        workingDirectory: seen.workingDirectory ?? "/", standardOutput: nil, standardError: nil,
        standardInput: nil, comment: nil, taskCount: resolved.taskCount,
        cpusPerTask: resolved.cpusPerTask),
      key: nil)
    let acceptance = try await asked { () async throws(StoreError) in try await store.accept(new) }
    await board.wake()
    if case .refused(let shortfall) = acceptance {
      throw wording(for: caller, context.centre, []).problem(shortfall)
    }
    guard case .accepted(let job) = acceptance else {
      throw Problem(
        title: "Not accepted", status: 500, code: "broken", detail: "the job exists already")
    }
    let warnings = await acceptedWarnings(resolved, caller, context.centre)
    return lines([
      ("decision", "accept"), ("message", warnings), ("key", "\(job.id)"),
      ("account", job.request.project.text),
      ("partition", job.request.partition.text),
      ("memoryMiBPerNode", "\(job.request.perNode.memoryMiB)"),
      ("cpusPerTask", "\(resolved.cpusPerTask)"), ("tasks", "\(resolved.taskCount)"),
      ("nodes", "\(job.request.nodeCount)"),
      ("timeLimitMinutes", "\(job.request.timeLimit.count / 60)"),
      ("requeue", job.request.requeue ? "1" : "0"),
      ("tresPerNode", Self.tres(job.request, context.centre)),
    ])
  }

  /// What sbatch prints of an accepted job: nothing, or its warnings, one a paragraph.
  private func acceptedWarnings(
    _ resolved: RequestResolver.Resolved, _ caller: Caller, _ centre: Centre
  ) async -> String {
    await acceptedWarnings(of: resolved, wording(for: caller, centre, []), centre)
      .map { "Polder: \($0.text)\nNext: \($0.nextStep)" }.joined(separator: "\n")
  }

  /// GPUs as Slurm writes them, on each node: said so, it can't spread them otherwise. Empty without.
  /// With their type, which slurmctld needs to count them right after it was restarted.
  private static func tres(_ request: JobRequest, _ centre: Centre) -> String {
    guard request.perNode.gpus > 0 else { return "" }
    if request.perNode.gpuThousandths > 0 {
      let nodes = centre.partitions[request.partition]?.nodes.compactMap { centre.nodes[$0] } ?? []
      let shards = nodes.lazy.compactMap { $0.shards(in: request.perNode) }.first
      return shards.map { "gres:shard:\($0)" } ?? ""
    }
    return centre.gpuType(for: request).map { "gres:gpu:\($0):\(request.perNode.gpus)" }
      ?? "gres:gpu:\(request.perNode.gpus)"
  }

  /// One `key=value` a line; a line break inside a value is written `\n`, a backslash `\\`.
  private func lines(_ pairs: [(String, String)]) -> String {
    pairs.map { key, value in
      var escaped = ""
      // By scalars: a carriage return and a line break are one character.
      for scalar in value.unicodeScalars {
        switch scalar {
        case "\\": escaped += "\\\\"
        case "\n": escaped += "\\n"
        case "\r": break
        default: escaped.unicodeScalars.append(scalar)
        }
      }
      return "\(key)=\(escaped)\n"
    }.joined()
  }
}
