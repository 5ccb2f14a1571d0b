/// A question: what would become of the expected starts? `POST /v1/what-if`. At least one member.
package struct WhatIfRequest: Codable, Equatable, Sendable {
  /// Nodes out of service for a time.
  package struct Outage: Codable, Equatable, Sendable {
    package var nodes: [String]
    /// Moments with their offset from UTC: `2026-12-01T08:00:00Z`.
    package var from: String
    package var until: String

    package init(nodes: [String], from: String, until: String) {
      self.nodes = nodes
      self.from = from
      self.until = until
    }
  }

  /// Another time limit for a job that waits.
  package struct Limit: Codable, Equatable, Sendable {
    /// `P1042`.
    package var job: String
    /// As `sbatch --time` takes it.
    package var timeLimit: String

    package init(job: String, timeLimit: String) {
      self.job = job
      self.timeLimit = timeLimit
    }
  }

  /// Another limit on what runs at once.
  package struct AtMost: Codable, Equatable, Sendable {
    /// Its id.
    package var limit: String
    /// `gpus`, `running` or `gpuTime`.
    package var measure: String
    /// As it is described: `64`, `20,000 GPU-h`.
    package var most: String

    package init(limit: String, measure: String, most: String) {
      self.limit = limit
      self.measure = measure
      self.most = most
    }
  }

  /// Another weight of a factor of the order.
  package struct Weight: Codable, Equatable, Sendable {
    /// As it is described: `qos`, `fairShare`, `entitlement`, `age`, `size`, `partition`, `nice`.
    package var factor: String
    /// A whole number from -1,000,000 to 1,000,000; of `age` from 0.
    package var weight: Int64

    package init(factor: String, weight: Int64) {
      self.factor = factor
      self.weight = weight
    }
  }

  /// Another entitlement of a funder, from today on.
  package struct Share: Codable, Equatable, Sendable {
    package var funder: String
    /// As it is described: `35 %`.
    package var share: String

    package init(funder: String, share: String) {
      self.funder = funder
      self.share = share
    }
  }

  /// Another policy of planning: `fcfs`, `easy`, `conservative`.
  package var policy: String?
  package var outages: [Outage]
  package var limits: [Limit]
  /// May be left out.
  package var atMost: [AtMost]?
  /// One job more, as options of `sbatch`; `--account` says of which project.
  package var job: [String]?
  /// The account, or id, of the member whose job it would be. Where it is left out: who asks, if that
  /// is one of those who may submit in the project, else the first of them.
  package var member: String?
  /// May be left out, as what follows.
  package var weights: [Weight]?
  package var shares: [Share]?
  /// How far ahead starts are promised: `10 min`, `2 h`.
  package var promiseAhead: String?

  package init(
    policy: String?, outages: [Outage], limits: [Limit], atMost: [AtMost]? = nil, job: [String]?,
    member: String? = nil, weights: [Weight]? = nil, shares: [Share]? = nil,
    promiseAhead: String? = nil
  ) {
    self.weights = weights
    self.shares = shares
    self.promiseAhead = promiseAhead
    self.member = member
    self.atMost = atMost
    self.policy = policy
    self.outages = outages
    self.limits = limits
    self.job = job
  }
}

/// The answer. Times in milliseconds since 1970.
package struct WhatIfView: Codable, Equatable, Sendable {
  /// A task whose start would be another; nil is *not known*.
  package struct Moved: Codable, Equatable, Sendable {
    package var task: String
    package var project: String
    package var before: Int64?
    package var after: Int64?

    package init(task: String, project: String, before: Int64?, after: Int64?) {
      self.task = task
      self.project = project
      self.before = before
      self.after = after
    }
  }

  /// In queue order, at most 1,000 of ``movedCount``.
  package var moved: [Moved]
  package var movedCount: Int
  package var sooner: Int
  package var later: Int
  package var unchanged: Int
  /// When the job that was added would start; nil if that can't be told or none was.
  package var added: Int64?
  package var addedReason: ReasonView?
  /// The account of the member whose job it would be.
  package var addedMember: String?
  /// Tasks whose runs would be ended to make way, at most 1,000; nil if none would.
  package var ended: [String]?
  package var asOf: Int64

  package init(
    moved: [Moved], movedCount: Int, sooner: Int, later: Int, unchanged: Int, added: Int64?,
    addedReason: ReasonView?, addedMember: String? = nil, ended: [String]? = nil, asOf: Int64
  ) {
    self.addedMember = addedMember
    self.ended = ended
    self.moved = moved
    self.movedCount = movedCount
    self.sooner = sooner
    self.later = later
    self.unchanged = unchanged
    self.added = added
    self.addedReason = addedReason
    self.asOf = asOf
  }
}
