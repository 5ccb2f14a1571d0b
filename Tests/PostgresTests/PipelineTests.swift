// Why: a write is as quick as its round trips are few; and what travels together must fail together.
import Postgres
import Synchronization
import Testing

@Suite("a pipeline", .serialized, .timeLimit(.minutes(1)))
struct PipelineTests {
  private static let table = "CREATE TABLE a (n bigint PRIMARY KEY)"

  @Test("of different statements gives the rows of each, in one transaction")
  func different() async throws {
    try await withSchema(Self.table) { schema in
      let pool = try Server.pool()
      let insert = Statement("INSERT INTO \(schema).a VALUES ($1), ($1 + 1)")
      let sum = Statement("SELECT sum(n)::bigint FROM \(schema).a")
      let seen = try await pool.transaction { tx throws(PostgresError) in
        let rows = try tx.queries([
          (insert, [.int64(1)]), (sum, []), (insert, [.int64(5)]), (sum, []),
        ])
        return [
          Int64(rows[0].affectedRows), try rows[1].only().int64(0), try rows[3].only().int64(0),
        ]
      }
      #expect(seen == [2, 3, 14])
      await pool.close()
    }
  }

  @Test("what is left for later comes before the next statement, and before COMMIT")
  func later() async throws {
    try await withSchema(Self.table) { schema in
      let pool = try Server.pool()
      let insert = Statement("INSERT INTO \(schema).a VALUES ($1)")
      let count = Statement("SELECT count(*) FROM \(schema).a")
      let seen = try await pool.transaction { tx throws(PostgresError) in
        try tx.later(insert, sets: (0..<1_200).map { [.int64($0)] })
        let seen = try tx.query(count).only().int64(0)
        try tx.later(insert, [.int64(-1)])
        return seen
      }
      #expect(seen == 1_200)
      #expect(try await pool.number(count.sql) == 1_201)
      await pool.close()
    }
  }

  @Test("a transaction that is only left for later is committed")
  func onlyLater() async throws {
    try await withSchema(Self.table) { schema in
      let pool = try Server.pool()
      let insert = Statement("INSERT INTO \(schema).a VALUES ($1)")
      try await pool.transaction { tx throws(PostgresError) in try tx.later(insert, [.int64(1)]) }
      #expect(try await pool.number("SELECT count(*) FROM \(schema).a") == 1)
      #expect(pool.counts.commits == 2)
      await pool.close()
    }
  }

  @Test("what is refused on its way to COMMIT takes the whole transaction along")
  func refusedBeforeCommit() async throws {
    try await withSchema(Self.table) { schema in
      let pool = try Server.pool()
      let backend = try await pool.backend()
      let insert = Statement("INSERT INTO \(schema).a VALUES ($1)")
      let error = await #expect(throws: PostgresError.self) {
        try await pool.transaction { tx throws(PostgresError) in
          try tx.execute(insert, [.int64(1)])
          try tx.later(insert, [.int64(2)])
          try tx.later(insert, [.int64(1)])
          try tx.later(insert, [.int64(3)])
        }
      }
      #expect(error?.isUniqueViolation == true)
      #expect(try await pool.number("SELECT count(*) FROM \(schema).a") == 0)
      #expect(try await pool.backend() == backend)
      await pool.close()
    }
  }

  @Test("what is abandoned, or throws, leaves nothing of what waited")
  func abandoned() async throws {
    try await withSchema(Self.table) { schema in
      let pool = try Server.pool()
      let insert = Statement("INSERT INTO \(schema).a VALUES ($1)")
      try await pool.transaction { tx throws(PostgresError) in
        try tx.later(insert, [.int64(1)])
        tx.abandon()
      }
      await #expect(throws: PostgresError.decoding("mine")) {
        try await pool.transaction { tx throws(PostgresError) in
          try tx.later(insert, [.int64(2)])
          throw .decoding("mine")
        }
      }
      #expect(try await pool.number("SELECT count(*) FROM \(schema).a") == 0)
      await pool.close()
    }
  }

  @Test("that a dead idle connection swallowed is sent again on a new one, once", arguments: 1...10)
  func lostWhileIdle(round: Int) async throws {
    try await withSchema(Self.table) { schema in
      let pool = try Server.pool()
      let other = try Server.pool()
      let insert = Statement("INSERT INTO \(schema).a VALUES ($1)")
      try await pool.transaction { tx throws(PostgresError) in try tx.later(insert, [.int64(1)]) }
      try await other.terminate(try await pool.backend())
      try await pool.transaction { tx throws(PostgresError) in
        try tx.later(insert, [.int64(2)])
        if round.isMultiple(of: 2) { try tx.execute(insert, [.int64(3)]) }
      }
      let expected: Int64 = round.isMultiple(of: 2) ? 3 : 2
      #expect(try await pool.number("SELECT count(*) FROM \(schema).a") == expected)
      #expect(pool.counts.replacements == 1)
      #expect(pool.counts.lostConnections == 0)
      await pool.close()
      await other.close()
    }
  }

  @Test("in which the server says goodbye before it comes to COMMIT has not happened")
  func lostBeforeCommit() async throws {
    try await withSchema(Self.table) { schema in
      let pool = try Server.pool()
      let insert = Statement("INSERT INTO \(schema).a VALUES ($1)")
      let suicide = Statement("SELECT pg_terminate_backend(pg_backend_pid())")
      let error = await #expect(throws: PostgresError.self) {
        try await pool.transaction { tx throws(PostgresError) in
          try tx.execute(insert, [.int64(1)])
          try tx.later(insert, [.int64(2)])
          try tx.later(suicide)
        }
      }
      #expect(error.isConnectionLost)
      #expect(try await pool.number("SELECT count(*) FROM \(schema).a") == 0)
      #expect(pool.counts.lostConnections == 1)
      await pool.close()
    }
  }

  @Test("more statements than a connection keeps are prepared anew")
  func manyStatements() async throws {
    let pool = try Server.pool()
    let last = try await pool.transaction { tx throws(PostgresError) -> Int64 in
      var last: Int64 = 0
      for number in 0..<1_100 {
        last = try tx.query(Statement("SELECT \(number)::bigint")).only().int64(0)
      }
      return last
    }
    #expect(last == 1_099)
    #expect(try await pool.number("SELECT count(*) FROM pg_prepared_statements") < 200)
    await pool.close()
  }
}
