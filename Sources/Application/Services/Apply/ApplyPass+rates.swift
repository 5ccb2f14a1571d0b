import Domain
import Wire

/// What a version of a rate card says, without when and which.
struct DescribedRates: Equatable {
  let rates: Rates
  let centsPerGPUHour: Int64?

  init(rates: Rates, centsPerGPUHour: Int64?) {
    self.rates = rates
    self.centsPerGPUHour = centsPerGPUHour
  }

  init(_ card: RateCard) {
    self.init(rates: card.rates, centsPerGPUHour: card.centsPerGPUHour)
  }
}

/// The rate cards of a partition: described as one set of rates, or as a list with dates.
///
/// What was in force once never changes: a description may repeat it, with its date or (the first
/// of a list) without, or leave it out. What lies ahead is as described: added, changed, withdrawn.
extension ApplyPass {
  private struct Version {
    /// Of the description's field, for messages.
    let path: String
    /// Nil for the first of a list, which holds until the second, and for a single set of rates.
    let from: Instant?
    let content: DescribedRates
  }

  /// All versions that the partition has from then on; nil after a problem was noted.
  func readRateCards(_ before: Partition?, _ fields: inout FieldReader) -> [RateCard]? {
    let noted = fields.problems.count
    let versions = readVersions(&fields)
    guard fields.problems.count == noted else { return nil }
    let now = context.now
    let standing = before?.rateCards ?? []
    // A partition's first version may begin a moment after its apply was planned.
    var cards = standing.filter { $0.inForceFrom <= now }
    if cards.isEmpty, let first = standing.first { cards = [first] }
    for (position, version) in versions.enumerated() {
      let until = position + 1 < versions.count ? versions[position + 1].from : nil
      check(version, until, against: cards, isNew: before == nil, &fields)
      guard let begin = begin(of: version, until, after: cards, isNew: before == nil) else {
        continue
      }
      cards.append(
        RateCard(
          version: (cards.last?.version ?? 0) + 1, inForceFrom: begin,
          rates: version.content.rates, centsPerGPUHour: version.content.centsPerGPUHour))
    }
    if let first = versions.first?.from, before == nil, first > now {
      fields.refuse(
        "rates[0].from",
        "nothing would be in force until \(first); leave `from` out of the first rates")
    }
    if fields.problems.count == noted { checkLatest(versions, standing, &fields) }
    return fields.problems.count == noted ? cards : nil
  }

  /// Refuses a description that ends before the version in force: what it says of today is no more.
  private func checkLatest(
    _ versions: [Version], _ standing: [RateCard], _ fields: inout FieldReader
  ) {
    let now = context.now
    guard let latest = versions.last(where: { $0.from.map { $0 <= now } ?? false }),
      let from = latest.from,
      let card = standing.last(where: { $0.inForceFrom <= now }),
      card.inForceFrom.wholeSeconds > from.wholeSeconds
    else { return }
    fields.refuse(
      latest.path,
      "version \(card.version), in force since \(card.inForceFrom), is not described: add it, as "
        + "`polder rate list` shows it")
  }

  /// When a described version comes into force; nil if it stands already, or never was in force.
  private func begin(
    of version: Version, _ until: Instant?, after cards: [RateCard], isNew: Bool
  ) -> Instant? {
    let now = context.now
    if let from = version.from { return from > now || isNew ? from : nil }
    if let until, until <= now { return nil }
    guard let last = cards.last else { return now }
    return DescribedRates(last) == version.content
      ? nil : max(now, Instant(milliseconds: last.inForceFrom.milliseconds + 1))
  }

  /// Refuses what would change what was in force.
  private func check(
    _ version: Version, _ until: Instant?, against cards: [RateCard], isNew: Bool,
    _ fields: inout FieldReader
  ) {
    guard !isNew else { return }
    let now = context.now
    let advice =
      "what was in force once never changes: to change the rates, add a version with a later "
      + "`from`"
    if let from = version.from {
      guard from <= now else { return }
      guard let card = cards.last(where: { $0.inForceFrom.wholeSeconds == from.wholeSeconds })
      else {
        fields.refuse(
          "\(version.path).from",
          "no rates came into force at \(from), and none can in the past; those in force began at "
            + "\(cards.last?.inForceFrom ?? now): see `polder rate list`")
        return
      }
      if DescribedRates(card) != version.content {
        fields.refuse(
          version.path, "version \(card.version), from \(from), says otherwise; \(advice)")
      }
    } else if let until, until <= now {
      guard let card = cards.last(where: { $0.inForceFrom.wholeSeconds < until.wholeSeconds }),
        DescribedRates(card) != version.content
      else { return }
      fields.refuse(
        version.path, "version \(card.version), until \(until), says otherwise; \(advice)")
    }
  }

  /// What each new or changed version says otherwise, field by field: than it was announced with, or
  /// than the version that it follows, so that a rate which is left out is seen to go. What comes into
  /// force at once follows what is in force, whatever was announced under its number.
  func rateChanges(
    from before: [RateCard], to after: [RateCard]
  ) -> [ApplyResult.FieldChange] {
    var changes: [ApplyResult.FieldChange] = []
    for (position, card) in after.enumerated() {
      let follows = position > 0 ? after[position - 1] : nil
      let standing = before.first {
        $0.version == card.version && ($0.inForceFrom <= context.now || isAhead(card, of: follows))
      }
      guard standing != card, let other = standing ?? follows else { continue }
      let old = Dictionary(other.canonicalFields.map { ($0.name, $0.text) }) { first, _ in first }
      let new = Dictionary(card.canonicalFields.map { ($0.name, $0.text) }) { first, _ in first }
      let names = (card.canonicalFields + other.canonicalFields).map(\.name)
      var seen: Set<String> = []
      for name in names where old[name] != new[name] && seen.insert(name).inserted {
        changes.append(
          ApplyResult.FieldChange(
            field: "rates version \(card.version) \(name)", before: old[name] ?? "none",
            after: new[name] ?? "none"))
      }
    }
    return changes
  }

  /// Whether a version was given a date that is to come: without one it begins now, or right after the
  /// one before it.
  private func isAhead(_ card: RateCard, of follows: RateCard?) -> Bool {
    let next = follows.map { $0.inForceFrom.milliseconds + 1 } ?? 0
    return card.inForceFrom.milliseconds > max(context.now.milliseconds, next)
  }

  /// Says which announced versions will not come. One that is moved to another date is a difference,
  /// and said there.
  mutating func noteWithdrawnRates(
    of partition: PartitionName, from before: [RateCard], to after: [RateCard]
  ) {
    let ahead = before.filter { $0.inForceFrom > context.now }
    let dates = Set(before.map(\.inForceFrom.wholeSeconds))
    let left = Set(after.map(\.inForceFrom.wholeSeconds))
    let last = after.enumerated().filter { position, card in
      isAhead(card, of: position > 0 ? after[position - 1] : nil)
        && !dates.contains(card.inForceFrom.wholeSeconds)
    }.map(\.element.version)
    for card in ahead
    where !left.contains(card.inForceFrom.wholeSeconds) && !last.contains(card.version) {
      let rates = DescribedRates(card)
      let euros = rates.centsPerGPUHour.map { ", \(Euros(cents: $0)) per GPU-h" } ?? ""
      effects.append(
        "partition \(partition): the rates announced from \(card.inForceFrom) on "
          + "(perGPU \(CanonicalText.rate(rates.rates.perGPU))\(euros)) are withdrawn")
    }
  }

  // MARK: The fields

  private func readVersions(_ fields: inout FieldReader) -> [Version] {
    guard fields.has("rates[0]") else {
      return readRates("rates", &fields).map { [Version(path: "rates", from: nil, content: $0)] }
        ?? []
    }
    var versions: [Version] = []
    var last: Instant?
    for (position, path) in fields.items("rates").enumerated() {
      let from = fields.optional("\(path).from", .instant)
      if position > 0, from == nil, !fields.has("\(path).from") {
        fields.refuse(
          path, "says no `from`: only the first of several rates may leave out when it holds")
      }
      if let from, let last, from <= last {
        fields.refuse("\(path).from", "\(from) is not after \(last), the one before it")
      }
      last = from ?? last
      if let content = readRates(path, &fields) {
        versions.append(Version(path: path, from: from, content: content))
      }
    }
    return versions
  }

  private func readRates(_ path: String, _ fields: inout FieldReader) -> DescribedRates? {
    let noted = fields.problems.count
    let perGPU = readGPURate("\(path).perGPU", &fields)
    let perCPU = fields.required("\(path).perCPU", .rate)
    let perGiB = fields.required("\(path).perGiB", .rate)
    let perSharedGPU =
      fields.has("\(path).perSharedGPU") ? readGPURate("\(path).perSharedGPU", &fields) : nil
    let cents = fields.optional("\(path).eurosPerGPUHour", .euroRate)
    var ofType: [String: Int64] = [:]
    for item in fields.items("\(path).gpuTypes") {
      let type: Identifier<Never>? = fields.required("\(item).type", .identifier())
      let weight = readGPURate("\(item).perGPU", &fields)
      guard let type, let weight else { continue }
      if ofType.updateValue(weight, forKey: type.text) != nil {
        fields.refuse("\(item).type", "\(type.text) has a weight already")
      }
      if !next.nodes.values.contains(where: { $0.gpuType == type.text }) {
        refuseUnknown(
          type.text, "\(item).type", "GPU type", Set(next.nodes.values.map(\.gpuType)).sorted(),
          &fields)
      }
    }
    guard fields.problems.count == noted, let perGPU, let perCPU, let perGiB else { return nil }
    return DescribedRates(
      rates: Rates(
        perGPU: perGPU, perCPU: perCPU, perGiB: perGiB, perGPUOfType: ofType,
        perSharedGPU: perSharedGPU), centsPerGPUHour: cents)
  }

  private func readGPURate(_ path: String, _ fields: inout FieldReader) -> Int64? {
    let rate = fields.required(path, .rate)
    if rate == 0 {
      fields.refuse(path, "a GPU that costs nothing can't be accounted for; above zero")
    }
    return rate
  }
}
