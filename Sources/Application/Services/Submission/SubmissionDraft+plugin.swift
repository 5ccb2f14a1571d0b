import Domain
package import Wire

extension SubmissionDraft {
  /// A draft of what Slurm's plugin saw, or a sentence why Polder can't take it.
  package static func reading(
    _ seen: PluginSubmission
  ) -> Result<SubmissionDraft, OptionError> {
    var draft = SubmissionDraft()
    if seen.heterogeneous == true {
      return .failure(OptionError("heterogeneous jobs are not supported"))
    }
    for (text, option) in [
      (seen.features, "--constraint"), (seen.requiredNodes, "--nodelist"),
      (seen.excludedNodes, "--exclude"), (seen.reservation, "--reservation"),
      (seen.licenses, "--licenses"), (seen.tresPerSocket, "--gpus-per-socket"),
    ] where text?.isEmpty == false {
      return .failure(
        OptionError(
          "\(option) is not supported by Polder yet, and ignoring it would run another job"))
    }
    draft.name = seen.name
    draft.project = seen.account
    draft.partition = seen.partition
    draft.nodes = seen.minNodes
    draft.tasks = seen.tasks
    draft.tasksPerNode = seen.tasksPerNode
    draft.cpusPerTask = seen.cpusPerTask
    draft.memoryPerNodeMiB = seen.memoryPerNodeMiB.map { Int($0) }
    draft.memoryPerCPUMiB = seen.memoryPerCPUMiB.map { Int($0) }
    draft.exclusive = seen.exclusive ?? false
    draft.requeue = seen.requeue
    draft.timeLimit = seen.timeLimitMinutes.map { Seconds.minutes($0) }
    draft.notBefore = seen.beginSeconds.map { Instant(seconds: $0) }
    if let text = seen.arrayIndices {
      guard let spec = ArraySpec(text) else {
        return .failure(OptionError("array '\(text)' is not supported"))
      }
      draft.array = spec
    }
    if let text = seen.dependency, !text.isEmpty {
      switch DraftDependency.parse(text) {
      case .success(let dependencies): draft.dependencies = dependencies
      case .failure(let error): return .failure(error)
      }
    }
    return draft.readingGPUs(seen)
  }

  private func readingGPUs(_ seen: PluginSubmission) -> Result<SubmissionDraft, OptionError> {
    var draft = self
    let places: [(String?, WritableKeyPath<SubmissionDraft, Int?>)] = [
      (seen.tresPerJob, \.gpus), (seen.tresPerNode, \.gpusPerNode),
      (seen.tresPerTask, \.gpusPerTask),
    ]
    for (text, path) in places {
      guard let text, !text.isEmpty else { continue }
      switch OptionValue.gres(text) {
      case .success(let gpus):
        draft[keyPath: path] = gpus.count
        draft.gpuType = gpus.type ?? draft.gpuType
      case .failure(let error): return .failure(error)
      }
    }
    return .success(draft)
  }
}
