-- Nodes.
-- $1: bool – also what has left the description
-- Returns: name, gpu_type, gpus, cpus, memory_mib, features, switches, shards_per_gpu
SELECT name, gpu_type, gpus, cpus, memory_mib, features, switches, shards_per_gpu FROM node
WHERE $1 OR retired_at IS NULL
