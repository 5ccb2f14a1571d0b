-- Forgets the promise to a task.
-- $1: bigint – job
-- $2: bigint – task_index
-- Returns: nothing
DELETE FROM promise WHERE job = $1 AND task_index = $2
