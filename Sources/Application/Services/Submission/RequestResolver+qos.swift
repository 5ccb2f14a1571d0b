import Domain
import Wire

/// The class of service that a draft names.
extension RequestResolver {
  /// Nil if it names none. `normal`, which is what Slurm calls its own default, is none where no
  /// class of that name is described.
  func qosClass(
    _ draft: SubmissionDraft, _ project: Project
  ) throws(Problem) -> QOSClass? {
    guard let name = draft.qos else { return nil }
    let known = context.centre.qosClasses.values.sorted { $0.id < $1.id }
    let usable = known.filter { $0.projects?.contains(project.id) ?? true }.map(\.id.text)
    if let found = known.first(where: { $0.id.text == name }) {
      guard usable.contains(name) else {
        throw Problem(
          title: "Not for this project", status: 403, code: "qos-not-allowed",
          detail: "the class '\(name)' is not for project \(project.id)", nextStep: choice(usable))
      }
      return found
    }
    if name == "normal" { return nil }
    let near = Spelling.nearest(to: name, in: usable)
    throw Problem(
      title: "No such class", status: 422, code: "unknown-qos",
      detail: "there is no class of service '\(name)'"
        + (near.map { "; do you mean \($0)?" } ?? ""),
      nextStep: choice(usable))
  }

  private func choice(_ usable: [String]) -> String {
    usable.isEmpty
      ? "leave --qos out: no class is described for your project"
      : "leave --qos out, or choose one of: \(usable.joined(separator: ", "))"
  }
}
