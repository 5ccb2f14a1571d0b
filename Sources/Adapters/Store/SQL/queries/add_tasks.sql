-- Makes the tasks of jobs. Each parameter has one element for each task.
-- $1: bigint[] – job
-- $2: bigint[] – task_index
-- Returns: nothing
INSERT INTO task (job, task_index)
SELECT job, task_index FROM unnest($1::bigint[], $2::bigint[]) AS given (job, task_index)
