import Domain
import Wire

/// Classes of service.
extension ApplyPass {
  mutating func readQOS(_ text: String, _ fields: inout FieldReader) {
    let id: QOSName? = id(text, .identifier(), &fields)
    let presence: Presence? = fields.optional("state", .choice(), default: .present)
    if presence == .absent {
      // Jobs that name it are from then on as if they named none.
      if let id {
        noteRemoval(.qos, text, of: context.centre.qosClasses[id])
        next.qosClasses[id] = nil
      }
      return
    }
    let priority = fields.optional("priority", .percent, default: 0)
    let isPreemptable = fields.optional("preemptable", .flag, default: false)
    let preemption = readPreemption(&fields)
    let promiseAhead = fields.optional("promiseAhead", .timeLimit)
    let projects = readProjects(&fields)
    guard fields.problems.isEmpty, let id, let priority, let isPreemptable, let preemption else {
      return
    }
    if !isPreemptable, fields.has("notice") || fields.has("signal") {
      fields.refuse(
        fields.has("notice") ? "notice" : "signal",
        "is for a class that may be preempted; say preemptable: true, or leave it out")
      return
    }
    if isPreemptable, promiseAhead != nil {
      fields.refuse(
        "promiseAhead",
        "is not for a class that may be preempted: nothing is promised to it; leave it out")
      return
    }
    let qos = QOSClass(
      id: id, priority: Int64(priority) * 100, preemption: isPreemptable ? preemption : nil,
      promiseAhead: promiseAhead, projects: projects)
    note(.qos, text, before: context.centre.qosClasses[id], after: qos)
    next.qosClasses[id] = qos
  }

  private mutating func readPreemption(_ fields: inout FieldReader) -> QOSClass.Preemption? {
    let signal: JobSignal? = fields.optional("signal", .choice(), default: .cont)
    let notice = fields.optional("notice", .timeLimit, default: .zero)
    guard let signal, let notice else { return nil }
    return QOSClass.Preemption(signal: signal, notice: notice)
  }

  private mutating func readProjects(_ fields: inout FieldReader) -> Set<ProjectID>? {
    let texts = fields.texts("projects")
    guard !texts.isEmpty else { return nil }
    var projects: Set<ProjectID> = []
    for (path, text) in texts {
      if let id = ProjectID(text), next.projects[id] != nil || isDescribed(.project, text) {
        projects.insert(id)
      } else {
        refuseUnknown(text, path, "Project", next.projects.keys.map(\.text), &fields)
      }
    }
    return projects
  }
}

extension QOSClass: Canonical {
  var canonicalFields: [CanonicalField] {
    var fields = [CanonicalField("priority", CanonicalText.percent(Int(priority / 100)))]
    if let preemption {
      fields += [
        CanonicalField("preemptable", "true"),
        CanonicalField("signal", preemption.signal.rawValue),
        CanonicalField("notice", preemption.notice.description),
      ]
    }
    if let promiseAhead {
      fields.append(CanonicalField("promiseAhead", promiseAhead.description))
    }
    if let projects {
      fields.append(
        CanonicalField("projects", projects.map(\.text).sorted().joined(separator: ", ")))
    }
    return fields
  }
}
