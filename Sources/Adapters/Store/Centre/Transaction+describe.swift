import Domain
import Postgres

/// Writes the description of the centre: what differs, in the order in which it refers.
extension Transaction {
  borrowing func describe(_ next: Centre, replacing old: Centre) throws(PostgresError) {
    try describeFunders(next, old)
    try describeMachine(next, old)
    try describePeople(next, old)
    let allocations = changed(next.allocations, old.allocations)
    try later(
      .saveAllocation,
      sets: allocations.map {
        [
          .id($0.id), .id($0.project), .id($0.programme), .amount($0.granted),
          .instant($0.window.lowerBound), .instant($0.window.upperBound), .amount($0.opening),
          .optionalID($0.follows), .optionalInstant($0.suspended),
        ] + ($0.policy?.columns ?? Array(repeating: .null, count: 5))
      })
    try retire(.retireAllocation, next.allocations, old.allocations)
    try describeCaps(next, old)
    try describeLimits(next, old)
    try describeOrder(next, old)
    try describeQOSClasses(next, old)
    try describeLicences(next, old)
    try execute(.countCentre)
  }

  private borrowing func describeFunders(
    _ next: Centre, _ old: Centre
  ) throws(PostgresError) {
    let funders = changed(next.funders, old.funders)
    try later(
      .saveFunder,
      sets: funders.map {
        [
          .id($0.id), .text($0.name),
          .optionalInt64($0.commercialCapBasisPoints.map { Int64($0) }),
        ]
      })
    try later(.clearContributions, sets: funders.map { [.id($0.id)] })
    try later(.clearShares, sets: funders.map { [.id($0.id)] })
    for funder in funders {
      try later(
        .addContribution,
        sets: funder.contributions.enumerated().map {
          [.id(funder.id), .integer($0), .day($1.from), .int64($1.euros)]
        })
      try later(
        .addShare,
        sets: funder.shares.enumerated().map {
          [.id(funder.id), .integer($0), .day($1.from), .integer($1.basisPoints)]
        })
    }
    try later(
      .saveProgramme,
      sets: changed(next.programmes, old.programmes).map {
        [
          .id($0.id), .text($0.name), .id($0.funder), .text($0.mode),
          .amount($0.amount.lowerBound), .amount($0.amount.upperBound),
          .integer($0.maximumMonths), .text($0.demand.rawValue), .integer($0.accessWorkingDays),
          .optionalInt64($0.release.burstColumn), .integer($0.carryOverBasisPoints),
        ] + $0.policy.columns + [
          .int64Array($0.pace.points.flatMap { [Int64($0.time), Int64($0.amount)] }),
          .integer($0.underUse.usedBelow), .integer($0.underUse.after),
        ]
      })
    try retire(.retireFunder, next.funders, old.funders)
    try retire(.retireProgramme, next.programmes, old.programmes)
  }

  private borrowing func describeMachine(
    _ next: Centre, _ old: Centre
  ) throws(PostgresError) {
    try later(
      .saveNode,
      sets: changed(next.nodes, old.nodes).map {
        [
          .id($0.name), .text($0.gpuType), .integer($0.capacity.gpus),
          .integer($0.capacity.cpus), .integer($0.capacity.memoryMiB),
          .textArray($0.features.map(\.text)), .textArray($0.switches.map(\.text)),
          .integer($0.shardsPerGPU),
        ]
      })
    let partitions = changed(next.partitions, old.partitions)
    try later(
      .savePartition,
      sets: partitions.map {
        [
          .id($0.name), .bool($0.wholeNodes), .seconds($0.defaultTimeLimit),
          .seconds($0.maximumTimeLimit), .integer($0.defaultsPerGPU.gpus),
          .integer($0.defaultsPerGPU.cpus), .integer($0.defaultsPerGPU.memoryMiB),
        ]
      })
    for partition in partitions {
      try describeRates(of: partition, replacing: old.partitions[partition.name]?.rateCards ?? [])
    }
    try later(.clearPartitionNodes, sets: partitions.map { [.id($0.name)] })
    try later(
      .addPartitionNode,
      sets: partitions.flatMap { partition in
        partition.nodes.map { [.id(partition.name), .id($0)] }
      })
    try retire(.retireNode, next.nodes, old.nodes)
    try retire(.retirePartition, next.partitions, old.partitions)
  }

  /// Versions that lie ahead may go and come; that those in force stay is the schema's to hold.
  private borrowing func describeRates(
    of partition: Partition, replacing old: [RateCard]
  ) throws(PostgresError) {
    let name = partition.name
    let gone = old.filter { !partition.rateCards.contains($0) }
    try later(.removeRateCard, sets: gone.map { [.id(name), .integer($0.version)] })
    let new = partition.rateCards.filter { !old.contains($0) }
    try later(
      .saveRateCard,
      sets: new.map {
        [
          .id(name), .integer($0.version), .instant($0.inForceFrom), .int64($0.rates.perGPU),
          .int64($0.rates.perCPU), .int64($0.rates.perGiB), .optionalInt64($0.rates.perSharedGPU),
          .optionalInt64($0.centsPerGPUHour),
        ]
      })
    try later(
      .saveRateOfType,
      sets: new.flatMap { card in
        card.rates.perGPUOfType.sorted { $0.key < $1.key }.map {
          [.id(name), .integer(card.version), .text($0.key), .int64($0.value)]
        }
      })
  }

  private borrowing func describePeople(
    _ next: Centre, _ old: Centre
  ) throws(PostgresError) {
    try later(
      .saveOrganisation,
      sets: changed(next.organisations, old.organisations).map {
        [
          .id($0.id), .text($0.name), .text($0.type.rawValue), .text($0.country),
          .text($0.sector),
        ]
      })
    let members = changed(next.members, old.members)
    try later(.saveMember, sets: members.map { [.id($0.id)] })
    try later(.savePerson, sets: members.map { [.id($0.id), .text($0.account), .text($0.name)] })
    let projects = changed(next.projects, old.projects)
    try later(
      .saveProject,
      sets: projects.map {
        [
          .id($0.id), .text($0.reference), .text($0.title), .id($0.organisation),
          .bool($0.commercial),
        ]
      })
    try later(.clearMemberships, sets: projects.map { [.id($0.id)] })
    try later(
      .addMembership,
      sets: projects.flatMap { project in
        project.members.map { [.id(project.id), .id($0.member), .text($0.role.rawValue)] }
      })
    try retire(.retireOrganisation, next.organisations, old.organisations)
    try retire(.retireMember, next.members, old.members)
    try retire(.erasePerson, next.members, old.members)
    try retire(.retireProject, next.projects, old.projects)
  }

  private borrowing func retire<Kind, Object>(
    _ query: Query, _ next: [Identifier<Kind>: Object], _ old: [Identifier<Kind>: Object]
  ) throws(PostgresError) {
    try later(query, sets: old.keys.filter { next[$0] == nil }.sorted().map { [.id($0)] })
  }
}

/// What is new or differs, by id.
private func changed<Kind, Object: Equatable>(
  _ next: [Identifier<Kind>: Object], _ old: [Identifier<Kind>: Object]
) -> [Object] {
  next.filter { old[$0.key] != $0.value }.sorted { $0.key < $1.key }.map(\.value)
}

extension ClosingPolicy {
  /// The columns that begin with `policy_`, in the order of the queries.
  fileprivate var columns: [Value] {
    [
      .text(atEnd.rawValue), .text(atExhaustion.rawValue), .text(signal.rawValue),
      .seconds(ahead), .amount(overrunCap),
    ]
  }
}
