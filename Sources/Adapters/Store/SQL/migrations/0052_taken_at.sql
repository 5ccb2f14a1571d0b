-- A hold is effective when its start was decided, which is before it is posted. Where something else
-- was taken in between, and given back, the hold stood before what it was paid from, and the balance
-- as of a moment between was below zero. Such a start is decided once more: the balance says when
-- something was taken last, of what was not taken ahead of its time. What was taken before this
-- migration needs no date: nothing is being decided then.
ALTER TABLE allocation_balance ADD COLUMN taken_at timestamptz;

-- Each kind moves its amount between two accounts of its allocation: EntryKind in the core.
CREATE OR REPLACE FUNCTION ledger_entry_moves() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
  stranger text;
BEGIN
  INSERT INTO allocation_balance (allocation)
  SELECT DISTINCT allocation FROM posted WHERE kind = 'grant' ORDER BY allocation
  ON CONFLICT DO NOTHING;
  -- In order of id, as all lock them.
  PERFORM FROM allocation_balance
  WHERE allocation = ANY (ARRAY(SELECT DISTINCT allocation FROM posted))
  ORDER BY allocation FOR NO KEY UPDATE;
  UPDATE allocation_balance AS balance SET
    granted_gpu_ms = balance.granted_gpu_ms + moved.granted,
    transferred_in_gpu_ms = balance.transferred_in_gpu_ms + moved.transferred_in,
    transferred_out_gpu_ms = balance.transferred_out_gpu_ms + moved.transferred_out,
    charged_gpu_ms = balance.charged_gpu_ms + moved.charged,
    refunded_gpu_ms = balance.refunded_gpu_ms + moved.refunded,
    expired_gpu_ms = balance.expired_gpu_ms + moved.expired,
    held_gpu_ms = balance.held_gpu_ms + moved.held,
    deferred_gpu_ms = balance.deferred_gpu_ms + moved.deferred,
    overrun_gpu_ms = balance.overrun_gpu_ms + moved.overrun,
    taken_at = greatest(balance.taken_at, moved.taken_at)
  FROM (
    SELECT allocation,
      sum(CASE kind WHEN 'grant' THEN amount_gpu_ms WHEN 'withdrawal' THEN -amount_gpu_ms
        ELSE 0 END) AS granted,
      sum(CASE kind WHEN 'transfer-in' THEN amount_gpu_ms ELSE 0 END) AS transferred_in,
      sum(CASE kind WHEN 'transfer-out' THEN amount_gpu_ms ELSE 0 END) AS transferred_out,
      sum(CASE WHEN kind IN ('opening', 'charge', 'debit') THEN amount_gpu_ms ELSE 0 END)
        AS charged,
      sum(CASE WHEN kind IN ('refund', 'credit') THEN amount_gpu_ms ELSE 0 END) AS refunded,
      sum(CASE kind WHEN 'expiry' THEN amount_gpu_ms ELSE 0 END) AS expired,
      sum(CASE WHEN kind = 'hold' THEN amount_gpu_ms
        WHEN kind IN ('charge', 'release') THEN -amount_gpu_ms ELSE 0 END) AS held,
      sum(CASE kind WHEN 'deferral' THEN amount_gpu_ms WHEN 'instalment' THEN -amount_gpu_ms
        ELSE 0 END) AS deferred,
      sum(CASE kind WHEN 'overrun' THEN amount_gpu_ms ELSE 0 END) AS overrun,
      max(effective_at) FILTER (WHERE effective_at <= recorded_at AND (
        kind IN ('withdrawal', 'opening', 'deferral', 'transfer-out', 'debit', 'expiry')
        OR kind = 'hold' AND part > 0)) AS taken_at
    FROM posted GROUP BY allocation) AS moved
  WHERE balance.allocation = moved.allocation;
  -- Overruns are the operator's: an allocation without a grant can have one.
  SELECT allocation INTO stranger FROM posted
  WHERE kind <> 'overrun' AND NOT EXISTS (
    SELECT FROM allocation_balance AS balance WHERE balance.allocation = posted.allocation)
  LIMIT 1;
  IF FOUND THEN
    RAISE EXCEPTION 'allocation % has no accounts: nothing was granted', stranger
      USING ERRCODE = 'foreign_key_violation';
  END IF;
  INSERT INTO allocation_balance (allocation, overrun_gpu_ms)
  SELECT allocation, sum(amount_gpu_ms) FROM posted
  WHERE NOT EXISTS (
    SELECT FROM allocation_balance AS balance WHERE balance.allocation = posted.allocation)
  GROUP BY allocation;
  RETURN NULL;
END
$$;
