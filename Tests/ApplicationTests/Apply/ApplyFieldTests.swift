import Domain
import Services
import Testing
import Wire

/// What is said of fields that are wrong: the line, the value, and what is accepted.
@Suite struct ApplyFieldTests {
  @Test("the small centre applies")
  func applies() throws {
    let plan = try SmallCentre.plan()
    #expect(plan.refusals == [])
    #expect(plan.changes.count == 9)
  }

  @Test(
    "a wrong value names its line and what is accepted",
    arguments: [
      (
        "gpus: 4", "gpus: four",
        "23: gpus: \"four\" is no whole number in that range; accepted: a whole number from 0 to "
          + "1024"
      ),
      (
        "memory: 500 GiB", "memory: 500 GB",
        "25: memory: \"500 GB\" is no amount of memory; accepted: memory such as 512000 MiB, "
          + "500 GiB or 2 TiB (not MB or GB)"
      ),
      (
        "granted: 2,000 GPU-h", "granted: 1,5 GPU-h",
        "59: granted: \"1,5 GPU-h\" is no whole number of GPU-milliseconds; decimals stand behind a "
          + "point, as in 1.5, and a comma before each three digits; accepted: an amount such as "
          + "5,000 GPU-h, 0.05 GPU-h, 3 GPU-min or 90 GPU-s, above zero, at most 1,000,000,000 GPU-h"
      ),
      (
        "granted: 2,000 GPU-h", "granted: 500 node-h",
        "59: granted: \"500 node-h\" is not GPU time, since how much a node-h is depends on the "
          + "machine; on nodes of 4 GPUs 1 node-h is 4 GPU-h: state GPU-h; accepted: an amount "
          + "such as 5,000 GPU-h, 0.05 GPU-h, 3 GPU-min or 90 GPU-s, above zero, at most "
          + "1,000,000,000 GPU-h"
      ),
      (
        "demand: open", "demand: opn",
        "17: demand: \"opn\" is not one of them (did you mean open?); accepted: open, waiting, "
          + "closed"
      ),
      (
        "type: SME", "type: sme",
        "37: type: \"sme\" is not one of them (did you mean SME?); accepted: large enterprise, "
          + "university, research institution, international association, NGO, public "
          + "administration, SME, start-up, other"
      ),
      (
        "country: NL", "country: Nederland",
        "38: country: \"Nederland\" is no country code; accepted: two capital letters, as in NL"
      ),
      (
        "from: 2026-01-01, percent", "from: 2026-02-30, percent",
        "6: shares[0].from: \"2026-02-30\" is no date; accepted: a day such as 2026-11-23"
      ),
      (
        "perCPU: 0.05", "perCPU: -0.05",
        "32: rates.perCPU: \"-0.05\" is no rate; accepted: GPU-equivalents from 0 to 1000 with at "
          + "most three decimals, as in 0.050"
      ),
      (
        "perGPU: 1,", "perGPU: 0,",
        "32: rates.perGPU: a GPU that costs nothing can't be accounted for; above zero"
      ),
      (
        "account: anouk", "account: slurm",
        "43: account: \"slurm\" is an account of the system, never a person's; accepted: a UNIX "
          + "account of a person: 1 to 32 of a-z, 0-9, - and _, a letter first"
      ),
      (
        "id: longscan\n", "id: LongScan\n",
        "47: id: \"LongScan\" is no project id; accepted: 1 to 40 of a-z, 0-9, . _ or -, a letter "
          + "or a digit first (it is the account in Slurm)"
      ),
      (
        "name: Anouk de Vries", "name: \"Anouk\\e[31m\"",
        "44: name: \"Anouk?[31m\" is no line of text; accepted: 1 to 200 printable characters"
      ),
    ])
  func wrongValues(old: String, new: String, message: String) throws {
    #expect(try SmallCentre.refusals(old, new).contains(message))
  }

  @Test(
    "an unknown field names the nearest that the kind has",
    arguments: [
      (
        "gpus: 4", "gpu: 4",
        "23: gpu: is no field of Node (did you mean gpus?); accepted: cpus, features, "
          + "gpuType, gpus, id, memory, shardsPerGPU, switches"
      ),
      (
        "role: PI", "role: PI\n    rol: PI",
        "54: members[0].rol: is no field of Project's members[0] (did you mean role?); accepted: "
          + "account, member, role"
      ),
      (
        "timeLimit: {default: 1 h,", "timeLimit: {default: 1 h, minimum: 1 h,",
        "30: timeLimit.minimum: is no field of Partition's timeLimit (did you mean maximum?); "
          + "accepted: default, maximum"
      ),
    ])
  func unknownFields(old: String, new: String, message: String) throws {
    #expect(try SmallCentre.refusals(old, new).contains(message))
  }

  @Test(
    "a field of the wrong shape says which it takes",
    arguments: [
      ("gpuType: h100", "gpuType: [h100]", "22: gpuType: takes one value; accepted: 1 to 64"),
      ("nodes: [gn01, gn02]", "nodes: {a: gn01}", "29: nodes: names no node; accepted: names"),
      ("nodes: [gn01, gn02]", "nodes: []", "29: nodes: names no node; accepted: names"),
      (
        "timeLimit: {default: 1 h, maximum: 1-00:00:00}", "timeLimit: 1 h",
        "30: timeLimit: takes fields: default, maximum"
      ),
      ("country: NL", "country: {code: NL}", "38: country: takes one value; accepted: two"),
      (
        "members:\n  - member: m-0001\n    role: PI", "members: anouk",
        "51: members: takes a list"
      ),
      ("kind: Node\n", "kind: Node\nnote: x\n", "21: note: is no field of Node; accepted: cpus"),
    ])
  func wrongShapes(old: String, new: String, beginning: String) throws {
    let refusals = try SmallCentre.refusals(old, new)
    #expect(refusals.contains { $0.hasPrefix(beginning) }, "\(refusals)")
  }

  @Test("a missing field is asked for, at the line of its object")
  func missing() throws {
    #expect(
      try SmallCentre.refusals("gpuType: h100\n", "").contains(
        "20: gpuType of Node gn[01-02] is missing; accepted: 1 to 64 letters, digits, . _ or -, a "
          + "letter or a digit first"))
  }

  @Test("all that is wrong is told at once, by line, and nothing is planned to be written")
  func all() throws {
    let text = try SmallCentre.text("country: NL", "country: nl")
      .replacing("gpus: 4", with: "gpus: -4")
    let plan = try SmallCentre.plan(text)
    #expect(plan.refusals.map(\.line) == [23, 38])
    #expect(plan.next == Centre())
    #expect(plan.postings == [])
  }

  @Test(
    "amounts that say the same are the same",
    arguments: [
      "2000 GPU-h", "2,000.000 GPU-h", "2000GPU-h", "120,000 GPU-min", "7200000 GPU-s",
    ])
  func amounts(text: String) throws {
    let plan = try SmallCentre.plan(
      SmallCentre.text("granted: 2,000 GPU-h", "granted: \(text)"), in: SmallCentre.applied())
    #expect(plan.changes == [])
    #expect(plan.refusals == [])
  }

  @Test(
    "amounts that are none are refused",
    arguments: [
      "2,00 GPU-h", "2.0.0 GPU-h", "-5 GPU-h", "1e3 GPU-h", "5000", "0 GPU-h", "GPU-h",
      "0.00000001 GPU-h", "1,000,000,001 GPU-h", "99999999999999999999 GPU-h", "５ GPU-h",
    ])
  func noAmounts(text: String) throws {
    #expect(
      try SmallCentre.refusals("granted: 2,000 GPU-h", "granted: \(text)").contains {
        $0.hasPrefix("59: granted: ")
      })
  }
}
