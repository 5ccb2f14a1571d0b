-- Jobs by number.
-- $1: bigint[] – numbers
-- Returns: number, name, member, project, allocation, partition, node_count, gpus_per_node,
-- cpus_per_node, memory_mib_per_node, gpu_thousandths_per_node, gpu_type, limit_seconds,
-- array_indices, array_throttle, not_before, requeue, origin, slurm_job_id, submitted_at,
-- limit_changed, features,
-- excluded_nodes, required_nodes, least_limit_seconds, deadline, nice, is_singleton,
-- dependency_rule, qos, licences, licence_counts, other_partitions, reservation,
-- most_switches, switches_until
SELECT number, name, member, project, allocation, partition, node_count, gpus_per_node,
  cpus_per_node, memory_mib_per_node, gpu_thousandths_per_node, gpu_type, limit_seconds,
  array_indices, array_throttle, not_before, requeue, origin, slurm_job_id, submitted_at,
  limit_changed_at IS NOT NULL AS limit_changed, features, excluded_nodes, required_nodes,
  least_limit_seconds, deadline, nice, is_singleton, dependency_rule, qos,
  licences, licence_counts, other_partitions, reservation, most_switches, switches_until
FROM job WHERE number = ANY ($1) ORDER BY number
