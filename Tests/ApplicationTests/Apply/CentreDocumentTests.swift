import FoundationEssentials
import Services
import Testing
import Wire

/// The reference page of descriptions says what the planner accepts.
@Suite struct CentreDocumentTests {
  @Test("every field that a kind accepts is named in the section of that kind")
  func fields() throws {
    let root = #filePath.split(separator: "/").dropLast(4).joined(separator: "/")
    let page = try String(
      decoding: Data(contentsOf: URL(filePath: "/\(root)/docs/centre.md")), as: UTF8.self)
    for kind in DescribedKind.allCases {
      let section = try #require(
        page.split(separator: "\n## ").first { $0.hasPrefix(kind.rawValue + "\n") })
      for name in try acceptedFields(of: kind) where name != "id" {
        #expect(section.contains("`\(name)"), "\(kind.rawValue) lacks \(name)")
      }
    }
  }

  /// The planner's own words: what it says is accepted of an object with an unknown field.
  private func acceptedFields(of kind: DescribedKind) throws -> [String] {
    let object = DescribedObject(
      kind: kind, id: "x", fields: ["zzzzzzzz": ""], file: "f", line: 1, fieldLines: [:])
    let refusals = ApplyPlanner.plan(
      described: [object], context: .empty(now: SmallCentre.now)
    ).refusals
    let message = try #require(refusals.first { $0.message.hasPrefix("zzzzzzzz") }).message
    let list = try #require(message.split(separator: "accepted: ").last)
    return list.split(separator: ", ").map(String.init)
  }
}
