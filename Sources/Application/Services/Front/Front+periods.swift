import Domain
import Ledger
package import Wire

/// Accounting periods, and the caps above allocations.
extension Front {
  /// The closed periods, in order of time. Administrators and auditors.
  package func periods(_ caller: Caller) async throws(Problem) -> [PeriodView] {
    try await requireOffice(caller, to: "read the accounting periods", .readPeriods, "periods")
    let periods = try await asked { () async throws(StoreError) in
      try await store.closedPeriods()
    }
    return periods.map(PeriodView.init)
  }

  /// Closes a period and every earlier one. Administrators.
  package func close(
    period text: String, _ caller: Caller
  ) async throws(Problem) -> [PeriodView] {
    try await requireAdministrator(
      caller, to: "close a period", .closePeriod, "period \(text)")
    return try await audited(.closePeriod, "period \(text)", caller) {
      () async throws(Problem) in try await close(text, caller)
    }
  }

  /// What closing a period would close now. Administrators.
  ///
  /// - Parameter thenClose: true for the first step of a closing, of which the second is asked for
  ///   once somebody has seen what this one tells: a refusal ends the act, and is a line as that of
  ///   the second would be.
  package func closing(
    of text: String, thenClose: Bool, _ caller: Caller
  ) async throws(Problem) -> ClosingView {
    let object = "period \(text)"
    try await requireAdministrator(caller, to: "close a period", .closePeriod, object)
    guard thenClose else { return try await closing(of: text) }
    return try await audited(.closePeriod, object, caller) { () async throws(Problem) in
      try await closing(of: text)
    }
  }

  private func closing(of text: String) async throws(Problem) -> ClosingView {
    let period = try accountingPeriod(text)
    let outlook = try await asked { () async throws(StoreError) in
      try await store.outlook(onClosing: period)
    }
    switch outlook {
    case .closes(let closes): return ClosingView(closes)
    case .alreadyClosed: throw closedAlready(period)
    case .notOver(let end): throw notOver(period, until: end)
    }
  }

  private func accountingPeriod(_ text: String) throws(Problem) -> AccountingPeriod {
    guard let period = AccountingPeriod(text) else {
      throw Problem(
        title: "No such period", status: 422, code: "invalid",
        detail: "'\(text)' is no period; write YYYY-MM")
    }
    return period
  }

  private func closedAlready(_ period: AccountingPeriod) -> Problem {
    Problem(
      title: "Closed already", status: 409, code: "period-closed",
      detail: "\(period) was closed before", nextStep: "see `polder period list`")
  }

  private func notOver(_ period: AccountingPeriod, until end: Instant) -> Problem {
    Problem(
      title: "The period is not over", status: 409, code: "period-open",
      detail: "\(period) lasts until \(end)", nextStep: "close it then")
  }

  private func close(_ text: String, _ caller: Caller) async throws(Problem) -> [PeriodView] {
    let period = try accountingPeriod(text)
    let outcome = try await asked { () async throws(StoreError) in
      try await store.close(
        period, system: settings.system, audit: caller.line(.closePeriod, "period \(period)"))
    }
    switch outcome {
    case .closed(let closed): return closed.map(PeriodView.init)
    case .alreadyClosed: throw closedAlready(period)
    case .notOver(let end): throw notOver(period, until: end)
    }
  }

  /// Makes the seals of all closed periods again. Administrators and auditors.
  package func verifyPeriods(_ caller: Caller) async throws(Problem) -> PeriodCheckView {
    try await requireOffice(caller, to: "verify the periods", .readPeriods, "periods")
    let (periods, broken) = try await asked { () async throws(StoreError) in
      (try await store.closedPeriods(), try await store.brokenSeals())
    }
    return PeriodCheckView(
      periods: periods.count, broken: broken.map { "\($0.period)" },
      entries: broken.filter(\.areEntriesOthers).map { "\($0.period)" },
      facts: broken.filter(\.areFactsOthers).map { "\($0.period)" })
  }

  /// Caps and what was taken of them: all for those in office; a member sees those of own projects,
  /// of other members' caps none, and of caps that several projects share none.
  package func caps(_ caller: Caller) async throws(Problem) -> [CapView] {
    let centre = try await centre()
    let standings = try await asked { () async throws(StoreError) in try await store.capUses() }
    let inOffice = caller.role == .administrator || caller.role == .auditor
    if inOffice { try await record(caller.line(.readCaps, "caps")) }
    let own = projects(of: caller, in: centre)
    return standings.filter { standing in
      if inOffice { return true }
      switch standing.cap.scope {
      case .project(let project): return own.contains(project)
      case .member(let member, let project):
        let role = caller.member.flatMap { centre.projects[project]?.role(of: $0) }
        return member == caller.member || role == .principalInvestigator || role == .manager
      case .programmes, .funder, .commercial: return false
      }
    }.sorted { $0.cap.id < $1.cap.id }
      .map { standing in
        CapView(standing, centre.allCapRules.first { $0.id == standing.cap.id }?.limit)
      }
  }
}
