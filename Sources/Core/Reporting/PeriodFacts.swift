package import Domain

/// What reports of a closed period need beside its entries, as it stood when the period was closed:
/// funders with their dated shares, programmes, projects, their organisations, allocations, and how
/// nodes were. Ids are opaque; no name of a person is in it.
///
/// A report of closed periods is made from these and never from the centre of today, so that it
/// stays the same for ever. ``bytes`` are what is sealed with the period.
package struct PeriodFacts: Hashable, Sendable {
  /// By which rules its access-time report is made, and in which words.
  package let form: ReportForm
  /// The system's name as reports print it; nil in facts that were frozen before it was one of them.
  package let system: String?
  package let funders: [Funder]
  package let programmes: [Programme]
  package let projects: [Project]
  /// Those that projects name, and that were described.
  package let organisations: [Organisation]
  package let allocations: [Allocation]
  /// How each node stood when the period began, and every change in it, in order of time, ties by
  /// node.
  package let nodeChanges: [AccessTimeFacts.NodeChange]

  package struct Programme: Hashable, Sendable {
    package let id: ProgrammeID
    package let funder: FunderID
    package let mode: String
    /// Linear in facts of a form that does not freeze it.
    package let pace: PaceCurve
  }

  package struct Project: Hashable, Sendable {
    package let id: ProjectID
    package let commercial: Bool
    package let organisation: OrganisationID
    /// Of the award; this and the title are empty in facts of a form that does not freeze them.
    package let reference: String
    package let title: String
  }

  package struct Organisation: Hashable, Sendable {
    package let id: OrganisationID
    package let type: OrganisationType
    /// This and the sector are empty in facts of a form that does not freeze them.
    package let country: String
    package let sector: String
  }

  package struct Allocation: Hashable, Sendable {
    package let id: AllocationID
    package let project: ProjectID
    package let programme: ProgrammeID
    package let window: Range<Instant>
  }

  init(
    form: ReportForm, system: String?, funders: [Funder], programmes: [Programme],
    projects: [Project], organisations: [Organisation], allocations: [Allocation],
    nodeChanges: [AccessTimeFacts.NodeChange]
  ) {
    self.form = form
    self.system = system
    self.funders = funders
    self.programmes = programmes
    self.projects = projects
    self.organisations = organisations
    self.allocations = allocations
    self.nodeChanges = nodeChanges
  }

  /// Freezes what stands now. All in the order of ids.
  ///
  /// - Parameters:
  ///   - centre: also with what has left the description.
  ///   - nodeChanges: in order of time, ties by node; those after the period do not count.
  package init(
    _ period: Range<Instant>, form: ReportForm = .current, system: String, centre: Centre,
    nodeChanges: [AccessTimeFacts.NodeChange]
  ) {
    self.form = form
    self.system = system
    // What funders paid is no report's.
    funders = centre.funders.values.sorted { $0.id < $1.id }.map {
      Funder(
        id: $0.id, name: $0.name, contributions: [], shares: $0.shares,
        commercialCapBasisPoints: $0.commercialCapBasisPoints)
    }
    let all = form.freezesDescriptions
    programmes = centre.programmes.values.sorted { $0.id < $1.id }.map {
      Programme(id: $0.id, funder: $0.funder, mode: $0.mode, pace: all ? $0.pace : .linear)
    }
    projects = centre.projects.values.sorted { $0.id < $1.id }.map {
      Project(
        id: $0.id, commercial: $0.commercial, organisation: $0.organisation,
        reference: all ? $0.reference : "", title: all ? $0.title : "")
    }
    organisations = Set(projects.map(\.organisation)).compactMap { centre.organisations[$0] }
      .sorted { $0.id < $1.id }.map {
        Organisation(
          id: $0.id, type: $0.type, country: all ? $0.country : "", sector: all ? $0.sector : "")
      }
    allocations = centre.allocations.values.sorted { $0.id < $1.id }.map {
      Allocation(id: $0.id, project: $0.project, programme: $0.programme, window: $0.window)
    }
    var standing: [NodeName: AccessTimeFacts.NodeChange] = [:]
    for change in nodeChanges where change.at < period.lowerBound { standing[change.node] = change }
    self.nodeChanges =
      standing.values.sorted { ($0.at, $0.node) < ($1.at, $1.node) }
      + nodeChanges.filter { period.contains($0.at) }
  }

  /// A centre of what a report looks at; what it does not is left empty.
  package var centre: Centre {
    var centre = Centre()
    for funder in funders { centre.funders[funder.id] = funder }
    for programme in programmes {
      centre.programmes[programme.id] = Domain.Programme(
        id: programme.id, name: programme.id.text, funder: programme.funder, mode: programme.mode,
        amount: .zero...(.zero), maximumMonths: 0, demand: .closed, accessWorkingDays: 0,
        pace: programme.pace)
    }
    for organisation in organisations {
      centre.organisations[organisation.id] = Domain.Organisation(
        id: organisation.id, name: "", type: organisation.type, country: organisation.country,
        sector: organisation.sector)
    }
    for project in projects {
      centre.projects[project.id] = Domain.Project(
        id: project.id, reference: project.reference, title: project.title,
        organisation: project.organisation, commercial: project.commercial, members: [])
    }
    for allocation in allocations {
      centre.allocations[allocation.id] = Domain.Allocation(
        id: allocation.id, project: allocation.project, programme: allocation.programme,
        granted: .zero, window: allocation.window, opening: .zero)
    }
    return centre
  }

  /// How nodes were over several periods that follow each other: each change once, in order.
  package static func nodeChanges(
    _ periods: [PeriodFacts]
  ) -> [AccessTimeFacts.NodeChange] {
    var seen: Set<AccessTimeFacts.NodeChange> = []
    var changes: [AccessTimeFacts.NodeChange] = []
    for change in periods.flatMap(\.nodeChanges) where seen.insert(change).inserted {
      changes.append(change)
    }
    return changes
  }
}
