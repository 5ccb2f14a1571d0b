-- Keeps a promise in the place of the one that the task had.
-- $1: bigint – job
-- $2: bigint – task_index
-- $3: text – allocation
-- $4: bigint – hold_gpu_ms
-- $5: timestamptz – starts_at
-- $6: timestamptz – ends_at
-- $7: text[] – nodes
-- $8: bigint – gpus_per_node
-- $9: bigint – cpus_per_node
-- $10: bigint – memory_mib_per_node
-- $11: bigint – gpu_thousandths_per_node
-- $12: text – partition, or null
-- $13: timestamptz – first_promised_for
-- Returns: nothing
INSERT INTO promise (job, task_index, allocation, hold_gpu_ms, starts_at, ends_at, nodes,
  gpus_per_node, cpus_per_node, memory_mib_per_node, gpu_thousandths_per_node, partition,
  first_promised_for)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)
ON CONFLICT (job, task_index) DO UPDATE SET
  allocation = excluded.allocation, hold_gpu_ms = excluded.hold_gpu_ms,
  starts_at = excluded.starts_at, ends_at = excluded.ends_at, nodes = excluded.nodes,
  gpus_per_node = excluded.gpus_per_node, cpus_per_node = excluded.cpus_per_node,
  memory_mib_per_node = excluded.memory_mib_per_node,
  gpu_thousandths_per_node = excluded.gpu_thousandths_per_node, partition = excluded.partition,
  first_promised_for = excluded.first_promised_for
