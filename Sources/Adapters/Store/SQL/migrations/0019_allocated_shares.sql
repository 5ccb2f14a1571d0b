-- What Slurm allocated to a run on each node, where that is not what was placed there: its weight
-- is of this, and so is its charge. As node:gpus:cpus:mebibytes; empty where it got what was placed.
ALTER TABLE run ADD COLUMN allocated text[] NOT NULL DEFAULT '{}';
