/// Another time limit for what runs of a job: `POST /v1/jobs/{id}/limit`.
package struct LimitRequest: Codable, Equatable, Sendable {
  /// As `sbatch --time` takes it, from the run's start: minutes, `HH:MM:SS`, `D-HH:MM:SS`.
  package var timeLimit: String

  package init(timeLimit: String) { self.timeLimit = timeLimit }
}

/// A member's `scontrol update TimeLimit=` as Slurm's plugin saw it: `POST /v1/plugin/modify`. The
/// answer is text, as that to a submission (docs/bridge.md).
package struct PluginChange: Codable, Equatable, Sendable {
  package var userUID: UInt32
  /// Slurm's: `17`, or `17_3` for a task of an array.
  package var job: String
  package var timeLimitMinutes: Int64

  package init(userUID: UInt32, job: String, timeLimitMinutes: Int64) {
    self.userUID = userUID
    self.job = job
    self.timeLimitMinutes = timeLimitMinutes
  }
}
