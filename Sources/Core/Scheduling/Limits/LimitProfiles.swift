import Domain

/// What limits leave over time, each as a ``Profile`` with a lane for each measure of runs that it
/// limits: what runs now, starts or is planned is taken from it until its end.
///
/// Costs nothing where there are no limits.
struct LimitProfiles {
  /// So many questions are asked of a limit before their answers are kept as ``Bounds``: those of a
  /// limit above few tasks would need more memory than time.
  private static let fewQuestions = 2048

  /// What one limit leaves one of those that it stands for.
  private struct Limit {
    let subject: LimitSubject
    /// Of runs, those that are limited: a lane of the profile each.
    let measures: [LimitMeasure]
    var profile: Profile
    var inUse = LimitUse()
    /// Of each lane; empty while few have asked, and void once something is given back.
    var bounds: [Bounds] = []
    var questions = 0

    /// Nil if it says nothing of runs.
    init?(_ room: LimitRoom, of subject: LimitSubject, now: Int64) {
      let limited = LimitMeasure.allCases.compactMap { measure in
        measure == .waiting ? nil : room.most[measure].map { (measure, $0) }
      }
      guard !limited.isEmpty else { return nil }
      self.subject = subject
      measures = limited.map(\.0)
      profile = Profile(from: now, values: limited.map(\.1))
    }

    /// The earliest instant from `floor` on from which an amount of a lane is left for a span.
    mutating func earliest(
      _ amount: Int64, _ lane: Int, span: Int64, notBefore floor: Int64, now: Int64
    ) -> Int64 {
      // Most often it is left at once.
      if profile.has(amount, of: lane, from: floor, span: span) { return floor }
      guard !bounds.isEmpty else {
        questions += 1
        if questions > LimitProfiles.fewQuestions {
          bounds = measures.map { _ in Bounds() }
        }
        return profile.earliest(amount, of: lane, span: span, notBefore: floor)
      }
      let known = bounds[lane].bound(amount, span: span)
      let first = profile.earliest(amount, of: lane, span: span, notBefore: max(now, known))
      if first != known { bounds[lane].note(amount, span: span, start: first) }
      guard first < floor else { return first }
      return profile.earliest(amount, of: lane, span: span, notBefore: floor)
    }
  }

  private let rooms: [LimitID: LimitRoom]
  private let licences: [LicenceName: Int64]
  private var limits: [Limit] = []
  /// Of those that somebody asked for: one limit may stand for many who do not.
  private var places: [LimitCounter: Int] = [:]
  private let now: Int64

  init(_ problem: PlanningProblem) {
    now = problem.now.milliseconds
    licences = problem.licences
    rooms = problem.limits.filter { room in room.value.most.keys.contains { $0 != .waiting } }
  }

  /// Of a licence that the centre has not any more nothing is left.
  private func room(_ id: LimitCounter) -> LimitRoom? {
    guard case .licence(let name) = id.subject else { return rooms[id.limit] }
    return LimitRoom(scope: nil, most: [.licences: licences[name] ?? 0])
  }

  /// Where limits stand among those that somebody asked for, so that it is looked up once; those that
  /// say nothing of runs do not.
  mutating func places(of ids: [LimitCounter]) -> [Int] {
    ids.compactMap { id in
      if let place = places[id] { return place }
      guard let room = room(id), let limit = Limit(room, of: id.subject, now: now) else {
        return nil
      }
      places[id] = limits.count
      limits.append(limit)
      return limits.count - 1
    }
  }

  /// Takes what a run under way uses.
  mutating func occupy(_ use: LimitUse, of ids: [LimitCounter], until end: Int64) {
    let places = places(of: ids)
    take(use, at: places, from: now, until: end)
    for place in places {
      limits[place].inUse = limits[place].inUse + use
    }
  }

  /// Takes of limits over `begin..<end`; gives back with a sign of -1.
  mutating func take(
    _ use: LimitUse, of ids: [LimitCounter], from begin: Int64, until end: Int64, sign: Int64 = 1
  ) {
    take(use, at: places(of: ids), from: begin, until: end, sign: sign)
  }

  /// The same by their places.
  mutating func take(
    _ use: LimitUse, at places: [Int], from begin: Int64, until end: Int64, sign: Int64 = 1
  ) {
    for place in places {
      let subject = limits[place].subject
      let amounts = limits[place].measures.map { use[$0, of: subject] }
      limits[place].profile.add(amounts[...], times: -sign, from: begin, until: end)
      if sign < 0 { limits[place].bounds = [] }
    }
  }

  /// True if all the limits leave so much throughout `begin..<begin + span`.
  func have(_ use: LimitUse, of ids: [LimitCounter], from begin: Int64, span: Int64) -> Bool {
    lacking(use, of: ids, from: begin, span: span) == nil
  }

  /// The earliest instant from `floor` on from which all of the limits leave so much for a whole
  /// span; `Int64.max` if none ever does.
  mutating func earliest(
    _ use: LimitUse, of ids: [LimitCounter], span: Int64, notBefore floor: Int64
  ) -> Int64 {
    earliest(use, at: places(of: ids), span: span, notBefore: floor)
  }

  /// The same by their places.
  mutating func earliest(
    _ use: LimitUse, at places: [Int], span: Int64, notBefore floor: Int64
  ) -> Int64 {
    var begin = floor
    var moved = true
    while moved {
      moved = false
      for place in places {
        for lane in limits[place].measures.indices {
          let amount = use[limits[place].measures[lane], of: limits[place].subject]
          // Who takes nothing of it is not in its way, though it was lowered below what is in use.
          guard amount > 0 else { continue }
          let next = limits[place].earliest(
            amount, lane, span: span, notBefore: begin, now: now)
          if next == .max { return .max }
          if next > begin { (begin, moved) = (next, true) }
        }
      }
    }
    return begin
  }

  /// Why a run can't start at an instant: the first limit, the narrowest before, that leaves too
  /// little for its span.
  func shortfall(
    _ use: LimitUse, of ids: [LimitCounter], from begin: Int64, span: Int64
  ) -> WaitReason? {
    guard let (id, measure) = lacking(use, of: ids, from: begin, span: span),
      let room = room(id), let most = room.most[measure]
    else { return nil }
    var (inUse, ahead): (Int64, Int64) = (0, 0)
    if let place = places[id], let lane = limits[place].measures.firstIndex(of: measure) {
      inUse = limits[place].inUse[measure, of: id.subject]
      ahead = max(most - inUse - limits[place].profile.value(of: lane, at: now), 0)
    }
    return .limit(
      LimitShortfall(
        counter: id, scope: room.scope, measure: measure, wants: use[measure, of: id.subject],
        most: most,
        inUse: inUse, promisedAhead: ahead))
  }

  private func lacking(
    _ use: LimitUse, of ids: [LimitCounter], from begin: Int64, span: Int64
  ) -> (LimitCounter, LimitMeasure)? {
    for id in ids {
      guard let place = places[id] else {
        // Nobody took anything of it.
        let room = room(id)
        let fresh = LimitMeasure.allCases.first { measure in
          room?.most[measure].map { use[measure, of: id.subject] > $0 } ?? false
        }
        if let fresh { return (id, fresh) }
        continue
      }
      for (lane, measure) in limits[place].measures.enumerated() {
        let amount = use[measure, of: id.subject]
        guard amount > 0 else { continue }
        guard limits[place].profile.has(amount, of: lane, from: begin, span: span) else {
          return (id, measure)
        }
      }
    }
    return nil
  }
}
