-- Days know all that entries move, by the day on which they are effective and the day on which they were
-- recorded: a balance as of a moment in either sense of time is told from the days before and from the
-- entries of the days that are cut. It was the present balance less all entries since, which took longer
-- on full books than a statement may.

-- What an entry of a kind moves in each sum of a balance.
CREATE FUNCTION moves_of(kind text, amount bigint) RETURNS TABLE (
  granted bigint, transferred_in bigint, transferred_out bigint, charged bigint, refunded bigint,
  expired bigint, held bigint, deferred bigint, overrun bigint
) LANGUAGE sql IMMUTABLE AS $$
  SELECT CASE kind WHEN 'grant' THEN amount WHEN 'withdrawal' THEN -amount ELSE 0 END,
    CASE kind WHEN 'transfer-in' THEN amount ELSE 0 END,
    CASE kind WHEN 'transfer-out' THEN amount ELSE 0 END,
    CASE WHEN kind IN ('opening', 'charge', 'debit') THEN amount ELSE 0 END,
    CASE WHEN kind IN ('refund', 'credit') THEN amount ELSE 0 END,
    CASE kind WHEN 'expiry' THEN amount ELSE 0 END,
    CASE WHEN kind = 'hold' THEN amount WHEN kind IN ('charge', 'release') THEN -amount ELSE 0 END,
    CASE kind WHEN 'deferral' THEN amount WHEN 'instalment' THEN -amount ELSE 0 END,
    CASE kind WHEN 'overrun' THEN amount ELSE 0 END
$$;

DROP TABLE allocation_day;
DROP FUNCTION day_used(text, bigint), day_granted(text, bigint);
CREATE TABLE allocation_day (
  allocation text NOT NULL REFERENCES allocation,
  -- Of effective_at, UTC.
  day date NOT NULL,
  -- Of recorded_at, UTC.
  recorded_on date NOT NULL,
  entries bigint NOT NULL,
  -- Charges less refunds of runs; null where there were none, zero where all was given back.
  delivered_gpu_ms bigint,
  -- By how much the entries move the sums of the balance: those of grants, holds and deferrals may be
  -- negative.
  granted_gpu_ms bigint NOT NULL,
  transferred_in_gpu_ms bigint NOT NULL,
  transferred_out_gpu_ms bigint NOT NULL,
  charged_gpu_ms bigint NOT NULL,
  refunded_gpu_ms bigint NOT NULL,
  expired_gpu_ms bigint NOT NULL,
  held_gpu_ms bigint NOT NULL,
  deferred_gpu_ms bigint NOT NULL,
  overrun_gpu_ms bigint NOT NULL,
  PRIMARY KEY (allocation, day, recorded_on)
) WITH (fillfactor = 50);

INSERT INTO allocation_day
SELECT allocation, (effective_at AT TIME ZONE 'UTC')::date, (recorded_at AT TIME ZONE 'UTC')::date,
  count(*), sum(day_delivered(kind, job, amount_gpu_ms)), sum(granted), sum(transferred_in),
  sum(transferred_out), sum(charged), sum(refunded), sum(expired), sum(held), sum(deferred),
  sum(overrun)
FROM ledger_entry CROSS JOIN LATERAL moves_of(kind, amount_gpu_ms)
GROUP BY 1, 2, 3;

-- Behind the balance, whose lock keeps an allocation's days from being written by two at once.
CREATE OR REPLACE FUNCTION ledger_entry_days() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  INSERT INTO allocation_day AS standing
  SELECT allocation, (effective_at AT TIME ZONE 'UTC')::date, (recorded_at AT TIME ZONE 'UTC')::date,
    count(*), sum(day_delivered(kind, job, amount_gpu_ms)), sum(granted), sum(transferred_in),
    sum(transferred_out), sum(charged), sum(refunded), sum(expired), sum(held), sum(deferred),
    sum(overrun)
  FROM posted CROSS JOIN LATERAL moves_of(kind, amount_gpu_ms)
  GROUP BY 1, 2, 3 ORDER BY 1, 2, 3
  ON CONFLICT (allocation, day, recorded_on) DO UPDATE SET
    entries = standing.entries + excluded.entries,
    delivered_gpu_ms = coalesce(
      standing.delivered_gpu_ms + excluded.delivered_gpu_ms,
      standing.delivered_gpu_ms, excluded.delivered_gpu_ms),
    granted_gpu_ms = standing.granted_gpu_ms + excluded.granted_gpu_ms,
    transferred_in_gpu_ms = standing.transferred_in_gpu_ms + excluded.transferred_in_gpu_ms,
    transferred_out_gpu_ms = standing.transferred_out_gpu_ms + excluded.transferred_out_gpu_ms,
    charged_gpu_ms = standing.charged_gpu_ms + excluded.charged_gpu_ms,
    refunded_gpu_ms = standing.refunded_gpu_ms + excluded.refunded_gpu_ms,
    expired_gpu_ms = standing.expired_gpu_ms + excluded.expired_gpu_ms,
    held_gpu_ms = standing.held_gpu_ms + excluded.held_gpu_ms,
    deferred_gpu_ms = standing.deferred_gpu_ms + excluded.deferred_gpu_ms,
    overrun_gpu_ms = standing.overrun_gpu_ms + excluded.overrun_gpu_ms;
  RETURN NULL;
END
$$;
