-- Partitions with the rate card in force.
-- $1: bool – also what has left the description
-- Returns: name, nodes, whole_nodes, default_limit_seconds, maximum_limit_seconds, gpus_per_gpu,
-- cpus_per_gpu, memory_mib_per_gpu, rate_version, per_gpu_thousandths, per_cpu_thousandths,
-- per_gib_thousandths
SELECT name, ARRAY(
    SELECT node FROM partition_node WHERE partition_node.partition = partition.name
  ) AS nodes, whole_nodes, default_limit_seconds, maximum_limit_seconds, gpus_per_gpu,
  cpus_per_gpu, memory_mib_per_gpu, rate_version, per_gpu_thousandths, per_cpu_thousandths,
  per_gib_thousandths
FROM partition
JOIN rate_card ON rate_card.partition = partition.name AND rate_card.version = rate_version
WHERE $1 OR retired_at IS NULL
