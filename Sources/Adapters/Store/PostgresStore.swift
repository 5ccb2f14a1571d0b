package import Domain
import Lifecycle
package import Postgres
package import Services
import Synchronization

/// The store on a real Postgres: every function of the port is one transaction.
///
/// The meaning of each write is that of `EngineState.apply` and of `Books.post`; tests hold them
/// against each other. Constraints and triggers of the schema restate the invariants once more.
package final class PostgresStore: Store {
  /// Notified, without a payload, by every write that changes what a cycle looks at.
  package static let changedChannel = "polder_changed"

  let pool: PostgresPool
  /// For what goes over all entries, so that nobody else waits for a connection meanwhile.
  private let patientPool: PostgresPool
  private let configuration: PostgresConfiguration
  private let knownCentre = Mutex<KnownCentre?>(nil)
  /// What was open in the last snapshot.
  let knownWork = Mutex<OpenWork?>(nil)
  let pruning = Mutex(ChangePruning())
  let wholePictureCount = Atomic(0)
  /// What was used, as of the last snapshot.
  let knownUse = Mutex<KnownUse?>(nil)
  private let writeCount = Atomic<UInt64>(0)
  private let announcement = Announcement()
  let acceptances = Gathering<NewJob, Acceptance>()

  private struct KnownCentre {
    let version: Int64
    let centre: Centre
  }

  private init(
    _ configuration: PostgresConfiguration, _ pool: PostgresPool, _ patientPool: PostgresPool
  ) {
    self.configuration = configuration
    self.pool = pool
    self.patientPool = patientPool
  }

  /// So many patient readings at once, and so many that wait for one of them; one more is refused.
  private static let (patient, waiting) = (2, 4)

  /// Connects to a database whose schema is this program's. `conninfo` is libpq's connection string.
  ///
  /// Throws `unavailable` while there is no server, and `broken` if the schema is older or newer,
  /// or if a migration changed after it was applied.
  package static func open(
    conninfo: String, connections: Int = 4
  ) async throws(StoreError) -> PostgresStore {
    try await open(
      PostgresConfiguration(conninfo: conninfo, applicationName: "polderd"),
      connections: connections)
  }

  /// As `open(conninfo:connections:)`, with other timeouts.
  package static func open(
    _ configuration: PostgresConfiguration, connections: Int = 4
  ) async throws(StoreError) -> PostgresStore {
    let pool: PostgresPool
    let patientPool: PostgresPool
    do {
      pool = try PostgresPool(configuration, size: connections)
      patientPool = try PostgresPool(
        configuration, size: Self.patient, maximumWaiting: Self.waiting)
    } catch {
      throw StoreError(error)
    }
    do {
      try await Migrator(pool: pool).requireUpToDate()
    } catch {
      await pool.close()
      throw error
    }
    return PostgresStore(configuration, pool, patientPool)
  }

  package var counts: StoreCounts { StoreCounts(of: [pool.counts, patientPool.counts]) }

  /// How many snapshots read all that is open, and not what had changed.
  package var wholePictures: Int { wholePictureCount.load(ordering: .relaxed) }

  /// Lets what has begun end and closes all connections.
  package func close() async {
    await pool.close()
    await patientPool.close()
  }

  /// The store's clock, in whole milliseconds.
  package func now() async throws(StoreError) -> Instant {
    try await read { tx throws(PostgresError) in try tx.now() }
  }

  /// An element each time something may have changed: also when it listens again after an outage.
  /// Ends when it is dropped.
  package func changes() throws(StoreError) -> some AsyncSequence<Void, Never> & Sendable {
    do {
      return try PostgresListener.events(configuration, channels: [Self.changedChannel])
        .map { @Sendable _ in () }
    } catch {
      throw StoreError(error)
    }
  }

  /// Takes the leader's lock on a connection of its own; nil if another process leads.
  package func tryLead() async throws(StoreError) -> Leadership? {
    let leadership = try Leadership(configuration)
    if try await leadership.isHeld() { return leadership }
    await leadership.resign()
    return nil
  }
}

// MARK: How everything reads and writes

extension PostgresStore {
  /// How often a write is tried anew after its connection broke.
  private static let attempts = 4
  /// Receipts are pruned by every so many-th write.
  private static let pruneInterval: UInt64 = 1024

  /// Reads in one consistent picture.
  func read<T: Sendable>(
    _ body: @Sendable (borrowing Transaction) throws(PostgresError) -> T
  ) async throws(StoreError) -> T {
    do {
      return try await pool.transaction(.snapshot, body)
    } catch .connectionLost {
      // Once more, on a fresh connection: reading is harmless.
    } catch {
      throw StoreError(error)
    }
    do {
      return try await pool.transaction(.snapshot, body)
    } catch {
      throw StoreError(error)
    }
  }

  /// How long one statement of a patient reading may take.
  private static let patience: Int64 = 600_000

  /// The same for what goes over all entries: a statement may take ten minutes. Few are read at once, and
  /// none is begun anew.
  func readPatiently<T: Sendable>(
    _ body: @Sendable (borrowing Transaction) throws(PostgresError) -> T
  ) async throws(StoreError) -> T {
    var mode = TransactionMode.snapshot
    mode.statementTimeoutMilliseconds = Self.patience
    do {
      return try await patientPool.transaction(mode, body)
    } catch {
      throw StoreError(error)
    }
  }

  /// Writes in one transaction whose outcome is known.
  ///
  /// Each write leaves a receipt with a random id in its own transaction. If the connection breaks
  /// during COMMIT the write is tried again with the same receipt: that waits for the lost
  /// transaction to end, and finds the receipt if it was committed. `unknown` is thrown only if
  /// Postgres can't be asked any more. `body` may run more than once.
  ///
  /// - Parameters:
  ///   - announced: what is written changes what a cycle looks at.
  ///   - isolation: REPEATABLE READ where several statements have to see one picture.
  func write<T: Sendable>(
    announced: Bool = false, isolation: TransactionMode.Isolation = .readCommitted,
    _ body: @Sendable (borrowing Transaction) throws(PostgresError) -> T
  ) async throws(StoreError) -> T {
    let receipt = Receipt<T>()
    let count = writeCount.wrappingAdd(1, ordering: .relaxed).newValue
    var lostCommit: PostgresError? = nil
    var left = Self.attempts
    while true {
      left -= 1
      let isFirst = left == Self.attempts - 1
      receipt.beginAttempt()
      do {
        let result = try await pool.transaction(
          TransactionMode(isolation: isolation, retryLimit: 3)
        ) {
          tx throws(PostgresError) in
          if isFirst {
            // Random, so nobody has it yet: it needs no answer of its own.
            try tx.later(.addReceipt, [.text(receipt.id)])
          } else if try tx.execute(.takeReceipt, [.text(receipt.id)]) == 0 {
            guard let result = receipt.result else {
              throw .decoding("receipt \(receipt.id) is another's")
            }
            return result
          }
          receipt.foundFree()
          let result = try body(tx)
          if count.isMultiple(of: Self.pruneInterval) { try tx.later(.pruneReceipts) }
          receipt.keep(result, isAbandoned: tx.isAbandoned)
          return result
        }
        if announced, !receipt.isAbandoned { await announce() }
        return result
      } catch {
        // A free receipt says that no earlier attempt was committed.
        if receipt.wasFree { lostCommit = nil }
        switch error {
        case .outcomeUnknown: lostCommit = error
        case .connectionLost: break
        default: throw StoreError(lostCommit ?? error)
        }
        guard left > 0 else { throw StoreError(lostCommit ?? error) }
      }
    }
  }

  /// Wakes whoever plans. Apart from the write and once for all who wrote meanwhile, because
  /// Postgres has the COMMITs of those that notify wait for each other. Whoever misses it looks by
  /// itself before long.
  private func announce() async {
    guard announcement.begin() else { return }
    repeat {
      _ = try? await pool.transaction { tx throws(PostgresError) in
        try tx.later(.commitAtEase)
        try tx.later(.notifyChanged)
      }
    } while announcement.isDueAgain()
  }

  /// The centre as of a transaction's picture. It is read anew only when it has changed.
  func centre(_ tx: borrowing Transaction) throws(PostgresError) -> Centre {
    try centre(tx, version: try tx.query(.centreVersion).only().int64("number"))
  }

  /// As `centre(_:)`, where the version was read already.
  func centre(_ tx: borrowing Transaction, version: Int64) throws(PostgresError) -> Centre {
    let known = knownCentre.withLock { $0 }
    if let known, known.version == version { return known.centre }
    let centre = try tx.centre(alsoRetired: false)
    knownCentre.withLock { $0 = KnownCentre(version: version, centre: centre) }
    return centre
  }
}

/// One announcement at a time, which is also that of those who come meanwhile.
private final class Announcement: Sendable {
  private enum State {
    case none, underWay, dueAgain
  }

  private let state = Mutex(State.none)

  /// False if somebody else announces, and will once more.
  func begin() -> Bool {
    state.withLock { state in
      defer { state = state == .none ? .underWay : .dueAgain }
      return state == .none
    }
  }

  func isDueAgain() -> Bool {
    state.withLock { state in
      defer { state = state == .dueAgain ? .underWay : .none }
      return state == .dueAgain
    }
  }
}

/// What one write knows of its attempts.
private final class Receipt<T: Sendable>: Sendable {
  private struct State {
    var wasFree = false
    var isAbandoned = false
    var result: T?
  }

  /// Random, so that it is nobody else's.
  let id =
    String(UInt64.random(in: .min ... .max), radix: 36) + "-"
    + String(UInt64.random(in: .min ... .max), radix: 36)
  private let state = Mutex(State())

  var wasFree: Bool { state.withLock { $0.wasFree } }
  var result: T? { state.withLock { $0.result } }

  func beginAttempt() { state.withLock { $0.wasFree = false } }
  func foundFree() { state.withLock { $0.wasFree = true } }
  var isAbandoned: Bool { state.withLock { $0.isAbandoned } }

  func keep(_ result: T, isAbandoned: Bool) {
    state.withLock { state in
      state.result = result
      state.isAbandoned = isAbandoned
    }
  }
}
