-- What Slurm ran before Polder knew of it becomes a job of Polder's by the site's policy.
ALTER TABLE job DROP CONSTRAINT job_origin_check;
ALTER TABLE job ADD CONSTRAINT job_origin_check CHECK (origin IN ('polder', 'slurm', 'adopted'));
