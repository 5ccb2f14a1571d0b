import Domain
import Postgres

/// Reads the description of the centre.
extension Transaction {
  /// With `alsoRetired`, what has left the description is in it too, but for members, whose names
  /// are erased: reports on the past need it.
  borrowing func centre(alsoRetired: Bool) throws(PostgresError) -> Centre {
    var centre = Centre()
    centre.funders = try funders(alsoRetired)
    centre.programmes = try programmes(alsoRetired)
    centre.nodes = try nodes(alsoRetired)
    centre.partitions = try partitions(alsoRetired)
    centre.organisations = try organisations(alsoRetired)
    centre.members = try members()
    centre.projects = try projects(alsoRetired)
    centre.allocations = try allocations(alsoRetired)
    centre.capRules = try capRules()
    centre.limitRules = try limitRules()
    centre.order = try orderRule()
    centre.qosClasses = try qosClasses()
    centre.licences = try licences()
    return centre
  }

  private borrowing func funders(_ retired: Bool) throws(PostgresError) -> [FunderID: Funder] {
    var contributions: [FunderID: [Funder.Contribution]] = [:]
    for row in try query(.contributions) {
      contributions[try row.identifier("funder"), default: []].append(
        Funder.Contribution(from: try row.day("counts_from"), euros: try row.int64("amount_euros")))
    }
    var shares: [FunderID: [Funder.Share]] = [:]
    for row in try query(.shares) {
      shares[try row.identifier("funder"), default: []].append(
        Funder.Share(
          from: try row.day("holds_from"), basisPoints: try row.integer("share_basis_points")))
    }
    var funders: [FunderID: Funder] = [:]
    for row in try query(.funders, [.bool(retired)]) {
      let id: FunderID = try row.identifier("id")
      funders[id] = Funder(
        id: id, name: try row.text("name"), contributions: contributions[id] ?? [],
        shares: shares[id] ?? [],
        commercialCapBasisPoints: try row.optionalInt64("commercial_cap_basis_points")
          .map { Int($0) })
    }
    return funders
  }

  private borrowing func programmes(
    _ retired: Bool
  ) throws(PostgresError) -> [ProgrammeID: Programme] {
    var programmes: [ProgrammeID: Programme] = [:]
    for row in try query(.programmes, [.bool(retired)]) {
      let id: ProgrammeID = try row.identifier("id")
      let (least, most) = (try row.amount("least_gpu_ms"), try row.amount("most_gpu_ms"))
      guard least <= most else { throw .decoding("programme \(id) has no range of amounts") }
      programmes[id] = Programme(
        id: id, name: try row.text("name"), funder: try row.identifier("funder"),
        mode: try row.text("mode"), amount: least...most,
        maximumMonths: try row.integer("maximum_months"), demand: try row.choice("demand"),
        accessWorkingDays: try row.integer("access_working_days"),
        release: try row.optionalInt64("burst_basis_points")
          .map { .monthly(burstBasisPoints: Int($0)) } ?? .atOnce,
        carryOverBasisPoints: try row.integer("carry_over_basis_points"),
        policy: try row.policy(), pace: try row.pace(),
        underUse: UnderUseRule(
          usedBelow: try row.integer("under_use_below_basis_points"),
          after: try row.integer("under_use_after_basis_points")))
    }
    return programmes
  }

  private borrowing func nodes(_ retired: Bool) throws(PostgresError) -> [NodeName: Node] {
    var nodes: [NodeName: Node] = [:]
    for row in try query(.nodes, [.bool(retired)]) {
      let name: NodeName = try row.identifier("name")
      nodes[name] = Node(
        name: name, gpuType: try row.text("gpu_type"),
        capacity: try row.resources("gpus", "cpus", "memory_mib"),
        shardsPerGPU: try row.integer("shards_per_gpu"),
        features: try row.identifiers("features"), switches: try row.identifiers("switches"))
    }
    return nodes
  }

  private borrowing func partitions(
    _ retired: Bool
  ) throws(PostgresError) -> [PartitionName: Partition] {
    let rateCards = try rateCards()
    var partitions: [PartitionName: Partition] = [:]
    for row in try query(.partitions, [.bool(retired)]) {
      let name: PartitionName = try row.identifier("name")
      guard let cards = rateCards[name] else { throw .decoding("partition \(name) has no rates") }
      partitions[name] = Partition(
        name: name, nodes: try row.identifiers("nodes"),
        wholeNodes: try row.bool("whole_nodes"),
        defaultTimeLimit: try row.seconds("default_limit_seconds"),
        maximumTimeLimit: try row.seconds("maximum_limit_seconds"),
        defaultsPerGPU: try row.resources("gpus_per_gpu", "cpus_per_gpu", "memory_mib_per_gpu"),
        rateCards: cards)
    }
    return partitions
  }

  private borrowing func rateCards() throws(PostgresError) -> [PartitionName: [RateCard]] {
    var cards: [PartitionName: [RateCard]] = [:]
    for row in try query(.rateCards) {
      let types = try row.textArray("gpu_types")
      let weights = try row.int64Array("per_gpu_of_type_thousandths")
      cards[try row.identifier("partition"), default: []].append(
        RateCard(
          version: try row.integer("version"), inForceFrom: try row.instant("in_force_from"),
          rates: Rates(
            perGPU: try row.int64("per_gpu_thousandths"),
            perCPU: try row.int64("per_cpu_thousandths"),
            perGiB: try row.int64("per_gib_thousandths"),
            perGPUOfType: Dictionary(zip(types, weights)) { first, _ in first },
            perSharedGPU: try row.optionalInt64("per_shared_gpu_thousandths")),
          centsPerGPUHour: try row.optionalInt64("cents_per_gpu_hour")))
    }
    return cards
  }

  private borrowing func organisations(
    _ retired: Bool
  ) throws(PostgresError) -> [OrganisationID: Organisation] {
    var organisations: [OrganisationID: Organisation] = [:]
    for row in try query(.organisations, [.bool(retired)]) {
      let id: OrganisationID = try row.identifier("id")
      organisations[id] = Organisation(
        id: id, name: try row.text("name"), type: try row.choice("type"),
        country: try row.text("country"), sector: try row.text("sector"))
    }
    return organisations
  }

  private borrowing func members() throws(PostgresError) -> [MemberID: Member] {
    var members: [MemberID: Member] = [:]
    for row in try query(.members) {
      let id: MemberID = try row.identifier("id")
      members[id] = Member(id: id, account: try row.text("account"), name: try row.text("name"))
    }
    return members
  }

  private borrowing func projects(_ retired: Bool) throws(PostgresError) -> [ProjectID: Project] {
    var memberships: [ProjectID: [Project.Membership]] = [:]
    for row in try query(.memberships) {
      memberships[try row.identifier("project"), default: []].append(
        Project.Membership(member: try row.identifier("member"), role: try row.choice("role")))
    }
    var projects: [ProjectID: Project] = [:]
    for row in try query(.projects, [.bool(retired)]) {
      let id: ProjectID = try row.identifier("id")
      projects[id] = Project(
        id: id, reference: try row.text("reference"), title: try row.text("title"),
        organisation: try row.identifier("organisation"),
        commercial: try row.bool("commercial"), members: memberships[id] ?? [])
    }
    return projects
  }

  private borrowing func allocations(
    _ retired: Bool
  ) throws(PostgresError) -> [AllocationID: Allocation] {
    var allocations: [AllocationID: Allocation] = [:]
    for row in try query(.allocations, [.bool(retired)]) {
      let id: AllocationID = try row.identifier("id")
      allocations[id] = Allocation(
        id: id, project: try row.identifier("project"),
        programme: try row.identifier("programme"), granted: try row.amount("granted_gpu_ms"),
        window: try row.window(), opening: try row.amount("opening_gpu_ms"),
        follows: try row.optionalIdentifier("follows"),
        suspended: try row.optionalInstant("suspended_at"),
        policy: try row.optionalText("policy_at_end") == nil ? nil : try row.policy())
    }
    return allocations
  }
}

extension Row {
  /// Of the column `pace_basis_points`: part of the time and part of the amount in turn.
  fileprivate func pace() throws(PostgresError) -> PaceCurve {
    let numbers = try int64Array("pace_basis_points").map { Int($0) }
    guard !numbers.isEmpty else { return .linear }
    let points = stride(from: 0, to: numbers.count - 1, by: 2).map {
      PaceCurve.Point(time: numbers[$0], amount: numbers[$0 + 1])
    }
    guard let curve = PaceCurve(points) else { throw .decoding("a pace is no curve") }
    return curve
  }

  /// Of the columns that begin with `policy_`.
  fileprivate func policy() throws(PostgresError) -> ClosingPolicy {
    ClosingPolicy(
      atEnd: try choice("policy_at_end"), atExhaustion: try choice("policy_at_exhaustion"),
      signal: try choice("policy_signal"), ahead: try seconds("policy_ahead_seconds"),
      overrunCap: try amount("policy_overrun_gpu_ms"))
  }

  /// Of the columns `window_from` and `window_to`.
  func window() throws(PostgresError) -> Range<Instant> {
    let (from, to) = (try instant("window_from"), try instant("window_to"))
    guard from <= to else { throw .decoding("a window ends before it begins") }
    return from..<to
  }

  func identifiers<Kind>(_ column: String) throws(PostgresError) -> [Identifier<Kind>] {
    var identifiers: [Identifier<Kind>] = []
    for text in try textArray(.name(column)) {
      guard let identifier = Identifier<Kind>(text) else {
        throw .decoding("column \(column) holds what is no identifier")
      }
      identifiers.append(identifier)
    }
    return identifiers
  }
}
