-- A debit by hand and an extension are use by a run that stands: the caps above it are found by who
-- bore it when it was committed, and not by whom its project belongs to by now.
--
-- Keeps what was taken of the caps above a run as it is until the transaction ends.
CREATE FUNCTION lock_cap_uses_of(
  of_job bigint, of_task bigint, of_attempt bigint, taken timestamptz
) RETURNS TABLE (cap_id text, used bigint, held bigint)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
  above text[];
  one text;
BEGIN
  above := ARRAY(
    SELECT cap.id FROM run, caps_covering(bearer_member, bearer_project, bearer_programme,
      bearer_funder, bearer_commercial) AS cap
    WHERE run.job = of_job AND run.task_index = of_task AND run.attempt = of_attempt
      AND run.committed_at = taken
      AND cap_period(cap.window_from, cap.window_to, taken) IS NOT NULL
    ORDER BY cap.id);
  -- In order of id, as all lock them.
  FOREACH one IN ARRAY above LOOP
    INSERT INTO cap_use
    SELECT id, cap_period(window_from, window_to, taken), 0, 0 FROM cap WHERE id = one
    ON CONFLICT DO NOTHING;
    RETURN QUERY SELECT cap, used_gpu_ms, held_gpu_ms FROM cap_use
    WHERE cap = one AND period_from =
      (SELECT cap_period(window_from, window_to, taken) FROM cap AS described WHERE id = one)
    FOR UPDATE;
  END LOOP;
END
$$;
