/// The reports over all projects, by the name that commands, routes and the audit log have for them.
package enum ReportKind: String, CaseIterable, Sendable {
  /// Access time by share.
  case accessTime = "access-time"
  /// Availability, utilisation, waits and failed nodes, by month.
  case availability
  /// Indicators of the AI factory, by sector and type of organisation.
  case indicators
  /// Projects with their allocations.
  case projects
  /// What was delivered is worth at the reference rate.
  case worth

  /// On large books it takes minutes: it goes over the runs of its period.
  package var isPatient: Bool {
    switch self {
    case .availability, .indicators, .projects: true
    case .accessTime, .worth: false
    }
  }
}

/// The part of a report that is asked for, by an id; at most one is named. The report of access time alone
/// has parts.
package struct ReportPart: Hashable, Sendable {
  package var funder: String?
  package var programme: String?
  package var project: String?

  package init(funder: String? = nil, programme: String? = nil, project: String? = nil) {
    self.funder = funder
    self.programme = programme
    self.project = project
  }

  /// As a query has it.
  package var named: [(name: String, value: String?)] {
    [("funder", funder), ("programme", programme), ("project", project)]
  }

  /// All of it.
  package static let whole = ReportPart()
}
