/// What each owner asked for, waited for and used.
struct OwnerTally {
  let jainMillionths: Int64?
  let funders: [FunderUse]

  /// Thousandths of the measure × seconds.
  private struct Sums {
    var asked: Int128 = 0
    var used: Int128 = 0
    /// What was asked for times how long it was waited for.
    var waited: Int128 = 0
  }

  init(_ machine: MachineModel, _ workload: Workload, _ result: ReplayResult) {
    let hasMembers = workload.jobs.contains { !$0.owner.member.isEmpty }
    var users: [String: Sums] = [:]
    var funds: [String: Sums] = [:]
    let last = workload.jobs.last?.submit ?? 0
    for (index, job) in workload.jobs.enumerated() {
      let demand = Int128(job.demandThousandths(machine.measure))
      let start = result.starts[index]
      var sums = Sums()
      sums.asked = demand * Int128(job.run)
      if start >= 0 {
        sums.used = demand * Int128(result.ends[index] - start)
        sums.waited = demand * Int128(start - job.submit)
      }
      Self.add(sums, to: hasMembers ? job.owner.member : job.owner.project, &users)
      // Once nobody submits any more, everybody gets what is left.
      let until = min(result.ends[index], last)
      sums.used = start >= 0 && start < until ? demand * Int128(until - start) : 0
      Self.add(sums, to: job.owner.funder, &funds)
    }
    jainMillionths = Self.jain(users)
    funders = Self.uses(funds, machine.shares)
  }

  private static func add(_ sums: Sums, to name: String, _ all: inout [String: Sums]) {
    guard !name.isEmpty else { return }
    all[name, default: Sums()].asked += sums.asked
    all[name, default: Sums()].used += sums.used
    all[name, default: Sums()].waited += sums.waited
  }

  /// (Σx)² / (n Σx²), where x is the part of a user's time in the system, weighted by size, in
  /// which his jobs ran.
  private static func jain(_ users: [String: Sums]) -> Int64? {
    let served = users.values.filter { $0.used > 0 }.map { sums in
      Int128(rounded(sums.used * 1_000_000, by: sums.used + sums.waited))
    }
    guard !served.isEmpty else { return nil }
    let sum = served.reduce(0, +)
    let squares = served.reduce(0) { $0 + $1 * $1 }
    return rounded(sum * sum * 1_000_000, by: Int128(served.count) * squares)
  }

  private static func uses(_ funds: [String: Sums], _ shares: [FunderShare]) -> [FunderUse] {
    let used = funds.values.reduce(Int128(0)) { $0 + $1.used }
    let asked = funds.values.reduce(Int128(0)) { $0 + $1.asked }
    guard used > 0 else { return [] }
    let named = shares.map(\.funder)
    let others = funds.keys.filter { !named.contains($0) }.sorted()
    return (named + others).map { name in
      let sums = funds[name] ?? Sums()
      let share = shares.first { $0.funder == name }
      return FunderUse(
        funder: name, usedMillionths: rounded(sums.used * 1_000_000, by: used),
        askedMillionths: rounded(sums.asked * 1_000_000, by: asked),
        entitledMillionths: share.map { Int64($0.thousandths) * 1000 }
          ?? (shares.isEmpty ? nil : 0))
    }
  }
}
