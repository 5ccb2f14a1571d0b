import Domain
import Testing
import Wire

@testable import Services

/// How the queue is put in order, as it is described.
@Suite("described order")
struct ApplyOrderTests {
  private func order(_ fields: String) -> String {
    SmallCentre.text + "---\nkind: Order\nid: queue\n" + fields
  }

  private func rule(_ fields: String) throws -> OrderRule {
    let plan = try SmallCentre.plan(order(fields))
    #expect(plan.refusals.map(\.message) == [])
    return plan.next.order
  }

  @Test("what is left out is the standard, and a description of it changes nothing")
  func standard() throws {
    let plan = try SmallCentre.plan(order("rule: shared\n"))
    #expect(plan.next.order == .standard)
    #expect(plan.changes.allSatisfy { $0.kind != "Order" })
  }

  @Test("weights, half-lives, factors and shares are read")
  func read() throws {
    let rule = try rule(
      """
      weights: {size: -500, entitlement: 0}
      agePeriod: 12 h
      halfLife: 2 d
      longHalfLife: 60 d
      entryCharge: 0 %
      promiseAhead: 90 s
      partitions: [{partition: gpu, factor: 12.5 %}]
      shares:
        - {programme: playground, shares: 2}
        - {project: longscan, shares: 0}
        - {member: m-0001, shares: 5}

      """)
    let policy = try #require(rule.policy)
    #expect(policy.weights.size == -500 && policy.weights.entitlement == 0)
    #expect(policy.weights.fairShare == PriorityPolicy.shared.weights.fairShare)
    #expect(policy.agePeriod == .hours(12) && policy.halfLife == .hours(48))
    #expect(policy.longHalfLife == .hours(60 * 24) && policy.entryChargeBasisPoints == 0)
    #expect(policy.partitions.map { ($0.key.text, $0.value) }.first ?? ("", 0) == ("gpu", 125_000))
    #expect(rule.promiseAhead == Seconds(90))
    #expect(
      rule.shares.programmes.map { ($0.key.text, $0.value) }.first ?? ("", 0)
        == ("playground", 2))
    #expect(rule.shares.projects.map(\.value) == [0] && rule.shares.members.map(\.value) == [5])
  }

  @Test("first come, first served has no other field")
  func firstCome() throws {
    #expect(try rule("rule: first-come\n") == OrderRule(policy: nil))
    let refusals = try SmallCentre.plan(order("rule: first-come\nhalfLife: 2 d\n")).refusals
    #expect(refusals.map(\.message).first?.contains("halfLife: is no field") == true)
  }

  @Test(
    "what can't be is refused with what is accepted",
    arguments: [
      ("weights: {age: -1}\n", "weights.age: \"-1\" is no weight"),
      ("weights: {size: 1000001}\n", "from -1000000 to 1000000"),
      ("agePeriod: 5 s\n", "less than a minute"),
      ("halfLife: 1 h\n", "less than a day; use is counted by days"),
      ("halfLife: 40 d\n", "longHalfLife"),
      ("shares: [{project: longscan, programme: playground, shares: 1}]\n", "names one of"),
      ("shares: [{project: nowhere, shares: 1}]\n", "nowhere"),
      ("shares: [{project: longscan, shares: 1}, {project: longscan, shares: 2}]\n", "twice"),
      ("partitions: [{partition: none, factor: 1 %}]\n", "none"),
      ("rule: lottery\n", "accepted: shared, first-come"),
    ])
  func refused(_ fields: String, _ words: String) throws {
    let refusals = try SmallCentre.plan(order(fields)).refusals
    #expect(refusals.count == 1, "\(refusals)")
    #expect(refusals.first?.message.contains(words) == true, "\(refusals)")
  }

  @Test("a machine has one queue")
  func oneQueue() throws {
    let plan = try SmallCentre.plan(SmallCentre.text + "---\nkind: Order\nid: other\n")
    #expect(plan.refusals.map(\.message) == ["id: \"other\" is no queue; accepted: queue"])
  }

  @Test("the texts of a difference are accepted as they are written")
  func canonical() throws {
    let fields = OrderRule.standard.canonicalFields.filter { !$0.name.contains(" ") }
    let lines = fields.map { field -> String in
      let parts = field.name.split(separator: ".")
      return parts.count == 1
        ? "\(field.name): \(field.text)\n" : "\(parts[0]): {\(parts[1]): \(field.text)}\n"
    }
    for line in lines { #expect(try rule(line) == .standard, "\(line)") }
  }
}
