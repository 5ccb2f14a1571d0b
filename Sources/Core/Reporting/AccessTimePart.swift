package import Domain

/// What an access-time report tells of: all of it, or what concerns one funder, programme or project.
///
/// Each row of a funder or a programme is a row of the whole report, and the rows of all projects sum to
/// those.
package enum AccessTimePart: Hashable, Sendable {
  case whole
  case funder(FunderID)
  case programme(ProgrammeID)
  case project(ProjectID)

  /// `project longscan`; nil of the whole.
  package var name: String? {
    switch self {
    case .whole: nil
    case .funder(let id): "funder \(id)"
    case .programme(let id): "programme \(id)"
    case .project(let id): "project \(id)"
    }
  }

  /// What is not in it, and what it sums to.
  var note: String? {
    switch self {
    case .whole: nil
    case .funder:
      "Only: the rows that the report of all has of this funder, and its last one, of the whole "
        + "machine, by which entitlement, actual and the commercial cap are counted."
    case .programme: "Only: the row that the report of all has of this programme."
    case .project:
      "Only: the part that this project has of the rows of programmes, and its sum. Over all projects "
        + "what was awarded, delivered and commercial sums to the report of all."
    }
  }
}
