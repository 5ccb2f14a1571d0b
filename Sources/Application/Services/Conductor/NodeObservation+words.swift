import BridgeProtocol
import Domain
import Reporting

extension NodeObservation {
  /// How the node is, in words a member understands, with the administrator's reason.
  var inWords: String {
    let word =
      if state == .down || flags.contains(.fail) {
        "down"
      } else if flags.contains(.notResponding) {
        "not responding"
      } else if flags.contains(.maintenance) {
        "in maintenance"
      } else if flags.contains(.drain) {
        "drained"
      } else {
        "not taking jobs"
      }
    return reason.isEmpty ? word : "\(word) (\(reason))"
  }

  /// True while the node delivers capacity: a drained node that still runs jobs does.
  var delivers: Bool {
    switch state {
    case .allocated, .mixed: true
    case .idle: takesJobs
    case .down, .error, .future, .unknown: false
    }
  }
}

extension AccessTimeFacts.NodeChange {
  func moved(to instant: Instant) -> AccessTimeFacts.NodeChange {
    AccessTimeFacts.NodeChange(node: node, at: instant, up: up, gpus: gpus, weight: weight)
  }
}
