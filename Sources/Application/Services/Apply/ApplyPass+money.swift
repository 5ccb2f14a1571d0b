import Domain
import Wire

/// Funders and programmes.
extension ApplyPass {
  mutating func readFunder(_ text: String, _ fields: inout FieldReader) {
    let id: FunderID? = id(text, .identifier(), &fields)
    let name = fields.required("name", .line)
    let contributions = fields.items("contributions").compactMap {
      path -> Funder.Contribution? in
      let from = fields.required("\(path).from", .date)
      let euros = fields.required("\(path).euros", .euros)
      guard let from, let euros else { return nil }
      return Funder.Contribution(from: from, euros: euros)
    }
    let shares = fields.items("shares").compactMap { path -> Funder.Share? in
      let from = fields.required("\(path).from", .date)
      let points = fields.required("\(path).percent", .percent)
      guard let from, let points else { return nil }
      let place = fields.place(of: "\(path).percent", "")
      sharePlaces[from] = sharePlaces[from] ?? place
      return Funder.Share(from: from, basisPoints: points)
    }
    let cap = fields.optional("commercialCap", .percent)
    refuseRepeated(contributions.map(\.from), in: "contributions", &fields)
    refuseRepeated(shares.map(\.from), in: "shares", &fields)
    guard fields.problems.isEmpty, let id, let name else { return }
    checkClosed(shares.sorted { $0.from < $1.from }, of: context.centre.funders[id], &fields)
    guard fields.problems.isEmpty else { return }
    let funder = Funder(
      id: id, name: name, contributions: contributions, shares: shares,
      commercialCapBasisPoints: cap)
    note(.funder, text, before: context.centre.funders[id], after: funder)
    next.funders[id] = funder
  }

  /// What was entitled in months that are closed stays.
  private func checkClosed(
    _ shares: [Funder.Share], of standing: Funder?, _ fields: inout FieldReader
  ) {
    guard let open = context.openFrom, let standing else { return }
    let first = CivilDate(open)
    func closed(_ shares: [Funder.Share]) -> [Funder.Share] { shares.filter { $0.from < first } }
    guard closed(shares) != closed(standing.shares) else { return }
    fields.refuse(
      "shares",
      "the books are open from \(open): shares that are in force from before that day stay as they are; "
        + "describe a further one from \(first) on")
  }

  private func refuseRepeated(_ days: [CivilDate], in list: String, _ fields: inout FieldReader) {
    var seen: Set<CivilDate> = []
    for (index, day) in days.enumerated() where !seen.insert(day).inserted {
      fields.refuse("\(list)[\(index)].from", "\(day) stands twice among the \(list)")
    }
  }

  /// On every day from the first share on, the shares in force are the whole.
  mutating func checkShares() {
    let funders = next.funders.values.sorted { $0.id < $1.id }
    // After a funder that could not be read, a sum would only be a second message.
    guard refusals.isEmpty,
      let described = funders.compactMap({
        describedObject(.funder, $0.id.text)
      }).first
    else { return }
    for day in Set(funders.flatMap(\.shares).map(\.from)).sorted() {
      let sum = funders.reduce(0) { $0 + $1.basisPoints(on: day) }
      guard sum != 10_000 else { continue }
      let parts = funders.map { "\($0.id) \(CanonicalText.percent($0.basisPoints(on: day)))" }
      let message =
        "the shares in force from \(day) sum to \(CanonicalText.percent(sum)) and must be 100 %: "
        + parts.joined(separator: ", ")
      let place = sharePlaces[day]
      refusals.append(
        Problem.Place(
          file: place?.file ?? described.file, line: place?.line ?? described.line,
          message: message))
    }
  }

  private func readPace(_ fields: inout FieldReader) -> PaceCurve? {
    let points = fields.items("pace").compactMap { path -> PaceCurve.Point? in
      let time = fields.required("\(path).time", .percent)
      let amount = fields.required("\(path).used", .percent)
      guard let time, let amount else { return nil }
      return PaceCurve.Point(time: time, amount: amount)
    }
    guard let curve = points.isEmpty ? .linear : PaceCurve(points) else {
      fields.refuse(
        "pace", "the times must ascend between 0 % and 100 %, and what is used never descend")
      return nil
    }
    return curve
  }

  private func readUnderUse(_ fields: inout FieldReader) -> UnderUseRule? {
    let standard = UnderUseRule.standard
    let below = fields.optional("underUse.below", .percent, default: standard.usedBelow)
    let after = fields.optional("underUse.after", .percent, default: standard.after)
    guard let below, let after else { return nil }
    guard below <= 10_000, after <= 10_000 else {
      fields.refuse(
        "underUse", "its parts are of what is expected and of the window: at most 100 %")
      return nil
    }
    return UnderUseRule(usedBelow: below, after: after)
  }

  private func readRelease(_ fields: inout FieldReader) -> Release? {
    let pace: ReleasePace? = fields.optional("release.pace", .choice(), default: .atOnce)
    let burst = fields.optional("release.burst", .percent, default: 0)
    switch pace {
    case .monthly: return burst.map { .monthly(burstBasisPoints: $0) }
    case .atOnce:
      if fields.has("release.burst") {
        fields.refuse("release.burst", "is ahead of a monthly release; write pace: monthly with it")
      }
      return .atOnce
    case nil: return nil
    }
  }

  mutating func readProgramme(_ text: String, _ fields: inout FieldReader) {
    let id: ProgrammeID? = id(text, .identifier(), &fields)
    let name = fields.required("name", .line)
    let funder = reference("funder", .funder, next.funders, &fields)
    let mode = fields.required("mode", .line)
    let least = fields.required("amount.least", .amount())
    let most = fields.required("amount.most", .amount())
    let months = fields.required("maximumMonths", .whole(1...120))
    let demand: Programme.Demand? = fields.optional("demand", .choice(), default: .open)
    let days = fields.required("accessWorkingDays", .whole(0...366))
    let release = readRelease(&fields)
    let carryOver = fields.optional("carryOver", .percent, default: 0)
    let policy = readPolicy(.standard, &fields)
    let pace = readPace(&fields)
    let underUse = readUnderUse(&fields)
    if let least, let most, least > most {
      fields.refuse(
        "amount.most",
        "\(CanonicalText.amount(most)) is less than amount.least, \(CanonicalText.amount(least))")
    }
    guard fields.problems.isEmpty, let id, let name, let funder, let mode, let least, let most,
      let months, let demand, let days, let release, let carryOver, let policy,
      let pace, let underUse
    else { return }
    let programme = Programme(
      id: id, name: name, funder: funder, mode: mode, amount: least...most, maximumMonths: months,
      demand: demand, accessWorkingDays: days, release: release, carryOverBasisPoints: carryOver,
      policy: policy, pace: pace, underUse: underUse)
    let before = context.centre.programmes[id]
    if let before, before.funder != funder,
      let allocation = context.centre.allocations.values.filter({ $0.programme == id })
        .map(\.id).min()
    {
      fields.refuse(
        "funder",
        "\(id) is a programme of \(before.funder) and has allocations, \(allocation) for "
          + "one, whose use would move to another funder; describe a new programme")
      return
    }
    note(.programme, text, before: before, after: programme)
    next.programmes[id] = programme
  }
}

extension ApplyPass {
  /// The id of an object; a problem on the line of the id if it is not well-formed.
  func id<Kind>(
    _ text: String, _ form: FieldForm<Identifier<Kind>>, _ fields: inout FieldReader
  ) -> Identifier<Kind>? {
    switch form.read(text) {
    case .success(let id): return id
    case .failure(let failure):
      fields.refuse("id", "\(failure.reason); accepted: \(form.accepted)")
      return nil
    }
  }

  /// The id in a field that names another object, which must be described or in the centre.
  func reference<Kind, Object>(
    _ path: String, _ kind: DescribedKind, _ known: [Identifier<Kind>: Object],
    _ fields: inout FieldReader
  ) -> Identifier<Kind>? {
    guard let id: Identifier<Kind> = fields.required(path, .identifier()) else { return nil }
    guard known[id] == nil, !isDescribed(kind, id.text) else { return id }
    refuseUnknown(id.text, path, kind.rawValue, known.keys.map(\.text), &fields)
    return nil
  }

  func refuseUnknown(
    _ text: String, _ path: String, _ kind: String, _ known: @autoclosure () -> [String],
    _ fields: inout FieldReader
  ) {
    // Past a few errors nobody reads what else was meant, and looking for it takes the time of all
    // known names for each.
    guard refusals.count + fields.problems.count < 20 else {
      return fields.refuse(path, "there is no \(kind) \(FieldFailure.quoted(text))")
    }
    let accepted = known().sorted()
    let shown = accepted.prefix(12).joined(separator: ", ")
    let more = accepted.count > 12 ? " and \(accepted.count - 12) more" : ""
    fields.refuse(
      path,
      "there is no \(kind) \(FieldFailure.quoted(text))\(NearestName.hint(text, among: accepted)); "
        + "accepted: \(accepted.isEmpty ? "none is described" : shown + more)")
  }
}

/// The paces of a release, as they are described.
enum ReleasePace: String, CaseIterable, Sendable {
  case atOnce = "at once"
  case monthly
}
