-- Erases notes of acts by hand that were kept long enough.
-- $1: timestamptz – written before
-- $2: bigint – at most so many
-- Returns: nothing
DELETE FROM act_note
WHERE act IN (
  SELECT act FROM act_note WHERE written_at < $1
  ORDER BY written_at, act LIMIT $2)
