-- The limits that are described.
-- Returns: id, scope, member, project, programmes, funder, most_gpus, most_running,
-- most_held_gpu_ms, most_waiting, each
SELECT id, scope, member, project, programmes, funder, most_gpus, most_running, most_held_gpu_ms,
  most_waiting, each
FROM queue_limit
