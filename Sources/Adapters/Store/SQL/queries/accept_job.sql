-- Accepts a job; nothing if the member used the key before.
-- $1: text – name
-- $2: text – member
-- $3: text – project
-- $4: text – allocation, or null
-- $5: text – partition
-- $6: bigint – node_count
-- $7: bigint – gpus_per_node
-- $8: bigint – cpus_per_node
-- $9: bigint – memory_mib_per_node
-- $10: text – gpu_type, or null
-- $11: bigint – limit_seconds
-- $12: bigint[] – array_indices
-- $13: bigint – array_throttle, or null
-- $14: timestamptz – not_before, or null
-- $15: bool – requeue
-- $16: text – origin
-- $17: text – idempotency_key, or null
-- $18: bytea – what was said under the key, in canonical bytes; empty without one
-- $19: text – features that each node must have, or null
-- $20: text[] – excluded_nodes
-- $21: text[] – required_nodes
-- $22: bigint – least_limit_seconds, or null
-- $23: timestamptz – deadline, or null
-- $24: bigint – nice
-- $25: bool – is_singleton
-- $26: text – dependency_rule
-- $27: text – qos, or null
-- $28: text[] – licences
-- $29: bigint[] – licence_counts
-- $30: text[] – other_partitions
-- $31: bigint – gpu_thousandths_per_node
-- $32: timestamptz – submitted_at, or null for now
-- $33: text – reservation, or null
-- $34: bigint – most_switches, or null
-- $35: timestamptz – switches_until, or null
-- Returns: number, submitted_at
INSERT INTO job (
  name, member, project, allocation, partition, node_count, gpus_per_node, cpus_per_node,
  memory_mib_per_node, gpu_type, limit_seconds, array_indices, array_throttle, not_before,
  requeue, origin, idempotency_key, content_sha256, features, excluded_nodes,
  required_nodes, least_limit_seconds, deadline, nice, is_singleton, dependency_rule, qos,
  licences, licence_counts, other_partitions,
  gpu_thousandths_per_node, submitted_at, reservation, most_switches,
  switches_until)
VALUES (
  $1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, sha256($18), $19,
  $20, $21, $22, $23, $24, $25, $26, $27, $28, $29, $30, $31, coalesce($32, polder_now()),
  $33, $34, $35)
ON CONFLICT (member, idempotency_key) DO NOTHING
RETURNING number, submitted_at
