/// A limit on what runs or waits at once, and what is there. `GET /v1/limits`.
package struct LimitView: Codable, Equatable, Sendable {
  /// One thing that is limited.
  package struct Measure: Codable, Equatable, Sendable {
    /// `gpus`, `running`, `queued`, `licences`, or `gpuTime` in GPU-milliseconds that runs under way
    /// hold.
    package var measure: String
    package var most: Int64
    /// Now; nil where it counts several projects and the reader may not see their figures.
    package var inUse: Int64?

    package init(measure: String, most: Int64, inUse: Int64?) {
      self.measure = measure
      self.most = most
      self.inUse = inUse
    }
  }

  package var id: String
  /// Whose jobs are counted, in words.
  package var scope: String
  /// Of a limit that stands for each member or each project: the one that the figures are of, by
  /// its id. Nil where all of the scope is counted together, or nobody uses anything.
  package var of: String?
  package var measures: [Measure]
  package var asOf: Int64

  package init(
    id: String, scope: String, of subject: String? = nil, measures: [Measure], asOf: Int64
  ) {
    self.id = id
    self.scope = scope
    self.of = subject
    self.measures = measures
    self.asOf = asOf
  }
}
