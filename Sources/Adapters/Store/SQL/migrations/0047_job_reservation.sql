-- The reservation of Slurm's that a job names: it is planned on those nodes, in that time.
ALTER TABLE job ADD COLUMN reservation text CHECK (reservation <> '');
