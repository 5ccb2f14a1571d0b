/// A class of service that a request may name; Slurm's `--qos`.
///
/// What may be preempted yields to all that may not: it stands behind them in the queue, and where
/// one of them could start if it made way, it is warned and ended.
package struct QOSClass: Hashable, Sendable {
  package let id: QOSName
  /// What a request of the class has of the order's factor `qos`: 0 to ``PriorityPolicy/one``.
  package let priority: Int64
  /// How its runs give way; nil if they do not.
  package let preemption: Preemption?
  /// Planned starts of its jobs up to so far ahead are promises; nil for as far as the order says
  /// (``OrderRule/promiseAhead``). Nothing is promised to what may be preempted.
  package let promiseAhead: Seconds?
  /// Whose members may name it; nil for all.
  package let projects: Set<ProjectID>?

  /// How a run is warned before it is ended for another's sake.
  package struct Preemption: Hashable, Sendable {
    package let signal: JobSignal
    /// From the signal to the end; with zero there is no signal.
    package let notice: Seconds

    package init(signal: JobSignal = .cont, notice: Seconds = .zero) {
      self.signal = signal
      self.notice = notice
    }
  }

  /// - Parameter priority: beyond its bounds it counts as the bound.
  package init(
    id: QOSName, priority: Int64, preemption: Preemption? = nil, promiseAhead: Seconds? = nil,
    projects: Set<ProjectID>? = nil
  ) {
    self.promiseAhead = promiseAhead
    self.id = id
    self.priority = min(max(priority, 0), PriorityPolicy.one)
    self.preemption = preemption
    self.projects = projects
  }
}

extension Centre {
  /// The class that a request names; nil if it names none, or one that is there no more.
  package func qosClass(of request: JobRequest) -> QOSClass? {
    request.wishes.qos.flatMap { qosClasses[$0] }
  }

  /// How runs of a request give way to those that may not be preempted; nil if they do not.
  package func preemption(of request: JobRequest) -> QOSClass.Preemption? {
    qosClass(of: request)?.preemption
  }
}
