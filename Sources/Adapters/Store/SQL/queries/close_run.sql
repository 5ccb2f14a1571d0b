-- How far the end of a run under way by Polder has come.
-- $1: bigint – job
-- $2: bigint – task_index
-- $3: bigint – attempt
-- $4: bool – signalled
-- $5: bigint – told_limit_seconds, or null
-- $6: text – end_cause, or null
-- $7: timestamptz – evicted_at, or null
-- Returns: nothing
UPDATE run SET signalled = $4, told_limit_seconds = $5, end_cause = $6, evicted_at = $7
WHERE job = $1 AND task_index = $2 AND attempt = $3
  AND committed_at = (
    SELECT committed_at FROM open_run WHERE job = $1 AND task_index = $2 AND attempt = $3)
