import Domain
import Engine
import Scheduling
import Wire

/// What is supposed of the order of the queue.
extension Front {
  func reordered(
    _ question: WhatIfRequest, _ centre: Centre
  ) throws(Problem) -> [Supposition] {
    var suppositions: [Supposition] = []
    let weights = question.weights ?? []
    guard weights.isEmpty && question.promiseAhead == nil || centre.order.policy != nil else {
      throw notSupposed("the queue is first come, first served: nothing is weighed")
    }
    for weight in weights {
      guard let factor = PriorityExplanation.Factor(described: weight.factor) else {
        let known = PriorityExplanation.Factor.allCases.map(\.described).joined(separator: ", ")
        throw notSupposed("'\(weight.factor)' is no factor of the order; there are \(known)")
      }
      let most = PriorityPolicy.largestWeight
      guard (factor == .age ? 0...most : -most...most).contains(weight.weight) else {
        throw notSupposed("a weight is from \(factor == .age ? 0 : -most) to \(most)")
      }
      suppositions.append(.weight(factor, weight.weight))
    }
    for share in question.shares ?? [] {
      guard let funder = FunderID(share.funder).flatMap({ centre.funders[$0] }) else {
        let near = Spelling.nearest(to: share.funder, in: centre.funders.keys.map(\.text))
        throw notSupposed(
          "there is no funder '\(share.funder)'" + (near.map { "; do you mean \($0)?" } ?? ""))
      }
      switch FieldForm<Int>.percent.read(share.share) {
      case .success(let points): suppositions.append(.share(funder.id, basisPoints: points))
      case .failure(let failure): throw notSupposed("share: \(failure.reason)")
      }
    }
    if let text = question.promiseAhead {
      switch FieldForm<Seconds>.timeLimit.read(text) {
      case .success(let ahead): suppositions.append(.promiseAhead(ahead))
      case .failure(let failure): throw notSupposed("promiseAhead: \(failure.reason)")
      }
    }
    return suppositions
  }
}

extension PriorityExplanation.Factor {
  /// As it is described with the centre.
  fileprivate var described: String {
    switch self {
    case .fairShare: "fairShare"
    case .qos: "qos"
    case .entitlement, .age, .size, .partition, .nice: rawValue
    }
  }

  fileprivate init?(described text: String) {
    guard let factor = Self.allCases.first(where: { $0.described == text }) else { return nil }
    self = factor
  }
}
