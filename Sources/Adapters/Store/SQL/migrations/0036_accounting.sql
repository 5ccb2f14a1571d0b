-- When a task ended, so that what ended in a time is found and told without its runs: a task that
-- was cancelled while it waited has none. And jobs by the ids that Slurm gave them.

ALTER TABLE task ADD COLUMN ended_at timestamptz;
-- Of what ended before this migration without a run nothing is known but that it was submitted. It
-- is no news to those who follow what is open.
ALTER TABLE task DISABLE TRIGGER task_change_is_noted;
UPDATE task SET ended_at = coalesce(
  (SELECT max(run.ended_at) FROM run
    WHERE run.job = task.job AND run.task_index = task.task_index),
  (SELECT submitted_at FROM job WHERE number = task.job))
WHERE state = 'ended';
ALTER TABLE task ENABLE TRIGGER task_change_is_noted;
ALTER TABLE task ADD CONSTRAINT ended_at_some_time
  CHECK (state <> 'ended' OR ended_at IS NOT NULL);
CREATE INDEX task_by_end ON task (ended_at) WHERE state = 'ended';

CREATE INDEX job_of_slurm ON job (slurm_job_id) WHERE slurm_job_id IS NOT NULL;
CREATE INDEX run_of_slurm ON run (slurm_job_id) WHERE slurm_job_id IS NOT NULL;
