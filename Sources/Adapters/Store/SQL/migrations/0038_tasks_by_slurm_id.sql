-- What Slurm ran of a job that had ended is found by Slurm's id, which is a task's own where Polder
-- submitted it again.
CREATE INDEX task_of_slurm ON task (rebound_slurm_job_id)
  WHERE rebound_slurm_job_id IS NOT NULL;
