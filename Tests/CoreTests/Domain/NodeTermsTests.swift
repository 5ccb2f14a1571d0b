// Why: Slurm evaluates the same expression on a job that came by sbatch; both must say the same.
import Domain
import Testing

@Suite("terms of nodes")
struct NodeTermsTests {
  @Test(
    "& and | are read from left to right, as slurmctld does",
    arguments: [
      ("a", "a", true), ("a", "b", false), ("a&b", "a", false), ("a&b", "a b", true),
      ("a|b", "b", true), ("a|b&c", "a", false), ("a|b&c", "a c", true), ("a&b|c", "c", true),
      ("a|a", "a", true),
    ])
  func evaluation(text: String, features: String, isMet: Bool) throws {
    let expression = try #require(FeatureExpression(text))
    let has = features.split(separator: " ").compactMap { FeatureName(String($0)) }
    #expect(expression.isMet(by: has) == isMet)
    #expect(expression.description == text)
  }

  @Test(
    "what is no such expression is none",
    arguments: ["", "&", "a&", "|a", "a&&b", "a b", "[a|b]", "a*2", "(a&b)|c", "a,b", "!a"])
  func malformed(text: String) {
    #expect(FeatureExpression(text) == nil)
  }

  @Test("an expression has so many names and no more")
  func length() {
    let names = Array(repeating: "a", count: FeatureExpression.mostTerms)
    #expect(FeatureExpression(names.joined(separator: "|")) != nil)
    #expect(FeatureExpression((names + ["a"]).joined(separator: "|")) == nil)
  }

  @Test("an excluded node is not accepted, wherever it stands among them")
  func excluded() throws {
    let names = try (0..<7).map { try #require(NodeName("gn\($0)")) }
    for count in 0...6 {
      let terms = NodeTerms(excluded: names[..<count].shuffled())
      for (index, name) in names.enumerated() {
        let node = Node(name: name, gpuType: "h100", capacity: .none)
        #expect(terms.accepts(node) == (index >= count))
      }
    }
  }
}
