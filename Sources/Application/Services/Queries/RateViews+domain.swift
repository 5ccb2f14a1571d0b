import Domain
import Ledger
import Lifecycle
import Scheduling
import Wire

extension RateCardView {
  init(_ card: RateCard, of partition: Partition, now: Instant) {
    let inForce = partition.rateCard(at: now).version
    self.init(
      partition: partition.name.text, wholeNodes: partition.wholeNodes, version: card.version,
      from: card.inForceFrom.milliseconds, until: partition.end(of: card)?.milliseconds,
      state: card.version < inForce ? "past" : card.version == inForce ? "in force" : "announced",
      perGPU: card.rates.perGPU,
      gpuTypes: card.rates.perGPUOfType.sorted { $0.key < $1.key }
        .map { GPUType(type: $0.key, perGPU: $0.value) },
      perSharedGPU: card.rates.perSharedGPU, perCPU: card.rates.perCPU,
      perGiB: card.rates.perGiB, centsPerGPUHour: card.centsPerGPUHour)
  }
}

extension RunRateView {
  /// A run by the version that it was started with; nil if that is not known any more.
  init?(
    _ sheet: RunSheet, of job: JobRecord, _ entries: [Entry], in centre: Centre, grace: Seconds,
    now: Instant
  ) {
    let run = sheet.run
    guard let partition = centre.partitions[run.placement.partition ?? job.request.partition],
      let card = partition.rateCard(version: run.rateVersion)
    else { return nil }
    let booked = entries.filter { $0.run == run.id }
    let cost = sheet.charged - sheet.refunded
    self.init(
      id: "\(run.id)", card: RateCardView(card, of: partition, now: now),
      shares: Self.shares(of: sheet, job, card.rates, centre), weight: run.weight.thousandths,
      start: (sheet.end?.start ?? run.started)?.milliseconds,
      end: sheet.end?.end.milliseconds, timeLimitSeconds: (run.reach - grace).count,
      graceSeconds: grace.count,
      bookings: booked.map {
        Booking(
          kind: $0.kind.rawValue, amount: $0.amount.milliseconds, reason: $0.reason?.rawValue)
      }, cost: cost.milliseconds, costCents: card.euros(for: cost)?.cents)
  }

  /// One task of a request as a quote prices it.
  init(
    _ quote: Quote, _ request: JobRequest, by card: RateCard, of partition: Partition,
    now: Instant
  ) {
    let cost = quote.maximumChargePerTask
    let share = Share(
      [], count: quote.nodeCount, gpuType: quote.gpuType, quote.perNode, card.rates)
    self.init(
      id: "", card: RateCardView(card, of: partition, now: now), shares: [share],
      weight: quote.weight.thousandths, start: nil, end: nil,
      timeLimitSeconds: request.timeLimit.count,
      graceSeconds: (quote.holdPerTask.milliseconds - cost.milliseconds)
        / max(quote.weight.thousandths, 1),
      bookings: [Booking(kind: "hold", amount: quote.holdPerTask.milliseconds, reason: nil)],
      cost: cost.milliseconds, costCents: card.euros(for: cost)?.cents)
  }

  /// What a node of a run is weighed by.
  private struct Kind: Hashable {
    let gpuType: String
    let share: NodeResources
  }

  /// What Slurm allocated, which is what was placed unless the store says otherwise. Nodes of one
  /// GPU type and share together; a run whose nodes were never seen as one share.
  private static func shares(
    of sheet: RunSheet, _ job: JobRecord, _ rates: Rates, _ centre: Centre
  ) -> [Share] {
    let placement = sheet.run.placement
    let nodes =
      sheet.allocated.isEmpty
      ? placement.nodes.map { ($0, placement.perNode) } : sheet.allocated.map { ($0, $1) }
    guard !nodes.isEmpty else {
      let type = centre.gpuType(for: job.request) ?? ""
      return [
        Share([], count: job.request.nodeCount, gpuType: type, placement.perNode, rates)
      ]
    }
    let alike = Dictionary(grouping: nodes.sorted { $0.0 < $1.0 }) { node, share in
      Kind(gpuType: centre.nodes[node]?.gpuType ?? "", share: share)
    }
    return alike.sorted { ($0.key.gpuType, $0.value[0].0) < ($1.key.gpuType, $1.value[0].0) }
      .map { kind, nodes in
        Share(
          nodes.map(\.0), count: nodes.count, gpuType: kind.gpuType, kind.share, rates)
      }
  }
}

extension RunRateView.Share {
  fileprivate init(
    _ nodes: [NodeName], count: Int, gpuType: String, _ share: NodeResources, _ rates: Rates
  ) {
    let parts = rates.parts(of: share, gpuType: gpuType)
    self.init(
      nodes: nodes.map(\.text), nodeCount: count, gpuType: gpuType, gpus: share.gpus,
      gpuThousandths: share.sharedThousandths, cpus: share.cpus, memoryMiB: share.memoryMiB,
      perGPU: rates.perGPU(of: gpuType, in: share),
      gpuWeight: parts.gpus.thousandths, cpuWeight: parts.cpus.thousandths,
      memoryWeight: parts.memory.thousandths, largest: parts.largest.rawValue)
  }
}
