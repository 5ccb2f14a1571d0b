// Why: an auditor's journal has to be of one moment, and may be longer than memory is.
import Dispatch
import Domain
import Ledger
import Lifecycle
import Reporting
import Services
import Store
import Synchronization
import Testing

@Suite("a journal", .serialized, .timeLimit(.minutes(1)))
struct JournalReadingTests {
  private static let count = 12_000
  private static let largestPage = 5_000

  /// Grants in an order of time that is not that of posting, several at each moment.
  private static func fill(_ database: Database) async throws {
    try await database.run(
      """
      INSERT INTO ledger_entry (id, kind, allocation, amount_gpu_ms, effective_at, recorded_at,
        booked_at)
      SELECT 'many:' || n, 'grant', 'longscan-large', n,
        to_timestamp(\(Example.past.wholeSeconds)) + (n * 7919 % 2003) * interval '1 hour'
          + n % 11 * interval '170 milliseconds', now(), now()
      FROM generate_series(1, \(count)) AS n
      """)
  }

  @Test(
    "is read in pages, in no more memory than one takes, and is the same as of all entries at once",
    arguments: [nil, Example.past + Seconds.hours(1000)] as [Instant?])
  func pages(from: Instant?) async throws {
    try await withStore { store, database in
      try await Self.fill(database)
      let to = Example.past + Seconds.hours(1990)
      let reader = Pages(from: from, to: to)
      try await store.read(
        JournalRange(projects: [Example.longscan], from: from, to: to), into: reader)
      let sizes = reader.read.withLock { $0.sizes }
      #expect(sizes.count > 1 && sizes.allSatisfy { $0 <= Self.largestPage }, "\(sizes)")
      let all = Journal(
        .ledger, of: "longscan", try await store.entries(of: Example.longscan),
        centre: Example.centre, from: from, to: to)
      #expect(reader.text == all.text)
    }
  }

  @Test("asserts at its end the balances that are kept, whatever the entries say")
  func keptBalances() async throws {
    try await withStore { store, database in
      let job = try await store.accepted()
      _ = try await store.commit(Example.run(job.firstRun))
      _ = try await store.perform(.ended(job.firstRun, Example.end(used: .hours(1))))
      let kept = try await store.balances()
      try await database.run(
        """
        SET LOCAL session_replication_role = replica;
        UPDATE ledger_entry SET amount_gpu_ms = amount_gpu_ms + 3600000 WHERE kind = 'charge'
        """)
      let ends = [nil, Example.past + .hours(100), Example.past + .hours(1)] as [Instant?]
      for to in ends {
        let reader = Pages(to: to)
        try await store.read(
          JournalRange(projects: [Example.longscan], from: nil, to: to), into: reader)
        let closing = try #require(reader.read.withLock { $0.opening?.closing })
        #expect(closing.keys.sorted() == [Example.large, Example.over, Example.small])
        if to != ends.last { #expect(closing[Example.large] == kept[Example.large]) }
      }
    }
  }

  @Test("does not show what is posted while it is read")
  func onePicture() async throws {
    try await withStore { store, database in
      try await Self.fill(database)
      let reader = Pages(isGated: true)
      async let reading: Void = store.read(
        JournalRange(projects: [Example.longscan], from: nil, to: nil), into: reader)
      for await _ in reader.begun.stream { break }
      let late = Posting.grant(
        EntryID("late"), Example.large, .hours(1), effective: Example.past)
      let line = AuditLine(
        actor: "m-1", action: AuditAction(rawValue: "grant"), object: "books", origin: "a test")
      guard case .posted = try await store.post(late, audit: line) else {
        throw Unexpected("nothing was posted meanwhile")
      }
      reader.gate.signal()
      try await reading
      let read = reader.read.withLock { $0 }
      #expect(read.sizes.reduce(0, +) == read.entryCount)
      #expect(!reader.text.contains("(late)"))
      #expect(try await store.entries(of: Example.longscan).count == read.entryCount + 1)
    }
  }

  @Test("ends when its reader takes no more")
  func stopped() async throws {
    try await withStore { store, database in
      try await Self.fill(database)
      let reader = Pages(most: 1)
      try await store.read(
        JournalRange(projects: [Example.longscan], from: nil, to: nil), into: reader)
      #expect(reader.read.withLock { $0.sizes.count } == 1)
    }
  }
}

/// Writes what it reads, and may wait before it reads on.
final class Pages: JournalReader {
  struct Read {
    var writer: JournalWriter?
    var text = ""
    var sizes: [Int] = []
    var entryCount = 0
    var opening: JournalOpening?
  }

  let read = Mutex(Read())
  let begun = AsyncStream<Void>.makeStream()
  /// Waited for on the connection's own thread.
  let gate = DispatchSemaphore(value: 0)
  private let isGated: Bool
  private let most: Int
  private let from: Instant?
  private let to: Instant?

  init(from: Instant? = nil, to: Instant? = nil, isGated: Bool = false, most: Int = .max) {
    self.from = from
    self.to = to
    self.isGated = isGated
    self.most = most
  }

  var text: String {
    read.withLock { read in
      var text = read.text
      read.writer?.end { text += $0 }
      return text
    }
  }

  func begin(_ opening: JournalOpening) -> Bool {
    read.withLock { read in
      let writer = JournalWriter(
        .ledger, of: "longscan", centre: Example.centre, from: from, to: to, opening)
      read = Read(writer: writer, entryCount: opening.entryCount, opening: opening)
      writer.begin { read.text += $0 }
    }
    if isGated {
      begun.continuation.yield()
      gate.wait()
    }
    return true
  }

  func take(_ page: [Entry], counterparts: [EntryID: AllocationID]) -> Bool {
    read.withLock { read in
      read.sizes.append(page.count)
      var (writer, text) = (read.writer, read.text)
      for entry in page {
        let counterpart = entry.otherHalf.flatMap { counterparts[$0] }
        writer?.add(entry, counterpart: counterpart) { text += $0 }
      }
      (read.writer, read.text) = (writer, text)
      return read.sizes.count < most
    }
  }
}
