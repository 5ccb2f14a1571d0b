import Domain

/// What is set aside on the nodes of a pass: nothing is planned across a reservation.
struct ReservedNodes {
  /// Those that have not ended, the first to begin first.
  private var reservations: [Reservation] = []
  /// By position of a node: its reservations, as indices.
  private var ofNode: [Int: [Int]] = [:]
  /// By position of a node that is set aside now: what would be free on it otherwise.
  private var free: [Int: NodeResources] = [:]
  /// When each begins, ascending.
  private(set) var begins: [Int64] = []

  /// The one of a name.
  subscript(name: ReservationName) -> Reservation? {
    reservations.first { $0.name == name.text }
  }

  /// Nothing is set aside.
  init() {}

  /// Blocks the nodes; to be made once all that runs lies on them.
  ///
  /// - Parameter own: where nodes are once more, for the tasks of their reservation: there they are
  ///   free in its time alone, but for that of others that meet it.
  init(
    _ reservations: [Reservation], now: Instant, positions: [NodeName: Int],
    own: [ReservationName: [NodeName: Int]], _ availability: inout Availability
  ) {
    guard !reservations.isEmpty else { return }
    self.reservations = reservations.filter { $0.window.upperBound > now }
      .sorted { ($0.window.lowerBound, $0.name) < ($1.window.lowerBound, $1.name) }
    begins = self.reservations.map(\.window.lowerBound.milliseconds)
    for (index, reservation) in self.reservations.enumerated() {
      let begin = max(reservation.window.lowerBound, now)
      let others = own.filter { $0.key.text != reservation.name }.flatMap { _, nodes in
        reservation.nodes.compactMap { nodes[$0] }
      }
      for position in reservation.nodes.compactMap({ positions[$0] }) + others.sorted() {
        if begin == now, free[position] == nil {
          free[position] = availability.freeNow(on: position)
        }
        ofNode[position, default: []].append(index)
        availability.block(
          position, from: begin.milliseconds,
          until: reservation.window.upperBound.milliseconds)
      }
      let tasks = ReservationName(reservation.name).flatMap { own[$0] } ?? [:]
      for position in tasks.values {
        availability.block(position, from: now.milliseconds, until: begin.milliseconds)
        availability.block(position, from: reservation.window.upperBound.milliseconds)
      }
    }
  }

  var isEmpty: Bool { ofNode.isEmpty }

  /// The first reservation of a node that begins before an instant.
  func first(on position: Int, before end: Instant) -> Reservation? {
    ofNode[position]?.first.map { reservations[$0] }.flatMap {
      $0.window.lowerBound < end ? $0 : nil
    }
  }

  /// What would be free on a node now if it were not set aside.
  func free(on position: Int, _ availability: Availability) -> NodeResources {
    free[position] ?? availability.freeNow(on: position)
  }
}

extension PlanningPass {
  /// Where a task lies: on the nodes of the reservation that it names, if it names one.
  func positions(of placement: Placement, for candidate: Candidate) -> [Int] {
    guard let name = candidate.request.terms.reservation else {
      return placement.nodes.compactMap { positions[$0] }
    }
    return placement.nodes.compactMap { reservedPositions[name]?[$0] }
  }

  /// Where a run takes of nodes: of those that are there more than once everywhere.
  func allPositions(of placement: Placement) -> [Int] {
    let own = placement.nodes.compactMap { positions[$0] }
    guard !reservedPositions.isEmpty else { return own }
    return own
      + reservedPositions.sorted { $0.key < $1.key }.flatMap { _, nodes in
        placement.nodes.compactMap { nodes[$0] }
      }
  }

  /// Until when, at most `end`, a node takes something from now on: until something is set aside on
  /// it; of one that is there for the tasks of a reservation until that ends. Nil if it takes
  /// nothing now.
  func openUntil(_ position: Int, atMost end: Int64) -> Int64? {
    var last = end
    if let name = nodes[position].node.reservation {
      guard let own = reserved[name], own.window.contains(problem.now) else { return nil }
      last = min(last, own.window.upperBound.milliseconds)
    }
    let next = reserved.first(on: position, before: Instant(milliseconds: last))
    last = min(last, next?.window.lowerBound.milliseconds ?? .max)
    return last > now ? last : nil
  }

  /// The reason of a task that names a reservation which has not begun, or ends too soon for it.
  func reservationOfItsOwn(_ candidate: Candidate) -> WaitReason? {
    guard let name = candidate.request.terms.reservation, let own = reserved[name] else {
      return nil
    }
    let window = own.window
    let end = max(window.lowerBound, problem.now) + candidate.request.leastLimit + candidate.grace
    if end > window.upperBound {
      return .reservationEnds(name, ends: window.upperBound, wouldEnd: end)
    }
    return window.lowerBound > problem.now
      ? .reservationAhead(name, begins: window.lowerBound) : nil
  }

  /// The reason of a task that would start now if no nodes were set aside; nil if other things
  /// than reservations stand in its way.
  ///
  /// - Parameters:
  ///   - share: of each node.
  ///   - positions: nodes that are up and could hold it.
  func reservationInTheWay(
    of candidate: Candidate, _ share: NodeResources, on positions: [Int]
  ) -> WaitReason? {
    guard !reserved.isEmpty else { return nil }
    let end = problem.now + candidate.span
    var open = 0
    var closed = 0
    var first: Reservation?
    for position in positions where share.fits(in: reserved.free(on: position, availability)) {
      guard let reservation = reserved.first(on: position, before: end) else {
        open += 1
        continue
      }
      closed += 1
      if first.map({ reservation.window.lowerBound < $0.window.lowerBound }) ?? true {
        first = reservation
      }
    }
    let wanted = candidate.request.nodeCount
    guard open < wanted, open + closed >= wanted, let first else { return nil }
    return .reserved(first.shortfall(wouldEnd: end, wanted: wanted, open: open))
  }

  /// The reason of a task that fits on these nodes now but for a reservation that begins later.
  func reservationAfter(_ candidate: Candidate, _ positions: [Int]) -> WaitReason? {
    let ahead = positions.compactMap {
      reserved.first(on: $0, before: Instant(milliseconds: .max))
    }
    guard let first = ahead.min(by: { $0.window.lowerBound < $1.window.lowerBound }) else {
      return nil
    }
    return .reserved(
      first.shortfall(
        wouldEnd: problem.now + candidate.span, wanted: candidate.request.nodeCount,
        open: positions.count - ahead.count))
  }
}

extension Reservation {
  fileprivate func shortfall(wouldEnd end: Instant, wanted: Int, open: Int) -> ReservationShortfall
  {
    ReservationShortfall(
      reservation: name, isMaintenance: isMaintenance, window: window, wouldEnd: end,
      wantedNodes: wanted, openNodes: open)
  }
}
