/// The reports over all projects, by the name that commands, routes and the audit log have for them.
package enum ReportKind: String, CaseIterable, Sendable {
  /// Access time by share.
  case accessTime = "access-time"
  /// Availability, utilisation, waits and failed nodes, by month.
  case availability
  /// Projects with their allocations.
  case projects
  /// What was delivered is worth at the reference rate.
  case worth

  /// On large books it takes minutes: it goes over the runs of its period.
  package var isPatient: Bool {
    switch self {
    case .availability, .projects: true
    case .accessTime, .worth: false
    }
  }
}
