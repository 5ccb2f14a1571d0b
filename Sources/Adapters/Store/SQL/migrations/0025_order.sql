-- The order of the queue: how it is described, and what was used, by who bore it and by day. The use
-- follows from the entries of the ledger in the transactions that post them, so that it is exact after
-- any crash, and fades only where it is read: another half-life needs no counting anew.

-- One row, or none for what a centre has that describes no order: OrderRule in the core.
CREATE TABLE queue_order (
  is_single boolean PRIMARY KEY DEFAULT true CHECK (is_single),
  -- By id alone; then the rest says nothing.
  is_first_come boolean NOT NULL,
  qos_weight bigint NOT NULL,
  fair_share_weight bigint NOT NULL,
  entitlement_weight bigint NOT NULL,
  age_weight bigint NOT NULL CHECK (age_weight >= 0),
  size_weight bigint NOT NULL,
  partition_weight bigint NOT NULL,
  nice_weight bigint NOT NULL,
  age_period_seconds bigint NOT NULL CHECK (age_period_seconds >= 60),
  half_life_seconds bigint NOT NULL CHECK (half_life_seconds > 0),
  long_half_life_seconds bigint NOT NULL CHECK (long_half_life_seconds > 0),
  entry_charge_basis_points bigint NOT NULL
    CHECK (entry_charge_basis_points BETWEEN 0 AND 10000),
  -- Null: all that are planned on exact nodes.
  promise_ahead_seconds bigint CHECK (promise_ahead_seconds >= 0),
  -- What is named in one array has its number at the same place of the other.
  classes text[] NOT NULL,
  class_millionths bigint[] NOT NULL,
  partitions text[] NOT NULL,
  partition_millionths bigint[] NOT NULL,
  programmes text[] NOT NULL,
  programme_shares bigint[] NOT NULL,
  projects text[] NOT NULL,
  project_shares bigint[] NOT NULL,
  members text[] NOT NULL,
  member_shares bigint[] NOT NULL,
  CONSTRAINT weights_in_bounds CHECK (
    greatest(abs(qos_weight), abs(fair_share_weight), abs(entitlement_weight), age_weight,
      abs(size_weight), abs(partition_weight), abs(nice_weight)) <= 1000000),
  CONSTRAINT a_number_for_each_name CHECK (
    cardinality(classes) = cardinality(class_millionths)
    AND cardinality(partitions) = cardinality(partition_millionths)
    AND cardinality(programmes) = cardinality(programme_shares)
    AND cardinality(projects) = cardinality(project_shares)
    AND cardinality(members) = cardinality(member_shares))
);

-- What runs used that ended on a day (UTC; what ends at midnight, on the day before), less what of it
-- was given back since. The allocation stands first because its balance, which is locked before, keeps
-- its rows from being written by two at once.
CREATE TABLE use_day (
  allocation text NOT NULL REFERENCES allocation,
  member text NOT NULL,
  project text NOT NULL,
  programme text NOT NULL,
  funder text NOT NULL,
  day date NOT NULL,
  used_gpu_ms bigint NOT NULL,
  -- The last transaction that wrote it: whoever knows the rest reads only what came since.
  changed_by bigint NOT NULL DEFAULT pg_current_xact_id()::text::bigint,
  PRIMARY KEY (allocation, member, project, programme, funder, day)
) WITH (fillfactor = 50);
CREATE INDEX use_day_changed ON use_day (changed_by);

-- What an entry about a run adds to what was used: UsageRecord.add in the core. An overrun was used,
-- although the operator pays for it.
CREATE FUNCTION use_of(kind text, amount bigint) RETURNS bigint LANGUAGE sql IMMUTABLE AS $$
  SELECT CASE WHEN kind IN ('charge', 'overrun', 'debit') THEN amount
    WHEN kind IN ('refund', 'credit') THEN -amount ELSE 0 END
$$;
CREATE FUNCTION use_day_of(ended timestamptz) RETURNS date LANGUAGE sql IMMUTABLE AS $$
  SELECT ((ended AT TIME ZONE 'UTC') - interval '1 millisecond')::date
$$;

-- Counted anew from the entries.
CREATE FUNCTION count_use() RETURNS TABLE (
  allocation text, member text, project text, programme text, funder text, day date,
  used_gpu_ms bigint
) LANGUAGE sql STABLE AS $$
  SELECT entry.allocation, bearer_member, bearer_project, bearer_programme, bearer_funder,
    use_day_of(coalesce(ended_at, effective_at)), sum(use_of(entry.kind, entry.amount_gpu_ms))::bigint
  FROM ledger_entry AS entry
  JOIN run ON run.job = entry.job AND run.task_index = entry.task_index
    AND run.attempt = entry.attempt AND run.committed_at = entry.booked_at
  WHERE entry.kind IN ('charge', 'overrun', 'refund', 'credit', 'debit')
  GROUP BY 1, 2, 3, 4, 5, 6
$$;
INSERT INTO use_day (allocation, member, project, programme, funder, day, used_gpu_ms)
SELECT allocation, member, project, programme, funder, day, used_gpu_ms FROM count_use();

CREATE FUNCTION ledger_entry_uses() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  INSERT INTO use_day AS standing
    (allocation, member, project, programme, funder, day, used_gpu_ms)
  SELECT posted.allocation, bearer_member, bearer_project, bearer_programme, bearer_funder,
    use_day_of(coalesce(ended_at, effective_at)), sum(use_of(posted.kind, posted.amount_gpu_ms))
  FROM posted
  CROSS JOIN LATERAL (
    -- LIMIT keeps the planner from another way than to look each up in its month.
    SELECT bearer_member, bearer_project, bearer_programme, bearer_funder, ended_at
    FROM run
    WHERE run.job = posted.job AND run.task_index = posted.task_index
      AND run.attempt = posted.attempt AND run.committed_at = posted.booked_at
    LIMIT 1) AS borne
  WHERE posted.kind IN ('charge', 'overrun', 'refund', 'credit', 'debit')
    AND posted.job IS NOT NULL
  GROUP BY 1, 2, 3, 4, 5, 6 ORDER BY 1, 2, 3, 4, 5, 6
  ON CONFLICT (allocation, member, project, programme, funder, day) DO UPDATE SET
    used_gpu_ms = standing.used_gpu_ms + excluded.used_gpu_ms, changed_by = excluded.changed_by;
  RETURN NULL;
END
$$;

-- By its name it comes after all the others.
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
  EXECUTE format('CREATE OR REPLACE TRIGGER ledger_entry_uses AFTER INSERT ON %I
    REFERENCING NEW TABLE AS posted
    FOR EACH STATEMENT EXECUTE FUNCTION ledger_entry_uses()', entries);
END $$;
SELECT post_by_statement('ledger_entry');
SELECT post_by_statement(relid::text) FROM pg_partition_tree('ledger_entry') WHERE isleaf;
