-- What moved on each day, kept with the entries: a report over ten million jobs reads a few thousand
-- rows, and no month of the ledger.

CREATE TABLE allocation_day (
  allocation text NOT NULL REFERENCES allocation,
  -- Of effective_at, UTC.
  day date NOT NULL,
  -- Charges less refunds of runs; null where there were none, zero where all was given back.
  delivered_gpu_ms bigint,
  -- The same with what was taken over, and corrections of it.
  used_gpu_ms bigint NOT NULL,
  -- Grants and transfers in less withdrawals and transfers out.
  granted_gpu_ms bigint NOT NULL,
  PRIMARY KEY (allocation, day)
) WITH (fillfactor = 50);

-- A correction of an opening corrects what was used before, and delivers nothing.
CREATE FUNCTION day_delivered(kind text, job bigint, amount bigint) RETURNS bigint
LANGUAGE sql IMMUTABLE AS $$
  SELECT CASE WHEN job IS NULL THEN NULL WHEN kind IN ('charge', 'debit') THEN amount
    WHEN kind IN ('refund', 'credit') THEN -amount END
$$;
CREATE FUNCTION day_used(kind text, amount bigint) RETURNS bigint LANGUAGE sql IMMUTABLE AS $$
  SELECT CASE WHEN kind IN ('charge', 'opening', 'debit') THEN amount
    WHEN kind IN ('refund', 'credit') THEN -amount ELSE 0 END
$$;
CREATE FUNCTION day_granted(kind text, amount bigint) RETURNS bigint LANGUAGE sql IMMUTABLE AS $$
  SELECT CASE WHEN kind IN ('grant', 'transfer-in') THEN amount
    WHEN kind IN ('withdrawal', 'transfer-out') THEN -amount ELSE 0 END
$$;

-- Those of holds and the like, which move nothing that a day counts, have no row.
INSERT INTO allocation_day
SELECT allocation, (effective_at AT TIME ZONE 'UTC')::date,
  sum(day_delivered(kind, job, amount_gpu_ms)), sum(day_used(kind, amount_gpu_ms)),
  sum(day_granted(kind, amount_gpu_ms))
FROM ledger_entry
WHERE kind IN ('grant', 'withdrawal', 'opening', 'transfer-in', 'transfer-out', 'charge', 'refund',
  'credit', 'debit')
GROUP BY 1, 2;

-- Behind the balance, whose lock keeps an allocation's days from being written by two at once.
CREATE FUNCTION ledger_entry_days() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  INSERT INTO allocation_day AS standing
  SELECT allocation, (effective_at AT TIME ZONE 'UTC')::date,
    sum(day_delivered(kind, job, amount_gpu_ms)), sum(day_used(kind, amount_gpu_ms)),
    sum(day_granted(kind, amount_gpu_ms))
  FROM posted
  WHERE kind IN ('grant', 'withdrawal', 'opening', 'transfer-in', 'transfer-out', 'charge',
    'refund', 'credit', 'debit')
  GROUP BY 1, 2 ORDER BY 1, 2
  ON CONFLICT (allocation, day) DO UPDATE SET
    delivered_gpu_ms = coalesce(
      standing.delivered_gpu_ms + excluded.delivered_gpu_ms,
      standing.delivered_gpu_ms, excluded.delivered_gpu_ms),
    used_gpu_ms = standing.used_gpu_ms + excluded.used_gpu_ms,
    granted_gpu_ms = standing.granted_gpu_ms + excluded.granted_gpu_ms;
  RETURN NULL;
END
$$;

-- By its name it comes after ledger_entry_moves and before ledger_entry_tallies.
CREATE OR REPLACE FUNCTION post_by_statement(entries text) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  EXECUTE format('CREATE OR REPLACE TRIGGER ledger_entry_is_open AFTER INSERT ON %I
    REFERENCING NEW TABLE AS posted
    FOR EACH STATEMENT EXECUTE FUNCTION ledger_entry_is_open()', entries);
  EXECUTE format('CREATE OR REPLACE TRIGGER ledger_entry_moves AFTER INSERT ON %I
    REFERENCING NEW TABLE AS posted
    FOR EACH STATEMENT EXECUTE FUNCTION ledger_entry_moves()', entries);
  EXECUTE format('CREATE OR REPLACE TRIGGER ledger_entry_sums_days AFTER INSERT ON %I
    REFERENCING NEW TABLE AS posted
    FOR EACH STATEMENT EXECUTE FUNCTION ledger_entry_days()', entries);
  EXECUTE format('CREATE OR REPLACE TRIGGER ledger_entry_tallies AFTER INSERT ON %I
    REFERENCING NEW TABLE AS posted
    FOR EACH STATEMENT EXECUTE FUNCTION ledger_entry_counts()', entries);
END $$;
SELECT post_by_statement('ledger_entry');
SELECT post_by_statement(relid::text) FROM pg_partition_tree('ledger_entry') WHERE isleaf;
