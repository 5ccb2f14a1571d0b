-- Makes the record of migrations, which no migration can make.
-- Returns: nothing
CREATE TABLE IF NOT EXISTS schema_migration (
  number bigint PRIMARY KEY,
  name text NOT NULL,
  sha256 bytea NOT NULL,
  applied_at timestamptz NOT NULL DEFAULT clock_timestamp()
)
