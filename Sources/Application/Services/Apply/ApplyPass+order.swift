import Domain
import Wire

/// How the queue is put in order.
extension ApplyPass {
  /// A machine has one queue, so that its order has one name.
  static let orderName = "queue"

  private enum Rule: String, CaseIterable {
    case shared
    case firstCome = "first-come"
  }

  mutating func readOrder(_ text: String, _ fields: inout FieldReader) {
    guard text == Self.orderName else {
      return fields.refuse("id", "\"\(text)\" is no queue; accepted: \(Self.orderName)")
    }
    let rule: Rule? = fields.optional("rule", .choice(), default: .shared)
    guard let rule else { return }
    var order = OrderRule(policy: nil)
    if rule == .shared {
      let policy = readPriorityPolicy(&fields)
      let shares = readShares(&fields)
      let ahead = fields.optional(
        "promiseAhead", .timeLimit, default: OrderRule.standard.promiseAhead ?? .minutes(10))
      guard let policy, let ahead else { return }
      order = OrderRule(policy: policy, shares: shares, promiseAhead: ahead)
    }
    guard fields.problems.isEmpty else { return }
    let before = context.centre.order
    let isNew = before == .standard && order != .standard
    note(.order, text, before: isNew ? nil : before, after: order)
    next.order = order
  }

  private mutating func readPriorityPolicy(_ fields: inout FieldReader) -> PriorityPolicy? {
    let standard = PriorityPolicy.shared
    var weights = PriorityPolicy.Weights()
    func read(
      _ name: String, _ path: WritableKeyPath<PriorityPolicy.Weights, Int64>, least: Int64? = nil
    ) {
      let form = FieldForm<Int64>.weight(least: least ?? -PriorityPolicy.largestWeight)
      let weight = fields.optional(
        "weights.\(name)", form, default: standard.weights[keyPath: path])
      weights[keyPath: path] = weight ?? 0
    }
    read("qos", \.qos)
    read("fairShare", \.fairShare)
    read("entitlement", \.entitlement)
    // An age that counts against a task would starve it.
    read("age", \.age, least: 0)
    read("size", \.size)
    read("partition", \.partition)
    read("nice", \.nice)
    let age = fields.optional("agePeriod", .timeLimit, default: standard.agePeriod)
    let short = fields.optional("halfLife", .timeLimit, default: standard.halfLife)
    let long = fields.optional("longHalfLife", .timeLimit, default: standard.longHalfLife)
    let entry = fields.optional(
      "entryCharge", .percent, default: Int(standard.entryChargeBasisPoints))
    let partitions = readPartitionFactors(&fields)
    guard let age, let short, let long, let entry else { return nil }
    if age < .minutes(1) { fields.refuse("agePeriod", "\(age) is less than a minute") }
    for (path, halfLife) in [("halfLife", short), ("longHalfLife", long)]
    where halfLife < .hours(24) {
      fields.refuse(path, "\(halfLife) is less than a day; use is counted by days")
    }
    if long < short {
      fields.refuse("longHalfLife", "\(long) is less than halfLife, \(short)")
    }
    var policy = PriorityPolicy(weights: weights, agePeriod: age)
    policy.halfLife = short
    policy.longHalfLife = long
    policy.entryChargeBasisPoints = Int64(entry)
    policy.partitions = partitions
    return policy
  }

  /// From hundredths of a per cent to millionths.
  private static func millionths(_ basisPoints: Int) -> Int64 { Int64(basisPoints) * 100 }

  private mutating func readPartitionFactors(
    _ fields: inout FieldReader
  ) -> [PartitionName: Int64] {
    var factors: [PartitionName: Int64] = [:]
    for path in fields.items("partitions") {
      let name = reference("\(path).partition", .partition, next.partitions, &fields)
      let factor = fields.required("\(path).factor", .percent)
      guard let name, let factor else { continue }
      if factors.updateValue(Self.millionths(factor), forKey: name) != nil {
        fields.refuse("\(path).partition", "\(name) stands twice among the partitions")
      }
    }
    return factors
  }

  private mutating func readShares(_ fields: inout FieldReader) -> ShareWeights {
    var shares = ShareWeights()
    for path in fields.items("shares") {
      let programme = reference(
        "\(path).programme", .programme, next.programmes, optional: true, &fields)
      let project = reference("\(path).project", .project, next.projects, optional: true, &fields)
      let member = reference("\(path).member", .member, next.members, optional: true, &fields)
      let count = fields.required("\(path).shares", .whole(0...1_000_000)).map { Int64($0) }
      guard fields.problems.isEmpty, let count else { continue }
      let before: Int64?
      switch (programme, project, member) {
      case (let programme?, nil, nil):
        before = shares.programmes.updateValue(count, forKey: programme)
      case (nil, let project?, nil): before = shares.projects.updateValue(count, forKey: project)
      case (nil, nil, let member?): before = shares.members.updateValue(count, forKey: member)
      default:
        fields.refuse(path, "names one of: programme, project, member; and its shares")
        continue
      }
      if before != nil { fields.refuse(path, "stands twice among the shares") }
    }
    return shares
  }
}

extension FieldForm where Value == Int64 {
  /// What a factor of one adds to a priority.
  fileprivate static func weight(least: Int64) -> FieldForm {
    let most = PriorityPolicy.largestWeight
    return FieldForm(
      "weight", accepted: "a whole number from \(least) to \(most)"
    ) { text in
      let isNegative = text.hasPrefix("-")
      guard let count = Decimal(isNegative ? String(text.dropFirst()) : text)?.times(1) else {
        return nil
      }
      let weight = isNegative ? -count : count
      return (least...most).contains(weight) ? weight : nil
    }
  }
}

extension OrderRule: Canonical {
  var canonicalFields: [CanonicalField] {
    guard let policy else { return [CanonicalField("rule", "first-come")] }
    let weights = policy.weights
    var fields = [
      CanonicalField("rule", "shared"), CanonicalField("weights.qos", "\(weights.qos)"),
      CanonicalField("weights.fairShare", "\(weights.fairShare)"),
      CanonicalField("weights.entitlement", "\(weights.entitlement)"),
      CanonicalField("weights.age", "\(weights.age)"),
      CanonicalField("weights.size", "\(weights.size)"),
      CanonicalField("weights.partition", "\(weights.partition)"),
      CanonicalField("weights.nice", "\(weights.nice)"),
      CanonicalField("agePeriod", policy.agePeriod.description),
      CanonicalField("halfLife", policy.halfLife.description),
      CanonicalField("longHalfLife", policy.longHalfLife.description),
      CanonicalField(
        "entryCharge", CanonicalText.percent(Int(policy.entryChargeBasisPoints))),
    ]
    if let promiseAhead {
      fields.append(CanonicalField("promiseAhead", promiseAhead.description))
    }
    func factor(_ millionths: Int64) -> String { CanonicalText.percent(Int(millionths / 100)) }
    fields += policy.partitions.sorted { $0.key < $1.key }.map {
      CanonicalField("partitions \($0.key)", factor($0.value))
    }
    fields += shares.programmes.sorted { $0.key < $1.key }.map {
      CanonicalField("shares of programme \($0.key)", "\($0.value)")
    }
    fields += shares.projects.sorted { $0.key < $1.key }.map {
      CanonicalField("shares of project \($0.key)", "\($0.value)")
    }
    fields += shares.members.sorted { $0.key < $1.key }.map {
      CanonicalField("shares of member \($0.key)", "\($0.value)")
    }
    return fields
  }
}
