/// Where waiting jobs stand in the queue, and why. `GET /v1/priorities`.
package struct PrioritiesView: Codable, Equatable, Sendable {
  /// Of the jobs that the reader may see, in the order of the queue.
  package var jobs: [PriorityView]
  /// Of all jobs that wait.
  package var waiting: Int
  package var asOf: Int64

  package init(jobs: [PriorityView], waiting: Int, asOf: Int64) {
    self.jobs = jobs
    self.waiting = waiting
    self.asOf = asOf
  }
}

/// Why a waiting job has its place in the queue: whole numbers that sum to its priority.
package struct PriorityView: Codable, Equatable, Sendable {
  /// One product of the sum.
  package struct Term: Codable, Equatable, Sendable {
    /// `QOS`, `fair share`, `entitlement`, `age`, `size`, `partition` or `nice`.
    package var factor: String
    /// In millionths.
    package var value: Int64
    package var weight: Int64
    /// Value times weight: in millionths of a point.
    package var product: Int64

    package init(factor: String, value: Int64, weight: Int64, product: Int64) {
      self.factor = factor
      self.value = value
      self.weight = weight
      self.product = product
    }
  }

  /// `P1042`.
  package var job: String
  package var project: String
  package var owner: String
  package var partition: String
  /// Among all jobs that wait, from 1.
  package var place: Int
  package var waiting: Int
  /// In millionths of a point; nil where the order is first come, first served by id.
  package var priority: Int64?
  package var terms: [Term]
  /// True if it is behind all that are within their soft caps.
  package var isBeyondSoftCap: Bool
  /// True if it is behind all that may not be preempted.
  package var isPreemptable: Bool
  /// Of the member in the tree of shares, from 1, and of how many; nil outside it.
  package var shareRank: Int?
  package var shareCount: Int?

  package init(
    job: String, project: String, owner: String, partition: String, place: Int, waiting: Int,
    priority: Int64?, terms: [Term], isBeyondSoftCap: Bool, isPreemptable: Bool = false,
    shareRank: Int?, shareCount: Int?
  ) {
    self.job = job
    self.project = project
    self.owner = owner
    self.partition = partition
    self.place = place
    self.waiting = waiting
    self.priority = priority
    self.terms = terms
    self.isBeyondSoftCap = isBeyondSoftCap
    self.isPreemptable = isPreemptable
    self.shareRank = shareRank
    self.shareCount = shareCount
  }
}
