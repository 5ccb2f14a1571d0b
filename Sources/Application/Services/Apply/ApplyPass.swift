import Domain
import Ledger
import Wire

/// One pass over a description, kind after kind in the order in which they refer to each other, so
/// that what an object names has been read before it.
struct ApplyPass {
  /// How many refusals are told; after them it is said how many more there are.
  static let mostRefusals = 500

  let context: ApplyContext
  /// The centre as described so far.
  var next: Centre
  var refusals: [Problem.Place] = []
  var postings: [Posting] = []
  /// What becomes of runs under way, what expires, and the like; a sentence each.
  var effects: [String] = []
  /// Those of ``effects`` that nothing undoes.
  var irrevocable: [String] = []
  /// Where a funder's share that begins on a day is described, the first of them.
  var sharePlaces: [CivilDate: Problem.Place] = [:]
  /// Whose an account is, once members have been read.
  var accountOwners: [String: MemberID] = [:]
  private var changes: [ApplyResult.Change] = []
  private var unchanged = 0
  /// What is described, ranges of nodes expanded, by kind and id.
  private var entered: [DescribedKind: [String: DescribedObject]] = [:]

  init(context: ApplyContext) {
    self.context = context
    next = context.centre
  }

  /// Takes the objects in, refusing what is described twice.
  mutating func enter(_ objects: [DescribedObject]) {
    for object in objects {
      for id in ids(of: object) {
        if let first = entered[object.kind]?[id] {
          let place = "\(first.file):\(first.line)"
          refuse(object, "\(object.kind.rawValue) \(id) is already described in \(place)")
        } else {
          entered[object.kind, default: [:]][id] = object
        }
      }
    }
  }

  private mutating func ids(of object: DescribedObject) -> [String] {
    guard object.kind == .node else { return [object.id] }
    switch NodeNames.expanded(object.id) {
    case .success(let names): return names.map(\.text)
    case .failure(let failure):
      refuse(object, "id: \(failure.reason)")
      return []
    }
  }

  mutating func readAll() {
    for kind in DescribedKind.allCases {
      // The pass changes while it reads; what was entered does not.
      for (id, object) in (entered[kind] ?? [:]).sorted(by: { $0.key < $1.key }) {
        var fields = FieldReader(object: object)
        read(kind, id, &fields)
        fields.finish()
        refusals += fields.problems
      }
      if kind == .funder { checkShares() }
      if kind == .member { checkAccounts() }
      if kind == .project { checkReferences() }
    }
    checkFollowers()
    checkAwards()
    noteExpiries()
    noteMovedCaps()
    noteCrossedCaps()
  }

  private mutating func read(_ kind: DescribedKind, _ id: String, _ fields: inout FieldReader) {
    switch kind {
    case .funder: readFunder(id, &fields)
    case .programme: readProgramme(id, &fields)
    case .node: readNode(id, &fields)
    case .partition: readPartition(id, &fields)
    case .organisation: readOrganisation(id, &fields)
    case .member: readMember(id, &fields)
    case .project: readProject(id, &fields)
    case .allocation: readAllocation(id, &fields)
    case .cap: readCap(id, &fields)
    case .limit: readLimitRule(id, &fields)
    case .qos: readQOS(id, &fields)
    case .licence: readLicence(id, &fields)
    case .order: readOrder(id, &fields)
    }
  }

  func isDescribed(_ kind: DescribedKind, _ id: String) -> Bool {
    entered[kind]?[id] != nil
  }

  func describedObject(_ kind: DescribedKind, _ id: String) -> DescribedObject? {
    entered[kind]?[id]
  }

  /// Notes what an object becomes; the difference is made of the canonical texts of its fields.
  ///
  /// - Parameter details: what of a changed field became different, where its text says more at once.
  mutating func note(
    _ kind: DescribedKind, _ id: String, before: (some Canonical)?, after: some Canonical,
    details: [ApplyResult.FieldChange] = []
  ) {
    let old = before?.canonicalFields ?? []
    let new = after.canonicalFields
    let oldTexts = Dictionary(old.map { ($0.name, $0.text) }) { first, _ in first }
    let newNames = Set(new.map(\.name))
    var fields: [ApplyResult.FieldChange] = []
    for field in new where oldTexts[field.name] != field.text {
      fields.append(
        ApplyResult.FieldChange(
          field: field.name, before: oldTexts[field.name], after: field.text))
    }
    for field in old where !newNames.contains(field.name) {
      fields.append(
        ApplyResult.FieldChange(field: field.name, before: field.text, after: "none"))
    }
    guard before == nil || !fields.isEmpty else {
      unchanged += 1
      return
    }
    fields += details
    changes.append(
      ApplyResult.Change(
        action: before == nil ? "create" : "update", kind: kind.rawValue, id: id, fields: fields))
  }

  /// Notes that an object is removed, with all that it was; nil if it is not there.
  mutating func noteRemoval(_ kind: DescribedKind, _ id: String, of before: (some Canonical)?) {
    guard let before else {
      unchanged += 1
      return
    }
    let fields = before.canonicalFields.map {
      ApplyResult.FieldChange(field: $0.name, before: $0.text, after: "none")
    }
    changes.append(
      ApplyResult.Change(action: "remove", kind: kind.rawValue, id: id, fields: fields))
  }

  /// Refuses an object as a whole.
  mutating func refuse(_ object: DescribedObject, _ message: String) {
    refusals.append(Problem.Place(file: object.file, line: object.line, message: message))
  }

  func plan() -> ApplyPlan {
    var seen: Set<String> = []
    let sorted = refusals.sorted {
      ($0.file, $0.line, $0.message) < ($1.file, $1.line, $1.message)
    }.filter { seen.insert("\($0.file)\n\($0.line)\n\($0.message)").inserted }
    var told = Array(sorted.prefix(ApplyPass.mostRefusals))
    if let last = sorted.dropFirst(told.count).first {
      let more = sorted.count - told.count
      told.append(
        Problem.Place(file: last.file, line: last.line, message: "and \(more) more from here on"))
    }
    return ApplyPlan(
      changes: changes, unchanged: unchanged, notDescribed: notDescribed, refusals: told,
      next: sorted.isEmpty ? next : context.centre, postings: sorted.isEmpty ? postings : [],
      effects: effects, irrevocable: irrevocable)
  }

  private var notDescribed: [String] {
    let centre = context.centre
    let standing: [(DescribedKind, [String])] = [
      (.funder, centre.funders.keys.map(\.text)),
      (.programme, centre.programmes.keys.map(\.text)),
      (.node, centre.nodes.keys.map(\.text)),
      (.partition, centre.partitions.keys.map(\.text)),
      (.organisation, centre.organisations.keys.map(\.text)),
      (.member, centre.members.keys.map(\.text)),
      (.project, centre.projects.keys.map(\.text)),
      (.allocation, centre.allocations.keys.map(\.text)),
      (.cap, centre.capRules.keys.map(\.text)),
      (.limit, centre.limitRules.keys.map(\.text)),
      (.qos, centre.qosClasses.keys.map(\.text)),
      (.licence, centre.licences.keys.map(\.text)),
      (.order, centre.order == .standard ? [] : [Self.orderName]),
    ]
    return standing.flatMap { kind, ids in
      ids.filter { !isDescribed(kind, $0) }.sorted().map { "\(kind.rawValue) \($0)" }
    }
  }
}
