// Why: amounts and instants must come back from Postgres exactly as they went in.
import Postgres
import Testing

@Suite("values", .serialized, .timeLimit(.minutes(1)))
struct ValueTests {
  private func row(_ sql: String, _ values: [Value] = []) async throws -> Row {
    let pool = try Server.pool()
    let statement = Statement(sql)
    let rows = try await pool.transaction { tx throws(PostgresError) in
      try tx.query(statement, values)
    }
    await pool.close()
    return try rows.only()
  }

  @Test(
    "an instant comes back to the millisecond, whenever it is",
    arguments: [
      0, 1, -1, 999, -999, -1_000, 946_684_800_000, 946_684_799_999, 1_790_000_000_123,
      -62_135_596_800_000, 253_402_300_799_999, -210_866_803_200_000, 9_224_318_015_999_999,
    ] as [Int64])
  func timestamps(milliseconds: Int64) async throws {
    let row = try await row(
      "SELECT $1::timestamptz AS at, (extract(epoch FROM $1::timestamptz) * 1000)::bigint AS ms",
      [.timestamp(milliseconds: milliseconds)])
    #expect(try row.timestampMilliseconds("at") == milliseconds)
    #expect(try row.int64("ms") == milliseconds)
  }

  @Test("microseconds that Postgres adds are rounded down, before 1970 too")
  func timestampsRoundDown() async throws {
    let row = try await row(
      "SELECT '1969-12-31 23:59:59.9985Z'::timestamptz, '2026-01-01 00:00:00.0019Z'::timestamptz")
    #expect(try row.timestampMilliseconds(0) == -2)
    #expect(try row.timestampMilliseconds(1) == 1_767_225_600_001)
  }

  @Test("an instant that Postgres can't hold is refused", arguments: [Int64.min, Int64.max])
  func timestampsOutOfRange(milliseconds: Int64) async throws {
    await #expect(throws: PostgresError.encoding("parameter $1 is out of the range of a timestamp"))
    { try await self.row("SELECT $1::timestamptz", [.timestamp(milliseconds: milliseconds)]) }
  }

  @Test("infinite instants and dates are refused and not taken for numbers")
  func infinities() async throws {
    let row = try await row("SELECT 'infinity'::timestamptz, '-infinity'::date")
    #expect(throws: PostgresError.self) { try row.timestampMilliseconds(0) }
    #expect(throws: PostgresError.self) { try row.daysSince1970(1) }
  }

  @Test("a date comes back", arguments: [0, -1, 10_957, 20_819, -719_162, 2_932_896] as [Int64])
  func dates(days: Int64) async throws {
    let row = try await row(
      "SELECT $1::date, $1::date - '1970-01-01'::date", [.date(daysSince1970: days)])
    #expect(try row.daysSince1970(0) == days)
    #expect(try row.int64(1) == days)
  }

  @Test("an integer comes back", arguments: [0, 1, -1, 255, -256, .min, .max] as [Int64])
  func integers(number: Int64) async throws {
    let row = try await row("SELECT $1::bigint, $1::bigint::text", [.int64(number)])
    #expect(try row.int64(0) == number)
    #expect(try row.text(1) == String(number))
  }

  @Test("smaller integers take what fits them, and the server refuses the rest")
  func smallIntegers() async throws {
    let row = try await row(
      "SELECT $1::int, $2::smallint, 3000000000::oid", [.int64(-7), .int64(9)])
    #expect(try row.int64(0) == -7)
    #expect(try row.int64(1) == 9)
    #expect(try row.int64(2) == 3_000_000_000)
    await #expect { try await self.row("SELECT $1::int", [.int64(3_000_000_000)]) } throws: {
      ($0 as? PostgresError)?.sqlState == "22003"
    }
  }

  @Test("text comes back", arguments: ["", "a", "naïve – 雪 😀", "quote ' \" \\ \n\t", "NULL"])
  func texts(text: String) async throws {
    let row = try await row("SELECT $1::text AS t", [.text(text)])
    #expect(try row.text("t") == text)
  }

  @Test("text with a NUL is refused before it is sent")
  func textWithNUL() async throws {
    await #expect(throws: PostgresError.self) {
      try await self.row("SELECT $1::text", [.text("a\u{0}b")])
    }
  }

  @Test("bytes and truth come back")
  func bytesAndBools() async throws {
    let all = (0...255).map { UInt8($0) }
    let row = try await row(
      "SELECT $1::bytea, $2::bytea, $3::bool, $4::bool",
      [.bytes(all), .bytes([]), .bool(true), .bool(false)])
    #expect(try row.bytes(0) == all)
    #expect(try row.bytes(1) == [])
    #expect(try row.bool(2))
    #expect(try row.bool(3) == false)
  }

  @Test("types that are written as text are read as text")
  func textual() async throws {
    let row = try await row(
      "SELECT $1::jsonb, $2::json, $3::varchar, $4::numeric::text, $5::name",
      [.text(#"{"a": [1, 2]}"#), .text("[]"), .text("v"), .text("1.50"), .text("n")])
    #expect(try row.text(0) == #"{"a": [1, 2]}"#)
    #expect(try row.text(1) == "[]")
    #expect(try row.text(2) == "v")
    #expect(try row.text(3) == "1.50")
    #expect(try row.text(4) == "n")
  }

  @Test("an enum and an array of it are read and written as text")
  func enums() async throws {
    try await withSchema("CREATE TYPE mood AS ENUM ('glad', 'sad')") { schema in
      let row = try await self.row(
        "SELECT $1::\(schema).mood, $2::\(schema).mood[]",
        [.text("glad"), .textArray(["sad", "glad"])])
      #expect(try row.text(0) == "glad")
      #expect(try row.textArray(1) == ["sad", "glad"])
    }
  }

  @Test("nulls are nil, and an error where a value was wanted")
  func nulls() async throws {
    let row = try await row(
      """
      SELECT $1::bigint AS a, $2::text AS b, $3::bool AS c, $4::bytea AS d, $5::timestamptz AS e,
        $6::date AS f
      """,
      [
        .null, .optionalText(nil), .optionalBool(nil), .optionalBytes(nil),
        .optionalTimestamp(milliseconds: nil), .optionalDate(daysSince1970: nil),
      ])
    #expect(try row.optionalInt64("a") == nil)
    #expect(try row.optionalText("b") == nil)
    #expect(try row.optionalBool("c") == nil)
    #expect(try row.optionalBytes("d") == nil)
    #expect(try row.optionalTimestampMilliseconds("e") == nil)
    #expect(try row.optionalDaysSince1970("f") == nil)
    #expect(throws: PostgresError.decoding("column a is null")) { try row.int64("a") }
  }

  @Test("arrays come back, the empty one and those of other types too")
  func arrays() async throws {
    let texts = ["", "a,b", "{\"x\"}", "back\\slash", "NULL", "雪"]
    let row = try await row(
      "SELECT $1::bigint[], $2::text[], $3::int[], $4::varchar[], $5::timestamptz[], $6::bigint[]",
      [
        .int64Array([.min, 0, .max]), .textArray(texts), .int64Array([1, -2]), .textArray(texts),
        .timestampArray(milliseconds: [-1, 0, 1_790_000_000_123]), .int64Array([]),
      ])
    #expect(try row.int64Array(0) == [.min, 0, .max])
    #expect(try row.textArray(1) == texts)
    #expect(try row.int64Array(2) == [1, -2])
    #expect(try row.textArray(3) == texts)
    #expect(try row.timestampMillisecondsArray(4) == [-1, 0, 1_790_000_000_123])
    #expect(try row.int64Array(5) == [])
  }

  @Test("nulls travel in arrays, as unnest for bulk inserts needs them")
  func arraysWithNulls() async throws {
    let row = try await row(
      """
      SELECT count(a), count(b), count(c), count(d), count(*)
      FROM unnest($1::bigint[], $2::text[], $3::timestamptz[], $4::bool[]) AS u (a, b, c, d)
      """,
      [
        .int64Array([1, nil, 3]), .textArray([nil, nil, "x"]),
        .timestampArray(milliseconds: [nil, nil, nil]), .boolArray([true, false, nil]),
      ])
    #expect(try (0..<5).map { try row.int64(.index($0)) } == [2, 1, 0, 2, 3])
    let nulls = try await self.row("SELECT ARRAY[1, NULL]::bigint[]")
    #expect(throws: PostgresError.self) { try nulls.int64Array(0) }
  }

  @Test("a column that is missing or of another type is an error that names it")
  func mismatches() async throws {
    let row = try await row("SELECT 'x'::text AS t, 1::bigint AS n")
    #expect(throws: PostgresError.decoding("there is no column z")) { try row.text("z") }
    #expect(throws: PostgresError.decoding("there is no column 2, the row has 2")) {
      try row.text(2)
    }
    #expect(throws: PostgresError.decoding("column t is not an integer (type 25)")) {
      try row.int64("t")
    }
    #expect(throws: PostgresError.decoding("column n is not text (type 20)")) {
      try row.text("n")
    }
  }

  @Test("a parameter of the wrong kind or number is refused before it is sent")
  func wrongParameters() async throws {
    await #expect(
      throws: PostgresError.encoding("parameter $1 is a timestamp, the statement wants type 20")
    ) { try await self.row("SELECT $1::bigint", [.timestamp(milliseconds: 0)]) }
    await #expect(throws: PostgresError.encoding("the statement wants 1 parameters, got 2")) {
      try await self.row("SELECT $1::bigint", [.int64(1), .int64(2)])
    }
  }

  @Test("only and onlyOrNone hold the number of rows to what was expected")
  func onlyRows() async throws {
    let pool = try Server.pool()
    let series = Statement("SELECT generate_series(1, $1::int)::bigint AS n")
    let (none, three) = try await pool.transaction { tx throws(PostgresError) in
      (try tx.query(series, [.int64(0)]), try tx.query(series, [.int64(3)]))
    }
    #expect(try none.onlyOrNone()?.int64(0) == nil)
    #expect(throws: PostgresError.decoding("one row was expected, got 0")) { try none.only() }
    #expect(throws: PostgresError.self) { try three.onlyOrNone() }
    #expect(try three.map { try $0.int64("n") } == [1, 2, 3])
    await pool.close()
  }
}
