-- Describes a node.
-- $1: text – name
-- $2: text – gpu_type
-- $3: bigint – gpus
-- $4: bigint – cpus
-- $5: bigint – memory_mib
-- $6: text[] – features
-- $7: text[] – switches, from the top down
-- $8: bigint – shards_per_gpu
-- Returns: nothing
INSERT INTO node (name, gpu_type, gpus, cpus, memory_mib, features, switches, shards_per_gpu)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
ON CONFLICT (name) DO UPDATE SET
  gpu_type = excluded.gpu_type, gpus = excluded.gpus, cpus = excluded.cpus,
  memory_mib = excluded.memory_mib, features = excluded.features,
  switches = excluded.switches, shards_per_gpu = excluded.shards_per_gpu, retired_at = NULL
