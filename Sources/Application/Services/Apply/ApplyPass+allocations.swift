import Domain
import Ledger
import Wire

/// Allocations, and what the books have to say of them.
extension ApplyPass {
  mutating func readAllocation(_ text: String, _ fields: inout FieldReader) {
    let id: AllocationID? = id(text, .identifier(), &fields)
    let project = reference("project", .project, next.projects, &fields)
    let programme = reference("programme", .programme, next.programmes, &fields)
    let granted = fields.required("granted", .amount())
    let from = fields.required("window.from", .instant)
    let until = fields.required("window.until", .instant)
    let opening = fields.optional("opening", .amount(zero: true), default: .zero)
    let follows: AllocationID? = fields.optional("follows", .identifier())
    let suspended = fields.optional("suspended", .instant)
    let standard = programme.flatMap { next.programmes[$0]?.policy } ?? .standard
    let policy = readPolicy(standard, &fields)
    if let from, let until, from >= until {
      fields.refuse("window.until", "\(until) is not after window.from, \(from)")
    }
    if let granted, let opening, opening > granted {
      fields.refuse(
        "opening",
        "\(CanonicalText.amount(opening)) were used already, which is more than the "
          + "\(CanonicalText.amount(granted)) granted")
    }
    guard fields.problems.isEmpty, let id, let project, let programme, let granted, let from,
      let until, let opening
    else { return }
    let allocation = Allocation(
      id: id, project: project, programme: programme, granted: granted, window: from..<until,
      opening: opening, follows: follows, suspended: suspended,
      policy: fields.has("policy") ? policy : nil)
    let before = context.centre.allocations[id]
    if let before {
      checkChange(of: before, to: allocation, &fields)
    } else {
      checkAward(allocation, &fields)
    }
    checkProgramme(of: allocation, before: before, &fields)
    if let suspended, suspended != before?.suspended {
      refuseClosed(suspended, "suspended", id, &fields)
    }
    guard fields.problems.isEmpty else { return }
    note(.allocation, text, before: before, after: allocation)
    next.allocations[id] = allocation
    noteEffects(on: id)
    post(allocation, before: before)
  }

  /// What is carried over goes to an allocation of the same project and programme that is open when
  /// the one before it ends. Asked when all is read, of those that are described and of those whose
  /// predecessor's end moves.
  mutating func checkFollowers() {
    guard refusals.isEmpty else { return }
    for after in next.allocations.values.sorted(by: { $0.id < $1.id }) {
      guard let id = after.follows, let reason = obstacle(toCarryTo: after, from: id) else {
        continue
      }
      if let object = describedObject(.allocation, after.id.text) {
        refusals.append(FieldReader(object: object).place(of: "follows", "follows: \(reason)"))
      } else if let object = describedObject(.allocation, id.text),
        context.centre.allocations[id]?.window != next.allocations[id]?.window
      {
        refusals.append(
          FieldReader(object: object).place(
            of: "window.until",
            "window.until: \(reason); describe \(after.id) as well, or without `follows`"))
      }
    }
  }

  private func obstacle(toCarryTo after: Allocation, from id: AllocationID) -> String? {
    guard let before = next.allocations[id] else { return "there is no allocation \(id)" }
    guard before.project == after.project, before.programme == after.programme else {
      return "\(id) is of project \(before.project) and programme \(before.programme), \(after.id) "
        + "of \(after.project) and \(after.programme): what is carried over stays"
    }
    guard !after.window.contains(before.window.upperBound) else { return nil }
    return
      "\(id) ends at \(before.window.upperBound), outside the window of \(after.id), to which its "
      + "rest is carried over: from \(after.window.lowerBound) to before \(after.window.upperBound)"
  }

  /// What must hold when an allocation is given.
  private func checkAward(_ allocation: Allocation, _ fields: inout FieldReader) {
    guard let programme = next.programmes[allocation.programme], programme.demand != .open else {
      return
    }
    let open = next.programmes.values.filter { $0.demand == .open }.map(\.id.text).sorted()
    fields.refuse(
      "programme",
      "\(programme.id) is \(programme.demand.rawValue) for demand, so that no new "
        + "allocation is given under it; programmes that are open: "
        + (open.isEmpty ? "none" : open.joined(separator: ", ")))
  }

  /// Amount and duration are held against the programme when they are given or changed, so that a
  /// programme's new rules leave standing allocations alone.
  private func checkProgramme(
    of allocation: Allocation, before: Allocation?, _ fields: inout FieldReader
  ) {
    guard let programme = next.programmes[allocation.programme] else { return }
    if before?.granted != allocation.granted, !programme.amount.contains(allocation.granted) {
      let (least, most) = (programme.amount.lowerBound, programme.amount.upperBound)
      let range =
        least == most
        ? "exactly \(CanonicalText.amount(least))"
        : "\(CanonicalText.amount(least)) to \(CanonicalText.amount(most))"
      fields.refuse(
        "granted",
        "\(CanonicalText.amount(allocation.granted)) is outside what programme "
          + "\(programme.id) grants: \(range)")
    }
    checkMovedIn(to: allocation, before: before, programme, &fields)
    let latest = allocation.window.lowerBound.advanced(months: programme.maximumMonths)
    if before?.window != allocation.window, let latest, allocation.window.upperBound > latest {
      fields.refuse(
        "window.until",
        "\(allocation.window.upperBound) is later than \(latest), the end of the "
          + "\(programme.maximumMonths) months that programme \(programme.id) gives")
    }
  }

  /// A grant that is raised is held against the programme with what was moved in, as a transfer is with
  /// what was granted.
  private func checkMovedIn(
    to after: Allocation, before: Allocation?, _ programme: Programme, _ fields: inout FieldReader
  ) {
    guard let before, after.granted > before.granted, programme.amount.contains(after.granted)
    else {
      return
    }
    let moved = (context.balances[after.id] ?? Balance()).moved
    let most = programme.amount.upperBound
    guard after.granted + moved > most else { return }
    fields.refuse(
      "granted",
      "\(CanonicalText.told(after.granted)) with the \(CanonicalText.told(moved)) that were moved "
        + "to \(after.id) are more than programme \(programme.id) awards, "
        + "\(CanonicalText.told(most)); grant at most "
        + CanonicalText.told(max(before.granted, most - moved), .down))
  }

  /// What must hold when a standing allocation is changed.
  private mutating func checkChange(
    of before: Allocation, to after: Allocation, _ fields: inout FieldReader
  ) {
    let standing = context.balances[before.id] ?? Balance()
    if before.project != after.project {
      fields.refuse("project", "\(before.id) belongs to \(before.project); \(moving)")
    }
    if before.programme != after.programme {
      fields.refuse("programme", "\(before.id) is of \(before.programme); \(moving)")
    }
    if before.opening != after.opening {
      fields.refuse(
        "opening",
        "\(CanonicalText.told(before.opening)) were taken over when \(before.id) was "
          + "created, and stand in the books; leave the field as it was")
    }
    checkGone(from: standing, before, after, &fields)
    if after.granted > before.granted, after.window.upperBound <= context.now {
      fields.refuse(
        "granted",
        "the window of \(before.id) ended at \(after.window.upperBound), so that more "
          + "could not be used; describe a new allocation")
    }
    if before.window != after.window {
      checkWindow(of: after, standing, &fields)
      checkTold(before.window, after, standing, &fields)
    }
  }

  /// A grant is lowered to what is gone and no further; what was moved in makes up for part of it.
  private func checkGone(
    from standing: Balance, _ before: Allocation, _ after: Allocation, _ fields: inout FieldReader
  ) {
    let gone = standing.used + standing.held + standing.expired - standing.moved
    guard after.granted < before.granted, after.granted < gone else { return }
    let moved =
      if standing.moved > .zero {
        " - moved in \(CanonicalText.told(standing.moved))"
      } else if standing.moved < .zero {
        " + moved out \(CanonicalText.told(.zero - standing.moved))"
      } else {
        ""
      }
    fields.refuse(
      "granted",
      "\(CanonicalText.told(after.granted)) is less than is gone from \(before.id): "
        + "used \(CanonicalText.told(standing.used)) + held "
        + "\(CanonicalText.told(standing.held)) + expired "
        + "\(CanonicalText.told(standing.expired))\(moved) = \(CanonicalText.told(gone, .up)); "
        + "grant at least that")
  }

  private var moving: String {
    "what was used can't be moved, so describe a new allocation and lower this one"
  }

  private func checkWindow(
    of after: Allocation, _ standing: Balance, _ fields: inout FieldReader
  ) {
    let (now, held) = (context.now, CanonicalText.told(standing.held))
    let policy = after.policy ?? next.programmes[after.programme]?.policy ?? .standard
    if standing.held > .zero, after.window.upperBound < now, !policy.atEnd.endsRuns {
      fields.refuse(
        "window.until",
        "\(after.window.upperBound) is before now, \(now), and \(held) are held "
          + "for runs of \(after.id), which its policy at the end, \(policy.atEnd.rawValue), lets "
          + "go on; end them first, or close it later, or describe policy.atEnd: kill")
    }
    let wasUsed = standing.held > .zero || standing.used > after.opening
    if wasUsed, after.window.lowerBound > now {
      fields.refuse(
        "window.from",
        "\(after.window.lowerBound) is after now, \(now), and \(after.id) was used "
          + "already: charged \(CanonicalText.told(standing.used)), held \(held)")
    }
    if after.window.upperBound > now, standing.expired > .zero {
      fields.refuse(
        "window.until",
        "\(CanonicalText.told(standing.expired)) of \(after.id) have expired and "
          + "don't come back; describe a new allocation")
    }
  }

  /// What was told stays: no bound of a window moves in or out of a month that is closed, and an end
  /// that is past moves to no other past instant, since what was left expired by it.
  private mutating func checkTold(
    _ before: Range<Instant>, _ after: Allocation, _ standing: Balance,
    _ fields: inout FieldReader
  ) {
    let window = after.window
    if before.lowerBound != window.lowerBound {
      refuseClosed(min(before.lowerBound, window.lowerBound), "window.from", after.id, &fields)
      noteDaysOver(before, after)
    }
    if window.lowerBound < before.lowerBound, let last = context.lastEntries[after.id],
      // By more than clocks differ, and than an act takes that is booked meanwhile.
      last > max(window.lowerBound, context.now + .minutes(1))
    {
      fields.refuse(
        "window.from",
        "what was awarded to \(after.id) is effective at \(last) in the books, where an earlier "
          + "version of Polder put it: its window can't begin before; describe a new allocation")
    }
    guard before.upperBound != window.upperBound, window.upperBound <= context.now else { return }
    guard before.upperBound > context.now else {
      fields.refuse(
        "window.until",
        "the window of \(after.id) ended at \(before.upperBound): an end that is past does not "
          + "move to another past day; leave the field as it was")
      return
    }
    refuseClosed(window.upperBound, "window.until", after.id, &fields)
    checkLastEntry(of: after, &fields)
  }

  /// Pace goes by the window as it is described, and knows nothing of how it was.
  private mutating func noteDaysOver(_ before: Range<Instant>, _ after: Allocation) {
    guard after.window.lowerBound < before.lowerBound,
      CivilDate(after.window.lowerBound) < CivilDate(context.now)
    else { return }
    effects.append(
      "the window of \(after.id) begins on \(CivilDate(after.window.lowerBound)), which is over: "
        + "use of it is expected from then on (polder pace)")
  }

  private func refuseClosed(
    _ instant: Instant, _ field: String, _ id: AllocationID, _ fields: inout FieldReader
  ) {
    guard let open = context.openFrom, instant < open else { return }
    fields.refuse(
      field,
      "\(instant) is in \(AccountingPeriod(containing: instant)), which is closed: what was told of "
        + "\(id) there stays; the books are open from \(open)")
  }

  /// An award is effective when it is booked, or when its window begins if that was earlier. That a
  /// window has not begun keeps runs from it, and not the books: so no beginning that moves leaves
  /// entries behind.
  private mutating func post(_ allocation: Allocation, before: Allocation?) {
    let id = allocation.id
    let number = (context.grantEntries[id] ?? 0) + 1
    guard let before else {
      noteLateness(of: allocation)
      // In a month that is closed the books take it as a late fact, and it names that month.
      let effective = min(allocation.window.lowerBound, context.now)
      postings.append(
        .grant(EntryID("grant:\(id):\(number)"), id, allocation.granted, effective: effective))
      if allocation.opening > .zero {
        postings.append(
          .open(EntryID("opening:\(id)"), id, allocation.opening, effective: effective))
      }
      // What was used before is gone, so that it can't be put off.
      return postDeferral(
        Balance(granted: allocation.granted, charged: allocation.opening), of: allocation, number,
        effective: effective < context.now ? effective : nil)
    }
    var standing = context.balances[id] ?? Balance()
    standing.granted += allocation.granted - before.granted
    if allocation.granted > before.granted {
      postings.append(
        .grant(
          EntryID("grant:\(id):\(number)"), id, allocation.granted - before.granted,
          effective: context.now))
      postDeferral(standing, of: allocation, number, effective: nil)
    } else if allocation.granted < before.granted {
      postDeferral(standing, of: allocation, number, effective: nil)
      postings.append(
        .withdraw(
          EntryID("withdrawal:\(id):\(number)"), id, before.granted - allocation.granted,
          effective: nil))
    }
  }

  private mutating func noteLateness(of allocation: Allocation) {
    guard let open = context.openFrom, allocation.window.lowerBound < open else { return }
    let month = AccountingPeriod(containing: allocation.window.lowerBound)
    effects.append(
      "the award of \(allocation.id) is late: its window begins in \(month), which is closed; it "
        + "is booked as of \(CivilDate(open)) and names \(month)")
  }

  /// Puts off what the programme releases later, or brings forward what a smaller grant defers no
  /// longer: never more is deferred than is not gone.
  ///
  /// - Parameters:
  ///   - balance: with the grant as it will stand.
  ///   - effective: nil for when it is posted.
  private mutating func postDeferral(
    _ balance: Balance, of allocation: Allocation, _ number: Int, effective: Instant?
  ) {
    guard let programme = next.programmes[allocation.programme] else { return }
    let released = programme.release.released(
      of: balance.granted, in: allocation.window,
      at: max(context.now, allocation.window.lowerBound))
    let left = balance.available + balance.deferred
    let change = min(balance.granted - released, left) - balance.deferred
    let id = allocation.id
    if change > .zero {
      postings.append(
        .deferral(EntryID("deferral:\(id):\(number)"), id, change, effective: effective))
    } else if change < .zero {
      postings.append(
        .instalment(
          EntryID("instalment:\(id):grant-\(number)"), id, .zero - change, effective: effective))
    }
  }
}
