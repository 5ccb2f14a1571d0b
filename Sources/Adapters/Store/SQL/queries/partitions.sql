-- Partitions; their rates are rate_cards.sql's.
-- $1: bool – also what has left the description
-- Returns: name, nodes, whole_nodes, default_limit_seconds, maximum_limit_seconds, gpus_per_gpu,
-- cpus_per_gpu, memory_mib_per_gpu
SELECT name, ARRAY(
    SELECT node FROM partition_node WHERE partition_node.partition = partition.name
  ) AS nodes, whole_nodes, default_limit_seconds, maximum_limit_seconds, gpus_per_gpu,
  cpus_per_gpu, memory_mib_per_gpu
FROM partition
WHERE $1 OR retired_at IS NULL
