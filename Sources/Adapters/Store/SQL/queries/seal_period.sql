-- Seals a period, unless it is sealed.
-- $1: date – its first day
-- $2: timestamptz – closed_at
-- $3: text – closed_by
-- $4: bigint – entry_count
-- $5: bigint – last_seq
-- $6: bytea – sha256
-- $7: bytea – facts_sha256
-- Returns: nothing
INSERT INTO accounting_period (
  month, closed_at, closed_by, entry_count, last_seq, sha256, facts_sha256)
VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT (month) DO NOTHING
