/// Nodes to set aside in Slurm. `POST /v1/reservations`.
package struct ReservationRequest: Codable, Equatable, Sendable {
  /// 1 to 64 letters, digits and `.-_`.
  package var name: String
  /// Names and ranges: `gn01`, `gn[02-04]`.
  package var nodes: [String]
  /// A moment with its offset from UTC, in the future: `2026-12-01T08:00Z`.
  package var from: String
  /// Likewise; or how long, as `sbatch --time` takes it. One of both.
  package var until: String?
  package var duration: String?
  /// For work on the nodes: nobody's job is planned there unless somebody is named.
  package var maintenance: Bool
  /// For whom else it is: projects, and UNIX accounts. Where both are named it is for these accounts
  /// in these projects.
  package var projects: [String]
  package var users: [String]
  /// Also where runs may run on into it, which they then do.
  package var ignoreJobs: Bool

  package init(
    name: String, nodes: [String], from: String, until: String? = nil, duration: String? = nil,
    maintenance: Bool = false, projects: [String] = [], users: [String] = [],
    ignoreJobs: Bool = false
  ) {
    self.name = name
    self.nodes = nodes
    self.from = from
    self.until = until
    self.duration = duration
    self.maintenance = maintenance
    self.projects = projects
    self.users = users
    self.ignoreJobs = ignoreJobs
  }
}

/// What was asked of Slurm about a reservation, and done.
package struct ReservationActView: Codable, Equatable, Sendable {
  package var name: String
  /// `created`; `unchanged`, where the same was set aside under that name; `deleted`.
  package var act: String
  /// Of one that is set aside: ascending.
  package var nodes: [String]?
  /// Likewise: milliseconds since 1970.
  package var start: Int64?
  package var end: Int64?
  /// How many runs of Polder's may run on into it.
  package var runs: Int?

  package init(
    name: String, act: String, nodes: [String]? = nil, start: Int64? = nil, end: Int64? = nil,
    runs: Int? = nil
  ) {
    self.name = name
    self.act = act
    self.nodes = nodes
    self.start = start
    self.end = end
    self.runs = runs
  }
}
