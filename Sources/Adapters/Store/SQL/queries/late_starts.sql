-- The promises to the tasks of a job that were not kept.
-- $1: bigint – job
-- Returns: job, task_index, promised_for, expected_for (null if not known), cause, nodes, found_at; in
-- order
SELECT job, task_index, promised_for, expected_for, cause, nodes, found_at
FROM late_start
WHERE job = $1
ORDER BY seq
