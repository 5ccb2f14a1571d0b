import Crypto
import Domain
import Ledger
import Reporting
package import Wire

/// Reports that leave the house under a seal.
extension Front {
  /// Makes reports of closed months, and seals them. Administrators; the seal is a line of the audit log with
  /// the digest of what is sealed, written before it leaves, and so is an attempt.
  ///
  /// A statement that is sealed has no notes, which can be erased, and a sealed file can't.
  package func seal(
    _ request: SealRequest, _ caller: Caller
  ) async throws(Problem) -> SealedReportsView {
    let now = try await now()
    let period = try period(from: request.from, to: request.to, now: now)
    let wanted = try Self.wanted(request)
    let days = "\(CivilDate(period.lowerBound)) to \(CivilDate(period.upperBound - Seconds(1)))"
    // Ids of the description alone are told, once they are known to be some.
    let kinds = "reports \(days): " + Set(wanted.map(\.kind)).sorted().joined(separator: ", ")
    try await requireAdministrator(caller, to: "seal reports", .sealReport, kinds)
    return try await audited(.sealReport, kinds, caller) { () async throws(Problem) in
      let sealing = try requireSealing()
      let months = try await closedMonths(of: period)
      var (files, names): ([SealedFile], [String]) = ([], [])
      for report in wanted {
        let made = try await self.made(report, period, caller)
        let view = ReportView(made.report, made: now)
        files += sealing.renderer.files(of: view, report.reportKind, named: made.file)
        names.append(made.name)
      }
      files.append(sealing.renderer.readme(names, standing: sealing.standing))
      return try await sealed(files, names, period, months, sealing, days, caller)
    }
  }

  private func sealed(
    _ files: [SealedFile], _ names: [String], _ period: Range<Instant>, _ months: [ClosedPeriod],
    _ sealing: Sealing, _ days: String, _ caller: Caller
  ) async throws(Problem) -> SealedReportsView {
    let manifest = sealing.renderer.text(
      of: SealManifest(
        release: PolderRelease.version, from: "\(CivilDate(period.lowerBound))",
        to: "\(CivilDate(period.upperBound - Seconds(1)))", seal: sealing.standing, reports: names,
        files: files.map(SealManifest.File.init).sorted { $0.name < $1.name },
        ledger: months.map(SealManifest.Month.init)))
    let digest = Hexadecimal.text(SHA256.hash(data: Array(manifest.utf8)))
    let seal: Seal
    do throws(SealFault) {
      seal = try await sealing.sealer.seal(Array(manifest.utf8))
    } catch {
      throw Self.problem(error)
    }
    try await record(
      caller.line(
        .sealReport, "reports \(days): \(names.joined(separator: ", "))",
        detail: "manifest SHA-256 \(digest), certificate SHA-256 \(seal.fingerprint)"))
    return SealedReportsView(
      files: files, manifest: manifest, manifestSHA256: digest,
      signature: Hexadecimal.text(seal.signature), signer: seal.signer,
      fingerprint: seal.fingerprint,
      standing: sealing.standing, timeStamp: sealing.timeStamp)
  }

  private func requireSealing() throws(Problem) -> Sealing {
    guard let sealing else {
      throw Problem(
        title: "No seal", status: 409, code: "no-seal",
        detail: "polderd has no key to seal with",
        nextStep: "name a key and a certificate under sealing: in polderd.yaml (docs/reports.md)")
    }
    return sealing
  }

  /// The certificate that this site seals with, which is no secret: for everybody.
  package func sealCertificate() async throws(Problem) -> SealCertificateView {
    let sealing = try requireSealing()
    do throws(SealFault) {
      return SealCertificateView(
        certificates: try await sealing.sealer.certificates(), standing: sealing.standing)
    } catch {
      throw Self.problem(error)
    }
  }

  private static func problem(_ fault: SealFault) -> Problem {
    Problem(
      title: "No seal", status: 503, code: "seal", detail: fault.words,
      nextStep: "see to the key and the certificate under sealing: in polderd.yaml")
  }

  // MARK: Which months

  /// Those that a period meets, if all are closed and as they were closed. Those before the books began
  /// have nothing to be sealed.
  private func closedMonths(of period: Range<Instant>) async throws(Problem) -> [ClosedPeriod] {
    let all = try await asked { () async throws(StoreError) in try await store.closedPeriods() }
    let closed = Dictionary(all.map { ($0.period, $0) }) { first, _ in first }
    let met = MonthStanding.all(of: period, closings: [:]).map(\.month)
    let first = all.first?.period
    if let open = met.first(where: { month in
      closed[month] == nil && first.map { month > $0 } ?? true
    }) {
      throw Problem(
        title: "An open month", status: 409, code: "period-open",
        detail: "\(open) is not closed: what is told of it can still change, and is not sealed",
        nextStep: "close it first: `polder period close \(open)`")
    }
    let months = met.compactMap { closed[$0] }
    guard !months.isEmpty else {
      throw Problem(
        title: "Nothing to seal", status: 409, code: "period-open",
        detail: "the books begin in \(first.map { "\($0)" } ?? "no month yet")",
        nextStep: "see `polder period list`")
    }
    let broken = try await asked { () async throws(StoreError) in
      try await store.brokenSeals(of: months.map(\.period))
    }
    try Self.requireSound(
      broken.map { "\($0.period)" }, "not as it was closed, so that nothing of it is sealed")
    // Reports sum what is kept by day and by rate, and the seals of months are of entries alone.
    let wrong = try await asked { () async throws(StoreError) in
      try await store.wrongBalances()
    }
    try Self.requireSound(
      wrong.map(\.text), "its sums do not follow from its entries, so that nothing is sealed")
    return months
  }

  private static func requireSound(_ wrong: [String], _ what: String) throws(Problem) {
    guard wrong.isEmpty else {
      throw Problem(
        title: "The books do not agree", status: 500, code: "books",
        detail: "\(wrong.joined(separator: ", ")): \(what)",
        nextStep: "`polder period verify` and `polder admin verify` say what differs")
    }
  }

  // MARK: Which reports

  /// A report that is asked for; the kind is nil of a statement.
  private struct Wanted {
    let reportKind: ReportKind?
    let part: ReportPart

    var kind: String { reportKind?.rawValue ?? "statement" }
  }

  private static func wanted(_ request: SealRequest) throws(Problem) -> [Wanted] {
    let part = ReportPart(
      funder: request.funder, programme: request.programme, project: request.project)
    let ofPart = ["access-time"] + (request.project == nil ? [] : ["statement"])
    let standard = part == .whole ? ReportKind.allCases.map(\.rawValue) : ofPart
    let names = request.reports.map { Array(Set($0)).sorted() } ?? standard
    guard !names.isEmpty else {
      throw Problem(
        title: "No report", status: 400, code: "invalid", detail: "no report is named",
        nextStep: "name some, or leave them out for all")
    }
    var wanted: [Wanted] = []
    for name in names {
      let kind = ReportKind(rawValue: name)
      guard kind != nil || name == "statement" else {
        let known = ReportKind.allCases.map(\.rawValue) + ["statement"]
        let near = Spelling.nearest(to: name, in: known)
        throw Problem(
          title: "No such report", status: 400, code: "invalid",
          detail: "there is no report '\(name)'" + (near.map { "; do you mean \($0)?" } ?? ""),
          nextStep: "they are: \(known.joined(separator: ", "))")
      }
      guard kind != nil || request.project != nil else {
        throw Problem(
          title: "Whose statement?", status: 400, code: "invalid",
          detail: "a statement is of one project", nextStep: "name it with --project")
      }
      try requireNameable(part, of: kind)
      wanted.append(Wanted(reportKind: kind, part: part))
    }
    return wanted
  }

  /// The report, what it is called, and what its files are.
  private func made(
    _ wanted: Wanted, _ period: Range<Instant>, _ caller: Caller
  ) async throws(Problem) -> (report: Report, name: String, file: String) {
    if let kind = wanted.reportKind {
      let named = wanted.part.named.compactMap { name, id in id.map { (name, $0) } }.first
      return (
        try await report(kind, period, of: wanted.part),
        kind.rawValue + (named.map { " of \($0.0) \($0.1)" } ?? ""),
        kind.rawValue + (named.map { "-\($0.0)-\($0.1)" } ?? "")
      )
    }
    let centre = try await centre()
    let facts = try await statementFacts(
      of: wanted.part.project ?? "", period, caller, centre)
    var remarks = try await remarks(on: facts, for: caller, centre)
    remarks.notes = [:]
    return (
      try Self.agreeing(StatementReport(facts, remarks: remarks)),
      "statement of project \(facts.project)", "statement-\(facts.project)"
    )
  }
}

extension SealManifest.File {
  fileprivate init(_ file: SealedFile) {
    let bytes = Array(file.text.utf8)
    self.init(
      name: file.name, bytes: bytes.count, sha256: Hexadecimal.text(SHA256.hash(data: bytes)))
  }
}

extension SealManifest.Month {
  fileprivate init(_ closed: ClosedPeriod) {
    self.init(
      month: "\(closed.period)", closed: "\(closed.closed)", entries: closed.seal.entryCount,
      entriesSHA256: Hexadecimal.text(closed.seal.sha256),
      factsSHA256: closed.seal.facts.map { Hexadecimal.text($0) })
  }
}
