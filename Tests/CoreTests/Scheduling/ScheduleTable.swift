import Domain
import Scheduling

/// A hand-worked schedule: nodes, jobs, and when each job starts under each policy.
///
/// ```
/// grace 10                        seconds; 0 if it is not said
/// allocation acme 6 until 900     GPU-hours and the window's end; 1000 and never
/// node gn01 4                     GPUs, then CPUs and GiB (20 CPUs and 125 GiB for each GPU)
/// node gn02 4 down 0 50           unavailable in those seconds
/// reserve m1 100 200 gn01 gn02    maintenance in those seconds, known from the beginning
/// node gn03 4 has ib,nvme         features
/// node gn04 4 under row1/rack2    switches
///
/// job submit nodes gpus limit run | fcfs easy conservative
/// A   0      1     4    100   60  | 0    0    0
/// ```
///
/// More columns of a job: `partition` (shared or whole), `pays` (allocations in order of
/// preference), `cpus` and `gib` of each node, `terms` (`has=ib&nvme;not=gn01;on=gn02,gn03;near=1@90`:
/// behind one switch, until that second), `least`
/// (time, in seconds) and `by` (the deadline); and of what is expected: `place` (nodes, under every
/// policy) and `why` (the first reason for waiting, under conservative). `-` is never, or none.
struct ScheduleTable {
  private(set) var replay = ScheduleReplay()
  /// By name of policy, then of job; nil is never.
  private(set) var starts: [String: [String: Int64?]] = [:]
  private(set) var places: [String: String] = [:]
  private(set) var reasons: [String: String] = [:]
  private var windows: [String: Instant] = [:]
  private var columns: [String] = []

  init(_ name: String) throws {
    for line in try TableFiles.lines(of: name, in: "schedules") {
      let cells = words(line.text).filter { $0 != "|" }
      guard read(cells) else {
        throw TableError(table: name, line: line.number, problem: "can't read: \(line.text)")
      }
    }
    if replay.budgets.isEmpty { _ = readAllocation(["allocation", "any", "1000"]) }
  }

  func name(of task: TaskID) -> String {
    replay.jobs.first { $0.task == task }?.name ?? "\(task)"
  }

  /// A reason as the column `why` writes it.
  func text(_ reason: WaitReason?) -> String {
    switch reason {
    case .none: "-"
    case .dependency: "dependency"
    case .delay: "delay"
    case .notBefore: "begin"
    case .partition: "partition"
    case .paused: "paused"
    case .singleton: "singleton"
    case .throttle: "throttle"
    case .deadline: "deadline"
    case .impossible: "impossible"
    case .noAllocation: "allocation"
    case .suspended: "suspended"
    case .window(let window): "window:\(window.allocation)"
    case .budget(let budget): "budget:\(budget.allocation)"
    case .cap(let cap): "cap:\(cap.cap)"
    case .limit(let limit): "limit:\(limit.limit)"
    case .nodesUnavailable: "nodes"
    case .reservationGone(let name), .reservationAhead(let name, _),
      .reservationEnds(let name, _, _):
      "reservation:\(name)"
    case .reserved(let shortfall): "reserved:\(shortfall.reservation)"
    case .switches(let wish, _): "switches:\(wish.most)"
    case .resources(let shortfall):
      "resources:\(shortfall.blockingTasks.map(name(of:)).joined(separator: ","))"
    case .priority(let task, _): "priority:\(name(of: task))"
    }
  }

  private mutating func read(_ cells: [String]) -> Bool {
    switch cells.first {
    case "grace":
      guard cells.count == 2, let seconds = Int64(cells[1]) else { return false }
      replay.grace = Seconds(seconds)
      return true
    case "allocation": return readAllocation(cells)
    case "node": return readNode(cells)
    case "reserve": return readReservation(cells)
    case "job":
      columns = cells
      makePartitions()
      return true
    default: return readJob(cells)
    }
  }

  private mutating func readAllocation(_ cells: [String]) -> Bool {
    guard cells.count >= 3, let id = AllocationID(cells[1]), let hours = Int64(cells[2]) else {
      return false
    }
    let end = cells.count == 5 ? Int64(cells[4]) : 1_000_000_000
    guard let end else { return false }
    replay.budgets[id] = .hours(hours)
    windows[id.text] = Instant(seconds: end)
    return true
  }

  private mutating func readNode(_ cells: [String]) -> Bool {
    guard cells.count >= 3, let name = NodeName(cells[1]) else { return false }
    let numbers = cells.dropFirst(2).prefix { !["down", "has", "under"].contains($0) }
      .compactMap { Int($0) }
    let has = cells.firstIndex(of: "has").map { cells[$0 + 1] } ?? ""
    let under = cells.firstIndex(of: "under").map { cells[$0 + 1] } ?? ""
    guard let gpus = numbers.first else { return false }
    let cpus = numbers.count > 1 ? numbers[1] : gpus * 20
    let gib = numbers.count > 2 ? numbers[2] : gpus * 125
    replay.nodes.append(
      Node(
        name: name, gpuType: "h100",
        capacity: NodeResources(gpus: gpus, cpus: cpus, memoryMiB: gib * 1024),
        features: has.split(separator: ",").compactMap { FeatureName(String($0)) },
        switches: under.split(separator: "/").compactMap { SwitchName(String($0)) }))
    if let down = cells.firstIndex(of: "down") {
      guard cells.count == down + 3, let from = Int64(cells[down + 1]),
        let until = Int64(cells[down + 2])
      else { return false }
      replay.outages.append(ScheduleReplay.Outage(node: name, seconds: from..<until))
    }
    return true
  }

  private mutating func readReservation(_ cells: [String]) -> Bool {
    guard cells.count >= 5, let begin = Int64(cells[2]), let end = Int64(cells[3]),
      let reservation = Reservation(
        name: cells[1], nodes: cells[4...].compactMap { NodeName($0) },
        from: Instant(seconds: begin), until: Instant(seconds: end), isMaintenance: true)
    else { return false }
    replay.reserved.append(reservation)
    return true
  }

  private mutating func makePartitions() {
    replay.partitions = ["shared", "whole"].compactMap { PartitionName($0) }.map {
      Partition(
        name: $0, nodes: replay.nodes.map(\.name), wholeNodes: $0.text == "whole",
        defaultTimeLimit: .hours(1), maximumTimeLimit: .hours(24),
        defaultsPerGPU: NodeResources(gpus: 1, cpus: 20, memoryMiB: 125 * 1024),
        rateCards: [
          RateCard(
            version: 1, inForceFrom: Instant(milliseconds: 0),
            rates: Rates(perGPU: 1000, perCPU: 50, perGiB: 8))
        ])
    }
  }

  private static func terms(_ text: String) -> NodeTerms {
    var values: [Substring: Substring] = [:]
    for part in text.split(separator: ";") where text != "-" {
      let pair = part.split(separator: "=", maxSplits: 1)
      values[pair[0]] = pair[1]
    }
    func nodes(_ key: Substring) -> [NodeName] {
      (values[key] ?? "").split(separator: ",").compactMap { NodeName(String($0)) }
    }
    let near = (values["near"] ?? "").split(separator: "@").compactMap { Int64($0) }
    return NodeTerms(
      features: values["has"].flatMap { FeatureExpression(String($0)) }, excluded: nodes("not"),
      required: nodes("on"),
      switches: near.count == 2
        ? SwitchWish(most: Int(near[0]), until: Instant(seconds: near[1])) : nil)
  }

  private mutating func readJob(_ cells: [String]) -> Bool {
    guard cells.count == columns.count else { return false }
    let row = Dictionary(uniqueKeysWithValues: zip(columns, cells))
    func number(_ column: String) -> Int64? { row[column].flatMap { Int64($0) } }
    guard let name = row["job"], let submit = number("submit"), let nodes = number("nodes"),
      let gpus = number("gpus"), let limit = number("limit"), let run = number("run"),
      let partition = PartitionName(row["partition"] ?? "shared"), let member = MemberID("m1"),
      let project = ProjectID("p1")
    else { return false }
    let perNode = NodeResources(
      gpus: Int(gpus), cpus: Int(number("cpus") ?? gpus * 20),
      memoryMiB: Int(number("gib") ?? gpus * 125) * 1024)
    let pays = row["pays"]?.split(separator: ",").map { String($0) } ?? ["any"]
    replay.jobs.append(
      ScheduleReplay.Job(
        name: name, task: TaskID(job: JobID(number: Int64(replay.jobs.count + 1)), index: nil),
        submit: submit, run: run,
        request: JobRequest(
          name: name, member: member, project: project, allocation: nil, partition: partition,
          nodeCount: Int(nodes), perNode: perNode, gpuType: nil, timeLimit: Seconds(limit),
          terms: Self.terms(row["terms"] ?? "-"),
          wishes: TimeWishes(
            minimumTime: number("least").map { Seconds($0) },
            deadline: number("by").map { Instant(seconds: $0) })),
        options: pays.compactMap { AllocationID($0) }.map {
          AllocationOption(
            allocation: $0, windowEnd: windows[$0.text] ?? Instant(seconds: 1_000_000_000))
        }))
    for policy in PlanningPolicy.allCases where row[policy.rawValue] != nil {
      starts[policy.rawValue, default: [:]][name] = .some(number(policy.rawValue))
    }
    places[name] = row["place"]
    reasons[name] = row["why"]
    return true
  }
}
