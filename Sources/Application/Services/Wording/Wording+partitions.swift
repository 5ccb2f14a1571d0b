import Domain
import Scheduling
import Wire

/// How administrators have set a partition in Slurm, in a member's words.
extension Wording {
  static func view(_ name: PartitionName, _ obstacle: PartitionObstacle) -> ReasonView {
    let other = "another partition may take it: see `polder quote`"
    return switch obstacle {
    case .closed(.missing):
      ReasonView(
        code: "partition-closed", text: "partition \(name) does not exist in Slurm",
        nextStep: "it starts by itself once Slurm has it; \(other)")
    case .closed(let state):
      ReasonView(
        code: "partition-closed",
        text: "partition \(name) is closed (\(state.rawValue.uppercased())) in Slurm",
        nextStep: "it starts by itself once the partition is up; \(other)")
    case .tooLong(let wanted, let most):
      ReasonView(
        code: "partition-limit",
        text: "its time limit of \(wanted) is longer than Slurm's limit of partition \(name), "
          + "\(most)",
        nextStep: "it starts by itself if that is lifted; a shorter limit (`polder job limit`), "
          + "or --time-min, starts it sooner")
    case .tooWide(let wanted, let most):
      ReasonView(
        code: "partition-limit",
        text: "needs \(counted(wanted, "node")), more than Slurm gives one job in partition "
          + "\(name), \(most)",
        nextStep: "it starts by itself if that is lifted; \(other)")
    }
  }
}
