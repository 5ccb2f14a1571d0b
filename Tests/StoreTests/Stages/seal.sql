-- Closes the books up to a month as the program does, in SQL of its own: PeriodSeal and EntryBytes.
-- Run before the rows of each stage.
CREATE OR REPLACE FUNCTION pg_temp.field(value text) RETURNS text LANGUAGE sql AS $$
  SELECT coalesce(octet_length(value) || ':' || value, '-') || ','
$$;
CREATE OR REPLACE FUNCTION pg_temp.milliseconds(at timestamptz) RETURNS text LANGUAGE sql AS $$
  SELECT (extract(epoch FROM at) * 1000)::bigint::text
$$;
CREATE OR REPLACE FUNCTION pg_temp.seal_of(
  of_month date, OUT entries bigint, OUT last bigint, OUT sha bytea
) LANGUAGE sql AS $$
  SELECT count(*), coalesce(max(seq), 0), sha256(convert_to(
    format(E'polder-period-1 %s\n', to_char(of_month, 'YYYY-MM')) || coalesce(string_agg(
      pg_temp.field('polder-entry-1') || pg_temp.field(id) || pg_temp.field(kind)
      || pg_temp.field(allocation) || pg_temp.field(amount_gpu_ms::text)
      || pg_temp.field(run_name(job, task_index, attempt)) || pg_temp.field(part::text)
      || pg_temp.field(reason) || pg_temp.field(corrects) || pg_temp.field(requested_by)
      || pg_temp.field(approved_by) || pg_temp.field(to_char(belated_month, 'YYYY-MM'))
      || pg_temp.field(pg_temp.milliseconds(effective_at))
      || pg_temp.field(pg_temp.milliseconds(recorded_at)) || E'\n', '' ORDER BY seq), ''), 'UTF8'))
  FROM ledger_entry
  WHERE effective_at >= of_month::timestamp AT TIME ZONE 'UTC'
    AND effective_at < (of_month + interval '1 month') AT TIME ZONE 'UTC'
$$;
