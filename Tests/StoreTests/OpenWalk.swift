import Domain
import Engine
import Lifecycle
import Postgres
import Seeds
import Services
import Store
import Testing

/// A random history of jobs by several writers, with a reader that follows it.
struct OpenWalk {
  private let writer: PostgresStore
  private let database: Database
  private(set) var reader: PostgresStore
  var random: SplitMix64
  private var jobs: [JobID] = []
  /// Open transactions, each about a job of its own that nobody else touches meanwhile.
  private var held: [JobID: HeldTransaction] = [:]
  /// Of readers that are gone.
  private var wholeBefore = 0
  private var clock = Example.past + Example.hour

  init(writer: PostgresStore, database: Database, seed: UInt64) async throws {
    self.writer = writer
    self.database = database
    reader = try await PostgresStore.open(conninfo: database.asDaemon, connections: 2)
    random = SplitMix64(seed: seed)
  }

  /// How often the readers read everything.
  var wholePictures: Int { wholeBefore + reader.wholePictures }

  /// What is read by following the changes equals what is read anew.
  mutating func compare() async throws {
    let fresh = try await PostgresStore.open(conninfo: database.asDaemon)
    let whole = try await fresh.snapshot().state
    await fresh.close()
    let followed = try await reader.snapshot().state
    #expect(followed.jobs == whole.jobs)
    #expect(followed.tasks == whole.tasks)
    #expect(followed.runs == whole.runs)
  }

  mutating func end() async throws {
    for transaction in held.values { try await transaction.end(committing: true) }
    held = [:]
    try await compare()
    await reader.close()
  }

  mutating func step() async throws {
    clock = clock + Seconds(Int64(random.pick(1...30)))
    switch random.pick(1...20) {
    case 1...5: try await accept()
    case 6...12: try await move()
    case 13: try await hold()
    case 14, 15: try await letGo()
    case 16: try await half()
    case 17: if random.oneIn(3) { try await breakReader() }
    case 18: _ = try await reader.snapshot()
    default: try await changeByHand()
    }
  }

  private mutating func accept() async throws {
    let indices = random.oneIn(3) ? Array(0...random.pick(1...3)) : []
    var on = (0..<random.pick(0...2)).compactMap { _ in random.element(of: jobs) }
    // Maybe the next one, maybe nobody's.
    if random.oneIn(6) { on.append(JobID(number: (jobs.last?.number ?? 0) + 2)) }
    let job = try await writer.accepted(
      Example.job(
        Example.request(
          tasks: indices, requeue: random.oneIn(2),
          dependencies: on.map { Dependency(condition: .afterany, job: $0) }),
        origin: random.oneIn(3) ? .slurm : .polder))
    jobs.append(job.id)
  }

  /// One step of a task that nobody holds.
  private mutating func move() async throws {
    let state = try await writer.snapshot().state
    let free = state.tasks.values.filter { held[$0.id.job] == nil }.sorted { $0.id < $1.id }
    guard let task = random.element(of: free), let job = state.jobs[task.id.job] else { return }
    switch task.state {
    case .ended:
      _ = try await writer.perform(
        .bound(SlurmKey(job: job, task: task), slurmJobID: Int64(random.pick(1...999))))
    case .waiting:
      switch random.pick(1...5) {
      case 1: _ = try await writer.cancel([task.id], by: "m-beheer")
      case 2: _ = try await writer.perform(.dropped(task.id, .cancelled, cause: "gone"))
      case 3:
        _ = try await writer.change(
          limitOf: TaskID(job: job.id, index: nil),
          to: LimitChange(limit: .hours(2), grace: .zero, maximum: .hours(24)))
      default: _ = try await writer.commit(Example.run(task.nextRun, at: clock))
      }
    case .starting(let run):
      _ = try await writer.perform(
        random.oneIn(4)
          ? .returned(run, cause: "not started")
          : .started(
            run, at: clock, weight: Weight(thousandths: 1000), slurmJobID: 7, devices: []))
    case .running(let run):
      if random.oneIn(3) {
        _ = try await writer.commit(RunAct.signal(run, .usr1))
      } else {
        _ = try await writer.perform(
          .ended(run, Example.end(used: .zero, at: clock, requeued: random.oneIn(3))))
      }
    }
  }

  private mutating func hold() async throws {
    guard held.count < 3, let job = random.element(of: jobs.filter { held[$0] == nil }) else {
      return
    }
    held[job] = try await HeldTransaction(database, script(job))
  }

  private mutating func letGo() async throws {
    guard let job = random.element(of: held.keys.sorted()),
      let transaction = held.removeValue(forKey: job)
    else { return }
    try await transaction.end(committing: !random.oneIn(3))
  }

  /// A transaction of which one part is rolled back and another is not.
  private mutating func half() async throws {
    let free = jobs.filter { held[$0] == nil }
    guard let gone = random.element(of: free), let kept = random.element(of: free) else { return }
    try await database.run(
      """
      SAVEPOINT half; \(script(gone)); ROLLBACK TO half;
      SAVEPOINT rest; \(script(kept)); RELEASE rest
      """)
  }

  private mutating func changeByHand() async throws {
    guard let job = random.element(of: jobs.filter { held[$0] == nil }) else { return }
    try await database.run(script(job))
  }

  private mutating func script(_ job: JobID) -> String {
    random.oneIn(2)
      ? "UPDATE task SET generation = generation + 1 WHERE job = \(job.number)"
      : "UPDATE job SET slurm_job_id = \(random.pick(1...999)) WHERE number = \(job.number)"
  }

  /// The reader's process begins anew, or the server drops its connections.
  private mutating func breakReader() async throws {
    if random.oneIn(2) {
      wholeBefore += reader.wholePictures
      await reader.close()
      reader = try await PostgresStore.open(conninfo: database.asDaemon, connections: 2)
    } else {
      try await database.run(
        """
        SELECT pg_terminate_backend(pid) FROM pg_stat_activity
        WHERE datname = current_database() AND application_name = 'polderd'
        """)
    }
  }
}
