import Domain
import Scheduling
import Wire

/// Limits on what runs or waits at once.
extension Wording {
  /// Why a task waits for a limit. Of a limit that counts several projects others are told what it
  /// allows, and not what is in use.
  func limit(_ shortfall: LimitShortfall) -> ReasonView {
    if case .licence(let name) = shortfall.counter.subject { return licence(name, shortfall) }
    let allowed = Self.amount(shortfall.most, shortfall.measure)
    let wanted = Self.amount(shortfall.wants, shortfall.measure)
    let mayEver = shortfall.wants <= shortfall.most
    let never = "it can't start before the limit is raised: ask for less, or ask an administrator"
    let rule =
      "needs \(wanted); limit \(shortfall.limit) allows \(shortfall.whose) \(allowed) at once"
    guard sees(shortfall) else {
      return ReasonView(
        code: "limit", text: rule + ", and more is in use, of several projects together",
        nextStep: mayEver ? "it starts by itself when jobs under the limit end" : never)
    }
    let ahead =
      shortfall.promisedAhead > 0
      ? ", for jobs ahead of it: \(Self.amount(shortfall.promisedAhead, shortfall.measure))"
      : ""
    return ReasonView(
      code: "limit",
      text: "\(rule); in use: \(Self.amount(shortfall.inUse, shortfall.measure))\(ahead)",
      nextStep: mayEver
        ? "it starts by itself when jobs under the limit end: see `polder limits`" : never)
  }

  /// Why a task waits for licences. How many are lent is told to anybody, as how many GPUs are free.
  private func licence(_ name: LicenceName, _ shortfall: LimitShortfall) -> ReasonView {
    let ahead =
      shortfall.promisedAhead > 0 ? ", for jobs ahead of it: \(shortfall.promisedAhead)" : ""
    return ReasonView(
      code: "licences",
      text: "needs \(counted(Int(shortfall.wants), "licence")) of \(name); the centre has "
        + "\(shortfall.most), in use: \(shortfall.inUse)\(ahead)",
      nextStep: shortfall.wants <= shortfall.most
        ? "it starts by itself when jobs that have some end: see `polder limits`"
        : "it can't start before the centre has more: ask for less, or ask an administrator")
  }

  /// Why a job is not accepted: as many tasks wait as may.
  func problem(_ shortfall: LimitShortfall) -> Problem {
    let there =
      sees(shortfall)
      ? "waiting already: \(counted(Int(shortfall.inUse), "task"))"
      : "too many wait already, of several projects together"
    return Problem(
      title: "The queue is full", status: 403, code: "limit",
      detail: "this adds \(counted(Int(shortfall.wants), "task")), and limit \(shortfall.limit) "
        + "allows \(shortfall.whose) \(shortfall.most) to wait at once; \(there)",
      nextStep: shortfall.wants > shortfall.most
        ? "submit fewer tasks at once, or ask an administrator to raise the limit"
        : "submit it when some of them have started, or cancel some: see `polder limits`")
  }

  private func sees(_ shortfall: LimitShortfall) -> Bool {
    switch shortfall.counter.subject {
    case .all: seesSums || !(shortfall.scope?.isShared ?? true)
    case .project, .licence: true
    case .member(let member):
      seesSums || member == reader || !(shortfall.scope?.isShared ?? true)
    }
  }

  /// `4 GPUs`, `1 running job`, `2.5 GPU-h`.
  static func amount(_ count: Int64, _ measure: LimitMeasure) -> String {
    switch measure {
    case .gpus: counted(Int(count), "GPU")
    case .running: counted(Int(count), "running job")
    case .waiting: counted(Int(count), "waiting task")
    case .licences: counted(Int(count), "licence")
    case .held: "\(GPUTime(milliseconds: count)) held"
    }
  }
}

extension LimitShortfall {
  /// Whom the limit allows it.
  fileprivate var whose: String {
    switch counter.subject {
    case .all, .licence: LimitRule.words(scope, nil)
    case .member: LimitRule.words(scope, .member)
    case .project: LimitRule.words(scope, .project)
    }
  }
}

extension LimitRule {
  /// Whose jobs it counts.
  var words: String { Self.words(scope, each) }

  fileprivate static func words(_ scope: CapScope?, _ each: LimitEach?) -> String {
    let all = scope?.words ?? "the whole centre"
    guard let each else { return all }
    return scope == nil ? "each \(each.rawValue)" : "each \(each.rawValue) of \(all)"
  }
}

extension CapScope {
  /// Whose runs it counts.
  var words: String {
    switch self {
    case .member(let member, let project): "member \(member) of project \(project)"
    case .project(let project): "project \(project)"
    case .programmes(let programmes):
      "programmes " + programmes.sorted().map(\.text).joined(separator: ", ")
    case .funder(let funder): "funder \(funder)"
    case .commercial(let funder): "commercial use under \(funder)"
    }
  }
}
