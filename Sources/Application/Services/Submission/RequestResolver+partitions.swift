import Domain
import Scheduling
import Wire

/// The partitions that a draft names: one, or a list of which it starts in the one where it starts
/// earliest.
extension RequestResolver {
  private static let mostPartitions = 8

  /// In the order given, each once; never none.
  func partitions(_ draft: SubmissionDraft) throws(Problem) -> [Partition] {
    let text = draft.partition ?? context.defaultPartition
    let names = text.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
    guard names.count <= Self.mostPartitions else {
      throw Problem(
        title: "Too many partitions", status: 422, code: "partition-list",
        detail: "'\(text)' names \(names.count) partitions; the most accepted is "
          + "\(Self.mostPartitions)",
        nextStep: "name those in which you would have it start")
    }
    var partitions: [Partition] = []
    for name in names {
      let partition = try partition(name)
      if !partitions.contains(where: { $0.name == partition.name }) {
        partitions.append(partition)
      }
    }
    // What a Slurm job takes of a node is said once, and can't be one thing here and another there.
    if let whole = partitions.first(where: \.wholeNodes),
      let shared = partitions.first(where: { !$0.wholeNodes })
    {
      throw Problem(
        title: "Partitions of two kinds", status: 422, code: "partition-list",
        detail: "\(whole.name) gives whole nodes and \(shared.name) shares of them",
        nextStep: "list partitions of one kind")
    }
    return partitions
  }

  private func partition(_ name: String) throws(Problem) -> Partition {
    let known = context.centre.partitions.values.sorted { $0.name < $1.name }
    if let partition = known.first(where: { $0.name.text == name }) { return partition }
    let near = Spelling.nearest(to: name, in: known.map(\.name.text))
    throw Problem(
      title: "No such partition", status: 422, code: "unknown-partition",
      detail: "there is no partition '\(name)'" + (near.map { "; do you mean \($0)?" } ?? ""),
      nextStep: "choose one of: \(known.map(\.name.text).joined(separator: ", "))")
  }

  /// The price in each partition that a request lists, in order; refused where one could never hold
  /// it.
  func quotes(_ request: JobRequest) throws(Problem) -> [Quote] {
    guard !request.otherPartitions.isEmpty else { return [try quote(request)] }
    var quotes: [Quote] = []
    for listed in request.byPartition {
      do throws(Problem) {
        quotes.append(try quote(listed))
      } catch {
        throw Problem(
          title: error.title, status: error.status, code: error.code,
          detail: "in partition \(listed.partition): \(error.detail)",
          nextStep: "\(error.nextStep); or leave \(listed.partition) out")
      }
    }
    return quotes
  }

  /// What it holds at least, wherever it starts; of several equal ones the first.
  static func cheapest(of quotes: [Quote]) -> Quote {
    quotes.dropFirst().reduce(quotes[0]) { $1.holdPerTask < $0.holdPerTask ? $1 : $0 }
  }
}
