import Domain
import Ledger

/// The books once more, written to be obviously right and not to be fast: a list of lines, and
/// every figure a loop over all of it. Shares no code with the ledger but the names of its acts.
struct NaiveBooks {
  struct Line: Equatable {
    var id: String
    var kind: String
    var allocation: String
    var milliseconds: Int64
    var run: String?
    var part: Int
    var reason: String?
    var corrects: String?
    var belated: String?
    var effective: Int64
    var recorded: Int64
  }

  struct Run {
    var id: String
    var allocation: String
    var bearer: Bearer?
    var holdTaken: Int64
    var settled = false
  }

  var lines: [Line] = []
  var runs: [Run] = []
  var caps: [Cap] = []
  var closedBefore: Int64?

  func sum(_ allocation: String, _ kinds: String...) -> Int64 {
    lines.filter { $0.allocation == allocation && kinds.contains($0.kind) }
      .map(\.milliseconds).reduce(0, +)
  }

  func available(_ allocation: String) -> Int64 {
    sum(allocation, "grant", "transfer-in", "refund", "credit")
      - sum(allocation, "withdrawal", "transfer-out", "opening", "charge", "debit", "expiry")
      - held(allocation) - deferred(allocation)
  }

  func held(_ allocation: String) -> Int64 {
    sum(allocation, "hold") - sum(allocation, "charge", "release")
  }

  func deferred(_ allocation: String) -> Int64 {
    sum(allocation, "deferral") - sum(allocation, "instalment")
  }

  /// What is left of a charge or an opening.
  func left(_ id: String) -> Int64 {
    let own = lines.first { $0.id == id }?.milliseconds ?? 0
    let corrections = lines.filter { $0.corrects == id }
    return own + corrections.filter { $0.kind == "debit" }.map(\.milliseconds).reduce(0, +)
      - corrections.filter { $0.kind != "debit" }.map(\.milliseconds).reduce(0, +)
  }

  func hold(of run: String) -> Int64 {
    lines.filter { $0.run == run && $0.kind == "hold" }.map(\.milliseconds).reduce(0, +)
  }

  /// What is taken of a cap: held, and used.
  func taken(_ cap: Cap) -> (held: Int64, used: Int64) {
    var (held, used): (Int64, Int64) = (0, 0)
    for line in lines {
      guard let run = runs.first(where: { $0.id == line.run }), counts(cap, run) else { continue }
      switch line.kind {
      case "hold": held += line.milliseconds
      case "release": held -= line.milliseconds
      case "charge":
        held -= line.milliseconds
        used += line.milliseconds
      case "refund", "credit": used -= line.milliseconds
      case "debit": used += line.milliseconds
      default: break
      }
    }
    return (held, used)
  }

  private func counts(_ cap: Cap, _ run: Run) -> Bool {
    guard let bearer = run.bearer, cap.period.lowerBound.milliseconds <= run.holdTaken,
      run.holdTaken < cap.period.upperBound.milliseconds
    else { return false }
    switch cap.scope {
    case .member(let member, let project):
      return bearer.member == member && bearer.project == project
    case .project(let project): return bearer.project == project
    case .programmes(let some): return some.contains(bearer.programme)
    case .funder(let funder): return bearer.funder == funder
    case .commercial(let funder): return bearer.commercial && bearer.funder == funder
    }
  }

  func isKnown(_ allocation: String) -> Bool {
    lines.contains {
      $0.allocation == allocation && $0.kind == "grant" || $0.allocation == allocation
    }
  }

  func isInRange(_ milliseconds: Int64) -> Bool {
    milliseconds > 0 && milliseconds <= 3_600_000_000_000_000
  }

  /// Whether a run may take so much more under the hard caps.
  func capsLeave(_ milliseconds: Int64, _ run: Run) -> Bool {
    caps.allSatisfy { cap in
      guard cap.strength == .hard, counts(cap, run) else { return true }
      let taken = taken(cap)
      return taken.held + taken.used + milliseconds <= cap.limit.milliseconds
    }
  }

  /// A line as it is written down: in an open period.
  mutating func write(_ line: Line, notBefore: Int64 = .min) -> Line {
    var line = line
    if let open = closedBefore, line.effective < open {
      line.belated = month(of: line.effective)
      line.effective = open
    }
    line.effective = max(line.effective, notBefore)
    lines.append(line)
    return line
  }

  func month(of milliseconds: Int64) -> String {
    String("\(CivilDate(Instant(milliseconds: milliseconds)))".prefix(7))
  }
}

extension NaiveBooks.Line {
  init(_ entry: Entry) {
    self.init(
      id: entry.id.text, kind: entry.kind.rawValue, allocation: entry.allocation.text,
      milliseconds: entry.amount.milliseconds, run: entry.run.map { "\($0)" }, part: entry.part,
      reason: entry.reason?.rawValue, corrects: entry.corrects?.text,
      belated: entry.belated.map { "\($0)" }, effective: entry.effective.milliseconds,
      recorded: entry.recorded.milliseconds)
  }
}
