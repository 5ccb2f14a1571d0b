import Domain
import Wire

/// The licences that a draft asks for.
extension RequestResolver {
  /// Refuses what the centre does not have, or not so many of.
  func licences(_ draft: SubmissionDraft) throws(Problem) -> [LicenceShare] {
    let known = context.centre.licences.keys.sorted().map(\.text)
    for share in draft.licences {
      guard let licence = context.centre.licences[share.name] else {
        let near = Spelling.nearest(to: share.name.text, in: known)
        throw Problem(
          title: "No such licence", status: 422, code: "unknown-licence",
          detail: "the centre has no licence '\(share.name)'"
            + (near.map { "; do you mean \($0)?" } ?? ""),
          nextStep: known.isEmpty
            ? "leave --licenses out: no licence is described"
            : "choose of: \(known.joined(separator: ", "))")
      }
      guard share.count <= licence.count else {
        throw Problem(
          title: "More licences than there are", status: 422, code: "licences",
          detail: "this needs \(counted(Int(share.count), "licence")) of \(share.name) for each "
            + "task, and the centre has \(licence.count)",
          nextStep: licence.count > 0
            ? "ask for --licenses=\(share.name):\(licence.count) or fewer"
            : "leave it out: none is lent at present")
      }
    }
    return draft.licences
  }
}
