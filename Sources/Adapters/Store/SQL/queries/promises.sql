-- The starts that are promised.
-- Returns: job, task_index, allocation, hold_gpu_ms, starts_at, ends_at, nodes, gpus_per_node,
-- cpus_per_node, memory_mib_per_node, gpu_thousandths_per_node, partition,
-- first_promised_for; by job and task
SELECT job, task_index, allocation, hold_gpu_ms, starts_at, ends_at, nodes, gpus_per_node,
  cpus_per_node, memory_mib_per_node, gpu_thousandths_per_node, partition,
  first_promised_for
FROM promise
ORDER BY job, task_index
