import Domain
import Wire

/// What the centre lends to runs.
extension ApplyPass {
  mutating func readLicence(_ text: String, _ fields: inout FieldReader) {
    let id: LicenceName? = id(text, .identifier(), &fields)
    let presence: Presence? = fields.optional("state", .choice(), default: .present)
    if presence == .absent {
      // Jobs that need it wait until it is described again.
      guard let id else { return }
      noteRemoval(.licence, text, of: context.centre.licences[id])
      next.licences[id] = nil
      return
    }
    let count = fields.required("count", .whole(0...Int(LicenceShare.mostCount)))
    guard fields.problems.isEmpty, let id, let count else { return }
    let licence = Licence(id: id, count: Int64(count))
    note(.licence, text, before: context.centre.licences[id], after: licence)
    next.licences[id] = licence
  }
}

extension Licence: Canonical {
  var canonicalFields: [CanonicalField] { [CanonicalField("count", "\(count)")] }
}
