package import Domain

extension Candidate {
  /// What its run takes of limits and licences.
  func use(_ placement: Placement, hold: GPUTime) -> LimitUse {
    LimitUse(placement, hold: hold, licences: request.licences)
  }
}

extension Occupation {
  /// What the run takes of limits and licences.
  package var use: LimitUse { LimitUse(placement, hold: held, licences: licences) }
}
