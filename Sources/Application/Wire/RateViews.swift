/// One version of a partition's rate card. `GET /v1/rates`. Weights in thousandths of a
/// GPU-equivalent, times in milliseconds since 1970.
package struct RateCardView: Codable, Equatable, Sendable {
  package struct GPUType: Codable, Equatable, Sendable {
    /// As Slurm's Gres names it; a MIG slice is a type of its own.
    package var type: String
    package var perGPU: Int64

    package init(type: String, perGPU: Int64) {
      self.type = type
      self.perGPU = perGPU
    }
  }

  package var partition: String
  package var wholeNodes: Bool
  package var version: Int
  package var from: Int64
  /// Nil for the last version.
  package var until: Int64?
  /// `past`, `in force` or `announced`.
  package var state: String
  /// Of a GPU whose type is not in `gpuTypes`.
  package var perGPU: Int64
  package var gpuTypes: [GPUType]
  /// Of a whole GPU that is taken in shares; nil if shares weigh what they are of their GPU.
  package var perSharedGPU: Int64?
  package var perCPU: Int64
  package var perGiB: Int64
  /// The euro reference rate.
  package var centsPerGPUHour: Int64?

  package init(
    partition: String, wholeNodes: Bool, version: Int, from: Int64, until: Int64?, state: String,
    perGPU: Int64, gpuTypes: [GPUType], perSharedGPU: Int64?, perCPU: Int64, perGiB: Int64,
    centsPerGPUHour: Int64?
  ) {
    self.partition = partition
    self.wholeNodes = wholeNodes
    self.version = version
    self.from = from
    self.until = until
    self.state = state
    self.perGPU = perGPU
    self.gpuTypes = gpuTypes
    self.perSharedGPU = perSharedGPU
    self.perCPU = perCPU
    self.perGiB = perGiB
    self.centsPerGPUHour = centsPerGPUHour
  }
}

/// What a job weighs and costs, step by step. `GET /v1/jobs/{id}/rate`. Amounts in GPU-milliseconds.
package struct JobRateView: Codable, Equatable, Sendable {
  /// `P1042`.
  package var id: String
  package var name: String
  package var runs: [RunRateView]
  /// What a task that waits would cost if it started now and ran to its limit.
  package var estimate: RunRateView?
  /// The version that comes into force next, if a task waits.
  package var next: RateCardView?

  package init(
    id: String, name: String, runs: [RunRateView], estimate: RunRateView?, next: RateCardView?
  ) {
    self.id = id
    self.name = name
    self.runs = runs
    self.estimate = estimate
    self.next = next
  }
}

/// The arithmetic of one run, or of one that might start now.
package struct RunRateView: Codable, Equatable, Sendable {
  /// Occupied on alike nodes, and what each part weighs, in thousandths.
  package struct Share: Codable, Equatable, Sendable {
    /// Empty where it is not known which.
    package var nodes: [String]
    package var nodeCount: Int
    package var gpuType: String
    package var gpus: Int
    /// Of one GPU, where it is shared; nil where GPUs are taken whole.
    package var gpuThousandths: Int?
    package var cpus: Int
    package var memoryMiB: Int
    package var perGPU: Int64
    package var gpuWeight: Int64
    package var cpuWeight: Int64
    package var memoryWeight: Int64
    /// `GPU`, `CPU` or `memory`: what weighs most.
    package var largest: String

    package init(
      nodes: [String], nodeCount: Int, gpuType: String, gpus: Int, gpuThousandths: Int? = nil,
      cpus: Int, memoryMiB: Int,
      perGPU: Int64, gpuWeight: Int64, cpuWeight: Int64, memoryWeight: Int64, largest: String
    ) {
      self.nodes = nodes
      self.nodeCount = nodeCount
      self.gpuType = gpuType
      self.gpus = gpus
      self.gpuThousandths = gpuThousandths
      self.cpus = cpus
      self.memoryMiB = memoryMiB
      self.perGPU = perGPU
      self.gpuWeight = gpuWeight
      self.cpuWeight = cpuWeight
      self.memoryWeight = memoryWeight
      self.largest = largest
    }
  }

  /// A line of the books about the run.
  package struct Booking: Codable, Equatable, Sendable {
    package var kind: String
    package var amount: Int64
    package var reason: String?

    package init(kind: String, amount: Int64, reason: String?) {
      self.kind = kind
      self.amount = amount
      self.reason = reason
    }
  }

  /// `P1042.1`; empty for an estimate.
  package var id: String
  package var card: RateCardView
  package var shares: [Share]
  /// What the run is charged by; it differs from the shares' sum where Slurm allocated something
  /// else.
  package var weight: Int64
  package var start: Int64?
  package var end: Int64?
  package var timeLimitSeconds: Int64
  package var graceSeconds: Int64
  package var bookings: [Booking]
  /// What it cost so far, refunds taken off; of an estimate at most.
  package var cost: Int64
  /// `cost` at the reference rate; nil without one.
  package var costCents: Int64?

  package init(
    id: String, card: RateCardView, shares: [Share], weight: Int64, start: Int64?, end: Int64?,
    timeLimitSeconds: Int64, graceSeconds: Int64, bookings: [Booking], cost: Int64,
    costCents: Int64?
  ) {
    self.id = id
    self.card = card
    self.shares = shares
    self.weight = weight
    self.start = start
    self.end = end
    self.timeLimitSeconds = timeLimitSeconds
    self.graceSeconds = graceSeconds
    self.bookings = bookings
    self.cost = cost
    self.costCents = costCents
  }
}
