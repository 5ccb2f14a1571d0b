/// What becomes of an allocation's jobs when it can't carry them any longer: at the end of its
/// window or its suspension, and when its budget is exhausted (docs/adr has the whole table).
///
/// A run is covered by its hold and begins only where its limit and grace end inside the window;
/// so this matters for what is shortened or suspended later, and for what Slurm started by itself.
package struct ClosingPolicy: Hashable, Sendable {
  /// At the end of the window, and at the beginning of a suspension.
  package let atEnd: ClosingAct
  /// For runs without a hold and waiting tasks that no open hold could ever pay for.
  package let atExhaustion: ClosingAct
  /// What a run is sent where the act is ``ClosingAct/signal``.
  package let signal: JobSignal
  /// How long before the end it is sent.
  package let ahead: Seconds
  /// What runs of the allocation may use past the end.
  package let overrunCap: GPUTime

  package init(
    atEnd: ClosingAct = .refuse, atExhaustion: ClosingAct = .refuse, signal: JobSignal = .usr1,
    ahead: Seconds = .minutes(5), overrunCap: GPUTime = .zero
  ) {
    self.atEnd = atEnd
    self.atExhaustion = atExhaustion
    self.signal = signal
    self.ahead = ahead
    self.overrunCap = overrunCap
  }

  /// Nothing that was begun is touched.
  package static let standard = ClosingPolicy()
}

/// What happens to jobs of an allocation that has ended or is exhausted. New submissions are refused
/// by all of them.
package enum ClosingAct: String, Hashable, Sendable, CaseIterable {
  /// Waiting tasks wait on, in case the allocation is extended; runs go on to their limit.
  case refuse
  /// Waiting tasks end, refused; runs go on to their limit.
  case drain
  /// Waiting tasks end; runs are sent a signal ahead of the end, and killed at the end.
  case signal
  /// Waiting tasks end; runs are killed at the end.
  case kill
  /// Waiting tasks wait on; runs go on as long as nobody waits for their nodes and the cap lasts.
  case goOn = "go-on"

  /// True if a task that waits is told so by its end.
  package var endsWaiting: Bool {
    switch self {
    case .drain, .signal, .kill: true
    case .refuse, .goOn: false
    }
  }

  /// True if nothing runs past the end.
  package var endsRuns: Bool { self == .signal || self == .kill }
}

/// The signals that a job may be warned by. A script that does not catch one of the first five is
/// ended by it.
package enum JobSignal: String, Hashable, Sendable, CaseIterable {
  case usr1 = "USR1"
  case usr2 = "USR2"
  case term = "TERM"
  case int = "INT"
  case hup = "HUP"
  case urg = "URG"
  case cont = "CONT"
}
