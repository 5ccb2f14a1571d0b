-- Remembers that a task's run is to be cancelled, so that it is not put back to wait.
-- $1: bigint – job
-- $2: bigint – task_index
-- Returns: nothing
UPDATE task SET cancel_requested_at = coalesce(cancel_requested_at, polder_now())
WHERE job = $1 AND task_index = $2
