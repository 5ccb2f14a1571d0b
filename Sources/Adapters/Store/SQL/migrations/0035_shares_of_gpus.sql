-- Shares of GPUs: into how many shards each GPU of a node is cut, and what part of one GPU a job or
-- a run has of each node. What Slurm allocated may have that part behind its mebibytes.
ALTER TABLE node
  ADD COLUMN shards_per_gpu bigint NOT NULL DEFAULT 0 CHECK (shards_per_gpu BETWEEN 0 AND 100);

ALTER TABLE job
  -- In thousandths of one GPU; 0 where GPUs are taken whole.
  ADD COLUMN gpu_thousandths_per_node bigint NOT NULL DEFAULT 0
    CHECK (gpu_thousandths_per_node BETWEEN 0 AND 1000),
  ADD CONSTRAINT share_is_of_one_gpu CHECK (gpu_thousandths_per_node = 0 OR gpus_per_node = 1);

ALTER TABLE run
  ADD COLUMN gpu_thousandths_per_node bigint NOT NULL DEFAULT 0
    CHECK (gpu_thousandths_per_node BETWEEN 0 AND 1000),
  ADD CONSTRAINT share_is_of_one_gpu CHECK (gpu_thousandths_per_node = 0 OR gpus_per_node = 1);
