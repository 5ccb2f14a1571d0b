// Why: prepared statements outlive what they were prepared against, and batches their first error.
import Postgres
import Testing

@Suite("a statement", .serialized, .timeLimit(.minutes(1)))
struct StatementTests {
  @Test("whose preparation failed works once the cause is gone, on the same connection")
  func failedPrepareLeavesTheCache() async throws {
    try await withSchema("") { schema in
      let pool = try Server.pool()
      let count = Statement("SELECT count(*) FROM \(schema).late")
      for _ in 0..<2 {
        let error = await #expect(throws: PostgresError.self) {
          try await pool.transaction { tx throws(PostgresError) in try tx.execute(count) }
        }
        #expect(error?.sqlState == "42P01")
      }
      try await pool.transaction { tx throws(PostgresError) in
        try tx.run(script: "CREATE TABLE \(schema).late (n bigint)")
      }
      #expect(try await pool.number(count.sql) == 0)
      await pool.close()
    }
  }

  @Test("is prepared once for each connection, whatever the outcome of its transaction")
  func preparedOnce() async throws {
    let pool = try Server.pool()
    let one = Statement("SELECT 1::bigint AS once")
    for _ in 0..<5 {
      try await pool.transaction { tx throws(PostgresError) in
        try tx.execute(one)
        tx.abandon()
      }
    }
    let prepared = "SELECT count(*) FROM pg_prepared_statements WHERE statement = $1"
    #expect(try await pool.number(prepared, [.text(one.sql)]) == 1)
    await pool.close()
  }

  @Test("whose columns changed under it fails once and is prepared anew")
  func changedColumns() async throws {
    try await withSchema("CREATE TABLE a (n bigint); INSERT INTO a VALUES (1)") { schema in
      let pool = try Server.pool()
      let all = Statement("SELECT * FROM \(schema).a")
      let read: @Sendable (borrowing Transaction) throws(PostgresError) -> [Int64] = {
        tx throws(PostgresError) in
        let row = try tx.query(all).only()
        return [try row.int64(0), try row.optionalInt64(1) ?? -1]
      }
      await #expect(throws: PostgresError.decoding("there is no column 1, the row has 1")) {
        try await pool.transaction(.readWrite, read)
      }
      try await pool.transaction { tx throws(PostgresError) in
        try tx.run(script: "ALTER TABLE \(schema).a ADD m bigint DEFAULT 2")
      }
      let error = await #expect(throws: PostgresError.self) {
        try await pool.transaction(.readWrite, read)
      }
      #expect(error?.sqlState == "0A000")
      #expect(try await pool.transaction(.readWrite, read) == [1, 2])
      await pool.close()
    }
  }

  @Test("in a batch changes what it would change alone, over many rounds of the pipeline")
  func batch() async throws {
    try await withSchema("CREATE TABLE a (n bigint)") { schema in
      let pool = try Server.pool()
      let insert = Statement("INSERT INTO \(schema).a SELECT generate_series(1, $1::bigint)")
      let sets: [[Value]] = (0..<2_000).map { [.int64(Int64($0 % 3))] }
      let affected = try await pool.transaction { tx throws(PostgresError) in
        let none = try tx.batch(insert, [])
        #expect(none.isEmpty)
        return try tx.batch(insert, sets)
      }
      #expect(affected == (0..<2_000).map { $0 % 3 })
      let total = affected.reduce(0, +)
      #expect(try await pool.number("SELECT count(*) FROM \(schema).a") == Int64(total))
      await pool.close()
    }
  }

  @Test("in a batch that is refused tells its place, and the connection goes on")
  func batchWithAnError() async throws {
    try await withSchema("CREATE TABLE a (n bigint PRIMARY KEY)") { schema in
      let pool = try Server.pool()
      let backend = try await pool.backend()
      let insert = Statement("INSERT INTO \(schema).a VALUES ($1)")
      let sets: [[Value]] = (0..<1_500).map { [.int64($0 == 700 ? 3 : Int64($0))] }
      let error = await #expect(throws: PostgresError.self) {
        try await pool.transaction { tx throws(PostgresError) in try tx.batch(insert, sets) }
      }
      guard case .server(let diagnostics) = error else {
        Issue.record("\(String(describing: error))")
        return
      }
      #expect(diagnostics.sqlState == "23505")
      #expect(diagnostics.batchIndex == 700)
      #expect(try await pool.number("SELECT count(*) FROM \(schema).a") == 0)
      #expect(try await pool.backend() == backend)
      await pool.close()
    }
  }

  @Test("in a batch with much data both ways doesn't lock client and server up")
  func largeBatch() async throws {
    let pool = try Server.pool()
    let echo = Statement("SELECT $1::text")
    let sets = [[Value]](repeating: [.text(String(repeating: "x", count: 60_000))], count: 600)
    let affected = try await pool.transaction { tx throws(PostgresError) in
      try tx.batch(echo, sets)
    }
    #expect(affected == [Int](repeating: 1, count: 600))
    await pool.close()
  }

  @Test("that copies is refused, and the pool heals")
  func copy() async throws {
    let pool = try Server.pool()
    await #expect(throws: PostgresError.connectionLost(reason: "COPY is not supported")) {
      try await pool.transaction { tx throws(PostgresError) in
        try tx.run(script: "COPY (SELECT 1) TO STDOUT")
      }
    }
    #expect(try await pool.number("SELECT 1::bigint") == 1)
    await pool.close()
  }
}
