import Wire

/// Jobs in every stage at once: two run, one waits for another, an array is partly through, one
/// came by `sbatch`.
struct Traffic {
  let desk: Desk
  let jobs: [Accepted]

  /// - Parameter pace: seconds of a short job; a long one takes three times as long.
  init(at desk: Desk, pace: Int) async throws {
    self.desk = desk
    let gpu = ["--gpus-per-node=1"]
    let long = try await desk.submit(Work(name: "long", seconds: 3 * pace, options: gpu))
    let array = try await desk.submit(
      Work(name: "array", seconds: pace, options: gpu + ["--array=0-4%2"]))
    let short = try await desk.submit(Work(name: "short", seconds: pace, options: gpu))
    let direct = try await desk.sbatch(Work(name: "direct", seconds: pace, options: gpu))
    let next = try await desk.submit(
      Work(name: "next", options: gpu + ["--dependency=afterany:\(long.id)"]))
    jobs = [long, array, short, direct, next]
    for job in [long, array, short, direct] { try await desk.wait(for: job, toHave: \.isBegun) }
  }

  /// Waits until a task of each running job has said that it ends, whatever Polder sees of it.
  func untilSomeHaveEnded() async throws {
    try await waiting(until: "the ends of short and direct") {
      let ends = desk.traces("ends")
      return ends["short "] != nil && ends["direct "] != nil
    }
  }
}
