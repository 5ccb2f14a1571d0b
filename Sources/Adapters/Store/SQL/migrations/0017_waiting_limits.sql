-- The time limit of a job that waits can be changed; Slurm, where the job stands already, is told when
-- a run of it starts.
ALTER TABLE job ADD COLUMN limit_changed_at timestamptz;
