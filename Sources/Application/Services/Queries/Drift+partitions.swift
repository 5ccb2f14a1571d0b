import BridgeProtocol
import Domain
import Wire

/// What keeps jobs that the description allows from starting in a partition of Slurm's.
extension Drift {
  var doors: [DriftDifference] {
    partitions.flatMap { seen -> [DriftDifference] in
      let described = PartitionName(seen.name).flatMap { centre.partitions[$0] }
      guard let ours = described else { return [] }
      var told: [DriftDifference] = []
      func tell(_ polder: String, _ slurm: String, _ setting: String) {
        let command = ["scontrol", "update", "PartitionName=\(seen.name)", setting]
        told.append(
          DriftDifference(
            kind: "partition", subject: seen.name, polder: polder, slurm: slurm,
            mend: "if that is not meant: \(command.joined(separator: " "))", command: command))
      }
      if seen.state != .up {
        tell(
          "its jobs wait for it", "State=\(seen.state.rawValue.uppercased())", "State=UP")
      }
      let longest = ours.maximumTimeLimit
      if let most = seen.maximumMinutes.map({ Seconds.minutes(Int64($0)) }), most < longest {
        tell("time limits up to \(longest)", "MaxTime=\(most)", "MaxTime=\(longest)")
      }
      if let most = seen.maximumNodes, most < ours.nodes.count {
        tell("jobs on up to \(ours.nodes.count) nodes", "MaxNodes=\(most)", "MaxNodes=UNLIMITED")
      }
      return told
    }
  }
}
