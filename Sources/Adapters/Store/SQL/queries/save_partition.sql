-- Describes a partition.
-- $1: text – name
-- $2: bool – whole_nodes
-- $3: bigint – default_limit_seconds
-- $4: bigint – maximum_limit_seconds
-- $5: bigint – gpus_per_gpu
-- $6: bigint – cpus_per_gpu
-- $7: bigint – memory_mib_per_gpu
-- Returns: nothing
INSERT INTO partition (
  name, whole_nodes, default_limit_seconds, maximum_limit_seconds, gpus_per_gpu, cpus_per_gpu,
  memory_mib_per_gpu)
VALUES ($1, $2, $3, $4, $5, $6, $7)
ON CONFLICT (name) DO UPDATE SET
  whole_nodes = excluded.whole_nodes, default_limit_seconds = excluded.default_limit_seconds,
  maximum_limit_seconds = excluded.maximum_limit_seconds, gpus_per_gpu = excluded.gpus_per_gpu,
  cpus_per_gpu = excluded.cpus_per_gpu, memory_mib_per_gpu = excluded.memory_mib_per_gpu,
  retired_at = NULL
