import Domain
import Ledger
import Manifests
import Services
import Testing
import Wire

/// A centre with one of each kind, described in a text that tests change at one place.
enum SmallCentre {
  static let text = """
    kind: Funder
    id: state
    name: Dutch state
    contributions: [{from: 2026-01-01, euros: 70 M}]
    shares:
      - {from: 2026-01-01, percent: 100 %}
    ---
    kind: Programme
    id: playground
    name: Playground
    funder: state
    mode: Playground
    amount:
      least: 1,000 GPU-h
      most: "5,000 GPU-h"
    maximumMonths: 3
    demand: open
    accessWorkingDays: 2
    ---
    kind: Node
    id: gn[01-02]
    gpuType: h100
    gpus: 4
    cpus: 80
    memory: 500 GiB
    ---
    kind: Partition
    id: gpu
    nodes: [gn01, gn02]
    timeLimit: {default: 1 h, maximum: 1-00:00:00}
    defaultsPerGPU: {cpus: 20, memory: 125 GiB}
    rates: {perGPU: 1, perCPU: 0.05, perGiB: 0.008}
    ---
    kind: Organisation
    id: martini
    name: Martini Health AI
    type: SME
    country: NL
    sector: health care
    ---
    kind: Member
    id: m-0001
    account: anouk
    name: Anouk de Vries
    ---
    kind: Project
    id: longscan
    reference: EHPC-AIF-2026PG01-1001
    title: Long scans
    organisation: martini
    members:
      - member: m-0001
        role: PI
    ---
    kind: Allocation
    id: longscan-1
    project: longscan
    programme: playground
    granted: 2,000 GPU-h
    window: {from: 2026-11-01, until: 2027-01-01}
    opening: 500 GPU-h

    """

  static let now = Instant(seconds: 1_795_000_000)  // 2026-11-18

  static func objects(_ text: String = text) throws -> [DescribedObject] {
    try ManifestReader(today: CivilDate(now)).read(text: text, file: "c.yaml").get()
  }

  static func plan(
    _ text: String = text, in context: ApplyContext = .empty(now: now)
  ) throws -> ApplyPlan {
    ApplyPlanner.plan(described: try objects(text), context: context)
  }

  /// The text with one passage changed, which must be there.
  static func text(_ old: String, _ new: String) throws -> String {
    try #require(text.contains(old), "no \(old) in the description")
    return text.replacing(old, with: new, maxReplacements: 1)
  }

  /// The refusals of the changed description, as a person reads them.
  static func refusals(
    _ old: String, _ new: String, in context: ApplyContext = .empty(now: now)
  ) throws -> [String] {
    try plan(try text(old, new), in: context).refusals.map { "\($0.line): \($0.message)" }
  }

  /// The centre as applied, with what its books say.
  static func applied(
    used: GPUTime = .hours(500), held: GPUTime = .zero, expired: GPUTime = .zero,
    now: Instant = now, busyProjects: Set<ProjectID> = [], busyNodes: Set<NodeName> = []
  ) throws -> ApplyContext {
    let allocation = try #require(AllocationID("longscan-1"))
    return ApplyContext(
      now: now, centre: try plan().next,
      balances: [
        allocation: Balance(
          granted: .hours(2000), charged: used, expired: expired, held: held)
      ],
      grantEntries: [allocation: 1], busyProjects: busyProjects, busyNodes: busyNodes)
  }
}
