-- Makes a job's tasks.
-- $1: bigint – job
-- $2: bigint[] – task_index
-- Returns: nothing
INSERT INTO task (job, task_index) SELECT $1, unnest($2::bigint[])
