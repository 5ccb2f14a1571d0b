-- A delay after the start of another job: `--dependency=after:P12+5`.

ALTER TABLE job_dependency
  ADD COLUMN delay_seconds bigint NOT NULL DEFAULT 0
    CHECK (delay_seconds = 0 OR (delay_seconds > 0 AND condition = 'after'));

-- Slurm's start of the run under way, or of the one that a task ended with.
ALTER TABLE task ADD COLUMN began_at timestamptz;
UPDATE task SET began_at = run.started_at
FROM open_run JOIN run USING (job, task_index, attempt, committed_at)
WHERE task.job = open_run.job AND task.task_index = open_run.task_index AND task.state = 'running';
