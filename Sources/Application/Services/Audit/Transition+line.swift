import Domain
package import Lifecycle

extension Transition {
  /// The line of the audit log that is written with it: of a run that Slurm lost, or began anew.
  package var line: AuditLine? {
    switch self {
    case .ended(let run, let end) where end.outcome == .lost:
      Self.line(run, "lost: Slurm does not know it any more", end)
    case .repeated(_, let run, _, let end):
      Self.line(run.id, "Slurm ran it again after its task had ended", end)
    default: nil
    }
  }

  private static func line(_ run: RunID, _ what: String, _ end: RunEnd) -> AuditLine {
    AuditLine(
      actor: "polderd", action: .reconcile, object: "run \(run)", origin: "the daemon itself",
      detail: what + (end.refund == nil ? "" : "; its charge is given back"))
  }
}
