import Domain
import Testing
import Wire

@testable import Services

/// Licences, as they are described.
@Suite("described licences")
struct ApplyLicenceTests {
  private func plan(_ fields: String, in centre: Centre = Centre()) throws -> ApplyPlan {
    try SmallCentre.plan(
      SmallCentre.text + "---\nkind: Licence\nid: matlab\n" + fields,
      in: .empty(now: SmallCentre.now, centre: centre))
  }

  @Test("a licence has a count, is told back as it is, and goes when it is absent")
  func described() throws {
    let id = try #require(LicenceName("matlab"))
    let first = try plan("count: 25\n")
    #expect(first.refusals.map(\.message) == [])
    #expect(first.next.licences == [id: Licence(id: id, count: 25)])
    #expect(first.next.licences[id]?.canonicalFields.map(\.text) == ["25"])
    let gone = try plan("state: absent\n", in: first.next)
    #expect(gone.refusals.isEmpty && gone.next.licences.isEmpty)
  }

  @Test("without a count, or with one that is none, nothing is described")
  func refused() throws {
    for fields in ["state: present\n", "count: -1\n", "count: many\n"] {
      #expect(try plan(fields).refusals.isEmpty == false, "\(fields)")
    }
  }
}
